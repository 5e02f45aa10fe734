"""A fresh store made of what can be read off the pages of a damaged one, row by row.

Neither trees nor indexes of the damaged file are believed: a row is told by its shape, and whether it is
what was kept, its checksum says later. Where two rows lie under one key, or one has a column of another
kind, all that was found stands in `spare` for whoever mends the story.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

import apsw

from vstore.errors import Corrupt, WrongFormat
from vstore.notes import number_of
from vstore.storage.schema import APPLICATION_ID, FORMAT, ID_PREFIX, TABLES
from vstore.storage.sql_apart import APART, Table
from vstore.storage.sqlite import create
from vstore.storage.sqlite_errors import refusals_told
from vstore.storage.sqlite_pages import Pages
from vstore.storage.sqlite_records import Record, Value, children, records

SPARE = """
-- Of rows that could not be put into their table: its name, the story, the version, and all columns. And of
-- indexes what they lead to where it is not there: "lead" to a version, "digest" to a head.
CREATE TABLE spare (
    name TEXT NOT NULL, story INTEGER NOT NULL, number INTEGER NOT NULL, columns BLOB NOT NULL
)
"""
INTO_SPARE = "INSERT INTO spare VALUES (?, ?, ?, ?)"
SPARE_BY_STORY = "CREATE INDEX spare_by_story ON spare (story, name)"

_VERSION = "SELECT 1 FROM version WHERE story = ? AND number = ?"
_APART = {table.name for table in APART}
DIGEST = 16
"""Bytes of what finds a head."""

LEFT_OUT = "shingle"
"""Made anew whatever was in it: it does not know of what could not be read."""

LATER: dict[str, Value] = {"version": None, "fact": None, "head": 0}
"""What the last column of a row says that was written when there was none (`sqlite_upgrade.GROWN`)."""

_KINDS: dict[str, tuple[type, ...]] = {"INTEGER": (int,), "TEXT": (str,), "BLOB": (bytes,)}


class Shape(NamedTuple):
    """What rows of a table look like: whether they have a rowid, which column it is, and each one's kinds."""

    table: str
    has_rowid: bool
    is_key: bool
    kinds: tuple[tuple[type, ...], ...]

    def row(self, record: Record) -> tuple[Value, ...] | None:
        """The record as a row of this table; None where it has another number of columns."""
        columns = record.columns
        if self.table in LATER and len(columns) == len(self.kinds) - 1:
            columns = (*columns, LATER[self.table])
        if len(columns) != len(self.kinds) or self.has_rowid != (record.rowid is not None):
            return None
        if not self.is_key:
            return columns
        return (record.rowid, *columns[1:]) if columns[0] is None else None

    def fits(self, row: tuple[Value, ...]) -> bool:
        """Whether each of its columns is of the kind that the table wants."""
        return all(type(value) in kinds for value, kinds in zip(row, self.kinds, strict=True))


def shapes() -> list[Shape]:
    """Of every table of the schema."""
    with closing(apsw.Connection(":memory:")) as connection:
        connection.execute(TABLES)
        tables = "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'"
        found = connection.execute(tables).fetchall()
        return [_shape(connection, str(name), has_rowid=not without) for name, without in found]


def _shape(connection: apsw.Connection, table: str, *, has_rowid: bool) -> Shape:
    found = connection.execute(
        'SELECT type, "notnull" OR pk, pk FROM pragma_table_info(?)', (table,)
    ).fetchall()
    kinds = tuple(_KINDS[str(kind)] + (() if needed else (type(None),)) for kind, needed, _ in found)
    keys = [kind for kind, _, key in found if key]
    return Shape(table, has_rowid, has_rowid and keys == ["INTEGER"], kinds)


def salvage(place: str, copy: str, fresh: str) -> int:
    """Make a store's file of what the copy of a damaged one has in it; how many pages it lacks at its end.

    Corrupt where no story can be read, WrongFormat where that is no store, or one of another format.
    """
    create(fresh)
    log = f"{copy}-wal"
    with refusals_told(fresh), closing(apsw.Connection(fresh)) as connection, open(copy, "rb") as file:
        connection.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF").fetchall()
        connection.execute(f"BEGIN; {SPARE}").fetchall()
        try:
            newer = open(log, "rb")  # noqa: SIM115  closed below
        except FileNotFoundError:
            newer = None
        with newer or file:
            pages = Pages(file, newer)
            if pages.are_of_format_1:
                raise WrongFormat(
                    f"{place} has format 1, or had it once, and is not repaired: clone what can be read"
                )
            salvaged = _Salvaging(connection, pages)
            salvaged.run()
        _check(place, salvaged)
        connection.execute(f"{SPARE_BY_STORY}; COMMIT").fetchall()
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
    return salvaged.missing


