"""Passages that several texts have word for word: where something stands that is to be erased elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from vstore.accounts import Passage
from vstore.errors import Corrupt
from vstore.rows import FACTS, TEXT
from vstore.shelf import Shelf

RUN = 20
"""So many characters in a row are a passage."""

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
    windows = [(text, list(_windows(text))) for text in gone]
    for done, name in enumerate([story] if story is not None else list(shelf.storage.names()), 1):
        with suppress(Corrupt):  # what cannot be read shows nothing; fsck tells
            yield from _of_story(shelf, name, windows, left)
        if progress:
            progress(done)


def _of_story(
    shelf: Shelf, story: str, windows: list[tuple[str, list[str]]], left: Left
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
        found = [longest(text, known, other) for text, known in windows for other in here]
        if passage := max(found, key=len, default=""):
            yield Passage(story, row.number, passage)


def _windows(text: str) -> Iterator[str]:
    """Pieces of a text, one of which is in every run of 39 characters of it; a short text is one."""
    if len(text) <= RUN:
        yield from [text] if text.strip() else []
        return
    for start in range(0, len(text) - RUN + 1, RUN):
        if not text[start : start + RUN].isspace():
            yield text[start : start + RUN]


def longest(text: str, windows: Iterable[str], other: str) -> str:
    """The longest run that both have, if one of these windows of the first is in it; else empty."""
    best = ""
    at = 0
    for window in windows:
        at = text.find(window, at)
        if window not in best and (there := other.find(window)) >= 0:
            best = max(best, _grown(text, at, other, there, len(window)), key=len)
        at += 1
    return best


def _grown(text: str, at: int, other: str, there: int, length: int) -> str:
    """A run that both have, as far as it goes on."""
    start, end = at, at + length
    while start and there and text[start - 1] == other[there - 1]:
        start, there = start - 1, there - 1
    for own, others in zip(text[end:], other[there + end - start :], strict=False):
        if own != others:
            break
        end += 1
    return text[start:end]


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
