"""Connections to a server: made in the thread that wants one, kept for the next, never shared with a fork.

There is no thread that makes them ahead: what goes wrong is told to whoever waits, and a server that is back
is noticed at once. Lists that are read one by one may hold any number of connections; all else takes turns in
a bounded number, of which no thread ever holds two, so that none waits for another.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg import pq, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper

from vstore.errors import BadReference, StorageRefused
from vstore.storage.postgres_errors import first_line
from vstore.storage.postgres_place import Place

CONNECTIONS = 32
"""Connections that the threads of a program share, beside those of lists."""

OPENINGS = 5
"""Connections in a row that may break off as soon as they are made."""

PAUSE, LONGEST_PAUSE = 0.02, 0.5
"""Seconds before a server that cannot be reached is tried again: more each time."""

FOUND_DEAD = {
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""So that a server that has vanished is noticed within a minute or so; the URL may say otherwise."""

logging.getLogger("psycopg").addHandler(logging.NullHandler())  # what goes wrong is raised as well


class Connections:
    """Those of one store; `wait` is how many seconds somebody waits for one."""

    def __init__(self, where: Place, wait: float, *, read_only: bool = False) -> None:
        self._where = where
        self._wait = wait
        self._read_only = read_only
        self._server = _server(where, wait)
        self._processes: dict[int, _Idle] = {}
        self._is_closed = False

    def made(self) -> psycopg.Connection:
        """A new one, as the store needs it; psycopg's error where there is none to be had."""
        for left in reversed(range(OPENINGS)):
            connection = psycopg.connect(self._server, autocommit=True)
            _alive.add(connection)
            try:
                connection.adapters.register_dumper(int, Int8Dumper)  # numbers of any size: one statement
                connection.execute(self._introduction().as_bytes(connection))
            except BaseException as error:
                is_lost = isinstance(error, psycopg.OperationalError) and connection.closed
                connection.close()
                if not (is_lost and left):  # the server was there a moment ago
                    raise
            else:
                return connection
        raise AssertionError

    def take(self) -> tuple[psycopg.Connection, bool]:
        """One that was given back, or a new one, and whether it is new; StorageRefused after the wait."""
        with suppress(IndexError):
            return self._idle.connections.pop(), False
        until = time.monotonic() + self._wait
        pause = PAUSE
        while True:
            try:
                return self.made(), True
            except psycopg.OperationalError as error:
                if time.monotonic() + pause > until:
                    raise StorageRefused(
                        f"{self._where.shown} cannot be reached: {first_line(error)}", place=self._where.shown
                    ) from error
            time.sleep(pause)
            pause = min(LONGEST_PAUSE, 2 * pause)

    def give(self, connection: psycopg.Connection, process: int) -> None:
        """Back from whoever took it in that process; of no use to another, nor in the middle of something."""
        if process != os.getpid():
            return
        idle = self._idle.connections
        is_idle = connection.info.transaction_status == TransactionStatus.IDLE
        if self._is_closed or connection.closed or not is_idle or len(idle) >= CONNECTIONS:
            connection.close()
        else:
            idle.append(connection)

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """For whoever takes a connection for anything but a list; StorageRefused where no turn comes."""
        turns = self._idle.turns
        if not turns.acquire(timeout=self._wait):
            raise StorageRefused(
                f"all {CONNECTIONS} connections to {self._where.shown} are in use", place=self._where.shown
            )
        try:
            yield
        finally:
            turns.release()

    def close(self) -> None:
        """Let go of those that are idle, and of the others once they are given back."""
        self._is_closed = True
        idle = self._idle.connections
        while idle:
            idle.pop().close()

    @property
    def _idle(self) -> _Idle:
        """That of this process; those of its parents are left as they are."""
        return self._processes.setdefault(os.getpid(), _Idle())

    def _introduction(self) -> sql.Composed:
        waiting = max(1, int(self._wait * 1000))  # 0 would be for ever
        return sql.SQL("SET search_path TO {}; SET lock_timeout TO {}{}").format(
            sql.Identifier(self._where.schema),
            sql.Literal(f"{waiting}ms"),
            sql.SQL("; SET default_transaction_read_only TO on" if self._read_only else ""),
        )


class _Idle:
    """What a process has."""

    def __init__(self) -> None:
        self.connections: list[psycopg.Connection] = []
        self.turns = threading.BoundedSemaphore(CONNECTIONS)


def _server(where: Place, wait: float) -> str:
    """What the URL says and what it leaves open. Texts come as UTF-8, whatever it and the environment say."""
    try:
        given = conninfo_to_dict(where.url)
    except psycopg.ProgrammingError:  # its words may hold a password
        raise BadReference(f"the URL of the store cannot be read: {_unknown(where.url)}") from None
    settings = {**FOUND_DEAD, "fallback_application_name": "vstore"}
    if "PGCONNECT_TIMEOUT" not in os.environ:
        settings["connect_timeout"] = str(max(2, int(wait)))
    opened = {name: each for name, each in settings.items() if name not in given}
    return make_conninfo(where.url, client_encoding="UTF8", **opened)


def _unknown(url: str) -> str:
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    unknown = [name for name in re.findall(r"[?&](\w+)=", url) if name not in known]
    return f"there is no parameter {unknown[0]!r}" if unknown else "PostgreSQL's library does not take it"


_alive = weakref.WeakSet[psycopg.Connection]()
"""Connections of this process that may be open."""


def _parted() -> None:
    """In a forked child: what is written to the parent's connections, if only to end them, goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for connection in list(_alive):
        with suppress(psycopg.Error):
            os.dup2(nowhere, connection.fileno())
    os.close(nowhere)
    _alive.clear()


os.register_at_fork(after_in_child=_parted)