class _Salvaging:
    """One run over all pages."""

    def __init__(self, connection: apsw.Connection, pages: Pages) -> None:
        self.header = pages.header
        self.missing = 0
        self.format: int | None = None
        self.stories = 0
        self._pages = pages
        self._connection = connection
        self._shapes = shapes()

    def run(self) -> None:
        """Put every row where it belongs; then see what indexes know of besides."""
        for number in self._in_turn():
            for record in records(self._pages, number):
                self._take(record)
        for number in self._in_turn():
            for record in records(self._pages, number):
                self._follow(record)

    def _in_turn(self) -> Iterator[int]:
        """The pages that others lead to, then the rest: on some of those lies what is no longer true."""
        numbers = range(1, self._pages.count + 1)
        led_to = bytearray(self._pages.count + 1)
        free = self._pages.free()
        for number in numbers:
            if number not in free:
                for child in children(self._pages[number], number):
                    if child <= self._pages.count:
                        led_to[child] = 1
                    elif child <= self.header.pages:
                        self.missing = self.header.pages - self._pages.count
        yield from (number for number in numbers if led_to[number])
        yield from (number for number in numbers if not led_to[number] and number not in free)

    def _take(self, record: Record) -> None:
        alike = [(shape, row) for shape in self._shapes if (row := shape.row(record)) is not None]
        fitting = [each for each in alike if each[0].fits(each[1])]
        for shape, row in fitting[:1]:
            if shape.table == LEFT_OUT:
                return
            self.stories += shape.table in {"head", "version"}
            marks = ", ".join("?" * len(row))
            self._connection.execute(f"INSERT OR IGNORE INTO {shape.table} VALUES ({marks})", row)
            if shape.table == "note" and row[0] == "format":
                self.format = number_of(str(row[1]))
            if not self._connection.changes():
                self._spare(shape, row)
        if len(alike) == 1 and not fitting:
            self._spare(*alike[0])
        for table in () if fitting else APART:
            self._put(table, record)

    def _put(self, table: Table, record: Record) -> None:
        """A row that belongs to no story, with texts as bytes."""
        if record.rowid is None and (row := table.as_kept(record.columns)):
            marks = ", ".join("?" * len(row))
            self._connection.execute(f"INSERT OR IGNORE INTO {table.name} VALUES ({marks})", row)

    def _follow(self, record: Record) -> None:
        """An entry of the index of versions by their id, or of heads by their digest.

        Where what it leads to is found in another way, it is the entry that is damaged.
        """
        match record:
            case Record(None, (bytes(prefix), int(story), int(number))) if len(prefix) == ID_PREFIX:
                sql = f"SELECT 1 FROM version WHERE substr(id, 1, {ID_PREFIX}) = ?"
                if not (self._has(_VERSION, story, number) or self._has(sql, prefix)):
                    self._put_aside("lead", story, 0, (story, number))
            case Record(None, (bytes(digest), int(story))) if len(digest) == DIGEST:
                if not self._has("SELECT 1 FROM head WHERE story = ? OR digest = ?", story, digest):
                    self._put_aside("digest", story, 0, (story, digest))

    def _has(self, sql: str, *bindings: Value) -> bool:
        return bool(self._connection.execute(sql, bindings).fetchall())

    def _spare(self, shape: Shape, row: tuple[Value, ...]) -> None:
        """Only what belongs to a story can be of use, or knows by its checksum what it is."""
        if shape.table in _APART:
            if shape.fits(row):
                self._put_aside(shape.table, 0, 0, row)
            return
        story, number = row[0], row[1] if type(row[1]) is int else 0
        if type(story) is int:
            self._put_aside(shape.table, story, number, row)

    def _put_aside(self, kind: str, story: int, number: int, columns: tuple[Value, ...]) -> None:
        self._connection.execute(INTO_SPARE, (kind, story, number, marshal.dumps(columns)))


def _check(place: str, found: _Salvaging) -> None:
    """One of the two places that tell a format has to tell today's, unless neither can be read."""
    is_store = found.header.application == APPLICATION_ID
    told = {found.format} | ({found.header.format} if is_store else set())
    if FORMAT not in told and told != {None}:
        form = max(each for each in told if each is not None)
        message = f"{place} has format {form}: only a store of format {FORMAT} can be repaired"
        raise WrongFormat(message, place=place, format=form)
    if not found.stories:
        if is_store:
            message = (
                f"no story can be read in {place}; nothing was changed. A store that has them can be cloned"
            )
            raise Corrupt(message, place=place)
        raise WrongFormat(f"{place} is no vstore store", place=place)
