"""How wide text stands in a terminal: East Asian wide characters take two columns, marks none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import category, east_asian_width

ELLIPSIS = "…"
_WORDS = r"\S+\s*|\s+"
_SPACES = re.compile(r"\s+")
_LINE_ENDS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in ("W", "F") else 1


def width(text: str) -> int:
    """Columns that the text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def head(text: str, columns: int) -> str:
    """As much of the beginning as fits; a combining mark stays with its base."""
    if text.isascii():
        return text[: max(columns, 0)]
    used = 0
    for place, character in enumerate(text):
        used += _columns(character)
        if used > columns:
            return text[:place]
    return text


def cut(text: str, columns: int) -> str:
    """The text, ending in an ellipsis where it had to be shortened."""
    if len(text) <= columns and width(text) <= columns:
        return text
    return head(text, columns - 1).rstrip() + ELLIPSIS if columns > 0 else ""


def pad(text: str, columns: int) -> str:
    """The text, filled with spaces on its right."""
    return text + " " * (columns - width(text))


def flat(text: str) -> str:
    """The text on one line: each run of white space that breaks a line becomes one space."""
    return _SPACES.sub(lambda run: run[0] if _LINE_ENDS.isdisjoint(run[0]) else " ", text)


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns`, broken at white space, else (URLs, Chinese) where the line is full."""
    lines: list[str] = []
    line, used = "", 0
    for piece in _breakable(text, columns):
        if line and used + width(piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line, used = "", 0
        line += piece
        used += width(piece)
    return [*lines, line.rstrip()]


def _breakable(text: str, columns: int) -> Iterator[str]:
    for piece in re.findall(_WORDS, text):
        if width(piece.rstrip()) > columns or (not piece.isascii() and _has_wide(piece)):
            yield from _clusters(piece)
        else:
            yield piece


def _has_wide(text: str) -> bool:
    return any(_columns(character) == 2 for character in text)


def _clusters(text: str) -> Iterator[str]:
    """Characters, each with the marks that stand on it."""
    start = 0
    for place in range(1, len(text)):
        if _columns(text[place]):
            yield text[start:place]
            start = place
    yield text[start:]
