"""What the deep level verifies of stored texts: each payload and pack by itself, whoever needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vstore.answers import Problem
from vstore.chain import content, unpacked
from vstore.errors import Corrupt
from vstore.history import History
from vstore.packs import Pack
from vstore.rows import PACK_ZSTD, Payload, Row
from vstore.shelf import Shelf


def problems(shelf: Shelf, kept: History) -> Iterator[Problem]:
    """Every payload can be unpacked, is needed, and says of its versions what their rows say."""
    story, users = kept.story, _users(kept)
    for number in shelf.storage.payloads(story):
        try:
            payload = shelf.storage.payload(story, number)
            found = _disagreements(shelf, payload, number, users)
            yield from (Problem(story, which, "payload", detail) for which, detail in found)
        except Corrupt as error:
            yield Problem(story, number, "payload", error.message)
    yield from _depth_problems(kept)


def _users(kept: History) -> dict[int, list[Row]]:
    """The number of a payload → the versions that it holds."""
    users: dict[int, list[Row]] = {}
    for row in kept.rows:
        users.setdefault(row.pack or row.number, []).append(row)
    return users


def _disagreements(
    shelf: Shelf, payload: Payload, number: int, users: Mapping[int, Sequence[Row]]
) -> Iterator[tuple[int, str]]:
    """(version, what is wrong)"""
    rows = users.get(number, ())
    if not rows:
        yield number, "a payload that no version needs"
    elif sum(row.stored for row in rows) != len(payload.body):
        yield number, f"it has {len(payload.body)} bytes, the rows say other"
    dictionary = shelf.dictionary(payload.dictionary)
    if payload.codec == PACK_ZSTD:
        yield from _pack_disagreements(Pack(unpacked(payload, dictionary)), number, rows)
        return
    content(payload, dictionary)
    for row in rows:
        if row.pack is not None:
            yield row.number, f"its pack {number} is none"


def _pack_disagreements(pack: Pack, number: int, rows: Sequence[Row]) -> Iterator[tuple[int, str]]:
    if pack.first != number:
        yield number, f"a pack that begins with version {pack.first}"
    by_number = {row.number: row for row in rows}
    for held in pack.numbers:
        base, _ = pack.member(held)
        row = by_number.pop(held, None)
        if row is None or row.pack is None:
            yield held, f"pack {number} holds it, and its row says that it is elsewhere"
        elif base != row.base:
            yield held, f"in its pack it is told from {base}, by its row from {row.base}"
    for missing in by_number:
        yield missing, f"its pack {number} does not hold it"


def _depth_problems(kept: History) -> Iterator[Problem]:
    for row in kept.rows:
        if row.base is not None and not 1 <= row.base < row.number:
            continue  # its text cannot be restored: that is told already
        if row.depth != (0 if row.base is None else kept.row(row.base).depth + 1):
            yield Problem(kept.story, row.number, "depth", f"it is not {row.depth} patches from a whole text")
