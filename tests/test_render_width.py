"""Columns of a terminal."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from vstore.cli.width import cut, flat, pad, width, wrap


def test_wide_characters_take_two_columns_and_marks_none() -> None:
    assert width("abc") == 3
    assert width("港口") == 4
    assert width("e\u0301") == 1
    assert width("ميناء") == 5


def test_a_text_that_fits_is_not_cut() -> None:
    assert cut("abc", 3) == "abc"
    assert cut("港口", 4) == "港口"


def test_a_cut_text_ends_in_an_ellipsis_and_fits() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("港口罢工", 6) == "港口…"
    assert cut("港口罢工", 5) == "港口…"
    assert cut("abc", 0) == ""


def test_padding_counts_columns() -> None:
    assert pad("港口", 6) == "港口  "
    assert pad("abcdef", 3) == "abcdef"


def test_words_are_wrapped_at_spaces() -> None:
    assert wrap("The dockers went home.", 11) == ["The dockers", "went home."]


def test_long_words_and_chinese_are_broken_where_the_line_is_full() -> None:
    assert wrap("https://example.org/x", 8) == ["https://", "example.", "org/x"]
    assert wrap("港口工人复工", 5) == ["港口", "工人", "复工"]


def test_line_ends_become_spaces_and_other_spaces_stay() -> None:
    assert flat("one \r\n two  three\u2028four") == "one two  three four"


@settings(derandomize=True, deadline=None)
@given(st.text(alphabet="ab 港e\u0301\u200d.-", max_size=60), st.integers(2, 20))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_long_run_of_anything_is_wrapped_in_linear_work() -> None:
    assert len(wrap("x" * 300_000, 60)) == 5_000
    assert len(wrap("港" * 300_000, 60)) == 10_000
    assert flat(" " * 1_000_000) == " " * 1_000_000
