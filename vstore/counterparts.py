"""Which paragraphs of an earlier version those of a later one were.

Two paragraphs are counterparts where more than half of either is tokens of both. One that has no such
counterpart has those that together hold most of it; else it took the place of one that went: of the one it
shares most with, or of the one that followed its upper neighbour's counterpart.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import chain, groupby

from vstore.origins.layouts import Layout
from vstore.origins.passages import GOES_ON
from vstore.subsequence import same_at_ends
from vstore.text import paragraphs, tokens

Numbers = tuple[int, ...]
"""The token numbers of a paragraph."""

Size = Callable[[Iterable[int]], int]
"""How much room tokens take."""


class Standing:
    """The paragraphs of a version, as its text, cut into blocks, and its layout tell them; counted from 0."""

    def __init__(self, text: str, blocks: list[str], layout: Layout) -> None:
        self.text = text
        self.spans = paragraphs(text)
        self.places: list[set[int]] = [set() for _ in self.spans]
        """Of each paragraph, the places in the layout of the blocks that it stands in."""
        self.numbers = self._numbers(blocks, layout)
        """Of each paragraph, the numbers of its tokens."""
        self.every = self.tokens(range(len(self)))
        """The tokens of all."""

    def __len__(self) -> int:
        return len(self.spans)

    def holding(self, numbers: Set[int]) -> list[int]:
        """The paragraphs that have some of these tokens."""
        return self.sharing(range(len(self)), numbers)

    def sharing(self, chosen: Iterable[int], numbers: Set[int]) -> list[int]:
        """Those of some paragraphs that have some of these tokens."""
        return [place for place in chosen if not numbers.isdisjoint(self.numbers[place])]

    def tokens(self, chosen: Iterable[int]) -> set[int]:
        """The tokens of some paragraphs."""
        return set(chain.from_iterable(self.numbers[place] for place in chosen))

    def told(self, chosen: Sequence[int]) -> str | None:
        """The text of some paragraphs: as it is where they follow each other, else parted by blank lines."""
        stretches = [
            [place for _, place in stretch]
            for _, stretch in groupby(enumerate(chosen), key=lambda each: each[1] - each[0])
        ]
        told = (self.text[self.spans[each[0]].start : self.spans[each[-1]].end] for each in stretches)
        return "\n\n".join(told) if stretches else None

    def _numbers(self, blocks: list[str], layout: Layout) -> list[Numbers]:
        found: list[list[int]] = [[] for _ in self.spans]
        ends, at = [span.end for span in self.spans], 0
        for place, (block, passages) in enumerate(zip(blocks, layout, strict=True)):
            if numbers := tuple(chain.from_iterable(passage.numbers() for passage in passages)):
                at = self.text.index(block.removesuffix(GOES_ON), at)
                for paragraph, number in _parted(block, at, numbers, ends):
                    found[paragraph] += number
                    self.places[paragraph].add(place)
                at += len(block.rstrip())
        return list(map(tuple, found))


def _parted(block: str, at: int, numbers: Numbers, ends: list[int]) -> Iterator[tuple[int, Numbers]]:
    """The tokens of a block by paragraph: mostly there is but one."""
    first = bisect_right(ends, at + len(block) - len(block.lstrip()))
    if at + len(block.rstrip()) <= ends[first]:
        yield first, numbers
        return
    for token, number in zip(tokens(block), numbers, strict=True):
        yield bisect_right(ends, at + token.start), (number,)


def counterparts(new: list[Numbers], old: list[Numbers], size: Size) -> list[list[int]]:
    """For each paragraph of the new version, those of the old one that it was."""
    head, tail = same_at_ends(old, new)
    between = _Between(new[head : len(new) - tail], old[head : len(old) - tail], size)
    middle = [[head + place for place in sorted(found)] for found in between.found()]
    ends = range(len(old) - tail, len(old))
    return [*([place] for place in range(head)), *middle, *([place] for place in ends)]


class _Between:
    """Paragraphs between those that did not change."""

    def __init__(self, new: list[Numbers], old: list[Numbers], size: Size) -> None:
        where = {number: place for place, held in enumerate(old) for number in held}
        self._sizes = [size(held) for held in old]
        self._new = [size(held) for held in new]
        self._shares = [_shares(held, where, size) for held in new]

    def found(self) -> list[set[int]]:
        """For each of the new ones its counterparts among the old ones."""
        found = [self._held(place) or self._most(place) for place in range(len(self._new))]
        gone = set(self._gone()).difference(*found)
        for place, known in enumerate(found):
            if not known:
                alike = [old for old in self._shares[place] if old in gone]
                known.update(sorted(alike, key=lambda old: (-self._shares[place][old], old))[:1])
        gone.difference_update(*found)
        _put_in_place(found, gone)
        return found

    def _gone(self) -> Iterator[int]:
        """Old ones of which no more than half is left."""
        left: Counter[int] = Counter()
        for shares in self._shares:
            left.update(shares)
        return (old for old, size in enumerate(self._sizes) if 2 * left[old] <= size)

    def _held(self, place: int) -> set[int]:
        """Those that share more than half of either."""
        size = self._new[place]
        return {old for old, share in self._shares[place].items() if 2 * share > min(size, self._sizes[old])}

    def _most(self, place: int) -> set[int]:
        """The largest that together share more than half of it, if there are such."""
        found: set[int] = set()
        left = self._new[place]
        for old, share in sorted(self._shares[place].items(), key=lambda each: (-each[1], each[0])):
            found.add(old)
            left -= share
            if 2 * left < self._new[place]:
                return found
        return set()


def _shares(numbers: Numbers, where: dict[int, int], size: Size) -> dict[int, int]:
    """How much of a new paragraph each old one has."""
    common: dict[int, list[int]] = {}
    for number in numbers:
        if number in where:
            common.setdefault(where[number], []).append(number)
    return {old: size(held) for old, held in common.items()}


def _put_in_place(found: list[set[int]], gone: set[int]) -> None:
    """Paragraphs without a counterpart, where the old one at their place is gone."""
    at = 0
    for known in found:
        if not known and at in gone:
            known.add(at)
        at = max(known) + 1 if known else at


def region(were: Numbers, followed: Set[int], stands: Set[int]) -> set[int]:
    """All from the first token that is followed to the last, with what was deleted there and beside it.

    The paragraph may have been one with others then: these go their own way.
    """
    places = [place for place, number in enumerate(were) if number in followed] or range(len(were))
    first, end = places[0], places[-1] + 1
    while first and were[first - 1] not in stands:
        first -= 1
    while end < len(were) and were[end] not in stands:
        end += 1
    return {number for number in were[first:end] if number in followed or number not in stands}
