"""Edits as a person reads them: paragraph after paragraph, in the order of the newer text.

What stays and what comes follows the paragraphs of the newer text, what goes those of the older one.
White space alone is never a change here: line ends and gaps between paragraphs say nothing to a reader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from vstore.answers import Edit, Op
from vstore.cli.width import flat
from vstore.text import Span, paragraphs

Passage = tuple[Edit, ...]
"""A paragraph of the reading, on one line."""


class Fold(NamedTuple):
    """Unchanged paragraphs in a row; `near` a change they are shown, far away they are not."""

    passages: tuple[Passage, ...]
    near: bool


class Counts(NamedTuple):
    """Paragraphs that stand in both texts (wherever), in the older one alone, in the newer one alone."""

    kept: int
    removed: int
    added: int


def older(edits: Iterable[Edit]) -> str:
    """The text before."""
    return "".join(edit.text for edit in edits if edit.op != "+")


def newer(edits: Iterable[Edit]) -> str:
    """The text after."""
    return "".join(edit.text for edit in edits if edit.op != "-")


def passages(edits: Sequence[Edit]) -> list[Passage]:
    """The paragraphs of the reading; blank changes are dropped or, if they came, kept as plain space."""
    found: list[Passage] = []
    runs: list[Edit] = []
    for edit in _parted(edits):
        if edit is None:
            found.append(_line(runs))
            runs = []
        else:
            runs.append(edit)
    found.append(_line(runs))
    return [passage for passage in found if passage]


def is_changed(passage: Passage) -> bool:
    """True if a word of it came or went."""
    return any(edit.op != "=" for edit in passage)


def folds(lines: Sequence[Passage], around: int = 1) -> Iterator[Fold]:
    """The reading in stretches: changed passages with `around` unchanged ones beside them, and the rest."""
    near = bytearray(len(lines))
    for place, passage in enumerate(lines):
        if is_changed(passage):
            start, end = max(0, place - around), min(len(lines), place + around + 1)
            near[start:end] = b"\x01" * (end - start)
    for shown, group in groupby(zip(near, lines, strict=True), key=lambda pair: pair[0]):
        yield Fold(tuple(passage for _, passage in group), bool(shown))


def paragraph_counts(before: str, after: str) -> Counts:
    """How many paragraphs stay, go and come; compared as words, so that re-wrapping changes none."""
    old, new = _paragraphs_of(before), _paragraphs_of(after)
    kept = (old & new).total()
    return Counts(kept, old.total() - kept, new.total() - kept)


def _paragraphs_of(text: str) -> Counter[str]:
    return Counter(" ".join(text[start:end].split()) for start, end in paragraphs(text))


def _parted(edits: Sequence[Edit]) -> Iterator[Edit | None]:
    """The edits cut where a paragraph ends; None stands for each gap."""
    old, new = _Walk(older(edits)), _Walk(newer(edits))
    for stays, group in groupby(edits, key=lambda edit: edit.op == "="):
        stretch = list(group)
        if stays:
            kept = Edit("=", newer(stretch))
            old.take(kept)
            yield from new.take(kept)
            continue
        opens = not (old.is_between() and new.is_between())
        gone, come = old.take(Edit("-", older(stretch))), new.take(Edit("+", newer(stretch)))
        closes = not (old.is_between() and new.is_between())
        yield from _woven(_lines([] if _is_blank(gone) else gone), _lines(come), opens, closes)


def _woven(gone: list[Passage], come: list[Passage], opens: bool, closes: bool) -> Iterator[Edit | None]:
    """What goes and what comes, so that the halves of a paragraph that stays in part stand beside each other.

    `opens`: the first lines carry on a paragraph; `closes`: a paragraph carries on after the last ones.
    """
    lead = [run for side in (gone, come) if opens and side for run in side.pop(0)]
    tail = [run for side in (gone, come) if closes and side for run in side.pop()]
    yield from lead
    for line in (*gone, *come):
        yield None
        yield from line
    if tail or not closes:
        yield None
    yield from tail


def _lines(parts: list[Edit | None]) -> list[Passage]:
    """The runs between gaps, in lines; empty ones at both ends count."""
    lines: list[list[Edit]] = [[]]
    for part in parts:
        if part is None:
            lines.append([])
        else:
            lines[-1].append(part)
    return [tuple(line) for line in lines] if parts else []


def _is_blank(parts: list[Edit | None]) -> bool:
    return all(part is None or part.text.isspace() for part in parts)


class _Walk:
    """One of the two texts, walked from its beginning."""

    def __init__(self, text: str) -> None:
        self._spans = [*paragraphs(text), Span(len(text), len(text))]
        self._index = 0
        self._at = 0

    def is_between(self) -> bool:
        """True where one paragraph is over and the next has not begun."""
        return self._at <= self._spans[self._index].start

    def take(self, edit: Edit) -> list[Edit | None]:
        """The edit's text, None for each gap between paragraphs that it reaches into."""
        found: list[Edit | None] = []
        start, place, self._at = self._at, self._at, self._at + len(edit.text)
        while place < self._at:
            span = self._spans[self._index]
            if place < span.start:
                found.append(None)
                place = min(span.start, self._at)
                continue
            end = min(span.end, self._at)
            found.append(Edit(edit.op, edit.text[place - start : end - start]))
            self._index += end == span.end
            place = end
        return found


def _line(runs: Iterable[Edit]) -> Passage:
    """One line of runs, their outer spaces outside of what is marked."""
    parts = [part for run in _told_once(runs) for part in _bared(Edit(run.op, flat(run.text)))]
    merged = [Edit(op, "".join(part.text for part in group)) for op, group in groupby(parts, key=_op)]
    if merged and merged[0].op == "=":
        merged[0] = Edit("=", merged[0].text.lstrip())
    if merged and merged[-1].op == "=":
        merged[-1] = Edit("=", merged[-1].text.rstrip())
    return tuple(run for run in merged if run.text)


def _told_once(runs: Iterable[Edit]) -> Iterator[Edit]:
    """Without words that go only to come again: a paragraph's end may do so where the next one goes."""
    held: Edit | None = None
    for run in runs:
        if held is not None and held.op == "-" and run == Edit("+", held.text):
            held = Edit("=", run.text)
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held


def _op(edit: Edit) -> Op:
    return edit.op


def _bared(run: Edit) -> Iterator[Edit]:
    bare = run.text.strip()
    if run.op == "=" or not bare:
        yield Edit("=", run.text)
        return
    start = run.text.index(bare)
    for part in (Edit("=", run.text[:start]), Edit(run.op, bare), Edit("=", run.text[start + len(bare) :])):
        if part.text:
            yield part
