"""What is asked of the past beyond a story's order: figures, exports, names that are alike."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from backends import NEW_YEAR, SECOND, Clock
from cli_program import Program

from vstore.dates import iso_micros
from vstore.errors import UnknownStory
from vstore.questions import Questions
from vstore.store import Store


@pytest.fixture
def then(store: Store, clock: Clock) -> Questions:
    """Two versions of one story, seen from behind a third of it and a second story."""
    store.add("floods", "The river rose.", date="2019-01-15")
    store.add("floods", "The river rose by a metre.", date="2019-01-16")
    stood = store.as_of(iso_micros(NEW_YEAR))
    clock.pass_by(60)
    store.add("floods", "The river fell.", date="2019-01-14", source="Kestrel Wire")
    store.add("floods-2", "Another river rose.")
    return stood


def test_figures_are_those_of_what_was_kept_then(store: Store, then: Questions) -> None:
    stats = then.stats()
    assert (stats.stories, stats.versions, stats.keyframes, stats.patches) == (1, 2, 1, 1)
    assert stats.text_bytes == len("The river rose.") + len("The river rose by a metre.")
    assert stats.last_recorded == iso_micros(NEW_YEAR)
    assert stats.file_bytes == store.stats().file_bytes
    assert store.stats().versions == 4


def test_figures_of_now_are_the_same_counted_from_histories(store: Store, then: Questions) -> None:
    assert store.as_of("2999").stats() == store.stats()


def test_figures_of_an_empty_past_are_nought(store: Store, then: Questions) -> None:
    stats = store.as_of("2001").stats()
    assert (stats.stories, stats.versions, stats.text_bytes, stats.last_recorded) == (0, 0, 0, None)


def test_json_lines_hold_what_was_there(then: Questions) -> None:
    forms = list(then.export_jsonl())
    assert [(form["story"], form["number"]) for form in forms] == [("floods", 1), ("floods", 2)]
    assert forms[1]["text"] == "The river rose by a metre."
    with pytest.raises(UnknownStory):
        list(then.export_jsonl(["floods-2"]))


def tips(folder: Path) -> list[str]:
    listed = subprocess.run(
        ["git", "for-each-ref", "--format=%(objectname)", "refs/heads"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.split()


def test_a_branch_ends_with_the_tip_of_then_and_goes_on_later(
    store: Store, then: Questions, tmp_path: Path
) -> None:
    folder = tmp_path / "news.git"
    assert list(then.export_git(folder)) == ["floods"]
    assert tips(folder) == [store.version("floods", 2).id]
    store.export_git(folder)
    now = {store.version("floods", 3).id, store.version("floods-2").id}
    assert set(tips(folder)) == now
    then.export_git(folder)
    assert set(tips(folder)) == now


def test_a_story_that_came_later_cannot_be_exported(then: Questions, tmp_path: Path) -> None:
    with pytest.raises(UnknownStory):
        then.export_git(tmp_path / "news.git", ["floods-2"])


def test_names_that_are_alike_are_those_of_other_stories_of_then(store: Store, then: Questions) -> None:
    assert store.nearest("floods-2") == ["floods"]
    assert store.nearest("floods-3") == ["floods-2", "floods"]
    assert then.nearest("floods-2") == ["floods"]
    assert store.as_of("2001").nearest("floods") == []


def test_the_command_line_asks_the_past_for_figures_and_exports(tmp_path: Path) -> None:
    run = Program(tmp_path)
    run("init")
    for number, text in enumerate(("one", "two")):
        (tmp_path / "wire.txt").write_text(text, encoding="utf-8")
        run("add", "--story", f"story-{number}", "wire.txt")
    first = run("log", "story-0", "--json").json["recorded"]
    assert run("stats", "--json", "--as-of", first).json["stories"] == 1
    assert run("stats", "--json").json["stories"] == 2
    (form,) = run("export", "--jsonl", "-", "--as-of", first).objects
    assert form["story"] == "story-0"
    branches = run("export", "--git", "news.git", "--as-of", first, "--json").objects
    assert [branch["story"] for branch in branches] == ["story-0"]
    later = run("show", "story-1", "--as-of", first, "--json")
    assert (later.code, later.error["nearest"]) == (3, ["story-0"])


def test_a_moment_is_told_apart_by_the_second(store: Store, clock: Clock) -> None:
    store.add("a", "one")
    clock.pass_by(1)
    store.add("b", "two")
    assert store.as_of(iso_micros(NEW_YEAR + SECOND - 1)).stats().stories == 1
