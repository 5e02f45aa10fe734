"""A store in PostgreSQL that threads share, that is forked, left half-read, and interrupted."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from cli_program import environment
from postgres_servers import Server
from postgres_stores import made, schema_of, with_option

import vstore
from vstore.errors import StorageRefused
from vstore.model import Wire
from vstore.storage.postgres_connections import CONNECTIONS
from vstore.store import Store

pytestmark = pytest.mark.slow

MANY = 2_500
"""Stories: more than come at once."""


@pytest.fixture
def url(postgres: Server) -> str:
    return made(postgres)


def filled(store: Store) -> Store:
    store.import_wires(Wire(story=f"story {number:04}", text="Text.") for number in range(MANY))
    return store


def sessions(server: Server, url: str) -> int:
    """Connections of the programs that opened a store under the name of its schema."""
    with server.connect() as connection:
        sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
        return int(connection.execute(sql, (named(url),)).fetchall()[0][0])


def named(url: str) -> str:
    return f"shared {schema_of(url)}"


# Threads


def test_more_threads_than_connections_share_a_store(postgres: Server, url: str) -> None:
    threads = CONNECTIONS + 16
    ready = threading.Barrier(threads)

    def work(number: int) -> list[str]:
        ready.wait()
        for wire in range(3):
            store.add(f"of {number}", f"Text {wire}.")
        return [store.text(f"of {number}", version.number) for version in store.log(f"of {number}")]

    with vstore.open(with_option(url, application_name=named(url))) as store:
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(work, range(threads)))
        assert found == [["Text 2.", "Text 1.", "Text 0."]] * threads
        assert sessions(postgres, url) <= CONNECTIONS
        assert store.fsck().ok


def test_threads_that_each_read_a_list_and_ask_meanwhile_do_not_wait_for_each_other(url: str) -> None:
    threads = CONNECTIONS + 8
    reading = threading.Barrier(threads)
    with vstore.open(url, wait=10) as store:
        filled(store)

        def work(number: int) -> int:
            stories = store.stories()
            log = store.log()
            next(stories)
            next(log)
            reading.wait()  # all hold two lists
            assert store.text(f"story {number:04}") == "Text."
            assert store.add(f"of {number}", "Text.").version.number == 1
            return sum(1 for _ in stories)

        began = time.monotonic()
        with ThreadPoolExecutor(threads) as pool:
            assert list(pool.map(work, range(threads))) == [MANY - 1] * threads
        assert time.monotonic() - began < 60


def test_lists_that_are_left_half_read_give_their_connections_back(postgres: Server, url: str) -> None:
    with vstore.open(with_option(url, application_name=named(url))) as store:
        filled(store)
        for _ in range(3 * CONNECTIONS):
            stories = store.stories()
            next(stories)
        del stories
        gc.collect()
        assert sessions(postgres, url) <= 3
        with postgres.connect() as connection:
            sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND state <> 'idle'"
            assert connection.execute(sql, (named(url),)).fetchone() == (0,)


def test_a_list_that_a_thread_left_may_be_read_on_in_another(url: str) -> None:
    with vstore.open(url) as store:
        filled(store)
        left: list[Iterator[vstore.Story]] = []

        def begin() -> None:
            left.append(store.stories())
            next(left[0])

        thread = threading.Thread(target=begin)
        thread.start()
        thread.join()
        assert sum(1 for _ in left[0]) == MANY - 1


def test_a_list_sees_the_store_as_it_stood_and_takes_little_memory(url: str) -> None:
    with vstore.open(url) as store:
        filled(store)
        stories = store.stories()
        next(stories)
        for number in range(20):
            store.add(f"tale {number}", "Text.")
        assert sum(1 for _ in stories) == MANY - 1
        assert store.stats().stories == MANY + 20


def test_a_store_that_was_closed_lets_go_of_everything(postgres: Server, url: str) -> None:
    store = vstore.open(with_option(url, application_name=named(url)))
    filled(store)
    stories = store.stories()
    next(stories)
    store.close()
    store.close()
    assert sessions(postgres, url) == 1  # the list's own
    assert sum(1 for _ in stories) == MANY - 1
    until = time.monotonic() + 5
    while sessions(postgres, url) and time.monotonic() < until:
        time.sleep(0.02)
    assert sessions(postgres, url) == 0


def test_a_question_waits_for_no_lock_to_keep_its_answer(postgres: Server, url: str) -> None:
    with vstore.open(url) as store, postgres.connect() as other:
        store.add("s", "One.")
        store.add("s", "One. Two.")
        for table in ("dictionary", "origin"):
            other.execute(f"BEGIN; LOCK TABLE {schema_of(url)}.{table} IN EXCLUSIVE MODE".encode())
            if table == "dictionary":  # as gc does
                other.execute(f"LOCK TABLE {schema_of(url)}.{table} IN ACCESS EXCLUSIVE MODE".encode())
            began = time.monotonic()
            assert len(store.blame("s").hunks) == 2
            assert time.monotonic() - began < 5
            other.execute("ROLLBACK")
        assert not store._storage.kept_bytes()
        store.blame("s")
        assert store._storage.kept_bytes()


# Forks


def in_child(act: Callable[[], None]) -> int:
    """The exit code of a child that was forked here, and acts."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_fork_reopens_the_store_and_leaves_the_parents_connections_alone(url: str) -> None:
    with vstore.open(url) as store:
        filled(store)
        stories = store.stories()
        first = next(stories)

        def act() -> None:
            nonlocal stories
            assert store.add("child", "Text.").outcome == "new"
            assert sum(1 for _ in store.stories()) == MANY + 1
            del stories  # half-read by the parent
            gc.collect()
            store.close()

        assert in_child(act) == 0
        assert store.add("parent", "Text.").outcome == "new"
        assert [first.story, *(each.story for each in stories)] == [f"story {n:04}" for n in range(MANY)]
        assert store.version("child").number == 1


