"""Which story a wire belongs to: candidates by the shingles that they share, then the texts themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from vstore.alike import Common, Matched, Similar, confidence, verdict
from vstore.errors import Corrupt, NotFound
from vstore.indexing import VERSIONS, BrokenError, Index, Progress, some
from vstore.postings import COMMON, STORIES_MOST
from vstore.rows import Row
from vstore.shared import Passage, Words
from vstore.shelf import Shelf
from vstore.shingles import WIDTH, Sketch, words
from vstore.slugs import slug
from vstore.text import Span, word_spans

CANDIDATES = 6
"""Stories whose texts are looked at, at most, to match a wire."""

FEW = 3
"""A shingle that so many stories have says as much as it can; one of twice as many says half."""

FEWEST, MOST, PART = 0.5, 4.0, 16
"""A candidate shares at least one in 16 of the shingles that it would share if it had all, within bounds."""

LONG = 8
"""Words in a passage of another story that counts against one: shorter ones may be chance."""


class Candidate(NamedTuple):
    """A story with shingles of the wire."""

    story: str
    weight: float
    """How many, those that many stories have counting less."""


class Beside(NamedTuple):
    """A version of a candidate beside the wire."""

    story: str
    row: Row
    text: str
    words: int
    """Of the version."""
    passages: list[Passage]

    @property
    def shared(self) -> int:
        """How many of its words the wire has."""
        return sum(each.length for each in self.passages)


class Matching:
    """Finds the stories of wires in one store, for one thread."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._index = Index(shelf)

    def match(self, text: str, headline: str | None = None, progress: Progress = None) -> Matched:
        """The story of a wire."""
        nearest = next(self.similar(text, progress=progress), None)
        found = verdict(nearest.confidence) if nearest else "new"
        story = nearest.story if nearest and found == "sure" else slug(text, headline)
        return Matched(verdict=found, story=story, nearest=nearest)

    def similar(
        self, text: str, *, most: int = CANDIDATES, besides: str | None = None, progress: Progress = None
    ) -> Iterator[Similar]:
        """The stories most like a text, but for one, the likeliest first."""
        wire = _Wire(text)
        try:
            candidates, weights = self._candidates(wire, progress)
        except BrokenError:
            self._index.distrust()
            candidates, weights = self._candidates(wire, progress)
        found: list[Beside] = []
        for candidate in candidates:
            if candidate.story != besides and len(found) < most:
                found += self._beside(wire, candidate)
        judged = [(wire.confidence(each, found, weights), each) for each in found]
        for sure, each in sorted(judged, key=lambda pair: (-pair[0], -pair[1].shared, pair[1].story)):
            yield wire.similar(each, sure)

    def _candidates(self, wire: _Wire, progress: Progress) -> tuple[list[Candidate], dict[int, float]]:
        """Those that share enough shingles, most first, and how much each shingle says."""
        stories = self._index.stories_with(wire.sought, progress)
        weights = {key: _weight(numbers) for key, numbers in stories.items()}
        by_number: defaultdict[int, float] = defaultdict(float)
        for key, numbers in stories.items():
            if weights[key]:
                for number in numbers:
                    by_number[number] += weights[key]
        least = min(MOST, max(FEWEST, wire.common / PART))
        likely = [number for number, weight in by_number.items() if weight >= least]
        by_story: defaultdict[str, float] = defaultdict(float)
        for number, story in self._index.names(likely).items():
            by_story[story] += by_number[number]
        ranked = sorted(by_story.items(), key=lambda each: (-each[1], each[0]))
        return [Candidate(*each) for each in ranked], weights

    def _beside(self, wire: _Wire, candidate: Candidate) -> list[Beside]:
        """The version that has most of the wire: the current one, unless the story promises more."""
        best: Beside | None = None
        most, promised = 0, candidate.weight / wire.common / 2
        rows = {row.text_id: row for row in self._shelf.history(candidate.story).in_order()}
        for row in some(list(rows.values())[::-1], VERSIONS):
            with suppress(Corrupt, NotFound):  # what cannot be read is like nothing
                found = wire.beside(candidate.story, row, self._shelf.stored(candidate.story, row))
                covered = sum(wire.mask(found))
                if covered > most:
                    best, most = found, covered
                if most >= promised * wire.length:
                    break
        return [best] if best else []


class _Wire:
    """A text that is compared with others."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = Words(words(text))
        self.length = len(self._words.words)
        sketch = Sketch(self._words.words)
        self.sought = sketch.sought()
        self._certain = sketch.certain()
        self.common = max(sketch.common(), 1)

    def beside(self, story: str, row: Row, text: str) -> Beside:
        """A version beside it."""
        theirs = words(text)
        return Beside(story, row, text, len(theirs), self._words.passages(theirs))

    def mask(self, beside: Beside, least: int = 0) -> bytearray:
        """Of each word, 1 if the version has it, in a passage of so many."""
        mask = bytearray(self.length)
        for place, _, length in beside.passages:
            if length >= least:
                mask[place : place + length] = b"\1" * length
        return mask

    def confidence(self, beside: Beside, others: Sequence[Beside], weights: Mapping[int, float]) -> float:
        """That it belongs to the story, if others stand beside it as well."""
        mask = self.mask(beside)
        here = sum(mask)
        own, alone = self._own(mask, weights), here / self._covered(mask, others)
        return confidence(here, here / self.length, beside.shared / beside.words, own, alone)

    def similar(self, beside: Beside, sure: float) -> Similar:
        """All that is to be told of it."""
        here, there = sum(self.mask(beside)), beside.shared
        return Similar(
            story=beside.story,
            number=beside.row.number,
            id=beside.row.id.hex(),
            confidence=sure,
            containment=here / self.length,
            contained=there / beside.words,
            resemblance=here / (self.length + beside.words - min(here, there)),
            words=here,
            passages=self._passages(beside),
        )

    def _covered(self, mask: bytearray, others: Sequence[Beside]) -> int:
        """How many words this version has or any of the others."""
        covered = int.from_bytes(mask)
        for other in others:
            covered |= int.from_bytes(self.mask(other, LONG))
        return covered.bit_count()

    def _own(self, mask: bytearray, weights: Mapping[int, float]) -> float:
        """The weight of the shingles that stand in what is shared, on average.

        Of those, where there are any, that every story with them was found by: of others there are more.
        """
        shared = [key for key, place in self.sought.items() if all(mask[place : place + WIDTH])]
        known = [key for key in shared if key in weights]
        certain = [key for key in known if key in self._certain] or known
        return sum(weights[key] for key in certain) / len(certain) if certain else 1.0

    def _passages(self, beside: Beside) -> tuple[Common, ...]:
        ours, theirs = word_spans(self._text), word_spans(beside.text)
        return tuple(
            self._passage(_span(ours, place, length), _span(theirs, other, length))
            for place, other, length in sorted(beside.passages)
        )

    def _passage(self, here: Span, there: Span) -> Common:
        text = self._text[here.start : here.end]
        return Common(here.start, len(text), there.start, there.end - there.start, text)


def _span(words: Sequence[tuple[int, int]], place: int, length: int) -> Span:
    return Span(words[place][0], words[place + length - 1][1])


def _weight(stories: Sequence[int]) -> float:
    """How much it says of a story that it has a shingle that these have."""
    if COMMON in stories or len(stories) > STORIES_MOST:
        return 0.0
    return min(1.0, FEW / len(stories))
