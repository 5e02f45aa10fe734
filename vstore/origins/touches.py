"""When was each passage last touched: the newest version that added, changed or deleted a token in it.

A version is compared with its previous one, token by token. Where it has a token that the other has not, or
took one out between two others of a block, it touched the passages they stand in. White space and moves do
not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import chain, pairwise

from vstore.origins.layouts import Layout, paragraphs
from vstore.origins.written import Passage
from vstore.subsequence import same_at_start

Touches = list[tuple[int, ...]]
"""For each block of a layout, the rank that last touched each of its passages."""


def first_touches(layout: Layout, rank: int) -> Touches:
    """Of a version without a previous one: all is its own."""
    return [(rank,) * len(block) for block in layout]


def next_touches(before: Layout, touches: Touches, layout: Layout, rank: int) -> Touches:
    """Of the version of this rank, from those of the previous one."""
    head = same_at_start(before, layout)
    tail = same_at_start(before[head:][::-1], layout[head:][::-1])
    old = before[head : len(before) - tail]
    new = layout[head : len(layout) - tail]
    changed = _Changed(old, touches[head : len(before) - tail], new)
    middle = [tuple(changed.touch(passage, rank) for passage in block) for block in new]
    return [*touches[:head], *middle, *touches[len(before) - tail :]]


class _Changed:
    """The blocks of two versions that are not the same, by passages and tokens."""

    def __init__(self, old: Layout, touches: Touches, new: Layout) -> None:
        self._stayed = dict(zip(chain.from_iterable(old), chain.from_iterable(touches), strict=True))
        now = set(chain.from_iterable(new))
        self._tokens = {
            number: touch
            for passage, touch in self._stayed.items()
            if passage not in now
            for number in passage.numbers()
        }
        came = chain.from_iterable(passage.numbers() for passage in now if passage not in self._stayed)
        gone = self._tokens.keys() - set(came)
        self._beside = set(_beside(old, gone)) if gone else set()

    def touch(self, passage: Passage, rank: int) -> int:
        """The rank that last touched a passage of the new version."""
        if self._beside and not self._beside.isdisjoint(passage.numbers()):
            return rank
        if passage in self._stayed:
            return self._stayed[passage]
        return max(self._tokens.get(number, rank) for number in passage.numbers())


def _beside(layout: Layout, gone: Set[int]) -> Iterator[int]:
    """Tokens that stood next to those that are gone, in their paragraph."""
    for paragraph in paragraphs(layout):
        numbers = [number for passage in paragraph for number in passage.numbers()]
        if gone.isdisjoint(numbers):
            continue
        for left, right in pairwise(numbers):
            if (left in gone) != (right in gone):
                yield right if left in gone else left
