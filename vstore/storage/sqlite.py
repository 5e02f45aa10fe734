"""Versions in one SQLite file. apsw brings its own SQLite, free of the WAL-reset bug of older ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import apsw

from vstore.errors import Conflict, Corrupt
from vstore.rows import Entry, Head, Link, Recount, Row
from vstore.storage.checksum import Column, checksum
from vstore.storage.sqlite_asking import STORY, digest
from vstore.storage.sqlite_origins import Origins

_ROW = """v.number, v.id, v.text_id, v.dated, v.at, v.recorded, v.previous, v.added_words,
    v.removed_words, v.words, v.length, v.base, v.depth, v.stored, v.capture, v.facts_at, v.checksum,
    f.id, f.body, f.checksum"""
_ROWS = f"SELECT {_ROW} FROM version v LEFT JOIN fact f ON f.story = v.story AND f.number = v.facts_at"
_HEAD = """h.name, h.versions, h.tip, h.clock, h.current, h.at, h.late, h.recorded, h.text_bytes,
    h.stored_bytes, h.keyframes, h.checksum"""
FOUND_MOST = 20


class SqliteStorage(Origins):
    """The storage contract on one file; each thread has a connection of its own."""

    def head(self, story: str) -> Head | None:
        found = self._all(f"SELECT {_HEAD} FROM head h WHERE digest = ?", digest(story))
        head = _head(found[0]) if found else None
        if head and head.story != story:
            raise Corrupt(f"the row of {story} holds another story", story=story)
        return head

    def heads(self) -> Iterator[tuple[Head, Row]]:
        joined = (
            f"SELECT {_HEAD}, {_ROW} FROM head h "
            "LEFT JOIN version v ON v.story = h.story AND v.number = h.current "
            "LEFT JOIN fact f ON f.story = v.story AND f.number = v.facts_at ORDER BY h.name"
        )
        for found in self._streamed(joined):
            head = _head(found[:12])
            if found[12] is None:
                raise _missing(head.story, head.current)
            yield head, _row(head.story, found[12:])

    def names(self) -> Iterator[str]:
        damaged: Corrupt | None = None
        for (name,) in self._streamed("SELECT name FROM head ORDER BY name"):
            try:
                story = _name(name)
            except Corrupt as error:
                damaged = error
            else:
                yield story
        if damaged:
            raise damaged

    def rows(self, story: str, after: int = 0) -> list[Row]:
        sql = f"{_ROWS} WHERE v.story = {STORY} AND v.number > ? ORDER BY v.number"
        rows = [_row(story, found) for found in self._all(sql, digest(story), after)]
        shared: dict[bytes, bytes] = {}  # most versions have the facts of the one before
        return [row._replace(facts=shared.setdefault(row.facts, row.facts)) for row in rows]

    def recent(self) -> Iterator[tuple[str, Row]]:
        sql = (
            f"SELECT h.name, {_ROW} FROM version v JOIN head h ON h.story = v.story "
            "LEFT JOIN fact f ON f.story = v.story AND f.number = v.facts_at "
            "ORDER BY v.recorded DESC, h.name, v.number DESC"
        )
        for found in self._streamed(sql):
            story = _name(found[0])
            yield story, _row(story, found[1:])

    def find(self, prefix: str) -> list[tuple[str, Row]]:
        low = bytes.fromhex(prefix.ljust(64, "0"))
        high = bytes.fromhex(prefix.ljust(64, "f"))
        sql = (
            f"SELECT h.name, {_ROW} FROM version v JOIN head h ON h.story = v.story "
            "LEFT JOIN fact f ON f.story = v.story AND f.number = v.facts_at "
            "WHERE substr(v.id, 1, 8) BETWEEN ? AND ? AND v.id BETWEEN ? AND ? ORDER BY v.id LIMIT ?"
        )
        rows = self._all(sql, low[:8], high[:8], low, high, FOUND_MOST)
        return [(story := _name(found[0]), _row(story, found[1:])) for found in rows]

    def link(self, story: str, number: int) -> Link | None:
        sql = (
            "SELECT v.base, p.codec, p.body, p.checksum FROM version v "
            "LEFT JOIN payload p ON p.story = v.story AND p.number = v.number "
            f"WHERE v.story = {STORY} AND v.number = ?"
        )
        for base, codec, body, check in self._all(sql, digest(story), number):
            if check != checksum(story, number, codec, body):
                raise Corrupt(f"the stored text of {story}@{number} is damaged", story=story, number=number)
            return Link(base, codec, body)
        return None

    def sightings(self, story: str) -> dict[int, int]:
        sql = f"SELECT number, last_seen, checksum FROM sighting WHERE story = {STORY}"
        seen = {}
        for number, moment, check in self._all(sql, digest(story)):
            _verify(check, story, number, (number, moment))
            seen[number] = moment
        return seen

    def recounts(self, story: str) -> dict[tuple[int, int], Recount]:
        sql = (
            "SELECT number, previous, added_words, removed_words, checksum FROM recount "
            f"WHERE story = {STORY}"
        )
        found = {}
        for *counts, check in self._all(sql, digest(story)):
            recount = Recount(*counts)
            _verify(check, story, recount.number, recount)
            found[recount.number, recount.previous] = recount
        return found

    def notes(self) -> dict[str, str]:
        return dict(self._all("SELECT name, value FROM note"))

    def size(self) -> int:
        return self._connections.size()

    def problems(self) -> Iterator[str]:
        for (finding,) in self._streamed("PRAGMA integrity_check"):
            if finding != "ok":
                yield f"SQLite: {finding}"
        derived = ("origin",) if self._is_there() else ()
        for table in ("version", "fact", "payload", "sighting", "recount", *derived):
            key = "t.story = h.story" if table == "version" else "t.story = h.story AND t.number = h.number"
            owner = "head" if table == "version" else "version"
            sql = f"SELECT count(*) FROM {table} t LEFT JOIN {owner} h ON {key} WHERE h.story IS NULL"
            ((orphans,),) = self._all(sql)
            if orphans:
                yield f"{orphans} row(s) of {table} belong to no {owner}"

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self._connections.reading():
            yield

    @contextmanager
    def transaction(self) -> Iterator[_Transaction]:
        with self._connections.writing() as connection:
            yield _Transaction(connection)

    def close(self) -> None:
        self._connections.close()


class _Transaction:
    """Writes within an open transaction of one connection."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._execute = connection.execute

    def append(self, entry: Entry, expected: Head | None) -> None:
        story = entry.head.story
        key = self._opened(entry.head) if expected is None else self._moved(entry.head, expected)
        if key is None:
            raise Conflict(f"another writer changed {story} first", story=story)
        row = entry.row
        self._insert("version", key, story, *_columns(row, entry.facts_at))
        if entry.facts_at == row.number:
            self._insert("fact", key, story, row.number, row.facts_id, row.facts)
        self._insert("payload", key, story, row.number, entry.codec, entry.body)
        for recount in entry.recounts:
            self._insert("recount", key, story, *recount)

    def saw(self, story: str, number: int, moment: int) -> None:
        check, key = checksum(story, number, moment), digest(story)
        self._execute(
            "UPDATE sighting SET last_seen = ?, checksum = ? "
            f"WHERE story = {STORY} AND number = ? AND last_seen < ?",
            (moment, check, key, number, moment),
        )
        self._execute(
            "INSERT INTO sighting SELECT story, ?, ?, ? FROM head WHERE digest = ? ON CONFLICT DO NOTHING",
            (number, moment, check, key),
        )

    def note(self, key: str, value: str) -> None:
        self._execute("UPDATE note SET value = ? WHERE name = ?", (value, key))
        self._execute("INSERT INTO note VALUES (?, ?) ON CONFLICT DO NOTHING", (key, value))

    def _opened(self, head: Head) -> int | None:
        """A new story's key, or None where the story is there already."""
        sql = (
            "INSERT INTO head SELECT coalesce(max(story), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? "
            "FROM head WHERE true ON CONFLICT DO NOTHING RETURNING story"
        )
        name = head.story.encode()
        bindings = (digest(head.story), name, *head[1:], checksum(head.story, *head[1:]))
        return self._one(sql, bindings)

    def _moved(self, head: Head, expected: Head) -> int | None:
        """The story's key, or None where its head is no longer the expected one."""
        sql = (
            "UPDATE head SET versions = ?, tip = ?, clock = ?, current = ?, at = ?, late = ?, recorded = ?, "
            "text_bytes = ?, stored_bytes = ?, keyframes = ?, checksum = ? "
            "WHERE digest = ? AND versions = ? AND tip = ? RETURNING story"
        )
        new = (*head[1:], checksum(head.story, *head[1:]))
        return self._one(sql, (*new, digest(head.story), expected.versions, expected.tip))

    def _one(self, sql: str, bindings: tuple[Column, ...]) -> int | None:
        found: list[tuple[Any, ...]] = self._execute(sql, bindings).fetchall()
        return found[0][0] if found else None

    def _insert(self, table: str, key: int, story: str, *columns: Column) -> None:
        self._execute(_insertion(table, len(columns) + 2), (key, *columns, checksum(story, *columns)))


