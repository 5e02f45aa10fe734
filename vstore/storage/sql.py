"""Versions in the tables of an SQL engine: what is asked of every engine in the same words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from hashlib import sha256
from heapq import heappop, heappush
from itertools import groupby, islice
from operator import itemgetter

from vstore.blobs import story_digest
from vstore.errors import Corrupt, StorageRefused
from vstore.rows import SHORT, Finding, Head, Link, Payload, Recount, Row
from vstore.storage import layout
from vstore.storage.database import Connection, Found, InDoubtError
from vstore.storage.layout import FACT, HEAD, PAYLOAD, VERSION, FactsFound
from vstore.storage.schema import ID_PREFIX, NUMBERED, OWNERS
from vstore.storage.sql_aliases import Aliases
from vstore.storage.sql_apart import Apart
from vstore.storage.sql_erased import Erased
from vstore.storage.sql_mending import Mending
from vstore.storage.sql_origins import Origins
from vstore.storage.sql_remains import SqlRemains
from vstore.storage.sql_shingles import Shingles
from vstore.storage.sql_taken import Takings
from vstore.storage.sql_writing import Transaction

FOUND_MOST = 20
HEADS, VERSIONS = HEAD.count(",") + 1, VERSION.count(",") + 1
"""Columns of a head and of a version."""
FACTS_MOST = 2
"""Rows of facts that a version needs: the story's first, and its own."""
AT_ONCE = 64
"""Rows of a story that are read at once when the whole store is told, newest first."""

_Rank = tuple[int, bytes, int]
_Ranked = tuple[_Rank, str, Row]

_FACTS_TOO = "LEFT JOIN fact f ON f.story = v.story AND f.number IN (1, v.number - v.facts_back)"
_ITS_FACTS = "LEFT JOIN fact f ON f.story = v.story AND f.number = v.number"
"""Each version with the facts that it was the first to have: with the whole story come all of its facts."""

_FACTS = f"SELECT {FACT} FROM fact f WHERE f.story = ?"


