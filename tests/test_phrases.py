"""Phrases (vstore/phrases.py): the same words, whatever lies between them and however they are pointed."""

from __future__ import annotations

import pytest
from edited import WORDS, texts
from hypothesis import example, given
from hypothesis import strategies as st

from vstore.errors import BadReference
from vstore.phrases import SIFTED, Phrase
from vstore.text import tokens


def found(phrase: str, text: str, *, exact: bool = False) -> list[str]:
    """The stretches of the text that match."""
    return [text[start:end] for start, end in Phrase(phrase, exact=exact).spans(text)]


# What does not matter


@pytest.mark.parametrize(
    "gap", ["  ", "\n", "\r\n", "\n\n", "\t", "\xa0", "\u2009", "\u3000", " \u200b", "\ufeff "]
)
def test_white_space_of_any_kind_does_not_hide_a_match(gap: str) -> None:
    text = f"officials said{gap}on Monday that"
    assert found("said on Monday", text) == [f"said{gap}on Monday"]
    assert found(f"said{gap}on Monday", "said on Monday") == ["said on Monday"]


@pytest.mark.parametrize(
    "pair", ["“”", "„“", "””", "«»", "»«", "‹›", "‘’", "‚‘", "''", "`´", "「」", "＂＂", "〝〞"]
)
def test_quotation_marks_of_another_kind_do_not_hide_a_match(pair: str) -> None:
    text = f"He said {pair[0]}never again{pair[1]} to us."
    assert found('"never again" to', text) == [f"{pair[0]}never again{pair[1]} to"]
    assert found(f"{pair[0]}never again{pair[1]}", 'said "never again"') == ['"never again"']


def test_two_quotation_marks_of_one_kind_that_touch_are_one() -> None:
    assert found('"as soon"', "said ``as soon'' as") == ["``as soon''"]
    assert found("''bold''", 'now "bold" words') == ['"bold"']
    assert found("\"'Yes,", "“‘Yes,’ he said.”") == ["“‘Yes,"]


def test_french_marks_stand_apart_and_match_all_the_same() -> None:
    assert found('un "mot"', "il dit un «\xa0mot\xa0» de trop") == ["un «\xa0mot\xa0»"]


@pytest.mark.parametrize("dash", [*"‐‑‒–—―−﹣－", "--", "---", "——", " - ", "\n— "])
def test_dashes_of_another_kind_do_not_hide_a_match(dash: str) -> None:
    assert found("well-known", f"a well{dash}known man") == [f"well{dash}known"]
    assert found(f"well{dash}known", "a well-known man") == ["well-known"]


@pytest.mark.parametrize("apostrophe", "'’‘`´ʼ＇")
def test_an_apostrophe_of_another_kind_does_not_part_a_word(apostrophe: str) -> None:
    assert found("don't", f"they don{apostrophe}t know") == [f"don{apostrophe}t"]
    assert found(f"don{apostrophe}t", "they don't know") == ["don't"]
    assert found("t know", f"they don{apostrophe}t know") == []


def test_what_nobody_sees_counts_for_nothing() -> None:
    assert found("cooperation treaty", "a co\xadoper\xadation treaty") == ["co\xadoper\xadation treaty"]
    assert found("co\xadoperation", "cooperation") == ["cooperation"]
    assert found("cooperation", "co\u200boper\u2060ation") == ["co\u200boper\u2060ation"]
    assert found("سفينة كبيرة", "غرقت \u200fسفينة\u200f كبيرة") == ["سفينة\u200f كبيرة"]


# What does


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("cat", "concat cats cat's category ca t"),
        ("000", "1,000 and 10000"),
        ("Monday", "monday MONDAY"),
        ("e", "e\u0301"),
        ("caf\xe9", "cafe\u0301"),
        ("said,", "said."),
        ("“said", "said"),
        ("...", "…"),
        ("10", "１０"),
        ("🇩🇪", "🇪🇩🇪"),
        ("ظ", "محظوظ"),
    ],
)
def test_another_word_does_not_match(phrase: str, text: str) -> None:
    assert found(phrase, text) == []


