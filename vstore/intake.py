"""A wire becomes a version: the one way in."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from vstore import chain, dates, patch
from vstore.align import edits
from vstore.answers import Edit, Outcome
from vstore.changes import counted
from vstore.comparing import Comparison, Prepared, compare
from vstore.dictionaries import Samples
from vstore.errors import BadReference, BadWire, Conflict, Corrupt
from vstore.extracted import is_extracted_anew
from vstore.facts import canonical_facts
from vstore.history import History, Place, facts_of
from vstore.model import Facts, Wire
from vstore.objects import Commit, blob_id, check_story, facts_id, version_id
from vstore.rows import Entry, Head, Payload, Recount, Row
from vstore.shelf import Shelf
from vstore.storage.contract import Writer
from vstore.text import count_words

MAX_TEXT_BYTES = 256 << 20
"""A longer text is refused."""

MAX_CAPTURE_BYTES = 1 << 16
"""Capture notes as JSON may be this long, at most."""

STRIDE = 32
"""Versions between one and its base, from which on the step is no single one."""

NEAR = 8
"""So many versions are looked at for a base where the one before is none."""

STORIES_IN_A_RUN = 200_000
"""How many stories a run remembers its last match in."""

Clock = Callable[[], int]
"""Microseconds since 1970, UTC."""

Expected = int | str | None
"""The tip that a writer saw: its number (0: no such story yet), its id or a prefix of it; None: any."""


class Run:
    """What one run of `add` or `import` has matched: in each story, the highest version number.

    Until a store has a dictionary, `samples` are the texts to train one from.
    """

    def __init__(self) -> None:
        self.samples = Samples()
        self._matched: OrderedDict[str, int] = OrderedDict()

    def matched(self, story: str) -> int:
        """The number of the last version matched in a story; 0 before the first."""
        return self._matched.get(story, 0)

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


class Claim(NamedTuple):
    """Which version an arrival has to become: what it was in the store that it comes from."""

    number: int
    id: bytes
    parent: bytes | None


class Arrival(NamedTuple):
    """A wire that was read and found fit to be kept."""

    story: str
    text: str
    length: int
    text_id: bytes
    facts: Facts
    canonical: bytes
    facts_id: bytes
    date: dates.Date | None
    capture: bytes
    claim: Claim | None = None

    @property
    def dated(self) -> str | None:
        """The date as it is kept."""
        return self.date.text if self.date else None


class Kept(NamedTuple):
    """What became of an arrival: a version of this history, made by it or equal to it."""

    history: History
    row: Row
    outcome: Outcome


class Intake:
    """Keeps wires through an open transaction; the shelf is the one that its thread reads from."""

    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._shelf = shelf
        self._clock = clock
        self._standing: dict[str, tuple[History, Head | None]] = {}
        self._dictionary: chain.Dictionary | None = None
        self._has_begun = False
        self.prepared: Prepared = {}
        """Comparisons made ahead, taken where they are wanted; others are made then."""

    def keep(self, writer: Writer, arrival: Arrival, run: Run, *, again: bool, expect: Expected) -> Kept:
        """The version that the wire became, or the one it equals.

        One that claims to be a version becomes it, or is it already; BadWire, and nothing was written, where
        it can be neither.
        """
        story = arrival.story
        history, head = self._standing.get(story) or self._shelf.standing(story)
        self._standing = {story: (history, head)}  # nobody else writes while this transaction is open
        if not self._has_begun:
            self._has_begun, self._dictionary = True, self._shelf.newest_dictionary()
        _check_expected(story, head, expect)
        place = (dates.effective(arrival.date, history.greatest), len(history) + 1)
        now = max(self._clock(), head.recorded if head else 0)
        if arrival.claim:
            if there := _claimed(story, history, arrival.claim):
                return Kept(history, there, "same")
        elif not again and (twin := _replayed(history, arrival, run) or _same(history, place, arrival)):
            writer.saw(story, twin.number, now)
            return Kept(history, twin, "same")
        entry = self._entry(history, head, arrival, (*place, now))
        if arrival.claim and arrival.claim.id != entry.row.id:
            raise _not_as_claimed(story, arrival.claim, f"its id would be {entry.row.id.hex()}")
        writer.append(entry, head)
        history.append(entry.row, arrival.facts)
        self._shelf.keep(history, entry.head)
        self._standing = {story: (history, entry.head)}
        self._shelf.hold(story, entry.row.number, arrival.text)
        if head is None and self._dictionary is None and (frame := run.samples.add(arrival.text)):
            self._dictionary = chain.Dictionary(writer.add_dictionary(frame), frame)
        return Kept(history, entry.row, "changed" if head else "new")

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
            words=(previous.words if previous else 0) + added - removed,
            length=arrival.length,
            base=base.number if base else None,
            depth=base.depth + 1 if base else 0,
            stored=len(payload.body),
            pack=None,
            capture=arrival.capture,
        )
        recounts = tuple(self._recounts(history, row, arrival))
        facts_at = history.facts.get(row.facts_id, number)
        first = history.row(1).facts if history else row.facts
        return Entry(row, payload, _moved(history, head, row, clock), facts_at, recounts, first)

    def _compared(self, history: History, before: Row, arrival: Arrival) -> Comparison:
        if before.text_id == arrival.text_id:
            return Comparison(patch.delta([Edit("=", arrival.text)] if arrival.text else []), 0, 0)
        prepared = self.prepared.get((before.text_id, arrival.text_id))
        return prepared or compare(self._shelf.text(history.story, before), arrival.text)

    def _stored(
        self, history: History, neighbour: Row | None, arrival: Arrival, found: Comparison | None
    ) -> tuple[Row | None, Payload]:
        """Base and payload: a patch or the whole text, the shorter; decoded again before it counts."""
        twin = history.texts.get(arrival.text_id)
        base = history.row(twin or history.texts[neighbour.text_id]) if neighbour else None
        if base and base.depth + (not twin) >= chain.MAX_DEPTH:  # one step is left for returns
            base, found = _stop(history, base, arrival.length), None
        payload = self._told(history, base, arrival, None if twin else found)
        if base and not payload.is_patch and (alike := _alike(history, base, arrival.length)):
            other = self._told(history, alike, arrival, None)
            base, payload = (alike, other) if other.is_patch else (base, payload)
        content = chain.content(payload, self._dictionary)
        if base and payload.is_patch:
            content = patch.apply(self._shelf.text(history.story, base), [content])
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
            text = self._shelf.text(history.story, after)
            yield Recount(after.number, row.number, *counted(edits(arrival.text, text)))


def arrive(wire: Wire) -> Arrival:
    """Read a wire: everything that could make it unfit is found here. BadWire says what."""
    for name, value in (("story-id", wire.story), ("text", wire.text)):
        if not isinstance(value, str):
            raise BadWire(f"the {name} is {type(value).__name__}, not a string")
    check_story(wire.story)
    try:
        raw = wire.text.encode()
    except UnicodeEncodeError as error:
        raise BadWire(
            f"the text holds a lone surrogate at character {error.start}", story=wire.story
        ) from error
    if len(raw) > MAX_TEXT_BYTES:
        raise BadWire(f"the text is longer than {MAX_TEXT_BYTES >> 20} MiB", story=wire.story)
    canonical = canonical_facts(wire.facts)
    return Arrival(
        story=wire.story,
        text=wire.text,
        length=len(raw),
        text_id=blob_id(raw),
        facts=wire.facts,
        canonical=canonical,
        facts_id=facts_id(canonical),
        date=_date(wire),
        capture=_capture(wire.capture),
    )


def _date(wire: Wire) -> dates.Date | None:
    try:
        return dates.from_value(wire.date)
    except BadReference as error:
        raise BadWire(error.message, story=wire.story, **error.facts) from error


def _capture(notes: Mapping[str, Any]) -> bytes:
    if not isinstance(notes, Mapping):
        raise BadWire(f"the capture notes are {type(notes).__name__}, not a mapping")
    if not notes:
        return b""
    try:
        written = json.dumps(notes, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise BadWire(f"the capture notes are not JSON: {error}") from error
    if len(written) > MAX_CAPTURE_BYTES:
        raise BadWire(f"the capture notes are longer than {MAX_CAPTURE_BYTES >> 10} KiB")
    return written


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


def _moved(history: History, head: Head | None, row: Row, clock: int) -> Head:
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


def _replayed(history: History, arrival: Arrival, run: Run) -> Row | None:
    """The version that the run matched last, sent again, or one it has not come to yet."""
    matched = run.matched(history.story)
    if 0 < matched < len(history) and not (arrival.date and dates.is_exact(arrival.date)):
        # Its place is the store's choice: choose as when the run came by here the first time.
        moment = dates.effective(arrival.date, history.greatest_at(matched))
        before = history.before((moment, matched + 1), tip=matched)
        if before and _says_the_same(before, arrival):
            return before
    for number in range(matched + 1, len(history) + 1):  # islice would walk there from the first
        row = history.row(number)
        if (row.text_id, row.facts_id, row.dated) == (arrival.text_id, arrival.facts_id, arrival.dated):
            return row
    return None


def _same(history: History, place: Place, arrival: Arrival) -> Row | None:
    """The version just before its place, if it says the same."""
    row = history.before(place)
    return row if row and _says_the_same(row, arrival) else None


def _says_the_same(row: Row, arrival: Arrival) -> bool:
    """Text and facts are equal, date and `extra` apart; or both are what two extractors made of one page."""
    if is_extracted_anew(row.capture, arrival.capture):
        return True
    if row.text_id != arrival.text_id:
        return False
    return row.facts_id == arrival.facts_id or _without_extra(facts_of(row.facts)) == _without_extra(
        arrival.facts
    )


def _without_extra(facts: Facts) -> dict[str, Any]:
    known = facts.known()
    known.pop("extra", None)
    return known


def _claimed(story: str, history: History, claim: Claim) -> Row | None:
    """The version that is claimed, if it is there; BadWire if it is not the next one either."""
    if claim.number <= len(history) and history.row(claim.number).id == claim.id:
        return history.row(claim.number)
    tip = history.rows[-1].id if history else None
    if (claim.number, claim.parent) != (len(history) + 1, tip):
        raise _not_as_claimed(story, claim, "the store has another history of its story")
    return None


def _not_as_claimed(story: str, claim: Claim, why: str) -> BadWire:
    message = f"{story}@{claim.number} cannot be version {claim.id.hex()} here: {why}"
    return BadWire(message, story=story, number=claim.number, id=claim.id.hex())


def _check_expected(story: str, head: Head | None, expect: Expected) -> None:
    if expect is None:
        return
    found: dict[str, Any] = (
        {"number": head.versions, "id": head.tip.hex()} if head else {"number": 0, "id": ""}
    )
    if expect == found["number"] or (
        isinstance(expect, str) and expect and found["id"].startswith(expect.lower())
    ):
        return
    raise Conflict(
        f"{story} is at version {found['number']} now, not at {expect}", story=story, expected=expect, **found
    )
