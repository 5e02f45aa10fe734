"""Origins of a store's versions: as they were kept, or found by following the story from where it was left.

What is found is kept in the storage, so that it can be had again in one read, and a long story is followed
from its last checkpoint. It can always be found anew: what is damaged, or was kept before a late wire came or
by another algorithm, counts for nothing, and where nothing can be kept the answer is the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import isqrt
from typing import NamedTuple

from vstore.history import History
from vstore.origins.checkpoints import (
    ALGORITHM,
    Extent,
    answer,
    answered,
    checkpoint,
    extent,
    reach,
    restored,
)
from vstore.origins.columns import BrokenError
from vstore.origins.strands import Authorship
from vstore.origins.trace import Trace
from vstore.rows import ANSWER, CHECKPOINT, Kept, Row
from vstore.shelf import Shelf

LONG = 64
"""A story of fewer versions leaves no checkpoints: to follow it takes less than to keep them."""

SHARE = 5
"""A story's kept origins may take one part in so many of what its versions take ..."""

ROW = 280
"""... with so many bytes for each beside its text."""

STRIDE = 8
"""On the way a checkpoint is left every so many roots of the versions asked for, at the end after one."""

CHECKPOINTS = 3, 4
"""Checkpoints, which are never dropped, may take three quarters of that: the rest is for answers."""

TOKENS = 100_000
"""Tokens of the traces kept at hand; one trace always is."""


class Followed(NamedTuple):
    """A trace, its versions by rank, how many late wires there were, how much is kept in checkpoints."""

    trace: Trace
    rows: list[Row]
    late: int
    saved: Extent
    tried: int
    """How many versions there were when a checkpoint was last made, kept or not."""


class Tracing:
    """Finds origins for one thread."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._at_hand: OrderedDict[str, Followed] = OrderedDict()

    def authorship(self, kept: History, row: Row) -> Authorship:
        """Who wrote a version, by ranks."""
        known = self.shelf.storage.kept(kept.story, row.number, ANSWER)
        rank = kept.rank(row)
        if known and _holds(known, kept):
            with suppress(BrokenError):
                return answered(known.body, self.shelf.stored(kept.story, row), rank)
        found = self._asked(kept, rank + 1, lambda trace: trace.authorship(rank))
        if rank:
            self._keep(kept, row.number, ANSWER, answer(found))
        return found

    def survival(self, kept: History, row: Row) -> Authorship:
        """The same, with the last version that has each token in place of the one that wrote it."""
        rank = kept.rank(row)
        return self._asked(kept, len(kept), lambda trace: trace.survival(rank, len(kept)))

    def _asked(self, kept: History, versions: int, question: Callable[[Trace], Authorship]) -> Authorship:
        """A trace's answer; where its checkpoints do not fit the texts, that of one without them."""
        try:
            return question(self.followed(kept, versions))
        except BrokenError:
            self._hold(kept, self._unfollowed(kept))
            return question(self.followed(kept, versions))

    def followed(self, kept: History, versions: int) -> Trace:
        """The trace of a story through so many of its versions or more."""
        known = self._at_hand.pop(kept.story, None)
        if known is None or known.late != kept.standing:
            known = self._restored(kept)
        trace = known.trace
        for rank in range(len(trace), versions):
            row = kept.at_rank(rank)
            known.rows.append(row)
            trace.take(self.shelf.stored(kept.story, row), kept.text_id(row), kept.source(row.number))
            known = self._left_off(kept, known, STRIDE * isqrt(versions))
        self._hold(kept, self._left_off(kept, known, isqrt(versions)))
        return trace

    def _left_off(self, kept: History, known: Followed, step: int) -> Followed:
        """Leave a checkpoint of a long story, if it was followed for so many versions since the last."""
        versions = len(known.trace)
        if versions < LONG or versions - known.tried < step:
            return known
        if self._leave(kept, checkpoint(known.trace, known.saved), versions):
            return known._replace(tried=versions, saved=extent(known.trace))
        return known._replace(tried=versions)

    def _leave(self, kept: History, body: bytes, versions: int) -> bool:
        """Keep a checkpoint, if there is room and none reaches further; whether it was kept."""
        left = self._checkpoints(kept)
        of, parts = CHECKPOINTS
        room = self._budget(kept) * of // parts - sum(len(each.body) for each in left)
        last = kept.at_rank(versions - 1)
        reached = (each.number > len(kept) or kept.rank(kept.row(each.number)) >= versions for each in left)
        return len(body) <= room and not any(reached) and self._keep(kept, last.number, CHECKPOINT, body)

    def _restored(self, kept: History) -> Followed:
        """The trace that the story's checkpoints lead to."""
        begun = self._unfollowed(kept)
        with suppress(BrokenError):
            bodies = list(_chain(self._checkpoints(kept), len(kept)))
            rows = ((kept.text_id(row), kept.source(row.number)) for row in kept.in_order())
            trace = restored(bodies, begun.trace.texts, rows)
            begun.rows.extend(kept.in_order()[: len(trace)])
            return begun._replace(trace=trace, saved=extent(trace), tried=len(trace))
        return begun

    def _unfollowed(self, kept: History) -> Followed:
        """A trace that begins with the story."""
        versions: list[Row] = []  # as they were followed: a late wire may come at any moment
        trace = Trace(lambda rank: self.shelf.stored(kept.story, versions[rank]))
        return Followed(trace, versions, kept.standing, extent(trace), 0)

    def _checkpoints(self, kept: History) -> list[Kept]:
        found = self.shelf.storage.kept_all(kept.story, CHECKPOINT) if len(kept) >= LONG else []
        return [each for each in found if _holds(each, kept)]

    def _keep(self, kept: History, number: int, kind: int, body: bytes) -> bool:
        budget = self._budget(kept)
        what = Kept(number, kind, kept.standing, ALGORITHM, body)
        return len(body) <= budget and self.shelf.storage.keep(kept.story, [what], budget)

    def _budget(self, kept: History) -> int:
        """Bytes that the story's kept origins may take: as it stands now, whenever the question asks of."""
        head = self.shelf.storage.head(kept.story)
        return (head.stored_bytes + ROW * head.versions) // SHARE if head else 0

    def _hold(self, kept: History, followed: Followed) -> None:
        self._at_hand[kept.story] = followed
        while len(self._at_hand) > 1 and sum(map(_tokens, self._at_hand.values())) > TOKENS:
            self._at_hand.popitem(last=False)


def _tokens(followed: Followed) -> int:
    return len(followed.trace.fold.written.words)


def _holds(found: Kept, kept: History) -> bool:
    return found.algorithm == ALGORITHM and found.late == kept.standing


def _chain(found: list[Kept], versions: int) -> Iterator[bytes]:
    """Checkpoints each of which goes on where the one before it ends, from the start, to so many versions."""
    by_start: dict[int, tuple[int, bytes]] = {}
    for each in found:
        start, end = reach(each.body)
        if by_start.get(start, (0, b""))[0] < end <= versions:
            by_start[start] = end, each.body
    at = 0
    while at in by_start:
        at, body = by_start[at]
        yield body
