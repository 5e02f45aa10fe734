"""A small store on disk, and its database from outside."""

from __future__ import annotations

from pathlib import Path

import apsw

import vstore


def archive(folder: Path) -> Path:
    """A store of two stories on disk, closed."""
    with vstore.open(folder, create=True) as store:
        store.add("s", "One.")
        store.add("s", "One. Two.")
        store.add("t", "Another.")
    return folder


def database(folder: Path) -> Path:
    return folder / ".vstore" / "store.db"


def changed(folder: Path, sql: str) -> None:
    connection = apsw.Connection(str(database(folder)))
    connection.execute(sql).fetchall()
    connection.close()
