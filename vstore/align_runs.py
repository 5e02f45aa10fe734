"""Which common runs count: islands of chance matches dropped, edges put where a reader would put them.

The island rule is diff-match-patch's semantic clean-up, in letters of whole units, with a limit: a
run that is shorter than what changed on both of its sides matched by chance, unless it is a phrase.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

Run = tuple[int, int, int]
"""(position in a, position in b, how many units)"""

PHRASE = 20
"""A run of this many letters is never taken for chance."""

SLIDE = 200
"""How many places an insertion or deletion may be moved along repeated units."""

_OPENING = frozenset("([{«“‘„‹\"'")
_CLAUSE_END = frozenset(",;:)]}»”’›،؛、，；：")
_SENTENCE_END = frozenset(".!?…。！？؟۔।")


def settle(runs: list[Run], xs: Sequence[str], ys: Sequence[str], *, is_last: bool) -> list[Run]:
    """The runs that count; edges slide only between tokens (`is_last`), where words decide."""
    kept = _without_islands(runs, _weights(xs), _weights(ys))
    return [run for run in _slid(kept, xs, ys) if run[2]] if is_last else kept


def _weights(units: Sequence[str]) -> list[int]:
    """Letters and digits before each unit: differences weigh a stretch. Lone punctuation weighs nothing."""
    return list(accumulate((len(unit) if unit[0].isalnum() or len(unit) > 1 else 0 for unit in units), initial=0))


def _without_islands(runs: list[Run], weight_x: list[int], weight_y: list[int]) -> list[Run]:
    def changed(left: Run, right: Run) -> int:
        """The larger of what was taken out and what was put in between two runs, in letters."""
        out = weight_x[right[0]] - weight_x[left[0] + left[2]]
        put = weight_y[right[1]] - weight_y[left[1] + left[2]]
        return max(out, put)

    def is_island(left: Run, run: Run, right: Run) -> bool:
        weight = weight_x[run[0] + run[2]] - weight_x[run[0]]
        return weight < PHRASE and weight <= changed(left, run) and weight <= changed(run, right)

    kept: list[Run] = [(0, 0, 0)]
    for run in [*runs, (len(weight_x) - 1, len(weight_y) - 1, 0)]:
        while len(kept) > 1 and is_island(kept[-2], kept[-1], run):
            kept.pop()
        kept.append(run)
    return kept[1:-1]


def _slid(runs: list[Run], xs: Sequence[str], ys: Sequence[str]) -> list[Run]:
    """An insertion or deletion beside repeated words is moved to where a sentence or clause begins."""
    slid = runs[:1]
    for i, j, n in runs[1:]:
        left_i, left_j, left_n = slid[-1]
        end_i, end_j = left_i + left_n, left_j + left_n
        shift = 0
        if end_i == i:
            shift = _best_shift(ys, end_j, j, (left_n, n))
        elif end_j == j:
            shift = _best_shift(xs, end_i, i, (left_n, n))
        slid[-1] = (left_i, left_j, left_n + shift)
        slid.append((i + shift, j + shift, n - shift))
    return slid


def _best_shift(units: Sequence[str], start: int, end: int, room: tuple[int, int]) -> int:
    """How far units[start:end], which stands alone, may best move: negative to the left."""
    left = right = 0
    while left < min(room[0], SLIDE) and units[start - left - 1] == units[end - left - 1]:
        left += 1
    while right < min(room[1], SLIDE) and units[start + right] == units[end + right]:
        right += 1
    shifts = sorted(range(-left, right + 1), key=lambda shift: (abs(shift), -shift))
    return max(shifts, key=lambda shift: _edge(units, start + shift) + _edge(units, end + shift))


def _edge(units: Sequence[str], at: int) -> int:
    """How good a place for an edge this is: 3 a sentence's start, 2 a clause's, 1 an opening mark."""
    before = units[at - 1] if at else "."
    if before in _SENTENCE_END:
        return 3
    if before in _CLAUSE_END:
        return 2
    return int(at < len(units) and units[at] in _OPENING)
