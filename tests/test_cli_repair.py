"""`vstore fsck --repair`: what it says, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from archives import archive, changed, database
from cli_program import Program

GONE = "DELETE FROM payload WHERE story = 1 AND number = 1"


@pytest.fixture
def run(tmp_path: Path) -> Program:
    """In a folder with a damaged store and one that is whole."""
    archive(tmp_path / "whole")
    archive(tmp_path)
    changed(tmp_path, f"{GONE}; UPDATE head SET late = late + 1 WHERE story = 2")
    return Program(tmp_path)


def test_what_is_left_is_told_after_what_was_found(run: Program) -> None:
    answer = run("fsck", "--repair")
    assert answer.code == 6
    found = [line for line in answer.lines if not line.startswith("left: ")]
    assert [line.split(": ")[:2] for line in found] == [["s@1", "text"], ["s@2", "text"], ["t", "damaged"]]
    assert [line.split(": ")[1:3] for line in answer.lines[3:]] == [["s@1", "text"], ["s@2", "text"]]
    copy = database(run.folder).with_name("store.damaged-1.db")
    assert answer.err == f"3 problems found; 2 problems left; as it was: {copy}\n"
    assert copy.exists()


def test_another_store_gives_the_rest(run: Program) -> None:
    answer = run("fsck", "--repair", "--from", "whole")
    assert answer.code == 0
    assert len(answer.lines) == 3
    copy = database(run.folder).with_name("store.damaged-1.db")
    assert answer.err == f"3 problems found; 1 version or text fetched; none is left; as it was: {copy}\n"
    assert run("fsck", "--deep").code == 0
    assert run("show", "s@1").out == b"One."


def test_where_nothing_is_wrong_nothing_is_done(run: Program) -> None:
    before = database(run.folder / "whole").read_bytes()
    answer = run("--store", "whole", "fsck", "--repair", "--deep")
    assert (answer.code, answer.out) == (0, b"")
    assert answer.err == "2 stories, 3 versions: no problems; nothing was changed\n"
    assert database(run.folder / "whole").read_bytes() == before
    assert len(list(database(run.folder / "whole").parent.glob("*.db"))) == 1


def test_where_nothing_can_be_done_nothing_is_done(run: Program) -> None:
    run("fsck", "--repair")
    answer = run("fsck", "--repair")
    assert answer.code == 6
    assert answer.err == "2 problems found; 2 problems left; nothing was changed\n"
    assert not database(run.folder).with_name("store.damaged-2.db").exists()


def test_the_json_form(run: Program) -> None:
    form = run("fsck", "--repair", "--json").json
    assert list(form) == ["ok", "stories", "versions", "problems", "found", "fetched", "copy"]
    assert (form["ok"], form["stories"], form["versions"], form["fetched"]) == (False, 2, 3, 0)
    assert [each["problem"] for each in form["problems"]] == ["text", "text"]
    assert [each["problem"] for each in form["found"]] == ["text", "text", "damaged"]
    assert form["copy"] == str(database(run.folder).with_name("store.damaged-1.db"))
    whole = run("fsck", "--repair", "--from", "whole", "--json").json
    assert (whole["ok"], whole["problems"], whole["fetched"]) == (True, [], 1)


def test_a_version_that_is_lost_is_told_by_its_number(run: Program) -> None:
    changed(run.folder, "DELETE FROM version WHERE story = 1 AND number = 2")
    answer = run("fsck", "--repair")
    assert answer.code == 6
    assert "left: s@2: lost: it cannot be had any more" in answer.lines


def test_a_file_that_is_no_database_any_more_is_repaired_too(run: Program) -> None:
    raw = bytearray(database(run.folder / "whole").read_bytes())
    raw[:100] = bytes(100)
    database(run.folder / "whole").write_bytes(raw)
    assert run("--store", "whole", "log").code == 5
    assert run("--store", "whole", "fsck", "--repair").code == 0
    assert run("--store", "whole", "show", "s@2").out == b"One. Two."


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--from", "whole"], 2, "--from is for --repair"),
        (["--repair", "--quick"], 2, "of the whole store"),
        (["--repair", "--story", "s"], 2, "of the whole store"),
        (["--repair", "--subset", "1/2"], 2, "of the whole store"),
        (["--repair", "--from", "nowhere"], 3, "no store at nowhere"),
        (["--repair", "--from", "."], 2, "is the store that is to be repaired"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Program, words: list[str], code: int, told: str) -> None:
    before = database(run.folder).read_bytes()
    answer = run("fsck", *words)
    assert answer.code == code
    assert told in answer.err
    assert database(run.folder).read_bytes() == before
