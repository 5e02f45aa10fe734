"""What a reader is, what it found in a file, and how that becomes a wire."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from vstore import dates
from vstore.errors import BadReference, BadWire
from vstore.facts import make_facts
from vstore.model import FACT_NAMES, Wire
from vstore.readers.charsets import decode
from vstore.readers.source import Source

OTHER_NAMES = {"dated": "date", "title": "headline"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An item as read: `date` as written there, `facts` by name with all that has no name in `extra`.

    `charset` is Python's name of the encoding, `digest` the SHA-256 of the raw bytes in hex: of the item
    where it is a slice of the file, else of the file. `capture` are further notes, which are in no id: what
    extracted the text, when it was crawled.
    """

    text: str
    reader: str
    story: str | None = None
    date: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    charset: str = "utf-8"
    digest: str = ""
    capture: Mapping[str, Any] = field(default_factory=dict)


class How(NamedTuple):
    """What options say: the encoding, which key has what (`--map`), and the zone of times without one."""

    encoding: str | None = None
    fields: Mapping[str, str] = MappingProxyType({})
    tz: datetime.tzinfo | None = None


class Reader(Protocol):
    """A wire format: a module with a name, a look at the beginning, and the reading itself."""

    NAME: str
    ABOUT: str
    """One line for `vstore readers`."""

    def sniff(self, beginning: bytes, source: Source, /) -> bool:
        """True if this is of the format, or is a broken one of it; cheap, and loads no library."""

    def items(self, source: Source, how: How) -> Iterator[Reading | BadWire]:
        """What is in it, streamed where the format allows; a bad item does not end the rest.

        Raises BadWire if there is nothing that could be read.
        """


def as_text(source: Source, how: How, reader: str) -> Reading:
    """All that a source holds as text, its character set and digest: what a reader of text begins with."""
    data = source.whole()
    text, charset = decode(data, how.encoding)
    digest = hashlib.sha256(data).hexdigest()
    return Reading(text=text, reader=reader, charset=charset, digest=digest)


def at_item(number: int, error: BadWire) -> BadWire:
    """The error as one of this item of several, counted from 1; without a traceback, which holds memory."""
    return BadWire(f"item {number}: {error.message}", **{**error.facts, "item": number})


def to_wire(reading: Reading, story: str | None, overrides: Mapping[str, Any]) -> Wire:
    """The wire of an item; an override (a fact's name or any other key, or "date") wins unless it is None."""
    given = {OTHER_NAMES.get(name, name): value for name, value in overrides.items() if value is not None}
    facts = dict(reading.facts)
    extra = {**facts.pop("extra", {}), **given.pop("extra", {})}
    date = given.pop("date", reading.date)
    for name, value in given.items():
        (facts if name in FACT_NAMES else extra)[name] = value
    capture = {"digest": reading.digest, "charset": reading.charset, "reader": reading.reader}
    return Wire(
        story=story,
        text=reading.text,
        date=date,
        facts=make_facts({**facts, "extra": extra}),
        capture={**capture, **reading.capture},
    )


def either(values: dict[str, Any], name: str, other: str) -> Any:
    """Takes a value that goes by two names out of `values`; an `other` that says something else stays."""
    value = values.pop(name, None)
    if value is None:
        return values.pop(other, None)
    if values.get(other) in (None, value):
        values.pop(other, None)
    return value


def check_date(date: str) -> None:
    """Refuses, as BadWire, what a wire gives for a date and is none."""
    try:
        dates.parse(date)
    except BadReference as error:
        raise BadWire(error.message, **error.facts) from error
