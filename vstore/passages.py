"""Passages that several texts have word for word: where something stands that is to be erased elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from vstore.accounts import Passage
from vstore.captures import RUN, strings
from vstore.errors import Corrupt
from vstore.rows import FACTS, NOTES, PARTS, TEXT, Row
from vstore.shelf import Shelf

WORK = 10
"""Runs are compared for so many times the length of a text; from then on only those that do not overlap."""

FEW = 80
"""So many windows are looked for one after the other, which is quicker; of more, all runs are looked up."""

Left = Mapping[tuple[str, int, int], str]
"""(story, number, part) → what will be left there, where something goes."""


def elsewhere(
    shelf: Shelf,
    gone: Sequence[str],
    left: Left,
    story: str | None,
    progress: Callable[[int], None] | None,
) -> Iterator[Passage]:
    """The longest passage of what goes that stands in each version still, of a story or of all.

    A version with a text or facts that an earlier one of its story has as well is not told again. Every run
    of 39 characters is found, most shorter ones of at least 20. `progress` is told how many stories are done.
    """
    windows = [(text, _windows(text)) for text in gone]
    for done, name in enumerate([story] if story is not None else list(shelf.storage.names()), 1):
        with suppress(Corrupt):  # what cannot be read shows nothing; fsck tells
            yield from _of_story(shelf, name, windows, left)
        if progress:
            progress(done)


def _of_story(
    shelf: Shelf, story: str, windows: list[tuple[str, dict[str, int]]], left: Left
) -> Iterator[Passage]:
    told: set[bytes] = set()
    for row in shelf.history(story).rows:
        here = [*_standing(shelf, story, row, left, told)]
        found = [longest(text, known, other) for text, known in windows for other in here]
        if passage := max(found, key=len, default=""):
            yield Passage(story, row.number, passage)


def _standing(shelf: Shelf, story: str, row: Row, left: Left, told: set[bytes]) -> Iterator[str]:
    """What is there of a version's text, facts and notes; but for what is in `told`."""
    going = {part for part in PARTS if (story, row.number, part) in left}
    for part in going:
        here = left[story, row.number, part]
        yield here if part == TEXT else _words(here.encode())
    if row.text_id not in told and TEXT not in going:
        told.add(row.text_id)
        yield shelf.stored(story, row)
    if row.facts_id not in told and FACTS not in going:
        told.add(row.facts_id)
        yield _words(row.facts)
    if row.capture and NOTES not in going:
        yield _words(row.capture)


def _words(told: bytes) -> str:
    return "\n".join(strings(told))


def _windows(text: str) -> dict[str, int]:
    """Pieces of a text, and where: one is in every run of 39 characters of it; a short text is one."""
    if len(text) <= RUN:
        return {text: 0} if text.strip() else {}
    starts = reversed(range(0, len(text) - RUN + 1, RUN))  # of two that are alike the first stays
    pieces = ((text[start : start + RUN], start) for start in starts)
    return {piece: start for piece, start in pieces if not piece.isspace()}


def longest(text: str, windows: Mapping[str, int], other: str) -> str:
    """The longest run that both have, if one of these windows of the first is in it; else empty."""
    best, work, after = "", 0, 0
    ends: dict[int, int] = {}  # how far the runs so far go, by how far apart they stand in both
    for there, at in _places(windows, other, min(len(text), RUN)):
        if there < after or ends.get(there - at, 0) > there:
            continue
        run = _grown(text, at, other, there)
        best = max(best, run, key=len)
        ends[there - at] = there + len(run) - RUN
        work += len(run)
        after = there + 1 if work < WORK * len(other) else there + max(1, len(run) - RUN)
    return best


def _places(windows: Mapping[str, int], other: str, length: int) -> Iterable[tuple[int, int]]:
    """Where windows of this length stand in another text, from left to right, and in their own."""
    if len(windows) > FEW:
        starts = range(len(other) - length + 1)
        pieces = ((there, windows.get(other[there : there + length])) for there in starts)
        return ((there, at) for there, at in pieces if at is not None)
    return sorted((there, at) for window, at in windows.items() for there in _finds(window, other))


def _finds(window: str, other: str) -> Iterator[int]:
    there = other.find(window)
    while there >= 0:
        yield there
        there = other.find(window, there + 1)


def _grown(text: str, at: int, other: str, there: int) -> str:
    """A run that both have, as far as it goes on; back at most as far as no window before was in it."""
    back = ahead = 0
    most = min(at, there, RUN)
    while back < most and text[at - back - 1] == other[there - back - 1]:
        back += 1
    room = min(len(text) - at, len(other) - there)
    while ahead < room and text[at + ahead] == other[there + ahead]:
        ahead += 1
    return text[at - back : at + ahead]
