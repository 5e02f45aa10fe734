"""Rows that belong to no story: the journal, ids that moved, what was taken from folders. Each by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from vstore.rows import Deed, Finding, Taken
from vstore.storage.checksum import Column, checksum
from vstore.storage.database import Found
from vstore.storage.sql_asking import Asking


class Table(NamedTuple):
    """A table of such rows: its columns, of which the first `keys` find a row, and the kind of each."""

    name: str
    columns: tuple[str, ...]
    keys: int
    kinds: tuple[type, ...]
    may_be_null: str = ""

    def is_intact(self, found: Found) -> bool:
        """Whether a row, its checksum last, is what was kept."""
        *columns, check = found
        named = zip(self.columns, columns, self.kinds, strict=True)
        return check == checksum("", *columns) and all(
            type(column) is kind or (column is None and name == self.may_be_null)
            for name, column, kind in named
        )

    def as_kept(self, found: Found) -> Found | None:
        """A row that is what was kept, but for texts that turned into bytes or the other way round."""
        if len(found) != len(self.columns) + 1:
            return None
        kinds = zip(found, (*self.kinds, int), strict=True)
        row = tuple(_of_kind(column, kind) for column, kind in kinds)
        return row if self.is_intact(row) else None


def _of_kind(column: Any, kind: type) -> Any:
    if kind is bytes and type(column) is str:
        return column.encode()
    return column.decode(errors="replace") if kind is str and type(column) is bytes else column


JOURNAL = Table("journal", Deed._fields, 3, (int, bytes, bytes, str, str, int, int, str), "first")
MOVED = Table("moved", ("id", "became"), 1, (bytes, bytes))
TAKEN = Table("taken", Taken._fields, 2, (bytes, bytes, bytes, int, int, int, int, int))

APART = (JOURNAL, MOVED, TAKEN)


class Apart(Asking):
    """What is verified of them, and read where they are mended."""

    def apart(self, table: Table) -> Iterator[Found]:
        """All rows, as they lie, each with its checksum at its end."""
        with self._database.streaming() as connection:
            yield from connection.execute(f"SELECT {', '.join(table.columns)}, checksum FROM {table.name}")

    def _apart_problems(self) -> Iterator[Finding]:
        there = self._database.tables()
        for table in APART:
            rows = self.apart(table) if table.name in there else iter(())
            if damaged := sum(not table.is_intact(row) for row in rows):
                yield Finding(None, None, f"{damaged} row(s) of {table.name} are damaged")


def columns_of(*columns: Column) -> tuple[Column, ...]:
    """A row as it is kept."""
    return (*columns, checksum("", *columns))
