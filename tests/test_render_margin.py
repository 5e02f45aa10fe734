"""Blame beside the text."""

from __future__ import annotations

from dataclasses import replace

from render_values import PLAIN, blame, version

from vstore.answers import Blame, Paragraph
from vstore.cli.look import Look
from vstore.cli.margin import beside, by_paragraph
from vstore.cli.matches import holding, only
from vstore.cli.width import width
from vstore.model import Facts, Version

FIRST = "The dockers of the northern port returned to work "
TEXT = FIRST + "on Monday.\n\nThe owners said nothing."
TWO = (
    Paragraph(number=1, start=0, length=60, introduced=1, last_touched=2),
    Paragraph(number=2, start=62, length=24, introduced=1, last_touched=3),
)


def told() -> Blame:
    return blame((1, FIRST), (2, "on Monday.\n\n"), (1, "The owners said nothing."), paragraphs=TWO)


def test_each_run_of_words_has_its_version_beside_it() -> None:
    assert list(beside(told(), None, PLAIN)) == [
        " 1  1  2019-01-01  Northern Wire │ The dockers of the northern port returned to",
        "                                 │ work",
        "    2  2019-01-02  Northern Wire │ on Monday.",
        "",
        " 2  1  2019-01-01  Northern Wire │ The owners said nothing.",
    ]


def test_neighbours_of_one_version_are_one_run() -> None:
    answer = blame((1, "One "), (1, "two "), (2, "three"), paragraphs=(paragraph(1, 0, 13),))
    assert [line.split("│ ")[1] for line in beside(answer, None, PLAIN)] == ["One two", "three"]


def test_it_fits_into_eighty_columns_whatever_the_source() -> None:
    text = "Words of a very long paragraph. " * 20
    answer = blame((1, text), paragraphs=(paragraph(1, 0, len(text) - 1),), source="通信社" * 20)
    lines = list(beside(answer, None, PLAIN))
    assert max(map(width, lines)) <= 80
    assert "…" in lines[0]


def test_versions_have_colours_on_a_terminal_and_the_text_has_none() -> None:
    lines = list(beside(told(), None, Look(color=True)))
    assert lines[0].startswith("\x1b[1m 1\x1b[0m  \x1b[36m1  2019-01-01  Northern Wire\x1b[0m │ The dockers")
    assert "\x1b[33m2  2019-01-02" in lines[2]


def test_a_chosen_paragraph_keeps_its_number() -> None:
    lines = list(beside(only(told(), [2]), None, PLAIN))
    assert lines == [" 2  1  2019-01-01  Northern Wire │ The owners said nothing."]


def test_an_undated_wire_without_source_is_told_so() -> None:
    given = told()
    bare = replace(given, hunks=tuple(replace(hunk, dated=None, source=None) for hunk in given.hunks))
    assert next(beside(bare, None, PLAIN)).startswith(" 1  1  undated  - │ The dockers")


def test_a_blank_text_has_nothing_beside() -> None:
    answer = blame((1, " \n"), paragraphs=())
    assert list(beside(answer, None, PLAIN)) == []
    assert list(by_paragraph(answer, "introduced", {}, None, PLAIN)) == []


def test_by_paragraph_tells_who_introduced_it() -> None:
    lines = by_paragraph(told(), "introduced", versions(), None, PLAIN)
    assert list(lines) == [
        " 1  1  2019-01-01  Agency 1 │ The dockers of the northern port returned to work…",
        " 2  1  2019-01-01  Agency 1 │ The owners said nothing.",
    ]


def test_by_paragraph_tells_who_touched_it_last_though_no_word_of_it_is_theirs() -> None:
    lines = list(by_paragraph(told(), "last-touched", versions(), None, PLAIN))
    assert lines[0].startswith(" 1  2  2019-01-02  Agency 2 │ The dockers")
    assert lines[1].startswith(" 2  3  2019-01-03  Agency 3 │ The owners")


def test_by_paragraph_of_chosen_paragraphs_shows_their_words() -> None:
    lines = list(by_paragraph(only(told(), [2]), "introduced", versions(), None, PLAIN))
    assert lines == [" 2  1  2019-01-01  Agency 1 │ The owners said nothing."]


def test_words_are_found_whatever_lies_between_them() -> None:
    assert holding(told(), "dockers  of\nthe northern") == [1]
    assert holding(told(), "The") == [1, 2]
    assert holding(told(), "Monday .") == [1]


def test_words_are_whole_and_case_counts() -> None:
    assert holding(told(), "docker") == []
    assert holding(told(), "monday") == []


def test_words_do_not_match_across_a_gap() -> None:
    assert holding(told(), "Monday. The owners") == []


def test_hunks_of_chosen_paragraphs_join_to_their_text() -> None:
    chosen = only(told(), [1])
    assert "".join(hunk.text for hunk in chosen.hunks) == TEXT[:60]
    assert [(hunk.start, hunk.length, hunk.number) for hunk in chosen.hunks] == [(0, 50, 1), (50, 10, 2)]
    both = only(told(), [1, 2])
    assert "".join(hunk.text for hunk in both.hunks) == TEXT.replace("\n\n", "")


def paragraph(number: int, start: int, length: int) -> Paragraph:
    return Paragraph(number=number, start=start, length=length, introduced=1, last_touched=1)


def versions() -> dict[int, Version]:
    return {
        number: version(number=number, dated=f"2019-01-0{number}", facts=Facts(source=f"Agency {number}"))
        for number in (1, 2, 3)
    }
