"""The answer in characters: which version wrote each stretch of a text, and which touched it last.

Terminology
    strand   a stretch of text whose tokens have one origin and one last touch; white space belongs to the
             token before it, leading white space to the first. No strand goes beyond a paragraph's end
    rank     a version's place in the story's order
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from vstore.text import Span, paragraphs, tokens


class Strand(NamedTuple):
    """See the head of the module."""

    length: int
    letters: int
    """How many of its characters are letters or digits."""
    origin: int
    touch: int


class Authorship(NamedTuple):
    """A text's strands and the spans of its paragraphs."""

    strands: list[Strand]
    paragraphs: list[Span]


class Share(NamedTuple):
    """Of a paragraph: who wrote most of its letters, and who touched it last."""

    introduced: int
    last_touched: int


def authorship(text: str, written: Iterable[tuple[int, int]], rank: int) -> Authorship:
    """From the (origin, touch) of each token of a text; a blank one is its version's own, of this rank."""
    spans = paragraphs(text)
    starts = [token.start for token in tokens(text)]
    if not starts:
        return Authorship([Strand(len(text), 0, rank, rank)], spans)
    bounds = [0, *starts[1:], len(text)]
    opens = {bisect_left(bounds, span.start) for span in spans[1:]}
    strands: list[Strand] = []
    for place, ((start, end), by) in enumerate(zip(pairwise(bounds), written, strict=True)):
        length, letters = end - start, sum(map(str.isalnum, text[start:end]))
        if strands and strands[-1][2:] == by and place not in opens:
            length, letters = length + strands[-1].length, letters + strands[-1].letters
            strands.pop()
        strands.append(Strand(length, letters, *by))
    return Authorship(strands, spans)


def by_origin(strands: Sequence[Strand]) -> Iterator[tuple[Span, int]]:
    """Stretches of one origin: (span, rank)."""
    start = 0
    for origin, stretch in groupby(strands, key=lambda strand: strand.origin):
        end = start + sum(strand.length for strand in stretch)
        yield Span(start, end), origin
        start = end


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
