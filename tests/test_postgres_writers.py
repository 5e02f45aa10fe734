"""Many writers at one store in PostgreSQL, and what befalls them. Issue 5, "Many writers"."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cli_program import Program
from postgres_servers import Server, serving
from postgres_stores import made, schema_of, standby_of, with_option
from postgres_writers import Written, check, write, write_everywhere

import vstore
from vstore.arriving import arrive
from vstore.errors import Conflict, StorageRefused
from vstore.intake import Run
from vstore.model import Wire
from vstore.store import Store

pytestmark = pytest.mark.slow

SAME, OTHERS = ["the one story"], [f"story {number}" for number in range(8)]

SIZES = [
    pytest.param(2, 8, 12, id="everyday"),
    pytest.param(16, 1, 60, id="many", marks=pytest.mark.slow),
]
"""Processes, threads in each, wires of each thread."""


# Together


@pytest.mark.parametrize(("processes", "threads", "count"), SIZES)
@pytest.mark.parametrize("stories", [SAME, OTHERS], ids=["one", "several"])
def test_sixteen_writers_lose_nothing_and_never_conflict(
    postgres: Server, stories: Sequence[str], processes: int, threads: int, count: int
) -> None:
    url = made(postgres)
    written = write_everywhere(url, stories, count, processes, threads)
    assert sum(len(each.kept) for each in written) == processes * threads * count
    check(url, written)


def test_of_writers_who_name_the_tip_that_they_saw_one_comes_first(postgres: Server) -> None:
    url = made(postgres)
    with vstore.open(url) as store:

        def claim(writer: int) -> int:
            won = 0
            for number in range(10):
                try:
                    store.add("s", f"Of {writer}, {number}.", expect=number)
                    won += 1
                except Conflict as error:
                    assert error.facts["expected"] == number  # noqa: PT017
                barrier.wait()
            return won

        barrier = threading.Barrier(6)
        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(claim, range(6))) == 10
        assert store.version("s").number == 10
        assert store.fsck().ok


def test_writers_who_are_sent_the_same_keep_it_once(postgres: Server) -> None:
    url = made(postgres)

    def send(_: int) -> list[str]:
        with vstore.open(url) as store:
            return [store.add(f"story {number}", "The same text.").outcome for number in range(20)]

    with ThreadPoolExecutor(8) as pool:
        outcomes = [each for found in pool.map(send, range(8)) for each in found]
    assert (outcomes.count("new"), outcomes.count("same")) == (20, 140)
    check(url, [Written(unheard=[(f"story {number}", "The same text.") for number in range(20)])])


def wires(stories: int, versions: int, seed: int = 0) -> list[Wire]:
    """Those of a story keep their order, the stories come mixed."""
    mixed = [story for story in range(stories) for _ in range(versions)]
    random.Random(seed).shuffle(mixed)
    counts = [0] * stories
    made_up = []
    for story in mixed:
        counts[story] += 1
        text = "".join(f"Line {line} of {counts[story]}.\n" for line in range(5, 9 + counts[story]))
        made_up.append(Wire(story=f"story {story}", text=text, date=f"2019-01-{counts[story]:02}"))
    return made_up


def told(store: Store) -> list[tuple[str, int, str]]:
    return [
        (each.story, version.number, version.id)
        for each in store.stories()
        for version in store.log(each.story)
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_two_imports_of_the_same_file_at_once_keep_what_one_would(postgres: Server, jobs: int) -> None:
    url, alone = made(postgres), made(postgres)
    sent = wires(60, 25)
    with vstore.open(alone) as store:
        store.import_wires(sent)
        expected = told(store)

    def take_in(_: int) -> int:
        with vstore.open(url) as store:
            counts = store.import_wires(sent, jobs=jobs)
            return counts.new + counts.changed

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(take_in, range(2))) == len(sent)
    with vstore.open(url) as store:
        assert told(store) == expected
        assert store.fsck().ok


def test_imports_that_take_stories_in_opposite_orders_do_not_end_in_a_deadlock(postgres: Server) -> None:
    url = made(postgres)

    def take_in(writer: int) -> None:
        order = list(range(40))[:: 1 if writer % 2 else -1]
        for wave in range(5):
            with vstore.open(url) as store:
                store.import_wires(
                    Wire(story=f"story {each}", text=f"Wave {wave} of {writer}.") for each in order
                )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take_in, range(4)))
    with vstore.open(url) as store:
        assert [each.versions for each in store.stories()] == [20] * 40
        assert store.fsck().ok


def test_a_strict_import_that_is_overtaken_keeps_nothing_and_says_so(postgres: Server) -> None:
    url = made(postgres)

    def stream(other: Store) -> Iterator[Wire]:
        for number in range(600):
            yield Wire(story=f"story {number}", text="Text.")
        other.add("story 700", "Sooner.")
        for number in range(600, 1_200):
            yield Wire(story=f"story {number}", text="Text.")

    with vstore.open(url) as store, vstore.open(url) as other:
        began = time.monotonic()
        with pytest.raises(Conflict):
            store.import_wires(stream(other), strict=True)
        assert time.monotonic() - began < 10
        assert [each.story for each in store.stories()] == ["story 700"]
        assert store.import_wires([Wire(story="s", text="Text.")], strict=True).new == 1


def test_a_connection_on_which_one_was_overtaken_often_is_as_good_as_new(postgres: Server) -> None:
    url = made(postgres)
    with vstore.open(url) as store, vstore.open(url) as other:
        for number in range(30):
            with pytest.raises(Conflict):
                be_overtaken(store, other, number)
            assert store.add("u", f"Text {number}.").version.number == number + 1
        assert store.fsck().ok


def be_overtaken(store: Store, other: Store, number: int) -> None:
    with store._writing("add") as (writer, intake):
        for story in ("s", "t"):
            wire = Wire(story=story, text=f"Text {number}.")
            intake.keep(writer, arrive(wire), Run(), again=False, expect=None)
        other.add("s", f"Sooner {number}.")


def test_gc_fsck_and_origins_do_no_harm_beside_writers(postgres: Server) -> None:
    url = made(postgres)
    with vstore.open(url) as store:
        store.import_wires(wires(40, 20))
    done = threading.Event()
    problems: list[Any] = []

    def keep_house(each: int) -> int:
        rounds = 0
        with vstore.open(url) as store:
            while not done.is_set() or not rounds:
                store.gc()
                problems.extend(store.fsck().problems)
                assert store.blame(f"story {each}").hunks
                rounds += 1
        return rounds

    with ThreadPoolExecutor(6) as pool:
        keeping = [pool.submit(keep_house, each) for each in range(2)]
        written = list(pool.map(lambda writer: write(url, OTHERS, 40, f"writer {writer}"), range(4)))
        done.set()
        assert all(each.result() for each in keeping)
    assert not problems
    with vstore.open(url) as store:
        assert store.stats().versions == 800 + sum(len(each.kept) for each in written)
        assert store.fsck().ok


def test_two_gcs_at_once_may_both_drop_dictionaries(postgres: Server) -> None:
    url = made(postgres)
    with vstore.open(url) as store:
        store.import_wires(wires(10, 3))
        with store._storage.transaction() as writer:
            for number in range(4):
                writer.add_dictionary(f"never used {number}".encode())
    with ThreadPoolExecutor(4) as pool, vstore.open(url) as store:
        assert len(list(pool.map(lambda _: store.gc(), range(4)))) == 4
        store.gc()
        assert len(store._storage.dictionaries()) == 1


def test_a_gc_does_not_wait_for_a_writer_who_takes_long(postgres: Server) -> None:
    url = made(postgres)
    with vstore.open(url) as store, vstore.open(url) as other:
        store.add("s", "Text.")
        with store._storage.transaction() as writer:
            for number in range(2):
                writer.add_dictionary(f"never used {number}".encode())
        with other._storage.transaction():
            began = time.monotonic()
            store.gc()
            assert time.monotonic() - began < 5
        assert len(store._storage.dictionaries()) == 2  # the next one may


# Killed


@contextmanager
def terminated(server: Server, name: str, pause: float, most: int = 1 << 30) -> Iterator[list[int]]:
    """Meanwhile a connection of this name is ended now and then, at whatever statement it is."""
    killed: list[int] = []
    done = threading.Event()

    def kill() -> None:
        with server.connect() as connection:
            while sum(killed) < most and not done.wait(random.uniform(0, pause)):
                sql = (
                    "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity "
                    "WHERE application_name = %s ORDER BY random() LIMIT 1) AS one"
                )
                killed.append(connection.execute(sql, (name,)).rowcount)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize(("processes", "threads", "count"), SIZES)
def test_writers_whose_connections_are_terminated_lose_nothing(
    postgres: Server, processes: int, threads: int, count: int
) -> None:
    url = made(postgres)
    name = f"writers {schema_of(url)}"
    with terminated(postgres, name, 0.05) as killed:
        written = write_everywhere(
            with_option(url, application_name=name), [*SAME, *OTHERS], count, processes, threads
        )
    assert sum(killed) > 3
    # Whose look at how a COMMIT ended was cut off as well may be told that nobody knows.
    kept, unheard = sum(len(each.kept) for each in written), sum(len(each.unheard) for each in written)
    assert (kept + unheard, unheard < 10) == (processes * threads * count, True)
    check(url, written)


def test_an_import_whose_connections_are_terminated_is_whole(postgres: Server) -> None:
    url, alone = made(postgres), made(postgres)
    sent = wires(60, 25)
    with vstore.open(alone) as store:
        store.import_wires(sent)
        expected = told(store)
    name = f"import {schema_of(url)}"
    with (
        terminated(postgres, name, 0.1, most=6) as killed,
        vstore.open(with_option(url, application_name=name)) as store,
    ):
        counts = store.import_wires(sent, jobs=2)
    assert sum(killed)
    assert (counts.new + counts.changed + counts.same, counts.bad) == (len(sent), 0)
    with vstore.open(url) as store:
        assert told(store) == expected
        assert store.fsck().ok


@pytest.mark.parametrize(
    ("threads", "seconds"), [(6, 4), pytest.param(16, 40, marks=pytest.mark.slow)], ids=["everyday", "many"]
)
def test_a_server_that_crashes_under_load_loses_nothing_acknowledged(threads: int, seconds: float) -> None:
    with serving() as server:
        url = made(server)
        until = time.monotonic() + seconds
        crashes = 0

        def write_on(writer: int) -> Written:
            written, rounds = Written(), 0
            while time.monotonic() < until:
                rounds += 1
                try:
                    found = write(url, [*SAME, *OTHERS], 50, f"{writer}, round {rounds}")
                except StorageRefused:  # the server was down when the store was opened
                    time.sleep(0.1)
                    continue
                written.kept += found.kept
                written.unheard += found.unheard
            return written

        with ThreadPoolExecutor(threads) as pool:
            writing = [pool.submit(write_on, writer) for writer in range(threads)]
            while time.monotonic() < until - 1:
                time.sleep(0.5)
                server.restart("immediate")
                crashes += 1
            written = [each.result() for each in writing]
        assert crashes > 1
        assert sum(len(each.kept) for each in written) > 50
        check(url, written)


def test_an_import_that_a_crash_cut_off_is_resumed_from_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "wires.jsonl"
    sent = wires(300, 8)
    lines = [json.dumps({"story": each.story, "text": each.text, "dated": str(each.date)}) for each in sent]
    file.write_text("\n".join(lines), encoding="utf-8")
    program = Program(tmp_path)
    with serving() as server:
        url = made(server)

        def crash() -> None:
            while not taken_in(server, url):
                time.sleep(0.01)
            server.stop("immediate")

        crashing = threading.Thread(target=crash)
        crashing.start()
        cut_off = program.apart("--store", url, "--wait", "0.5", "import", file)
        crashing.join()
        server.start()
        assert cut_off.code == 5, cut_off.err
        done = program.apart("--store", url, "import", file)
        assert done.code == 0, done.err
        with vstore.open(url) as store:
            assert store.stats().versions == len(sent)
            assert store.fsck().ok


def taken_in(server: Server, url: str) -> int:
    with server.connect() as connection:
        ((count,),) = connection.execute(f"SELECT count(*) FROM {schema_of(url)}.version".encode()).fetchall()
    return int(count)


def test_when_a_server_fails_writers_go_on_at_its_standby() -> None:
    with serving(wal_level="replica", max_wal_senders="4", synchronous_standby_names="*") as primary:
        primary.run("SET synchronous_commit = local", "ALTER SYSTEM SET synchronous_commit = remote_apply")
        with standby_of(primary) as standby:
            primary.run("SELECT pg_reload_conf()")
            hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
            url = made(primary).replace(f"127.0.0.1:{primary.port}", hosts)
            url = with_option(url, target_session_attrs="read-write")

            def fail() -> None:
                time.sleep(0.7)
                primary.stop("immediate")
                with standby.connect() as connection:
                    connection.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
                    connection.execute("SELECT pg_promote()")

            with ThreadPoolExecutor(5) as pool:
                failing = pool.submit(fail)
                written = list(pool.map(lambda each: write(url, OTHERS, 60, f"{each}"), range(4)))
                failing.result()
            assert standby_writes(standby)
            check(url, written)
            assert sum(len(each.kept) for each in written) >= 236  # of each writer one may be in doubt


def standby_writes(standby: Server) -> bool:
    with standby.connect() as connection:
        return connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
