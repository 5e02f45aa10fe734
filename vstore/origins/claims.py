"""Which of the tokens ever written does a changed stretch of a text have? What it does not claim is new.

A stretch of the old text and the one that came in its place make a gap. Passages are claimed before
words, in place before elsewhere, in the old text before what was taken out long ago:

1. passages that both sides of a gap have, in their order;
2. whole passages that stood elsewhere in the old text, or in any version before, to the letter;
3. all words, if those that are left on both sides are the same ones in another order;
4. words of a passage that was edited in its place;
5. words of passages that were moved or brought back and edited, found by grams;
6. words that are left on both sides of a gap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, chain

from vstore.align_runs import Units, without_islands
from vstore.origins.likeness import ALIKE, HERE, MOVED, QUOTED, Matches, Quote
from vstore.origins.tiles import tiled
from vstore.origins.written import GRAM, Gram, Passage, Written, grams
from vstore.subsequence import Run, common

SAID = 2
"""A passage of so many tokens, found elsewhere, is the same one; a single one only beside one that is."""

BAND = 8
"""A passage edited in its place is looked for so many passages before and behind."""

TRIES = 2
"""How many passages words are compared with: those with most of their grams ..."""

MERGED = 4
"""So many passages may have become one."""

VOTES = 2
"""... which are so many at least."""


class Fresh:
    """A passage of the new text: `passage` if it is a known one, else its words and their numbers.

    A number is -1 where the token is new; no numbers at all say that all are.
    """

    __slots__ = ("key", "numbers", "passage", "words")

    def __init__(self, key: str) -> None:
        self.key = key
        self.passage: Passage | None = None
        self.words: list[int] = []
        self.numbers: list[int] | None = None

    @property
    def is_open(self) -> bool:
        """Whether some of its words have no number yet."""
        return self.numbers is None or -1 in self.numbers

    @property
    def left(self) -> int:
        """How many have none."""
        return len(self.words) if self.numbers is None else self.numbers.count(-1)

    def claim_runs(self, written: Written, place: int, numbers: list[int], runs: list[Run]) -> None:
        """Of these numbers, those of the runs; they count from this place."""
        for i, j, count in runs:
            self.claim(written, place + j, numbers[i : i + count])

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


def claim(written: Written, gaps: list[Gap], newer: Iterable[Passage] = ()) -> None:
    """Find for every fresh passage what it is, or which tokens it has; none of the old may be taken.

    `newer` are the passages of a version after the base: where it was changed back in part, they come first.
    """
    if not written.passages:
        _spell(written, gaps)
        return
    gaps = [part for gap in gaps for part in _in_place(written, gap)]
    moved = _elsewhere(written, gaps, newer)
    gaps = list(map(_unsettled, gaps))
    _spell(written, gaps)
    if _rearranged(written, gaps):
        return
    for gap in gaps:
        _edited(written, gap)
    unsure = [fresh for gap in gaps for fresh in gap.new if fresh.is_open]
    if not unsure:
        return
    near, known = _near(written, gaps), written.by_gram
    for fresh in unsure:
        moved += _brought_back(written, near, fresh, MOVED) if near else 0
        _brought_back(written, known, fresh, QUOTED)
        _extended(written, fresh)
    for gap in gaps:
        _left(written, gap)
    _odds_and_ends(written, gaps, moved)


def _spell(written: Written, gaps: list[Gap]) -> None:
    for gap in gaps:
        for fresh in gap.new:
            fresh.words = written.spelled(fresh.key.split(" "))


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


def _elsewhere(written: Written, gaps: list[Gap], newer: Iterable[Passage]) -> int:
    """Settle passages that moved, and those that come back; how many words moved."""
    moved = _by_key(passage for gap in gaps for passage in gap.old)
    found = 0
    for known in (_by_key(newer), moved, written.by_key):
        free: dict[str, Iterator[Passage]] = {}  # what was taken once is not looked at again
        for gap in gaps:
            for fresh in gap.new:
                if fresh.passage is None and fresh.key.count(" ") >= SAID - 1 and fresh.key in known:
                    candidates = free.setdefault(fresh.key, filter(written.is_free, known[fresh.key]))
                    stood = next(candidates, None)
                    if stood:
                        _settle(written, fresh, stood)
                        found += fresh.key.count(" ") + 1 if known is moved else 0
    for gap in gaps:
        _beside(written, gap)
    return found


def _by_key(passages: Iterable[Passage]) -> dict[str, list[Passage]]:
    found: dict[str, list[Passage]] = {}
    for passage in passages:
        found.setdefault(passage.key, []).append(passage)
    return found


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


def _rearranged(written: Written, gaps: list[Gap]) -> bool:
    """Claim all, if what is left on both sides are the same words in another order; whether they are.

    Who wrote nothing but what had just been taken out wrote nothing new.
    """
    left = _Places([fresh for gap in gaps for fresh in gap.new])
    numbers = written.free(passage for gap in gaps for passage in gap.old) if left.words else []
    words = written.spell(numbers)
    if len(words) != len(left.words) or Counter(words) != Counter(left.words):
        return False
    runs = tiled(words, left.words)
    left.claim(written, numbers, runs)
    return bool(runs)


def _edited(written: Written, gap: Gap) -> None:
    """Claim words of passages that were edited in their place, each from the one most like it."""
    old = [numbers for passage in gap.old if (numbers := written.free((passage,)))]
    if len(gap.new) == 1 < len(old) <= MERGED:
        _merged(written, list(chain.from_iterable(old)), gap.new[0])
    paired: set[int] = set()
    for _, j, i in sorted(_pairs(written, old, gap.new)):
        if i not in paired and gap.new[j].numbers is None:
            found = Matches(written, old[i], gap.new[j].words)
            if found.share >= ALIKE:
                paired.add(i)
                gap.new[j].claim_runs(written, 0, old[i], found.runs)


def _merged(written: Written, numbers: list[int], fresh: Fresh) -> None:
    """Claim the words of a passage that was several, if it has most of all of them."""
    found = Matches(written, numbers, fresh.words)
    if found.of_longer >= ALIKE:
        fresh.claim_runs(written, 0, numbers, found.runs)


def _pairs(
    written: Written, old: list[list[int]], new: list[Fresh]
) -> Iterator[tuple[tuple[float, int], int, int]]:
    """Fresh and old passages that share most of their words, those that do most first: (…, fresh, old)."""
    bags = [_Bag(written, written.spell(numbers)) for numbers in old]
    for j, fresh in enumerate(new if bags else ()):
        bag = _Bag(written, fresh.words)
        middle = j * len(bags) // len(new)
        for i in range(max(0, middle - BAND), min(len(bags), middle + BAND + 1)):
            shared = sum(written.sizes(bag.words & bags[i].words))
            share = shared / min(bag.size, bags[i].size)
            if share >= ALIKE:
                yield (-share * shared, abs(i - middle)), j, i


class _Bag:
    """The words of a passage, each once."""

    __slots__ = ("size", "words")

    def __init__(self, written: Written, words: list[int]) -> None:
        self.words = set(words)
        self.size = sum(written.sizes(self.words))


def _left(written: Written, gap: Gap) -> None:
    """Claim what is left in order on both sides of a gap."""
    places = _Places(gap.new)
    numbers = written.free(gap.old) if places.words else []
    if numbers:
        places.claim(written, numbers, Matches(written, numbers, places.words).worthy(HERE))


class _Places:
    """The words of fresh passages that have no numbers yet, as one list."""

    def __init__(self, new: list[Fresh]) -> None:
        self._of: list[tuple[Fresh, range, int]] = []
        self.words: list[int] = []
        for fresh in new:
            for start, end in _open(fresh) if fresh.is_open else ():
                self._of.append((fresh, range(start, end), len(self.words)))
                self.words += fresh.words[start:end]

    def claim(self, written: Written, numbers: list[int], runs: list[Run]) -> None:
        """Of these numbers, those of the runs."""
        starts = [start for _, _, start in self._of]
        for i, j, count in runs:
            at, end = j, j + count
            while at < end:
                fresh, places, start = self._of[bisect_right(starts, at) - 1]
                until = min(end, start + len(places))
                fresh.claim(written, places[at - start], numbers[i + at - j : i + until - j])
                at = until


def _brought_back(written: Written, known: Mapping[Gram, Passage], fresh: Fresh, enough: Quote) -> int:
    """Claim words that stand next to each other in passages that are known; how many."""
    claimed = 0
    if fresh.numbers is None and known.keys().isdisjoint(grams(fresh.words)):
        return claimed
    while fresh.left >= GRAM:
        places = _Places([fresh])
        for passage in _most_alike(known, places.words):
            numbers = written.free((passage,))
            runs = Matches(written, numbers, places.words).worthy(enough) if len(numbers) >= GRAM else []
            if runs:
                places.claim(written, numbers, runs)
                claimed += sum(count for _, _, count in runs)
                break
        else:
            break
    return claimed


def _extended(written: Written, fresh: Fresh) -> None:
    """Claim words beside claimed ones that were written beside them."""
    numbers = fresh.numbers or []
    for first, last in list(_open(fresh)) if numbers else ():
        start, end = first, last
        while 0 < start < end and _is_next(written, fresh, start, numbers[start - 1] + 1):
            start += 1
        while start < end < len(numbers) and _is_next(written, fresh, end - 1, numbers[end] - 1):
            end -= 1


def _is_next(written: Written, fresh: Fresh, place: int, number: int) -> bool:
    """Claim a word if it is this token; whether it was."""
    is_it = 0 <= number < len(written.words) and written.words[number] == fresh.words[place]
    if is_it and not written.taken[number]:
        fresh.claim(written, place, [number])
        return True
    return False


def _open(fresh: Fresh) -> Iterator[tuple[int, int]]:
    """Stretches of a passage without numbers."""
    numbers, end = fresh.numbers, 0
    if numbers is None:
        yield 0, len(fresh.words)
        return
    while -1 in numbers[end:]:
        start = end = numbers.index(-1, end)
        while end < len(numbers) and numbers[end] < 0:
            end += 1
        yield start, end


def _most_alike(known: Mapping[Gram, Passage], words: list[int]) -> list[Passage]:
    votes = Counter(filter(None, map(known.get, grams(words))))
    return [passage for passage, count in votes.most_common(TRIES) if count >= VOTES]


def _near(written: Written, gaps: list[Gap]) -> dict[Gram, Passage]:
    """The grams of what the base has and nothing has claimed."""
    return {
        gram: passage
        for gap in gaps
        for passage in gap.old
        for gram in grams(written.spell(written.free((passage,))))
    }


def _odds_and_ends(written: Written, gaps: list[Gap], moved: int) -> None:
    """Where what is left is no more than the odds and ends of what was moved, nothing is new."""
    left = _Places([fresh for gap in gaps for fresh in gap.new] if moved else [])
    if not 0 < len(left.words) <= moved:
        return
    free: dict[int, list[int]] = {}
    for number in reversed(written.free(passage for gap in gaps for passage in gap.old)):
        free.setdefault(written.words[number], []).append(number)
    if all(len(free.get(word, ())) >= count for word, count in Counter(left.words).items()):
        for place, word in enumerate(left.words):
            left.claim(written, [free[word].pop()], [(0, place, 1)])
