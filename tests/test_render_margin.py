"""Blame beside the text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from render_values import PLAIN, blame, version

from vstore.answers import Blame, Paragraph
from vstore.cli.look import AGES, SOURCES, Look
from vstore.cli.margin import ColorBy, Manner, Origin, beside, by_paragraph, shades
from vstore.cli.matches import holding, only
from vstore.cli.width import width
from vstore.model import Facts, Version

FIRST = "The dockers of the northern port returned to work "
TEXT = FIRST + "on Monday.\n\nThe owners said nothing."
PLAINLY = Manner(None, PLAIN)
TWO = (
    Paragraph(number=1, start=0, length=60, introduced=1, last_touched=2),
    Paragraph(number=2, start=62, length=24, introduced=1, last_touched=3),
)


def told() -> Blame:
    return blame((1, FIRST), (2, "on Monday.\n\n"), (1, "The owners said nothing."), paragraphs=TWO)


def test_each_run_of_words_has_its_version_beside_it() -> None:
    assert list(beside(told(), PLAINLY)) == [
        " 1  1  2019-01-01  Northern Wire │ The dockers of the northern port returned to",
        "                                 │ work",
        "    2  2019-01-02  Northern Wire │ on Monday.",
        "",
        " 2  1  2019-01-01  Northern Wire │ The owners said nothing.",
    ]


def test_neighbours_of_one_version_are_one_run() -> None:
    answer = blame((1, "One "), (1, "two "), (2, "three"), paragraphs=(paragraph(1, 0, 13),))
    assert [line.split("│ ")[1] for line in beside(answer, PLAINLY)] == ["One two", "three"]


def test_it_fits_into_eighty_columns_whatever_the_source() -> None:
    text = "Words of a very long paragraph. " * 20
    answer = blame((1, text), paragraphs=(paragraph(1, 0, len(text) - 1),), source="通信社" * 20)
    lines = list(beside(answer, PLAINLY))
    assert max(map(width, lines)) <= 80
    assert "…" in lines[0]


def test_it_fits_with_five_digits_and_a_zone_in_every_date() -> None:
    given = blame((12345, "Words of a paragraph. " * 20), paragraphs=(paragraph(1, 0, 439),))
    dated = replace(given, hunks=(replace(given.hunks[0], dated="2019-01-15T10:00:00+05:30"),))
    lines = list(beside(dated, PLAINLY))
    assert lines[0].startswith(" 1  12345  2019-01-15 10:00 +05:30  Northern Wire │ Words of a")
    assert max(map(width, lines)) <= 80


@pytest.mark.parametrize(
    "sentence", ["这是一个很长的段落，没有空格。", "هذه فقرة طويلة جدا من الكلمات. ", "が" * 40]
)
def test_text_of_any_script_fits_and_is_whole(sentence: str) -> None:
    text = (sentence * 12).strip()
    lines = list(beside(blame((1, text), paragraphs=(paragraph(1, 0, len(text)),)), PLAINLY))
    assert max(map(width, lines)) <= 80
    assert "".join(line.split("│ ")[1] for line in lines).replace(" ", "") == text.replace(" ", "")


def test_versions_have_colours_on_a_terminal_and_the_text_has_none() -> None:
    lines = list(beside(told(), in_color()))
    assert lines[0].startswith(
        "\x1b[1m 1\x1b[0m  \x1b[38;5;27m1  2019-01-01  Northern Wire │\x1b[0m The dockers"
    )
    assert lines[1].endswith(" \x1b[38;5;27m│\x1b[0m work")
    assert "\x1b[38;5;160m2  2019-01-02" in lines[2]


def test_colours_by_source_tell_sources_apart_and_not_versions() -> None:
    origins = [Origin(1, "a", None, "A"), Origin(2, "b", None, "B"), Origin(3, "c", None, "A")]
    assert shades(origins, "source") == {1: 0, 2: 1, 3: 0}
    assert shades(origins, "age") == {1: 0, 2: 2, 3: 5}


def test_age_follows_the_order_of_the_story_and_not_the_numbers() -> None:
    assert shades([Origin(1, "b", None, None), Origin(2, "a", None, None)], "age") == {2: 0, 1: 5}


def test_more_sources_than_colours_share_them() -> None:
    origins = [Origin(number, f"{number:03}", None, f"{number}") for number in range(1, 20)]
    assert set(shades(origins, "source").values()) == set(range(6))
    assert set(shades(origins, "age").values()) == set(range(6))


@pytest.mark.parametrize("color", [*AGES, *SOURCES])
def test_every_colour_is_legible_on_black_and_on_white(color: int) -> None:
    light = luminance(color)
    assert min(1.05 / (light + 0.05), (light + 0.05) / 0.05) >= 3.6


def luminance(color: int) -> float:
    """Relative luminance (WCAG 2) of one of the 216 colours of the cube."""
    steps = (0, 95, 135, 175, 215, 255)
    place = color - 16
    shares = [steps[place // 36] / 255, steps[place // 6 % 6] / 255, steps[place % 6] / 255]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("color_by", ["age", "source"])
def test_without_colour_the_margin_says_the_same(color_by: ColorBy) -> None:
    inked = list(beside(told(), Manner(None, Look(color=True), color_by)))
    assert [re.sub(r"\x1b\[[\d;]*m", "", line) for line in inked] == list(beside(told(), PLAINLY))


def test_in_reverse_words_that_the_current_version_has_are_still_there() -> None:
    assert list(beside(told(), Manner(None, PLAIN, current=2))) == [
        " 1  1  2019-01-01  Northern Wire │ The dockers of the northern port returned to",
        "                                 │ work",
        "    2  still there               │ on Monday.",
        "",
        " 2  1  2019-01-01  Northern Wire │ The owners said nothing.",
    ]


def test_still_there_has_room_beside_short_dates() -> None:
    given = blame((1, "Words."), paragraphs=(paragraph(1, 0, 6),), source="A")
    bare = replace(given, hunks=(replace(given.hunks[0], dated=None),))
    assert list(beside(bare, Manner(None, PLAIN, current=1))) == [" 1  1  still there │ Words."]


def test_text_from_right_to_left_is_kept_apart_on_a_terminal_alone() -> None:
    given = blame((1, "نص قصير"), paragraphs=(paragraph(1, 0, 7),), source="سهل")
    assert list(beside(given, PLAINLY)) == [" 1  1  2019-01-01  سهل │ نص قصير"]
    (line,) = beside(given, Manner(None, Look(columns=80)))
    assert line == " 1  1  2019-01-01  \u2068سهل\u2069 │ \u2068نص قصير\u2069"
    assert width(line) == 32


def test_a_source_that_turns_text_round_cannot_turn_the_margin() -> None:
    given = blame((1, "Words."), paragraphs=(paragraph(1, 0, 6),), source="\u202eevil")
    (line,) = beside(given, Manner(None, Look(columns=80)))
    assert "\u2068\u202eevi…\u2069 │ Words." in line


def test_a_chosen_paragraph_keeps_its_number() -> None:
    lines = list(beside(only(told(), [2]), PLAINLY))
    assert lines == [" 2  1  2019-01-01  Northern Wire │ The owners said nothing."]


def test_an_undated_wire_without_source_is_told_so() -> None:
    given = told()
    bare = replace(given, hunks=tuple(replace(hunk, dated=None, source=None) for hunk in given.hunks))
    assert next(beside(bare, PLAINLY)).startswith(" 1  1  undated  - │ The dockers")


def test_a_blank_text_has_nothing_beside() -> None:
    answer = blame((1, " \n"), paragraphs=())
    assert list(beside(answer, PLAINLY)) == []
    assert list(by_paragraph(answer, "introduced", {}, PLAINLY)) == []


def test_by_paragraph_tells_who_introduced_it() -> None:
    lines = by_paragraph(told(), "introduced", versions(), PLAINLY)
    assert list(lines) == [
        " 1  1  2019-01-01  Agency 1 │ The dockers of the northern port returned to work…",
        " 2  1  2019-01-01  Agency 1 │ The owners said nothing.",
    ]


def test_by_paragraph_tells_who_touched_it_last_though_no_word_of_it_is_theirs() -> None:
    lines = list(by_paragraph(told(), "last-touched", versions(), PLAINLY))
    assert lines[0].startswith(" 1  2  2019-01-02  Agency 2 │ The dockers")
    assert lines[1].startswith(" 2  3  2019-01-03  Agency 3 │ The owners")


def test_by_paragraph_of_chosen_paragraphs_shows_their_words() -> None:
    lines = list(by_paragraph(only(told(), [2]), "introduced", versions(), PLAINLY))
    assert lines == [" 2  1  2019-01-01  Agency 1 │ The owners said nothing."]


def test_words_are_found_whatever_lies_between_them() -> None:
    assert holding(told(), "dockers  of\nthe northern") == [1]
    assert holding(told(), "The") == [1, 2]
    assert holding(told(), "Monday .") == [1]


def test_words_are_whole_and_case_counts() -> None:
    assert holding(told(), "docker") == []
    assert holding(told(), "monday") == []


def test_words_across_a_gap_are_held_by_both_paragraphs() -> None:
    assert holding(told(), "Monday. The owners") == [1, 2]


def test_hunks_of_chosen_paragraphs_join_to_their_text() -> None:
    chosen = only(told(), [1])
    assert "".join(hunk.text for hunk in chosen.hunks) == TEXT[:60]
    assert [(hunk.start, hunk.length, hunk.number) for hunk in chosen.hunks] == [(0, 50, 1), (50, 10, 2)]
    both = only(told(), [1, 2])
    assert "".join(hunk.text for hunk in both.hunks) == TEXT.replace("\n\n", "")


def paragraph(number: int, start: int, length: int) -> Paragraph:
    return Paragraph(number=number, start=start, length=length, introduced=1, last_touched=1)


def in_color() -> Manner:
    return Manner(None, Look(color=True))


def versions() -> dict[int, Version]:
    return {
        number: version(number=number, dated=f"2019-01-0{number}", facts=Facts(source=f"Agency {number}"))
        for number in (1, 2, 3)
    }
