"""Whose rows they are: a story's name, which the checksum of each of its rows covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from vstore.blobs import story_digest
from vstore.errors import BadWire, Corrupt, VstoreError
from vstore.history import facts_of
from vstore.mending import turned
from vstore.mending.other import Other
from vstore.objects import check_story
from vstore.storage import layout
from vstore.storage.sql_remains import Remains

ID = 32
"""Bytes of an id."""


def established(remains: Remains, loose: Iterable[str], other: Other) -> str | None:
    """The name that a row proves; `loose` are those of heads that have no versions. None if none does."""
    tried = set()
    for name in _candidates(remains, loose, other):
        if name not in tried and _can_be(name) and _is_proved(name, remains):
            return name
        tried.add(name)
    return None


def _candidates(remains: Remains, loose: Iterable[str], other: Other) -> Iterator[str]:
    for raw, *_ in remains.heads:
        with suppress(Corrupt):
            yield layout.name(raw)
        if type(raw) is bytes:
            yield from (name for name in turned.texts(raw) if story_digest(name) in remains.digests)
    yield from loose
    yield from _told_by_facts(remains)
    yield from other.named(each for each in remains.digests if not remains.heads)
    yield from other.stories(ids(remains))


def ids(remains: Remains) -> list[bytes]:
    """Of its versions, right or not."""
    return [each[1] for each in remains.versions if type(each[1]) is bytes and len(each[1]) == ID]


def _told_by_facts(remains: Remains) -> Iterator[str]:
    """Story-ids are often what the first facts say as well: an address, a guid, a slug."""
    first = next((body for number, _, _, body, *_ in remains.facts if number == 1), b"")
    with suppress(VstoreError):
        told = facts_of(first).to_dict() if type(first) is bytes else {}
        values = [*told.values(), *(told.get("extra") or {}).values()]
        yield from (value for value in values if isinstance(value, str))


def _can_be(name: str) -> bool:
    try:
        check_story(name)
    except BadWire:
        return False
    return True


def _is_proved(name: str, remains: Remains) -> bool:
    """Whether its digest leads here, or a version or a head has the checksum that goes with this name."""
    if story_digest(name) in remains.digests:
        return True
    lying = (layout.as_it_lies(name, found, {}) for found in remains.versions)
    if any(each and each.is_intact for each in lying):
        return True
    for found in remains.heads:
        with suppress(Corrupt):
            if layout.head(found).story == name:
                return True
    return False
