"""`vstore checkout`, `export`, `fsck` and `stats`."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_program import Program

from vstore import places, store
from vstore.answers import Check, Problem
from vstore.cli import placing
from vstore.errors import Conflict
from vstore.readers import jsonlines

TEXTS = {"a": ["one\r\n", "two\x00\n"], "b": ["three"], "B": ["four"]}


@pytest.fixture
def run(tmp_path: Path) -> Program:
    """A store with three stories, two of which differ by case, and an empty folder to work in."""
    places.init(tmp_path)
    for story, texts in TEXTS.items():
        for text in texts:
            Program(tmp_path)("add", "--story", story, "--date", "2019", "-", stdin=text.encode())
    (tmp_path / "work").mkdir()
    return Program(tmp_path / "work")


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_a_story_goes_into_its_file_byte_for_byte(run: Program) -> None:
    answer = run("checkout", "a")
    assert (answer.code, answer.lines) == (0, ["a.txt"])
    assert files(run.folder) == {"a.txt": b"two\x00\n"}


@pytest.mark.parametrize("ref", [["a@1"], ["a~1"], ["--story", "a", "--version", "1"]])
def test_a_named_version_goes_into_a_file_with_its_number(run: Program, ref: list[str]) -> None:
    assert run("checkout", *ref).lines == ["a@1.txt"]
    assert files(run.folder) == {"a@1.txt": b"one\r\n"}


def test_with_json_an_object_a_file(run: Program) -> None:
    form = run("checkout", "a", "--json").json
    assert (form["story"], form["number"], form["path"]) == ("a", 2, "a.txt")


def test_output_names_the_file_and_dash_is_stdout(run: Program) -> None:
    assert run("checkout", "a@1", "-o", "x").lines == ["x"]
    assert files(run.folder) == {"x": b"one\r\n"}
    assert run("checkout", "a", "-o", "-").out == b"two\x00\n"
    assert files(run.folder) == {"x": b"one\r\n"}


def test_every_story_goes_into_a_folder(run: Program) -> None:
    answer = run("checkout", "--into", "deep/texts", "--all")
    assert answer.code == 0
    found = files(run.folder / "deep/texts")
    assert sorted(found.values()) == [b"four", b"three", b"two\x00\n"]
    assert found["b.txt"] == b"three"
    assert len({name.casefold() for name in found}) == 3


def test_every_version_goes_into_its_storys_folder(run: Program) -> None:
    assert run("checkout", "--all-versions", "a").lines == ["a/0001.txt", "a/0002.txt"]
    assert files(run.folder) == {"a/0001.txt": b"one\r\n", "a/0002.txt": b"two\x00\n"}
    assert len(run("checkout", "--all-versions", "--all", "--into", "x").lines) == 4


def test_nothing_is_overwritten_without_force(run: Program) -> None:
    (run.folder / "a.txt").write_bytes(b"mine")
    answer = run("checkout", "a")
    assert (answer.code, answer.out) == (4, b"")
    assert files(run.folder) == {"a.txt": b"mine"}
    assert run("checkout", "a", "--force").code == 0
    assert files(run.folder) == {"a.txt": b"two\x00\n"}


def test_a_file_that_holds_these_bytes_is_success_and_stays_as_it_is(run: Program) -> None:
    run("checkout", "a")
    file = run.folder / "a.txt"
    file.chmod(0o400)
    before = file.stat()
    assert run("checkout", "a").lines == ["a.txt"]
    assert file.stat() == before


def test_one_file_in_the_way_does_not_keep_the_others_back(run: Program) -> None:
    (run.folder / "a.txt").write_bytes(b"mine")
    answer = run("checkout", "--all")
    assert answer.code == 7
    assert len(answer.lines) == 2
    assert answer.err.startswith("vstore: a.txt exists")
    assert run("checkout", "--all-versions", "b", "--into", "x").code == 0


def test_no_symbolic_link_leads_out(run: Program, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"theirs")
    (run.folder / "a.txt").symlink_to(outside / "file")
    (run.folder / "a").symlink_to(outside)
    assert run("checkout", "a").code == 4
    assert run("checkout", "a", "--all-versions", "--force").code == 4
    assert run("checkout", "a", "--force").code == 0
    assert files(outside) == {"file": b"theirs"}
    assert not (run.folder / "a.txt").is_symlink()


def test_what_is_no_regular_file_is_never_replaced(run: Program) -> None:
    os.mkfifo(run.folder / "a.txt")
    assert run("checkout", "a").code == 4
    assert run("checkout", "a", "--force").code == 4
    (run.folder / "folder").mkdir()
    assert run("checkout", "a", "-o", "folder", "--force").code == 4


def test_the_mode_is_the_umasks(run: Program) -> None:
    old = os.umask(0o027)
    try:
        run("checkout", "a")
    finally:
        os.umask(old)
    assert (run.folder / "a.txt").stat().st_mode & 0o777 == 0o640


def test_a_place_that_cannot_be_written_is_told(run: Program) -> None:
    (run.folder / "file").touch()
    assert run("checkout", "a", "-o", "nowhere/x").code == 5
    assert run("checkout", "a", "--into", "file/x").code == 5
    assert run("checkout", "a", "--into", "file").code == 4


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["a", "--all"],
        ["a", "-o", "x", "--into", "y"],
        ["--all", "-o", "x"],
        ["a@1", "--all-versions"],
        ["a", "-o", "-", "--json"],
    ],
)
def test_options_that_exclude_each_other_are_refused(run: Program, args: list[str]) -> None:
    assert run("checkout", *args).code == 2
    assert files(run.folder) == {}


def test_as_of_writes_what_stood_then(run: Program) -> None:
    recorded = run("log", "a", "--json").objects[-1]["recorded"]
    assert run("checkout", "a", "--as-of", recorded).code == 0
    assert files(run.folder) == {"a.txt": b"one\r\n"}


def test_a_write_given_up_leaves_nothing(tmp_path: Path) -> None:
    def give_up() -> None:
        with placing.replacing(tmp_path / "x", force=False) as stream:
            stream.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_up()
    assert files(tmp_path) == {}


def test_a_file_that_came_meanwhile_is_kept(tmp_path: Path) -> None:
    def come_late() -> None:
        with placing.replacing(tmp_path / "x", force=False) as stream:
            stream.write(b"ours")
            (tmp_path / "x").write_bytes(b"theirs")

    with pytest.raises(Conflict):
        come_late()
    assert files(tmp_path) == {"x": b"theirs"}


def test_without_hard_links_nothing_is_overwritten_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_args: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    placing.place(tmp_path / "x", b"ours")
    with pytest.raises(Conflict):
        placing.place(tmp_path / "x", b"other")
    assert files(tmp_path) == {"x": b"ours"}


def test_json_lines_are_versions_with_their_texts_oldest_first(run: Program) -> None:
    forms = run("export", "--jsonl", "-", "a").objects
    assert [(form["number"], form["text"]) for form in forms] == [(1, "one\r\n"), (2, "two\x00\n")]
    assert len(run("export", "--jsonl", "-").objects) == 4
    assert run("export", "--jsonl", "-", "nothing").code == 3


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_json_lines_are_packed_as_the_name_says(run: Program, ending: str) -> None:
    file = run.folder / f"x.jsonl{ending}"
    answer = run("export", "--jsonl", file.name)
    assert (answer.code, answer.out) == (0, b"")
    assert answer.err == f"4 versions in x.jsonl{ending}\n"
    with jsonlines.open_lines(file) as stream:
        assert stream.read() == run("export", "--jsonl", "-").out


def test_an_export_is_replaced_whole_and_is_the_same_again(run: Program) -> None:
    file = run.folder / "x.jsonl.gz"
    file.write_bytes(b"older")
    assert run("export", "--jsonl", "x.jsonl.gz", "--json").json == {"file": "x.jsonl.gz", "versions": 4}
    first = file.read_bytes()
    run("export", "--jsonl", "x.jsonl.gz")
    assert file.read_bytes() == first
    assert len(gzip.decompress(first).splitlines()) == 4
    assert run("export", "--jsonl", "x.jsonl.gz", "nothing").code == 3
    assert files(run.folder) == {"x.jsonl.gz": first}


def test_a_device_is_written_to_as_it_is(run: Program) -> None:
    assert run("export", "--jsonl", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()
    if Path("/dev/full").exists():
        assert run("export", "--jsonl", "/dev/full").code == 5


def test_a_git_export_tells_every_branch(run: Program) -> None:
    answer = run("export", "--git", "repo", "--json")
    assert answer.code == 0
    assert {form["story"] for form in answer.objects} == set(TEXTS)
    assert run("export", "--git", "repo").err == "3 branches in repo\n"


@pytest.mark.parametrize("args", [[], ["--git", "x", "--jsonl", "y"]])
def test_an_export_has_one_form(run: Program, args: list[str]) -> None:
    assert run("export", *args).code == 2


def test_fsck_says_that_all_is_well(run: Program) -> None:
    answer = run("fsck")
    assert (answer.code, answer.out, answer.err) == (0, b"", "3 stories, 4 versions: no problems\n")
    assert run("fsck", "--json").json == {"ok": True, "stories": 3, "versions": 4, "problems": []}


def test_fsck_tells_a_problem_a_line(run: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = (Problem("a", 2, "text", "its id is another"), Problem(None, None, "engine", "a page is torn"))

    def found(_store: object, *, found: Callable[[Problem], None], **_options: object) -> Check:
        for problem in problems:
            found(problem)
        return Check(1, 2, problems)

    monkeypatch.setattr(store.Store, "fsck", found)
    answer = run("fsck")
    assert answer.code == 6
    assert answer.lines == ["a@2: text: its id is another", "store: engine: a page is torn"]
    assert answer.err == "1 story, 2 versions: 2 problems\n"
    told = run("fsck", "--json")
    assert (told.code, told.json["ok"], len(told.json["problems"])) == (6, False, 2)


def test_stats_are_figures(run: Program) -> None:
    form = run("stats", "--json").json
    assert (form["stories"], form["versions"]) == (3, 4)
    told = dict(line.rsplit("  ", 1) for line in run("stats").lines)
    figures = {name.strip(): value.strip() for name, value in told.items()}
    assert (figures["stories"], figures["versions"]) == ("3", "4")
    assert figures["texts"] == f"{form['text_bytes']:,} bytes"
    assert json.dumps(form)


@pytest.mark.parametrize("words", [["checkout", "a", "--force", "-o"], ["export", "--jsonl"]])
def test_a_store_s_own_files_are_never_replaced(run: Program, words: list[str]) -> None:
    answer = run(*words, "../.vstore/store.db")
    assert (answer.code, "a store's own files" in answer.err) == (4, True)
    assert run("fsck").code == 0
