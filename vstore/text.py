"""The units of prose, as spans over the exact text: paragraphs, sentences, tokens.

Nothing is folded or normalised, and every non-space character is in exactly one unit of each kind.
White space is what `str.isspace` says. A token is one of

- a word or number: letters, digits and marks of any script; with ' ’ or a soft hyphen between letters
  ("don't") and . , or their Arabic kin between digits ("1,000.5"); a hyphen is a token of its own;
- a character of a script that puts no spaces between words, such as Han, Kana or Thai;
- an emoji with all that ZWJ joins to it, a flag, or any other single character;

each with the combining marks that follow it. A token is found by looking at nothing but its own
characters, left to right, so a run of whole tokens and white space cut out of a text has the same tokens.
"""

# Without `from __future__ import annotations`: a NamedTuple would compile its strings, 2 ms at import.
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain, pairwise
from typing import NamedTuple

from vstore import unicode_tables as tables


class Span(NamedTuple):
    """A stretch of a text in code points, end exclusive."""

    start: int
    end: int


def pieces(text: str) -> list[str]:
    """The text cut into tokens, each with the white space after it; such before the first is a piece."""
    return _piece(_highest(text)).findall(text)


def tokens(text: str) -> list[Span]:
    """Where the tokens are."""
    spans = []
    end = 0
    for piece in pieces(text):
        start, end = end, end + len(piece)
        if token := piece.rstrip():
            spans.append(Span(start, start + len(token)))
    return spans


def words(text: str) -> list[str]:
    """The tokens that are words, numbers or characters of unspaced scripts, rather than punctuation."""
    return _word(_highest(text)).findall(text)


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where these stand: start and end."""
    return [match.span() for match in _word(_highest(text)).finditer(text)]


def count_words(text: str) -> int:
    """How many tokens are words, numbers or characters of unspaced scripts, rather than punctuation."""
    if len(text) < _LONG:
        return len(words(text))
    if text.isascii():
        return _count_ascii(text.encode())
    lines = text.split("\n")  # no word goes beyond its line
    plain, other = ("\n".join([line for line in lines if line.isascii() is so]) for so in (True, False))
    return _count_ascii(plain.encode()) + len(words(other))


def is_unspaced(token: str) -> bool:
    """Whether a token is a character of a script that puts no spaces between words."""
    return not token.isascii() and bool(_unspaced().match(token))


def has_unspaced(text: str) -> bool:
    """Whether there is such a character in it."""
    return not text.isascii() and bool(_unspaced().search(text))


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{_set(_ALL, tables.UNSPACED)}]")


def paragraphs(text: str) -> list[Span]:
    """Where the paragraphs are, from first to last non-space character; a blank text has none.

    Blank lines always part. Only in a text without blank lines between others do single newlines part too,
    and not before a line that carries on: one that begins with closing punctuation or a lower-case letter.
    """
    lines = list(_lines(text))
    spaced = any(after_blank for _, after_blank in lines)
    found: list[Span] = []
    for line, after_blank in lines:
        if found and not after_blank and (spaced or _carries_on(text, line.start)):
            found[-1] = Span(found[-1].start, line.end)
        else:
            found.append(line)
    return found


def sentences(text: str) -> list[Span]:
    """Where the sentences are; none goes beyond its paragraph, and white space between them is in none.

    They end after . ! ? … and their like in other scripts, with the quotation marks and brackets that follow,
    before white space; after 。！？ at once. Not where the next word is lower-case, nor after an initial.
    """
    return [sentence for paragraph in paragraphs(text) for sentence in _sentences(text, paragraph)]


# Tokens: one grammar over three alphabets, since small sets of characters are quick to test.

_ASCII, _BMP, _ALL = 0x7F, 0xFFFF, 0x10FFFF
_SKIN_TONES = "1f3fb-1f3ff"
_TAGS = "e0020-e007f"
_FLAG_LETTERS = "1f1e6-1f1ff"


def _highest(text: str) -> int:
    """The last character of the smallest alphabet that holds the text."""
    if text.isascii():
        return _ASCII
    return _ALL if re.search("[\U00010000-\U0010ffff]", text) else _BMP


@cache
def _piece(highest: int) -> re.Pattern[str]:
    kinds = [rf"[{_run(highest)}]++{_links(highest)}"]
    if highest > _ASCII:
        marks = _set(highest, tables.MARKS)
        emoji = _set(highest, tables.EMOJI)
        with_tone = f"[{emoji}][{_set(highest, tables.MARKS, _SKIN_TONES, _TAGS)}]*+"
        kinds.append(rf"{with_tone}(?:(?<=\u200d){with_tone})*+")
        if highest > _BMP:
            kinds.append(f"[{_set(highest, _FLAG_LETTERS)}]{{1,2}}+[{marks}]*+")
        kinds.append(rf"\S[{marks}]*+")
    else:
        kinds.append(r"\S")
    return re.compile(rf"(?:{'|'.join(kinds)})\s*+|\s+")


@cache
def _word(highest: int) -> re.Pattern[str]:
    """Tokens that count, from their first letter or digit on: what is all underscores or marks has none."""
    first = _set(highest, tables.LETTERS, tables.DIGITS)
    unspaced = _set(highest, tables.UNSPACED)
    run = f"[{first}][{_run(highest)}]*+{_links(highest)}"
    return re.compile(f"{run}|[{unspaced}]" if unspaced else run)


def _run(highest: int) -> str:
    return _set(highest, tables.LETTERS, tables.DIGITS, tables.MARKS) + "_"


def _links(highest: int) -> str:
    """Further runs: after an apostrophe or soft hyphen between letters, a point or comma between digits."""
    digit = _set(highest, tables.DIGITS)
    no_letter = _set(highest, tables.DIGITS, tables.MARKS) + "_"
    apostrophe = rf"['’\xad](?<![{digit}_].)(?![{no_letter}])"
    point = rf"[.,٫٬](?<=[{digit}].)(?=[{digit}])"
    return f"(?:(?:{apostrophe}|{point})[{_run(highest)}]++)*+"


@cache
def _set(highest: int, *lists: str) -> str:
    """The inside of a regular expression's [ ]: fewer ranges compile faster, so neighbours are joined."""
    merged: list[list[int]] = []
    for first, last in sorted(chain.from_iterable(map(tables.ranges, lists))):
        if merged and first <= merged[-1][1] + 1:
            merged[-1][1] = last
        elif first <= highest:
            merged.append([first, last])
    return "".join(f"{re.escape(chr(first))}-{re.escape(chr(min(last, highest)))}" for first, last in merged)


