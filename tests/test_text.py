"""Paragraphs, sentences and tokens of the exact text."""

from __future__ import annotations

import random
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vstore import text as prose
from vstore import unicode_tables as tables
from vstore.text import Span, count_words, paragraphs, pieces, sentences, tokens

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"

TRICKY = (
    "aZé09_'’\xad.,٫٬-!?…。！“”„»«\"()「」 \t\n\r\x0b\x1c\x85\xa0\u2028\u2029"
    "\u0301\u20e3\ufe0f\u200c\u200d\u200b\ufeff"
    "\0²½Ⅷ東々〇ーｶﾞ가กำ๑န္မ一👨👩🏽🇩🇪❤🏴\U000e0067\U000e007f𝐝𐐨\U000e0100𝟙\U0001e944\ue000\U0010ffff\ud800"
)
texts = st.text(st.sampled_from(TRICKY) | st.characters(), max_size=60)
ascii_texts = st.text(
    st.sampled_from("aZ09_'.,-!?\" \t\n\r\x0b\x1c\0") | st.characters(max_codepoint=127), max_size=60
)
MEGABYTE = ["a", "\n", "\u0301", "\0"]
FIFTH = [
    " ",
    "\r\n",
    "_",
    ".",
    ". ",
    "a'",
    "1,",
    "👨\u200d",
    "\u200d",
    "🇩",
    "。“",
    '"',
    "x.\n",
    "a\n\n",
    "．",
]
HOSTILE = [
    *[pytest.param(unit, 1_000_000, marks=pytest.mark.slow) for unit in MEGABYTE],
    *[(unit, 200_000) for unit in (*MEGABYTE, *FIFTH)],
]


def cut(text: str, spans: Iterable[Span]) -> list[str]:
    return [text[start:end] for start, end in spans]


def words_of(text: str) -> list[str]:
    return cut(text, tokens(text))


# Tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kim's don't ’tis", ["Kim's", "don't", "’", "tis"]),
        ("We don’t, rock'n'roll", ["We", "don’t", ",", "rock'n'roll"]),
        ("it''s 5'a a'5 _'b'_", ["it", "'", "'", "s", "5", "'", "a", "a", "'", "5", "_", "'", "b", "'", "_"]),
        ("e\u0301'e\u0301", ["e\u0301'e\u0301"]),
        ("high-level", ["high", "-", "level"]),
        ("2019-01-15", ["2019", "-", "01", "-", "15"]),
        ("1,000.5 3. .5 1,,2", ["1,000.5", "3", ".", ".", "5", "1", ",", ",", "2"]),
        ("٣٫١٤ ١٬٠٠٠ 3rd a_1 CO₂ ½", ["٣٫١٤", "١٬٠٠٠", "3rd", "a_1", "CO₂", "½"]),
        ("co\xadop a\xad", ["co\xadop", "a", "\xad"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("...", [".", ".", "."]),
        ("“Hej”", ["“", "Hej", "”"]),
    ],
)
def test_words_numbers_and_single_punctuation_marks_are_tokens(text: str, expected: list[str]) -> None:
    assert words_of(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "東京々〇\U00020000\U00031000",
        "ひカーｶｰ",
        "ไทย",
        "ລາວ",
        "ខមរ",
        "ကမန",
        "ᥐᥑ",
        "ᦀᦁ",
        "ᨠᨡ",
        "ꪀꪁ",
        "ꦏꦐ",
        "ᬓᬔ",
        "ꀀꀁ",
    ],
)
def test_characters_of_scripts_without_spaces_are_tokens(text: str) -> None:
    assert words_of(text) == list(text)
    assert count_words(text) == len(text)


def test_digits_of_scripts_without_spaces_form_numbers() -> None:
    assert words_of("ปี๒๕๖๒") == ["ปี", "๒๕๖๒"]
    assert words_of("２０１９年1月") == ["２０１９", "年", "1", "月"]


def test_hangul_is_written_with_spaces() -> None:
    assert words_of("북한과 미국") == ["북한과", "미국"]


