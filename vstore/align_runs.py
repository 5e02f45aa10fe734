"""What counts as kept, and where an edit begins: made for readers, not for the fewest edits.

Islands: diff-match-patch's semantic clean-up, in whole units and with a limit: a run that is shorter
than what changed on both of its sides matched by chance, unless it is a phrase.
Places: an insertion or deletion beside repeated words is moved to where a line, a sentence or a clause
begins ("semantic lossless" there).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby

from vstore.model import Edit

Run = tuple[int, int, int]
"""Units that follow each other in both texts: (position in a, position in b, how many)."""

PHRASE = 24
"""A run of this many characters, white space apart, is never taken for chance."""

REACH = 200
"""How many characters an edit may be moved."""

_CLAUSE_END = frozenset(",;:)]}»”’›،؛、，；：")
_SENTENCE_END = frozenset(".!?…。！？؟۔।")


def without_islands(runs: list[Run], xs: Sequence[str], ys: Sequence[str]) -> list[Run]:
    """The runs that count."""
    return _continents(runs, _weights(xs), _weights(ys)) if runs else runs


def _weights(units: Sequence[str]) -> list[int]:
    """Characters before each unit: differences weigh a stretch."""
    return list(accumulate(map(len, units), initial=0))


def _continents(runs: list[Run], weight_x: list[int], weight_y: list[int]) -> list[Run]:
    def changed(left: Run, right: Run) -> int:
        """The larger of what was taken out and what was put in between two runs."""
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


def settled(edits: list[Edit]) -> list[Edit]:
    """Edits with every lone insertion or deletion at the best place it may have."""
    for k in range(1, len(edits) - 1):
        before, edit, after = edits[k - 1 : k + 2]
        if before.op == after.op == "=" != edit.op and _may_move(before.text, edit.text, after.text):
            edits[k - 1 : k + 2] = _moved(before.text, edit, after.text)
    return list(_tidy(edits))


def _may_move(before: str, changed: str, after: str) -> bool:
    return bool(before and after) and (before[-1] == changed[-1] or after[0] == changed[0])


def _moved(before: str, edit: Edit, after: str) -> list[Edit]:
    whole, start, length = before + edit.text + after, len(before), len(edit.text)
    left = right = 0
    while left < min(start, REACH) and whole[start - left - 1] == whole[start + length - left - 1]:
        left += 1
    while right < min(len(after), REACH) and whole[start + right] == whole[start + length + right]:
        right += 1
    shifts = sorted((shift for shift in range(-left, right + 1) if shift), key=lambda shift: (abs(shift), shift))
    best, place = _worth(whole, start, length) or 1, start
    for shift in shifts:
        worth = _worth(whole, start + shift, length)
        if worth > best:
            best, place = worth, start + shift
    end = place + length
    return [Edit("=", whole[:place]), Edit(edit.op, whole[place:end]), Edit("=", whole[end:])]


def _worth(whole: str, start: int, length: int) -> int:
    """How good an edit stands here; 0 where a token might be cut."""
    first, last = _edge(whole, start), _edge(whole, start + length)
    return first + last if first and last else 0


def _edge(whole: str, at: int) -> int:
    """4 before a line, 3 before a sentence, 2 before a clause, 1 before a word, 0 elsewhere."""
    if at in {0, len(whole)} or whole[at - 1] == "\n":
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
