"""Stories packed anew: by gc, where something was erased from them, or where their newest versions go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import NamedTuple

from vstore import chain, dates, repacking
from vstore.again import until_kept
from vstore.errors import Overtaken, StorageRefused, Unscrubbed
from vstore.history import History
from vstore.maintenance import figures
from vstore.repacking import Told
from vstore.rows import GONE, Head, Payload, Repack, Row
from vstore.shelf import Shelf
from vstore.storage.contract import Storage, Writer

TRAINED = "trained"
"""The note that says how many stories there were."""

ERASING = "erasing"
"""The note that says since when something that was erased may be left in unused room; 0: nothing is."""


def kept(storage: Storage, repacks: list[Repack]) -> list[Repack]:
    """Those that were kept: a story that has another head by now is left to the next gc."""
    try:
        return _kept_together(storage, repacks) if repacks else []
    except Overtaken:  # some engines then give up all that was written with it
        return [] if len(repacks) == 1 else [one for each in repacks for one in kept(storage, [each])]


def _kept_together(storage: Storage, repacks: list[Repack]) -> list[Repack]:
    done = []
    with storage.transaction() as writer:
        for each in repacks:
            with suppress(Overtaken):
                writer.repack(each.head, each.before, each.payloads, each.rows)
                done.append(each)
    return done


def told(shelf: Shelf, history: History, start: int, texts: Mapping[int, str] = {}) -> Iterator[Told]:
    """The versions after so many, as they are packed; with these texts, by number, in the place of theirs."""
    for row in history.rows[start:]:
        text = texts[row.number] if row.number in texts else shelf.stored(history.story, row)
        yield Told(row, text, history.source(row.number))


def packs(
    versions: Iterable[Told], dictionary: chain.Dictionary | None
) -> tuple[dict[int, Payload], list[Row]]:
    """Payloads by number, and the rows that say what is where."""
    payloads: dict[int, Payload] = {}
    rows: list[Row] = []
    for pack in repacking.packed(versions, dictionary):
        payloads[pack.rows[0].number] = pack.payload
        rows += pack.rows
    return payloads, rows


def counted(head: Head, before: list[Row], rows: list[Row]) -> Head:
    """The head of a story in which these rows come in the place of those before."""
    return head._replace(
        stored_bytes=head.stored_bytes + stored(rows) - stored(before),
        keyframes=head.keyframes + _keyframes(rows) - _keyframes(before),
        repacked=head.repacked + 1,
    )


class Changed(NamedTuple):
    """What versions have from now on, by number: other texts, other facts, other capture notes."""

    texts: Mapping[int, str] = {}
    facts: Mapping[int, bytes] = {}
    notes: Mapping[int, bytes] = {}

    def row(self, row: Row) -> Row:
        """A version as it is then."""
        facts, notes = self.facts.get(row.number, row.facts), self.notes.get(row.number, row.capture)
        return row._replace(facts=facts, capture=notes)


def rewritten(shelf: Shelf, story: str, changed: Changed) -> Repack:
    """What becomes of a story of which some versions are changed."""
    found = _anew(shelf, story, changed)
    return found._replace(head=found.head._replace(rewritten=found.before.rewritten + 1))


def _anew(shelf: Shelf, story: str, changed: Changed) -> Repack:
    """All is told anew, with no dictionary: nothing is left of what was there."""
    history, head = _standing(shelf, story)
    those = told(shelf, history, 0, changed.texts)
    payloads, rows = packs((each._replace(row=changed.row(each.row)) for each in those), None)
    unnamed = _unnamed(shelf.storage, history, rows) if changed.facts else ()
    return Repack(counted(head, history.rows, rows), head, payloads, rows, unnamed)


def _standing(shelf: Shelf, story: str) -> tuple[History, Head]:
    history, head = shelf.standing(story)
    if head is None:
        raise Overtaken(f"{story} is gone", story=story)
    return history, head


def take_back(writer: Writer, shelf: Shelf, story: str, versions: int) -> None:
    """Have only so many versions of a story stay."""
    found = _taken_back(shelf, story, versions)
    writer.take_back(found)
    if not versions:  # who knows this story must not take another of its name for it
        writer.note(GONE, str(max(found.head.order, shelf.storage.gone())))


def _taken_back(shelf: Shelf, story: str, versions: int) -> Repack:
    history, head = _standing(shelf, story)
    rows, payloads = history.rows[:versions], dict[int, Payload]()
    if any(row.pack is not None and row.pack <= versions for row in history.rows[versions:]):
        payloads, rows = packs(islice(told(shelf, history, 0), versions), None)
    new = _shortened(head, History(story, rows)) if rows else head._replace(versions=0)
    new = new._replace(repacked=head.repacked + 1, rewritten=head.order + 1)
    return Repack(new, head, payloads, rows if payloads else [], _unnamed(shelf.storage, history, rows))


def _unnamed(storage: Storage, history: History, rows: list[Row]) -> tuple[bytes, ...]:
    """Digests of aliases that a story has no more, once these are its versions."""
    given = {alias.digest for alias in storage.given(history.story)}
    if not rows:
        return tuple(history.names() | given)
    return tuple(history.names() - History(history.story, rows).names() - given)


def _shortened(head: Head, history: History) -> Head:
    """A head as it was once only these versions were there."""
    dated = next((row.dated for row in reversed(history.rows) if row.dated), None)
    return head._replace(
        **figures(history)._asdict(),
        tip=history.rows[-1].id,
        clock=dates.clock(dates.parse(dated)) if dated else 0,
        current=history.current.number,
        at=history.current.at,
        late=len(history.late),
    )


def retire(writer: Writer) -> None:
    """Have no dictionary be used any more, until gc trains a new one; `finish_erasing` drops them."""
    writer.retire()
    writer.note(TRAINED, "0")


def finish_erasing(storage: Storage) -> int:
    """Leave nothing of what was erased in dictionaries that were retired, nor in unused room.

    How many stories were packed anew for it. It may be stopped at any moment, and gone on with. Unscrubbed
    where others, or a full disk, keep it from being done.
    """
    try:
        return _finished(storage)
    except (StorageRefused, Overtaken) as error:
        message = (
            f"what was erased is gone from every answer, but may be left in unused room: {error.message}; "
            "the next gc finishes"
        )
        raise Unscrubbed(message, **error.facts) from error


def _finished(storage: Storage) -> int:
    repacked = 0
    if going := _retired(storage):
        for story in [story for number in going for story in storage.users(number)]:
            until_kept(partial(_vacate, storage, story))
            repacked += 1
        with storage.transaction() as writer:
            writer.drop_dictionaries()
    storage.scrub()
    with storage.transaction() as writer:
        writer.note(ERASING, "0")
    return repacked


def _retired(storage: Storage) -> list[int]:
    """The dictionaries before the mark that stands for them, whatever was trained since."""
    numbers = storage.dictionaries()
    mark = next((number for number in numbers if storage.dictionary(number) == b""), 0)
    return [number for number in numbers if number < mark]


def _vacate(storage: Storage, story: str) -> None:
    """Have a story need no dictionary."""
    with storage.transaction() as writer:
        found = _anew(Shelf(storage), story, Changed())
        writer.repack(found.head, found.before, found.payloads, found.rows)


def stored(rows: list[Row]) -> int:
    """Bytes that the payloads of versions have."""
    return sum(row.stored for row in rows)


def _keyframes(rows: list[Row]) -> int:
    return sum(row.base is None for row in rows)
