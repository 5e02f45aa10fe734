"""Rows as the columns of the schema, and back: what is shortened there, and which checksum proves it.

A checksum is over what a row means, not over how its columns tell it (see `checksum`), so that the same
one proves a row in every format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import NamedTuple

from vstore.blobs import blob_id
from vstore.dates import iso_seconds
from vstore.errors import Corrupt
from vstore.rows import Head, Link, Payload, Row
from vstore.storage.checksum import Column, checksum
from vstore.storage.database import Found

VERSION = """v.number, v.id, v.text_id, v.facts_back, v.dated, v.at, v.recorded, v.previous_back,
    v.added_words, v.removed_words, v.words, v.length, v.base_back, v.depth, v.stored, v.pack, v.capture,
    v.first_recorded, v.checksum"""
FACT = "f.number, f.head, f.tail, f.body, f.id, f.checksum"
HEAD = """h.name, h.versions, h.tip, h.clock, h.current, h.at, h.late, h.recorded, h.text_bytes,
    h.stored_bytes, h.keyframes, h.repacked, h.rewritten, h.checksum"""
PAYLOAD = "p.body, p.codec, p.dictionary, p.checksum, p.part"

LONG = 8_000
"""Longer bodies are cut into longer parts."""


class FactsFound(NamedTuple):
    """A story's facts at a version, and their id."""

    id: bytes
    canonical: bytes


def version_columns(story: str, row: Row, facts_at: int) -> tuple[Column, ...]:
    """A version as columns."""
    told = row._replace(
        dated=_shortened(row.dated, row.at),
        previous=_back(row.number, row.previous),
        base=_back(row.number, row.base),
    )
    check = row_checksum(story, row, facts_at)
    *columns, first_recorded = told[5:]
    return (row.number, row.id, row.text_id, row.number - facts_at, *columns, check, first_recorded)


def row(story: str, found: Found, facts: Mapping[int, FactsFound]) -> Row:
    """A version from its columns and the facts of its story; Corrupt where they are not what was kept."""
    lies = as_it_lies(story, found, facts)
    if lies is None or not lies.is_intact:
        raise Corrupt(f"the row of {story}@{found[0]} is damaged", story=story, number=found[0])
    made = lies.row
    if not made.facts_id:
        where = {"story": story, "number": made.number}
        raise Corrupt(f"the facts of {story}@{made.number} are damaged or missing", **where)
    return made


class Lying(NamedTuple):
    """A version as its columns tell it, and whether that is what was kept; no facts where there are none."""

    row: Row
    facts_at: int
    is_intact: bool


def as_it_lies(story: str, found: Found, facts: Mapping[int, FactsFound]) -> Lying | None:
    """A version from its columns, damaged or not; None where one is of another kind."""
    try:
        number, version_id, text_id, facts_back, *columns, check = found
        dated, at, recorded, previous_back, added, removed, words, length, base_back, *rest = columns
        facts_at, base = number - facts_back, _back(number, base_back)
        counts: Found = (_back(number, previous_back), added, removed, words, length, base)
        known = facts.get(facts_at, FactsFound(b"", b""))
        told = _lengthened(dated, at)
        made = Row(number, version_id, text_id, *known, told, at, recorded, *counts, *rest)
        intact = check == row_checksum(story, made, facts_at)
        # Text and bytes have one checksum: a bit of the cell's kind may have turned.
        intact = intact and {type(each) for each in (version_id, text_id, made.capture)} == {bytes}
        intact = intact and (told is None or type(told) is str)
        intact = intact and (made.first_recorded is None or type(made.first_recorded) is int)
    except (TypeError, ValueError, OverflowError):  # a column of another kind
        return None
    return Lying(made, facts_at, intact)


def _back(number: int, other: int | None) -> int | None:
    """How far before a version another is; and the other, from how far."""
    return None if other is None else number - other


def fact_columns(story: str, row: Row, first: bytes) -> tuple[Column, ...]:
    """Facts as columns: what they have other than the story's first ones."""
    head, tail = (0, 0) if row.number == 1 else _shared(first, row.facts)
    body = row.facts[head : len(row.facts) - tail]
    erased = None if row.facts_id == blob_id(row.facts) else row.facts_id
    return row.number, head, tail, body, checksum(story, row.number, row.facts_id, row.facts), erased


def facts(story: str, found: Iterable[Found]) -> dict[int, FactsFound]:
    """A story's facts by the version that first had them, from their columns; damaged ones are left out.

    Those of version 1 have to be among them.
    """
    rows = list(found)
    first = next((body for number, _, _, body, *_ in rows if number == 1), b"")
    known = {}
    for each in rows:
        canonical = facts_as_they_lie(each, first)
        if canonical is not None:
            erased = each[-2]
            told = FactsFound(blob_id(canonical) if erased is None else erased, canonical)
            if each[-1] == checksum(story, each[0], *told):
                known[each[0]] = told
    return known


def facts_as_they_lie(found: Found, first: bytes) -> bytes | None:
    """Facts from their columns and the story's first ones, damaged or not; None where they cannot be told."""
    _, head, tail, body, *_ = found
    if not (all(map(_is_length, (head, tail))) and type(body) is type(first) is bytes):
        return None
    return first[:head] + body + (first[-tail:] if tail else b"")