@cache
def _insertion(table: str, columns: int) -> str:
    marks = ", ".join("?" * columns)
    return f"INSERT INTO {table} VALUES ({marks})"


def _columns(row: Row, facts_at: int) -> tuple[Column, ...]:
    """A row's columns in the schema's order."""
    return (row.number, row.id, row.text_id, facts_at, *row[5:])


def _row(story: str, found: tuple) -> Row:  # type: ignore[type-arg]
    *columns, facts_at, check, facts_id, facts, facts_check = found
    number, version_id, text_id, *rest = columns
    _verify(check, story, number, (number, version_id, text_id, facts_at, *rest))
    if facts is None or facts_check != checksum(story, facts_at, facts_id, facts):
        raise Corrupt(f"the facts of {story}@{number} are damaged or missing", story=story, number=number)
    return Row(number, version_id, text_id, facts_id, facts, *rest)


def _head(found: tuple) -> Head:  # type: ignore[type-arg]
    name, *columns, check = found
    story = _name(name)
    if check != checksum(story, *columns):
        raise Corrupt(f"the head of {story} is damaged", story=story)
    return Head(story, *columns)


def _name(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Corrupt("a story-id is damaged", name=raw.hex()) from error


def _verify(check: int, story: str, number: int, columns: tuple[Column, ...]) -> None:
    if check != checksum(story, *columns):
        raise Corrupt(f"the row of {story}@{number} is damaged", story=story, number=number)


def _missing(story: str, number: int) -> Corrupt:
    return Corrupt(f"version {number} of {story} is missing", story=story, number=number)