@pytest.mark.parametrize(
    "token",
    [
        "e\u0301",
        "กำ"[:1] + "\u0e35\u0e48",
        "葛\U000e0100",
        "か\u3099",
        "ﾊﾞ",
        ".\u0301",
        "1\ufe0f\u20e3",
        "❤\ufe0f",
        "👍🏽",
        "👨\u200d👩\u200d👧",
        "👩🏽\u200d🚀",
        "❤\ufe0f\u200d🔥",
        "🇩🇪",
        "🏴\U000e0067\U000e0062\U000e007f",
    ],
)
def test_what_a_reader_sees_as_one_character_is_one_token(token: str) -> None:
    assert words_of(token) == [token]
    assert words_of(f"東{token}東") == ["東", token, "東"]


def test_flags_side_by_side_are_a_token_each() -> None:
    assert words_of("🇩🇪🇫🇷🇺") == ["🇩🇪", "🇫🇷", "🇺"]


def test_an_emoji_does_not_swallow_its_neighbour() -> None:
    assert words_of("👍👍a🏽") == ["👍", "👍", "a", "🏽"]


@pytest.mark.parametrize("base", ["a", "東", "5", "!", "👍", "🇩", "_"])
def test_a_combining_mark_never_parts_from_its_base(base: str) -> None:
    for mark in tables.characters(tables.MARKS) - {"\u200d"}:
        assert words_of(f"東{base}{mark}{mark}東") == ["東", base + mark + mark, "東"]


def test_white_space_means_what_python_calls_space() -> None:
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    assert re.findall(r"\s", "".join(every)) == [char for char in every if char.isspace()]
    assert all(char.isspace() for char in "\x1c\x1d\x1e\x1f\x85\u2028\u2029")


def test_words_are_counted_without_punctuation() -> None:
    assert count_words("Kim's 3 high-level talks, 東京 — 👍 _ \u0301 ...") == 7


@given(text=texts | ascii_texts, length=st.integers(1, 30))
def test_long_texts_have_as_many_words_as_their_parts(text: str, length: int) -> None:
    parts = [text] * length
    assert count_words(" ".join(parts)) == length * count_words(text)
    assert count_words("\n".join([*parts, "x" * 200, *parts])) == 2 * length * count_words(text) + 1


@pytest.mark.parametrize("alphabet", ["aZ09_'., -\n", "a'_", "0.,'a_ ", "aZ'0.,\u0301’東"])
def test_words_of_a_long_text_are_those_that_the_tokens_hold(alphabet: str) -> None:
    dice = random.Random(alphabet)
    for _ in range(300):
        text = "".join(dice.choices(alphabet, k=300))
        assert count_words(text) == sum(count_words(token) for token in words_of(text))
    assert count_words("") == 0


@cache
def counted() -> frozenset[str]:
    lists = (tables.LETTERS, tables.DIGITS, tables.UNSPACED)
    return frozenset[str]().union(*map(tables.characters, lists))


@settings(derandomize=True, deadline=None)
@given(texts)
def test_the_count_of_words_is_that_of_tokens_with_a_letter_or_digit(text: str) -> None:
    assert count_words(text) == sum(not counted().isdisjoint(token) for token in words_of(text))


@settings(derandomize=True, deadline=None, max_examples=400)
@given(texts)
def test_pieces_join_to_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
    for before, after in zip(pieces(text), pieces(text)[1:], strict=False):
        assert not (before.isspace() and after.isspace())


@settings(derandomize=True, deadline=None, max_examples=400)
@given(texts, st.data())
def test_a_run_of_whole_pieces_has_the_same_pieces_alone(text: str, data: st.DataObject) -> None:
    whole = pieces(text)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    assert pieces("".join(whole[start:end])) == whole[start:end]


@settings(derandomize=True, deadline=None, max_examples=400)
@given(ascii_texts)
def test_the_three_alphabets_agree_on_ascii(text: str) -> None:
    for highest in (0xFFFF, 0x10FFFF):
        assert prose._piece(highest).findall(text) == prose._piece(0x7F).findall(text)
        assert prose._word(highest).findall(text) == prose._word(0x7F).findall(text)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(texts)
def test_the_two_larger_alphabets_agree_on_the_basic_plane(text: str) -> None:
    basic = "".join(char for char in text if char < "\U00010000")
    assert prose._piece(0x10FFFF).findall(basic) == prose._piece(0xFFFF).findall(basic)
    assert prose._word(0x10FFFF).findall(basic) == prose._word(0xFFFF).findall(basic)


