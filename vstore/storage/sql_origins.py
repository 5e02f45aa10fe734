"""Kept origins in an SQL engine: derived data, which no question and no write ever waits or fails for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from typing import NamedTuple

from vstore.blobs import story_digest
from vstore.errors import VstoreError
from vstore.rows import CHECKPOINT, Kept
from vstore.storage.checksum import Column, checksum
from vstore.storage.database import Connection, Found
from vstore.storage.sql_asking import Asking

PART = 1900
"""Bytes of a body in one row, which then fits a page and needs no other."""


class _Row(NamedTuple):
    """A part of one kept body, in the schema's order."""

    number: int
    kind: int
    part: int
    parts: int
    late: int
    algorithm: int
    asked: int
    body: bytes
    checksum: int


_ROWS = f"SELECT {', '.join(_Row._fields)} FROM origin WHERE story = "


class Origins(Asking):
    """The part of the storage contract that speaks of kept origins."""

    def kept(self, story: str, number: int, kind: int) -> Kept | None:
        found = self._intact(story, "kind = ? AND number = ?", kind, number)
        # A damaged index leads to intact rows of another number.
        return next((each for each in found if (each.number, each.kind) == (number, kind)), None)

    def kept_all(self, story: str, kind: int) -> list[Kept]:
        return [each for each in self._intact(story, "kind = ?", kind) if each.kind == kind]

    def keep(self, story: str, kept: Sequence[Kept], budget: int) -> bool:
        with suppress(VstoreError), self._database.writing_at_once() as connection:
            sql = f"SELECT story, late + rewritten FROM head WHERE {self._database.dialect.digest} = ?"
            for key, late in connection.execute(sql, (story_digest(story),)).fetchall():
                if all(each.late == late for each in kept):
                    keeping = _Keeping(connection, story, key)
                    keeping.replace(kept)
                    keeping.shrink(budget)
                    return True
        return False

    def kept_bytes(self) -> int:
        with suppress(VstoreError):  # unreadable, or a store older than the table
            ((total,),) = self._ask("SELECT coalesce(sum(length(body)), 0) FROM origin")
            return int(total)
        return 0

    def kept_damaged(self, story: str) -> list[int]:
        if "origin" not in self._database.tables():
            return []
        found = _joined(
            story, self._ask(f"{_ROWS}{self._story} ORDER BY kind, number, part", story_digest(story))
        )
        # What became no number at all, the integrity check names.
        return sorted({number for number, kept in found if kept is None and isinstance(number, int)})

    def _intact(self, story: str, which: str, *bindings: Column) -> list[Kept]:
        try:
            rows = self._ask(
                f"{_ROWS}{self._story} AND {which} ORDER BY kind, number, part",
                story_digest(story),
                *bindings,
            )
        except VstoreError:  # unreadable, or a store older than the table: it can be made again
            return []
        return [kept for _, kept in _joined(story, rows) if kept]


class _Keeping:
    """A story's kept origins within an open transaction; `key` stands for the story inside the file."""

    def __init__(self, connection: Connection, story: str, key: Column) -> None:
        self._execute = connection.execute
        self._story = story
        self._key = key

    def replace(self, kept: Sequence[Kept]) -> None:
        """Keep origins, and nothing that they replace or outdate."""
        for each in kept[:1]:
            outdated = "DELETE FROM origin WHERE story = ? AND (late <> ? OR algorithm <> ?)"
            self._execute(outdated, (self._key, each.late, each.algorithm))
        sql = "SELECT coalesce(max(asked), 0) + 1 FROM origin WHERE story = ?"
        ((first,),) = self._execute(sql, (self._key,)).fetchall()
        for asked, each in enumerate(kept, first):
            key = (self._key, each.kind, each.number)
            self._execute("DELETE FROM origin WHERE story = ? AND kind = ? AND number = ?", key)
            self._insert(each, asked)

    def shrink(self, budget: int) -> None:
        """Drop the answers that stand behind the budget, when checkpoints come first and then the newest."""
        summed = (
            "SELECT kind, number, sum(length(body)) OVER (ORDER BY kind = ? DESC, asked DESC) AS total "
            "FROM origin WHERE story = ?"
        )
        surplus = f"SELECT kind, number FROM ({summed}) AS summed WHERE kind <> ? AND total > ?"
        sql = f"DELETE FROM origin WHERE story = ? AND (kind, number) IN ({surplus})"
        self._execute(sql, (self._key, CHECKPOINT, self._key, CHECKPOINT, budget))

    def _insert(self, kept: Kept, asked: int) -> None:
        starts = range(0, len(kept.body) or 1, PART)
        for part, start in enumerate(starts):
            key = (kept.number, kept.kind, part, len(starts))
            columns = (*key, kept.late, kept.algorithm, asked, kept.body[start : start + PART])
            row = (self._key, *columns, checksum(self._story, *columns))
            self._execute("INSERT INTO origin VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def _joined(story: str, found: list[Found]) -> Iterator[tuple[int, Kept | None]]:
    """Each body in one piece, with its version's number; None where a part of it is damaged or missing."""
    for (number, kind), parts in groupby(map(_Row._make, found), key=lambda row: row[:2]):
        rows = list(parts)
        if _is_whole(story, rows):
            body = b"".join(row.body for row in rows)
            yield number, Kept(number, kind, rows[0].late, rows[0].algorithm, body)
        else:
            yield number, None


def _is_whole(story: str, rows: list[_Row]) -> bool:
    """True if all parts are there, undamaged, and were kept together."""
    first, parts = rows[0], len(rows)
    together = [row[2:7] for row in rows] == [(part, parts, *first[4:7]) for part in range(parts)]
    return together and all(row.checksum == checksum(story, *row[:-1]) for row in rows)
