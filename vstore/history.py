"""A story's versions in their order: which is current, what came before which, which came late."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator, Set
from functools import lru_cache

from vstore import aliases, dates
from vstore.blobs import EMPTY
from vstore.errors import Corrupt
from vstore.facts import read_facts
from vstore.model import Facts
from vstore.rows import FACTS, TEXT, Recount, Row, Tombstone
from vstore.sent import Sent
from vstore.states import Course, Said, may_be_notice, state

Place = tuple[int, int]
"""(effective moment, number): versions are ordered by it."""


@lru_cache(maxsize=4096)
def facts_of(canonical: bytes) -> Facts:
    """Facts from their canonical JSON; versions of a story mostly share them."""
    return read_facts(canonical)


@lru_cache(maxsize=4096)
def _digests_of(canonical: bytes) -> tuple[bytes, ...]:
    return aliases.digests(facts_of(canonical))


@lru_cache(maxsize=4096)
def _item_of(canonical: bytes) -> aliases.Item | None:
    return aliases.item(facts_of(canonical))


class History:
    """The rows of one story. Grows at its end only; everything else is derived from the rows."""

    def __init__(
        self,
        story: str,
        rows: Iterable[Row] = (),
        *,
        rewritten: int = 0,
        tombstones: Iterable[Tombstone] = (),
    ) -> None:
        self.story = story
        self.rewritten = rewritten
        """How often something was erased from it, or its newest version taken back."""
        self.tombstones: dict[int, list[Tombstone]] = {}
        """number → what was erased of that version."""
        self.rows: list[Row] = []
        self.order: list[Place] = []
        self.texts: dict[bytes, int] = {}
        """text id → the first version that had this text, and has it still."""
        self.facts: dict[bytes, int] = {}
        """facts id → the first version that had these facts, and has them still."""
        self._named: tuple[Facts, tuple[bytes, ...]] | None = None
        self._sent, self._sent_until = Sent(), 0
        self._said: dict[int, Facts] = {}
        self._sources: dict[int, str | None] = {}
        self._late: set[int] = set()
        self._moments: list[int] = []
        self._course, self._late_in_course = Course(), 0
        for tombstone in tombstones:
            self.bury(tombstone)
        for row in rows:
            self.append(row)

    def bury(self, tombstone: Tombstone) -> None:
        """Something was erased."""
        self.tombstones.setdefault(tombstone.number, []).append(tombstone)

    def take(self, row: Row, tombstones: Collection[Tombstone], facts: Facts) -> None:
        """As `append`, of a version of which something was erased before it arrived."""
        for each in tombstones:
            self.bury(each)
        self.rewritten += bool(tombstones)
        self.append(row, facts)

    def append(self, row: Row, facts: Facts | None = None) -> None:
        """Take in the version that arrived next; `facts` spare reading them from the row."""
        place = (row.at, row.number)
        if self.order and place < self.order[-1]:
            self._late.add(row.number)
            insort(self.order, place)
        else:
            self.order.append(place)
        self.rows.append(row)
        if facts:
            self._sources[row.number] = facts.source
            if facts.guid and not self.lacks(row.number, FACTS):
                self._said[row.number] = facts
        self._moments.append(self.order[-1][0])
        if not self.lacks(row.number, TEXT):
            self.texts.setdefault(row.text_id, row.number)
        if not self.lacks(row.number, FACTS):
            self.facts.setdefault(row.facts_id, row.number)

    def moment(self, date: dates.Date | None, facts: Facts, tip: int | None = None) -> int:
        """By which a wire that came now would be ordered; or when `tip` was the last one.

        It is that of its date. But of two wires of one source and guid, the one with the lower provider
        version comes first: where the date would have it otherwise, it takes the second before the first
        higher one, or the moment of the last lower one.
        """
        at = dates.effective(date, self.greatest if tip is None else self.greatest_at(tip))
        item = aliases.item(facts)
        if item is None or not self.rows:
            return at
        lower, higher = self.sent.between(item, len(self) if tip is None else tip)
        at = at if lower is None else max(at, lower)
        return at if higher is None else min(at, higher - 1)

    def last_sent(self, facts: Facts, tip: int | None = None) -> Row | None:
        """The last one, or the last until `tip`, that came as the same version of its provider's item."""
        item = aliases.item(facts) if self.rows else None
        number = self.sent.last(item, len(self) if tip is None else tip) if item else None
        return self.row(number) if number else None

    @property
    def sent(self) -> Sent:
        """What providers sent of their items."""
        for row in self.rows[self._sent_until :]:
            facts = self._said.pop(row.number, None)
            if item := aliases.item(facts) if facts else _item_of(row.facts):
                self._sent.add(item, row.number, row.at)
        self._sent_until = len(self.rows)
        return self._sent

    def names_added(self, facts: Facts, facts_id: bytes) -> tuple[bytes, ...]:
        """Digests of what facts say that the story is known by, unless those asked for last said so too."""
        if not (facts.guid or facts.url) or facts_id in self.facts:
            return ()
        last, known = self._named or (None, ())
        if last is not None and aliases.is_named_alike(last, facts):
            return ()
        found = aliases.digests(facts)
        self._named = facts, found
        return tuple([each for each in found if each not in known])

    def unread_names(self) -> None:
        """The version that names were asked for did not come."""
        self._named = None

    def names(self) -> set[bytes]:
        """Digests of all that its facts say that it is known by."""
        return {digest for row in self.rows for digest in _digests_of(row.facts)}

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, number: int) -> Row:
        """The row of a version that is there; Corrupt where only some index still knows of it."""
        try:
            return self.rows[number - 1]
        except IndexError as error:
            where = {"story": self.story, "number": number}
            raise Corrupt(f"version {number} of {self.story} is missing", **where) from error

    @property
    def current(self) -> Row:
        """The version that is last in the order."""
        return self.row(self.order[-1][1])

    @property
    def greatest(self) -> int | None:
        """The greatest effective moment so far; None for a story without versions."""
        return self.order[-1][0] if self.order else None

    def greatest_at(self, number: int) -> int:
        """The greatest effective moment when this version was the tip."""
        return self._moments[number - 1]

    @property
    def standing(self) -> int:
        """As `Head.order`: kept origins hold for one of them."""
        return len(self._late) + self.rewritten

    def text_id(self, row: Row) -> bytes:
        """The id of what stands there as a version's text."""
        erased = (each for each in self.tombstones.get(row.number, ()) if each.part == TEXT)
        return next((each.stands or EMPTY for each in erased), row.text_id)

    def lacks(self, number: int, part: int) -> bool:
        """True where something was erased of that part of a version: TEXT or FACTS."""
        return any(each.part == part for each in self.tombstones.get(number, ()))

    @property
    def late(self) -> Set[int]:
        """Numbers of late wires: each had its place before the last when it arrived."""
        return self._late

    def in_order(self) -> list[Row]:
        """The rows in the story's order."""
        return [self.row(number) for _, number in self.order]

    def at_rank(self, rank: int) -> Row:
        """The version at a place in the story's order, from 0."""
        return self.row(self.order[rank][1])

    def rank(self, row: Row) -> int:
        """Its place in the story's order, from 0."""
        return bisect_left(self.order, (row.at, row.number))

    def source(self, number: int) -> str | None:
        """Who sent a version."""
        if number not in self._sources:
            self._sources[number] = facts_of(self.row(number).facts).source
        return self._sources[number]

    def course(self) -> Course:
        """What follows from the states of its versions; gone on with as it grows, anew after a late wire."""
        if self._late_in_course != len(self._late):
            self._course, self._late_in_course = Course(), len(self._late)
        course = self._course
        for _, number in self.order[course.length :]:
            facts = self.row(number).facts
            if course.standing or may_be_notice(facts):
                course.take(Said(number, self.source(number), state(facts_of(facts))))
            else:
                course.skip()
        return course

    def before(self, place: Place, tip: int | None = None) -> Row | None:
        """The version just before a place, taken or free; of those until `tip` where that is given."""
        last = len(self) if tip is None else tip
        for k in range(bisect_left(self.order, place) - 1, -1, -1):
            if self.order[k][1] <= last:
                return self.row(self.order[k][1])
        return None

    def previous(self, place: Place, source: str | None) -> Row | None:
        """The newest version before a place that is of this source, else the newest of all."""
        index = bisect_left(self.order, place)
        for k in range(index - 1, -1, -1):
            number = self.order[k][1]
            if self.source(number) == source:
                return self.row(number)
        return self.row(self.order[index - 1][1]) if index else None

    def after(self, place: Place) -> Row | None:
        """The version just after a free place."""
        index = bisect_left(self.order, place)
        return self.row(self.order[index][1]) if index < len(self.order) else None

    def following(self, place: Place, source: str | None) -> Iterator[Row]:
        """Versions whose previous one will be a wire of this source that takes a free place."""
        index = bisect_left(self.order, place)
        for k in range(index, len(self.order)):
            moment, number = self.order[k]
            if self.source(number) == source:
                yield self.row(number)
                return
            if k == index:
                before = self.previous((moment, number), self.source(number))
                if before is None or self.source(before.number) != self.source(number):
                    yield self.row(number)

    def previous_numbers(self) -> dict[int, int | None]:
        """The previous version of every version, in one pass."""
        previous: dict[int, int | None] = {}
        newest: dict[str | None, int] = {}
        last: int | None = None
        for _, number in self.order:
            source = self.source(number)
            previous[number] = newest.get(source, last)
            newest[source] = last = number
        return previous

    def as_of(self, recorded: int) -> History:
        """The story as this store held it at a moment (microseconds)."""
        rows = [row for row in self.rows if row.recorded <= recorded]
        erased = (each for row in rows for each in self.tombstones.get(row.number, ()))
        return History(self.story, rows, rewritten=self.rewritten, tombstones=erased)


def counts(
    row: Row, previous: int | None, recounts: dict[tuple[int, int], Recount]
) -> tuple[int, int] | None:
    """(added, removed) words of a version against `previous`; None where they were never counted."""
    if row.previous == previous:
        return row.added_words, row.removed_words
    found = recounts.get((row.number, previous)) if previous is not None else None
    return (found.added_words, found.removed_words) if found else None


def changed(row: Row, previous: Row | None) -> tuple[str, ...]:
    """What differs from the previous version: "text", and facts by name."""
    if previous is None:
        return ()
    text = ("text",) if row.text_id != previous.text_id else ()
    if row.facts_id == previous.facts_id:
        return text
    return text + tuple(changed_facts(facts_of(previous.facts), facts_of(row.facts)))


def changed_facts(old: Facts, new: Facts) -> dict[str, tuple[object, object]]:
    """Facts that differ, by name: (old, new)."""
    before, after = old.to_dict(), new.to_dict()
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}
