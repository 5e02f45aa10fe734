"""What every level verifies of a story: its rows, their ids, numbers and order, and its head."""

from __future__ import annotations

from collections.abc import Iterator

from vstore import dates
from vstore.answers import Problem
from vstore.errors import Corrupt, VstoreError
from vstore.history import History, facts_of
from vstore.maintenance import figures
from vstore.objects import Commit, facts_id, version_id
from vstore.rows import FACTS, Head, Row
from vstore.storage.contract import Storage

MOST_MISSING = 1_000
"""So many versions in turn are missed by number."""


def problems(storage: Storage, kept: History, head: Head) -> Iterator[Problem]:
    """Ids follow from what is stored, moments do not fall, and the head says what the versions say."""
    yield from _grave_problems(storage, kept, head)
    clock = recorded = 0
    for row in kept.rows:
        try:
            clock = dates.clock(dates.parse(row.dated)) if row.dated is not None else clock
            yield from _id_problems(kept, row, clock)
        except VstoreError as error:  # intact by its checksum, and yet no date or no facts
            yield Problem(kept.story, row.number, "row", error.message)
        if row.recorded < recorded:
            yield Problem(kept.story, row.number, "recorded", "it was recorded before the version before it")
        recorded = row.recorded
    yield from _head_problems(kept, head, clock)
    yield from _sighting_problems(storage, kept)
    yield from _recount_problems(storage, kept)


def _id_problems(kept: History, row: Row, clock: int) -> Iterator[Problem]:
    if facts_id(row.facts) not in {row.facts_id, *_stands(kept, row.number, FACTS)}:
        yield Problem(kept.story, row.number, "facts", "the facts are not those of their id")
    commit = Commit(
        story=kept.story,
        text_id=row.text_id,
        facts_id=row.facts_id,
        parent=kept.row(row.number - 1).id if row.number > 1 else None,
        source=facts_of(row.facts).source,
        clock=clock,
        dated=row.dated,
    )
    if version_id(commit) != row.id:
        yield Problem(kept.story, row.number, "id", "the id does not follow from what is stored")


def _stands(kept: History, number: int, part: int) -> set[bytes | None]:
    return {each.stands for each in kept.tombstones.get(number, ()) if each.part == part}


def _grave_problems(storage: Storage, kept: History, head: Head) -> Iterator[Problem]:
    """Tombstones are of versions that had what they say, and the head knows of them."""
    found = storage.tombstones(kept.story)
    if found and not head.rewritten:
        yield Problem(kept.story, None, "tombstone", "something was erased, and its head knows nothing of it")
    for each in found:
        row = kept.rows[each.number - 1] if 1 <= each.number <= len(kept) else None
        if row is None or each.erased != (row.facts_id if each.part == FACTS else row.text_id):
            yield Problem(kept.story, each.number, "tombstone", "what was erased was no part of this version")


def _head_problems(kept: History, head: Head, clock: int) -> Iterator[Problem]:
    """What the head says of its versions holds."""
    expected = head._replace(
        clock=clock,
        current=kept.current.number,
        at=kept.current.at,
        late=len(kept.late),
        **figures(kept)._asdict(),
    )
    for name, found, right in zip(head._fields, head, expected, strict=True):
        if found != right:
            yield Problem(kept.story, None, "head", f"{name} is {found}, its versions say {right}")


def _sighting_problems(storage: Storage, kept: History) -> Iterator[Problem]:
    """Each is of a version, and not from before there was one."""
    try:
        sightings = storage.sightings(kept.story)
    except Corrupt as error:
        yield Problem(kept.story, error.facts.get("number"), "sighting", error.message)
        return
    for number, moment in sightings.items():
        if not 1 <= number <= len(kept):
            yield Problem(kept.story, number, "sighting", "there is no such version to be seen again")
        elif moment < kept.row(number).recorded:
            yield Problem(kept.story, number, "sighting", "it was seen again before it was recorded")


def _recount_problems(storage: Storage, kept: History) -> Iterator[Problem]:
    try:
        recounts = storage.recounts(kept.story)
    except Corrupt as error:
        yield Problem(kept.story, error.facts.get("number"), "recount", error.message)
        return
    for number, previous in recounts:
        if not (1 <= number <= len(kept) and 1 <= previous <= len(kept)):
            yield Problem(kept.story, number, "recount", f"it counts against {previous}: one is no version")


def each_damaged(storage: Storage, head: Head) -> Iterator[Row | Problem]:
    """The rows of a story that cannot be read as a whole, one by one: those that can be, and why not."""
    missing = 0
    for number in range(1, head.versions + 1):
        try:
            row = storage.row(head.story, number)
        except Corrupt as error:
            yield Problem(head.story, number, "damaged", error.message)
            continue
        yield row or Problem(head.story, number, "damaged", f"version {number} is missing")
        missing = 0 if row else missing + 1
        if missing > MOST_MISSING:
            return  # whoever says that there are more is wrong himself
