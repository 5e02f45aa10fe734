"""A file copied while others use it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable

import apsw

from vstore.errors import Conflict
from vstore.storage.sqlite_errors import refusals_told


def back_up(place: str, backup: str, verify: Callable[[str], object]) -> None:
    """Copy a file while others may use it, and put it there once it is verified.

    Conflict where the backup is there already; whatever else goes wrong, nothing is left behind.
    """
    if os.path.exists(backup):
        raise Conflict(f"{backup} is there already: move it away first", place=backup)
    with (
        refusals_told(place),
        tempfile.TemporaryDirectory(prefix=".backup-", dir=os.path.dirname(backup) or ".") as scratch,
    ):
        copy = f"{scratch}/store.db"
        _copied(place, copy)
        verify(copy)
        _in_mode("WAL", copy)
        try:
            os.link(copy, backup)  # unlike a rename, this replaces nothing
        except FileExistsError as error:
            raise Conflict(f"{backup} is there already: move it away first", place=backup) from error
        synced(os.path.dirname(backup) or ".")


def _copied(place: str, copy: str) -> None:
    source, target = apsw.Connection(place, flags=apsw.SQLITE_OPEN_READONLY), apsw.Connection(copy)
    try:
        with target.backup("main", source, "main") as copying:
            copying.step()
    finally:
        source.close()
        target.close()
    _in_mode("DELETE", copy)


def _in_mode(mode: str, copy: str) -> None:
    """DELETE: a file in one piece, which needs no log beside it. WAL: as a store is."""
    connection = apsw.Connection(copy)
    connection.execute(f"PRAGMA journal_mode = {mode}").fetchall()
    connection.close()


def synced(folder: str) -> None:
    """Put on the disk what a folder holds."""
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
