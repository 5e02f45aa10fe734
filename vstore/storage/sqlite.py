"""Connections to one SQLite file: one a thread, made anew after a fork, read-only where need be."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, cast

import apsw

from vstore.errors import StorageRefused, WrongFormat
from vstore.storage.checksum import Column
from vstore.storage.database import Connection, Dialect, Found, InDoubtError
from vstore.storage.schema import APPLICATION_ID, DERIVED, FORMAT, OLDEST, PAGE_SIZE, TABLES, as_today
from vstore.storage.sqlite_errors import damage_told, refusals_told

if TYPE_CHECKING:
    from vstore.storage.sqlite_copy import Copy


DIALECT = Dialect(
    story="(SELECT story FROM head WHERE digest = ?)",
    digest="digest",
    parts=(385, 790),  # ten or five such rows fill a page
    new_head=f"INSERT INTO head SELECT coalesce(max(story), 0) + 1, {', '.join('?' * 15)} "
    "FROM head WHERE true ON CONFLICT DO NOTHING RETURNING story",
    derived=DERIVED,
)

QUICK = (
    *("note", "head", "version", "fact", "sighting", "recount"),
    *("tombstone", "journal", "alias", "moved", "taken"),
)
"""Tables that SQLite checks, their indexes too, for a quick look: not those that hold texts and origins."""

STEPS = 20_000
"""Of SQLite's own, between two looks at whether somebody wants it to stop."""

UNUSED = 20
"""One page in so many without use is worth that a file is written anew."""


