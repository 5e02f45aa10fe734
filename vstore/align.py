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

from collections.abc import Callable, Iterator
from itertools import accumulate, compress
from typing import NamedTuple

from rapidfuzz.distance import Postfix, Prefix

from vstore import text as prose
from vstore.align_runs import Units, settled, without_islands
from vstore.answers import Edit
from vstore.subsequence import Run, common

SHORT = 400
"""Blocks of fewer characters, both sides together, are cut into tokens at once."""


class Block(NamedTuple):
    """A stretch of a and the stretch of b that stands in its place, with their places in both."""

    a: str
    b: str
    i: int
    j: int

    def part(self, a: tuple[int, int], b: tuple[int, int]) -> Block:
        """The block between two runs."""
        return Block(self.a[a[0] : a[1]], self.b[b[0] : b[1]], self.i + a[0], self.j + b[0])


Match = tuple[int, int, int]
"""(place in a, place in b, how many characters)"""

Inside = Callable[[Block], Iterator[Match]]
"""What looks for matches in a block."""


def edits(a: str, b: str) -> list[Edit]:
    """What turns `a` into `b`: `=` and `-` join to a, `=` and `+` to b; every token stays whole.

    Mirrored for swapped texts: edits(b, a) removes what edits(a, b) adds.
    """
    if (len(a), a) <= (len(b), b):
        matches = list(_matches(a, b))
    else:
        matches = [(i, j, n) for j, i, n in _matches(b, a)]
    return settled(list(_weave(a, b, matches)))


def _matches(a: str, b: str) -> Iterator[Match]:
    if a == b:
        yield 0, 0, len(a)
        return
    yield from _within_ends(Block(a, b, 0, 0), "\n", _by_lines)


def _within_ends(block: Block, space: str, inside: Inside) -> Iterator[Match]:
    """What both begin and end with, up to white space (where no token is cut), and the matches between."""
    a, b = block.a, block.b
    head = a.rfind(space, 0, Prefix.similarity(a, b)) + 1
    same = min(Postfix.similarity(a, b), min(len(a), len(b)) - head)
    end_a = a.find(space, len(a) - same)
    tail = len(a) - end_a if end_a >= 0 else 0
    if head:
        yield block.i, block.j, head
    middle = block.part((head, len(a) - tail), (head, len(b) - tail))
    if middle.a and middle.b:
        yield from inside(middle)
    if tail:
        yield block.i + len(a) - tail, block.j + len(b) - tail, tail


def _by_lines(block: Block) -> Iterator[Match]:
    return _by_units(block, _lines, lambda rest: _within_ends(rest, " ", _by_sentences))


def _by_sentences(block: Block) -> Iterator[Match]:
    if len(block.a) + len(block.b) < SHORT:
        return _by_tokens(block)
    return _by_units(block, _sentences, lambda rest: _within_ends(rest, " ", _by_tokens))


def _by_tokens(block: Block) -> Iterator[Match]:
    return _by_units(block, _tokens, None)


def _by_units(block: Block, cut: Callable[[str], Units], inside: Inside | None) -> Iterator[Match]:
    """Matches of whole units, and those that `inside` finds in the blocks between."""
    a, b = cut(block.a), cut(block.b)
    at_a = at_b = 0
    for run in without_islands(common(a.units, b.units), a, b):
        for i, j, n in _of_run(block, run, a, b):
            if inside and i > at_a and j > at_b:
                yield from _between(block, (at_a, i), (at_b, j), inside)
            yield block.i + i, block.j + j, n
            at_a, at_b = i + n, j + n
    if inside:
        yield from _between(block, (at_a, len(block.a)), (at_b, len(block.b)), inside)


def _between(block: Block, a: tuple[int, int], b: tuple[int, int], inside: Inside) -> Iterator[Match]:
    rest = block.part(a, b)
    return iter(()) if rest.a.isspace() or rest.b.isspace() or not (rest.a and rest.b) else inside(rest)


def _of_run(block: Block, run: Run, a: Units, b: Units) -> Iterator[Match]:
    """A run in characters: one match, or one a unit where other white space stands between them."""
    i, j, count = run
    start_a, start_b, last = a.starts[i], b.starts[j], count - 1
    length = a.starts[i + last] + len(a.units[i + last]) - start_a
    if block.a[start_a : start_a + length] == block.b[start_b : start_b + length]:
        yield start_a, start_b, length
    else:
        for k in range(count):
            yield a.starts[i + k], b.starts[j + k], len(a.units[i + k])


# What a text is cut into.


def _lines(text: str) -> Units:
    return _parted(text, "\n")


def _sentences(text: str) -> Units:
    """A rough cut is enough here: only sentences that both sides have to the letter are settled by it."""
    return _parted(text, ". ")


def _parted(text: str, at: str) -> Units:
    parts = text.split(at)
    starts = accumulate((len(part) + len(at) for part in parts), initial=0)
    solid = list(map(str.strip, parts))  # empty for white space
    return Units(list(compress(parts, solid)), [*compress(starts, solid), len(text)])


def _tokens(text: str) -> Units:
    pieces = prose.pieces(text)
    starts = list(accumulate(map(len, pieces), initial=0))
    blank = int(bool(pieces) and pieces[0].isspace())
    return Units(list(map(str.rstrip, pieces[blank:])), starts[blank:])


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
    head = Prefix.similarity(old[: len(old) - len(old.lstrip())], new[: len(new) - len(new.lstrip())])
    old, new, kept = old[head:], new[head:], old[:head]
    tail = Postfix.similarity(old[len(old.rstrip()) :], new[len(new.rstrip()) :])
    return kept, old[: len(old) - tail], new[: len(new) - tail], old[len(old) - tail :]