def head(found: Found) -> Head:
    """A head from its columns."""
    raw, *columns, check = found
    story = name(raw)
    if check != head_checksum(story, columns):
        raise Corrupt(f"the head of {story} is damaged", story=story)
    return Head(story, *columns)


def head_checksum(story: str, columns: Sequence[Column]) -> int:
    """Of a head's columns; one that was never repacked or rewritten is as heads were before they could be."""
    *columns, repacked, rewritten = columns
    since = (repacked, rewritten) if rewritten else (repacked,) if repacked else ()
    return checksum(story, *columns, *since)


def name(raw: bytes) -> str:
    """A story-id from its bytes."""
    try:
        return raw.decode()
    except (UnicodeDecodeError, AttributeError) as error:
        raise Corrupt("a story-id is damaged", name=str(raw)) from error


def payload_columns(
    story: str, number: int, payload: Payload, parts: tuple[int, int]
) -> Iterator[tuple[Column, ...]]:
    """A payload as columns, a row for each part of it: of `parts` bytes, if it is short or long."""
    codec, body, dictionary = payload
    first, *others = _cut(body, parts[len(body) > LONG])
    yield number, 0, first, codec, dictionary, payload_checksum(story, number, payload)
    for part, each in enumerate(others, 1):
        yield number, part, each, None, None, None


def _cut(body: bytes, size: int) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body) or 1, size)]


def link(story: str, number: int, found: Sequence[Found]) -> Link:
    """Where a text is, from the columns of all parts."""
    back, pack, *_ = found[0]
    payload = _payload(story, pack or number, [each[2:] for each in found])
    if payload is None or not (back is None or type(back) is int):
        raise Corrupt(f"the stored text of {story}@{number} is damaged", story=story, number=number)
    return Link(_back(number, back), pack, payload)


def payload(story: str, number: int, found: Sequence[Found]) -> Payload:
    """A payload from the columns of all parts."""
    known = _payload(story, number, found) if found else None
    if known is None:
        what = "damaged" if found else "missing"
        raise Corrupt(f"the stored text of {story}@{number} is {what}", story=story, number=number)
    return known


def _payload(story: str, number: int, found: Sequence[Found]) -> Payload | None:
    """None where parts are missing or are not what was kept."""
    _, codec, dictionary, check, first = found[0]
    others = [each[1:] for each in found[1:]]
    try:
        payload = Payload(codec, b"".join([each[0] for each in found]), dictionary)
        intact = check == payload_checksum(story, number, payload)
        intact = intact and first == 0
        intact = intact and others == [(None, None, None, part) for part in range(1, len(found))]
    except TypeError:  # there is no payload
        return None
    return payload if intact else None


def whole_payload(
    story: str, number: int, choices: Mapping[int, Sequence[Found]], most: int
) -> Payload | None:
    """The payload that one choice of its parts makes; None where none of the first so many does."""
    ways = product(*(choices[part] for part in sorted(choices)))
    return next(filter(None, (_payload(story, number, way) for way in islice(ways, most))), None)


def verify(check: int, story: str, number: int, columns: tuple[Column, ...]) -> None:
    """Corrupt unless this is the checksum of these columns."""
    if check != checksum(story, *columns):
        raise Corrupt(f"the row of {story}@{number} is damaged", story=story, number=number)


def row_checksum(story: str, row: Row, facts_at: int) -> int:
    """Of a version; one with a payload of its own that no other store had first is as all were once."""
    *columns, pack, capture, first = row[5:]
    since = (pack, first) if first is not None else () if pack is None else (pack,)
    return checksum(story, row.number, row.id, row.text_id, facts_at, *columns, capture, *since)


def payload_checksum(story: str, number: int, payload: Payload) -> int:
    """Of a payload, over its whole body."""
    codec, body, dictionary = payload
    return checksum(story, number, codec, body, *(() if dictionary is None else (dictionary,)))


def _shortened(dated: str | None, at: int) -> str | None:
    """The zone alone, where the date is the effective moment to the second."""
    if dated is not None and len(dated) == 25:
        zone = "Z" if dated.endswith("+00:00") else dated[19:]
        if _lengthened(zone, at) == dated:
            return zone
    return dated


def _lengthened(dated: str | None, at: int) -> str | None:
    if dated == "Z":
        return iso_seconds(at)[:-1] + "+00:00"
    if dated is None or len(dated) != 6 or dated[0] not in "+-":
        return dated
    minutes = int(dated[1:3]) * 60 + int(dated[4:])
    return iso_seconds(at + 60 * (minutes if dated[0] == "+" else -minutes))[:-1] + dated


def _shared(first: bytes, other: bytes) -> tuple[int, int]:
    """How many bytes both begin with, and how many of the others both end with."""
    most = min(len(first), len(other))
    head = next((k for k in range(most) if first[k] != other[k]), most)
    most -= head
    tail = next((k for k in range(most) if first[-1 - k] != other[-1 - k]), most)
    return head, tail


def _is_length(value: object) -> bool:
    return type(value) is int and value >= 0
