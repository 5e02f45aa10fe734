"""Texts as blocks of passages, and how those of a long story find room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vstore.origins.written import Passage
from vstore.subsequence import same_at_ends

STEPS = 32
"""So many layouts are told as changes of another before one is told whole."""

Block = tuple[Passage, ...]
"""A paragraph or line of a text; empty where it is blank."""


class Part(Block):
    """A block that goes on in the next one: both are of one paragraph."""


Layout = list[Block]


def paragraphs(layout: Layout) -> Iterator[list[Passage]]:
    """The passages of each block, parts of one block together."""
    held: list[Passage] = []
    for block in layout:
        held += block
        if not isinstance(block, Part):
            yield held
            held = []


class Change(NamedTuple):
    """A layout as that of an earlier version with some blocks in place of others."""

    base: int
    """Its rank, -1 for none."""
    start: int
    """How many blocks are the base's first ones."""
    blocks: Layout
    end: int
    """How many are its last ones."""
    steps: int
    """How many layouts lie between this one and a whole one."""


class Layouts:
    """The layouts of all versions, by rank."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self._at_hand: dict[int, Layout] = {}

    def __len__(self) -> int:
        return len(self.changes)

    def add(self, layout: Layout, base: int | None) -> None:
        """The next version's, told from its base."""
        self.changes.append(self._told(layout, base))
        self._at_hand[len(self) - 1] = layout
        if len(self._at_hand) > STEPS:
            del self._at_hand[next(iter(self._at_hand))]

    def of(self, rank: int) -> Layout:
        """A version's layout; not to be changed."""
        found = self._at_hand.get(rank)
        if found is None:
            change = self.changes[rank]
            base = self.of(change.base) if change.base >= 0 else []
            found = [*base[: change.start], *change.blocks, *base[len(base) - change.end :]]
        return found

    def _told(self, layout: Layout, base: int | None) -> Change:
        if base is None or self.changes[base].steps >= STEPS:
            return Change(-1, 0, layout, 0, 0)
        before = self.of(base)
        start, end = same_at_ends(before, layout)
        return Change(base, start, layout[start : len(layout) - end], end, self.changes[base].steps + 1)
