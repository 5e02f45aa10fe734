"""Writing to the tables of an SQL engine, within an open transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256

from vstore.errors import Overtaken
from vstore.rows import Entry, Head, Payload, Row
from vstore.storage import layout, sql_shingles
from vstore.storage.checksum import Column, checksum
from vstore.storage.database import Connection, Dialect, Found
from vstore.storage.sql_asking import digest


class Transaction:
    """Writes within an open transaction of one connection."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect
        self.tips: dict[str, Head] = {}
        """By story, of what was kept: what a transaction is known by afterwards."""

    def append(self, entry: Entry, expected: Head | None) -> None:
        story = entry.head.story
        key = self._opened(entry.head) if expected is None else self._moved(entry.head, expected)
        if key is None:
            raise overtaken(story)
        self.tips[story] = entry.head
        self._keep(key, entry)

    def _keep(self, key: int | bytes, entry: Entry) -> None:
        """The rows of a version."""
        story, row = entry.head.story, entry.row
        self._insert("version", (key, *layout.version_columns(story, row, entry.facts_at)))
        if entry.facts_at == row.number:
            first = row.facts if row.number == 1 else entry.first_facts
            first = self._first_facts(key) if first is None else first
            self._insert("fact", (key, *layout.fact_columns(story, row, first)))
        self._put(key, story, row.number, entry.payload)
        for recount in entry.recounts:
            self._insert("recount", (key, *recount, checksum(story, *recount)))

    def repack(
        self, head: Head, expected: Head, payloads: Mapping[int, Payload], rows: Sequence[Row]
    ) -> None:
        story = head.story
        wanted = {payload.dictionary for payload in payloads.values()} - {None}
        there = {number for (number,) in self._all("SELECT number FROM dictionary")}
        key = self._moved(head, expected) if wanted <= there else None
        if key is None:
            raise Overtaken(f"another writer changed {story} first, or dropped what it needs", story=story)
        facts_back = self._facts_back(key, [row.number for row in rows])
        for row in rows:
            self._do("DELETE FROM payload WHERE story = ? AND number = ?", key, row.number)
            if row.number in facts_back:
                self._place(key, story, row, facts_back[row.number])
        for number, payload in payloads.items():
            self._put(key, story, number, payload)

    def saw(self, story: str, number: int, moment: int) -> None:
        check, key = checksum(story, number, moment), digest(story)
        self._do(
            "UPDATE sighting SET last_seen = ?, checksum = ? "
            f"WHERE story = {self._dialect.story} AND number = ? AND last_seen < ?",
            *(moment, check, key, number, moment),
        )
        self._do(
            f"INSERT INTO sighting VALUES ({self._dialect.story}, ?, ?, ?) ON CONFLICT DO NOTHING",
            *(key, number, moment, check),
        )

    def forget(self, story: str) -> None:
        if self._dialect.derived:
            self._do(self._dialect.derived)
        self._do(f"DELETE FROM origin WHERE story = {self._dialect.story}", digest(story))
        sql_shingles.forget(self._all, self._do, story)

    def note(self, key: str, value: str) -> None:
        self._do("UPDATE note SET value = ? WHERE name = ?", value, key)
        self._do("INSERT INTO note VALUES (?, ?) ON CONFLICT DO NOTHING", key, value)

    def add_dictionary(self, body: bytes) -> int:
        digested = sha256(body).digest()
        sql = (
            "INSERT INTO dictionary SELECT coalesce(max(number), 0) + 1, ?, ? FROM dictionary WHERE true "
            "ON CONFLICT DO NOTHING"
        )
        self._do(sql, digested, body)
        number: int = self._all("SELECT number FROM dictionary WHERE digest = ?", digested)[0][0]
        return number

    def drop_dictionaries(self) -> int:
        used = "SELECT dictionary FROM payload WHERE dictionary IS NOT NULL"
        newest = "SELECT max(number) FROM dictionary"  # its number must not be given again
        sql = f"DELETE FROM dictionary WHERE number NOT IN ({used}) AND number < ({newest}) RETURNING number"
        return len(self._all(sql))

    def _put(self, key: int | bytes, story: str, number: int, payload: Payload) -> None:
        for columns in layout.payload_columns(story, number, payload, self._dialect.parts):
            self._insert("payload", (key, *columns))

    def _place(self, key: int | bytes, story: str, row: Row, facts_back: int) -> None:
        check = layout.row_checksum(story, row, row.number - facts_back)
        placed = (row.number - row.base if row.base else None, row.depth, row.stored, row.pack, check)
        self._do(
            "UPDATE version SET base_back = ?, depth = ?, stored = ?, pack = ?, checksum = ? "
            "WHERE story = ? AND number = ?",
            *(*placed, key, row.number),
        )

    def _facts_back(self, key: int | bytes, numbers: Sequence[int]) -> dict[int, int]:
        """How far before these versions those are that first had their facts."""
        sql = "SELECT number, facts_back FROM version WHERE story = ? AND number BETWEEN ? AND ?"
        return dict(self._all(sql, key, min(numbers), max(numbers)) if numbers else ())

    def _first_facts(self, key: int | bytes) -> bytes:
        """The facts of a story's version 1, as they are written."""
        found = self._all("SELECT body FROM fact WHERE story = ? AND number = 1", key)
        return found[0][0] if found else b""

    def _opened(self, head: Head) -> int | None:
        """A new story's key, or None where the story is there already."""
        return self._one(self._dialect.new_head, opening(head))

    def _moved(self, head: Head, expected: Head) -> int | None:
        """The story's key, or None where its head is no longer the expected one."""
        return self._one(moving(self._dialect), moved(head, expected))

    def _one(self, sql: str, bindings: tuple[Column, ...]) -> int | None:
        found = self._all(sql, *bindings)
        return found[0][0] if found else None

    def _all(self, sql: str, *bindings: Column) -> list[Found]:
        return self._connection.execute(sql, bindings).fetchall()

    def _do(self, sql: str, *bindings: Column) -> None:
        """A statement whose answer nobody asks for."""
        self._connection.execute(sql, bindings)

    def _insert(self, table: str, columns: tuple[Column, ...]) -> None:
        self._connection.execute(insertion(table, len(columns)), columns)


def overtaken(story: str) -> Overtaken:
    """What a writer is told whose story has moved."""
    return Overtaken(f"another writer changed {story} first", story=story)


def opening(head: Head) -> tuple[Column, ...]:
    """The bindings of `Dialect.new_head`."""
    name = head.story
    check = layout.head_checksum(name, head[1:])
    return (digest(name), name.encode(), *head[1:-1], check, head.rewritten)


def moved(head: Head, expected: Head) -> tuple[Column, ...]:
    """The bindings of `moving`."""
    new = (*head[1:], layout.head_checksum(head.story, head[1:]))
    return (*new, digest(head.story), expected.versions, expected.tip, expected.repacked)


@cache
def moving(dialect: Dialect) -> str:
    """Puts a head in the place of the expected one, and returns the story's key if that is there."""
    return (
        "UPDATE head SET versions = ?, tip = ?, clock = ?, current = ?, at = ?, late = ?, recorded = ?, "
        "text_bytes = ?, stored_bytes = ?, keyframes = ?, repacked = ?, rewritten = ?, checksum = ? "
        f"WHERE {dialect.digest} = ? AND versions = ? AND tip = ? AND repacked = ? RETURNING story"
    )


@cache
def insertion(table: str, columns: int) -> str:
    """Inserts a row."""
    marks = ", ".join("?" * columns)
    return f"INSERT INTO {table} VALUES ({marks})"
