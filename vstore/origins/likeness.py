"""How like two stretches of words are, and what one may claim of the other: descent, not chance."""

from __future__ import annotations

import sys
from itertools import accumulate
from typing import NamedTuple

from vstore.align_runs import Units, without_islands
from vstore.origins.written import Written
from vstore.subsequence import Run, common

ALIKE = 0.5
"""Passages that share so much of the shorter one are the same, edited."""

SAME = 0.7
"""Passages that share so much of the longer one are the same, short as they may be."""


class Quote(NamedTuple):
    """What of another passage is claimed: all of it that matches, or phrases, if that is no chance."""

    surprise: int
    """In bits, beyond those that it takes to name a token."""
    edited: int
    """The same, where a passage shares ALIKE of the shorter one."""
    same: int = 0
    """The same, where it shares SAME of the longer one."""
    whole: int = sys.maxsize
    """So many words are enough where they are all that is on one side."""
    held: int = sys.maxsize
    """So many words are enough at the same end of both."""


HERE = Quote(16, 8, held=2)
"""From what stood in this place."""

MOVED = Quote(24, 24, whole=4)
"""From what was taken out just now."""

QUOTED = Quote(40, 40, 12)
"""From anything ever written."""

HELD = 8
"""Words held at an end are of this size."""


class Matches:
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
        self.of_longer = self.size / max(xs[-1], ys[-1])
        """Their share of the longer side."""
        self.share = self.size / min(xs[-1], ys[-1])
        """Their share of the shorter side."""

    def worthy(self, enough: Quote) -> list[Run]:
        """All if these are the same passage, edited; else what cannot be chance."""
        name = len(self._written.words).bit_length()
        bits = [self._written.surprise(self._new[j : j + n]) for _, j, n in self.runs]
        if self._is_whole(enough):
            return self.runs
        alike = self.share if enough is HERE else self.of_longer
        if alike >= ALIKE and sum(bits) >= name + enough.edited:
            return self.runs
        if self.of_longer >= SAME and sum(bits) >= name + enough.same:
            return self.runs
        return [
            run
            for run, size, bit in zip(self.runs, self.sizes, bits, strict=True)
            if (bit >= name + enough.surprise) or self._is_held(run, size, enough)
        ]

    def _is_whole(self, enough: Quote) -> bool:
        """Whether one side is, word for word, a stretch of the other."""
        return len(self.runs) == 1 and self.runs[0][2] >= enough.whole and self.runs[0][2] in self._ends

    def _is_held(self, run: Run, size: int, enough: Quote) -> bool:
        """Whether words stand at the same end of both sides."""
        i, j, count = run
        at_end = (i, j) == (0, 0) or (i + count, j + count) == self._ends
        return at_end and count >= enough.held and size >= HELD
