"""Rows as the versions that callers see: beside their previous ones, with words counted and sightings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from vstore import history
from vstore.dates import iso_micros, iso_seconds
from vstore.history import History, facts_of
from vstore.model import Redaction, Version
from vstore.oneline import one_line
from vstore.rows import Recount, Row, Tombstone
from vstore.shelf import Shelf
from vstore.states import state


def versions(shelf: Shelf, kept: History, rows: Iterable[Row]) -> Iterator[Version]:
    """Rows of one story as versions; previous ones, counts and sightings are looked up once."""
    previous = kept.previous_numbers()
    recounts = shelf.storage.recounts(kept.story) if kept.late else {}
    sightings = shelf.storage.sightings(kept.story)
    for row in rows:
        counts = _counts(shelf, kept, row, previous[row.number], recounts)
        yield version(kept, row, previous[row.number], counts, _seen(shelf, sightings.get(row.number)))


def one(shelf: Shelf, kept: History, row: Row) -> Version:
    """One row as a version."""
    before = kept.previous((row.at, row.number), kept.source(row.number))
    previous = before.number if before else None
    recounts = shelf.storage.recounts(kept.story) if row.previous != previous else {}
    counts = _counts(shelf, kept, row, previous, recounts)
    seen = shelf.storage.sightings(kept.story).get(row.number)
    return version(kept, row, previous, counts, _seen(shelf, seen))


def _counts(
    shelf: Shelf, kept: History, row: Row, previous: int | None, recounts: dict[tuple[int, int], Recount]
) -> tuple[int, int]:
    known = history.counts(row, previous, recounts)
    if known is not None or previous is None:
        return known or (row.words, 0)
    from vstore.changes import between  # most logs need no diff library

    texts = (shelf.stored(kept.story, kept.row(previous)), shelf.stored(kept.story, row))
    counted = between(*texts, (kept.story, previous, row.number), {})
    return counted.added_words, counted.removed_words


def _seen(shelf: Shelf, moment: int | None) -> int | None:
    """A sighting, unless it came after the moment asked about."""
    return None if moment and shelf.as_of is not None and moment > shelf.as_of else moment


def version(
    kept: History, row: Row, previous: int | None, counts: tuple[int, int], last_seen: int | None = None
) -> Version:
    """A row as the version that callers see."""
    before, facts = kept.row(previous) if previous else None, facts_of(row.facts)
    parent = kept.row(row.number - 1).id.hex() if row.number > 1 else None
    return Version(
        story=kept.story,
        number=row.number,
        id=row.id.hex(),
        text_id=row.text_id.hex(),
        facts_id=row.facts_id.hex(),
        parent=parent,
        dated=row.dated,
        at=iso_seconds(row.at),
        recorded=iso_micros(row.recorded),
        last_seen=iso_micros(max(last_seen or 0, row.recorded)),
        late=row.number in kept.late,
        previous=previous,
        changed=history.changed(row, before),
        added_words=counts[0],
        removed_words=counts[1],
        words=row.words,
        facts=facts,
        capture=json.loads(row.capture) if row.capture else {},
        base=row.base,
        stored_bytes=row.stored,
        first_recorded=iso_micros(row.first_recorded or row.recorded),
        redacted=tuple(map(redaction, kept.tombstones.get(row.number, ()))),
        state=state(facts),
        lifts=kept.course().lifts.get(row.number),
    )


def redaction(tombstone: Tombstone) -> Redaction:
    """A tombstone as callers see it."""
    return Redaction(
        part="facts" if tombstone.part else "text",
        erased=tombstone.erased.hex(),
        stands=tombstone.stands.hex() if tombstone.stands else None,
        alone=bool(tombstone.alone),
        at=iso_micros(tombstone.at),
        who=one_line(tombstone.who),
        reason=one_line(tombstone.reason),
    )
