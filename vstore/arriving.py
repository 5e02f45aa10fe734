"""A wire that arrives: everything that could make it unfit to be kept is found here, before any lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from vstore import captures, dates
from vstore.blobs import EMPTY
from vstore.errors import BadReference, BadWire
from vstore.facts import canonical_facts
from vstore.model import Facts, Redaction, Wire
from vstore.objects import blob_id, check_story, facts_id
from vstore.oneline import one_line
from vstore.rows import FACTS, TEXT, Tombstone

MAX_TEXT_BYTES = 256 << 20
"""A longer text is refused."""

MAX_CAPTURE_BYTES = 1 << 16
"""Capture notes as JSON may be this long, at most."""


MAX_REASON = 1_000
"""Characters of who erased something, or why, at most."""


class Claim(NamedTuple):
    """Which version an arrival has to become: what it was in the store that it comes from."""

    number: int
    id: bytes
    parent: bytes | None
    at: str | None = None
    """Its effective moment there, which an older vstore found by its date alone; as its JSON form has it."""


class Arrival(NamedTuple):
    """A wire that was read and found fit to be kept.

    The story is empty while it is to be found. Where something was erased, text and facts are what is left,
    and the ids those of what came.
    """

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
    tombstones: tuple[Tombstone, ...] = ()
    first_recorded: int | None = None
    """When the first of the stores took it in that it came through, or it was of another story; else None."""

    @property
    def dated(self) -> str | None:
        """The date as it is kept."""
        return self.date.text if self.date else None

    def lacks(self, part: int) -> bool:
        """Whether something was erased of its text, or of its facts."""
        return any(each.part == part for each in self.tombstones)


def arrive(wire: Wire) -> Arrival:
    """Read a wire: everything that could make it unfit is found here. BadWire says what."""
    story = "" if wire.story is None else wire.story
    for name, value in (("story-id", story), ("text", wire.text)):
        if not isinstance(value, str):
            raise BadWire(f"the {name} is {type(value).__name__}, not a string")
    if wire.story is not None:
        check_story(story)
    try:
        raw = wire.text.encode()
    except UnicodeEncodeError as error:
        raise BadWire(
            f"the text holds a lone surrogate at character {error.start}", story=wire.story
        ) from error
    if len(raw) > MAX_TEXT_BYTES:
        raise BadWire(f"the text is longer than {MAX_TEXT_BYTES >> 20} MiB", story=wire.story)
    canonical = canonical_facts(wire.facts)
    arrival = Arrival(
        story=story,
        text=wire.text,
        length=len(raw),
        text_id=blob_id(raw),
        facts=wire.facts,
        canonical=canonical,
        facts_id=facts_id(canonical),
        date=_date(wire),
        capture=_capture(wire.capture),
    )
    return _without(arrival, wire.redacted) if wire.redacted else arrival


def _without(arrival: Arrival, redacted: Iterable[Redaction]) -> Arrival:
    """An arrival of which something was erased; BadWire where what is left is not what is told."""
    for each in redacted:
        try:
            part = _PARTS[each.part]
            erased, stands = _id(each.erased), None if each.stands is None else _id(each.stands)
            words, at = (_words(each.who), _words(each.reason)), dates.micros(each.at)
            grave = Tombstone(0, part, erased, stands, (False, True).index(each.alone), at, *words)
        except (KeyError, TypeError, ValueError) as error:
            raise BadWire("what was erased of it is not told as it should be", story=arrival.story) from error
        if arrival.lacks(part):
            raise BadWire(f"it is told twice what was erased of its {each.part}", story=arrival.story)
        left = arrival.facts_id if part else arrival.text_id if arrival.text else None
        if stands != left:
            raise BadWire("what is left of it is not what its redaction says", story=arrival.story)
        arrival = arrival._replace(tombstones=(*arrival.tombstones, grave))
        arrival = arrival._replace(facts_id=erased) if part else arrival._replace(text_id=erased)
    return arrival


def with_notes_cut(arrival: Arrival, before: Arrival, part: int) -> Arrival:
    """An arrival without the notes that have what it had before of its text or facts, and has no more."""
    if part == FACTS:
        left = set(captures.strings(arrival.canonical))
        gone = captures.sharing(each for each in captures.strings(before.canonical) if each not in left)
    elif arrival.text:
        gone = captures.saying(captures.blackened(before.text, arrival.text))
    else:
        gone = captures.sharing([before.text])
    return arrival._replace(capture=captures.without(arrival.capture, gone))


_PARTS = {"text": TEXT, "facts": FACTS}


def _words(told: object) -> str:
    """Who, or why; ValueError for what nobody who erases is called, or may give as a reason."""
    if not isinstance(told, str) or len(told) > MAX_REASON:
        raise ValueError(str(told)[:MAX_REASON])
    return one_line(told)


def _id(digits: str) -> bytes:
    """ValueError for what is no id."""
    found = bytes.fromhex(digits)
    if len(found) != len(EMPTY):
        raise ValueError(digits)
    return found


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
        written = captures.written(notes)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadWire(f"the capture notes are not JSON: {error}") from error
    if len(written) > MAX_CAPTURE_BYTES:
        raise BadWire(f"the capture notes are longer than {MAX_CAPTURE_BYTES >> 10} KiB")
    return written
