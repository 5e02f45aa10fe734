"""Phrases: where a text holds the same words, whatever lies between them and however they are pointed.

Two texts are compared token by token. White space, line ends, soft hyphens and other invisible characters
count for nothing; every quotation mark or apostrophe equals every other, and so does every dash; dashes,
or quotation marks of one kind, that touch (--, '') are one. Case counts, and so does how an accented
letter is encoded: a letter with a combining mark is not its precomposed form. A phrase begins and ends
where tokens do: "cat" is not in "concat". Where it is to be `exact`, characters are compared instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vstore.errors import BadReference
from vstore.text import Span, pieces

APOSTROPHES = "'`´‘’‛ʼ′＇׳"
"""What may stand within a word."""

_QUOTES = '"“”„‟«»‹›‚″＂〝〞〟״「」『』﹁﹂﹃﹄｢｣'
_DASHES = "-‐‑‒–—―−⸺⸻﹘﹣－︱︲֊־"
INVISIBLE = "\xad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
"""Soft hyphen, zero-width space, directions, word joiner; not the joiners that shape letters."""

_IN_PLACE = str.maketrans(
    {
        **dict.fromkeys(APOSTROPHES, "'"),
        **dict.fromkeys(_QUOTES, '"'),
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(INVISIBLE, "\xad"),
    }
)
"""Character for character, so that places stay; apostrophes and soft hyphens alone may link two letters."""
_ALIKE = str.maketrans({'"': "'", "\xad": None})
_MARKS = frozenset("'\"-")

_AROUND = rf"[\s{re.escape(APOSTROPHES + _QUOTES + _DASHES)}]"
_SPACE = re.compile(r"\s")

SIFTED = 32
"""So many tokens are looked for at once; a text is looked through whole for a longer phrase."""


class Phrase:
    """Some words to look for; BadReference where there are none."""

    def __init__(self, text: str, *, exact: bool = False) -> None:
        keys = [] if exact else _Keys(text, Span(0, len(text))).keys
        if not (keys or (exact and text.strip())):
            raise BadReference("a phrase needs a word or a mark to look for; this one is blank", text=text)
        self._exact = text if exact else None
        self._length = len(keys)
        self._sought = f" {' '.join(keys)} "
        words = {word: None for key in keys for word in re.split("['-]", key)}
        self._words = sorted(words, key=len, reverse=True)[:SIFTED]
        self._sieve = _sieve(keys) if any(words) and len(keys) <= SIFTED else None

    def spans(self, text: str, *, overlapping: bool = False) -> list[Span]:
        """Where it occurs, from left to right; what overlaps with the one before counts if that is wanted."""
        if self._exact is not None:
            shared = len(self._exact) - 1 if overlapping else 0
            return [Span(at, at + len(self._exact)) for at in _places(text, self._exact, shared)]
        shared = len(self._sought) - 1 if overlapping else 1
        return [span for window in self._windows(text) for span in self._within(text, window, shared)]

    def count(self, text: str) -> int:
        """How often it occurs."""
        return text.count(self._exact) if self._exact is not None else len(self.spans(text))

    def _within(self, text: str, window: Span, shared: int) -> Iterator[Span]:
        found = _Keys(text, window)
        joined = f" {' '.join(found.keys)} "
        first = at = 0
        for place in _places(joined, self._sought, shared):
            first += joined.count(" ", at, place)
            at = place
            yield Span(found.starts[first], found.ends[first + self._length - 1])

    def _windows(self, text: str) -> Iterator[Span]:
        """Stretches between white space that may hold it, and between them all there are; quickly told."""
        if text.isascii() or not any(mark in text for mark in INVISIBLE):  # they hide words from a plain look
            if not all(word in text for word in self._words):
                return
            if self._sieve is not None:
                yield from _joined(_widened(text, self._sieve))
                return
        yield Span(0, len(text))


class _Keys:
    """The tokens of a stretch as they are compared, and where they stand in the text."""

    def __init__(self, text: str, window: Span) -> None:
        self.keys: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        end, before = window.start, ""
        for piece in pieces(text[window.start : window.end].translate(_IN_PLACE)):
            token, start, end = piece.rstrip(), end, end + len(piece)
            if token == before and token in _MARKS and self.ends[-1] == start:
                self.ends[-1] += len(token)
            elif key := token if token.isalnum() else token.translate(_ALIKE):
                self.keys.append(key)
                self.starts.append(start)
                self.ends.append(start + len(token))
            before = token


def _sieve(keys: list[str]) -> re.Pattern[str]:
    """Matches wherever these tokens stand in a row, and sometimes where they do not."""
    parts = re.split("([ '-]+)", " ".join(keys))
    parts[1::2] = [r"\s*+" if part == " " else f"{_AROUND}++" for part in parts[1::2]]
    parts[::2] = map(re.escape, parts[::2])
    entry = "" if parts[0] else f"(?<!{_AROUND})"  # a run of marks is entered at its beginning alone
    return re.compile(entry + "".join(parts))


def _widened(text: str, sieve: re.Pattern[str]) -> Iterator[Span]:
    """Each match, also one that overlaps with another, up to the white space around it."""
    start = end = 0
    found = sieve.search(text)
    while found is not None:
        if found.start() >= end:
            words = text[end : found.start()].rsplit(None, 1)
            touches = words and not text[found.start() - 1].isspace()
            start = found.start() - len(words[-1]) if touches else found.start()
        if found.end() > end:
            space = _SPACE.search(text, found.end())
            end = space.start() if space else len(text)
        yield Span(start, end)
        found = sieve.search(text, found.start() + 1)


def _joined(windows: Iterator[Span]) -> Iterator[Span]:
    """Those that begin at one place as one, the last of them."""
    held: Span | None = None
    for window in windows:
        if held is not None and window.start != held.start:
            yield held
        held = window
    if held is not None:
        yield held


def _places(text: str, sought: str, shared: int) -> Iterator[int]:
    """Where it stands; two may have `shared` characters in common."""
    at = text.find(sought)
    while at >= 0:
        yield at
        at = text.find(sought, at + len(sought) - shared)
