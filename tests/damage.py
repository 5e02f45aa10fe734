"""Stores that are damaged from outside: rows changed as they lie, or forged with a right checksum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
from backends import Clock, open_store

from vstore.answers import Check
from vstore.checking.scope import Level
from vstore.rows import CHECKPOINT
from vstore.storage import layout
from vstore.storage.checksum import checksum
from vstore.storage.sql import SqlStorage
from vstore.storage.sqlite import SqliteDatabase

SOON = "UPDATE note SET value = 'soon' WHERE name = 'last_gc'"

KEY = "(SELECT story FROM head WHERE name = ?)"


class Damaged:
    """A store's file, closed, to be damaged."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def run(self, sql: str, *bindings: Any) -> list[Any]:
        """A statement, past vstore."""
        connection = apsw.Connection(str(self.place))
        connection.execute("PRAGMA writable_schema = ON").fetchall()
        try:
            return connection.execute(sql, bindings).fetchall()
        finally:
            connection.close()

    def cell(self, table: str, column: str, story: str, number: int) -> None:
        """One cell, changed as a byte in the file might be."""
        where, bindings = f"story = {KEY} AND number = ?", (story.encode(), number)
        where += " AND part = 0" * (table in {"payload", "origin"})
        if table == "head":
            where, bindings = "name = ? OR ? < 0", (story.encode(), number)
        ((value,),) = self.run(f"SELECT {column} FROM {table} WHERE {where}", *bindings)
        changed = value[:-1] + bytes([value[-1] ^ 1]) if isinstance(value, bytes) else (value or 0) + 1
        self.run(f"UPDATE {table} SET {column} = ? WHERE {where}", changed, *bindings)

    def forge(self, story: str, number: int, **columns: Any) -> None:
        """A version's row with other values, and the checksum that they would have."""
        storage = SqlStorage(SqliteDatabase(self.place))
        row = storage.row(story, number)
        storage.close()
        assert row is not None
        where, bindings = f"story = {KEY} AND number = ?", (story.encode(), number)
        ((key, back),) = self.run(f"SELECT story, facts_back FROM version WHERE {where}", *bindings)
        made = (key, *layout.version_columns(story, row._replace(**columns), number - back))
        self.run(f"DELETE FROM version WHERE {where}", *bindings)
        self.run(f"INSERT INTO version VALUES ({', '.join('?' * len(made))})", *made)

    def forge_head(self, story: str, **columns: Any) -> None:
        """A head with other values, and the checksum that they would have."""
        storage = SqlStorage(SqliteDatabase(self.place))
        head = storage.head(story)
        storage.close()
        assert head is not None
        new = head._replace(**columns)
        names = ", ".join(f"{name} = ?" for name in head._fields[1:])
        check = layout.head_checksum(story, new[1:])
        self.run(f"UPDATE head SET {names}, checksum = ? WHERE name = ?", *new[1:], check, story.encode())

    def forge_both(self, story: str, row: dict[str, Any], head: dict[str, Any]) -> None:
        """A story's first row, and its head, which then says the same."""
        self.forge(story, 1, **row)
        self.forge_head(story, **head)

    def put(self, table: str, story: str, *columns: Any) -> None:
        """A row of a story in a small table, with the checksum that it has to have."""
        key = self.run("SELECT story FROM head WHERE name = ?", story.encode())[0][0]
        check = checksum(story, *columns)
        marks = ", ".join("?" * (len(columns) + 2))
        self.run(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", key, *columns, check)

    def payload(self, story: str, number: int, codec: int, body: bytes) -> None:
        """A payload of one part in the place of what is there."""
        key = self.run("SELECT story FROM head WHERE name = ?", story.encode())[0][0]
        self.run("DELETE FROM payload WHERE story = ? AND number = ?", key, number)
        check = checksum(story, number, codec, body)
        self.run("INSERT INTO payload VALUES (?, ?, 0, ?, ?, NULL, ?)", key, number, body, codec, check)


WORDS = ["The", "river", "rose", "by", "a", "metre", "overnight", "and", "cut", "off", "the", "lower", "town"]
"""Of which texts are made; no dictionary is trained from so few."""


def text(number: int) -> str:
    paragraphs = [" ".join([*WORDS[at:], *WORDS[:at], f"({at})"]) for at in range(12)]
    paragraphs[number % 12] = f"Changed by version {number} alone, and by nobody else at all."
    return "\n\n".join(paragraphs)


def make(folder: Path) -> None:
    """`s`: six versions, the fifth late, the third seen again, origins kept; `packed`, `other`, `long`."""
    clock = Clock()
    with open_store("sqlite", folder, clock) as store:
        for number in range(1, 7):
            clock.pass_by(1)
            date = "2019-01-02T12:00Z" if number == 5 else f"2019-01-{number:02}T10:00Z"
            store.add("s", text(number), date=date, source="AB"[number % 2], kind="x")
            if number == 3:
                clock.pass_by(1)
                store.add("s", text(3), date="2019-01-03T11:00Z", source="B", kind="x")
        for number in range(1, 4):
            store.add("packed", text(number), date=f"2019-01-{number:02}")
        store.gc()
        store.add("other", "Nothing happened.", date="2019-01-01")
        for number in range(1, 69):
            store.add("long", text(number), date=f"2019-01-01T00:{number // 60:02}:{number % 60:02}Z")
        for number in (2, 4, 6):
            store.blame("s", number)
        store.blame("long", 30)
        store.blame("long", 68)
        assert store.version("packed", 2).base == 1
        assert store._storage.kept_all("long", CHECKPOINT)
        assert store.fsck(level="deep").ok


def checked(damaged: Damaged, level: Level, **part: object) -> Check:
    with open_store("sqlite", damaged.place.parent, Clock()) as store:
        return store.fsck(level=level, **part)  # type: ignore[arg-type]


def named(check: Check) -> set[tuple[str | None, int | None, str]]:
    return {(problem.story, problem.number, problem.problem) for problem in check.problems}
