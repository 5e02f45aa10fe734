"""Which of the tokens ever written does a changed stretch of a text have? What it does not claim is new.

A stretch of the old text and the one that came in its place make a gap. Passages are claimed before
words, in place before elsewhere, in the old text before what was taken out long ago:

1. passages that both sides of a gap have, in their order;
2. whole passages that stood elsewhere in the old text, or in any version before, to the letter;
3. words of a passage that was edited in its place;
4. words of passages that were moved or brought back and edited, found by grams;
5. words that are left on both sides of a gap.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import accumulate, groupby
from typing import NamedTuple

from vstore.align_runs import Units, without_islands
from vstore.origins.written import GRAM, Gram, Passage, Written, grams
from vstore.subsequence import Run, common

SAID = 3
"""A passage of so many tokens, found elsewhere, is the same one; a shorter one only beside one that is."""

ALIKE = 0.5
"""Passages that share so much of the shorter one are the same, edited."""

SAME = 0.7
"""Passages that share so much of the longer one are the same, short as they may be."""

BAND = 8
"""A passage edited in its place is looked for so many passages before and behind."""

TRIES = 4
"""How many passages a stretch of words is compared with, those with most of its grams first."""


class Quote(NamedTuple):
    """What of another passage is claimed: all of it that matches, or phrases, if that is no chance."""

    surprise: int
    """In bits, beyond those that it takes to name a token."""
    edited: int
    """The same, where a passage shares ALIKE of the shorter one."""
    same: int = 0
    """The same, where it shares SAME of the longer one."""
    held: int = sys.maxsize
    """So many words are enough at the same end of both."""


HERE = Quote(16, 8, held=2)
"""From what stood in this place."""

MOVED = Quote(24, 24)
"""From what was taken out just now."""

QUOTED = Quote(40, 40, 12)
"""From anything ever written."""

HELD = 8
"""Words held at an end are of this size."""


class Fresh:
    """A passage of the new text: `passage` if it is a known one, else its words and their numbers.

    A number is -1 where the token is new; no numbers at all say that all are.
    """

    __slots__ = ("key", "numbers", "passage", "spelling", "words")

    def __init__(self, spelling: list[str]) -> None:
        self.key = " ".join(spelling)
        self.spelling = spelling
        self.passage: Passage | None = None
        self.words: list[int] = []
        self.numbers: list[int] | None = None

    def claim(self, written: Written, place: int, numbers: list[int]) -> None:
        """From this place on, its tokens are those."""
        if self.numbers is None:
            self.numbers = [-1] * len(self.words)
        self.numbers[place : place + len(numbers)] = numbers
        for number in numbers:
            written.taken[number] = 1


class Gap:
    """Passages of the old text, and those that stand in their place."""

    __slots__ = ("new", "old")

    def __init__(self, old: list[Passage], new: list[Fresh]) -> None:
        self.old = old
        self.new = new


def claim(written: Written, gaps: list[Gap]) -> None:
    """Find for every fresh passage what it is, or which tokens it has; none of the old may be taken."""
    gaps = [part for gap in gaps for part in _in_place(written, gap)]
    _elsewhere(written, gaps)
    gaps = list(map(_unsettled, gaps))
    for gap in gaps:
        for fresh in gap.new:
            fresh.words = written.spelled(fresh.spelling)
    for gap in gaps:
        _edited(written, gap)
    near = _near(written, gaps)
    for gap in gaps:
        for fresh in gap.new:
            _brought_back(written, near, fresh)
            _extended(written, fresh)
    for gap in gaps:
        _left(written, gap)
    _rearranged(written, gaps)


def _in_place(written: Written, gap: Gap) -> Iterator[Gap]:
    """Settle the passages that both sides have, in order; what lies between makes smaller gaps."""
    at_old = at_new = 0
    if gap.old and gap.new:
        old, new = [passage.key for passage in gap.old], [fresh.key for fresh in gap.new]
        for i, j, count in without_islands(common(old, new), _units(old), _units(new)):
            yield Gap(gap.old[at_old:i], gap.new[at_new:j])
            for k in range(count):
                _settle(written, gap.new[j + k], gap.old[i + k])
            at_old, at_new = i + count, j + count
    yield Gap(gap.old[at_old:], gap.new[at_new:])


def _units(keys: list[str]) -> Units:
    return Units(keys, list(accumulate(map(len, keys), initial=0)))


def _settle(written: Written, fresh: Fresh, passage: Passage) -> None:
    fresh.passage = passage
    written.take((passage,))


def _unsettled(gap: Gap) -> Gap:
    return Gap(gap.old, [fresh for fresh in gap.new if fresh.passage is None])


def _elsewhere(written: Written, gaps: list[Gap]) -> None:
    """Passages that moved, and those that come back."""
    moved: dict[str, list[Passage]] = {}
    for gap in gaps:
        for passage in gap.old:
            moved.setdefault(passage.key, []).append(passage)
    for known in (moved, written.by_key):
        for gap in gaps:
            for fresh in gap.new:
                if fresh.passage is None and len(fresh.spelling) >= SAID:
                    stood = next(filter(written.is_free, known.get(fresh.key, ())), None)
                    if stood:
                        _settle(written, fresh, stood)
    for gap in gaps:
        _beside(written, gap)


def _beside(written: Written, gap: Gap) -> None:
    """Short passages next to one that came from elsewhere, if they stood next to it there."""
    for fresh, neighbour in zip(gap.new[1:], gap.new, strict=False):
        if fresh.passage is None and neighbour.passage and (stood := neighbour.passage.after):
            _settle_short(written, fresh, stood)
    for fresh, neighbour in zip(gap.new[-2::-1], gap.new[::-1], strict=False):
        if fresh.passage is None and neighbour.passage and (stood := neighbour.passage.before):
            _settle_short(written, fresh, stood)


def _settle_short(written: Written, fresh: Fresh, stood: Passage) -> None:
    if stood.key == fresh.key and written.is_free(stood):
        _settle(written, fresh, stood)


def _edited(written: Written, gap: Gap) -> None:
    """Claim words of passages that were edited in their place, each from the one most like it."""
    if not gap.old:
        return
    old = [numbers for passage in gap.old if (numbers := written.free((passage,)))]
    bags = [Counter(written.spell(numbers)) for numbers in old]
    paired: set[int] = set()
    for _, j, i in sorted(_pairs(written, bags, gap.new)):
        fresh, numbers = gap.new[j], old[i]
        if i in paired or fresh.numbers is not None:
            continue
        found = _Matches(written, numbers, fresh.words)
        if found.share >= ALIKE:
            paired.add(i)
            for x, y, count in found.runs:
                fresh.claim(written, y, numbers[x : x + count])


def _pairs(
    written: Written, bags: list[Counter[int]], new: list[Fresh]
) -> Iterator[tuple[tuple[float, int], int, int]]:
    """Fresh and old passages that share most of their words, those that do most first: (…, fresh, old)."""
    for j, fresh in enumerate(new):
        bag = Counter(fresh.words)
        size = sum(written.sizes(fresh.words))
        middle = j * len(bags) // len(new)
        near = range(max(0, middle - BAND), min(len(bags), middle + BAND + 1))
        for i in near:
            shared = sum(written.sizes((bag & bags[i]).elements()))
            share = shared / min(size, sum(written.sizes(bags[i].elements())))
            if share >= ALIKE:
                yield (-share * shared, abs(i - middle)), j, i


def _left(written: Written, gap: Gap) -> None:
    """Claim what is left in order on both sides of a gap."""
    numbers = written.free(gap.old)
    places = _Places(gap.new)
    if numbers and places.words:
        places.claim(written, numbers, _Matches(written, numbers, places.words).worthy(HERE))


class _Places:
    """The words of fresh passages that have no numbers yet, as one list."""

    def __init__(self, new: list[Fresh]) -> None:
        self._of: list[tuple[Fresh, int]] = []
        self.words: list[int] = []
        for fresh in new:
            for start, end in _open(fresh, 1):
                self._of += ((fresh, place) for place in range(start, end))
                self.words += fresh.words[start:end]

    def claim(self, written: Written, numbers: list[int], runs: list[Run]) -> None:
        for i, j, count in runs:
            for number, (fresh, place) in zip(numbers[i : i + count], self._of[j : j + count], strict=True):
                fresh.claim(written, place, [number])


class _Matches:
    """Words that some tokens and a new stretch have in the same order, but for chance."""

    def __init__(self, written: Written, numbers: list[int], new: list[int]) -> None:
        self._written, self._new = written, new
        old = written.spell(numbers)
        xs = list(accumulate(written.sizes(old), initial=0))
        ys = list(accumulate(written.sizes(new), initial=0))
        self.runs = without_islands(common(old, new), Units(old, xs), Units(new, ys))
        self.sizes = [ys[j + n] - ys[j] for _, j, n in self.runs]
        self._ends = len(old), len(new)
        self.size = sum(self.sizes)
        """Characters that match."""
        self._both = self.size / max(xs[-1], ys[-1])
        self.share = self.size / min(xs[-1], ys[-1])
        """Their share of the shorter side."""

    def worthy(self, enough: Quote) -> list[Run]:
        """All if these are the same passage, edited; else what cannot be chance."""
        name = len(self._written.words).bit_length()
        bits = [self._written.surprise(self._new[j : j + n]) for _, j, n in self.runs]
        if self.share >= ALIKE and sum(bits) >= name + enough.edited:
            return self.runs
        if self._both >= SAME and sum(bits) >= name + enough.same:
            return self.runs
        return [
            run
            for run, size, bit in zip(self.runs, self.sizes, bits, strict=True)
            if (bit >= name + enough.surprise) or self._is_held(run, size, enough)
        ]

    def _is_held(self, run: Run, size: int, enough: Quote) -> bool:
        """Whether words stand at the same end of both sides."""
        i, j, count = run
        at_end = (i, j) == (0, 0) or (i + count, j + count) == self._ends
        return at_end and count >= enough.held and size >= HELD


def _brought_back(written: Written, near: dict[Gram, Passage], fresh: Fresh) -> None:
    """Claim the words of a fresh passage that stand next to each other in a passage known of old."""
    for known, enough in ((near, MOVED), (written.by_gram, QUOTED)):
        left = list(_open(fresh, GRAM))
        while left:
            start, end = left.pop()
            words_ = fresh.words[start:end]
            for passage in _most_alike(known, words_):
                numbers = written.free((passage,))
                runs = _Matches(written, numbers, words_).worthy(enough) if len(numbers) >= GRAM else []
                if runs:
                    for i, j, count in runs:
                        fresh.claim(written, start + j, numbers[i : i + count])
                    left += (stretch for stretch in _open(fresh, GRAM) if start <= stretch[0] < end)
                    break


def _extended(written: Written, fresh: Fresh) -> None:
    """Claim words beside claimed ones that were written beside them."""
    if fresh.numbers is None:
        return
    for places, step in ((range(1, len(fresh.words)), 1), (range(len(fresh.words) - 2, -1, -1), -1)):
        for place in places:
            beside = fresh.numbers[place - step]
            number = beside + step
            if (
                beside >= 0 > fresh.numbers[place]
                and 0 <= number < len(written.words)
                and written.words[number] == fresh.words[place]
                and not written.taken[number]
            ):
                fresh.claim(written, place, [number])


def _open(fresh: Fresh, length: int) -> Iterator[tuple[int, int]]:
    """Stretches of a passage without numbers, of this length or longer."""
    if fresh.numbers is None:
        if len(fresh.words) >= length:
            yield 0, len(fresh.words)
        return
    at = 0
    for is_open, stretch in groupby(fresh.numbers, key=lambda number: number < 0):
        end = at + len(list(stretch))
        if is_open and end - at >= length:
            yield at, end
        at = end


def _most_alike(known: Mapping[Gram, Passage], words_: list[int]) -> list[Passage]:
    votes = Counter(map(known.get, grams(words_)))
    return [passage for passage, _ in votes.most_common(TRIES + 1) if passage][:TRIES]


def _near(written: Written, gaps: list[Gap]) -> dict[Gram, Passage]:
    """The grams of what the base has and nothing has claimed."""
    return {
        gram: passage
        for gap in gaps
        for passage in gap.old
        for gram in grams(written.spell(written.free((passage,))))
    }


def _rearranged(written: Written, gaps: list[Gap]) -> None:
    """Where what is left is no more than the odds and ends of what was moved, nothing is new."""
    left = _Places([fresh for gap in gaps for fresh in gap.new])
    free: dict[int, list[int]] = {}
    for number in reversed(written.free(passage for gap in gaps for passage in gap.old)):
        free.setdefault(written.words[number], []).append(number)
    if all(len(free.get(word, ())) >= count for word, count in Counter(left.words).items()):
        for place, word in enumerate(left.words):
            left.claim(written, [free[word].pop()], [(0, place, 1)])
