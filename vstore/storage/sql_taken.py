"""What was taken in from folders, in the table of an SQL engine."""

from __future__ import annotations

from collections.abc import Iterator

from vstore.errors import Corrupt
from vstore.rows import Finding, Taken
from vstore.storage.checksum import Column, checksum
from vstore.storage.database import Found
from vstore.storage.sql_asking import Asking

COLUMNS = ", ".join(Taken._fields)


class Takings(Asking):
    """The part of the storage contract that is about what was taken in."""

    def taken(self, folder: bytes, file: bytes) -> Taken | None:
        sql = f"SELECT {COLUMNS}, checksum FROM taken WHERE folder = ? AND file = ?"
        found = self._ask(sql, folder, file)
        if found and not _is_intact(found[0]):
            raise Corrupt("what is noted of a file that was taken in is damaged")
        return Taken(*found[0][:-1]) if found else None

    def has_taken(self, folder: bytes) -> bool:
        return bool(self._ask("SELECT 1 FROM taken WHERE folder = ? LIMIT 1", folder))

    def _taken_problems(self) -> Iterator[Finding]:
        found = self._ask(f"SELECT {COLUMNS}, checksum FROM taken")
        if damaged := sum(not _is_intact(row) for row in found):
            yield Finding(None, None, f"{damaged} row(s) of taken are damaged")


def columns_of(taken: Taken) -> tuple[Column, ...]:
    """What is noted of a file, as columns."""
    return (*taken, checksum("", *taken))


def _is_intact(found: Found) -> bool:
    *columns, check = found
    kinds = {type(column) for column in columns[:3]}, {type(column) for column in columns[3:]}
    return kinds == ({bytes}, {int}) and check == checksum("", *columns)
