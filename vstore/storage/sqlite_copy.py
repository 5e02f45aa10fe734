"""Reading an SQLite file beside which nothing can be written: as it lies there, or from a copy."""

from __future__ import annotations

import os
import shutil
import tempfile
from urllib.parse import quote

import apsw


def as_it_lies(place: str) -> apsw.Connection:
    """Reads the file and nothing else; only right where no write-ahead log stands beside it."""
    uri = f"file:{quote(os.path.abspath(place))}?immutable=1"
    return apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)


class Copy:
    """A file and its write-ahead log in a folder of their own, where SQLite can read them together."""

    def __init__(self, place: str, log: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="vstore-")
        self._place = f"{self._folder.name}/store.db"
        shutil.copyfile(place, self._place)
        shutil.copyfile(log, f"{self._place}-wal")

    def connection(self) -> apsw.Connection:
        """One more connection to the copy."""
        connection = apsw.Connection(self._place)
        connection.execute("PRAGMA query_only = ON")  # what is written to a copy would be lost
        return connection

    def remove(self) -> None:
        """Once no connection is open any more."""
        self._folder.cleanup()
