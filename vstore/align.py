"""Two texts → edits: what stays, what goes, what comes, in whole words.

Terminology
    unit    a line, a sentence, or a token: what is compared at one level
    run     units that follow each other in both texts: (position in a, position in b, how many)
    block   a stretch of a and the stretch of b that stands in its place
    match   a run in characters
    island  a run so small between two rewritten stretches that it matched by chance

Each level cuts the blocks that the level above left over into smaller units and finds the longest
common subsequence of them (rapidfuzz's bit-parallel Indel). Whole lines settle most of a text, whole
sentences most of the rest, and tokens are compared only where something changed. Work is bounded by
the size of the comparison, never by a clock, so the result is the same on any machine.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from rapidfuzz.distance import Indel

from vstore import text as prose
from vstore.align_runs import Run, settle
from vstore.model import Edit

CELLS = 64_000_000
"""Where two sequences would need a larger bit matrix than this, only rare units are aligned."""

ROUNDS = 8
"""How often a block may be cut by its rare units before it counts as rewritten."""


class Block(NamedTuple):
    """A stretch of a, and the stretch of b that stands in its place; characters, ends exclusive."""

    a: str
    b: str
    i: int
    j: int


Match = tuple[int, int, int]
Cut = Callable[[str], tuple[list[str], list[int]]]


def edits(a: str, b: str) -> list[Edit]:
    """What turns `a` into `b`: `=` and `-` join to a, `=` and `+` to b; every token stays whole.

    Mirrored for swapped texts: edits(b, a) removes what edits(a, b) adds.
    """
    if (len(a), a) <= (len(b), b):
        matches = list(_matches(a, b))
    else:
        matches = [(i, j, n) for j, i, n in _matches(b, a)]
    return list(_weave(a, b, matches))


def _matches(a: str, b: str) -> Iterator[Match]:
    if a == b:
        yield 0, 0, len(a)
        return
    head = _common_lines(a, b)
    tail = _common_tail(a, b, min(len(a), len(b)) - head)
    yield 0, 0, head
    block = Block(a[head : len(a) - tail], b[head : len(b) - tail], head, head)
    yield from _descend(block, (_lines, _sentences, _tokens))
    yield len(a) - tail, len(b) - tail, tail


def _descend(block: Block, levels: Sequence[Cut]) -> Iterator[Match]:
    """The matches in a block: of its largest units, and between those of smaller ones."""
    if not levels or not block.a or not block.b:
        return
    units_a, starts_a = levels[0](block.a)
    units_b, starts_b = levels[0](block.b)
    at_a = at_b = 0
    for i, j, count in settle(_common(units_a, units_b), units_a, units_b, is_last=len(levels) == 1):
        start_a, end_a = starts_a[i], starts_a[i + count - 1] + len(units_a[i + count - 1])
        start_b, end_b = starts_b[j], starts_b[j + count - 1] + len(units_b[j + count - 1])
        yield from _descend(_part(block, (at_a, start_a), (at_b, start_b)), levels[1:])
        if block.a[start_a:end_a] == block.b[start_b:end_b]:
            yield block.i + start_a, block.j + start_b, end_a - start_a
        else:  # the same units, with other white space between them
            for k in range(count):
                yield block.i + starts_a[i + k], block.j + starts_b[j + k], len(units_a[i + k])
        at_a, at_b = end_a, end_b
    yield from _descend(_part(block, (at_a, len(block.a)), (at_b, len(block.b))), levels[1:])


def _part(block: Block, a: tuple[int, int], b: tuple[int, int]) -> Block:
    return Block(block.a[a[0] : a[1]], block.b[b[0] : b[1]], block.i + a[0], block.j + b[0])


# Units of the three levels, each with its place.


def _lines(text: str) -> tuple[list[str], list[int]]:
    lines = text.split("\n")
    starts = accumulate((len(line) + 1 for line in lines), initial=0)
    found = [(line, start) for line, start in zip(lines, starts, strict=False) if line and not line.isspace()]
    return [line for line, _ in found], [start for _, start in found]


def _sentences(text: str) -> tuple[list[str], list[int]]:
    spans = prose.sentences(text)
    return [text[start:end] for start, end in spans], [start for start, _ in spans]


def _tokens(text: str) -> tuple[list[str], list[int]]:
    pieces = prose.pieces(text)
    starts = accumulate(map(len, pieces), initial=0)
    found = [(piece, start) for piece, start in zip(pieces, starts, strict=False) if not piece.isspace()]
    return [piece for piece, _ in found], [start for _, start in found]


# The longest common subsequence of two lists of units.


def _common(xs: list[str], ys: list[str], rounds: int = ROUNDS) -> list[Run]:
    """Runs of a longest common subsequence; of rare units only where that would be too large."""
    head = _same_at_start(xs, ys)
    tail = _same_at_end(xs, ys, min(len(xs), len(ys)) - head)
    middle = _middle(xs[head : len(xs) - tail], ys[head : len(ys) - tail], rounds)
    runs = [(0, 0, head)] if head else []
    runs += [(i + head, j + head, n) for i, j, n in middle]
    return _joined([*runs, (len(xs) - tail, len(ys) - tail, tail)])


def _middle(xs: list[str], ys: list[str], rounds: int) -> list[Run]:
    shared = set(xs).intersection(ys)
    if not shared:
        return []
    at_x = [i for i, unit in enumerate(xs) if unit in shared]
    at_y = [j for j, unit in enumerate(ys) if unit in shared]
    if len(at_x) * len(at_y) > CELLS:
        return _by_anchors(xs, ys, rounds)
    numbers: dict[str, int] = {}
    coded_x = [numbers.setdefault(xs[i], len(numbers)) for i in at_x]
    coded_y = [numbers[ys[j]] for j in at_y]
    blocks = Indel.opcodes(coded_x, coded_y).as_matching_blocks()
    return [(at_x[i + k], at_y[j + k], 1) for i, j, n in blocks for k in range(n)]


def _by_anchors(xs: list[str], ys: list[str], rounds: int) -> list[Run]:
    """Patience: units that occur once in each text cut both into smaller stretches."""
    once_x, once_y = _once(xs), _once(ys)
    pairs = [(i, once_y[unit]) for unit, i in once_x.items() if unit in once_y]
    if not pairs or not rounds:
        return []
    runs: list[Run] = []
    at_x = at_y = 0
    for i, j in [*_rising(pairs), (len(xs), len(ys))]:
        between = _common(xs[at_x:i], ys[at_y:j], rounds - 1)
        runs += [(at_x + di, at_y + dj, n) for di, dj, n in between]
        if i < len(xs):
            runs.append((i, j, 1))
        at_x, at_y = i + 1, j + 1
    return runs


def _once(units: list[str]) -> dict[str, int]:
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


# What two texts or lists share at their ends, found by halving: slices compare at the speed of C.


def _same_at_start(xs: Sequence[str], ys: Sequence[str]) -> int:
    low, high = 0, min(len(xs), len(ys))
    if xs[:high] == ys[:high]:
        return high
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if xs[low:middle] == ys[low:middle] else (low, middle)
    return low


def _same_at_end(xs: Sequence[str], ys: Sequence[str], most: int) -> int:
    low, high = 0, most + 1
    while low + 1 < high:
        middle = (low + high) // 2
        same = xs[len(xs) - middle : len(xs) - low] == ys[len(ys) - middle : len(ys) - low]
        low, high = (middle, high) if same else (low, middle)
    return low


def _common_lines(a: str, b: str) -> int:
    """Characters of the whole lines that both texts begin with."""
    return a.rfind("\n", 0, _same_at_start(a, b)) + 1


def _common_tail(a: str, b: str, most: int) -> int:
    """Characters of the whole lines that both texts end with, `most` at the most."""
    same = _same_at_end(a, b, most)
    end = a.find("\n", len(a) - same)
    return len(a) - end if end >= 0 else 0


# From matches to edits.


def _weave(a: str, b: str, matches: list[Match]) -> Iterator[Edit]:
    """Matches as edits; `-` stands before the `+` that replaces it, neighbours of one kind are one."""
    kept = ""
    at_a = at_b = 0
    for i, j, n in [*matches, (len(a), len(b), 0)]:
        head, old, new, tail = _without_common_space(a[at_a:i], b[at_b:j])
        kept += head
        if old or new:
            if kept:
                yield Edit("=", kept)
            kept = ""
            if old:
                yield Edit("-", old)
            if new:
                yield Edit("+", new)
        kept += tail + a[i : i + n]
        at_a, at_b = i + n, j + n
    if kept:
        yield Edit("=", kept)


def _without_common_space(old: str, new: str) -> tuple[str, str, str, str]:
    """White space that both begin or end with stays: (head, old, new, tail)."""
    if old == new:
        return old, "", "", ""
    head = _same_at_start(_space_before(old), _space_before(new))
    old_rest, new_rest = old[head:], new[head:]
    space_old, space_new = _space_after(old_rest), _space_after(new_rest)
    tail = _same_at_end(space_old, space_new, min(len(space_old), len(space_new)))
    return (
        old[:head],
        old_rest[: len(old_rest) - tail],
        new_rest[: len(new_rest) - tail],
        old_rest[len(old_rest) - tail :],
    )


def _space_before(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _space_after(text: str) -> str:
    return text[len(text.rstrip()) :]
