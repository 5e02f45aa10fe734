"""`vstore add --match`. Issue 7, "Matching"."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cli_program import Program, environment
from coined import beginning, retyped, wire

import vstore
from vstore.slugs import slug

PARTLY = f"{wire(50, 20)} {beginning(wire(1), 0.18)}"
"""Shares a fifth with a story."""


@pytest.fixture
def run(tmp_path: Path) -> Program:
    """A store of ten stories, and wires of several kinds in files."""
    with vstore.open(tmp_path, create=True) as store:
        for number in range(10):
            store.add(f"s{number}", wire(number))
    wires = {"copy": retyped(wire(3), 0.1), "new": wire(77), "partly": PARTLY, "short": "Vote delayed."}
    for name, text in wires.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    (tmp_path / "front.txt").write_text(f"---\nstory: own\n---\n{wire(4)}", encoding="utf-8")
    return Program(tmp_path)


def test_a_copy_goes_to_its_story_and_why_is_told(run: Program) -> None:
    done = run("add", "--match", "copy.txt")
    assert done.code == 0
    assert done.out.startswith(b"s3@2  ")
    assert done.out.endswith(b"  changed  copy.txt\n")
    assert done.err.startswith("copy.txt: matched s3@1, 0.")
    assert " of the words; " in done.err
    assert "as in “" in done.err


def test_another_wire_makes_a_story_with_a_name_of_its_own(run: Program) -> None:
    name = slug(wire(77))
    done = run("add", "--match", "new.txt")
    assert (done.code, done.err) == (0, f"new.txt: a new story, {name}\n")
    assert done.out.decode().startswith(f"{name}@1  ")
    again = run("add", "--match", "new.txt")
    assert again.out.endswith(b"  same  new.txt\n")


def test_the_headline_names_it(run: Program) -> None:
    done = run("add", "--match", "--headline", "Ferry sails again", "new.txt")
    assert done.lines[0].startswith("ferry-sails-again-")
    (run.folder / "front.txt").write_text(f"---\nheadline: Talks resume\n---\n{wire(78)}", encoding="utf-8")
    assert run("add", "--match", "front.txt").lines[0].startswith("talks-resume-")


def test_two_copies_in_one_run_find_each_other(run: Program) -> None:
    (run.folder / "new2.txt").write_text(beginning(wire(77), 0.5), encoding="utf-8")
    done = run("add", "--match", "new.txt", "new2.txt")
    assert [line.split("@")[0] for line in done.lines] == [slug(wire(77))] * 2
    assert [line.split()[2] for line in done.lines] == ["new", "changed"]


def test_a_file_that_names_its_story_is_not_matched(run: Program) -> None:
    done = run("add", "--match", "front.txt", "--json")
    assert done.json["story"] == "own"
    assert "matched" not in done.json
    assert run("add", "--match", "--story-from", "stem", "copy.txt").out.startswith(b"copy@1  ")


def test_json_tells_what_was_found(run: Program) -> None:
    copy, new, own = run("add", "--match", "--json", "copy.txt", "new.txt", "front.txt").objects
    assert (copy["story"], copy["matched"]["verdict"]) == ("s3", "sure")
    assert copy["matched"]["nearest"]["number"] == 1
    assert copy["matched"]["nearest"]["passages"]
    assert (new["matched"]["verdict"], new["matched"]["story"]) == ("new", new["story"])
    assert "matched" not in own


def test_a_dry_run_tells_the_same_and_keeps_nothing(run: Program) -> None:
    done = run("add", "--match", "--dry-run", "copy.txt", "new.txt")
    assert [line.split("@")[0] for line in done.lines] == ["s3", slug(wire(77))]
    with vstore.open(run.folder) as store:
        assert store.stats().versions == 10


# Neither sure nor none


def test_where_nobody_can_be_asked_it_becomes_a_new_story(run: Program) -> None:
    done = run("add", "--match", "partly.txt")
    assert (done.code, done.lines[0].split("@")[0]) == (0, slug(PARTLY))
    assert "a new story, " in done.err
    assert "it may belong to s1@1, 0." in done.err


def test_best_and_new_decide(run: Program) -> None:
    assert (
        run("add", "--match", "--ambiguous", "new", "--dry-run", "partly.txt")
        .lines[0]
        .startswith(slug(PARTLY))
    )
    best = run("add", "--match", "--ambiguous", "best", "partly.txt")
    assert best.out.startswith(b"s1@2  ")
    assert best.err.startswith("partly.txt: matched s1@1, 0.")


def test_what_is_skipped_is_not_kept_and_told(run: Program) -> None:
    done = run("add", "--match", "--ambiguous", "skip", "partly.txt")
    assert (done.code, done.out) == (2, b"")
    assert "it may belong to s1, 0." in done.err
    both = run("add", "--match", "--ambiguous", "skip", "--json", "partly.txt", "copy.txt")
    assert (both.code, both.json["story"]) == (7, "s3")
    assert both.error["error"] == "BadWire"
    assert (both.error["story"], both.error["input"]) == ("s1", "partly.txt")


@pytest.mark.parametrize(("typed", "story"), [(b"best\n", "s1@2"), (b"maybe\nnew\n", slug(PARTLY)[:20])])
def test_on_a_terminal_it_is_asked(run: Program, typed: bytes, story: str) -> None:
    code, shown = run.on_terminal("add", "--match", "partly.txt", typed=typed)
    assert code == 0
    assert b"partly.txt: may belong to s1@1, 0." in shown
    assert b"(new, skip, best)" in shown
    assert story.encode() in shown


def test_on_a_terminal_it_may_be_skipped(run: Program) -> None:
    code, shown = run.on_terminal("add", "--match", "partly.txt", typed=b"skip\n")
    assert code == 2
    assert b"skipped" in shown


# What does not go together


@pytest.mark.parametrize(
    "options", [["--ambiguous", "best"], ["--match", "--story", "s"], ["--match", "--ambiguous", "maybe"]]
)
def test_options_that_contradict_each_other_are_refused(run: Program, options: list[str]) -> None:
    assert run("add", *options, "copy.txt").code == 2


def test_without_it_a_file_without_a_story_is_refused_and_told_of_it(run: Program) -> None:
    done = run("add", "copy.txt")
    assert done.code == 2
    assert "--match" in done.err


def test_an_empty_file_is_refused_as_ever(run: Program) -> None:
    (run.folder / "empty.txt").touch()
    assert run("add", "--match", "empty.txt").code == 2
    assert run("add", "--match", "--allow-empty", "empty.txt").lines[0].startswith(slug(""))


# Several at once


def test_of_the_same_new_wire_added_by_several_at_once_comes_one_story(run: Program) -> None:
    commands = [
        subprocess.Popen(
            run.command("add", "--match", "--date", "2031-01-01", "new.txt", "short.txt"),
            cwd=run.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(5)
    ]
    outs = [command.communicate(timeout=60)[0].decode().splitlines() for command in commands]
    assert [command.returncode for command in commands] == [0] * 5
    outcomes = sorted(line.split()[2] for lines in outs for line in lines)
    assert outcomes == ["new"] * 2 + ["same"] * 8
    with vstore.open(run.folder) as store:
        assert len(list(store.stories())) == 12
