"""What an import will ask of texts, guessed a batch ahead and compared by workers in the meantime.

A wrong guess costs its comparison and no more: what is kept never depends on what was guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from vstore.arriving import Arrival
from vstore.errors import BadWire, VstoreError
from vstore.history import History, Place
from vstore.rows import Row
from vstore.shelf import Shelf
from vstore.workers import Task, Workers

MOST_CHARACTERS = 8_000_000
"""Longer pairs are not sent away: copies of them would take too much room."""

Batch = list[Arrival | BadWire]
Latest = dict[str | None, Arrival]
"""A story's last arrival of each source, the newest last."""

_END: Place = (1 << 63, 0)
"""After every version."""


class Forecast(NamedTuple):
    """A batch, the comparisons it is likely to need, and the texts that were read for them."""

    batch: Batch
    tasks: list[Task]
    read: list[tuple[str, Row, str]]


def ahead(batches: Iterable[Batch], shelf: Shelf, workers: Workers) -> Iterator[Batch]:
    """The batches; while one is kept, the next one was read and is being prepared."""
    guesses = Guesses(shelf)
    before: Forecast | None = None
    try:
        for batch in batches:
            forecast = guesses.of(batch)
            workers.give(forecast.tasks)
            if before:
                yield _at_hand(before, shelf)
                workers.forget(before.tasks)
            before = forecast
    except (Exception, KeyboardInterrupt):
        if before:
            yield _at_hand(before, shelf)  # it was read before that, and is kept as with one job
        raise
    if before:
        yield _at_hand(before, shelf)


def _at_hand(forecast: Forecast, shelf: Shelf) -> Batch:
    """The batch, once its older texts are on the shelf again: those of the next one drove them off."""
    for story, row, text in forecast.read:
        shelf.hold(story, row, text)
    return forecast.batch


class Guesses:
    """Which texts the wires of a batch will be compared with, by what is kept and the batch before."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._before: dict[str, Latest] = {}
        self._read: list[tuple[str, Row, str]] = []

    def of(self, batch: Batch) -> Forecast:
        """The comparisons of a batch, in its order."""
        tasks: list[Task] = []
        near: dict[str, Latest] = {}
        latest: dict[str, Latest] = {}
        kept = History("")
        self._read = []
        for arrival in batch:
            if isinstance(arrival, BadWire) or not arrival.story:
                continue
            story = arrival.story
            known = near.setdefault(story, dict(self._before.get(story, {})))
            with suppress(VstoreError):  # whoever keeps the wire will meet it, and tell
                kept = kept if kept.story == story else self._shelf.history(story)
                if task := self._task(arrival, kept, known):
                    tasks.append(task)
            _put(known, arrival)
            _put(latest.setdefault(story, {}), arrival)
        self._before = latest
        return Forecast(batch, tasks, self._read)

    def _task(self, arrival: Arrival, kept: History, near: Latest) -> Task | None:
        old = None if _was_sent_before(arrival, kept) else self._older(arrival, kept, near)
        if not old or old[0] == arrival.text_id or len(old[1]) + len(arrival.text) > MOST_CHARACTERS:
            return None
        return Task((old[0], arrival.text_id), old[1], arrival.text)

    def _older(self, arrival: Arrival, kept: History, near: Latest) -> tuple[bytes, str] | None:
        """Id and text of the newest version of its source, else of the newest of all."""
        source = arrival.facts.source
        found = near.get(source)
        row = None if found else kept.previous(_END, source)
        if row and not (near and kept.source(row.number) != source):
            text = self._shelf.stored(kept.story, row)
            self._read.append((kept.story, row, text))
            return row.text_id, text
        if not found and near:
            found = near[next(reversed(near))]
        return (found.text_id, found.text) if found else None


def _was_sent_before(arrival: Arrival, kept: History) -> bool:
    """A replay, most likely, which is compared with nothing."""
    number = kept.texts.get(arrival.text_id)
    if number is None:
        return False
    row = kept.row(number)
    return (row.facts_id, row.dated) == (arrival.facts_id, arrival.dated)


def _put(latest: Latest, arrival: Arrival) -> None:
    latest.pop(arrival.facts.source, None)
    latest[arrival.facts.source] = arrival
