"""The answer in characters: which version wrote each stretch of a text, and which touched it last.

Terminology
    strand   a stretch of text whose tokens have one origin and one last touch; white space belongs to the
             token before it, leading white space to the first. No strand goes beyond a paragraph's end
    rank     a version's place in the story's order
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from vstore.origins.columns import BrokenError
from vstore.text import Span, paragraphs, pieces


class Strand(NamedTuple):
    """See the head of the module."""

    length: int
    letters: int
    """How many of its characters are letters or digits."""
    origin: int
    touch: int


_OTHERS = bytes(code for code in range(128) if not chr(code).isalnum())

Credit = tuple[int, int, int]
"""So many tokens, the rank that wrote them, and the rank that last touched their passage."""


class Authorship(NamedTuple):
    """A text's strands and the spans of its paragraphs."""

    strands: list[Strand]
    paragraphs: list[Span]


class Share(NamedTuple):
    """Of a paragraph: who wrote most of its letters, and who touched it last."""

    introduced: int
    last_touched: int


def authorship(text: str, written: Iterable[Credit], rank: int) -> Authorship:
    """From the credits of a text's tokens; a blank one is its version's own, of this rank.

    BrokenError where the credits are of other tokens, as those of a forged checkpoint may be.
    """
    spans = paragraphs(text)
    bounds = _bounds(text)
    if len(bounds) < 2:
        return Authorship([Strand(len(text), 0, rank, rank)], spans)
    credits_ = list(written)
    if sum(count for count, *_ in credits_) != len(bounds) - 1:
        raise BrokenError("origins of other tokens than the text has")
    opens = [bisect_left(bounds, span.start) for span in spans]
    strands: list[Strand] = []
    for (start, end), by in _stretches(credits_, opens):
        part = text[bounds[start] : bounds[end]]
        strands.append(Strand(len(part), _letters(part), *by))
    return Authorship(strands, spans)


def _letters(part: str) -> int:
    """How many of its characters are letters or digits."""
    return len(part.encode().translate(None, _OTHERS)) if part.isascii() else sum(map(str.isalnum, part))


def _bounds(text: str) -> list[int]:
    """Where each token begins, the first with the white space before it; and where the text ends."""
    bounds = list(accumulate(map(len, pieces(text)), initial=0))
    return [0, *bounds[2:]] if text[:1].isspace() else bounds


def _stretches(written: Iterable[Credit], opens: Sequence[int]) -> Iterator[tuple[Span, tuple[int, int]]]:
    """Tokens next to each other of one origin and touch, up to where a paragraph opens."""
    start = at = 0
    held = (-1, -1)
    parts = deque(opens)
    for count, *by in written:
        if (by[0], by[1]) != held and at > start:
            yield Span(start, at), held
            start = at
        held = by[0], by[1]
        at += count
        while parts and parts[0] <= at:
            part = parts.popleft()
            if part > start:
                yield Span(start, part), held
                start = part
    if at > start:
        yield Span(start, at), held


def by_origin(strands: Iterable[Strand]) -> Iterator[tuple[int, int, int]]:
    """Stretches of one origin: (start, end, rank)."""
    start = end = 0
    held: int | None = None
    for length, _, origin, _ in strands:
        if held is not None and origin != held:
            yield start, end, held
            start = end
        held = origin
        end += length
    if held is not None:
        yield start, end, held


def shares(found: Authorship) -> Iterator[Share]:
    """Of each paragraph; ties between versions go to the older."""
    ends = list(accumulate(strand.length for strand in found.strands))
    first = 0
    for span in found.paragraphs:
        last = bisect_left(ends, span.end) + 1
        yield _share(found.strands[first:last])
        first = last


def _share(strands: Sequence[Strand]) -> Share:
    letters: dict[int, int] = {}
    for strand in strands:
        letters[strand.origin] = letters.get(strand.origin, 0) + strand.letters
    return Share(
        introduced=min(letters, key=lambda rank: (-letters[rank], rank)),
        last_touched=max(strand.touch for strand in strands),
    )
