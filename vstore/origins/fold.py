"""The fold that blame is: each version of a story in its order, and which tokens ever written it has.

Terminology
    rank      a version's place in the story's order, from 0; the fold knows versions by rank alone
    layout    a text as blocks of passages: what `written` knows of it
    base      the earlier version that a text is laid out from, since it shares most with it
    origin    of a token: the rank of the version that was folded when it was first written

A text that stood before has the tokens it had then. Any other keeps the blocks that its base has in the
same order; for what lies between, `claims` finds the rest. The cost is that of what changed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, pairwise

from vstore.origins.claims import Fresh, claim
from vstore.origins.gaps import Gaps
from vstore.origins.layouts import Layout, Layouts
from vstore.origins.passages import Cutter
from vstore.origins.written import Passage, Written
from vstore.subsequence import same_at_ends

SOURCES = 8
"""How many sources' last versions may be a base."""

STRANGE = 0.5
"""A text of which more than this is not in its base may go back to a version before that."""

BACK = 8
"""So many versions of the source are then looked at."""


class Fold:
    """Versions folded so far; `texts` gives back the text of any of them, by rank."""

    def __init__(self, texts: Callable[[int], str]) -> None:
        self.written = Written()
        self.layouts = Layouts()
        self.firsts: list[int] = []
        """Rank → the first token number that was new then."""
        self._texts = texts
        self._cutter = Cutter()
        self._blocks: dict[int, list[str]] = {}
        self._by_text: dict[bytes, int] = {}
        self._by_source: dict[str | None, list[int]] = {}
        self._held: Layout = []

    def __len__(self) -> int:
        return len(self.firsts)

    def take(self, text: str, text_id: bytes, source: str | None) -> None:
        """Fold the version that comes next in the story's order."""
        rank = len(self)
        self.firsts.append(len(self.written.words))
        known = self._by_text.get(text_id)
        if known is not None:
            self.layouts.add(self.layouts.of(known), known)
        else:
            new = self._blocks[rank] = self._cutter.blocks(text)
            self.layouts.add(*self._laid_out(new, source))
        self.note(rank, text_id, source)

    def numbers(self, rank: int) -> list[int]:
        """The numbers of a version's tokens, in the order of its text."""
        passages = chain.from_iterable(self.layouts.of(rank))
        return list(chain.from_iterable(passage.numbers() for passage in passages))

    def origins(self, passage: Passage) -> Iterator[tuple[int, int]]:
        """The ranks of the versions that wrote a passage's tokens: (how many in a row, rank)."""
        for start, end in passage.runs:
            at = start
            while at < end:
                rank = bisect_right(self.firsts, at) - 1
                until = min(end, self.firsts[rank + 1]) if rank + 1 < len(self) else end
                yield until - at, rank
                at = until

    def note(self, rank: int, text_id: bytes, source: str | None) -> None:
        """Remember whose version this is, the source heard last at the end, and of which text."""
        self._by_text.setdefault(text_id, rank)
        ranks = self._by_source.pop(source, [])
        self._by_source[source] = [*ranks, rank][-BACK:]
        if len(self._blocks) > 2 * BACK:
            del self._blocks[next(iter(self._blocks))]

    def _laid_out(self, new: list[str], source: str | None) -> tuple[Layout, int | None]:
        base = self._base(new, source)
        if base is None:
            return self._settled(Gaps([], [], new, self._cutter.keys), None), None
        gaps, newer = self._compared(base, new), None
        if gaps.size > STRANGE * sum(map(len, new)):
            better = self._further_back(gaps, base, source)
            if better != base:
                base, newer, gaps = better, base, self._compared(better, new)
        return self._settled(gaps, base, newer), base

    def _compared(self, base: int, new: list[str]) -> Gaps:
        return Gaps(self.layouts.of(base), self._blocks_of(base), new, self._cutter.keys)

    def _blocks_of(self, rank: int) -> list[str]:
        found = self._blocks.get(rank)
        if found is None:
            found = self._blocks[rank] = self._cutter.blocks(self._texts(rank))
        return found

    def _base(self, new: list[str], source: str | None) -> int | None:
        """The last version of the source or of another, whichever shares most with a text.

        What they share is counted in passages, then in words; on a tie its own comes first, then the newest.
        """
        own = self._by_source.get(source, [])[-1:]
        others = (ranks[-1] for ranks in islice(reversed(self._by_source.values()), SOURCES))
        ranks = list(dict.fromkeys((*own, *others)))
        if len(ranks) < 2:
            return ranks[0] if ranks else None
        keys = {key for block in new for key in self._cutter.keys(block)}
        shared = {rank: _size(keys & self._keys(rank)) for rank in ranks}
        best = [rank for rank in ranks if shared[rank] == max(shared.values())]
        words = {word for key in keys for word in key.split(" ")}
        return max(best, key=lambda rank: _size(words.intersection(_words(self._keys(rank)))))

    def _keys(self, rank: int) -> set[str]:
        return {passage.key for passage in chain.from_iterable(self.layouts.of(rank))}

    def _further_back(self, gaps: Gaps, base: int, source: str | None) -> int:
        """The one of the source's last versions that has most of what the base has not; the base on a tie."""
        keys = {fresh.key for fresh in gaps.fresh}
        ranks = (base, *reversed(self._by_source.get(source, [])))
        return max(ranks, key=lambda rank: _size(keys & self._keys(rank)))

    def _settled(self, gaps: Gaps, base: int | None, newer: int | None = None) -> Layout:
        """The layout, once every passage of the gaps is claimed or written."""
        if base is not None:
            self._hold(self.layouts.of(base))
            for gap in gaps.gaps:
                self.written.release(gap.old)
        claim(self.written, gaps.gaps, () if newer is None else chain.from_iterable(self.layouts.of(newer)))
        known = len(self.written.passages)
        self._held = gaps.filled(self._passage)
        _note_neighbours(gaps, set(self.written.passages[known:]))
        return self._held

    def _passage(self, fresh: Fresh) -> Passage:
        if fresh.passage is None:
            fresh.passage = self.written.write(fresh.key, fresh.words, fresh.numbers)
        return fresh.passage

    def _hold(self, layout: Layout) -> None:
        """Make this the text in hand: its tokens and no others are taken."""
        if layout is not self._held:
            held = self._held
            head, tail = same_at_ends(held, layout)
            self.written.release(chain.from_iterable(held[head : len(held) - tail]))
            self.written.take(chain.from_iterable(layout[head : len(layout) - tail]))
            self._held = layout


def _note_neighbours(gaps: Gaps, written: set[Passage]) -> None:
    """Of passages just written: what they stand between."""
    for gap in gaps.gaps:
        for left, right in pairwise(fresh.passage for fresh in gap.new):
            if left in written and left:
                left.after = right
            if right in written and right:
                right.before = left


def _words(keys: Iterable[str]) -> Iterator[str]:
    return chain.from_iterable(key.split(" ") for key in keys)


def _size(keys: Iterable[str]) -> int:
    return sum(map(len, keys))
