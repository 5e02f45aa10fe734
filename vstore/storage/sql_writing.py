"""Writing to the tables of an SQL engine, within an open transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256

from vstore.blobs import story_digest
from vstore.errors import Overtaken
from vstore.notes import number_of
from vstore.rows import (
    GRAVES,
    LOST,
    SAID,
    TEXT,
    Alias,
    Deed,
    Entry,
    Head,
    Payload,
    Repack,
    Row,
    Taken,
    Tombstone,
)
from vstore.storage import layout, sql_shingles
from vstore.storage.checksum import Column, checksum
from vstore.storage.database import Connection, Dialect, Found
from vstore.storage.sql_aliases import columns_of
from vstore.storage.sql_apart import columns_of as apart_columns


class Transaction:
    """Writes within an open transaction of one connection."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect
        self._forgotten: set[str] = set()
        self._has_erased = False
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
        for known in entry.aliases:
            self._insert("alias", (known, key, SAID, "", checksum(story, known, SAID, "")))
        self._bury(key, story, entry.tombstones)

    def repack(
        self, head: Head, expected: Head, payloads: Mapping[int, Payload], rows: Sequence[Row]
    ) -> None:
        key = self._repacked(Repack(head, expected, dict(payloads), list(rows)))
        self._place_all(key, head.story, rows, self._facts_back(key, [row.number for row in rows]))

    def _repacked(self, repack: Repack) -> int | bytes:
        """The story's key; where its texts are its rows do not say yet."""
        head, expected, payloads, rows, _ = repack
        story = head.story
        wanted = {payload.dictionary for payload in payloads.values()} - {None}
        mark = "SELECT coalesce(max(number), 0) FROM dictionary WHERE digest = ?"  # those before are retired
        sql = f"SELECT number FROM dictionary WHERE number > ({mark})"
        there = {number for (number,) in self._all(sql, sha256(b"").digest())} if wanted else set()
        key = self._moved(head, expected) if wanted <= there else None
        if key is None:
            raise Overtaken(f"another writer changed {story} first, or dropped what it needs", story=story)
        for row in rows:
            self._do("DELETE FROM payload WHERE story = ? AND number = ?", key, row.number)
        for number, payload in payloads.items():
            self._put(key, story, number, payload)
        return key

    def erase(self, repack: Repack, tombstones: Sequence[Tombstone]) -> None:
        key, story = self._repacked(repack), repack.head.story
        self._do("DELETE FROM fact WHERE story = ?", key)
        first: dict[tuple[bytes, bytes], int] = {}
        facts_back = {}
        for row in repack.rows:  # one may have lost facts that another one of the same id has still
            facts_at = first.setdefault((row.facts_id, row.facts), row.number)
            facts_back[row.number] = row.number - facts_at
            if facts_at == row.number:
                self._insert("fact", (key, *layout.fact_columns(story, row, repack.rows[0].facts)))
        self._place_all(key, story, repack.rows, facts_back)
        for row in repack.rows:  # their checksums say so already
            sql = "UPDATE version SET capture = ? WHERE story = ? AND number = ? AND capture <> ?"
            self._do(sql, row.capture, key, row.number, row.capture)
        for each in tombstones:
            sql = "DELETE FROM tombstone WHERE story = ? AND number = ? AND part = ?"
            self._do(sql, key, each.number, each.part)
        self._bury(key, story, tombstones)
        self._unname(key, repack.unnamed)
        self._drop_origins(story)
        self._has_erased = self._has_erased or any(each.part == TEXT for each in tombstones)

    def _bury(self, key: int | bytes, story: str, tombstones: Sequence[Tombstone]) -> None:
        for each in tombstones:
            self._insert("tombstone", (key, *each, checksum(story, *each)))
        if any(not each.alone for each in tombstones):
            self.note(GRAVES, "1")

    def take_back(self, repack: Repack) -> None:
        key, versions = self._repacked(repack), repack.head.versions
        numbers = [row.number for row in repack.rows]
        self._place_all(key, repack.head.story, repack.rows, self._facts_back(key, numbers))
        self._drop_origins(repack.head.story)
        self._forgotten.add(repack.head.story)
        for table in ("version", "fact", "payload", "sighting", "recount", "tombstone"):
            self._do(f"DELETE FROM {table} WHERE story = ? AND number > ?", key, versions)
        self._do("DELETE FROM recount WHERE story = ? AND previous > ?", key, versions)
        self._unname(key, repack.unnamed)
        if not versions:
            before = self._highest_key()
            self._do("DELETE FROM head WHERE story = ?", key)
            self._note_unused(1 + self._highest_key() - before)

    def _highest_key(self) -> int:
        """Of a story, where keys are numbers that are given in sequence."""
        if self._dialect.digest == "story":
            return 0
        highest: int = self._all("SELECT coalesce(max(story), 0) FROM head")[0][0]
        return highest

    def _note_unused(self, more: int) -> None:
        """So many more keys are in no use: a repair would take them for those of lost stories."""
        if more and self._dialect.digest != "story":
            known = self._all("SELECT value FROM note WHERE name = ?", LOST)
            self.note(LOST, str(max(0, more + ((number_of(known[0][0]) if known else 0) or 0))))

    def move(self, ids: Sequence[tuple[bytes, bytes]]) -> None:
        for old, new in ids:
            if old != new:
                self._do("DELETE FROM moved WHERE id = ?", old)
                self._insert("moved", apart_columns(old, new))

    def _unname(self, key: int | bytes, digests: Sequence[bytes]) -> None:
        for each in digests:
            self._do("DELETE FROM alias WHERE story = ? AND digest = ?", key, each)

    def exclude(self) -> None:
        """An engine in which only one writes needs nothing more."""

    def record(self, deed: Deed) -> None:
        self._insert("journal", apart_columns(*deed))

    def retire(self) -> None:
        self._do("DELETE FROM dictionary WHERE digest = ?", sha256(b"").digest())
        self.add_dictionary(b"")

    def saw(self, story: str, number: int, moment: int) -> None:
        check, key = checksum(story, number, moment), story_digest(story)
        self._do(
            "UPDATE sighting SET last_seen = ?, checksum = ? "
            f"WHERE story = {self._dialect.story} AND number = ? AND last_seen < ?",
            *(moment, check, key, number, moment),
        )
        self._do(
            f"INSERT INTO sighting VALUES ({self._dialect.story}, ?, ?, ?) ON CONFLICT DO NOTHING",
            *(key, number, moment, check),
        )

    def name(self, story: str, aliases: Sequence[Alias]) -> None:
        self.unname(story, [alias.digest for alias in aliases])
        for alias in aliases:
            named, *columns = columns_of(story, alias)
            self._do(
                "INSERT INTO alias SELECT ?, story, ?, ?, ? FROM head "
                f"WHERE {self._dialect.digest} = ? ON CONFLICT DO NOTHING",
                *(named, *columns, story_digest(story)),
            )

    def unname(self, story: str, digests: Sequence[bytes]) -> None:
        for each in digests:
            sql = f"DELETE FROM alias WHERE story = {self._dialect.story} AND digest = ?"
            self._do(sql, story_digest(story), each)

    def settle(self) -> None:
        """What is done once for all that was written: pages of shingles forget what is no longer there."""
        if self._has_erased:
            sql_shingles.forget_all(self._do)
        elif self._forgotten:
            sql_shingles.forget(self._all, self._do, self._forgotten)

    def _drop_origins(self, story: str) -> None:
        """And see to it that there is room for what can be rebuilt."""
        if self._dialect.derived:
            self._do(self._dialect.derived)  # whoever wants may drop those tables
        self._do(f"DELETE FROM origin WHERE story = {self._dialect.story}", story_digest(story))

    def take(self, taken: Taken, expected: Taken | None) -> None:
        columns = apart_columns(*taken)
        if expected is None:
            marks = ", ".join("?" * len(columns))
            sql = f"INSERT INTO taken VALUES ({marks}) ON CONFLICT DO NOTHING RETURNING items"
            found = self._all(sql, *columns)
        else:
            sql = (
                "UPDATE taken SET digest = ?, size = ?, modified = ?, items = ?, refused = ?, done = ?, "
                "checksum = ? "
                "WHERE folder = ? AND file = ? AND digest = ? AND items = ? AND done = ? RETURNING items"
            )
            known = (*expected[:3], expected.items, expected.done)
            found = self._all(sql, *columns[2:], *known)
        if not found:
            raise Overtaken("somebody else took in the same file first")

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
        needed = "SELECT 1 FROM payload p WHERE p.dictionary < d.number"
        sql = (
            f"DELETE FROM dictionary AS d WHERE d.number NOT IN ({used}) AND d.number < ({newest}) "
            f"AND (d.digest <> ? OR NOT EXISTS ({needed})) RETURNING number"
        )
        return len(self._all(sql, sha256(b"").digest()))

    def _put(self, key: int | bytes, story: str, number: int, payload: Payload) -> None:
        for columns in layout.payload_columns(story, number, payload, self._dialect.parts):
            self._insert("payload", (key, *columns))

    def _place_all(
        self, key: int | bytes, story: str, rows: Sequence[Row], facts_back: Mapping[int, int]
    ) -> None:
        """Have rows say where their texts are, and how far back their facts."""
        for row in rows:
            if row.number in facts_back:
                self._place(key, story, row, facts_back[row.number])

    def _place(self, key: int | bytes, story: str, row: Row, facts_back: int) -> None:
        check = layout.row_checksum(story, row, row.number - facts_back)
        base_back = row.number - row.base if row.base else None
        placed = (facts_back, base_back, row.depth, row.stored, row.pack, check)
        self._do(
            "UPDATE version SET facts_back = ?, base_back = ?, depth = ?, stored = ?, pack = ?, checksum = ? "
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
    return (story_digest(name), name.encode(), *head[1:-1], check, head.rewritten)


def moved(head: Head, expected: Head) -> tuple[Column, ...]:
    """The bindings of `moving`."""
    new = (*head[1:], layout.head_checksum(head.story, head[1:]))
    return (*new, story_digest(head.story), expected.versions, expected.tip, expected.repacked)


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
    return f"INSERT INTO {table} VALUES ({marks}){unless_there(table)}"


def unless_there(table: str) -> str:
    """For what may be there already; what else would be there twice is told by an error."""
    return " ON CONFLICT DO NOTHING" if table == "alias" else ""