def test_a_child_that_was_forked_in_a_transaction_cannot_end_it(url: str) -> None:
    with vstore.open(url) as store:
        with ExitStack() as transaction:
            writer = transaction.enter_context(store._storage.transaction())
            writer.note("of the parent", "kept")

            def end_it() -> None:
                with pytest.raises(StorageRefused):
                    transaction.close()
                assert store.add("of the child", "Text.").outcome == "new"

            assert in_child(end_it) == 0
            assert "of the parent" not in notes(url)
        assert notes(url)["of the parent"] == "kept"
        assert store.add("of the child", "Text.").outcome == "same"


def notes(url: str) -> dict[str, str]:
    with vstore.open(url) as store:
        return store._storage.notes()


def test_a_fork_while_other_threads_write_does_not_hang(url: str) -> None:
    with vstore.open(url) as store:
        done = threading.Event()

        def write(number: int) -> int:
            count = 0
            while not done.is_set():
                store.add(f"of {number}", f"Text {count}.")
                count += 1
            return count

        with ThreadPoolExecutor(8) as pool:
            writing = [pool.submit(write, number) for number in range(8)]
            for number in range(10):

                def act(number: int = number) -> None:
                    signal.alarm(20)
                    assert store.add(f"child {number}", "Text.").outcome == "new"

                assert in_child(act) == 0
            done.set()
            counts = [each.result() for each in writing]
        assert [store.version(f"of {number}").number for number in range(8)] == counts
        assert store.fsck().ok


# Interrupts and ends


def test_an_interrupt_in_a_transaction_keeps_nothing_and_leaves_the_store_usable(
    postgres: Server, url: str
) -> None:
    with vstore.open(url) as store:
        store.add("s", "One.")
        with postgres.connect() as other:
            other.execute(f"BEGIN; SELECT FROM {schema_of(url)}.head FOR UPDATE".encode())
            threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
            began = time.monotonic()
            with pytest.raises(KeyboardInterrupt):
                store.add("s", "Two.")
            assert time.monotonic() - began < 5
            assert store.text("s") == "One."
        assert store.add("s", "Three.").version.number == 2
        assert store.fsck().ok


def test_an_import_that_is_interrupted_says_so_and_keeps_whole_batches(url: str, tmp_path: Path) -> None:
    file = tmp_path / "wires.jsonl"
    file.write_text("".join(f'{{"story": "s {n % 900}", "text": "Text {n}."}}\n' for n in range(20_000)))
    command = [sys.executable, "-m", "vstore", "--store", url, "import", str(file)]
    with subprocess.Popen(
        command, env=environment(), stderr=subprocess.PIPE, start_new_session=True
    ) as running:
        with vstore.open(url) as store:
            while store.stats().versions < 500:
                time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert b"Traceback" not in said
    with vstore.open(url) as store:
        assert 500 <= store.stats().versions < 20_000
        assert store.stats().versions % 500 == 0
        assert store.fsck().ok


ENDING = """
import sys, threading, vstore

store = vstore.open(sys.argv[1])
store.import_wires(vstore.Wire(story=f"s {n}", text="Text.") for n in range(1_500))
stories = store.stories()
next(stories)
threading.Thread(target=lambda: store.text("s 1")).start()
"""


@pytest.mark.parametrize("options", [(), ("-W", "error", "-X", "dev")], ids=["plain", "strict"])
def test_a_program_may_end_without_closing_its_store(url: str, options: tuple[str, ...]) -> None:
    command = [sys.executable, *options, "-c", ENDING, url]
    done = subprocess.run(command, env=environment(), capture_output=True, check=False, timeout=30, text=True)
    assert done.returncode == 0, done.stderr
    if not options:
        assert not done.stderr
    with vstore.open(url) as store:
        assert store.stats().versions == 1_500
