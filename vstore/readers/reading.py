"""What a reader found in a file, and how that becomes a wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from vstore import dates
from vstore.errors import BadReference, BadWire
from vstore.facts import make_facts
from vstore.model import FACT_NAMES, Wire

OTHER_NAMES = {"dated": "date", "title": "headline"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as read: `date` as written there, `facts` by name with all that has no name in `extra`.

    `charset` is Python's name of the encoding, `digest` the SHA-256 of the raw bytes in hex.
    """

    text: str
    reader: str
    story: str | None = None
    date: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    charset: str = "utf-8"
    digest: str = ""


class Reader(Protocol):
    """A wire format: a module with a name, a look at the beginning, and the reading itself."""

    NAME: str

    def sniff(self, text: str) -> bool:
        """True if the file is of this format, or is a broken one of it."""

    def read(self, text: str) -> Reading:
        """What the file says; BadWire if it cannot be read so."""


def to_wire(reading: Reading, story: str, overrides: Mapping[str, Any]) -> Wire:
    """The wire of a file; an override (a fact's name or any other key, or "date") wins unless it is None."""
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
        capture=capture,
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
