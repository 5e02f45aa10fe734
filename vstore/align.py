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
from itertools import accumulate, compress, count
from operator import add
from typing import NamedTuple

from rapidfuzz.distance import Postfix, Prefix

from vstore import text as prose
from vstore.align_runs import Units, settled, without_islands
from vstore.answers import Edit
from vstore.subsequence import common

SHORT = 400
"""Blocks of fewer characters, both sides together, are cut into tokens at once."""


class Block(NamedTuple):
    """A stretch of a and the stretch of b that stands in its place, with their places in both."""

    a: str
    b: str
    i: int
    j: int


Match = tuple[int, int, int]
"""(place in a, place in b, how many characters)"""

Inside = Callable[[Block, list[Match]], None]
"""What looks for matches in a block, and appends them to those found so far."""


def edits(a: str, b: str) -> list[Edit]:
    """What turns `a` into `b`: `=` and `-` join to a, `=` and `+` to b; every token stays whole.

    Mirrored for swapped texts: edits(b, a) removes what edits(a, b) adds.
    """
    swapped = (len(a), a) > (len(b), b)
    matches = [(i, j, n) for j, i, n in _matches(b, a)] if swapped else _matches(a, b)
    return settled(_weave(a, b, matches))


def _matches(a: str, b: str) -> list[Match]:
    if a == b:
        return [(0, 0, len(a))]
    found: list[Match] = []
    _within_ends(Block(a, b, 0, 0), "\n", _by_lines, found)
    return found


def _within_ends(block: Block, space: str, inside: Inside, found: list[Match]) -> None:
    """What both begin and end with, up to white space (where no token is cut), and the matches between."""
    a, b, i, j = block
    len_a, len_b = len(a), len(b)
    head = a.rfind(space, 0, Prefix.similarity(a, b)) + 1
    same = min(Postfix.similarity(a, b), min(len_a, len_b) - head)
    end_a = a.find(space, len_a - same) if same else -1
    tail = len_a - end_a if end_a >= 0 else 0
    if head:
        found.append((i, j, head))
    if head + tail < min(len_a, len_b):
        inside(Block(a[head : len_a - tail], b[head : len_b - tail], i + head, j + head), found)
    if tail:
        found.append((i + len_a - tail, j + len_b - tail, tail))


def _by_lines(block: Block, found: list[Match]) -> None:
    _by_units(block, _lines, _within_lines, found)


def _within_lines(block: Block, found: list[Match]) -> None:
    _within_ends(block, " ", _by_sentences, found)


def _by_sentences(block: Block, found: list[Match]) -> None:
    if len(block.a) + len(block.b) < SHORT:
        _by_tokens(block, found)
    else:
        _by_units(block, _sentences, _within_sentences, found)


def _within_sentences(block: Block, found: list[Match]) -> None:
    _within_ends(block, " ", _by_tokens, found)


def _by_tokens(block: Block, found: list[Match]) -> None:
    if not (_is_token(block.a) and _is_token(block.b)) or block.a == block.b:
        _by_units(block, _tokens, None, found)


def _is_token(text: str) -> bool:
    """True for most texts that are one token: what replaces a word is mostly another."""
    return text.isalnum() and text.isascii()


def _by_units(block: Block, cut: Callable[[str], Units], inside: Inside | None, found: list[Match]) -> None:
    """Matches of whole units, and those that `inside` finds in the blocks between."""
    old, new, i, j = block
    a, b = cut(old), cut(new)
    at_a = at_b = 0
    for start_a, start_b, n in [*_in_characters(block, a, b), (len(old), len(new), 0)]:
        if inside and start_a > at_a and start_b > at_b:
            gone, come = old[at_a:start_a], new[at_b:start_b]
            if not (gone.isspace() or come.isspace()):
                inside(Block(gone, come, i + at_a, j + at_b), found)
        if n:
            found.append((i + start_a, j + start_b, n))
        at_a, at_b = start_a + n, start_b + n


def _in_characters(block: Block, a: Units, b: Units) -> Iterator[Match]:
    """Runs as matches: one each, or one a unit where other white space stands between them."""
    units, starts_a, starts_b = a.units, a.starts, b.starts
    for i, j, n in without_islands(common(units, b.units), a, b):
        start_a, start_b, last = starts_a[i], starts_b[j], i + n - 1
        length = starts_a[last] + len(units[last]) - start_a
        if n == 1 or block.a[start_a : start_a + length] == block.b[start_b : start_b + length]:
            yield start_a, start_b, length
        else:
            yield from zip(starts_a[i : i + n], starts_b[j : j + n], map(len, units[i : i + n]), strict=True)


# What a text is cut into.


def _lines(text: str) -> Units:
    return _parted(text, "\n")


def _sentences(text: str) -> Units:
    """A rough cut is enough here: only sentences that both sides have to the letter are settled by it."""
    return _parted(text, ". ")


def _parted(text: str, at: str) -> Units:
    parts = text.split(at)
    starts = map(add, accumulate(map(len, parts), initial=0), count(0, len(at)))
    solid = list(map(str.strip, parts))  # empty for white space
    return Units(list(compress(parts, solid)), [*compress(starts, solid), len(text)])


def _tokens(text: str) -> Units:
    pieces = prose.pieces(text)
    starts = list(accumulate(map(len, pieces), initial=0))
    blank = int(bool(pieces) and pieces[0].isspace())
    return Units(list(map(str.rstrip, pieces[blank:])), starts[blank:])


# From matches to edits.


def _weave(a: str, b: str, matches: list[Match]) -> list[Edit]:
    """Matches as edits; `-` stands before the `+` that replaces it, neighbours of one kind are one."""
    script: list[Edit] = []
    kept = at_a = at_b = 0
    for i, j, n in [*matches, (len(a), len(b), 0)]:
        if i > at_a or j > at_b:
            old, new = a[at_a:i], b[at_b:j]
            head, tail = _common_space(old, new) if old and new else (0, 0)
            if head or tail:
                old, new = old[head : len(old) - tail], new[head : len(new) - tail]
            if old or new:
                if at_a + head > kept:
                    script.append(Edit("=", a[kept : at_a + head]))
                if old:
                    script.append(Edit("-", old))
                if new:
                    script.append(Edit("+", new))
                kept = i - tail
        at_a, at_b = i + n, j + n
    if kept < len(a):
        script.append(Edit("=", a[kept:]))
    return script


def _common_space(old: str, new: str) -> tuple[int, int]:
    """How much white space both begin with, and how much of the rest both end with: it stays."""
    if old == new:
        return len(old), 0
    head = tail = 0
    if old[0] == new[0] and old[0].isspace():
        head = Prefix.similarity(old[: len(old) - len(old.lstrip())], new[: len(new) - len(new.lstrip())])
        old, new = old[head:], new[head:]
    if old[-1:] == new[-1:] and old[-1:].isspace():
        tail = Postfix.similarity(old[len(old.rstrip()) :], new[len(new.rstrip()) :])
    return head, tail
