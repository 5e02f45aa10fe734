"""`vstore watch`: what lands in a folder is kept once. Issue 7, point 4."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli_program import Program
from coined import beginning, retyped, wire
from drop_folders import (
    AT_NINE,
    NINE,
    Drop,
    by_stem,
)

import vstore
from vstore import places
from vstore.slugs import slug


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    return Drop(tmp_path)


# What is taken


def test_what_lands_is_taken_once(drop: Drop) -> None:
    drop.land("a.txt", "One.")
    drop.land("inner/b.txt", "Two.")
    first = by_stem(drop)
    assert (first.code, first.err) == (0, "")
    assert [line.split("  ", 1)[0] for line in first.lines] == ["a@1", "b@1"]
    assert first.lines[0].endswith(f"new  {drop.folder}/a.txt")
    second = by_stem(drop)
    assert (second.code, second.out, second.err) == (0, b"", "")
    assert drop.log() == [("a", 1, "One."), ("b", 1, "Two.")]
    assert sorted(path.name for path in drop.folder.rglob("*.txt")) == ["a.txt", "b.txt"]


def test_a_wire_that_tells_no_date_is_dated_as_its_file_is(drop: Drop) -> None:
    drop.land("a.txt", "One.")
    by_stem(drop)
    drop.land("b.txt", "One.")
    by_stem(drop, "--undated")
    with vstore.open(drop.store) as store:
        assert (store.version("a").dated, store.version("b").dated) == (NINE, None)


def test_a_file_that_is_written_again_lands_again(drop: Drop) -> None:
    for number, text in enumerate(["A.", "B.", "A.", "A.", "B."]):
        drop.land("a.txt", f" date 2019-01-15 {text}", AT_NINE + number)
        by_stem(drop)
    assert [text for _, _, text in drop.log()] == ["A.", "B.", "A.", "B."]


def test_a_file_that_was_touched_or_came_back_from_a_backup_does_not(drop: Drop) -> None:
    for name, text in (("a.txt", "A."), ("b.txt", "B.")):
        drop.land(name, f" date 2019-01-15 {text}")
    drop.look("--story", "s")
    for number in (1, 2):
        for path in sorted(drop.folder.iterdir(), reverse=number == 2):
            path.rename(f"{path}.part")
            drop.land(path.name, Path(f"{path}.part").read_bytes(), AT_NINE + 100 * number)
        assert drop.look("--story", "s").out == b""
    assert [text for _, _, text in drop.log()] == ["A.", "B."]


def test_what_came_before_the_first_look_by_other_ways_is_the_same(drop: Drop) -> None:
    files = [
        drop.land(f"{name}.txt", f" date 2019-01-15 {name[0]}.", AT_NINE + at)
        for at, name in enumerate(("a1", "b2", "a3"))
    ]
    program = Program(drop.store)
    program("add", "--story", "s", *map(str, files))
    answer = drop.look("--story", "s")
    assert [line.split("  ")[2] for line in answer.lines] == ["same", "same", "same"]
    assert [text for _, _, text in drop.log()] == ["a.", "b.", "a."]


def test_folders_with_equal_names_in_them_are_told_apart(drop: Drop, tmp_path: Path) -> None:
    drop.land("latest.txt", " date 2019-01-15 A.")
    drop.look("--story", "s")
    drop.folder = tmp_path / "other"
    drop.land("latest.txt", " date 2019-01-16 B.")
    drop.look("--story", "s")
    drop.folder = tmp_path / "drop"
    assert drop.look("--story", "s").out == b""
    assert [text for _, _, text in drop.log()] == ["A.", "B."]


def test_what_is_hidden_or_not_finished_or_no_file_is_left(drop: Drop, tmp_path: Path) -> None:
    for name in (".a.txt", ".hidden/b.txt", "c.txt.part", "d.tmp", "e.txt~", "f.filepart"):
        drop.land(name, "x")
    os.mkfifo(drop.folder / "pipe")
    (drop.folder / "dangling").symlink_to("nowhere")
    (drop.folder / "loop").symlink_to(drop.folder)
    (tmp_path / "elsewhere.txt").write_text("Linked.")
    (drop.folder / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    by_stem(drop)
    assert drop.log() == [("link", 1, "Linked.")]


def test_a_wire_finds_its_story_by_its_guid(drop: Drop) -> None:
    lines = [{"text": f"Text {number}.", "guid": "item-2019-77", "headline": "Ferry"} for number in range(3)]
    drop.land("a.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    answer = drop.look("--json")
    assert [(each["number"], each["outcome"]) for each in answer.objects] == [
        (1, "new"),
        (2, "changed"),
        (3, "changed"),
    ]
    assert {each["input"] for each in answer.objects} == {f"{drop.folder}/a.jsonl"}
    assert len({each["story"] for each in answer.objects}) == 1


# What is refused


def test_a_bad_file_is_told_once_and_the_rest_goes_in(drop: Drop) -> None:
    drop.land("bad.txt", b"Caf\xe9")
    drop.land("good.txt", "Good.")
    first = by_stem(drop)
    assert (first.code, first.err.count("bad.txt"), len(first.lines)) == (7, 1, 1)
    second = by_stem(drop)
    assert (second.code, second.err) == (0, "")
    drop.land("bad.txt", "Café", AT_NINE + 5)
    assert by_stem(drop).lines[0].startswith("bad@1")


def test_of_many_items_the_bad_ones_are_told_by_number(drop: Drop) -> None:
    drop.land(
        "a.jsonl",
        b'{"text":"One.","guid":"item-2019-77"}\n{"text":7}\n{"text":"Three."}\n{"text":"Two.","guid":"item-2019-77"}\n',
    )
    answer = drop.look()
    assert answer.code == 7
    assert ["line 2" in answer.err, "item 3: which story" in answer.err] == [True, True]
    assert [text for _, _, text in drop.log()] == ["One.", "Two."]
    assert drop.look().err == ""


def test_nothing_but_bad_files_is_as_bad_as_the_first(drop: Drop) -> None:
    drop.land("bad.txt", b"\xe9")
    assert by_stem(drop).code == 2


def test_what_cannot_be_read_is_told_once_by_each_run(drop: Drop) -> None:
    drop.land("empty.jsonl", "")
    assert "there is no text in it" in by_stem(drop).err
    assert by_stem(drop).err == ""


def test_what_was_refused_is_tried_again_when_it_is_read_in_another_way(drop: Drop) -> None:
    drop.land("a.txt", "One.")
    drop.land("b.jsonl", b'{"text":"Two.","story":"b"}\n{"text":"Three."}\n')
    assert "which story" in drop.look().err
    assert drop.look().err == ""
    again = by_stem(drop)
    assert (again.code, again.err) == (0, "")
    assert drop.log() == [("a", 1, "One."), ("b", 1, "Two."), ("b", 2, "Three.")]
    assert drop.look().out == b""


@pytest.mark.parametrize("is_put_right", [False, True])
def test_what_was_kept_beside_something_refused_is_the_same_when_it_comes_again(
    drop: Drop, is_put_right: bool
) -> None:
    kept = [{"story": "a", "text": text, "date": "2019-01-15"} for text in ("One.", "Two.", "One.")]
    lines = [json.dumps(wire) for wire in kept]
    drop.land("w.jsonl", "\n".join([*lines, json.dumps({"text": "Nobody's."})]))
    assert drop.look().code == 7
    before = drop.log("a")
    assert len(before) == 3
    if is_put_right:
        drop.land("w.jsonl", "\n".join([*lines, json.dumps({"story": "b", "text": "Four."})]), AT_NINE + 60)
    again = drop.look(*([] if is_put_right else ["--story-from", "stem"]))
    assert [line.split()[2] for line in again.lines] == ["same", "same", "same", "new"]
    assert drop.log("a") == before


def test_names_of_other_bytes_than_text_are_told_apart(drop: Drop) -> None:
    (drop.folder / os.fsdecode(b"\xff.txt")).write_text("One.")
    drop.land("\\xff.txt", "Two.")
    assert len(drop.look("--story", "a").lines) == 2
    assert drop.look("--story", "a").out == b""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("watch", "nowhere"), 2, "there is no folder nowhere"),
        (("watch", "--once", "--every", "-1", "."), 2, "--every"),
        (("watch", "--once", "--story-from", "(", "."), 2, "REGEX"),
        (("watch", "--once", "--settle", "0", "--format", "nothing", "."), 2, "nothing"),
        (("watch", "--once", "--move-to", ".", "."), 2, "--move-to names the folder itself"),
        (("watch", "--once", "--move-to", "a.txt", "."), 2, "--move-to names a file"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, words: tuple[str, ...], code: int, said: str) -> None:
    places.init(tmp_path)
    (tmp_path / "a.txt").write_text("A.")
    answer = Program(tmp_path)(*words)
    assert (answer.code, said in answer.err) == (code, True)


# What is moved


def test_what_was_taken_is_moved_and_what_was_refused_is_not(drop: Drop, tmp_path: Path) -> None:
    drop.land("inner/a.txt", "One.")
    drop.land("bad.txt", b"\xe9")
    done = tmp_path / "done"
    assert by_stem(drop, "--move-to", str(done)).code == 7
    assert (done / "inner" / "a.txt").read_text() == "One."
    assert [path.name for path in drop.folder.rglob("*.txt")] == ["bad.txt"]
    assert by_stem(drop, "--move-to", str(done)).err == ""
    assert [path.name for path in drop.folder.rglob("*.txt")] == ["bad.txt"]


def test_nothing_is_overwritten_by_what_is_moved(drop: Drop, tmp_path: Path) -> None:
    for number in range(3):
        drop.land("a.txt", f"{number}.", AT_NINE + number)
        by_stem(drop, "--move-to", str(tmp_path / "done"))
    found = {path.name: path.read_text() for path in (tmp_path / "done").iterdir()}
    assert found == {"a.txt": "0.", "a.txt.1": "1.", "a.txt.2": "2."}


def test_an_equal_file_that_lands_after_the_first_was_moved_lands_anew(drop: Drop, tmp_path: Path) -> None:
    for number, text in enumerate(["A.", "B.", "A."]):
        drop.land("a.txt", f" date 2019-01-15 {text}", AT_NINE + number)
        by_stem(drop, "--move-to", str(tmp_path / "done"))
    assert [text for _, _, text in drop.log()] == ["A.", "B.", "A."]


def test_where_it_is_moved_to_may_lie_in_the_folder_itself(drop: Drop) -> None:
    drop.land("a.txt", "One.")
    for _ in range(2):
        by_stem(drop, "--move-to", str(drop.folder / "done"))
    assert (drop.folder / "done" / "a.txt").read_text() == "One."
    assert drop.log() == [("a", 1, "One.")]


def test_what_was_taken_and_not_moved_before_it_was_killed_is_moved_next_time(
    drop: Drop, tmp_path: Path
) -> None:
    drop.land("a.txt", "One.")
    by_stem(drop)
    assert by_stem(drop, "--move-to", str(tmp_path / "done")).out == b""
    assert (tmp_path / "done" / "a.txt").exists()


# Found by their text


def test_what_lands_is_matched_item_by_item_and_nobody_is_asked(drop: Drop) -> None:
    with vstore.open(drop.store) as store:
        store.add("known", wire(3))
    texts = (retyped(wire(3), 0.1), wire(60), retyped(wire(60), 0.1))
    drop.land("a.jsonl", "".join(f"{json.dumps({'text': text})}\n" for text in texts))
    drop.land("b.txt", f"{wire(50, 20)} {beginning(wire(3), 0.18)}")
    done = drop.look("--match", "--json")
    assert done.code == 0, done.err
    new = slug(wire(60))
    assert [form["story"] for form in done.objects][:3] == ["known", new, new]
    verdicts = [form["matched"]["verdict"] for form in done.objects]
    assert verdicts == ["sure", "new", "sure", "unsure"]
    assert done.objects[3]["outcome"] == "new"
    assert drop.look("--match").out == b""


@pytest.mark.parametrize(("ambiguous", "code"), [("best", 0), ("skip", 2)])
def test_what_may_belong_to_a_story_goes_there_or_is_refused_for_good(
    drop: Drop, ambiguous: str, code: int
) -> None:
    with vstore.open(drop.store) as store:
        store.add("known", wire(3))
    drop.land("b.txt", f"{wire(50, 20)} {beginning(wire(3), 0.18)}")
    done = drop.look("--match", "--ambiguous", ambiguous)
    assert done.code == code
    assert (b"known@2" in done.out) is (ambiguous == "best")
    assert drop.look("--match", "--ambiguous", ambiguous).out == b""


def test_without_match_there_is_nothing_ambiguous(drop: Drop) -> None:
    assert drop.look("--ambiguous", "best").code == 2
    assert drop.look("--match", "--story", "s").code == 2
