"""A wire becomes a version: the one way in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from vstore import chain, dates, patch
from vstore.align import edits
from vstore.answers import Edit, Outcome
from vstore.arriving import Arrival, with_notes_cut
from vstore.changes import counted
from vstore.comparing import Comparison, Prepared, compare
from vstore.dictionaries import Sample, Samples
from vstore.errors import Corrupt
from vstore.facts import canonical_facts
from vstore.history import History, facts_of
from vstore.model import Facts
from vstore.objects import Commit, facts_id, version_id
from vstore.refusing import Expected, buried, check_expected, claimed, not_as_claimed
from vstore.rows import FACTS, TEXT, Entry, Head, Payload, Recount, Row, Tombstone
from vstore.sameness import replayed, same
from vstore.shelf import Shelf
from vstore.storage.contract import Writer
from vstore.text import count_words

STRIDE = 32
"""Versions between one and its base, from which on the step is no single one."""

NEAR = 8
"""So many versions are looked at for a base where the one before is none."""

STORIES_IN_A_RUN = 200_000
"""How many stories a run remembers its last match in."""

Clock = Callable[[], int]
"""Microseconds since 1970, UTC."""


class Run:
    """What one run of `add` or `import` has matched: in each story, the highest version number.

    Until a store has a dictionary, `samples` are the texts to train one from. `allow_redacted` has what was
    erased come back. One that `is_resumed` goes on behind all that is there: nothing of it comes again.
    """

    def __init__(self, *, allow_redacted: bool = False, is_resumed: bool = False) -> None:
        self.allow_redacted = allow_redacted
        self.is_resumed = is_resumed
        self.samples = Samples()
        self._matched: OrderedDict[str, int] = OrderedDict()

    def matched(self, story: str) -> int:
        """The number of the last version matched in a story; 0 before the first."""
        return self._matched.get(story, 0)

    def reached(self, history: History) -> int:
        """The number of the last version that it does not come to any more."""
        return len(history) if self.is_resumed else self.matched(history.story)

    def match(self, story: str, number: int) -> None:
        """A wire of the run is, or became, this version."""
        self._matched[story] = max(number, self.matched(story))
        self._matched.move_to_end(story)
        if len(self._matched) > STORIES_IN_A_RUN:
            self._matched.popitem(last=False)

    def go_back(self, matched: Mapping[str, int]) -> None:
        """Forget what was matched in these stories since it was these numbers: it was not kept."""
        for story, number in matched.items():
            if number != self.matched(story):
                self._matched[story] = number


class Kept(NamedTuple):
    """What became of an arrival: a version of this history, made by it or equal to it."""

    history: History
    row: Row
    outcome: Outcome


class Written:
    """What a transaction kept: how many versions, of which story, recorded from when to when."""

    def __init__(self) -> None:
        self.versions = 0
        self.first = self.last = 0
        self.story: str | None = None
        """None where there are several."""
        self.detail: dict[str, Any] = {}
        """More for the journal: ids and numbers, never texts."""

    def add(self, story: str, recorded: int) -> None:
        """One more."""
        if not self.versions:
            self.first, self.last, self.story = recorded, recorded, story
        self.versions += 1
        self.first, self.last = min(self.first, recorded), max(self.last, recorded)
        self.story = story if story == self.story else None


class Intake:
    """Keeps wires through an open transaction; the shelf is the one that its thread reads from."""

    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._shelf = shelf
        self._clock = clock
        self._standing: dict[str, tuple[History, Head | None]] = {}
        self._dictionary: chain.Dictionary | None = None
        self._has_begun = self._has_graves = False
        self.kept = Written()
        self.prepared: Prepared = {}
        """Comparisons made ahead, taken where they are wanted; others are made then."""

    @property
    def shelf(self) -> Shelf:
        """What it reads from: it has what was kept so far."""
        return self._shelf

    def keep(self, writer: Writer, arrival: Arrival, run: Run, *, again: bool, expect: Expected) -> Kept:
        """The version that the wire became, or the one it equals.

        One that claims to be a version becomes it, or is it already; BadWire, and nothing was written, where
        it can be neither.
        """
        story = arrival.story
        history, head = self._standing.get(story) or self._shelf.standing(story)
        if head is None:  # nobody takes it for one of its name that was there before
            history = History(story, rewritten=self._shelf.storage.gone())
        self._standing = {story: (history, head)}  # nobody else writes while this transaction is open
        if not self._has_begun:
            self._has_begun, self._dictionary = True, self._shelf.newest_dictionary()
            self._has_graves = self._shelf.storage.has_graves()
        check_expected(story, head, expect)
        place = (_moment(history, arrival), len(history) + 1)
        now = max(self._clock(), head.recorded if head else 0)
        if arrival.claim:
            if there := claimed(story, history, arrival.claim):
                return Kept(history, there, "same")
            arrival = self._without_what_was_erased(arrival)
        else:
            arrival = self._unless_erased(history, arrival, run)
        if not (arrival.claim or again) and (
            twin := replayed(history, arrival, run.reached(history)) or same(history, place, arrival)
        ):
            writer.saw(story, twin.number, now)
            return Kept(history, twin, "same")
        entry = self._entry(history, head, arrival, (*place, now))
        self.kept.add(story, now)
        if arrival.claim and arrival.claim.id != entry.row.id:
            history.unread_names()
            raise not_as_claimed(story, arrival.claim, f"its id would be {entry.row.id.hex()}")
        writer.append(entry, head)
        history.take(entry.row, entry.tombstones, arrival.facts)
        self._shelf.keep(history, entry.head)
        self._standing = {story: (history, entry.head)}
        if not arrival.tombstones:
            self._shelf.hold(story, entry.row, arrival.text)
        if head is None and self._dictionary is None:
            self._train(writer, run, Sample(story, history.rewritten, arrival.text))
        return Kept(history, entry.row, "changed" if head else "new")

    def _train(self, writer: Writer, run: Run, sample: Sample) -> None:
        if frame := run.samples.add(sample, self._shelf.storage.head):
            self._dictionary = chain.Dictionary(writer.add_dictionary(frame), frame)

    def _erased(self, history: History, arrival: Arrival) -> Tombstone | None:
        """Why a wire must not be kept: its text or facts were erased, from this story or from all."""
        ids = {arrival.text_id, arrival.facts_id}
        here = (each for erased in history.tombstones.values() for each in erased if each.erased in ids)
        there = self._shelf.storage.buried(ids) if self._has_graves else {}
        return next(here, None) or next((why for _, why in there.values()), None)

    def _unless_erased(self, history: History, arrival: Arrival, run: Run) -> Arrival:
        """The arrival; Buried where it was erased here, and neither says so itself nor may come back."""
        if arrival.tombstones:
            return self._without_what_was_erased(arrival)
        if not run.allow_redacted and (erased := self._erased(history, arrival)):
            raise buried(history.story, erased)
        return arrival

    def _without_what_was_erased(self, arrival: Arrival) -> Arrival:
        """A version of another store: it is kept, and what was erased here is not."""
        ids = {arrival.text_id: TEXT, arrival.facts_id: FACTS}
        for erased, (story, why) in (self._shelf.storage.buried(ids) if self._has_graves else {}).items():
            part, before = ids[erased], arrival
            own = [each for each in arrival.tombstones if each.part == part]
            if any(each.stands == why.stands for each in own):
                continue
            left = self._left(story, why) if not own else None  # what two left differently goes whole
            others = [each for each in arrival.tombstones if each.part != part]
            if part == TEXT:
                grave = why._replace(stands=why.stands if left is not None else None)
                arrival = arrival._replace(text=left or "", tombstones=(*others, grave))
            else:
                facts = left.encode() if left else canonical_facts(Facts(source=arrival.facts.source))
                grave = why._replace(stands=facts_id(facts))
                arrival = arrival._replace(canonical=facts, tombstones=(*others, grave))
            arrival = with_notes_cut(arrival, before, part)
        return arrival

    def _left(self, story: str, erased: Tombstone) -> str | None:
        """What is left of a text or of facts where something was erased from them; None for nothing."""
        row = self._shelf.storage.row(story, erased.number) if erased.stands else None
        if row is None:
            return None
        return row.facts.decode() if erased.part == FACTS else self._shelf.stored(story, row)

    def _entry(
        self, history: History, head: Head | None, arrival: Arrival, moment: tuple[int, int, int]
    ) -> Entry:
        at, number, recorded = moment
        clock = dates.clock(arrival.date) if arrival.date else head.clock if head else 0
        previous = history.previous((at, number), arrival.facts.source)
        found = self._compared(history, previous, arrival) if previous else None
        added, removed = (found.added, found.removed) if found else (count_words(arrival.text), 0)
        neighbour = previous or history.after((at, number))
        base, payload = self._stored(history, neighbour, arrival, found)
        row = Row(
            number=number,
            id=version_id(_commit(arrival, head, clock)),
            text_id=arrival.text_id,
            facts_id=arrival.facts_id,
            facts=arrival.canonical,
            dated=arrival.dated,
            at=at,
            recorded=recorded,
            previous=previous.number if previous else None,
            added_words=added,
            removed_words=removed,
            words=_words(history, previous, arrival, added - removed),
            length=arrival.length,
            base=base.number if base else None,
            depth=base.depth + 1 if base else 0,
            stored=len(payload.body),
            pack=None,
            capture=arrival.capture,
            first_recorded=arrival.first_recorded,
        )
        recounts = tuple(self._recounts(history, row, arrival))
        facts_at = number if arrival.lacks(FACTS) else history.facts.get(row.facts_id, number)
        first = history.row(1).facts if history else row.facts
        tombstones = tuple(each._replace(number=number) for each in arrival.tombstones)
        head_now = _moved(history, head, row, clock, rewritten=bool(tombstones))
        said = facts_of(arrival.canonical) if arrival.tombstones else arrival.facts
        names = history.names_added(said, arrival.facts_id)
        return Entry(row, payload, head_now, facts_at, recounts, first, tombstones, names)

    def _compared(self, history: History, before: Row, arrival: Arrival) -> Comparison:
        if before.number in history.tombstones or arrival.tombstones:  # an id says nothing of what is left
            return compare(self._shelf.stored(history.story, before), arrival.text)
        if before.text_id == arrival.text_id:
            return Comparison(patch.delta([Edit("=", arrival.text)] if arrival.text else []), 0, 0)
        prepared = self.prepared.get((before.text_id, arrival.text_id))
        return prepared or compare(self._shelf.stored(history.story, before), arrival.text)

    def _stored(
        self, history: History, neighbour: Row | None, arrival: Arrival, found: Comparison | None
    ) -> tuple[Row | None, Payload]:
        """Base and payload: a patch or the whole text, the shorter; decoded again before it counts."""
        twin = None if arrival.lacks(TEXT) else history.texts.get(arrival.text_id)
        first = twin or (history.texts.get(neighbour.text_id, neighbour.number) if neighbour else None)
        base = history.row(first) if first else None
        if base and base.depth + (not twin) >= chain.MAX_DEPTH:  # one step is left for returns
            base, found = _stop(history, base, arrival.length), None
        payload = self._told(history, base, arrival, None if twin else found)
        if base and not payload.is_patch and (alike := _alike(history, base, arrival.length)):
            other = self._told(history, alike, arrival, None)
            base, payload = (alike, other) if other.is_patch else (base, payload)
        content = chain.content(payload, self._dictionary)
        if base and payload.is_patch:
            content = patch.apply(self._shelf.stored(history.story, base), [content])
        if content != arrival.text:
            raise Corrupt(f"the text of {history.story} would not be read back as it is", story=history.story)
        return base if payload.is_patch else None, payload

    def _told(
        self, history: History, base: Row | None, arrival: Arrival, found: Comparison | None
    ) -> Payload:
        if base is None:
            return chain.whole(arrival.text, self._dictionary)
        delta = (found or self._compared(history, base, arrival)).delta
        return chain.shorter(arrival.text, delta, self._dictionary)

    def _recounts(self, history: History, row: Row, arrival: Arrival) -> Iterator[Recount]:
        """Word counts of the versions that have a late wire as their previous one from now on."""
        for after in history.following((row.at, row.number), arrival.facts.source):
            text = self._shelf.stored(history.story, after)
            yield Recount(after.number, row.number, *counted(edits(arrival.text, text)))


def _words(history: History, previous: Row | None, arrival: Arrival, more: int) -> int:
    """How many words the text has, by what its previous one has, if that is all there."""
    if previous and previous.number in history.tombstones:
        return count_words(arrival.text)
    return (previous.words if previous else 0) + more


def _commit(arrival: Arrival, head: Head | None, clock: int) -> Commit:
    return Commit(
        story=arrival.story,
        text_id=arrival.text_id,
        facts_id=arrival.facts_id,
        parent=head.tip if head else None,
        source=arrival.facts.source,
        clock=clock,
        dated=arrival.dated,
    )


def _moment(history: History, arrival: Arrival) -> int:
    """By which it is ordered: as in the store that it comes from, if that can be so."""
    at = history.moment(arrival.date, arrival.facts)
    by_date = dates.effective(arrival.date, history.greatest)
    if at != by_date and arrival.claim and arrival.claim.at == dates.iso_seconds(by_date):
        return by_date
    return at


def _moved(history: History, head: Head | None, row: Row, clock: int, *, rewritten: bool) -> Head:
    """The head once this row is kept."""
    is_late = history.greatest is not None and row.at < history.greatest
    return Head(
        story=history.story,
        versions=row.number,
        tip=row.id,
        clock=clock,
        current=head.current if head and is_late else row.number,
        at=head.at if head and is_late else row.at,
        late=(head.late if head else 0) + is_late,
        recorded=row.recorded,
        text_bytes=(head.text_bytes if head else 0) + row.length,
        stored_bytes=(head.stored_bytes if head else 0) + row.stored,
        keyframes=(head.keyframes if head else 0) + (row.base is None),
        repacked=head.repacked if head else 0,
        rewritten=history.rewritten + rewritten,
    )


def _stop(history: History, row: Row, length: int) -> Row | None:
    """Another base, where a chain has no room left: where it began to go by single steps.

    If that lies too deep as well, one of the last versions that does not, about as long as the text; or none.
    """
    while row.base is not None and row.number - row.base < STRIDE:
        row = history.row(row.base)
    stops = [row, *history.rows[-2 * STRIDE :]]
    high = [each for each in stops if each.depth < chain.MAX_DEPTH - STRIDE]
    return row if row in high else min(high, key=lambda each: abs(each.length - length), default=None)


def _alike(history: History, base: Row, length: int) -> Row | None:
    """Of the last versions, the base apart, the one nearest in length: what a torn text was before."""
    last = history.rows[-NEAR:]
    others = (row for row in last if row.text_id != base.text_id and row.depth + 1 < chain.MAX_DEPTH)
    return min(others, key=lambda row: abs(row.length - length), default=None)
