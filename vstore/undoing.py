"""The newest add or import, taken back: as long as nothing was built on it, and it was sent nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from vstore import rewriting
from vstore.accounts import Place, Undone
from vstore.again import until_kept
from vstore.dates import iso_micros
from vstore.errors import Conflict, Corrupt, NotFound
from vstore.history import History
from vstore.journalling import SENT, Journal, detail_of, mention
from vstore.notes import number_of
from vstore.rows import Deed, Row
from vstore.shelf import Shelf
from vstore.storage.contract import Storage

UNDO = "undo"

KEEPING = ("add", "import", "unbundle", "watch")
"""Deeds that can be taken back."""


def undo(storage: Storage, journal: Journal, moment: int, *, dry_run: bool) -> Undone:
    """Take back what the newest add, or all batches of the newest import, kept.

    Raises NotFound where there is nothing, Conflict where something was built on it or it was sent on.
    """

    def attempt() -> Undone:
        with storage.transaction() as writer:
            writer.exclude()
            deeds = _newest(storage)
            going = list(_versions(Shelf(storage), deeds))
            if not dry_run:
                for kept, rows in going:
                    rewriting.take_back(writer, Shelf(storage), kept.story, len(kept) - len(rows))
                writer.record(_record(journal, moment, deeds, going))
        places = tuple(Place(kept.story, row.number) for kept, rows in going for row in rows)
        return Undone(deeds[0].what, iso_micros(deeds[-1].at), places, dry_run)

    return until_kept(attempt)


def _record(journal: Journal, moment: int, deeds: list[Deed], going: list[tuple[History, list[Row]]]) -> Deed:
    detail: dict[str, Any] = {
        "of": [[deed.run.hex(), deed.at] for deed in deeds],
        "versions": [[mention(kept.story), row.number, row.id.hex()] for kept, rows in going for row in rows],
    }
    return journal.deed(UNDO, moment, detail=detail)


def _newest(storage: Storage) -> list[Deed]:
    """The newest deed that kept something and was not taken back: of an import, all its batches."""
    deeds = (deed for deed in _standing(storage) if deed.versions)
    first = next(deeds, None)
    if first is None:
        raise NotFound("there is nothing to take back")
    if first.what not in KEEPING:
        raise Conflict(f"the newest versions came by {first.what}: only an add or an import is taken back")
    if first.what in {"add", "watch"}:
        found = [first]
    else:
        found = [first, *takewhile(lambda deed: (deed.run, deed.what) == (first.run, first.what), deeds)]
    if (sent := number_of(storage.notes().get(SENT)) or 0) >= found[-1].at:
        raise Conflict(f"it was sent elsewhere, {iso_micros(sent)}: it stays")
    return found


def _standing(storage: Storage) -> Iterator[Deed]:
    """The journal, the newest deed first, without what was taken back."""
    undone: set[tuple[str, int]] = set()
    for deed in storage.deeds():
        if deed.what == UNDO:
            undone |= _undone(deed)
        elif (deed.run.hex(), deed.at) not in undone:
            yield deed


def _undone(deed: Deed) -> set[tuple[str, int]]:
    try:
        return {(run, at) for run, at in detail_of(deed)["of"]}
    except (KeyError, TypeError, ValueError) as error:
        raise Corrupt("a line of the journal is damaged") from error


def _versions(shelf: Shelf, deeds: list[Deed]) -> Iterator[tuple[History, list[Row]]]:
    """Each story with its versions that the deeds kept, which have to be its last ones."""
    first, last = min(deed.first or 0 for deed in deeds), max(deed.at for deed in deeds)
    missing = sum(deed.versions for deed in deeds)
    for story in _stories(shelf.storage, deeds, first):
        kept = shelf.history(story)
        rows = [row for row in kept.rows if first <= row.recorded <= last]
        if rows:
            _check_last(shelf.storage, kept, rows, last)
            missing -= len(rows)
            yield kept, rows
    if missing:
        raise Conflict("others wrote at the same time: what it kept cannot be told from what they did")


def _stories(storage: Storage, deeds: list[Deed], first: int) -> list[str]:
    digests = {deed.story for deed in deeds}
    if b"" in digests:
        return [head.story for head in storage.tips() if head.recorded >= first]
    return sorted(filter(None, map(storage.named, digests)))


def _check_last(storage: Storage, kept: History, rows: list[Row], last: int) -> None:
    story, number = kept.story, rows[-1].number
    if number != len(kept):
        raise Conflict(f"{story} went on to version {len(kept)} since: it stays", story=story, number=number)
    seen = storage.sightings(story)
    for row in rows:
        if row.number in kept.tombstones:
            raise Conflict(f"something was erased of {story}@{row.number}: it stays", story=story)
        if seen.get(row.number, 0) > last:
            raise Conflict(f"{story}@{row.number} was seen again since: it stays", story=story)
