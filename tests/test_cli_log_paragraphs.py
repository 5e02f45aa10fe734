"""`log STORY -L N[,M]`: the history of paragraphs on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_program import Program

from vstore.cli.log import numbered

RAIN = "Rain fell on Easton all night."
STRIKE = "Dockers went on strike over pay on Monday morning."
FRIDAY = STRIKE.replace("Monday", "Friday")


@pytest.fixture
def run(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    assert program("init").code == 0
    texts = (f"{RAIN}\n\n{STRIKE}", f"{FRIDAY}\n\n{RAIN}", RAIN, f"{RAIN}\n\nMore.\n\n{FRIDAY}")
    for day, text in enumerate(texts, 15):
        options = ("--date", f"2019-01-{day}", "--source", "Eastern Press" if day == 16 else "Northern Wire")
        assert program("add", "--story", "strike", *options, "-", stdin=text.encode()).code == 0
    return program


def test_each_version_tells_the_paragraph_and_what_it_changed(run: Program) -> None:
    done = run("log", "strike@2", "-L", "1")
    assert [line for line in done.lines if not line.startswith(("Words", "Stored", "version"))] == [
        "Date:     2019-01-16",
        "Source:   Eastern Press",
        "Changed:  text, source (since version 1)",
        "  paragraph 1",
        "",
        "Dockers went on strike over pay on [-Monday-]{+Friday+} morning.",
        "",
        "Date:     2019-01-15",
        "Source:   Northern Wire",
        "  paragraph 2",
        "",
        "{+Dockers went on strike over pay on Monday morning.+}",
    ]


def test_what_was_taken_from_another_source_is_told(run: Program) -> None:
    told = [line for line in run("log", "strike", "-L", "3").lines if line.startswith("  ")]
    assert told == ["  paragraph 3  (taken from version 2)", "  paragraph 1", "  paragraph 2"]


def test_deletion_and_restoring_are_told(run: Program) -> None:
    for day, text in enumerate((f"{RAIN}\n\n{STRIKE}", RAIN, f"{RAIN}\n\n{STRIKE}"), 15):
        run("add", "--story", "again", "--date", f"2019-01-{day}", "-", stdin=text.encode())
    told = [line for line in run("log", "again", "-L", "2").lines if line.startswith(("  ", "[-", "{+"))]
    assert told == [
        "  paragraph 2  (taken from version 1)",
        f"{{+{STRIKE}+}}",
        "  deleted",
        f"[-{STRIKE}-]",
        "  paragraph 2",
        f"{{+{STRIKE}+}}",
    ]


def test_the_json_form_is_the_version_with_the_paragraphs(run: Program) -> None:
    newest, changed, written = run("log", "strike", "-L", "3", "--json").objects
    (version, *_) = run("log", "strike", "--json").objects
    assert newest.items() >= version.items()
    assert (newest["paragraphs"], newest["before"], newest["after"]) == ([3], None, FRIDAY)
    assert (newest["taken_from"], newest["edits"]) == (2, [["+", FRIDAY]])
    assert (changed["before"], changed["after"]) == (STRIKE, FRIDAY)
    assert changed["edits"][1:3] == [["-", "Monday"], ["+", "Friday"]]
    assert (written["number"], written["paragraphs"]) == (1, [2])


def test_it_goes_with_the_other_options_of_log(run: Program) -> None:
    def told(*options: str) -> list[str]:
        return run("log", "strike", "-L", "3", "--format", "%N", *options).lines

    assert told() == ["4", "2", "1"]
    assert told("-n", "2") == ["4", "2"]
    assert told("--reverse") == ["1", "2", "4"]
    assert told("--since", "2019-01-16", "--until", "2019-01-17") == ["2"]
    assert told("--source", "Eastern Press") == ["2"]
    assert run("log", "strike", "-L", "3", "--source", "Nobody").code == 1
    lines = run("log", "strike", "-L", "3", "--oneline").lines
    assert [line.split()[1] for line in lines] == ["4", "2", "1"]
    assert "diff" in run("log", "strike", "-L", "3", "-p", "--json").objects[0]
    assert run("log", "--story", "strike", "-L", "1,3", "--format", "%N").lines == ["4", "2", "1"]


def test_with_a_patch_what_changed_is_told_once(run: Program) -> None:
    whole = run("log", "strike@1", "-p").lines
    assert run("log", "strike@1", "-L", "2", "-p").lines == whole


def test_the_history_is_that_of_the_store_as_it_stood(run: Program) -> None:
    moments = [version["recorded"] for version in run("log", "strike", "--json", "--arrival").objects]
    assert run("log", "strike", "-L", "1", "--format", "%N", "--as-of", moments[-1]).lines == ["1"]


def test_a_range_beyond_the_text_says_how_many_paragraphs_there_are(run: Program) -> None:
    done = run("log", "strike", "-L", "2,4")
    assert (done.code, done.out) == (3, b"")
    assert done.err == "vstore: strike@4 has no paragraphs 2 to 4; it has 3\n"
    error = run("log", "strike", "-L", "9", "--json").error
    assert (error["error"], error["paragraphs"]) == ("UnknownParagraph", 3)


@pytest.mark.parametrize(
    "words",
    [
        ("-L", "1"),
        ("strike", "-L", "1", "-S", "pay"),
        ("strike", "-L", "1", "--arrival"),
        ("strike", "-L", "2,1"),
        ("strike", "-L", "first"),
        ("strike", "-L", "1", "--exact"),
    ],
)
def test_what_contradicts_it_is_refused(run: Program, words: tuple[str, ...]) -> None:
    done = run("log", *words)
    assert (done.code, done.out) == (2, b"")


@pytest.mark.parametrize(
    ("paragraphs", "told"),
    [
        ((), "deleted"),
        ((3,), "paragraph 3"),
        ((3, 4, 5), "paragraphs 3-5"),
        ((1, 3, 4, 9), "paragraphs 1, 3-4, 9"),
    ],
)
def test_numbers_that_follow_each_other_are_told_as_a_range(paragraphs: tuple[int, ...], told: str) -> None:
    assert numbered(paragraphs) == told
