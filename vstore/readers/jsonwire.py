"""A line of JSON → a wire.

`story` and `text` are required; facts go by their names, `dated` or `date` is the date, `title` the
headline where there is no other; what `export --jsonl` adds for its readers is ignored; everything
else is `extra`.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from vstore import dates
from vstore.errors import BadReference, BadWire
from vstore.facts import MAX_INTEGER, MAX_NESTING, canonical_facts, make_facts
from vstore.model import FACT_NAMES, MAX_FACTS_BYTES, Facts, Redaction, Version, Wire
from vstore.objects import check_story
from vstore.readers.reading import OTHER_NAMES, Reading, either
from vstore.readers.strictjson import kind, read_object

_IGNORED = (
    {field.name for field in dataclasses.fields(Version)} - {"story", "dated", "facts", "capture", "redacted"}
) | {"outcome", "input"}
_FINDING = ("guid", "url")
_TAKEN = {"state", "lifts"}
"""Ignored only beside the ids of an export: others mean a part of a country by `state`."""
_NAMES = ("story", "text", "date", *FACT_NAMES, "extra", "capture")


def check_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields by vstore's own names; BadReference for a name that is none of them, or comes twice."""
    found: dict[str, str] = {}
    for given, key in fields.items():
        name = OTHER_NAMES.get(given, given)
        if name not in _NAMES:
            raise BadReference(
                f"{given!r} cannot be mapped: there are {', '.join(_NAMES)}", names=list(_NAMES)
            )
        if name in found:
            raise BadReference(f"{name!r} is mapped twice, to {found[name]!r} and {key!r}", name=name)
        found[name] = key
    return found


def read_wire(
    line: bytes, fields: Mapping[str, str], tz: datetime.tzinfo | None = None, *, find: bool = False
) -> Wire:
    """The wire that a line of JSON holds; BadWire, or BadReference for its date, if it is none.

    `find`: the story may be missing where there is a guid or a URL.
    """
    values = read_object(line)
    return wire_of(_renamed(values, fields) if fields else values, len(line), fields, tz, find=find)


def wire_of(
    values: dict[str, Any],
    length: int,
    fields: Mapping[str, str],
    tz: datetime.tzinfo | None = None,
    *,
    find: bool = False,
) -> Wire:
    """As `read_wire`, from the values of a line of so many bytes, which are used up."""
    is_sought = find and values.get("story") is None and any(values.get(name) for name in _FINDING)
    story = values.pop("story", None) if is_sought else _string(values, "story", fields)
    said = _said(values, length, fields, tz)
    if story is not None:
        check_story(story)
    return Wire(story=story, **said._asdict())


def read_line(line: bytes, fields: Mapping[str, str], tz: datetime.tzinfo | None = None) -> Reading:
    """As `read_wire`, for whoever may know the story from elsewhere."""
    values = read_object(line)
    values = _renamed(values, fields) if fields else values
    story = None if values.get("story") is None else _string(values, "story", fields)
    values.pop("story", None)
    said = _said(values, len(line), fields, tz)
    return Reading(
        text=said.text,
        reader="jsonlines",
        story=story,
        date=said.date,
        facts=said.facts.known(),
        digest=hashlib.sha256(line.rstrip(b"\r\n")).hexdigest(),
        capture=said.capture,
    )


class _Said(NamedTuple):
    """What a line says, but for the story."""

    text: str
    date: str | None
    facts: Facts
    capture: dict[str, Any]
    redacted: tuple[Redaction, ...] = ()


def _said(
    values: dict[str, Any], length: int, fields: Mapping[str, str], tz: datetime.tzinfo | None
) -> _Said:
    text = _string(values, "text", fields)
    ignored = _IGNORED if "facts_id" in values else _IGNORED - _TAKEN
    for name in ignored & values.keys():
        del values[name]
    date = _date(either(values, "dated", "date"), tz)
    capture = _capture(values.pop("capture", None))
    redacted = _redacted(values.pop("redacted", None))
    values["headline"] = either(values, "headline", "title")
    facts = make_facts(values)
    if length > MAX_FACTS_BYTES or not _is_simple(facts):
        canonical_facts(facts)
    return _Said(text, date, facts, capture, redacted)


def _is_simple(facts: Facts) -> bool:
    """True if these facts, being from JSON and short, need no closer look to be known as fit to keep."""
    values = [*facts.extra.values(), facts.urgency]
    return not any(isinstance(value, dict | list) or _is_too_great(value) for value in values)


def _is_too_great(value: object) -> bool:
    return isinstance(value, int) and abs(value) > MAX_INTEGER


def _renamed(values: dict[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """The values under vstore's names; a key that would have gone by a mapped name itself is an extra."""
    found = {name: values[key] for name, key in fields.items() if key in values}
    taken = set(fields.values())
    claimed = {*fields, *(other for other, name in OTHER_NAMES.items() if name in fields)}
    rest = {key: value for key, value in values.items() if key not in taken}
    own = {key: rest.pop(key) for key in values if key in claimed and key in rest}
    extra = {key: value for key, value in own.items() if value is not None}
    given = found.get("extra", rest.get("extra")) or {}
    if extra and isinstance(given, dict):
        for key in extra.keys() & given.keys():
            raise BadWire(f"{key!r} is given twice: by itself and in extra", fact="extra")
        rest["extra"] = {**extra, **given}
    return {**found, **rest}


def _string(values: dict[str, Any], name: str, fields: Mapping[str, str]) -> str:
    value, key = values.pop(name, None), fields.get(name, name)
    if isinstance(value, str):
        return value
    shown = repr(name) if key == name else f"{key[:60]!a}, which is the {name},"
    if value is None:
        raise BadWire(f"{shown} is missing", key=key)
    raise BadWire(f"{shown} is {kind(value)}, not a string", key=key)


def _date(value: Any, tz: datetime.tzinfo | None) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadWire(f"the date is {kind(value)}, not a string")
    return dates.parse(value, tz).text


def _capture(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadWire(f"'capture' is {kind(value)}, not an object")
    level: list[Any] = [value]
    for _ in range(MAX_NESTING):
        level = [part for outer in level for part in _parts(outer)]
    if level:
        raise BadWire(f"'capture' is nested more than {MAX_NESTING} levels deep")
    return value


def _redacted(value: Any) -> tuple[Redaction, ...]:
    """What was erased, as an export tells it; BadWire for anything else."""
    if value in (None, []):
        return ()
    try:
        return tuple(Redaction(**each) for each in value)
    except TypeError as error:
        raise BadWire("'redacted' does not say what was erased, as an export does") from error


def _parts(value: Any) -> list[Any]:
    """The objects and lists directly within a JSON value."""
    inner = value.values() if isinstance(value, dict) else value
    return [part for part in inner if isinstance(part, dict | list)]
