"""How much of it: all, or a sample for every day."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Sizes(NamedTuple):
    """Of every part."""

    share: float
    """Of the calls of each operation that fail or are its last one, ..."""
    most: int
    """... and so many at most, of an operation in a way to fail."""
    kills: int
    """At any moment under load."""
    flips: float
    """The share of the bytes of a small store that turn."""
    damages: int
    """Other ones."""
    repairs: int
    """Damages that are repaired, with another store and without."""
    images: int
    """Of a disk after a power loss, of an operation with a durability."""
    processes: int
    adds: int
    """Of each process."""
    kills_together: int
    redactions: int
    """Stores in which something is erased."""
    inputs: int
    """Of each parser."""
    histories: int
    steps: int
    """Of a history, at most."""
    jobs: int = 2
    """Processes that damage stores, read inputs or play histories at once."""
    parsers: tuple[str, ...] = ()
    """These only."""
    case: int | None = None
    """This input, or this history, alone."""

    def numbers(self, count: int) -> range:
        """Those of so many inputs or histories that are wanted."""
        return range(count) if self.case is None else range(self.case, self.case + 1)

    def sample(self, cases: Sequence[T], dice: random.Random) -> list[T]:
        """Of all cases, in their order."""
        count = min(self.most, math.ceil(len(cases) * self.share))
        return [cases[at] for at in sorted(dice.sample(range(len(cases)), count))]

    def scaled(self, by: float) -> Sizes:
        """Less of everything."""
        return self._replace(
            share=self.share * by,
            kills=math.ceil(self.kills * by),
            flips=self.flips * by,
            damages=math.ceil(self.damages * by),
            repairs=math.ceil(self.repairs * by),
            images=math.ceil(self.images * by),
            redactions=math.ceil(self.redactions * by),
            adds=math.ceil(self.adds * by),
            kills_together=math.ceil(self.kills_together * by),
            inputs=math.ceil(self.inputs * by),
            histories=math.ceil(self.histories * by),
        )


FULL = Sizes(
    share=1.0,
    most=1 << 40,
    kills=1_000,
    flips=1.0,
    damages=100_000,
    repairs=5_000,
    images=100,
    processes=8,
    adds=2_000,
    kills_together=40,
    redactions=200,
    inputs=1_000_000,
    histories=100_000,
    steps=24,
)
EVERYDAY = Sizes(
    share=1.0,
    most=1,
    kills=10,
    flips=1 / 100,
    damages=100,
    repairs=16,
    images=1,
    processes=3,
    adds=30,
    kills_together=3,
    redactions=2,
    inputs=60,
    histories=1_000,
    steps=4,
    jobs=1,
)