class SqliteDatabase:
    """One file: a connection a thread; `writing` and `reading` are its transactions."""

    dialect = DIALECT

    def __init__(
        self,
        place: str | os.PathLike[str],
        *,
        read_only: bool = False,
        wait: float = 30.0,
        synchronous: str = "FULL",
    ) -> None:
        self.place = os.fspath(place)
        self._read_only = read_only
        self._wait = wait
        self._synchronous = synchronous
        self._mine = threading.local()
        self._all = weakref.WeakSet[apsw.Connection]()  # a thread that ends closes its own
        self._copy: Copy | None = None
        self._process = os.getpid()
        self.format = FORMAT
        self.format = self._checked(self._of_thread())
        if self.format != FORMAT:
            self.close()  # connections from now on show it as it would be today

    def mine(self) -> apsw.Connection:
        """This thread's connection."""
        connection = self._of_thread()
        if self.format != FORMAT:
            self._check_format(connection)
        return connection

    def ask(self, sql: str, *bindings: Column) -> list[Found]:
        with damage_told(self.place):
            return self.mine().execute(sql, bindings).fetchall()

    def _check_format(self, connection: apsw.Connection) -> None:
        """A store that is shown as one of today must not have become one meanwhile."""
        with refusals_told(self.place):
            ((found,),) = connection.execute("PRAGMA user_version")
        if found != self.format:
            raise WrongFormat(
                f"{self.place} was upgraded meanwhile, to format {found}: open it again",
                place=self.place,
                format=found,
            )

    def _of_thread(self) -> apsw.Connection:
        if self._process != os.getpid():
            self._after_fork()
        connection: apsw.Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._opened()
            self._mine.connection = connection
            self._all.add(connection)
        return connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that waits for its turn; commits at the end, rolls back when the block raises."""
        if self.format != FORMAT:
            raise WrongFormat(
                f"{self.place} has format {self.format}: it can be read; `vstore upgrade` makes it writable",
                place=self.place,
                format=self.format,
            )
        with refusals_told(self.place):
            connection = self.mine()
            if connection.in_transaction:
                raise StorageRefused(
                    "this thread is in the middle of a transaction already", place=self.place
                )
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                self._commit(connection)
            except BaseException:
                _roll_back(connection)
                raise

    def _commit(self, connection: apsw.Connection) -> None:
        try:
            connection.execute("COMMIT")
        except apsw.Error as error:
            raise InDoubtError(f"{self.place} could not be written: {error}", place=self.place) from error

    @contextmanager
    def settling(self, doubt: InDoubtError) -> Iterator[Connection]:  # noqa: ARG002
        """On a connection of its own, which knows what was kept and nothing else.

        It writes a page, so that the other transaction, if it was not kept, leaves nothing in the log that
        might be taken for it after a crash; and if it was, is on the disk as well.
        """
        with refusals_told(self.place):
            connection = self._connected(self._flags())
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute(f"PRAGMA user_version = {FORMAT}; COMMIT")
            finally:
                connection.close()

    @contextmanager
    def writing_at_once(self) -> Iterator[Connection]:
        """As `writing`, for what can be rebuilt: waits neither for its turn nor for the disk.

        NORMAL may lose the last such commits with the power, never one that was synced before or after:
        the log is synced from its start on. OFF would leave out the sync before a checkpoint as well.
        """
        connection = self.mine()
        if connection.in_transaction:
            raise StorageRefused("this thread is in the middle of a transaction already", place=self.place)
        try:
            connection.set_busy_timeout(0)
            if self._synchronous == "FULL":
                connection.execute("PRAGMA synchronous = NORMAL")
            with damage_told(self.place), self.writing():
                connection.execute(DERIVED)  # they may be missing
                yield connection
        finally:
            connection.set_busy_timeout(int(self._wait * 1000))
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")

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
                _roll_back(connection)

    @contextmanager
    def streaming(self) -> Iterator[Connection]:
        """A connection for rows that a caller takes one by one: it holds up no write of this thread.

        Within a transaction it is the thread's own, which sees what was written.
        """
        with damage_told(self.place):
            yield from self._streaming()

    def _streaming(self) -> Iterator[Connection]:
        connection = self.mine()
        if connection.in_transaction:
            yield connection
            return
        apart = self._opened()
        self._all.add(apart)
        try:
            if self.format != FORMAT:
                self._check_format(apart)
            yield apart
        finally:
            apart.close()

    def findings(self, *, quick: bool) -> Iterator[str]:
        there = self.tables()
        wanted = [f"({table})" for table in QUICK if table in there] if quick else [""]
        with self.streaming() as streaming:
            connection = cast("apsw.Connection", streaming)
            connection.set_progress_handler(lambda: False, STEPS)  # now and then Python hears of Ctrl-C
            try:
                for table in wanted:
                    for (finding,) in connection.execute(f"PRAGMA main.integrity_check{table}"):
                        if finding != "ok":
                            yield f"SQLite: {finding}"
            finally:
                connection.set_progress_handler(None)

    def tables(self) -> set[str]:
        return {name for (name,) in self.ask("SELECT name FROM sqlite_schema WHERE type = 'table'")}

    def size(self) -> int:
        """Bytes of the file and of its write-ahead log."""
        return _size(self.place) + _size(self._log)

    @property
    def _log(self) -> str:
        return f"{self.place}-wal"

    def close(self) -> None:
        """Close what this process opened."""
        if self._process == os.getpid():
            for connection in list(self._all):
                connection.close()
        self._all.clear()
        self._mine = threading.local()
        if self._copy is not None:
            self._copy.remove()
            self._copy = None

    def _after_fork(self) -> None:
        """Leave the parent's connections alone: to close them here would take its locks away."""
        _parents.extend(self._all)
        self._all = weakref.WeakSet()
        self._mine = threading.local()
        self._process = os.getpid()

    def _opened(self) -> apsw.Connection:
        with refusals_told(self.place):
            try:
                connection = self._connected(self._flags())
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            except (
                apsw.CantOpenError,
                apsw.ReadOnlyError,
                apsw.FullError,
                apsw.IOError,
                apsw.PermissionsError,
            ):
                connection = self._unwritable()
            if self.format != FORMAT:
                connection.execute(as_today(self.format)).fetchall()
            return connection

    def _flags(self) -> int:
        return apsw.SQLITE_OPEN_READONLY if self._read_only else apsw.SQLITE_OPEN_READWRITE

    def _connected(self, flags: int) -> apsw.Connection:
        connection = apsw.Connection(self.place, flags=flags)
        connection.set_busy_timeout(int(self._wait * 1000))
        connection.execute(
            f"PRAGMA synchronous = {self._synchronous}; PRAGMA trusted_schema = OFF; "
            "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000"
        ).fetchall()
        return connection

    def compact(self) -> None:
        """Write the file anew, if a good part of it is not used; no other may write meanwhile."""
        with refusals_told(self.place):
            connection = self.mine()
            ((free,),) = connection.execute("PRAGMA freelist_count")
            ((pages,),) = connection.execute("PRAGMA page_count")
            if free * UNUSED > pages:
                # In memory the whole file would be held there.
                connection.execute("PRAGMA temp_store = FILE; VACUUM; PRAGMA temp_store = MEMORY").fetchall()
            self._shorten_log(connection)

    def scrub(self) -> None:
        """Write the file anew and empty the log; waits for whoever reads."""
        with refusals_told(self.place):
            connection = self.mine()
            connection.execute("PRAGMA secure_delete = ON; PRAGMA temp_store = FILE; VACUUM").fetchall()
            connection.execute("PRAGMA temp_store = MEMORY").fetchall()
            ((busy, *_),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if busy:
            raise StorageRefused(
                f"{self.place} is read by others: its log cannot be emptied", place=self.place
            )

    def _shorten_log(self, connection: apsw.Connection) -> None:
        """Empty the write-ahead log, unless somebody reads from it: to wait would hold up all writers."""
        try:
            connection.set_busy_timeout(0)
            with suppress(apsw.BusyError):
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.set_busy_timeout(int(self._wait * 1000))

    def _unwritable(self) -> apsw.Connection:
        """On a full or read-only disk SQLite cannot make its side files: read the file as it lies there.

        Where a write-ahead log was left behind, file and log are copied first and read together.
        """
        from vstore.storage.sqlite_copy import Copy, as_it_lies

        if not _size(self._log):
            return as_it_lies(self.place)
        self._copy = self._copy or Copy(self.place, self._log)
        return self._copy.connection()

    def _checked(self, connection: apsw.Connection) -> int:
        """The file's format; what is no store, and formats that this program does not know, are refused."""
        with refusals_told(self.place):
            ((application,),) = connection.execute("PRAGMA application_id")
            ((found,),) = connection.execute("PRAGMA user_version")
        if application != APPLICATION_ID:
            raise WrongFormat(f"{self.place} is no vstore store", place=self.place)
        if not OLDEST <= found <= FORMAT:
            raise WrongFormat(
                f"{self.place} has format {found}, this vstore knows formats {OLDEST} to {FORMAT}"
                + ("; a newer vstore reads it" if found > FORMAT else ""),
                place=self.place,
                format=found,
            )
        return int(found)


_parents: list[apsw.Connection] = []
"""Connections inherited through a fork, kept so that nobody closes them."""


def _roll_back(connection: apsw.Connection) -> None:
    """Unless SQLite has done so by itself, as it does when the disk is full."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _size(path: str) -> int:
    """Its bytes; 0 where there is no such file."""
    with suppress(FileNotFoundError):
        return os.stat(path).st_size
    return 0


def create(place: str | os.PathLike[str]) -> bool:
    """Make an empty store's file; False if one is there already. Two at once make one."""
    import tempfile  # only here is a store made

    folder, name = os.path.split(place)
    if os.path.exists(place):
        return False
    with (
        refusals_told(os.fspath(place)),
        tempfile.TemporaryDirectory(prefix=".new-", dir=folder or ".") as scratch,
    ):
        made = f"{scratch}/{name}"
        connection = apsw.Connection(made)
        connection.execute(
            f"PRAGMA page_size = {PAGE_SIZE}; BEGIN; PRAGMA application_id = {APPLICATION_ID}; {TABLES} "
            f"INSERT INTO note VALUES ('format', '{FORMAT}'); PRAGMA user_version = {FORMAT}; COMMIT"
        ).fetchall()
        # Only now: what does not come out of a log, where the disk refuses, nobody hears of.
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.close()
        try:
            os.link(made, place)  # unlike a rename, this never replaces a store made meanwhile
        except FileExistsError:
            return False
        return True
