"""A stretch of words laid with pieces of another, the longest first: what a rearrangement came from.

Source: M. J. Wise, "String similarity via greedy string tiling and running Karp-Rabin matching", 1993;
with the lengths of all common runs instead of the hashes, which is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush

from vstore.subsequence import Run

MOST = 1_000_000
"""So many pairs of equal words are looked at, at most."""


def tiled(xs: Sequence[int], ys: Sequence[int]) -> list[Run]:
    """Runs that both have, no word in two of them; of equal ones those that moved least; none beyond MOST."""
    places: dict[int, list[int]] = {}
    for i, word in enumerate(xs):
        places.setdefault(word, []).append(i)
    if sum(len(places.get(word, ())) for word in ys) > MOST:
        return []
    candidates = [_ranked(run) for run in _longest(xs, ys, places)]
    heapify(candidates)
    used_x, used_y = bytearray(len(xs)), bytearray(len(ys))
    found: list[Run] = []
    while candidates:
        length, _, i, j = heappop(candidates)
        pieces = list(_unused(used_x, used_y, (i, j, -length)))
        if pieces == [(i, j, -length)]:
            used_x[i : i - length] = used_y[j : j - length] = b"\1" * -length
            found += pieces
        else:
            for piece in pieces:
                heappush(candidates, _ranked(piece))
    return found


def _ranked(run: Run) -> tuple[int, int, int, int]:
    i, j, count = run
    return -count, abs(i - j), i, j


def _longest(xs: Sequence[int], ys: Sequence[int], places: dict[int, list[int]]) -> Iterator[Run]:
    """Common runs that cannot be made longer at either end."""
    after: dict[int, int] = {}
    for j in range(len(ys) - 1, -1, -1):
        here = {i: after.get(i + 1, 0) + 1 for i in places.get(ys[j], ())}
        for i, count in here.items():
            if not (i and j and xs[i - 1] == ys[j - 1]):
                yield i, j, count
        after = here


def _unused(used_x: bytearray, used_y: bytearray, run: Run) -> Iterator[Run]:
    """The pieces of a run that are free on both sides."""
    i, j, count = run
    start = 0
    for k in range(count + 1):
        if k == count or used_x[i + k] or used_y[j + k]:
            if k > start:
                yield i + start, j + start, k - start
            start = k + 1
