"""The longest common subsequence of two lists: bounded by work, never by a clock."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TypeVar

from rapidfuzz.distance import Indel

Run = tuple[int, int, int]
"""Units that follow each other in both lists: (position in the first, in the second, how many)."""

Unit = TypeVar("Unit", bound=Hashable)

CELLS = 64_000_000
"""Where two sequences would need a larger bit matrix than this, only rare units are aligned."""

ROUNDS = 3
"""How often a block may be cut by its rare units before it counts as rewritten."""


def common(xs: Sequence[Unit], ys: Sequence[Unit], rounds: int = ROUNDS) -> list[Run]:
    """Runs of a longest common subsequence; of rare units only where that would be too large."""
    if len(xs) * len(ys) > CELLS:
        return _joined(_of_shared(xs, ys, rounds))
    blocks = Indel.opcodes(xs, ys).as_matching_blocks()
    # rapidfuzz compares hashes: two units of one hash would be no match
    found = [(block.a, block.b, block.size) for block in blocks]  # to unpack one takes longer
    return [(i, j, n) for i, j, n in found if n and xs[i : i + n] == ys[j : j + n]]


def _of_shared(xs: Sequence[Unit], ys: Sequence[Unit], rounds: int) -> list[Run]:
    """The same, once the units that only one side has are left out."""
    shared = set(xs).intersection(ys)
    at_x = [i for i, unit in enumerate(xs) if unit in shared]
    at_y = [j for j, unit in enumerate(ys) if unit in shared]
    if len(at_x) * len(at_y) > CELLS:
        return _by_anchors(xs, ys, rounds)
    runs = common([xs[i] for i in at_x], [ys[j] for j in at_y])
    return [(at_x[i + k], at_y[j + k], 1) for i, j, n in runs for k in range(n)]


def _by_anchors(xs: Sequence[Unit], ys: Sequence[Unit], rounds: int) -> list[Run]:
    """Patience: what both begin and end with, and units that occur once in each, cut the rest smaller."""
    head, tail = same_at_ends(xs, ys)
    end_x, end_y = len(xs) - tail, len(ys) - tail
    runs = [(0, 0, head)]
    anchors = _anchors(xs[head:end_x], ys[head:end_y], head) if rounds else []
    at_x = at_y = head
    for i, j in [*anchors, (end_x, end_y)] if anchors else []:
        between = common(xs[at_x:i], ys[at_y:j], rounds - 1)
        runs += [(at_x + di, at_y + dj, n) for di, dj, n in between]
        runs.append((i, j, int(i < end_x)))
        at_x, at_y = i + 1, j + 1
    return [*runs, (end_x, end_y, tail)]


def _anchors(xs: Sequence[Unit], ys: Sequence[Unit], at: int) -> list[tuple[int, int]]:
    """Places of units that occur once in each, in the same order in both."""
    once_x, once_y = _once(xs), _once(ys)
    pairs = [(at + i, at + once_y[unit]) for unit, i in once_x.items() if unit in once_y]
    return _rising(pairs) if pairs else []


def _once(units: Sequence[Unit]) -> dict[Unit, int]:
    """Where the units stand that occur once."""
    counts = Counter(units)
    return {unit: i for i, unit in enumerate(units) if counts[unit] == 1}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of pairs (in order of their first) whose seconds rise, by patience sorting."""
    tops: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for k, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        before.append(at[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [j]
        at[pile : pile + 1] = [k]
    chosen: list[tuple[int, int]] = []
    k = at[-1]
    while k >= 0:
        chosen.append(pairs[k])
        k = before[k]
    return chosen[::-1]


def _joined(runs: list[Run]) -> list[Run]:
    """Runs that touch in both texts, as one."""
    joined: list[Run] = []
    for i, j, n in runs:
        if joined and joined[-1][0] + joined[-1][2] == i and joined[-1][1] + joined[-1][2] == j:
            joined[-1] = (joined[-1][0], joined[-1][1], joined[-1][2] + n)
        elif n:
            joined.append((i, j, n))
    return joined


def same_at_ends(xs: Sequence[Unit], ys: Sequence[Unit]) -> tuple[int, int]:
    """How many units both begin with, and how many of the others both end with."""
    head = same_at_start(xs, ys)
    return head, same_at_start(xs[head:][::-1], ys[head:][::-1])


def same_at_start(xs: Sequence[Unit], ys: Sequence[Unit]) -> int:
    """How many units both begin with, found by halving: slices compare at the speed of C."""
    low, high = 0, min(len(xs), len(ys)) + 1
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if xs[low:middle] == ys[low:middle] else (low, middle)
    return low
