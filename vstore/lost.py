"""Tokens that a version has and its previous one has not, though they are older: when did they stand last?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import NamedTuple

from vstore.origins.layouts import Layout
from vstore.origins.written import Passage


class Sought(NamedTuple):
    """Tokens that were written before this rank, but do not stand in its previous version."""

    numbers: frozenset[int]
    size: int
    rank: int


class Lost:
    """What is sought, and which passages have some of it."""

    def __init__(self, size: Callable[[Iterable[int]], int]) -> None:
        self._sought: list[Sought] = []
        self._known: dict[Passage, bool] = {}
        self._numbers: frozenset[int] = frozenset()
        self._size = size

    def __len__(self) -> int:
        return len(self._sought)

    def add(self, sought: Sought) -> None:
        """Seek these too."""
        self._seek([*self._sought, sought])

    def _seek(self, sought: list[Sought]) -> None:
        self._sought = sought
        self._numbers = frozenset(chain.from_iterable(each.numbers for each in sought))
        self._known.clear()

    def find(self, rank: int, layout: Layout) -> list[tuple[Sought, int, set[int]]]:
        """What stands in an earlier version, with the blocks that share more than half of either."""
        found = [
            (sought, place, numbers)
            for place, block in enumerate(layout)
            if any(map(self._has, block))
            for numbers in [set(chain.from_iterable(passage.numbers() for passage in block))]
            for sought in self._sought
            if rank < sought.rank and self._is_held(sought, numbers)
        ]
        if found:
            over = {id(sought) for sought, *_ in found}
            self._seek([sought for sought in self._sought if id(sought) not in over])
        return found

    def _has(self, passage: Passage) -> bool:
        known = self._known.get(passage)
        if known is None:
            known = self._known[passage] = not self._numbers.isdisjoint(passage.numbers())
        return known

    def _is_held(self, sought: Sought, numbers: set[int]) -> bool:
        common = sought.numbers & numbers
        return bool(common) and 2 * self._size(common) > min(sought.size, self._size(numbers))
