"""A PostgreSQL database as a place for a store: pooled connections, transactions, and how they may end."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from itertools import count
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus

from vstore.errors import ConnectionLost, Overtaken, StorageRefused
from vstore.storage.checksum import Column
from vstore.storage.database import Connection, Found, InDoubtError
from vstore.storage.postgres_connections import Connections
from vstore.storage.postgres_errors import connecting_told, first_line, refusals_told
from vstore.storage.postgres_making import check
from vstore.storage.postgres_place import place
from vstore.storage.postgres_schema import DIALECT, PAGED, SHARDED, SHARED, WITH_TEXTS
from vstore.storage.sql_writing import unless_there

FETCHED = 1_000
"""Rows of a long list that come at once."""

READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

_BEGIN, _LOCK = "BEGIN ISOLATION LEVEL REPEATABLE READ", "LOCK TABLE dictionary IN ACCESS SHARE MODE"

WRITE = f"{_BEGIN}; {_LOCK}"
"""Whoever drops dictionaries waits for this lock, which comes before the snapshot: none is missed."""

AT_ONCE = f"{_BEGIN}; SET LOCAL lock_timeout = '1ms'; {_LOCK}; SET LOCAL synchronous_commit = off"

QUEUE = "SELECT pg_advisory_lock(hashtext('vstore writers ' || current_schema()))"
"""Whoever was overtaken waits for others who were: it is held beside the transaction, as the snapshot of one
in which it was waited for would be too old."""

_HERE = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"

Answer = TypeVar("Answer")


SECONDS = 10
"""How long a session that lost its client may take to end."""

_ENDED = (
    "SELECT pg_terminate_backend(pid, ?) FROM pg_stat_activity WHERE pid = ? AND usename = current_user "
    "AND application_name = current_setting('application_name')"
)
"""Ends a session, which might still come to the COMMIT that was sent to it, and waits for its end."""


class BrokenOffError(InDoubtError, ConnectionLost):
    """The connection broke off while a transaction was committed."""

    refused = ConnectionLost


class PostgresDatabase:
    """A schema of a database, as the threads of a program share it."""

    dialect = DIALECT

    def __init__(self, url: str, *, read_only: bool = False, wait: float = 30.0) -> None:
        self._where = place(url)
        self.place = self._where.shown
        self._wait = wait
        self._mine = threading.local()
        self._connections = Connections(self._where, wait, read_only=read_only)
        with connecting_told(self.place):
            connection = self._connections.made()
        self._connections.give(connection, os.getpid())
        try:
            self._told(lambda connection: check(connection, self._where))
        except BaseException:
            self.close()
            raise

    def ask(self, sql: str, *bindings: Column) -> list[Found]:
        if mine := self._of_thread():
            with refusals_told(self.place):
                return PostgresConnection(mine).execute(sql, bindings).fetchall()
        return self._told(lambda connection: PostgresConnection(connection).execute(sql, bindings).fetchall())

    @contextmanager
    def streaming(self) -> Iterator[Connection]:
        mine = self._of_thread()
        with (
            refusals_told(self.place),
            nullcontext(mine) if mine else self._begun(READ) as connection,
        ):
            yield _Streaming(connection)

    @contextmanager
    def reading(self) -> Iterator[None]:
        if self._of_thread():
            yield
            return
        with (
            refusals_told(self.place),
            self._connections.in_turn(),
            self._begun(READ) as connection,
            self._as_mine(connection),
        ):
            yield

    @contextmanager
    def writing(self) -> Iterator[PostgresConnection]:
        with self._writing(WRITE) as connection:
            yield connection

    @contextmanager
    def settling(self, doubt: InDoubtError) -> Iterator[Connection]:
        """Once the other end is gone for certain."""
        if self.ask(_ENDED, SECONDS * 1000, doubt.session) not in ([], [(True,)]):
            raise StorageRefused("the session does not end", place=self.place)
        with refusals_told(self.place), self._begun(READ) as connection:
            yield PostgresConnection(connection)

    @contextmanager
    def writing_at_once(self) -> Iterator[Connection]:
        with self._writing(AT_ONCE) as connection, connection.pipeline():
            yield connection

    def findings(self, *, quick: bool) -> Iterator[str]:  # noqa: ARG002
        """None: PostgreSQL checks its pages as it reads them, where its cluster has checksums."""
        yield from ()

    def tables(self) -> set[str]:
        found = self.ask(f"SELECT relname::text FROM pg_class WHERE relnamespace = {_HERE}")
        return {name for (name,) in found} & {*SHARDED, *SHARED, *PAGED}

    def size(self) -> int:
        """Bytes of all tables and indexes on this server."""
        sql = (
            "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class "
            f"WHERE relnamespace = {_HERE} AND relkind = 'r'"
        )
        ((size,),) = self.ask(sql)
        return int(size)

    def scrub(self) -> None:
        """Write the tables anew that hold texts; the server's log, replicas and backups are beyond reach."""
        self._told(lambda connection: connection.execute(f"VACUUM (FULL) {', '.join(WITH_TEXTS)}".encode()))

    def compact(self) -> None:
        """Let PostgreSQL use again what is not needed any more; files get shorter at their ends only."""
        vacuum = f"VACUUM (ANALYZE) {', '.join((*SHARDED, *PAGED))}".encode()
        self._told(lambda connection: connection.execute(vacuum))

    def close(self) -> None:
        self._connections.close()

    @contextmanager
    def _writing(self, begin: str) -> Iterator[PostgresConnection]:
        """BrokenOffError where nobody heard how it ended."""
        if self._of_thread():
            raise StorageRefused("this thread is in the middle of a transaction already", place=self.place)
        with (
            refusals_told(self.place),
            self._connections.in_turn(),
            self._collisions_noted(),
            self._begun(begin, self._takes_turns(begin)) as connection,
            self._as_mine(connection),
        ):
            ending = _Ending(connection)
            with self._doubt_told(connection, ending):
                yield PostgresConnection(connection)
                ending.begin()
            if not ending.is_kept:
                raise StorageRefused(f"{self.place} did not keep what was written", place=self.place)

    def _takes_turns(self, begin: str) -> bool:
        """Whether this thread was overtaken the last time: then it queues, or it might be so for ever."""
        was_overtaken, self._mine.was_overtaken = getattr(self._mine, "was_overtaken", False), False
        return was_overtaken and begin == WRITE

    @contextmanager
    def _collisions_noted(self) -> Iterator[None]:
        try:
            yield
        except (Overtaken, errors.SerializationFailure, errors.DeadlockDetected):
            self._mine.was_overtaken = True
            raise

    @contextmanager
    def _doubt_told(self, connection: psycopg.Connection, ending: _Ending) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            if not (ending.is_begun and connection.closed):
                raise
            if ending.process != os.getpid():
                raise ConnectionLost(
                    f"only the process that began to write to {self.place} can end it", place=self.place
                ) from error
            doubt = BrokenOffError(
                f"{self.place} was lost while it kept: {first_line(error)}", place=self.place
            )
            doubt.session = ending.session
            raise doubt from error

    @contextmanager
    def _begun(self, begin: str, is_queued: bool = False) -> Iterator[psycopg.Connection]:
        """A connection in a transaction, which is over in the end."""
        process = os.getpid()
        before = [QUEUE] if is_queued else []
        connection, _ = self._borrowed(lambda each: [each.execute(sql.encode()) for sql in (*before, begin)])
        try:
            yield connection
        finally:
            if process == os.getpid():
                with suppress(psycopg.Error):
                    _roll_back(connection)
                    if is_queued:
                        connection.execute("SELECT pg_advisory_unlock_all()")
            self._connections.give(connection, process)

    @contextmanager
    def _as_mine(self, connection: psycopg.Connection) -> Iterator[None]:
        self._mine.connection = connection, os.getpid()
        try:
            yield
        finally:
            self._mine.connection = None

    def _of_thread(self) -> psycopg.Connection | None:
        """The connection on which this thread is in a transaction; none in a child that was forked in it."""
        mine: tuple[psycopg.Connection, int] | None = getattr(self._mine, "connection", None)
        return mine[0] if mine and mine[1] == os.getpid() else None

    def _told(self, question: Callable[[psycopg.Connection], Answer]) -> Answer:
        """The answer to one question, which may be asked again."""
        with refusals_told(self.place), self._connections.in_turn():
            connection, answer = self._borrowed(question)
            self._connections.give(connection, os.getpid())
            return answer

    def _borrowed(self, first: Callable[[psycopg.Connection], Answer]) -> tuple[psycopg.Connection, Answer]:
        """A connection and its first answer; those that broke off while nobody used them are passed over."""
        until = time.monotonic() + self._wait
        while True:
            connection, is_new = self._connections.take()
            try:
                return connection, first(connection)
            except psycopg.OperationalError:
                is_lost = connection.closed
                self._connections.give(connection, os.getpid())
                if not is_lost or (is_new and time.monotonic() > until):
                    raise
            except BaseException:
                self._connections.give(connection, os.getpid())
                raise


