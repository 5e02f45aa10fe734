"""What every test may ask for: a store or a bare storage on each backend, and a clock that the test sets."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from backends import BACKENDS, STORES, Clock, open_store
from damage import Damaged, make
from hypothesis import settings
from postgres_cluster import Cluster, running_cluster
from postgres_servers import SKIPPED, Server, running, stop_shared

from vstore.origins.trace import Trace
from vstore.storage.contract import Storage
from vstore.store import Store

if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # as in the background: the programs of tests heed Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)
MEMORY, ROOM = Path("/dev/shm"), 4 << 30  # noqa: S108


def is_fit_for_stores() -> bool:
    """True if there is so much memory to write to, and programs that tests put there can be run."""
    if not os.access(MEMORY, os.W_OK) or os.statvfs(MEMORY).f_flag & getattr(os, "ST_NOEXEC", 0):
        return False
    return shutil.disk_usage(MEMORY).free > ROOM


if is_fit_for_stores():  # what is synced there waits for no disk
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
pytest.register_assert_rewrite("exported", "edited")  # they assert as tests do
settings.register_profile("vstore", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("vstore")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=list(BACKENDS))
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    opened = BACKENDS[request.param](tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with open_store(request.param, tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def source(store: Store) -> Store:
    """A store to be copied."""
    return store


@pytest.fixture(params=STORES)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store to copy into, which has a clock of its own."""
    (tmp_path / "target").mkdir()
    with open_store(request.param, tmp_path / "target", Clock()) as opened:
        yield opened


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with all that can be damaged; to be copied, not touched."""
    folder = tmp_path_factory.mktemp("made")
    make(folder)
    return folder


@pytest.fixture
def damaged(made: Path, tmp_path: Path) -> Damaged:
    """A copy of it."""
    shutil.copytree(made, tmp_path / "store")
    return Damaged(tmp_path / "store" / "store.db")


@pytest.fixture
def taken() -> Iterator[list[str]]:
    """The texts that were folded while it is there, one by one."""
    texts: list[str] = []
    take = Trace.take

    def noted(self: Trace, text: str, text_id: bytes, source: str | None) -> None:
        texts.append(text)
        take(self, text, text_id, source)

    with patch.object(Trace, "take", noted):
        yield texts


@pytest.fixture(scope="session")
def postgres() -> Server:
    """The PostgreSQL server that the tests of this process share; none may stop it."""
    return running()


@pytest.fixture(scope="session")
def postgres_cluster() -> Cluster:
    """The coordinator and its two shards that the tests of this process share; none may stop them."""
    return running_cluster()


EVERYDAY = {("memory", "sqlite"), ("sqlite", "memory")}
"""Pairs of backends between which stores are copied every day; the others are slow."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        chosen = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        if {"store", "target"} <= set(chosen) and (chosen["store"], chosen["target"]) not in EVERYDAY:
            item.add_marker(pytest.mark.slow)


def pytest_sessionfinish() -> None:
    stop_shared()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says that a whole backend went untested, which one `s` among the dots does not."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [report.longrepr[2] for report in skipped if isinstance(report.longrepr, tuple)]
    missed = [reason for reason in reasons if SKIPPED in reason]
    if missed:
        terminalreporter.section("POSTGRESQL WAS NOT TESTED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(missed)} POSTGRESQL TESTS DID NOT RUN: {missed[0]}", red=True, bold=True)
