"""A diff by lines that `patch` and `git apply` can apply, made from the edits in words.

A line stays where all its characters stay and nothing came into it; only LF ends a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby, takewhile
from typing import NamedTuple

from vstore.answers import Edit
from vstore.cli.look import Look
from vstore.cli.reading import newer, older

CONTEXT = 3
NO_NEWLINE = "\\ No newline at end of file"


class Line(NamedTuple):
    """A line of the diff: its sign, its text without LF, and whether an LF ended it."""

    sign: str
    text: str
    ended: bool


class Hunk(NamedTuple):
    """Lines that stand together; `old` and `new` are counted from 0."""

    old: int
    new: int
    lines: tuple[Line, ...]


def unified(edits: Sequence[Edit], names: tuple[str, str], look: Look) -> Iterator[str]:
    """Headers and hunks, line by line; nothing where no line differs. Names are paths, or /dev/null."""
    for place, hunk in enumerate(hunks(edits)):
        if place == 0:
            yield look.ink(f"--- {names[0]}", "bold")
            yield look.ink(f"+++ {names[1]}", "bold")
        yield look.ink(_heading(hunk), "cyan")
        for line in hunk.lines:
            yield from _written(line, look)


def hunks(edits: Sequence[Edit]) -> Iterator[Hunk]:
    """The changed lines with three lines of context around them."""
    lines = list(_lines(edits))
    near = _near(lines)
    old = new = 0
    for shown, group in groupby(zip(near, lines, strict=True), key=lambda pair: pair[0]):
        found = tuple(line for _, line in group)
        if shown:
            yield Hunk(old, new, found)
        old += sum(line.sign != "+" for line in found)
        new += sum(line.sign != "-" for line in found)


def _near(lines: Sequence[Line]) -> bytearray:
    near = bytearray(len(lines))
    reached = 0
    for place, line in enumerate(lines):
        if line.sign != " ":
            start, end = max(reached, place - CONTEXT), min(len(lines), place + CONTEXT + 1)
            near[start:end] = b"\x01" * (end - start)
            reached = place
    return near


def _lines(edits: Sequence[Edit]) -> Iterator[Line]:
    before, after = older(edits), newer(edits)
    old = new = 0
    for old_start, new_start, length in chain(_kept(edits, before, after), [(len(before), len(after), 0)]):
        yield from _block(before[old:old_start], after[new:new_start])
        yield from _cut(before[old_start : old_start + length], " ")
        old, new = old_start + length, new_start + length


def _block(before: str, after: str) -> Iterator[Line]:
    """Lines that go and lines that come; equal ones at both ends stay: an LF can move."""
    gone, come = list(_cut(before, "-")), list(_cut(after, "+"))
    first = _alike(gone, come)
    last = _alike(gone[first:][::-1], come[first:][::-1])
    end = len(gone) - last
    yield from (line._replace(sign=" ") for line in gone[:first])
    yield from gone[first:end]
    yield from come[first : len(come) - last]
    yield from (line._replace(sign=" ") for line in gone[end:])


def _alike(gone: Sequence[Line], come: Sequence[Line]) -> int:
    """How many lines from the beginning are equal."""
    pairs = zip(gone, come, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0][1:] == pair[1][1:], pairs))


def _cut(text: str, sign: str) -> Iterator[Line]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        if end < 0:
            yield Line(sign, text[start:], False)
            return
        yield Line(sign, text[start:end], True)
        start = end + 1


def _kept(edits: Sequence[Edit], before: str, after: str) -> Iterator[tuple[int, int, int]]:
    """Whole lines that stay: (where before, where after, how many characters)."""
    old = new = 0
    for op, group in groupby(edits, key=lambda edit: edit.op):
        length = sum(len(edit.text) for edit in group)
        if op == "=":
            yield from _whole(before, after, old, new, length)
        old += length if op != "+" else 0
        new += length if op != "-" else 0


def _whole(before: str, after: str, old: int, new: int, length: int) -> Iterator[tuple[int, int, int]]:
    """The whole lines within one stretch that stays; at most one answer."""
    skipped = 0
    if not (_starts_line(before, old) and _starts_line(after, new)):
        skipped = before.find("\n", old, old + length) + 1 - old
        if skipped <= 0:
            return
    both_end = old + length == len(before) and new + length == len(after)
    end = old + length if both_end else before.rfind("\n", old, old + length) + 1
    if end > old + skipped:
        yield old + skipped, new + skipped, end - old - skipped


def _starts_line(text: str, place: int) -> bool:
    return place == 0 or text[place - 1] == "\n"


def _heading(hunk: Hunk) -> str:
    old = _range(hunk.old, sum(line.sign != "+" for line in hunk.lines))
    new = _range(hunk.new, sum(line.sign != "-" for line in hunk.lines))
    return f"@@ -{old} +{new} @@"


def _range(start: int, length: int) -> str:
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _written(line: Line, look: Look) -> Iterator[str]:
    styles = {"-": ("red",), "+": ("green",)}.get(line.sign, ())
    yield look.ink(line.sign + look.clean(line.text), *styles)
    if not line.ended:
        yield NO_NEWLINE
