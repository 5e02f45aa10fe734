"""Rows that belong to no story: a damaged one becomes another store's that is the same but for the damage.

That is so where the two have one key, or differ in a single column, the checksum among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

from vstore.answers import Problem
from vstore.errors import Corrupt
from vstore.storage.database import Found
from vstore.storage.sql import SqlStorage
from vstore.storage.sql_apart import APART, Table

if TYPE_CHECKING:
    from vstore.storage.contract import Storage


def mend_apart(storage: SqlStorage, other: Storage | None, *, is_copied: bool) -> Iterator[Problem]:
    """Put such rows back. What cannot be had is dropped and told, or left where no copy of it is kept."""
    for table in APART:
        spare = storage.remains().spare_apart(table.name)
        damaged = [row for row in storage.apart(table) if not table.is_intact(row)]
        if not damaged and not spare:
            continue
        theirs = other.apart(table) if isinstance(other, SqlStorage) else ()
        found = _found(table, [*damaged, *spare], chain(spare, theirs))
        dropped = 0
        with storage.mending() as writer:
            for row in damaged:
                if row in found or is_copied:
                    writer.drop_apart(table, row)
            for row in (*damaged, *spare):
                good = found.get(row, row)
                if not writer.has_apart(table, good):
                    if row in found:
                        writer.put_apart(table, good)
                    else:
                        dropped += 1
        if dropped:
            yield Problem(None, None, "lost", f"{dropped} row(s) of {table.name}")


def _found(table: Table, damaged: Iterable[Found], whole: Iterable[Found]) -> dict[Found, Found]:
    """By damaged row, the one that it was."""
    by_key: dict[Found, list[Found]] = {}
    for row in damaged:
        for key in (row[: table.keys], row[-1:]):
            by_key.setdefault(key, []).append(row)
    found: dict[Found, Found] = {}
    with suppress(Corrupt):  # they have their own damage
        for good in whole:
            candidates = [*by_key.get(good[: table.keys], ()), *by_key.get(good[-1:], ())]
            for row in candidates if candidates and table.is_intact(good) else ():
                if row[: table.keys] == good[: table.keys] or _differing(row, good) == 1:
                    found.setdefault(row, good)
    return found


def _differing(one: Found, other: Found) -> int:
    return sum(mine != theirs for mine, theirs in zip(one, other, strict=True))