# Paragraphs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t\r\n\u2028 ", []),
        ("  One.  ", ["One."]),
        ("One\nTwo", ["One", "Two"]),
        ("One\r\nTwo\rThree\x85Four\u2028Five\u2029Six", ["One", "Two", "Three", "Four", "Five", "Six"]),
        ("One\x0bstill\x0cand\x1cso", ["One\x0bstill\x0cand\x1cso"]),
        ("\n\nOne\nTwo\n\n", ["One", "Two"]),
        ("One\nOn\n\nTwo\nOn", ["One\nOn", "Two\nOn"]),
        ("One\r\nOn\r\n\t \r\nTwo", ["One\r\nOn", "Two"]),
        ("One\n\n, still two", ["One", ", still two"]),
        ("One\n\n\nTwo", ["One", "Two"]),
        ("Jong-un\n, the paper said\n.\nNext", ["Jong-un\n, the paper said\n.", "Next"]),
        ("A letter\n  sent to\nKim", ["A letter\n  sent to", "Kim"]),
        ("“Hej\n” he said", ["“Hej\n” he said"]),
        ("Said\n»Wir\n”Hej\n»ǅ", ["Said", "»Wir", "”Hej", "»ǅ"]),
        ("Said\n»so\n»", ["Said\n»so\n»"]),
        ("他说\n，好\n”吗\n。\n好", ["他说\n，好\n”吗\n。", "好"]),
        ("One\n(two\n)", ["One", "(two\n)"]),
        ('One\n“two”\n\'three\n"four"\n– five', ["One", "“two”", "'three", '"four"', "– five"]),
        ("One\nǆ\né\nΣ", ["One\nǆ\né", "Σ"]),
    ],
)
def test_paragraphs_are_what_a_reader_counts(text: str, expected: list[str]) -> None:
    assert cut(text, paragraphs(text)) == expected


@pytest.mark.parametrize("mark", list(",.;:!?…)]}،؛؟۔、。，．！？：；।॥։။၊។｡､︒」』】›’"))
def test_a_line_that_begins_with_closing_punctuation_carries_on(mark: str) -> None:
    assert len(paragraphs(f"One\n {mark} Two")) == 1


def test_the_seeds_have_the_paragraphs_that_a_reader_counts() -> None:
    if not SEEDS.is_dir():
        pytest.skip("the seeds are not here: ../shared is absent")
    found = [len(paragraphs(path.read_text(encoding="utf-8"))) for path in sorted(SEEDS.glob("00[01]_*.txt"))]
    assert found == [13, 10]


# Sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("One. Two! Three? Four… Five", ["One.", "Two!", "Three?", "Four…", "Five"]),
        ('He said "No." Then (so.) Yes', ['He said "No."', "Then (so.)", "Yes"]),
        ("„Nein!“ Er ging. «Non.» Oui", ["„Nein!“", "Er ging.", "«Non.»", "Oui"]),
        ('"Why?" he asked. "So?" "Yes"', ['"Why?" he asked.', '"So?"', '"Yes"']),
        ("It rose 3.5 per cent vs. last year", ["It rose 3.5 per cent vs. last year"]),
        ("J. Smith of the U.S. Army left. É. Zola", ["J. Smith of the U.S. Army left.", "É. Zola"]),
        ("The EU. And NATO", ["The EU.", "And NATO"]),
        ("Wait... What?! No", ["Wait...", "What?!", "No"]),
        ("他说。“你好！”他笑了…。好", ["他说。", "“你好！”", "他笑了…。", "好"]),
        ('好。" 好。"', ['好。"', '好。"']),
        ("واحد؟ اثنان۔ تین", ["واحد؟", "اثنان۔", "تین"]),
        ("क। ख॥ ग", ["क।", "ख॥", "ग"]),
        ("One.\ntwo.\nThree. Four", ["One.\ntwo.", "Three.", "Four"]),
        ("one\n\ntwo. Three", ["one", "two.", "Three"]),
        ("One. “two” (three. “Four”)", ["One. “two” (three.", "“Four”)"]),
    ],
)
def test_sentences_are_what_a_reader_sees(text: str, expected: list[str]) -> None:
    assert cut(text, sentences(text)) == expected


