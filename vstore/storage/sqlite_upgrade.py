"""A file of an older format made one of today, in one transaction: whenever that stops, it is what it was."""

from __future__ import annotations

from contextlib import suppress

import apsw

from vstore import aliases
from vstore.errors import StorageRefused
from vstore.facts import read_facts
from vstore.rows import SAID, Alias
from vstore.storage import layout
from vstore.storage.schema import DERIVED, FORMAT, SINCE_3, TABLES, TODAY
from vstore.storage.sql_aliases import columns_of
from vstore.storage.sql_writing import insertion
from vstore.storage.sqlite_errors import refusals_told


def upgrade(place: str, wait: float) -> None:
    """Make every table what it is today; StorageRefused where a row would be lost."""
    with refusals_told(place):
        connection = apsw.Connection(place, flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.set_busy_timeout(int(wait * 1000))
            connection.execute("PRAGMA synchronous = FULL; BEGIN IMMEDIATE").fetchall()
            ((found,),) = connection.execute("PRAGMA user_version").fetchall()
            if found == 1:
                _rewrite(connection, place)
            else:
                connection.execute("".join(f"{each};" for each in GROWN) + SINCE_3 + DERIVED).fetchall()
            _name(connection)
            connection.execute("UPDATE note SET value = ? WHERE name = 'format'", (str(FORMAT),))
            connection.execute(f"PRAGMA user_version = {FORMAT}")
            connection.execute("COMMIT").fetchall()
            connection.set_busy_timeout(0)
            with suppress(apsw.Error):  # it is done: room may be given back another time
                connection.execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()  # rolls back what was not committed


GROWN = (
    "ALTER TABLE version ADD COLUMN first_recorded INTEGER",
    "ALTER TABLE fact ADD COLUMN id BLOB",
    "ALTER TABLE head ADD COLUMN rewritten INTEGER NOT NULL DEFAULT 0",
)
"""What makes the tables of format 2 those of today."""


def _name(connection: apsw.Connection) -> None:
    """Have stories be found by what their facts say."""
    for key, raw in connection.execute("SELECT story, name FROM head"):
        story = layout.name(raw)
        rows = connection.execute(f"SELECT {layout.FACT} FROM fact f WHERE f.story = ?", (key,))
        for told in layout.facts(story, rows).values():
            for digest in aliases.digests(read_facts(told.canonical)):
                columns = columns_of(story, Alias(digest, SAID, ""))
                connection.execute(insertion("alias", 5), (digest, key, *columns[1:]))


def _rewrite(connection: apsw.Connection, place: str) -> None:
    """Of format 1: every table is written anew."""
    connection.execute(
        "DROP INDEX version_by_id; DROP INDEX version_by_recorded; DROP TABLE IF EXISTS origin"
    )
    for table in TODAY[1]:
        connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    connection.execute(TABLES)
    for table, columns in TODAY[1].items():
        connection.execute(f"INSERT INTO {table} SELECT {columns} FROM old_{table}")
        counts = (f"SELECT count(*) FROM {each}" for each in (table, f"old_{table}"))
        ((kept,), (stood,)) = (connection.execute(sql).fetchall()[0] for sql in counts)
        if kept != stood:
            raise StorageRefused(f"{place}: {kept} of {stood} rows of {table} were rewritten", place=place)
        connection.execute(f"DROP TABLE old_{table}")
