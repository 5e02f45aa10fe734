"""`vstore alias`, and aliases in the place of story-ids on the command line. Issue 7, point 4."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_program import Program

from vstore import places
from vstore.accounts import KnownAs

PAGE, ITEM = "https://www.example.org/talks?utm_source=rss", "urn:newsml:example.org:20190115:nk7"
TESTS = Path(__file__).parent


@pytest.fixture
def run(tmp_path: Path) -> Program:
    places.init(tmp_path)
    program = Program(tmp_path)
    program(
        "add", "--story", "talks", "--guid", ITEM, "--url", PAGE, "--date", "2019", "-", stdin=b"The talks.\n"
    )
    program("add", "--story", "bread", "--date", "2019", "-", stdin=b"Bread.\n")
    return program


def test_aliases_are_listed_given_and_taken_away(run: Program) -> None:
    assert run("alias", "list").lines == [f"talks  {ITEM}", f"talks  {PAGE}"]
    assert run("alias", "list", "bread").code == 1
    assert run("alias", "add", "bread", "loaf", "https://example.org/bread").code == 0
    assert run("alias", "rm", PAGE, ITEM).code == 0
    assert run("alias", "list", "--json").objects == [
        {"story": "bread", "alias": "https://example.org/bread", "by": "given"},
        {"story": "bread", "alias": "loaf", "by": "given"},
        {"story": "talks", "alias": PAGE, "by": "facts"},
        {"story": "talks", "alias": ITEM, "by": "taken away"},
    ]
    assert run("alias", "list", "loaf").lines[-1] == "bread  loaf  (given)"
    assert KnownAs("bread", "loaf", "given").to_dict() == {"story": "bread", "alias": "loaf", "by": "given"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "bread"), 2),
        (("add",), 2),
        (("rm", "bread"), 2),
        (("list", "bread", "loaf"), 2),
        (("swap", "bread"), 2),
        (("add", "bread", PAGE), 4),
        (("add", "nobody", "loaf"), 3),
        (("rm", "bread", "loaf"), 3),
        (("add", "bread", "https://example.org/"), 2),
        (("list", "nobody"), 3),
    ],
)
def test_what_cannot_be_is_told(run: Program, words: tuple[str, ...], code: int) -> None:
    answer = run("alias", *words)
    assert (answer.code, answer.out) == (code, b"")
    assert answer.err


def test_every_command_takes_an_alias_for_a_story(run: Program, tmp_path: Path) -> None:
    page = "http://example.org/talks/"
    assert run("show", page).out == b"The talks.\n"
    assert run("show", "--story", ITEM, "--version", "1").out == b"The talks.\n"
    assert run("log", page, "--format", "%(story) %N").lines == ["talks 1"]
    assert run("log", "--story", ITEM, "--format", "%(story) %N").lines == ["talks 1"]
    assert run("blame", "--json", page).json["story"] == "talks"
    assert run("diff", page).code == 0
    assert run("grep", "talks", page).lines[0] == "talks"
    assert run("prove", "--json", page).json["story"] == "talks"
    assert run("export", "--jsonl", "-", page).json["story"] == "talks"
    assert run("bundle", str(tmp_path / "b"), ITEM).code == 0
    assert run("checkout", f"{ITEM}@1", "-o", str(tmp_path / "t.txt")).code == 0
    assert run("story", "rename", page, "--to", "us-nk-talks").code == 0
    assert run("show", "talks").out == b"The talks.\n"


def test_an_unknown_story_is_still_told_with_its_neighbours(run: Program) -> None:
    answer = run("show", "tolks")
    assert (answer.code, "did you mean talks?" in answer.err) == (3, True)
    answer = run("--json", "show", "https://example.org/nothing")
    assert (answer.code, answer.error["error"]) == (3, "UnknownStory")


def test_an_alias_of_several_stories_is_told_with_them(run: Program) -> None:
    run("add", "--story", "copy", "--guid", ITEM, "--date", "2019", "-", stdin=b"The talks.\n")
    answer = run("--json", "show", ITEM)
    assert (answer.code, answer.error["error"]) == (3, "AmbiguousName")
    assert answer.error["candidates"] == [{"story": "copy"}, {"story": "talks"}]
