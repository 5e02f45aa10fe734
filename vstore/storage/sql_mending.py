"""Putting stories back into the tables of an SQL engine, by the key that they have there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from vstore.blobs import story_digest
from vstore.rows import GRAVES, SAID, Alias, Deed, Head, Payload, Recount, Row
from vstore.storage import layout
from vstore.storage.checksum import Column, checksum
from vstore.storage.database import Connection, Dialect, Found
from vstore.storage.schema import OWNERS
from vstore.storage.sql_aliases import columns_of, is_intact
from vstore.storage.sql_apart import Table
from vstore.storage.sql_apart import columns_of as apart_columns
from vstore.storage.sql_writing import insertion, opening


class Mended(NamedTuple):
    """A story as it is put back, but for its payloads."""

    head: Head
    rows: Sequence[Row]
    facts_at: Mapping[int, int]
    """By version, which one first had its facts."""
    sightings: Mapping[int, int]
    recounts: Sequence[Recount]


def _key(table: Table) -> str:
    return " AND ".join(f"{name} = ?" for name in table.columns[: table.keys])


class Mending:
    """Writes within an open transaction of one connection."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self._execute = connection.execute
        self._dialect = dialect

    def can_be(self, key: Column, story: str) -> bool:
        """Whether a story of this name could have this key, and no other has versions under it."""
        if self._dialect.digest == "story":
            return key == story_digest(story)
        sql = (
            f"SELECT 1 FROM head h WHERE h.{self._dialect.digest} = ? AND h.story <> ? "
            "AND EXISTS (SELECT 1 FROM version v WHERE v.story = h.story)"
        )
        return not self._execute(sql, (story_digest(story), key)).fetchall()

    def name(self, key: Column, story: str) -> None:
        """Let a story be found by its name, whatever its head says; none other may have this name."""
        sql = f"DELETE FROM head WHERE story = ? OR {self._dialect.digest} = ?"
        self._execute(sql, (key, story_digest(story)))
        self._put_head(key, Head(story, 0, b"", 0, 0, 0, 0, 0, 0, 0, 0))

    def put(self, key: Column, mended: Mended) -> None:
        """Put a story in the place of all that was there of it, payloads apart; kept origins are dropped."""
        for table in ("version", "fact", "sighting", "recount", "origin", "head"):
            self._execute(f"DELETE FROM {table} WHERE story = ?", (key,))
        story = mended.head.story
        self._put_head(key, mended.head)
        first = mended.rows[0].facts
        for row in mended.rows:
            facts_at = mended.facts_at[row.number]
            self._insert("version", key, *layout.version_columns(story, row, facts_at))
            if facts_at == row.number and row.facts_id:
                self._insert("fact", key, *layout.fact_columns(story, row, first))
        for sighting in mended.sightings.items():
            self._insert("sighting", key, *sighting, checksum(story, *sighting))
        for recount in mended.recounts:
            self._insert("recount", key, *recount, checksum(story, *recount))

    def put_payloads(self, key: Column, story: str, payloads: Mapping[int, Payload], *, alone: bool) -> None:
        """Put payloads in place; with `alone`, the story has no others then."""
        if alone:
            self._execute("DELETE FROM payload WHERE story = ?", (key,))
        for number, payload in payloads.items():
            self._execute("DELETE FROM payload WHERE story = ? AND number = ?", (key, number))
            for columns in layout.payload_columns(story, number, payload, self._dialect.parts):
                self._insert("payload", key, *columns)

    def put_names(self, story: str, names: Collection[bytes]) -> None:
        """Have a story be known by what its facts say, and by what was given to it; by nothing else."""
        of_story = f"story = (SELECT h.story FROM head h WHERE h.{self._dialect.digest} = ?)"
        sql = f"SELECT a.digest, a.kind, a.name, a.checksum FROM alias a WHERE a.{of_story}"
        for found in self._execute(sql, (story_digest(story),)).fetchall():
            if not is_intact(story, found) or (found[1] == SAID and found[0] not in names):
                self._execute(
                    f"DELETE FROM alias WHERE digest = ? AND {of_story}", (found[0], story_digest(story))
                )
        for name in names:
            columns = columns_of(story, Alias(name, SAID, ""))
            sql = f"SELECT ?, h.story, ?, ?, ? FROM head h WHERE h.{self._dialect.digest} = ?"
            bindings = (name, *columns[1:], story_digest(story))
            self._execute(f"INSERT INTO alias {sql} ON CONFLICT DO NOTHING", bindings)

    def forget(self, key: Column) -> None:
        """Drop all that is there under a key."""
        for table in (*OWNERS, "head"):
            self._execute(f"DELETE FROM {table} WHERE story = ?", (key,))

    def forget_shingles(self) -> None:
        """Let all of them be made anew: of what was damaged there are none yet."""
        self._execute("DELETE FROM shingle", ())

    def record(self, deed: Deed) -> None:
        """Write in the journal."""
        self._insert("journal", *apart_columns(*deed))

    def drop_apart(self, table: Table, row: Found) -> None:
        """Let go of a row that belongs to no story, by its key."""
        self._execute(f"DELETE FROM {table.name} WHERE {_key(table)}", row[: table.keys])

    def put_apart(self, table: Table, row: Found) -> None:
        """Put such a row where none has its key."""
        self._insert(table.name, *row)

    def has_apart(self, table: Table, row: Found) -> bool:
        """Whether there is one of this key, which may be of other kinds than it should."""
        fit = zip(row[: table.keys], table.kinds[: table.keys], strict=True)
        if not all(type(column) is kind for column, kind in fit):
            return False
        sql = f"SELECT 1 FROM {table.name} WHERE {_key(table)}"
        return bool(self._execute(sql, row[: table.keys]).fetchall())

    def sweep(self) -> None:
        """Drop rows that belong to nothing, and those that found no place."""
        for table, owner in OWNERS.items():
            key = "o.story = t.story" + (" AND o.number = t.number" if owner == "version" else "")
            self._execute(
                f"DELETE FROM {table} AS t WHERE NOT EXISTS (SELECT 1 FROM {owner} o WHERE {key})", ()
            )
        self._execute("DROP TABLE IF EXISTS spare", ())

    def put_note(self, name: str, value: str | None) -> None:
        """Set a note, or drop it."""
        self._execute("DELETE FROM note WHERE name = ?", (name,))
        if value is not None:
            self._execute("INSERT INTO note VALUES (?, ?)", (name, value))

    def put_graves(self) -> None:
        """Note that something was erased, if anything says so."""
        buried = "EXISTS (SELECT 1 FROM tombstone WHERE alone = 0)"
        noted = "EXISTS (SELECT 1 FROM note WHERE name = ?)"
        self._execute(f"INSERT INTO note SELECT ?, '1' WHERE {buried} AND NOT {noted}", (GRAVES, GRAVES))

    def put_dictionary(self, number: int, hashed: bytes, body: bytes) -> None:
        """Put a dictionary of this SHA-256 in the place of one."""
        self.drop_dictionary(number)
        self._execute("INSERT INTO dictionary VALUES (?, ?, ?)", (number, hashed, body))

    def drop_dictionary(self, number: int) -> None:
        """Let go of one."""
        self._execute("DELETE FROM dictionary WHERE number = ?", (number,))

    def _put_head(self, key: Column, head: Head) -> None:
        columns = opening(head)
        self._insert("head", *(columns if columns[0] == key else (key, *columns)))

    def _insert(self, table: str, *columns: Column) -> None:
        self._execute(insertion(table, len(columns)), columns)