def test_a_phrase_of_marks_alone_is_found() -> None:
    assert found("—", "one - two -- three") == ["-", "--"]
    assert found("”", "“a” 'b'") == ["“", "”", "'", "'"]
    assert found("$", "$5") == ["$"]


def test_chinese_needs_no_space_and_minds_none() -> None:
    assert found("渡轮免费", "旅客改签渡轮\n免费。渡轮 免费") == ["渡轮\n免费", "渡轮 免费"]
    assert found("他说：“好”", "他说：「好」") == ["他说：「好」"]


def test_overlapping_occurrences_are_counted_once() -> None:
    assert Phrase("ha ha").count("ha ha ha ha ha") == 2
    assert Phrase("a a").count("ba a a") == 1
    assert Phrase("haha", exact=True).count("hahahahaha") == 2


def test_exact_compares_characters() -> None:
    assert found("cat", "concat", exact=True) == ["cat"]
    assert found("said  on", "said on said  on", exact=True) == ["said  on"]
    assert found("don't", "don’t", exact=True) == []
    assert found("\n\nThe", "One.\n\nThe two.", exact=True) == ["\n\nThe"]


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("blank", ["", " ", "\n\u3000\t"])
def test_a_blank_phrase_is_refused(blank: str, exact: bool) -> None:
    with pytest.raises(BadReference, match="blank") as refused:
        Phrase(blank, exact=exact)
    assert refused.value.exit_code == 2


def test_a_phrase_that_nobody_can_see_is_refused_unless_exact() -> None:
    with pytest.raises(BadReference):
        Phrase("\xad\u200f")
    assert Phrase("\xad", exact=True).count("a\xadb") == 1


# The quick way and the whole way


FORCED = " \xad"
"""A text that ends so is looked through whole."""


@given(st.lists(WORDS, min_size=1, max_size=4).map(" ".join) | texts, texts)
@example("a a", "ba a a a")
@example("' a", "'' 'a")
@example('a " b', "a'\"b")
@example("- a", "--a")
def test_a_quick_look_finds_what_reading_the_whole_text_finds(phrase: str, text: str) -> None:
    try:
        sought = Phrase(phrase)
    except BadReference:
        return
    assert sought.spans(text) == sought.spans(text + FORCED)


@given(texts, st.data())
def test_every_stretch_of_tokens_of_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    spans = tokens(text)
    first = data.draw(st.integers(0, max(0, len(spans) - 1)))
    last = data.draw(st.integers(first, max(first, min(len(spans) - 1, first + SIFTED + 2))))
    try:
        sought = Phrase(text[spans[first].start : spans[last].end] if spans else "")
    except BadReference:
        return
    if any(mark in text for mark in "\xad'’“”»「」`-"):  # what touches may be one
        return
    assert any(start <= spans[first].start < end for start, end in sought.spans(text))


@given(texts, texts)
def test_spans_lie_in_the_text_from_left_to_right(phrase: str, text: str) -> None:
    if not tokens(phrase):
        return
    for exact in (False, True):
        try:
            spans = Phrase(phrase, exact=exact).spans(text)
        except BadReference:
            continue
        ends = [0, *(end for _, end in spans)]
        assert all(before <= start < end for before, (start, end) in zip(ends, spans, strict=False))
        assert ends[-1] <= len(text)


@pytest.mark.parametrize(
    ("phrase", "text", "count"),
    [
        ("a " * 5_000 + "b", "a " * 200_000 + "b", 1),
        ("a " * (SIFTED - 1) + "b", "a " * 100_000, 0),
        ("a b", ("a" + " " * 1_000) * 300 + "b", 1),
        ('" a', '"' * 300_000 + "a", 1),
        ('a " b', "a" + '"' * 300_000, 0),
        ("a a", "a" * 300_000, 0),
        ("報道 者", "報道" * 100_000 + "者", 1),
        ("x y", "x" * 300_000 + " y", 0),
    ],
)
def test_hostile_texts_are_read_in_one_go(phrase: str, text: str, count: int) -> None:
    assert Phrase(phrase).count(text) == count
