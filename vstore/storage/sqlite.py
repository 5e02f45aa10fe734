"""Versions in one SQLite file. apsw brings its own SQLite, free of the WAL-reset bug of older ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from heapq import heappop, heappush
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import apsw

from vstore.errors import Corrupt
from vstore.rows import SHORT, Head, Link, Recount, Row
from vstore.storage import layout
from vstore.storage.layout import FACT, HEAD, PAYLOAD, VERSION, FactsFound, Found
from vstore.storage.schema import ID_PREFIX
from vstore.storage.sqlite_asking import STORY, digest
from vstore.storage.sqlite_origins import Origins
from vstore.storage.sqlite_writing import Transaction

FOUND_MOST = 20
HEADS = 13
"""Columns of a head."""
AT_ONCE = 64
"""Rows of a story that are read at once when the whole store is told, newest first."""

_Rank = tuple[int, bytes, int]
_Ranked = tuple[_Rank, str, Row]

_FACTS = f"SELECT {FACT} FROM fact f WHERE f.story = ?"


class SqliteStorage(Origins):
    """The storage contract on one file; each thread has a connection of its own."""

    def head(self, story: str) -> Head | None:
        found = self._all(f"SELECT {HEAD} FROM head h WHERE digest = ?", digest(story))
        head = layout.head(found[0]) if found else None
        if head and head.story != story:
            raise Corrupt(f"the row of {story} holds another story", story=story)
        return head

    def heads(self) -> Iterator[tuple[Head, Row]]:
        joined = (
            f"SELECT h.story, {HEAD}, {VERSION} FROM head h "
            "LEFT JOIN version v ON v.story = h.story AND v.number = h.current ORDER BY h.name"
        )
        with self._streaming() as connection:
            for key, *found in connection.execute(joined):
                head, columns = layout.head(tuple(found[:HEADS])), tuple(found[HEADS:])
                if columns[0] is None:
                    raise _missing(head.story, head.current)
                yield (
                    head,
                    layout.row(head.story, columns, _facts_of(connection, key, head.story, columns)),
                )

    def names(self) -> Iterator[str]:
        damaged: Corrupt | None = None
        for (name,) in self._streamed("SELECT name FROM head ORDER BY name"):
            try:
                story = layout.name(name)
            except Corrupt as error:
                damaged = error
            else:
                yield story
        if damaged:
            raise damaged

    def rows(self, story: str, after: int = 0) -> list[Row]:
        sql = f"SELECT {VERSION} FROM version v WHERE v.story = {STORY} AND v.number > ? ORDER BY v.number"
        found = self._all(sql, digest(story), after)
        facts = self._facts(story) if found else {}
        return [layout.row(story, each, facts) for each in found]

    def row(self, story: str, number: int) -> Row | None:
        sql = f"SELECT v.story, {VERSION} FROM version v WHERE v.story = {STORY} AND v.number = ?"
        for key, *found in self._all(sql, digest(story), number):
            facts = _facts_of(self._connections.mine(), key, story, found)
            return layout.row(story, tuple(found), facts)
        return None

    def recent(self) -> Iterator[tuple[str, Row]]:
        with self._streaming() as connection:
            heads = connection.execute("SELECT story, name, recorded FROM head ORDER BY recorded DESC, name")
            yield from _newest_first(connection, heads)

    def find(self, prefix: str) -> list[tuple[str, Row]]:
        low = bytes.fromhex(prefix.ljust(64, "0"))
        high = bytes.fromhex(prefix.ljust(64, "f"))
        sql = (
            f"SELECT h.name, h.story, {VERSION} FROM version v JOIN head h ON h.story = v.story "
            f"WHERE substr(v.id, 1, {ID_PREFIX}) BETWEEN ? AND ? AND v.id BETWEEN ? AND ? "
            "ORDER BY v.id LIMIT ?"
        )
        found = self._all(sql, low[:ID_PREFIX], high[:ID_PREFIX], low, high, FOUND_MOST)
        return [self._told(layout.name(name), key, tuple(columns)) for name, key, *columns in found]

    def link(self, story: str, number: int) -> Link | None:
        sql = (
            f"SELECT v.base_back, v.pack, {PAYLOAD} FROM version v "
            "LEFT JOIN payload p ON p.story = v.story AND p.number = coalesce(v.pack, v.number) "
            f"WHERE v.story = {STORY} AND v.number = ? ORDER BY p.part"
        )
        found = self._all(sql, digest(story), number)
        return layout.link(story, number, found) if found else None

    def links(self, story: str, first: int, last: int) -> dict[int, Link]:
        sql = (
            f"SELECT v.number, v.base_back, v.pack, {PAYLOAD} FROM version v "
            "JOIN payload p ON p.story = v.story AND p.number = v.number "
            f"WHERE v.story = {STORY} AND v.number BETWEEN ? AND ? AND v.pack IS NULL "
            "AND v.base_back IS NOT NULL AND v.stored <= ? ORDER BY v.number, p.part"
        )
        links = {}
        found = self._all(sql, digest(story), first, last, SHORT)
        for number, parts in groupby(found, key=itemgetter(0)):
            with suppress(Corrupt):
                links[number] = layout.link(story, number, [part[1:] for part in parts])
        return links

    def dictionary(self, number: int) -> bytes | None:
        for hashed, body in self._all("SELECT digest, body FROM dictionary WHERE number = ?", number):
            if sha256(body).digest() != hashed:
                raise Corrupt(f"dictionary {number} is damaged", dictionary=number)
            return bytes(body)
        return None

    def dictionaries(self) -> list[int]:
        return [number for (number,) in self._all("SELECT number FROM dictionary ORDER BY number")]

    def newest_dictionary(self) -> int | None:
        number: int | None = self._all("SELECT max(number) FROM dictionary")[0][0]
        return number

    def sightings(self, story: str) -> dict[int, int]:
        sql = f"SELECT number, last_seen, checksum FROM sighting WHERE story = {STORY}"
        seen = {}
        for number, moment, check in self._all(sql, digest(story)):
            layout.verify(check, story, number, (number, moment))
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
            layout.verify(check, story, recount.number, recount)
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
    def transaction(self) -> Iterator[Transaction]:
        with self._connections.writing() as connection:
            yield Transaction(connection)

    def compact(self) -> None:
        self._connections.compact()

    def close(self) -> None:
        self._connections.close()

    def _told(self, story: str, key: int, columns: Found) -> tuple[str, Row]:
        return story, layout.row(story, columns, _facts_of(self._connections.mine(), key, story, columns))

    def _facts(self, story: str) -> dict[int, FactsFound]:
        sql = f"SELECT {FACT} FROM fact f WHERE f.story = {STORY}"
        return layout.facts(story, self._all(sql, digest(story)))


def _facts_of(
    connection: apsw.Connection, key: int, story: str, columns: Sequence[Any]
) -> dict[int, FactsFound]:
    """The facts that a version has, by its columns, and the story's first ones, which they are told from."""
    number, facts_back = columns[0], columns[3]
    if not isinstance(number, int) or not isinstance(facts_back, int) or not 0 <= facts_back < number:
        return {}  # a damaged row, as its checksum says
    sql = f"SELECT {FACT} FROM fact f WHERE f.story = ? AND f.number IN (1, ?)"
    return layout.facts(story, connection.execute(sql, (key, number - facts_back)).fetchall())


