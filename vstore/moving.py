"""Stories put right: versions moved to another story, stories merged, split or renamed.

A story-id is part of a version's id. So what moves, and what stood upon it in its story, is kept anew: with
new numbers and ids, taken in now, under the texts, facts and dates that it had. Old ids lead to the new ones,
and a story-id that is gone is an alias of the story that its versions came to.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from vstore import aliasing, rewriting
from vstore.accounts import Moved, Place
from vstore.arriving import Arrival, arrive
from vstore.errors import BadReference, Conflict, UnknownStory, quoted
from vstore.history import History, facts_of
from vstore.intake import Intake, Run
from vstore.journalling import mention
from vstore.model import Wire
from vstore.objects import check_story
from vstore.rows import Row
from vstore.shelf import Shelf
from vstore.storage.contract import Storage, Writer
from vstore.versions import redaction

Writing = Callable[[], AbstractContextManager[tuple[Writer, Intake]]]


class Leaving(NamedTuple):
    """A version that is kept anew: where it was, and the story that it comes to."""

    story: str
    row: Row
    to: str


class Plan(NamedTuple):
    """How many versions each story keeps as they are, and what is kept anew, in this order."""

    kept: dict[str, int]
    leaving: list[Leaving]


def moved(story: str, number: int, to: str) -> Callable[[Storage], Plan]:
    """One version goes to another story; what came after it in its own moves up."""

    def plan(storage: Storage) -> Plan:
        _check_apart(story, to)
        kept = _history(storage, story)
        row, rest = kept.row(number), kept.rows[number:]
        leaving = [Leaving(story, row, to), *(Leaving(story, each, story) for each in rest)]
        return Plan({story: number - 1}, leaving)

    return plan


def merged(story: str, other: str) -> Callable[[Storage], Plan]:
    """All versions of another story come to this one, which keeps its own as they are."""

    def plan(storage: Storage) -> Plan:
        _check_apart(story, other)
        _history(storage, story)
        return Plan({other: 0}, [Leaving(other, row, story) for row in _history(storage, other).rows])

    return plan


def split(story: str, number: int, to: str) -> Callable[[Storage], Plan]:
    """A version and all that arrived after it become a story of their own."""

    def plan(storage: Storage) -> Plan:
        _check_new(storage, to)
        rows = _history(storage, story).rows[number - 1 :]
        return Plan({story: number - 1}, [Leaving(story, row, to) for row in rows])

    return plan


def renamed(story: str, to: str) -> Callable[[Storage], Plan]:
    """All of a story under another story-id."""
    return split(story, 1, to)


def rearrange(
    storage: Storage, writing: Writing, plan: Callable[[Storage], Plan], *, dry_run: bool
) -> tuple[Moved, ...]:
    """Do it, in one transaction; where each version was, and is.

    Raises UnknownStory, BadReference for a story-id that is none, Conflict where one is in the way.
    """
    with writing() as (writer, intake):
        writer.exclude()
        kept, leaving = plan(storage)
        shelf = Shelf(storage)
        arrivals = [_arrival(shelf, each) for each in leaving]
        given = {story: storage.given(story) for story, versions in kept.items() if not versions}
        for story, versions in kept.items():
            rewriting.take_back(writer, shelf, story, versions)
        run = Run(allow_redacted=True)
        found = [intake.keep(writer, each, run, again=True, expect=None) for each in arrivals]
        done = [(each, new.row) for each, new in zip(leaving, found, strict=True)]
        writer.move([(each.row.id, row.id) for each, row in done])
        intake.kept.detail = {"moved": _told(done)}
        for story, known in given.items():
            if storage.head(story) is None:
                itself = aliasing.given(leaving[0].to).digest
                others = [alias for alias in (*known, aliasing.given(story)) if alias.digest != itself]
                writer.name(leaving[0].to, others)
            else:
                writer.name(story, known)
    return tuple(
        Moved(Place(each.story, each.row.number), Place(each.to, row.number), row.id.hex(), dry_run)
        for each, row in done
    )


def _told(done: list[tuple[Leaving, Row]]) -> list[list[Any]]:
    """For the journal: story and number, those of now, and for how many versions in a row that holds."""
    runs: list[list[Any]] = []
    for (story, old, to), new in done:
        place = [mention(story), old.number, mention(to), new.number]
        if runs and place == _next(*runs[-1]):
            runs[-1][-1] += 1
        else:
            runs.append([*place, 1])
    return runs


def _next(story: str, old: int, to: str, new: int, versions: int) -> list[Any]:
    return [story, old + versions, to, new + versions]


def _arrival(shelf: Shelf, leaving: Leaving) -> Arrival:
    """A version as a wire that arrives at its other story."""
    story, row, to = leaving
    erased = shelf.history(story).tombstones.get(row.number, ())
    wire = Wire(
        story=to,
        text=shelf.stored(story, row),
        date=row.dated,
        facts=facts_of(row.facts),
        capture=json.loads(row.capture) if row.capture else {},
        redacted=tuple(map(redaction, erased)),
    )
    return arrive(wire)._replace(first_recorded=row.first_recorded or row.recorded)


def _history(storage: Storage, story: str) -> History:
    kept = Shelf(storage).history(story)
    if not kept:
        raise UnknownStory(f"there is no story {quoted(story)}", story=story)
    return kept


def _check_apart(story: str, other: str) -> None:
    check_story(other)
    if story == other:
        raise BadReference(f"{quoted(story)} is the same story", story=story)


def _check_new(storage: Storage, story: str) -> None:
    check_story(story)
    if storage.head(story):
        raise Conflict(f"there is a story {quoted(story)} already: merge them", story=story)
