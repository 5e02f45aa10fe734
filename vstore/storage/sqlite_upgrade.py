"""A file of format 1 made one of today, in one transaction: whenever that stops, it is what it was."""

from __future__ import annotations

from contextlib import suppress

import apsw

from vstore.errors import StorageRefused
from vstore.storage.schema import FORMAT, TABLES, TODAY
from vstore.storage.sqlite_errors import refusals_told


def upgrade(place: str, wait: float) -> None:
    """Write every table anew, as it is today; StorageRefused where a row would be lost."""
    with refusals_told(place):
        connection = apsw.Connection(place, flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.set_busy_timeout(int(wait * 1000))
            connection.execute("PRAGMA synchronous = FULL; BEGIN IMMEDIATE").fetchall()
            _rewrite(connection, place)
            connection.execute("COMMIT").fetchall()
            connection.set_busy_timeout(0)
            with suppress(apsw.Error):  # it is done: room may be given back another time
                connection.execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()  # rolls back what was not committed


def _rewrite(connection: apsw.Connection, place: str) -> None:
    connection.execute(
        "DROP INDEX version_by_id; DROP INDEX version_by_recorded; DROP TABLE IF EXISTS origin"
    )
    for table in TODAY:
        connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    connection.execute(TABLES)
    for table, columns in TODAY.items():
        connection.execute(f"INSERT INTO {table} SELECT {columns} FROM old_{table}")
        counts = (f"SELECT count(*) FROM {each}" for each in (table, f"old_{table}"))
        ((kept,), (stood,)) = (connection.execute(sql).fetchall()[0] for sql in counts)
        if kept != stood:
            raise StorageRefused(f"{place}: {kept} of {stood} rows of {table} were rewritten", place=place)
        connection.execute(f"DROP TABLE old_{table}")
    connection.execute("UPDATE note SET value = ? WHERE name = 'format'", (str(FORMAT),))
    connection.execute(f"PRAGMA user_version = {FORMAT}")
