"""`vstore similar`. Issue 7, "Matching"."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_program import Program
from coined import beginning, retyped, wire

import vstore


@pytest.fixture
def run(tmp_path: Path) -> Program:
    """A store of ten stories, and a copy of one in a file."""
    with vstore.open(tmp_path, create=True) as store:
        for number in range(10):
            store.add(f"s{number}", wire(number), source="Kestrel")
        store.add("s1", retyped(wire(1), 0.1))
    (tmp_path / "copy.txt").write_text(beginning(wire(3), 0.6), encoding="utf-8")
    (tmp_path / "other.txt").write_text(wire(99), encoding="utf-8")
    return Program(tmp_path)


def test_the_story_of_a_file_is_told_with_what_they_share(run: Program) -> None:
    done = run("similar", "copy.txt")
    assert (done.code, done.err) == (0, "")
    first, *passages = done.lines
    assert first.startswith("sure   ")
    assert "  s3@1  has 100% of the words; 60% of its own are here" in first
    assert passages
    assert all(line.startswith("  │ ") and len(line) <= 80 for line in passages)
    assert passages[0][4:40] in wire(3).replace("\n\n", " ")


def test_json_is_one_object_a_story(run: Program) -> None:
    (found,) = run("similar", "copy.txt", "--json").objects
    assert (found["story"], found["number"], found["containment"]) == ("s3", 1, 1.0)
    assert 0.5 < found["contained"] < 0.7
    assert found["passages"][0]["text"] in (run.folder / "copy.txt").read_text()


def test_where_nothing_is_like_it_the_answer_is_negative(run: Program) -> None:
    done = run("similar", "other.txt")
    assert (done.code, done.out, done.err) == (1, b"", "")


def test_stdin_is_read_and_its_header_left_out(run: Program) -> None:
    text = f"---\nheadline: Any\n---\n{wire(4)}".encode()
    (found,) = run("similar", "--json", "-", stdin=text).objects
    assert (found["story"], found["passages"][0]["start"]) == ("s4", 0)


def test_of_a_version_its_own_story_is_left_out(run: Program) -> None:
    run("add", "--story", "again", "copy.txt")
    assert [each["story"] for each in run("similar", "again@1", "--json").objects] == ["s3"]
    assert run("similar", "s5").code == 1


def test_a_file_goes_before_a_version_of_the_same_name(run: Program) -> None:
    (run.folder / "s1").write_text(wire(7), encoding="utf-8")
    assert [each["story"] for each in run("similar", "s1", "--json").objects] == ["s7"]
    assert run("similar", "s1@1", "--json").code == 1


def test_no_more_than_wanted(run: Program) -> None:
    (run.folder / "both.txt").write_text(f"{wire(1)} {wire(2)}", encoding="utf-8")
    assert len(run("similar", "both.txt", "--json").objects) == 2
    assert len(run("similar", "-n", "1", "both.txt", "--json").objects) == 1
    assert run("similar", "-n", "0", "both.txt").code == 2


def test_as_the_store_stood(run: Program) -> None:
    assert run("similar", "copy.txt", "--as-of", "2001").code == 1
    assert run("similar", "copy.txt", "--as-of", "9999").code == 0


def test_what_is_neither_file_nor_version_is_not_found(run: Program) -> None:
    done = run("similar", "s99")
    assert done.code == 3
    assert "did you mean" in done.err
    assert run("similar").code == 2


def test_the_index_is_kept_for_the_next_question(run: Program) -> None:
    with vstore.open(run.folder) as store:
        for number in range(10, 60):
            store.add(f"s{number}", wire(number))
    assert run("similar", "copy.txt").code == 0
    assert run("stats", "--json").json["shingle_bytes"] > 0


def test_a_wire_cannot_drive_the_terminal(run: Program) -> None:
    with vstore.open(run.folder) as store:
        store.add("evil", f"\x1b[2J{wire(200)}\x07")
    (run.folder / "evil.txt").write_text(wire(200).replace(" ", " \x1b[31m ", 3), encoding="utf-8")
    code, shown = run.on_terminal("similar", "evil.txt", VSTORE_PAGER="cat")
    assert code == 0
    assert b"\x1b[2J" not in shown
    assert b"\x1b[31m " not in shown
    assert b"evil@1" in shown