def _roll_back(connection: psycopg.Connection) -> None:
    """Of a transaction that failed, psycopg may take statements for prepared that never came to be."""
    if connection.info.transaction_status == TransactionStatus.INERROR:
        connection.rollback()  # forgets them
    elif connection.info.transaction_status != TransactionStatus.IDLE:
        connection.execute("ROLLBACK")


class _Ending:
    """How a transaction ends."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._answer: psycopg.Cursor[Found] | None = None
        self.is_begun = False
        self.process = os.getpid()
        self.session = connection.info.backend_pid

    def begin(self) -> None:
        """Send the word; the answer comes later."""
        self.is_begun = True
        self._answer = self._connection.execute("COMMIT")

    @property
    def is_kept(self) -> bool:
        """What a failed transaction answers to COMMIT is ROLLBACK."""
        return self._answer is not None and self._answer.statusmessage == "COMMIT"


class PostgresConnection:
    """Takes statements in the words of every engine."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, bindings: Sequence[Column] = (), /) -> psycopg.Cursor[Found]:
        return self._connection.execute(_translated(sql), bindings, binary=True)

    def execute_many(self, sql: str, several: Sequence[Sequence[Column]]) -> int:
        """A statement with one row of bindings after the other; how many rows of the table that changed."""
        cursor = self._connection.cursor()
        cursor.executemany(_translated(sql), several)
        return cursor.rowcount

    def pipeline(self) -> AbstractContextManager[Any]:
        """Statements within go out without waiting for one another."""
        return self._connection.pipeline()

    def copy(self, rows: Mapping[str, Sequence[Sequence[Column]]]) -> None:
        """Insert many rows, by table: by way of temporary ones, wherever the others are kept."""
        if not rows:
            return
        self._connection.execute(
            ";".join(
                f"CREATE TEMP TABLE IF NOT EXISTS new_{table} (LIKE {table}) ON COMMIT DELETE ROWS"
                for table in rows
            ).encode()
        )
        for table, several in rows.items():
            self._copied(table, several)

    def _copied(self, table: str, several: Sequence[Sequence[Column]]) -> None:
        new = f"pg_temp.new_{table}"
        with self._connection.cursor() as cursor:
            described = cursor.execute(f"SELECT * FROM {new} LIMIT 0".encode()).description or ()
            with cursor.copy(f"COPY {new} FROM STDIN (FORMAT BINARY)".encode()) as copy:
                copy.set_types([column.type_code for column in described])
                for columns in several:
                    copy.write_row(columns)
            inserted = f"INSERT INTO {table} SELECT * FROM {new}{unless_there(table)}"
            cursor.execute(f"{inserted}; TRUNCATE {new}".encode())


class _Streaming(PostgresConnection):
    """The rows of the first statement come some at a time."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(connection)
        self._is_asked = False

    def execute(self, sql: str, bindings: Sequence[Column] = (), /) -> Any:
        if self._is_asked:
            return super().execute(sql, bindings)
        self._is_asked = True
        cursor = f"vstore_{next(_numbers)}"
        declared = f"DECLARE {cursor} NO SCROLL CURSOR FOR ".encode() + _translated(sql)
        self._connection.execute(declared, bindings, prepare=False)
        return self._fetched(cursor)

    def _fetched(self, cursor: str) -> Iterator[Found]:
        sql = f"FETCH {FETCHED} FROM {cursor}".encode()
        while found := self._connection.execute(sql, prepare=False, binary=True).fetchall():
            yield from found


_numbers = count(1)


@cache
def _translated(sql: str) -> bytes:
    return sql.replace("?", "%s").encode()
