"""What a text has of its base in the same order, block by block, and the gaps between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate, chain, compress, pairwise
from typing import NamedTuple

from vstore.align_runs import Units, without_islands
from vstore.origins.claims import Fresh, Gap
from vstore.origins.layouts import Layout, Part
from vstore.origins.passages import GOES_ON
from vstore.origins.written import Passage
from vstore.subsequence import Run, common, same_at_ends

Keys = Callable[[str], list[str]]
"""The passages of a block, as `Cutter.keys` tells them."""


class Gaps:
    """A base's layout, its blocks, and those of a new text, compared."""

    def __init__(self, base: Layout, old: list[str], new: list[str], keys: Keys) -> None:
        head, tail = same_at_ends(old, new)
        middle = _solid_runs(old[head : len(old) - tail], new[head : len(new) - tail])
        runs = [(0, 0, head), *((head + i, head + j, n) for i, j, n in middle)]
        runs += [(len(old) - tail, len(new) - tail, tail), (len(old), len(new), 0)]
        self._kept = [base[i : i + n] for i, _, n in runs]
        self._blocks: list[list[str]] = []
        self._parts: list[list[list[Fresh]]] = []
        self.gaps: list[Gap] = []
        self.size = 0
        """Characters of the new blocks that the base has not."""
        for (i, j, n), (next_i, next_j, _) in pairwise(runs):
            blocks = new[j + n : next_j]
            self.size += sum(map(len, blocks))
            parts = [list(map(Fresh, keys(block))) for block in blocks]
            self._blocks.append(blocks)
            self._parts.append(parts)
            self.gaps.append(
                Gap(list(chain.from_iterable(base[i + n : next_i])), list(chain.from_iterable(parts)))
            )

    @property
    def fresh(self) -> Iterator[Fresh]:
        """The passages of all gaps."""
        return (fresh for gap in self.gaps for fresh in gap.new)

    def filled(self, passage: Callable[[Fresh], Passage]) -> Layout:
        """The new text's layout, once every fresh passage is known."""
        layout = self._kept[0]
        for blocks, parts, kept in zip(self._blocks, self._parts, self._kept[1:], strict=True):
            for block, part in zip(blocks, parts, strict=True):
                layout.append((Part if block.endswith(GOES_ON) else tuple)(map(passage, part)))
            layout += kept
        return layout


def _solid_runs(old: list[str], new: list[str]) -> Iterator[Run]:
    """Blocks that both have in order, blank ones apart, without those that match by chance."""
    if not old or not new:
        return
    xs, ys = _solid(old), _solid(new)
    for i, j, n in without_islands(common(xs.units, ys.units), xs.sizes, ys.sizes):
        for k in range(n):
            yield xs.places[i + k], ys.places[j + k], 1


class _Solid(NamedTuple):
    """The blocks that are not blank, and their places."""

    units: list[str]
    places: list[int]
    sizes: Units


def _solid(raws: list[str]) -> _Solid:
    solid = [bool(raw) and not raw.isspace() for raw in raws]
    units = list(compress(raws, solid))
    return _Solid(
        units,
        list(compress(range(len(raws)), solid)),
        Units(units, list(accumulate(map(len, units), initial=0))),
    )
