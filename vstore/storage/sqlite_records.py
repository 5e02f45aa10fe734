"""Records on the pages of an SQLite file, each read by itself, whatever became of those around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from vstore.storage.schema import PAGE_SIZE
from vstore.storage.sqlite_pages import HEADER, Pages

Value = int | str | bytes | None
"""A fraction, which no table of ours has, counts as the bytes that it takes."""

INDEX_INNER, TABLE_INNER, INDEX_LEAF, TABLE_LEAF = 2, 5, 10, 13
"""Kinds of pages. Tables without rowids lie in trees of indexes, whose inner pages hold rows as well."""

INTEGERS = (0, 1, 2, 3, 4, 6, 8)
"""Bytes of a number, by its kind."""

_MOST = {TABLE_LEAF: PAGE_SIZE - 35}
_INDEX_MOST = (PAGE_SIZE - 12) * 64 // 255 - 23
_LEAST = (PAGE_SIZE - 12) * 32 // 255 - 23
_ON = PAGE_SIZE - 4
"""Bytes of a record on a page of its own; the first four lead to the next."""


class Record(NamedTuple):
    """A row of a table or of an index, which has no rowid."""

    rowid: int | None
    columns: tuple[Value, ...]


class _BrokenError(ValueError):
    """What lies there is no record."""


def children(page: bytes, number: int) -> Iterator[int]:
    """The pages that an inner one leads to."""
    start = HEADER if number == 1 else 0
    if page[start] in {INDEX_INNER, TABLE_INNER}:
        yield int.from_bytes(page[start + 8 : start + 12])
        for at in _cells(page, start):
            yield int.from_bytes(page[at : at + 4])


def records(pages: Pages, number: int) -> Iterator[Record]:
    """What can be read on a page; nothing where it is no page of rows."""
    page = pages[number]
    start = HEADER if number == 1 else 0
    kind = page[start]
    if kind not in {INDEX_INNER, INDEX_LEAF, TABLE_LEAF}:
        return
    for at in _cells(page, start):
        with suppress(_BrokenError):
            size, body = _varint(page, at + 4 * (kind == INDEX_INNER))
            rowid = None
            if kind == TABLE_LEAF:
                rowid, body = _varint(page, body)
                rowid -= (rowid >> 63) << 64
            yield Record(rowid, _values(_payload(pages, page, body, size, kind)))


def _cells(page: bytes, start: int) -> Iterator[int]:
    """Where the cells of a page are."""
    first = start + (12 if page[start] in {INDEX_INNER, TABLE_INNER} else 8)
    count = int.from_bytes(page[start + 3 : start + 5])
    for pointer in range(first, min(first + 2 * count, PAGE_SIZE - 1), 2):
        yield int.from_bytes(page[pointer : pointer + 2])


def _payload(pages: Pages, page: bytes, at: int, size: int, kind: int) -> bytes:
    """A record, from its page and those that it goes on to."""
    most = _MOST.get(kind, _INDEX_MOST)
    here = size
    if size > most:
        here = _LEAST + (size - _LEAST) % _ON
        here = here if here <= most else _LEAST
    if size > pages.count * PAGE_SIZE or at + here > PAGE_SIZE:
        raise _BrokenError
    parts = [page[at : at + here]]
    following = int.from_bytes(page[at + here : at + here + 4])
    left = size - here
    while left > 0:
        if not 1 < following <= pages.count:
            raise _BrokenError
        more = pages[following]
        parts.append(more[4 : 4 + left])
        following = int.from_bytes(more[:4])
        left -= _ON
    return b"".join(parts)


def _values(raw: bytes) -> tuple[Value, ...]:
    size, at = _varint(raw, 0)
    kinds = []
    while at < size:
        kind, at = _varint(raw, at)
        kinds.append(kind)
    if at != size:
        raise _BrokenError
    values = []
    for kind in kinds:
        length = _length(kind)
        values.append(_value(kind, raw[at : at + length]))
        at += length
    if at != len(raw):
        raise _BrokenError
    return tuple(values)


def _length(kind: int) -> int:
    if kind >= 12:
        return (kind - 12) // 2
    if kind in {10, 11}:
        raise _BrokenError
    return INTEGERS[kind] if kind < len(INTEGERS) else 8 if kind == 7 else 0


def _value(kind: int, raw: bytes) -> Value:
    if kind >= 12:
        if kind % 2 == 0:
            return raw
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw
    if kind in {8, 9}:
        return kind - 8
    if kind == 7:
        return raw
    return int.from_bytes(raw, signed=True) if kind else None


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    """A number as SQLite writes it, and where it ends."""
    found = 0
    for each in range(9):
        if at + each >= len(raw):
            raise _BrokenError
        byte = raw[at + each]
        if each == 8:
            return (found << 8) | byte, at + 9
        found = (found << 7) | (byte & 0x7F)
        if byte < 0x80:
            return found, at + each + 1
    raise _BrokenError
