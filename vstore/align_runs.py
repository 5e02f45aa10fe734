"""What counts as kept, and where an edit begins: made for readers, not for the fewest edits.

Islands: diff-match-patch's semantic clean-up, in whole units and with a limit: a word that is shorter
than what changed on both of its sides matched by chance; so did two that are twice as short, three
that are three times as short, and so on, but never a phrase.
Places: an insertion or deletion beside repeated words is moved to where a line, a sentence or a clause
begins ("semantic lossless" there).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from vstore.answers import Edit
from vstore.subsequence import Run


class Units(NamedTuple):
    """What a text is cut into: the units, where each begins, and at last where the text ends."""

    units: Sequence[Any]
    starts: list[int]


PHRASE = 30
"""A run of this many characters is never taken for chance."""

REACH = 200
"""How many characters an edit may be moved."""

BEST = 8
"""What a place is worth where an edit begins and ends with a line."""

_CLAUSE_END = frozenset(",;:)]}»”’›،؛、，；：")
_SENTENCE_END = frozenset(".!?…。！？؟۔।")


def without_islands(runs: list[Run], xs: Units, ys: Units) -> list[Run]:
    """The runs that count."""
    kept: list[Run] = [(0, 0, 0)]
    for run in [*runs, (len(xs.units), len(ys.units), 0)]:
        while len(kept) > 1 and _is_island(kept[-2], kept[-1], run, xs.starts, ys.starts):
            kept.pop()
        kept.append(run)
    return kept[1:-1]


def _is_island(left: Run, run: Run, right: Run, xs: list[int], ys: list[int]) -> bool:
    """Whether a run is smaller than what was taken out or put in, whichever is more, on both sides of it."""
    i, j, n = run
    weight = xs[i + n] - xs[i]
    chance = weight * n  # words that follow each other match by chance far less often than one
    return (
        weight < PHRASE
        and (chance <= xs[i] - xs[left[0] + left[2]] or chance <= ys[j] - ys[left[1] + left[2]])
        and (chance <= xs[right[0]] - xs[i + n] or chance <= ys[right[1]] - ys[j + n])
    )


def settled(edits: list[Edit]) -> list[Edit]:
    """Edits with every lone insertion or deletion at the best place it may have."""
    emptied = False
    for k in range(1, len(edits) - 1):
        before, edit, after = edits[k - 1 : k + 2]
        if before.op == after.op == "=" != edit.op and _may_move(before.text, edit.text, after.text):
            edits[k - 1 : k + 2] = moved = _moved(before.text, edit, after.text)
            emptied = emptied or not (moved[0].text and moved[2].text)
    return list(_tidy(edits)) if emptied else edits


def _may_move(before: str, changed: str, after: str) -> bool:
    return bool(before and after) and (before[-1] == changed[-1] or after[0] == changed[0])


def _moved(before: str, edit: Edit, after: str) -> list[Edit]:
    near = before[-REACH - 2 :]  # as far as an edit may be moved, and what `_edge` looks at there
    whole, start, end = near + edit.text + after[: REACH + 1], len(near), len(near) + len(edit.text)
    shift = _best_shift(whole, start, end)
    text = whole[start + shift : end + shift]
    if shift < 0:
        before, after = before[:shift], whole[end + shift : end] + after
    elif shift:
        before, after = before + whole[start : start + shift], after[shift:]
    return [Edit("=", before), Edit(edit.op, text), Edit("=", after)]


def _best_shift(whole: str, start: int, end: int) -> int:
    """How far to the right, or below 0 to the left, an edit stands best; the nearest of equal places."""
    left = right = 0
    farthest_left, farthest_right = min(start, REACH), min(len(whole) - end, REACH)
    while left < farthest_left and whole[start - left - 1] == whole[end - left - 1]:
        left += 1
    while right < farthest_right and whole[start + right] == whole[end + right]:
        right += 1
    best, found = _worth(whole, start, end) or 1, 0
    for shift in sorted((shift for shift in range(-left, right + 1) if shift), key=_distance):
        if best == BEST:
            break
        worth = _worth(whole, start + shift, end + shift)
        if worth > best:
            best, found = worth, shift
    return found


def _distance(shift: int) -> tuple[int, int]:
    return abs(shift), shift


def _worth(whole: str, start: int, end: int) -> int:
    """How good an edit stands here; 0 where a token might be cut."""
    first, last = _edge(whole, start), _edge(whole, end)
    return first + last if first and last else 0


def _edge(whole: str, at: int) -> int:
    """4 at either end of a line, 3 before a sentence, 2 before a clause, 1 before a word, 0 elsewhere."""
    if at in {0, len(whole)} or whole[at - 1] == "\n" or whole[at] == "\n":
        return 4
    if whole[at - 1] in "。！？" and whole[at].isalnum():
        return 3
    if not whole[at - 1].isspace() or whole[at].isspace():
        return 0
    last = whole[at - 2] if at > 1 else "\n"
    return 3 if last in _SENTENCE_END else 2 if last in _CLAUSE_END else 1


def _tidy(edits: list[Edit]) -> Iterator[Edit]:
    """Edits that a move brought together as one, `-` before `+`, and none that is empty."""
    for _, stretch in groupby((edit for edit in edits if edit.text), key=lambda edit: edit.op == "="):
        together = list(stretch)
        for op in ("=", "-", "+"):
            if text := "".join(edit.text for edit in together if edit.op == op):
                yield Edit(op, text)
