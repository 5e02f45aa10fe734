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
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper
from psycopg_pool import ConnectionPool

from vstore.errors import ConnectionLost, NoStore, StorageRefused, WrongFormat
from vstore.storage.checksum import Column
from vstore.storage.database import Connection, Found
from vstore.storage.postgres_errors import connecting_told, refusals_told
from vstore.storage.postgres_place import place
from vstore.storage.postgres_schema import DIALECT, SHARDED, SHARED, statements
from vstore.storage.schema import FORMAT

CONNECTIONS = 32
"""Connections of one program at most; its threads share them."""

FETCHED = 1_000
"""Rows of a long list that come at once."""

PAUSE = 0.05
"""Seconds before a server that cannot be reached is tried again."""

READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

WRITE = "BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE dictionary IN ACCESS SHARE MODE"
"""Whoever drops dictionaries waits for this lock, which comes before the snapshot: none is missed."""

AT_ONCE = f"{WRITE}; SET LOCAL lock_timeout = '1ms'; SET LOCAL synchronous_commit = off"

Answer = TypeVar("Answer")


class InDoubtError(ConnectionLost):
    """The connection broke off while a transaction was committed: it may be kept or not."""


class PostgresDatabase:
    """A schema of a database, as the threads of a program share it."""

    dialect = DIALECT

    def __init__(self, url: str, *, read_only: bool = False, wait: float = 30.0) -> None:
        self._where = place(url)
        self.place = self._where.shown
        self._read_only = read_only
        self._wait = wait
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._pool: ConnectionPool[psycopg.Connection] | None = None
        self._process = 0
        with connecting_told(self.place), self._connected() as connection:
            self._check(connection)

    def ask(self, sql: str, *bindings: Column) -> list[Found]:
        if mine := self._of_thread():
            with refusals_told(self.place):
                return PostgresConnection(mine).execute(sql, bindings).fetchall()

        def answer(connection: psycopg.Connection) -> list[Found]:
            return PostgresConnection(connection).execute(sql, bindings).fetchall()

        with refusals_told(self.place):
            connection, found = self._borrowed(answer)
            self._given_back(connection)
            return found

    @contextmanager
    def streaming(self) -> Iterator[Connection]:
        with refusals_told(self.place):
            mine = self._of_thread()
            with (
                nullcontext(mine) if mine else self._begun(READ) as connection,
                _streaming(connection) as rows,
            ):
                yield rows

    @contextmanager
    def reading(self) -> Iterator[None]:
        if self._of_thread():
            yield
            return
        with refusals_told(self.place), self._begun(READ) as connection, self._as_mine(connection):
            yield

    @contextmanager
    def writing(self) -> Iterator[PostgresConnection]:
        with self._writing(WRITE) as connection:
            yield connection

    @contextmanager
    def writing_at_once(self) -> Iterator[Connection]:
        with self._writing(AT_ONCE) as connection, connection.pipeline():
            yield connection

    def findings(self) -> Iterator[str]:
        """None: PostgreSQL checks its pages as it reads them, where its cluster has checksums."""
        yield from ()

    def tables(self) -> set[str]:
        found = self.ask(
            "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
        )
        return {name for (name,) in found} & {*SHARDED, *SHARED}

    def size(self) -> int:
        """Bytes of all tables and indexes on this server."""
        sql = (
            "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class "
            "WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
        )
        ((size,),) = self.ask(sql)
        return int(size)

    def compact(self) -> None:
        """Let PostgreSQL use again what is not needed any more; files get shorter at their ends only."""
        with refusals_told(self.place):
            connection, _ = self._borrowed(
                lambda each: each.execute(f"VACUUM (ANALYZE) {', '.join(SHARDED)}")
            )
            self._given_back(connection)

    def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None and self._process == os.getpid():
            pool.close()

    @contextmanager
    def _writing(self, begin: str) -> Iterator[PostgresConnection]:
        """InDoubtError where nobody heard how it ended."""
        if self._of_thread():
            raise StorageRefused("this thread is in the middle of a transaction already", place=self.place)
        is_ending = False
        with refusals_told(self.place), self._begun(begin) as connection, self._as_mine(connection):
            try:
                yield PostgresConnection(connection)
                is_ending = True
                ended = connection.execute("COMMIT")
            except psycopg.OperationalError as error:
                if is_ending and connection.closed:
                    raise InDoubtError(
                        f"{self.place} was lost while it kept: {error}", place=self.place
                    ) from error
                raise
            if ended.statusmessage != "COMMIT":
                raise StorageRefused(f"{self.place} did not keep what was written", place=self.place)

    @contextmanager
    def _begun(self, begin: str) -> Iterator[psycopg.Connection]:
        """A connection in a transaction, which is over in the end."""
        connection, _ = self._borrowed(lambda connection: connection.execute(begin.encode()))
        try:
            yield connection
        finally:
            with suppress(psycopg.Error):
                if connection.info.transaction_status != TransactionStatus.IDLE:
                    connection.execute("ROLLBACK")
            self._given_back(connection)

    @contextmanager
    def _as_mine(self, connection: psycopg.Connection) -> Iterator[None]:
        self._mine.connection = connection
        try:
            yield
        finally:
            self._mine.connection = None

    def _of_thread(self) -> psycopg.Connection | None:
        """The connection on which this thread is in a transaction."""
        connection: psycopg.Connection | None = getattr(self._mine, "connection", None)
        return connection if self._process == os.getpid() else None

    def _borrowed(self, first: Callable[[psycopg.Connection], Answer]) -> tuple[psycopg.Connection, Answer]:
        """A connection and its first answer; those that broke off while nobody used them are passed over."""
        until = time.monotonic() + self._wait
        while True:
            pool = self._of_process()
            connection = pool.getconn(max(0.1, until - time.monotonic()))
            try:
                return connection, first(connection)
            except psycopg.OperationalError:
                is_lost = connection.closed
                self._given_back(connection)
                if not is_lost or time.monotonic() > until:
                    raise
                time.sleep(PAUSE)
            except BaseException:
                self._given_back(connection)
                raise

    def _given_back(self, connection: psycopg.Connection) -> None:
        if self._pool is not None and self._process == os.getpid():
            self._pool.putconn(connection)

    def _of_process(self) -> ConnectionPool[psycopg.Connection]:
        """The pool of this process; after a fork, another than the parent's."""
        with self._lock:
            if self._pool is None or self._process != os.getpid():
                self._mine = threading.local()
                self._process = os.getpid()
                self._pool = ConnectionPool(
                    self._where.url,
                    kwargs={"autocommit": True},
                    configure=self._prepare,
                    min_size=1,
                    max_size=CONNECTIONS,
                    open=True,
                )
            return self._pool

    def _connected(self) -> psycopg.Connection:
        return _connected(self._where.url, self._wait)

    def _prepare(self, connection: psycopg.Connection) -> None:
        connection.adapters.register_dumper(int, Int8Dumper)  # one prepared statement for numbers of any size
        connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(self._where.schema)))
        if self._read_only:
            connection.execute("SET default_transaction_read_only TO on")

    def _check(self, connection: psycopg.Connection) -> None:
        """That a store of this format is there."""
        _check_encoding(connection, self.place)
        self._prepare(connection)
        try:
            found = connection.execute("SELECT value FROM note WHERE name = 'format'").fetchone()
        except psycopg.errors.UndefinedTable as error:
            raise NoStore(
                f"there is no store at {self.place}; `vstore --store {self.place!r} init` makes one",
                place=self.place,
            ) from error
        if found is None or found[0] != str(FORMAT):
            raise WrongFormat(
                f"{self.place} has format {found and found[0]}, this vstore knows format {FORMAT} there",
                place=self.place,
                format=found and found[0],
            )


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
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {new}; TRUNCATE {new}".encode())


