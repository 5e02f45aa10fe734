"""Throw-away PostgreSQL servers: on loopback, under a temporary folder, as an unprivileged user.

`running()` is the one server that a test process shares, started when it is first asked for;
`serving()` is a server of one's own, to be crashed and restarted. None outlives the process that
started it: they are stopped at its end, and by the kernel when it is killed.
"""

from __future__ import annotations

import atexit
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from postgres_programs import (
    BrokenPostgresError,
    NoPostgresError,
    as_unprivileged,
    finished,
    programs,
    unprivileged,
)

if TYPE_CHECKING:
    import psycopg

USER = "vstore"
PREFIX = "vstore-postgres-"
PATIENCE = 30.0
"""Seconds that a server may take to start or to stop."""

Served = TypeVar("Served")
Mode = Literal["smart", "fast", "immediate"]
SIGNALS: Mapping[Mode, int] = {
    "smart": signal.SIGTERM,
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
}

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
}
CARELESS = {"fsync": "off", "full_page_writes": "off"}
"""What a server is told that never has to outlive a crash of the machine; it does outlive its own."""


class Server:
    """A server in a folder; `url` is its database `postgres`, of which the user is superuser."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.port = _free_port()
        self._settings = {**SETTINGS, **settings, "port": str(self.port)}
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def connect(self, url: str | None = None) -> psycopg.Connection:
        """A connection in autocommit mode, for what a test prepares or looks up."""
        import psycopg  # here, as this module is imported where there is none

        return psycopg.connect(url or self.url, autocommit=True)

    def run(self, *statements: str) -> None:
        """Statements on a connection of their own, each committed by itself."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def database(self) -> str:
        """The URL of a new, empty database; copying files is the quicker way without fsync."""
        name = f"empty_{os.getpid()}_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY")
        return self.url_of(name)

    def schema(self) -> str:
        """A name that no schema of `url` has yet; nothing is made, so it costs nothing."""
        return f"empty_{os.getpid()}_{next(self._numbers)}"

    def start(self) -> None:
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Starts the server without waiting for it, so that several can start at once."""
        self._pid_file.unlink(missing_ok=True)
        settings = [f"--{name}={value}" for name, value in self._settings.items()]
        command = [*_dying_with_us(), programs() / "postgres", "-D", str(self.folder / "data"), *settings]
        with (self.folder / "log").open("ab") as log:
            self._process = as_unprivileged(command, log)

    def await_ready(self) -> None:
        """As pg_ctl does it: the last line of the server's pid file says "ready"."""
        until = time.monotonic() + PATIENCE
        while self._process and self._process.poll() is None and time.monotonic() < until:
            with suppress(FileNotFoundError):
                if self._pid_file.read_text().rstrip().endswith("ready"):
                    return
            time.sleep(0.01)
        self.stop("immediate")
        raise BrokenPostgresError(f"the server in {self.folder} did not start: {self.log()}")

    @property
    def _pid_file(self) -> Path:
        return self.folder / "data" / "postmaster.pid"

    def log(self) -> str:
        """What the server has written about itself."""
        return (self.folder / "log").read_text(errors="replace")

    def stop(self, mode: Mode = "fast") -> None:
        """As `pg_ctl stop -m`; nothing when it is stopped already."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(SIGNALS[mode])
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def restart(self, mode: Mode = "fast") -> None:
        """On the same port; `immediate` leaves it to recover as from a crash."""
        self.stop(mode)
        self.start()


def _dying_with_us() -> list[str]:
    """Has the kernel shut the server down when we are killed.

    It does so too when the thread ends that started the server, so only the main thread asks for it.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    if setpriv is None or threading.current_thread() is not threading.main_thread():
        return []
    return [setpriv, "--pdeathsig", "QUIT"]


def _free_port() -> int:
    """Below those that connections of others are given, so that it is still free after a restart.

    SystemRandom, as Hypothesis has every worker of the tests draw the same numbers.
    """
    for port in random.SystemRandom().sample(range(20_000, 32_000), 100):
        with socket.socket() as taken, suppress(OSError):
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", port))
            return port
    raise BrokenPostgresError("no port is free on 127.0.0.1")


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """One that the servers' user can reach and write; pytest's own is closed to others than us."""
    _clear_up()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        if user := unprivileged():
            os.chown(folder, user.number, user.group)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _clear_up() -> None:
    """Removes what killed processes left: folders a day old in which no server runs."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            running = [*folder.glob("data/postmaster.pid"), *folder.glob("*/data/postmaster.pid")]
            if not running and folder.stat().st_mtime < time.time() - 86_400:
                shutil.rmtree(folder, ignore_errors=True)


def initialised(folder: Path) -> None:
    """Makes the empty data of a server in a folder, which may not be there yet."""
    options = ["-A", "trust", "-U", USER, "--encoding", "UTF8", "--locale", "C", "--no-sync"]
    finished([programs() / "initdb", "-D", str(folder / "data"), *options])


@contextmanager
def serving(*, fsync: bool = False, **settings: str) -> Iterator[Server]:
    """A server of one's own, gone at the end with all it holds; `settings` are PostgreSQL's."""
    with temporary_folder() as folder:
        initialised(folder)
        server = Server(folder, {**({} if fsync else CARELESS), **settings})
        try:
            server.start()
            yield server
        finally:
            server.stop("immediate")


SKIPPED = "there is no PostgreSQL: "
"""How the reason of every test begins that was skipped for want of a server."""

_shared = ExitStack()
_sharer = os.getpid()


@cache
def running() -> Server:
    """The server that this process shares, from the first call to the end; skips the test without one."""
    return shared(serving)


def shared(serve: Callable[[], AbstractContextManager[Served]]) -> Served:
    """What `serve` starts, kept until `stop_shared`; skips the test where there is no PostgreSQL."""
    import pytest  # here, as the benches use these servers too

    if find_spec("psycopg") is None:
        pytest.skip(f"{SKIPPED}psycopg is not installed; `pip install 'psycopg[binary]'` does it")
    try:
        programs()
    except NoPostgresError as error:
        pytest.skip(f"{SKIPPED}{error}")
    return _shared.enter_context(serve())


@atexit.register
def stop_shared() -> None:
    """At the end of the process that started them, not of one that was forked from it."""
    if os.getpid() == _sharer:
        _shared.close()