# All units


@pytest.mark.parametrize("units", [paragraphs, sentences, tokens])
@settings(derandomize=True, deadline=None, max_examples=400)
@given(text=texts)
def test_units_hold_every_non_space_character_once_and_in_order(
    units: Callable[[str], list[Span]], text: str
) -> None:
    end = 0
    for span in units(text):
        assert end <= span.start < span.end
        assert not text[end : span.start].strip()
        unit = text[span.start : span.end]
        assert unit == unit.strip()
        end = span.end
    assert not text[end:].strip()


@settings(derandomize=True, deadline=None, max_examples=400)
@given(texts)
def test_no_sentence_goes_beyond_its_paragraph(text: str) -> None:
    bounds = paragraphs(text)
    for start, end in sentences(text):
        assert any(bound.start <= start and end <= bound.end for bound in bounds)


@pytest.mark.slow
@pytest.mark.parametrize(("unit", "length"), HOSTILE)
def test_a_long_run_of_anything_is_read(unit: str, length: int) -> None:
    text = unit * (length // len(unit))
    assert "".join(pieces(text)) == text
    assert count_words(text) <= len(tokens(text)) <= len(text)
    assert len(paragraphs(text)) <= len(sentences(text)) <= len(text)


# The tables of characters


UNSPACED_BLOCKS = """
e00-eff 1000-109f 1780-17ff 1950-19ff 1a20-1aaf 1b00-1b7f 2e80-312f 31a0-31ff 3400-4dbf 4e00-9fff
a000-a48f a980-a9ff aa60-aadf f900-faff ff66-ff9d 11700-1174f 16fe0-18d7f 1aff0-1b2ff 20000-3fffd
"""


@cache
def kinds() -> list[str]:
    """The table that each code point belongs to; empty for one that is unassigned."""
    unspaced = tables.characters(UNSPACED_BLOCKS)
    return [kind(char, char in unspaced) for char in map(chr, range(sys.maxunicode + 1))]


def kind(char: str, is_unspaced: bool) -> str:
    category = unicodedata.category(char)
    if category == "Cn":
        return "UNSPACED" if is_unspaced and char >= "\U00020000" else ""
    if category[0] == "M" or char in "\u200c\u200d\uff9e\uff9f":
        return "MARKS"
    if category[0] == "L" or category in ("Nl", "No"):
        return "UNSPACED" if is_unspaced and category != "No" else "LETTERS"
    return "DIGITS" if category == "Nd" else category


def listed(wanted: str) -> list[tuple[int, int]]:
    """Ranges of one kind, unassigned code points between two of them included."""
    ranges: list[tuple[int, int]] = []
    is_open = False
    for code, found in enumerate(kinds()):
        if found == wanted:
            ranges[len(ranges) - is_open :] = [(ranges[-1][0] if is_open else code, code)]
        is_open = found == wanted or (is_open and not found)
    return ranges


needs_this_unicode = pytest.mark.skipif(
    unicodedata.unidata_version != tables.UNICODE,
    reason=f"this Python does not know Unicode {tables.UNICODE}",
)


@needs_this_unicode
@pytest.mark.parametrize("name", ["LETTERS", "UNSPACED", "DIGITS", "MARKS"])
def test_the_tables_are_what_unicode_says(name: str) -> None:
    assert tables.ranges(getattr(tables, name)) == listed(name)


@needs_this_unicode
@pytest.mark.parametrize(
    ("name", "categories"),
    [("OPENERS", "Ps Pi"), ("INITIAL_QUOTES", "Pi"), ("CLOSERS", "Pe"), ("FINAL_QUOTES", "Pf")],
)
def test_brackets_and_quotation_marks_are_what_unicode_says(name: str, categories: str) -> None:
    expected = {chr(code) for code, found in enumerate(kinds()) if found in categories.split()}
    assert tables.characters(getattr(tables, name)) == expected


def test_no_character_is_of_two_kinds() -> None:
    names = ("LETTERS", "UNSPACED", "DIGITS", "MARKS", "EMOJI")
    sets = [tables.characters(getattr(tables, name)) for name in names]
    assert sum(map(len, sets)) == len(frozenset[str]().union(*sets))
