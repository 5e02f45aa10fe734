"""Connections to one SQLite file: one a thread, made anew after a fork, read-only where need be."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import apsw

from vstore.errors import Conflict, Corrupt, StorageRefused, VstoreError, WrongFormat
from vstore.storage.schema import APPLICATION_ID, FORMAT, PAGE_SIZE, TABLES

_REFUSALS: tuple[tuple[type[apsw.Error], type[VstoreError], str], ...] = (
    (apsw.BusyError, StorageRefused, "is locked by another writer (see --wait)"),
    (apsw.LockedError, StorageRefused, "is locked by another writer (see --wait)"),
    (apsw.FullError, StorageRefused, "has no room left: the disk is full"),
    (apsw.ReadOnlyError, StorageRefused, "is read-only"),
    (apsw.PermissionsError, StorageRefused, "may not be read or written (no permission)"),
    (apsw.CantOpenError, StorageRefused, "cannot be opened"),
    (apsw.IOError, StorageRefused, "could not be read or written"),
    (apsw.NoMemError, StorageRefused, "needs more memory than there is"),
    (apsw.CorruptError, Corrupt, "is damaged"),
    (apsw.NotADBError, WrongFormat, "is no vstore store"),
    (apsw.ConstraintError, Conflict, "was changed by another writer first"),
)


@contextmanager
def refusals_told(place: Path) -> Iterator[None]:
    """SQLite's errors as ours, at the one place where they are known."""
    try:
        yield
    except apsw.Error as error:
        for theirs, ours, what in _REFUSALS:
            if isinstance(error, theirs):
                raise ours(f"{place} {what}: {error}", place=str(place)) from error
        raise


class Connections:
    """Opens one connection a thread; `writing` and `reading` are its transactions."""

    def __init__(self, place: Path, *, read_only: bool = False, wait: float = 30.0, synchronous: str = "FULL") -> None:
        self.place = place
        self._read_only = read_only
        self._wait = wait
        self._synchronous = synchronous
        self._mine = threading.local()
        self._all: list[apsw.Connection] = []
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._process = os.getpid()
        self._checked(self.mine())

    def mine(self) -> apsw.Connection:
        """This thread's connection."""
        if self._process != os.getpid():
            self._after_fork()
        connection: apsw.Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._opened()
            self._mine.connection = connection
            self._all.append(connection)
        return connection

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """A transaction that waits for its turn; commits at the end, rolls back when the block raises."""
        with refusals_told(self.place):
            connection = self.mine()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All reads of this thread within see one state of the store."""
        connection = self.mine()
        if connection.in_transaction:
            yield
            return
        with refusals_told(self.place):
            connection.execute("BEGIN")
            try:
                yield
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def size(self) -> int:
        """Bytes of the file and of its write-ahead log."""
        files = (self.place, self.place.with_name(self.place.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def close(self) -> None:
        """Close what this process opened."""
        if self._process == os.getpid():
            for connection in self._all:
                connection.close()
        self._all.clear()
        self._mine = threading.local()
        if self._copy:
            self._copy.cleanup()

    def _after_fork(self) -> None:
        """Leave the parent's connections alone: to close them here would take its locks away."""
        _parents.extend(self._all)
        self._all = []
        self._mine = threading.local()
        self._process = os.getpid()

    def _opened(self) -> apsw.Connection:
        with refusals_told(self.place):
            try:
                connection = self._connected(self._flags())
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            except (apsw.CantOpenError, apsw.ReadOnlyError, apsw.FullError, apsw.IOError, apsw.PermissionsError):
                connection = self._unwritable()
            return connection

    def _flags(self) -> int:
        return apsw.SQLITE_OPEN_READONLY if self._read_only else apsw.SQLITE_OPEN_READWRITE

    def _connected(self, flags: int) -> apsw.Connection:
        connection = apsw.Connection(str(self.place), flags=flags)
        connection.set_busy_timeout(int(self._wait * 1000))
        connection.execute(
            f"PRAGMA synchronous = {self._synchronous}; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; "
            "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000"
        ).fetchall()
        return connection

    def _unwritable(self) -> apsw.Connection:
        """On a full or read-only disk SQLite cannot make its side files: read the file as it lies there.

        Where a write-ahead log was left behind, file and log are copied first and read together.
        """
        log = self.place.with_name(self.place.name + "-wal")
        place = self.place
        if log.exists() and log.stat().st_size:
            self._copy = self._copy or tempfile.TemporaryDirectory(prefix="vstore-")
            place = Path(self._copy.name) / self.place.name
            shutil.copyfile(self.place, place)
            shutil.copyfile(log, place.with_name(log.name))
            return apsw.Connection(str(place))
        uri = f"file:{quote(str(place.absolute()))}?immutable=1"
        return apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)

    def _checked(self, connection: apsw.Connection) -> None:
        """Refuse what is no store, and formats this program does not know; change nothing."""
        with refusals_told(self.place):
            ((application,),) = connection.execute("PRAGMA application_id")
            ((found,),) = connection.execute("PRAGMA user_version")
        if application != APPLICATION_ID:
            raise WrongFormat(f"{self.place} is no vstore store", place=str(self.place))
        if found != FORMAT:
            raise WrongFormat(
                f"{self.place} has format {found}, this vstore knows format {FORMAT}"
                + ("; a newer vstore reads it" if found > FORMAT else "; see vstore upgrade"),
                place=str(self.place),
                format=found,
            )


_parents: list[apsw.Connection] = []
"""Connections inherited through a fork, kept so that nobody closes them."""


def create(place: Path) -> bool:
    """Make an empty store's file; False if one is there already. Two at once make one."""
    if place.exists():
        return False
    with refusals_told(place), tempfile.TemporaryDirectory(prefix=".new-", dir=place.parent) as scratch:
        made = Path(scratch) / place.name
        connection = apsw.Connection(str(made))
        connection.execute(
            f"PRAGMA page_size = {PAGE_SIZE}; PRAGMA journal_mode = WAL; PRAGMA application_id = {APPLICATION_ID}; "
            f"BEGIN; {TABLES} INSERT INTO note VALUES ('format', '{FORMAT}'); PRAGMA user_version = {FORMAT}; COMMIT"
        ).fetchall()  # statements after one that answers run only once its rows are taken
        connection.close()
        try:
            os.link(made, place)  # unlike a rename, this never replaces a store made meanwhile
        except FileExistsError:
            return False
        return True
