"""`clone`, `pull` and `push`: a copy to a new place, into the store at hand, out of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_program import Program
from copies import fill_odd, ids

import vstore


@pytest.fixture
def run(tmp_path: Path) -> Program:
    """In a folder with a filled store `here` and an empty one, `there`."""
    with vstore.open(tmp_path / "here", create=True) as store:
        fill_odd(store)
    vstore.open(tmp_path / "there", create=True).close()
    return Program(tmp_path)


def held(place: Path) -> dict[str, list[str]]:
    with vstore.open(place, read_only=True) as store:
        return ids(store)


def test_a_clone_has_all_and_is_made_for_it(run: Program, tmp_path: Path) -> None:
    done = run("clone", "here", "new", "--json")
    assert (done.code, done.json["made"], done.json["copied"]) == (0, True, done.json["versions"])
    assert held(tmp_path / "new") == held(tmp_path / "here")


def test_a_clone_leaves_a_store_that_is_there_alone(run: Program, tmp_path: Path) -> None:
    done = run("clone", "here", "there")
    assert (done.code, "pull into it" in done.err) == (4, True)
    assert held(tmp_path / "there") == {}


def test_what_was_pulled_is_pushed_back_as_nothing(run: Program, tmp_path: Path) -> None:
    pulled = run("--store", "there", "pull", "here", "--json").json
    assert pulled["copied"] == pulled["versions"] > 0
    assert held(tmp_path / "there") == held(tmp_path / "here")
    pushed = run("--store", "there", "push", "here", "--json").json
    assert (pushed["copied"], pushed["unchanged"]) == (0, pulled["versions"])


def test_what_was_pushed_is_pulled_as_nothing(run: Program, tmp_path: Path) -> None:
    assert run("--store", "here", "push", "there", "--jobs", "2").code == 0
    assert held(tmp_path / "there") == held(tmp_path / "here")
    assert run("--store", "here", "pull", "there", "--json").json["copied"] == 0


@pytest.mark.parametrize("words", [("push", "there"), ("pull", "here")])
def test_a_dry_run_writes_nothing(run: Program, tmp_path: Path, words: tuple[str, str]) -> None:
    at_hand = "here" if words[0] == "push" else "there"
    told = run("--store", at_hand, *words, "--dry-run", "--json").json
    assert told["copied"] == told["versions"] > 0
    assert held(tmp_path / "there") == {}


@pytest.mark.parametrize("words", [("push", "there"), ("pull", "there")])
def test_a_story_that_diverged_is_told_and_left_alone(
    run: Program, tmp_path: Path, words: tuple[str, str]
) -> None:
    with vstore.open(tmp_path / "there") as store:
        store.add("late", "Another beginning.")
    done = run("--store", "here", *words)
    assert (done.code, "late diverged after version 0" in done.err) == (7, True)
    assert len(held(tmp_path / "there")["late"]) == 1


@pytest.mark.parametrize(
    "words", [("push", "nowhere"), ("pull", "nowhere"), ("clone", "nowhere", "new"), ("push", "")]
)
def test_what_is_no_store_is_not_there(run: Program, tmp_path: Path, words: tuple[str, ...]) -> None:
    assert run("--store", "here", *words).code in {2, 3}
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "nowhere").exists()
