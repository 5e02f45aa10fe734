"""Where a version came from: its words as verbatim, rewritten or new against earlier ones of its story.

A word is verbatim if an earlier version wrote it; its origin says which. One that is new is rewritten if its
sentence has an original (see `rewrites`), and then comes from the version that wrote most of that.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from vstore.dates import iso_seconds
from vstore.derivation import Derivation, DerivedParagraph, Taken
from vstore.history import History
from vstore.rewrites import Originals, Sentence, Word, cut
from vstore.rows import TEXT, Row
from vstore.text import Span, paragraphs, sentences
from vstore.tracing import Tracing

LOOKED_AT = 50
"""Versions in which originals are sought, at most: those that most words come from, then the newest."""


class Whence(NamedTuple):
    """Of a word: where its sentence begins, the rank that it comes from (None: it is new), and how."""

    start: int
    rank: int | None
    is_verbatim: bool


def answer(tracing: Tracing, kept: History, row: Row) -> Derivation:
    """The derivation of one version."""
    reading = _Reading(tracing, kept, kept.rank(row))
    text = reading.text(reading.rank)
    told = list(reading.whence())
    spans = paragraphs(text)
    parts = zip(range(1, len(spans) + 1), spans, _parted(told, spans), strict=True)
    return Derivation(
        story=kept.story,
        number=row.number,
        id=row.id.hex(),
        text_id=row.text_id.hex(),
        earlier=reading.rank,
        erased=sum(kept.lacks(kept.at_rank(rank).number, TEXT) for rank in range(reading.rank)),
        taken=_taken(kept, told),
        paragraphs=tuple(_paragraph(kept, *part) for part in parts),
        **_counts(told),
    )


def _parted(told: Sequence[Whence], spans: Sequence[Span]) -> list[list[Whence]]:
    """The words of each paragraph."""
    found: list[list[Whence]] = [[] for _ in spans]
    starts = [span.start for span in spans]
    for word in told:
        found[bisect_right(starts, word.start) - 1].append(word)
    return found


def _paragraph(kept: History, number: int, span: Span, told: Sequence[Whence]) -> DerivedParagraph:
    return DerivedParagraph(
        number=number,
        start=span.start,
        length=span.end - span.start,
        taken=_taken(kept, told),
        **_counts(told),
    )


def _counts(told: Sequence[Whence]) -> dict[str, int]:
    verbatim = sum(word.is_verbatim for word in told)
    new = sum(word.rank is None for word in told)
    rewritten = len(told) - verbatim - new
    return {"words": len(told), "verbatim": verbatim, "rewritten": rewritten, "new": new}


def _taken(kept: History, told: Iterable[Whence]) -> tuple[Taken, ...]:
    """Of each version that words came from how many, the most first, the older of equals first."""
    counts = Counter((word.rank, word.is_verbatim) for word in told if word.rank is not None)
    ranks = {rank: counts[rank, True] + counts[rank, False] for rank, _ in counts if rank is not None}
    return tuple(
        _version(kept, rank, counts[rank, True], counts[rank, False])
        for rank in sorted(ranks, key=lambda rank: (-ranks[rank], rank))
    )


def _version(kept: History, rank: int, verbatim: int, rewritten: int) -> Taken:
    row = kept.at_rank(rank)
    return Taken(
        number=row.number,
        id=row.id.hex(),
        dated=row.dated,
        at=iso_seconds(row.at),
        source=kept.source(row.number),
        verbatim=verbatim,
        rewritten=rewritten,
    )


class _Reading:
    """A version, and the earlier ones that it is read beside."""

    def __init__(self, tracing: Tracing, kept: History, rank: int) -> None:
        self._shelf = tracing.shelf
        self._kept = kept
        self._fold = tracing.followed(kept, rank + 1).fold
        self._cut = cache(cut)
        self.rank = rank

    def text(self, rank: int) -> str:
        """A version's."""
        return self._shelf.stored(self._kept.story, self._kept.at_rank(rank))

    def whence(self) -> Iterator[Whence]:
        """Every word of the version."""
        own = [(start, self._sentence(part, numbers)) for start, part, numbers in self._parts(self.rank)]
        first = self._fold.firsts[self.rank]
        originals = self._originals(word.number for _, sentence in own for word in sentence)
        for start, sentence in own:
            is_whole = all(word.number < first for word in sentence)
            original = None if is_whole else originals.of(sentence)
            origin = None if original is None else self._wrote_most(original)
            for word in sentence:
                is_verbatim = word.number < first
                yield Whence(start, self._origin(word.number) if is_verbatim else origin, is_verbatim)

    def _originals(self, numbers: Iterable[int]) -> Originals:
        """The sentences of the versions that words come from, and of each source's last one."""
        shares = Counter(map(self._origin, numbers))
        is_whole = self.rank not in shares
        del shares[self.rank]
        newest = {self._kept.source(self._kept.at_rank(rank).number): rank for rank in range(self.rank)}
        ranks = [rank for rank, _ in shares.most_common()] + sorted(newest.values(), reverse=True)
        looked_at = [] if is_whole else list(dict.fromkeys(ranks))[:LOOKED_AT]
        held = {tuple(each): part for rank in sorted(looked_at) for _, part, each in self._parts(rank)}
        return Originals(self._sentence(part, numbers) for numbers, part in held.items())

    def _sentence(self, part: str, numbers: Sequence[int]) -> Sentence:
        return tuple(Word(numbers[place], word) for place, word in self._cut(part).words)

    def _parts(self, rank: int) -> Iterator[tuple[int, str, list[int]]]:
        """The sentences of a version: where they begin, their texts, the numbers of their tokens."""
        text, numbers = self.text(rank), self._fold.numbers(rank)
        parts = [(start, text[start:end]) for start, end in sentences(text)]
        if sum(self._cut(part).tokens for _, part in parts) != len(numbers):  # an end within a token, as 。́
            parts = [(start, text[start:end]) for start, end in paragraphs(text)]
        at = 0
        for start, part in parts:
            at, first = at + self._cut(part).tokens, at
            yield start, part, numbers[first:at]

    def _origin(self, number: int) -> int:
        """The rank of the version that wrote a token."""
        return bisect_right(self._fold.firsts, number) - 1

    def _wrote_most(self, sentence: Sentence) -> int:
        """The version that wrote most of a sentence, the older of equals."""
        counts = Counter(self._origin(word.number) for word in sentence)
        return min(counts, key=lambda rank: (-counts[rank], rank))
