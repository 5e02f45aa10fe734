"""Passages that several texts have word for word: where something stands that is to be erased elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from vstore.accounts import Passage
from vstore.errors import Corrupt
from vstore.rows import FACTS, TEXT
from vstore.shelf import Shelf

RUN = 20
"""So many characters in a row are a passage."""

WORK = 10
"""Runs are compared for so many times the length of a text; from then on only those that do not overlap."""

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
        here = [left[place] for part in (TEXT, FACTS) if (place := (story, row.number, part)) in left]
        if row.text_id not in told and (story, row.number, TEXT) not in left:
            told.add(row.text_id)
            here.append(shelf.stored(story, row))
        if row.facts_id not in told and (story, row.number, FACTS) not in left:
            told.add(row.facts_id)
            here.append(row.facts.decode())
        if row.capture:
            here.append(json.dumps(json.loads(row.capture), ensure_ascii=False))
        found = [longest(text, known, other) for text, known in windows for other in here]
        if passage := max(found, key=len, default=""):
            yield Passage(story, row.number, passage)


def _windows(text: str) -> dict[str, int]:
    """Pieces of a text, and where: one is in every run of 39 characters of it; a short text is one."""
    if len(text) <= RUN:
        return {text: 0} if text.strip() else {}
    starts = reversed(range(0, len(text) - RUN + 1, RUN))  # of two that are alike the first stays
    pieces = ((text[start : start + RUN], start) for start in starts)
    return {piece: start for piece, start in pieces if not piece.isspace()}


def longest(text: str, windows: Mapping[str, int], other: str) -> str:
    """The longest run that both have, if one of these windows of the first is in it; else empty."""
    best, length, there, work = "", min(len(text), RUN), 0, 0
    ends: dict[int, int] = {}  # how far the runs so far go, by how far apart they stand in both
    while there + length <= len(other):
        at = windows.get(other[there : there + length])
        if at is None or ends.get(there - at, 0) > there:
            there += 1
            continue
        run = _grown(text, at, other, there)
        best = max(best, run, key=len)
        ends[there - at] = there + len(run) - RUN
        work += len(run)
        there += 1 if work < WORK * len(other) else max(1, len(run) - RUN)
    return best


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


def shares(content: bytes, gone: Iterable[str]) -> bool:
    """Whether a dictionary has 20 characters in a row of what goes, or all of something shorter."""
    known = content.decode(errors="replace")
    held = {known[at : at + RUN] for at in range(len(known) - RUN + 1)}
    return any(
        text in known
        if len(text) < RUN
        else any(text[at : at + RUN] in held for at in range(len(text) - RUN + 1))
        for text in gone
    )
