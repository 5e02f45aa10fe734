"""Inputs made worse: bytes and texts by what parsers trip over, columns of numbers by other numbers."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import AnyStr

LONGEST = 6_000
"""Characters or bytes of an input; one in `HUGE` is let grow to `HUGEST`."""

HUGE, HUGEST = 2_000, 100_000

NUMBERS = (
    *("0", "1", "-1", "-0", "00", "+1", "1_0", " 1", "0x1", "1e5", "1e999", "1.5", "0.1e-400", "NaN", "-"),
    *(
        str(edge + by)
        for bits in (7, 8, 15, 16, 31, 32, 53, 63, 64)
        for edge in (1 << bits,)
        for by in (-1, 0)
    ),
    *("-9223372036854775809", "99999999999999999999", "9" * 400, "9" * 4_400, "１", "٣", "²"),
)
ODD = (
    *("\0", "\ufeff", "\u2028", "\x85", "\x1b[31m", "\u202e", "\u200b", "\xa0", "\U0010ffff", "\ufffe", "😀"),
    *(
        "e\u0301",
        "ß",
        "İ",
        "ﬁ",
        "ǅ",
        "\ud800",
        "\udcff",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "\x7f",
        "\\",
        '"',
        "'",
        "`",
    ),
    *("{", "}", "[", "]", "%", "%00", "\\u0000", "\\ud800", "@", "~", "#", "&", "*", "!", "|", "..", "/../"),
)
RAW = (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"\x80", b"\0\0\0\0")
EDGES = (0, 1, 2, 3, 127, 128, 255, 256, 65_535, 65_536, (1 << 31) - 1, 1 << 31, (1 << 32) - 1)

Mutation = Callable[[random.Random, AnyStr, Sequence[AnyStr]], AnyStr]


def mutated(dice: random.Random, value: AnyStr, words: Sequence[AnyStr]) -> AnyStr:
    """The value with one thing changed; `words` are those of its grammar."""
    chosen: Mutation[AnyStr] = dice.choice(_MUTATIONS)
    return _cut(dice, chosen(dice, value, words))


def _cut(dice: random.Random, value: AnyStr) -> AnyStr:
    most = HUGEST if dice.randrange(HUGE) == 0 else LONGEST
    return value[:most]


def _as(value: AnyStr, text: str, raw: bytes) -> AnyStr:
    """Of both the one that is of the value's kind."""
    return text if isinstance(value, str) else raw


def _element(dice: random.Random, value: AnyStr) -> AnyStr:
    """One character or byte, be it any."""
    if dice.random() < 0.5:
        return _odd(dice, value)
    code = dice.choice([dice.randrange(128), dice.randrange(256), dice.randrange(0x3000)])
    return _as(value, chr(code), bytes([code & 0xFF]))


def _odd(dice: random.Random, value: AnyStr) -> AnyStr:
    text = dice.choice(ODD)
    return _as(value, text, dice.choice((text.encode(errors="surrogatepass"), dice.choice(RAW))))


def _number(dice: random.Random, value: AnyStr) -> AnyStr:
    text = dice.choice(NUMBERS)
    return _as(value, text, text.encode())


def _stretch(dice: random.Random, value: AnyStr) -> tuple[int, int]:
    """Mostly a short one."""
    start = dice.randrange(len(value) + 1)
    most = len(value) - start
    return start, start + min(most, dice.choice([1, 1, 2, 4, 8, dice.randrange(most + 1)]))


def _flipped(dice: random.Random, value: AnyStr, _words: Sequence[AnyStr]) -> AnyStr:
    if not value:
        return _element(dice, value)
    at = dice.randrange(len(value))
    bit = 1 << dice.randrange(8 if isinstance(value, bytes) else 7)
    code = ord(value[at : at + 1]) ^ bit
    return value[:at] + _as(value, chr(min(code, 0x10FFFF)), bytes([code & 0xFF])) + value[at + 1 :]


def _replaced(dice: random.Random, value: AnyStr, _words: Sequence[AnyStr]) -> AnyStr:
    start, end = _stretch(dice, value)
    return value[:start] + _element(dice, value) + value[end:]


def _left_out(dice: random.Random, value: AnyStr, _words: Sequence[AnyStr]) -> AnyStr:
    start, end = _stretch(dice, value)
    return value[:start] + value[end:]


def _ended(dice: random.Random, value: AnyStr, _words: Sequence[AnyStr]) -> AnyStr:
    at = dice.randrange(len(value) + 1)
    return value[:at] if dice.random() < 0.8 else value[at:]


def _repeated(dice: random.Random, value: AnyStr, _words: Sequence[AnyStr]) -> AnyStr:
    start, end = _stretch(dice, value)
    times = dice.choice([2, 2, 3, 10, 100, HUGEST if dice.randrange(200) == 0 else 30])
    return value[:start] + value[start:end] * min(times, 1 + HUGEST // max(1, end - start)) + value[end:]


def _swapped(dice: random.Random, value: AnyStr, _words: Sequence[AnyStr]) -> AnyStr:
    a, b, c, d = sorted(dice.randrange(len(value) + 1) for _ in range(4))
    return value[:a] + value[c:d] + value[b:c] + value[a:b] + value[d:]


def _spliced(dice: random.Random, value: AnyStr, words: Sequence[AnyStr]) -> AnyStr:
    start, end = _stretch(dice, value)
    word = dice.choice(words) if words else _odd(dice, value)
    return value[:start] + word + value[end if dice.random() < 0.5 else start :]


def _at_the_edge(dice: random.Random, value: AnyStr, _words: Sequence[AnyStr]) -> AnyStr:
    """Another number in place of one that stands there."""
    found = list(re.finditer(_as(value, r"[0-9]+", rb"[0-9]+"), value[:LONGEST]))
    if not found:
        start, end = _stretch(dice, value)
    else:
        start, end = dice.choice(found).span()
    return value[:start] + _number(dice, value) + value[end:]


_MUTATIONS: tuple[Mutation[AnyStr], ...] = (  # type: ignore[valid-type]  # each takes both kinds
    *(_flipped, _flipped, _replaced, _replaced, _left_out, _left_out, _ended, _repeated),
    *(_swapped, _spliced, _spliced, _spliced, _at_the_edge, _at_the_edge),
)

Columns = list[list[int]]


def columns_mutated(dice: random.Random, columns: Columns, _words: Sequence[Columns]) -> Columns:
    """Columns with one thing changed."""
    columns = [list(column) for column in columns]
    if not columns or dice.random() < 0.03:
        return columns[: dice.randrange(len(columns) + 1)] + [[dice.choice(EDGES)]] * dice.randrange(3)
    at, other = dice.randrange(len(columns)), dice.randrange(len(columns))
    column = columns[at]
    kind = dice.randrange(8)
    if kind == 0:
        columns[at], columns[other] = columns[other], column
    elif kind == 1:
        column.insert(dice.randrange(len(column) + 1), dice.choice(EDGES))
    elif kind == 2:
        del column[slice(*sorted(dice.randrange(len(column) + 1) for _ in range(2)))]
    elif kind == 3:
        column += column[: dice.choice([1, 2, 4, 100])]
    elif column:
        place = dice.randrange(len(column))
        near = column[place] + dice.choice([-3, -2, -1, 1, 2, 3])
        column[place] = max(0, min(dice.choice([near, near, near, dice.choice(EDGES)]), (1 << 32) - 1))
    return columns