class _Streaming(PostgresConnection):
    """The rows of the first statement come some at a time; in a pipeline, which knows no cursors, at once."""

    def __init__(self, connection: psycopg.Connection, cursor: psycopg.ServerCursor[Found] | None) -> None:
        super().__init__(connection)
        self._cursor = cursor

    def execute(self, sql: str, bindings: Sequence[Column] = (), /) -> Any:
        cursor, self._cursor = self._cursor, None
        if cursor is None:
            return super().execute(sql, bindings)
        return cursor.execute(_translated(sql), bindings, binary=True)


@contextmanager
def _streaming(connection: psycopg.Connection) -> Iterator[_Streaming]:
    if connection.pgconn.pipeline_status:
        yield _Streaming(connection, None)
        return
    with connection.cursor(f"vstore_{next(_numbers)}") as cursor:
        cursor.itersize = FETCHED
        yield _Streaming(connection, cursor)


_numbers = count(1)


@cache
def _translated(sql: str) -> bytes:
    return sql.replace("?", "%s").encode()


def _connected(url: str, wait: float) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True, connect_timeout=max(2, int(wait)))


def _check_encoding(connection: psycopg.Connection, shown: str) -> None:
    found = connection.info.parameter_status("server_encoding")
    if found == "SQL_ASCII":
        raise StorageRefused(f"{shown} is in SQL_ASCII: a store needs a database in UTF8", place=shown)


def create(url: str, *, citus: bool = False, wait: float = 30.0) -> bool:
    """Make an empty store in the URL's schema; False if there is one already. Two at once make one."""
    where = place(url)
    with connecting_told(where.shown), _connected(where.url, wait) as connection, connection.transaction():
        _check_encoding(connection, where.shown)
        connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"vstore {where.schema}",))
        there = connection.execute("SELECT to_regnamespace(quote_ident(%s))", (where.schema,)).fetchone()
        if there == (None,):
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(where.schema)))
        connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(where.schema)))
        if connection.execute("SELECT to_regclass(quote_ident(current_schema()) || '.note')").fetchone() != (
            None,
        ):
            return False
        for statement in statements(citus=citus):
            connection.execute(statement.encode())
        return True
