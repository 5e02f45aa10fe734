"""What the deep level verifies of kept origins: the story is followed anew, and they are compared."""

from __future__ import annotations

from collections.abc import Iterator

from vstore.answers import Problem
from vstore.errors import Corrupt
from vstore.history import History
from vstore.origins.checkpoints import ALGORITHM, Extent, answered, checkpoint, extent, reach
from vstore.origins.columns import BrokenError, unpacked
from vstore.origins.trace import Trace
from vstore.rows import ANSWER, CHECKPOINT, Kept
from vstore.shelf import Shelf

WRONG = "the kept ones are not what the texts say; `DROP TABLE origin` has them made again"


def problems(shelf: Shelf, kept: History) -> Iterator[Problem]:
    """Answers and checkpoints that hold are those that are found anew; others count for nothing anyway."""
    found = [*_holding(shelf, kept, ANSWER), *_holding(shelf, kept, CHECKPOINT)]
    by_rank: dict[int, list[Kept]] = {}
    for each in found:
        if 1 <= each.number <= len(kept):
            by_rank.setdefault(kept.rank(kept.row(each.number)), []).append(each)
    try:
        yield from _compared(shelf, kept, by_rank)
    except Corrupt:
        return  # a text that cannot be read: that is told already


def _holding(shelf: Shelf, kept: History, kind: int) -> list[Kept]:
    found = shelf.storage.kept_all(kept.story, kind)
    return [each for each in found if each.algorithm == ALGORITHM and each.late == kept.standing]


def _compared(shelf: Shelf, kept: History, by_rank: dict[int, list[Kept]]) -> Iterator[Problem]:
    rows = kept.in_order()
    trace = Trace(lambda rank: shelf.stored(kept.story, rows[rank]))
    extents = [extent(trace)]
    for rank, row in enumerate(rows[: max(by_rank, default=-1) + 1]):
        text = shelf.stored(kept.story, row)
        trace.take(text, kept.text_id(row), kept.source(row.number))
        extents.append(extent(trace))
        for each in by_rank.get(rank, ()):
            if not _is_true(each, trace, text, extents):
                yield Problem(kept.story, row.number, "origins", WRONG)


def _is_true(kept: Kept, trace: Trace, text: str, extents: list[Extent]) -> bool:
    """Whether it says what a trace says that has just taken its version."""
    rank = len(trace) - 1
    try:
        if kept.kind == ANSWER:
            return answered(kept.body, text, rank) == trace.authorship(rank)
        start, end = reach(kept.body)
        if not start < end == len(trace):
            return False
        return _columns(kept.body) == _columns(checkpoint(trace, extents[start]))
    except BrokenError:
        return False


def _columns(body: bytes) -> list[list[int]]:
    """What a body says, however it was packed."""
    return [list(column) for column in unpacked(body)]