# Words of ASCII, counted without being taken out: the same grammar, four times as fast.

_LONG = 200
"""Shorter texts are counted sooner by the regular expression."""

_LETTERS, _DIGITS = bytes([*range(65, 91), *range(97, 123)]), b"0123456789"
_KINDS = bytes.maketrans(_LETTERS + _DIGITS + b",", b"a" * 52 + b"0" * 10 + b".")
_WORDS = bytes(ord("a") if code in b"a0" else ord(" ") for code in range(256))


def _count_ascii(text: bytes) -> int:
    """Where runs of letters and digits begin, less the links between them."""
    kinds = text.translate(_KINDS)
    parts = kinds.split(b"'")
    links = sum([left[-1:] == b"a" == right[:1] for left, right in pairwise(parts)])
    while b"0.0" in kinds:
        kinds = kinds.replace(b"0.0", b"000")
    return (b" " + kinds.translate(_WORDS, b"_")).count(b" a") - links


# Paragraphs


def _lines(text: str) -> Iterator[tuple[Span, bool]]:
    """The lines that are not blank, without the white space around them, and whether a blank one came before.

    Only the ends named here part lines, not all that `splitlines` knows.
    """
    breaks = -1  # no blank line counts before the first
    for match in re.finditer(r"(\r\n|[\n\r\x85\u2028\u2029])|[^\n\r\x85\u2028\u2029]+", text):
        if match[1]:
            breaks += breaks >= 0
        elif line := match[0].strip():
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            yield Span(start, start + len(line)), breaks > 1
            breaks = 0


def _carries_on(text: str, start: int) -> bool:
    """Whether a line that begins here belongs to the paragraph before it.

    A final quotation mark before a capital opens a quotation, as in German »Wir and Swedish ”Hej.
    """
    first, second = text[start], text[start + 1 : start + 2]
    if first in tables.characters(tables.FINAL_QUOTES):
        return not (second.isupper() or second.istitle())
    return first.islower() or first in _closing()


@cache
def _closing() -> frozenset[str]:
    return (
        tables.characters(tables.CLOSERS)
        | tables.characters(tables.CLAUSE_ENDS)
        | frozenset("…‥⋯︐︑︒︓︔︕︖")
    )


# Sentences

_AT_ONCE = frozenset("。！？｡")


def _sentences(text: str, paragraph: Span) -> Iterator[Span]:
    start = paragraph.start
    for match in _sentence_end().finditer(text, *paragraph):
        if match.end() == paragraph.end:
            break
        if _parts(match):
            end = match.start("space") if match["space"] else match.end("end")
            yield Span(start, end)
            start = match.end() if match["space"] else end
    yield Span(start, paragraph.end)


def _parts(match: re.Match[str]) -> bool:
    if not _AT_ONCE.isdisjoint(match["end"]):
        return True
    lower_case_follows = (match["next"] or "").islower()
    return bool(match["space"]) and not lower_case_follows and not _ends_initial(match)


def _ends_initial(match: re.Match[str]) -> bool:
    """Whether this is the full stop after a single capital letter, as in "J. Smith" or "U.S. Army"."""
    before = match.string[max(match.pos, match.start() - 2) : match.start()]
    return match[0].rstrip() == "." and before[-1:].isupper() and not before[:-1].isalnum()


@cache
def _sentence_end() -> re.Pattern[str]:
    """Possessive throughout, so that a megabyte of full stops is read once; `next` is a letter to look at."""
    ends = _set(_ALL, tables.SENTENCE_ENDS) + "…‥"
    closing = ends + _set(_ALL, tables.CLOSERS, tables.FINAL_QUOTES)
    either = _set(_ALL, tables.INITIAL_QUOTES) + "\"'"
    opening = _set(_ALL, tables.OPENERS) + "\"'"
    return re.compile(
        rf"(?P<end>[{ends}][{closing}]*+)[{either}{closing}]*+(?P<space>\s*+)(?=[{opening}]*+(?P<next>.)?)"
    )
