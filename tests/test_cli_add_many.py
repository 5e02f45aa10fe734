"""`vstore add` of folders, patterns and files that hold many items; `vstore inspect` and `vstore readers`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli_program import Program

from vstore import places
from vstore.readers import READERS


def ninjs(uri: str, text: str = "", **fields: str) -> str:
    return json.dumps({"uri": uri, "body_text": text, "versioncreated": "2022-03-08T10:37:00Z", **fields})


@pytest.fixture
def run(tmp_path: Path) -> Program:
    """A store beside a folder of wires."""
    places.init(tmp_path)
    wires = tmp_path / "wires"
    (wires / "b").mkdir(parents=True)
    (wires / "b" / "two.txt").write_text("Two.")
    (wires / "a.txt").write_text("A.")
    (wires / "c.json").write_text(ninjs("urn:c", "C."))
    return Program(tmp_path)


def inputs(lines: list[str]) -> list[str]:
    return [line.split("  ", 3)[-1] for line in lines]


def test_a_folder_is_walked_in_order(run: Program) -> None:
    answer = run("add", "--story-from", "stem", "wires")
    assert (answer.code, answer.err) == (0, "")
    assert inputs(answer.lines) == ["wires/a.txt", "wires/b/two.txt", "wires/c.json"]
    assert [form["story"] for form in run("stories", "--json").objects] == ["a", "c", "two"]


def test_hidden_files_links_to_folders_and_what_is_no_file_are_passed_over(run: Program) -> None:
    wires = run.folder / "wires"
    (wires / ".hidden").write_text("Hidden.")
    (wires / ".git").mkdir()
    (wires / ".git" / "x").write_text("Hidden.")
    (wires / "b" / "loop").symlink_to(wires)
    (wires / "dangling").symlink_to(wires / "absent")
    (wires / "itself").symlink_to(wires / "itself")
    (wires / "link.txt").symlink_to(wires / "a.txt")
    os.mkfifo(wires / "pipe")
    answer = run("add", "--story-from", "stem", "wires")
    assert answer.code == 0
    assert inputs(answer.lines) == ["wires/a.txt", "wires/b/two.txt", "wires/c.json", "wires/link.txt"]


def test_an_empty_folder_is_no_fault(run: Program) -> None:
    (run.folder / "empty").mkdir()
    answer = run("add", "--story", "a", "empty")
    assert (answer.code, answer.out, answer.err) == (0, b"", "there was no file to add\n")


def test_a_pattern_that_the_shell_left_is_expanded(run: Program) -> None:
    answer = run("add", "--story", "a", "wires/**/*.txt")
    assert (answer.code, inputs(answer.lines)) == (0, ["wires/a.txt", "wires/b/two.txt"])
    missing = run("add", "--story", "a", "wires/*.xml")
    assert (missing.code, missing.err) == (2, "vstore: there is no file wires/*.xml\n")


def test_a_file_that_is_called_like_a_pattern_is_itself(run: Program) -> None:
    (run.folder / "w[1].txt").write_text("Brackets.")
    (run.folder / "w1.txt").write_text("One.")
    assert inputs(run("add", "--story", "a", "w[1].txt").lines) == ["w[1].txt"]


def test_in_a_folder_bad_files_are_told_and_the_rest_goes_in(run: Program) -> None:
    (run.folder / "wires" / "bad.json").write_text(ninjs("urn:bad"))
    (run.folder / "wires" / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    answer = run("add", "--story-from", "stem", "wires")
    assert answer.code == 7
    assert len(answer.lines) == 3
    first, second, counts = answer.err.splitlines()
    assert first == "vstore: wires/bad.json: there is no text in it"
    assert second.startswith("vstore: wires/photo.jpg: the text is not utf-8")
    assert counts == "3 new, 0 changed, 0 same, 2 bad"


def test_a_format_can_be_said_for_a_whole_folder(run: Program) -> None:
    answer = run("add", "--story-from", "stem", "--format", "ninjs", "wires")
    assert (answer.code, inputs(answer.lines)) == (7, ["wires/c.json"])
    assert run("add", "--story-from", "stem", "--format", "nonsense", "wires").code == 2


@pytest.fixture
def many(run: Program) -> str:
    """Four items, of which the second has no text and the third is killed."""
    killed = ninjs("urn:3", pubstatus="canceled")
    listed = ", ".join([ninjs("urn:1", "One."), ninjs("urn:2"), killed, ninjs("urn:4", "Four.")])
    (run.folder / "many.json").write_text(f"[{listed}]")
    return "many.json"


def test_the_items_of_a_file_are_told_one_by_one(run: Program, many: str) -> None:
    answer = run("add", "--story-from", "field:guid", many)
    assert answer.code == 7
    assert inputs(answer.lines) == ["many.json  item 1", "many.json  item 3", "many.json  item 4"]
    assert answer.err == (
        "vstore: many.json: item 2: there is no text in it\n3 new, 0 changed, 0 same, 1 bad\n"
    )
    assert run("show", "urn:4").out == b"Four."
    version = run("log", "urn:3", "--json").json
    assert (version["words"], version["kind"], version["extra"]["pubstatus"]) == (0, "kill", "canceled")


def test_with_json_an_item_has_its_number(run: Program, many: str) -> None:
    answer = run("add", "--story-from", "field:guid", many, "--json")
    assert [(form["input"], form["item"]) for form in answer.objects] == [(many, 1), (many, 3), (many, 4)]
    error, counts = map(json.loads, answer.err.splitlines())
    assert (error["error"], error["input"], error["item"]) == ("BadWire", many, 2)
    assert counts == {"new": 3, "changed": 0, "same": 0, "bad": 1}


def test_an_item_whose_story_nobody_tells_is_told_by_its_number(run: Program) -> None:
    (run.folder / "some.jsonl").write_text('{"text": "A", "slug": "s"}\n{"text": "B"}\n')
    answer = run("add", "--story-from", "field:slug", "some.jsonl")
    assert answer.code == 7
    assert answer.err.startswith("vstore: some.jsonl: item 2: which story does it belong to?")


def test_all_files_of_a_command_are_one_run(run: Program) -> None:
    lines = {name: json.dumps({"story": "s", "text": name, "date": "2019"}) for name in "ABC"}
    for name, of in (("1.jsonl", "AB"), ("2.jsonl", "AC"), ("3.jsonl", "B")):
        (run.folder / name).write_text("\n".join(lines[each] for each in of))
    files = ["1.jsonl", "2.jsonl", "3.jsonl"]
    first, again = (run("add", *files, "--json").objects for _ in range(2))
    assert [form["outcome"] for form in first] == ["new", *["changed"] * 4]
    assert [(form["outcome"], form["number"]) for form in again] == [("same", n) for n in (1, 2, 3, 4, 5)]


def test_items_without_a_date_are_dated_now_unless_undated(run: Program) -> None:
    (run.folder / "some.jsonl").write_text('{"story": "a", "text": "A"}\n{"story": "b", "text": "B"}\n')
    assert run("add", "some.jsonl").code == 0
    assert run("log", "a", "--json").json["dated"] is not None
    assert run("add", "some.jsonl", "--again", "--undated").code == 0
    assert run("log", "a", "-n", "1", "--arrival", "--reverse", "--json").json["dated"] is None


def test_a_file_is_told_though_its_name_is_a_part_of_a_word(run: Program) -> None:
    (run.folder / "t").write_bytes(b"\xe9")
    (run.folder / "no").mkdir()
    answer = run("add", "--story", "s", "t", "no", "nowhere")
    assert answer.err.splitlines()[:2] == [
        "vstore: t: the text is not utf-8: the byte at offset 0 is 0xE9; say which encoding it is, such as "
        "--encoding cp1252",
        "vstore: there is no file nowhere",
    ]


def test_options_hold_for_every_item_and_a_map_for_other_names(run: Program) -> None:
    (run.folder / "other.jsonl").write_text('{"id": "a", "body": "A"}\n{"id": "b", "body": "B"}\n')
    options = ["--format", "jsonlines", "--map", "story=id,text=body", "--source", "Kestrel"]
    assert run("add", "other.jsonl", *options).code == 0
    assert {form["source"] for form in run("log", "--json").objects} == {"Kestrel"}
    assert run("add", "other.jsonl", "--format", "jsonlines", "--map", "nonsense").code == 2
    assert run("add", "other.jsonl", "--format", "jsonlines", "--map", "nonsense=x").code == 2


def test_a_dry_run_of_many_items_keeps_nothing(run: Program, many: str) -> None:
    answer = run("add", "--story-from", "field:guid", "--dry-run", many)
    assert (answer.code, len(answer.lines)) == (7, 3)
    assert answer.err.endswith("1 bad (a dry run: nothing was kept)\n")
    assert run("stories").lines == []


def test_expect_is_for_one_item(run: Program, many: str) -> None:
    for file in (many, "wires", "wires/*.txt"):
        answer = run("add", "--story", "a", "--expect", "0", file)
        assert answer.code == 2
        assert "--expect is for one" in answer.err
    assert run("stories").lines == []


def test_more_items_than_a_batch_are_kept(run: Program) -> None:
    items = "\n".join(ninjs(f"urn:{n}", f"Text {n}.") for n in range(1_234))
    answer = run("add", "--story-from", "field:guid", "-", "-q", stdin=items.encode())
    assert (answer.code, answer.out) == (0, b"")
    assert run("stats", "--json").json["stories"] == 1_234


def test_a_textless_wire_is_kept_only_if_it_kills_or_withholds(run: Program) -> None:
    assert run("add", "--story", "a", "-", stdin=ninjs("urn:1").encode()).code == 2
    assert run("add", "--story", "a", "-", stdin=ninjs("urn:1", pubstatus="withheld").encode()).code == 0
    assert run("add", "--story", "b", "--kind", "kill", "-", stdin=b"").code == 0
    assert run("add", "--story", "c", "--kind", "update", "-", stdin=b"").code == 2


# inspect


def test_inspect_shows_what_add_would_keep_without_a_store(tmp_path: Path) -> None:
    run = Program(tmp_path)
    (tmp_path / "c.json").write_text(ninjs("urn:c", "C.\n\nD.", headline="Head"))
    answer = run("inspect", "c.json")
    assert (answer.code, answer.err) == (0, "")
    lines = answer.lines
    assert lines[0] == "c.json  item 1"
    assert "  dated                   2022-03-08T10:37:00+00:00" in lines
    assert "  headline                Head" in lines
    assert "  reader                  ninjs" in lines
    assert lines[-5:] == ["", "C.", "", "D.", ""]
    assert not (tmp_path / ".vstore").exists()


def test_inspect_tells_each_item_as_an_object(run: Program, many: str) -> None:
    answer = run("inspect", many, "--json")
    assert answer.code == 7
    first, *_ = answer.objects
    assert (first["input"], first["item"], first["guid"], first["text"]) == (many, 1, "urn:1", "One.")
    assert set(first["capture"]) == {"digest", "charset", "reader"}
    assert [form["item"] for form in answer.objects] == [1, 3, 4]
    assert answer.error["message"] == "many.json: item 2: there is no text in it"


def test_inspect_walks_folders_and_may_be_quiet(run: Program) -> None:
    (run.folder / "wires" / "bad.json").write_text(ninjs("urn:bad"))
    answer = run("inspect", "wires", "-q")
    assert (answer.code, answer.out) == (7, b"")
    assert answer.err == "vstore: wires/bad.json: there is no text in it\n"
    assert run("inspect", "wires/bad.json").code == 2
    assert run("inspect", "-", stdin=b"---\nstory: s\n---\nText.").lines[1] == "  story                   s"


def test_inspect_refuses_facts_that_could_not_be_kept(run: Program) -> None:
    deep = "[" * 101 + "]" * 101
    (run.folder / "deep.json").write_text('{"uri": "1", "body_text": "A", "x": ' + deep + "}")
    answer = run("inspect", "deep.json")
    assert answer.code == 2
    assert "nested more than 100 levels deep" in answer.err
    assert run("add", "--story", "a", "deep.json").code == 2


# readers


def test_readers_lists_every_format(run: Program) -> None:
    answer = run("readers")
    assert [line.split()[0] for line in answer.lines] == list(READERS)
    assert answer.code == 0
    forms = run("readers", "--json").objects
    assert [form["name"] for form in forms] == list(READERS)
    assert {name for form in forms for name in form} == {"name", "about", "extra", "installed"}


def test_readers_says_what_is_not_installed(run: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vstore.readers.EXTRAS", {"seed": ("seeds", "no_such_library")})
    (line,) = [line for line in run("readers").lines if line.startswith("seed ")]
    assert line.endswith("(not installed: pip install 'vstore[seeds]')")
    (form,) = [form for form in run("readers", "--json").objects if form["name"] == "seed"]
    assert (form["extra"], form["installed"]) == ("seeds", False)