class SqlStorage(Origins, Erased, Aliases, Takings, Shingles, Apart):
    """The storage contract on one database."""

    def head(self, story: str) -> Head | None:
        found = self._ask(
            f"SELECT {HEAD} FROM head h WHERE h.{self._database.dialect.digest} = ?", story_digest(story)
        )
        return head_of(story, found[0]) if found else None

    def heads(self) -> Iterator[tuple[Head, Row]]:
        joined = (
            f"SELECT {HEAD}, {VERSION}, {FACT} FROM head h "
            f"LEFT JOIN version v ON v.story = h.story AND v.number = h.current {_FACTS_TOO} ORDER BY h.name"
        )
        with self._streaming() as connection:
            for columns, parts in groupby(connection.execute(joined), key=itemgetter(slice(HEADS))):
                head, found = layout.head(columns), [part[HEADS:] for part in parts]
                if found[0][0] is None:
                    raise _missing(head.story, head.current)
                yield head, _row(head.story, found)

    def tips(self) -> Iterator[Head]:
        return map(layout.head, self._streamed(f"SELECT {HEAD} FROM head h ORDER BY h.name"))

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
        sql = (
            f"SELECT {VERSION}, {FACT} FROM version v {_ITS_FACTS} "
            f"WHERE v.story = {self._story} AND v.number > ? ORDER BY v.number"
        )
        found = self._ask(sql, story_digest(story), after)
        told = [each[VERSIONS:] for each in found if each[VERSIONS] is not None]
        facts = self._facts(story) if after and found else layout.facts(story, told)
        return [layout.row(story, each[:VERSIONS], facts) for each in found]

    def row(self, story: str, number: int) -> Row | None:
        sql = (
            f"SELECT {VERSION}, {FACT} FROM version v {_FACTS_TOO} "
            f"WHERE v.story = {self._story} AND v.number = ?"
        )
        found = self._ask(sql, story_digest(story), number)
        return _row(story, found) if found else None

    def recent(self) -> Iterator[tuple[str, Row]]:
        with self._streaming() as connection:
            heads = connection.execute("SELECT story, name, recorded FROM head ORDER BY recorded DESC, name")
            yield from _newest_first(connection, heads)

    def find(self, prefix: str) -> list[tuple[str, Row]]:
        low = bytes.fromhex(prefix.ljust(64, "0"))
        high = bytes.fromhex(prefix.ljust(64, "f"))
        sql = (
            f"SELECT h.name, {VERSION}, {FACT} FROM version v JOIN head h ON h.story = v.story {_FACTS_TOO} "
            f"WHERE substr(v.id, 1, {ID_PREFIX}) BETWEEN ? AND ? AND v.id BETWEEN ? AND ? "
            "ORDER BY v.id, v.story, v.number LIMIT ?"
        )
        found = self._ask(sql, low[:ID_PREFIX], high[:ID_PREFIX], low, high, FACTS_MOST * FOUND_MOST)
        versions = groupby(found, key=itemgetter(0, 1, 2))  # story-id, number, id
        told = [(layout.name(name), [part[1:] for part in parts]) for (name, *_), parts in versions]
        return [(story, _row(story, parts)) for story, parts in told[:FOUND_MOST]]

    def link(self, story: str, number: int) -> Link | None:
        sql = (
            f"SELECT v.base_back, v.pack, {PAYLOAD} FROM version v "
            "LEFT JOIN payload p ON p.story = v.story AND p.number = coalesce(v.pack, v.number) "
            f"WHERE v.story = {self._story} AND v.number = ? ORDER BY p.part"
        )
        found = self._ask(sql, story_digest(story), number)
        return layout.link(story, number, found) if found else None

    def links(self, story: str, first: int, last: int) -> dict[int, Link]:
        sql = (
            f"SELECT v.number, v.base_back, v.pack, {PAYLOAD} FROM version v "
            "JOIN payload p ON p.story = v.story AND p.number = v.number "
            f"WHERE v.story = {self._story} AND v.number BETWEEN ? AND ? AND v.pack IS NULL "
            "AND v.base_back IS NOT NULL AND v.stored <= ? ORDER BY v.number, p.part"
        )
        links = {}
        found = self._ask(sql, story_digest(story), first, last, SHORT)
        for number, parts in groupby(found, key=itemgetter(0)):
            with suppress(Corrupt):
                links[number] = layout.link(story, number, [part[1:] for part in parts])
        return links

    def payloads(self, story: str) -> list[int]:
        sql = f"SELECT DISTINCT number FROM payload WHERE story = {self._story} ORDER BY number"
        return [number for (number,) in self._ask(sql, story_digest(story))]

    def payload(self, story: str, number: int) -> Payload:
        sql = (
            f"SELECT {PAYLOAD} FROM payload p WHERE p.story = {self._story} AND p.number = ? ORDER BY p.part"
        )
        return layout.payload(story, number, self._ask(sql, story_digest(story), number))

    def dictionary(self, number: int) -> bytes | None:
        for hashed, body in self._ask("SELECT digest, body FROM dictionary WHERE number = ?", number):
            if not isinstance(body, bytes) or sha256(body).digest() != hashed:
                raise Corrupt(f"dictionary {number} is damaged", dictionary=number)
            return body
        return None

    def dictionaries(self) -> list[int]:
        return [number for (number,) in self._ask("SELECT number FROM dictionary ORDER BY number")]

    def newest_dictionary(self) -> int | None:
        number: int | None = self._ask("SELECT max(number) FROM dictionary")[0][0]
        return number

    def sightings(self, story: str) -> dict[int, int]:
        sql = f"SELECT number, last_seen, checksum FROM sighting WHERE story = {self._story}"
        seen = {}
        for number, moment, check in self._ask(sql, story_digest(story)):
            layout.verify(check, story, number, (number, moment))
            seen[number] = moment
        return seen

    def recounts(self, story: str) -> dict[tuple[int, int], Recount]:
        sql = (
            "SELECT number, previous, added_words, removed_words, checksum FROM recount "
            f"WHERE story = {self._story}"
        )
        found = {}
        for *counts, check in self._ask(sql, story_digest(story)):
            recount = Recount(*counts)
            layout.verify(check, story, recount.number, recount)
            found[recount.number, recount.previous] = recount
        return found

    def notes(self) -> dict[str, str]:
        found = self._ask("SELECT name, value FROM note")
        if not all(isinstance(word, str) for note in found for word in note):
            raise Corrupt("the notes about the whole store are damaged")
        return dict(found)

    def size(self) -> int:
        return self._database.size()

    def problems(self, *, quick: bool = False) -> Iterator[Finding]:
        for finding in self._database.findings(quick=quick):
            yield Finding(None, None, finding)
        there = self._database.tables()
        for table in filter(there.__contains__, OWNERS):
            yield from self._strays(table)
        yield from self._apart_problems()

    def _strays(self, table: str) -> Iterator[Finding]:
        """Rows of a table that belong to nothing, by story and version where a head knows the story."""
        owner = OWNERS[table]
        key = "t.story = h.story" + (" AND t.number = h.number" if owner == "version" else "")
        number = "t.number" if table in NUMBERED else "NULL"
        sql = (
            f"SELECT n.name, {number} AS number, count(*) FROM {table} t LEFT JOIN {owner} h ON {key} "
            "LEFT JOIN head n ON n.story = t.story WHERE h.story IS NULL GROUP BY 1, 2 ORDER BY 1, 2"
        )
        unknown = 0
        for raw, number, rows in self._ask(sql):
            if raw is None:
                unknown += rows
            else:
                yield Finding(layout.name(raw), number, f"{rows} row(s) of {table} belong to no {owner}")
        if unknown:
            yield Finding(None, None, f"{unknown} row(s) of {table} belong to no {owner}")

    def remains(self) -> SqlRemains:
        """What is there of stories, damaged or not."""
        return SqlRemains(self._database)

    @contextmanager
    def mending(self) -> Iterator[Mending]:
        """As `transaction`, for putting stories back."""
        with self._database.writing() as connection:
            yield Mending(connection, self._database.dialect)

    def snapshot(self) -> AbstractContextManager[None]:
        return self._database.reading()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        try:
            with self._database.writing() as connection, self._writing(connection) as writer:
                yield writer
        except InDoubtError as error:
            if not self._were_kept(writer.tips, error):
                raise error.refused(f"{error.message}; it was not kept", **error.facts) from error

    @contextmanager
    def _writing(self, connection: Connection) -> Iterator[Transaction]:
        writer = Transaction(connection, self._database.dialect)
        yield writer
        writer.settle()

    def _were_kept(self, tips: Mapping[str, Head], doubt: InDoubtError) -> bool:
        """Whether the versions are there that these tips name; StorageRefused where nobody can know.

        Where there is nothing to know it by, to do it again does no harm.
        """
        unknown = f"{doubt.message}; it may be kept or not"
        if not tips:
            raise doubt.refused(unknown, **doubt.facts) from doubt
        sql = f"SELECT id FROM version WHERE story = {self._story} AND number = ?"
        try:
            with self._database.settling(doubt) as connection:
                asked = ((story_digest(story), head.versions) for story, head in tips.items())
                found = [connection.execute(sql, each).fetchall() for each in asked]
        except StorageRefused as error:
            raise StorageRefused(unknown, **doubt.facts) from error
        return found == [[(head.tip,)] for head in tips.values()]

    def scrub(self) -> None:
        self._database.scrub()

    def compact(self) -> None:
        self._database.compact()

    def close(self) -> None:
        self._database.close()

    def _facts(self, story: str) -> dict[int, FactsFound]:
        sql = f"SELECT {FACT} FROM fact f WHERE f.story = {self._story}"
        return layout.facts(story, self._ask(sql, story_digest(story)))

    def _streamed(self, sql: str) -> Iterator[Found]:
        with self._streaming() as connection:
            yield from connection.execute(sql)


def head_of(story: str, found: Found) -> Head:
    """The head of a story, from its columns."""
    head = layout.head(found)
    if head.story != story:
        raise Corrupt(f"the row of {story} holds another story", story=story)
    return head


def _row(story: str, found: list[Found]) -> Row:
    """A version from its columns, each time with others of the facts that it needs."""
    facts = layout.facts(story, [each[VERSIONS:] for each in found])
    return layout.row(story, found[0][:VERSIONS], facts)


def _newest_first(connection: Connection, heads: Iterable[Found]) -> Iterator[tuple[str, Row]]:
    """The versions of all stories, newest recorded first; `heads` come by their newest one.

    A story's rows are read once all that is newer than they has been told.
    """
    waiting: list[tuple[_Rank, str, Row, Iterator[_Ranked]]] = []
    for key, raw, recorded in heads:
        if not isinstance(recorded, int):
            raise Corrupt(f"the head of {layout.name(raw)} is damaged")
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


def _newest_of(connection: Connection, key: int, raw: bytes) -> Iterator[_Ranked]:
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