def _newest_first(connection: apsw.Connection, heads: Iterable[Found]) -> Iterator[tuple[str, Row]]:
    """The versions of all stories, newest recorded first; `heads` come by their newest one.

    A story's rows are read once all that is newer than they has been told.
    """
    waiting: list[tuple[_Rank, str, Row, Iterator[_Ranked]]] = []
    for key, raw, recorded in heads:
        while waiting and waiting[0][0] < (-recorded,):
            yield _next(waiting)
        _wait(waiting, _newest_of(connection, key, raw))
    while waiting:
        yield _next(waiting)


def _next(waiting: list[tuple[_Rank, str, Row, Iterator[_Ranked]]]) -> tuple[str, Row]:
    _, story, row, rest = heappop(waiting)
    _wait(waiting, rest)
    return story, row


def _wait(waiting: list[tuple[_Rank, str, Row, Iterator[_Ranked]]], rows: Iterator[_Ranked]) -> None:
    for rank, story, row in islice(rows, 1):
        heappush(waiting, (rank, story, row, rows))


def _newest_of(connection: apsw.Connection, key: int, raw: bytes) -> Iterator[_Ranked]:
    """A story's versions, the one that came last first."""
    story, facts = layout.name(raw), dict[int, FactsFound]()
    sql = (
        f"SELECT {VERSION} FROM version v WHERE v.story = ? AND v.number < ? "
        f"ORDER BY v.number DESC LIMIT {AT_ONCE}"
    )
    before = 1 << 62
    while found := connection.execute(sql, (key, before)).fetchall():
        facts = facts or layout.facts(story, connection.execute(_FACTS, (key,)).fetchall())
        for each in found:
            row = layout.row(story, each, facts)
            yield (-row.recorded, raw, -row.number), story, row
            before = row.number


def _missing(story: str, number: int) -> Corrupt:
    return Corrupt(f"version {number} of {story} is missing", story=story, number=number)
