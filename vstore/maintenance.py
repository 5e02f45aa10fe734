"""A store in figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from vstore import dates
from vstore.answers import Stats
from vstore.errors import Corrupt
from vstore.history import History
from vstore.notes import number_of
from vstore.rows import Head
from vstore.storage.contract import Storage


class Figures(NamedTuple):
    """Of one story."""

    versions: int
    keyframes: int
    text_bytes: int
    stored_bytes: int
    recorded: int


def stats(storage: Storage, histories: Iterable[History] | None = None) -> Stats:
    """Sums over all heads, or over histories as they stood; what belongs to no story is as it is now."""
    found = list(map(_of_head, storage.tips()) if histories is None else map(figures, histories))
    notes = storage.notes()
    versions = sum(each.versions for each in found)
    keyframes = sum(each.keyframes for each in found)
    recorded = max((each.recorded for each in found), default=None)
    return Stats(
        stories=len(found),
        versions=versions,
        text_bytes=sum(each.text_bytes for each in found),
        stored_bytes=sum(each.stored_bytes for each in found),
        origin_bytes=storage.kept_bytes(),
        shingle_bytes=storage.shingle_bytes(),
        keyframes=keyframes,
        patches=versions - keyframes,
        format=_format(notes),
        file_bytes=storage.size(),
        last_recorded=None if recorded is None else dates.iso_micros(recorded),
        last_gc=_moment(notes.get("last_gc")),
        last_fsck=_moment(notes.get("last_fsck")),
    )


def _of_head(head: Head) -> Figures:
    return Figures(head.versions, head.keyframes, head.text_bytes, head.stored_bytes, head.recorded)


def figures(kept: History) -> Figures:
    """Counted from its versions."""
    return Figures(
        versions=len(kept),
        keyframes=sum(row.base is None for row in kept.rows),
        text_bytes=sum(row.length for row in kept.rows),
        stored_bytes=sum(row.stored for row in kept.rows),
        recorded=kept.rows[-1].recorded,
    )


def _format(notes: Mapping[str, str]) -> int:
    number = number_of(notes.get("format"))
    if number is None:
        raise Corrupt("the note that tells the store's format is damaged")
    return number


def _moment(note: str | None) -> str | None:
    """When, by a note; None where there is none, or none that says it."""
    number = number_of(note)
    return None if number is None else dates.iso_micros(number)
