"""Blame: a fold over the versions that led to a text, each compared with its previous one.

Terminology
    rank     a version's place in the story's order; the fold knows versions by rank alone
    strand   a stretch of text whose characters have one origin and one last touch:
             (length, rank of the origin, rank of the newest version that deleted words beside it)

Words that stay keep their origin. A deletion leaves a touch on the words it stood between, where they
were in the same paragraph: "last touched" counts it, the origin does not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

from vstore.answers import Edit
from vstore.text import Span, paragraphs


class Strand(NamedTuple):
    """See the head of the module."""

    length: int
    origin: int
    touch: int


Laid = list[tuple[int, int, Strand]]
"""Strands with where each begins and ends."""


def opened(text: str, rank: int) -> list[Strand]:
    """The strands of a text that has no previous one: all of it is its own."""
    return [Strand(len(text), rank, rank)] if text else []


def carried(strands: list[Strand], before: str, edits: Iterable[Edit], rank: int) -> list[Strand]:
    """The strands of the version of this rank, from those of the text `before` it and what it changed."""
    edits = list(edits)
    touched = _touched(before, edits)
    carried: list[Strand] = []
    source = _Cursor(strands)
    at = 0
    for op, text in edits:
        if op == "+":
            carried.append(Strand(len(text), rank, rank))
            continue
        for strand in source.take(len(text)):
            if op == "=":
                carried.extend(_marked(strand, at, touched, rank))
            at += strand.length
    return list(_joined(carried))


def by_origin(strands: Iterable[Strand], text: str) -> list[tuple[Span, int]]:
    """Hunks as (span, rank): white space belongs to the hunk before it, leading white space to the first."""
    hunks: list[tuple[Span, int]] = []
    at = 0
    for strand in strands:
        end = at + strand.length
        piece = text[at:end]
        start = at + len(piece) - len(piece.lstrip())
        if start < end and hunks and hunks[-1][1] != strand.origin:
            hunks[-1] = (Span(hunks[-1][0].start, start), hunks[-1][1])
            hunks.append((Span(start, end), strand.origin))
        elif start < end and not hunks:
            hunks.append((Span(0, end), strand.origin))
        elif hunks:
            hunks[-1] = (Span(hunks[-1][0].start, end), hunks[-1][1])
        at = end
    return hunks


def laid(strands: Iterable[Strand]) -> Laid:
    """Strands laid along their text."""
    found: Laid = []
    at = 0
    for strand in strands:
        found.append((at, at + strand.length, strand))
        at += strand.length
    return found


def introduced(strands: Laid, text: str, span: Span) -> int:
    """The rank that wrote most letters of a stretch; ties to the older."""
    letters: dict[int, int] = {}
    for start, end, strand in _within(strands, span):
        letters[strand.origin] = letters.get(strand.origin, 0) + sum(map(str.isalnum, text[start:end]))
    return min(letters, key=lambda rank: (-letters[rank], rank))


def last_touched(strands: Laid, text: str, span: Span) -> int:
    """The newest rank that added, changed or deleted a token in a stretch."""
    touches = [
        max(strand.origin, strand.touch)
        for start, end, strand in _within(strands, span)
        if not text[start:end].isspace()
    ]
    return max(touches)


class _Cursor:
    """Takes strands from the front, cutting them where asked."""

    def __init__(self, strands: Iterable[Strand]) -> None:
        self._rest = iter(strands)
        self._held = Strand(0, 0, 0)

    def take(self, length: int) -> Iterator[Strand]:
        while length:
            if not self._held.length:
                self._held = next(self._rest)
            taken = min(length, self._held.length)
            yield self._held._replace(length=taken)
            self._held = self._held._replace(length=self._held.length - taken)
            length -= taken


def _touched(before: str, edits: list[Edit]) -> list[int]:
    """Where in `before` the characters stand that words were deleted beside, in their paragraph; sorted."""
    spans = paragraphs(before)
    starts = [span.start for span in spans]
    touched: set[int] = set()
    at = 0
    for op, text in edits:
        if op == "-" and not text.isspace():
            first, last = at + len(text) - len(text.lstrip()), at + len(text.rstrip())
            for place, beside in ((first, _before(before, first)), (last - 1, _after(before, last))):
                span = spans[bisect_right(starts, place) - 1]
                if span.start <= beside < span.end:
                    touched.add(beside)
        at += 0 if op == "+" else len(text)
    return sorted(touched)


def _before(text: str, place: int) -> int:
    """The last character before a place that is no white space; -1 where there is none."""
    while place and text[place - 1].isspace():
        place -= 1
    return place - 1


def _after(text: str, place: int) -> int:
    """The first character from a place on that is no white space."""
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _marked(strand: Strand, at: int, touched: list[int], rank: int) -> Iterator[Strand]:
    """A strand that begins at `at` in the old text, cut so that touched characters bear the new touch."""
    end = at + strand.length
    for place in touched[bisect_right(touched, at - 1) : bisect_right(touched, end - 1)]:
        if place > at:
            yield strand._replace(length=place - at)
        yield strand._replace(length=1, touch=rank)
        at = place + 1
    if end > at:
        yield strand._replace(length=end - at)


def _joined(strands: Iterable[Strand]) -> Iterator[Strand]:
    held: Strand | None = None
    for strand in strands:
        if held and held[1:] == strand[1:]:
            held = held._replace(length=held.length + strand.length)
        else:
            if held:
                yield held
            held = strand
    if held:
        yield held


def _within(strands: Laid, span: Span) -> Iterator[tuple[int, int, Strand]]:
    """Strands that reach into a stretch, with the part of it that they cover."""
    first = bisect_right(strands, span.start, key=itemgetter(1))
    for start, end, strand in islice(strands, first, None):
        if start >= span.end:
            return
        yield max(start, span.start), min(end, span.end), strand
