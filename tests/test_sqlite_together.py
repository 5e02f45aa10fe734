"""Many threads and programs at one store, and one that is cut off. Issue 2, "Storage"."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import apsw
import pytest
from archives import archive, database
from backends import ROOT

import vstore
from vstore.errors import StorageRefused
from vstore.importing import BATCH_WIRES
from vstore.model import Wire
from vstore.store import Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return archive(tmp_path / "archive")


# Many at once


def test_a_store_locked_by_another_is_refused_at_once_where_none_is_to_wait(folder: Path) -> None:
    other = apsw.Connection(str(database(folder)))
    other.execute("BEGIN IMMEDIATE")
    with vstore.open(folder, wait=0) as store:
        with pytest.raises(StorageRefused, match="locked"):
            store.add("s", "Three.")
        assert store.text("s") == "One. Two."
        other.execute("COMMIT")
        assert store.add("s", "Three.").outcome == "changed"
    other.close()


def test_a_log_that_is_being_read_holds_up_no_write(folder: Path) -> None:
    with vstore.open(folder, wait=0) as store:
        for version in store.log():
            with vstore.open(folder) as other:
                other.add("elsewhere", f"Seen beside {version.story}.")
            assert store.add("here", f"Seen {version.number}.").outcome in {"new", "changed"}
        assert {story.story for story in store.stories()} >= {"s", "here", "elsewhere"}


def test_a_reader_goes_on_reading_while_another_writes(folder: Path) -> None:
    with vstore.open(folder) as reader, vstore.open(folder) as writer:
        log = reader.log()
        first = next(log)
        writer.add("s", "Three.")
        assert [version.number for version in [first, *log]].count(3) == 0
        assert reader.version("s").number == 3


def test_one_store_may_be_shared_by_threads(folder: Path) -> None:
    failures: list[BaseException] = []

    def work(store: Store, nth: int) -> None:
        try:
            for number in range(8):
                store.add(f"story {number % 3}", f"text {nth} {number}")
                list(store.log("s"))
                store.blame(f"story {number % 3}")
        except BaseException as error:  # noqa: BLE001  told below, in the thread of the test
            failures.append(error)

    with vstore.open(folder) as store:
        threads = [threading.Thread(target=work, args=(store, nth)) for nth in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert sum(story.versions for story in store.stories()) == 3 + 64
        assert store.fsck().ok


def test_threads_that_end_leave_no_files_open(folder: Path) -> None:
    def ask(store: Store) -> None:
        store.text("s")

    with vstore.open(folder) as store:
        for _ in range(60):
            thread = threading.Thread(target=ask, args=(store,))
            thread.start()
            thread.join()
        assert len(list(Path("/proc/self/fd").iterdir())) < 60 + 40


def test_a_store_reopens_by_itself_in_a_child_process(folder: Path) -> None:
    with vstore.open(folder) as store:
        assert store.text("s") == "One. Two."
        child = os.fork()
        if child == 0:
            store.add("s", "From the child.")
            os._exit(0 if store.text("s") == "From the child." else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert store.text("s") == "From the child."
        store.add("s", "From the parent.")
        assert store.fsck().ok


def racing(folder: Path, nth: int) -> None:
    with vstore.open(folder) as store:
        for number in range(25):
            store.add("race", f"{nth} {number}")


def test_two_processes_that_race_lose_nothing(folder: Path) -> None:
    start = multiprocessing.get_context("spawn")
    runners = [start.Process(target=racing, args=(folder, nth)) for nth in range(2)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    with vstore.open(folder) as store:
        assert sorted(store.text("race", n) for n in range(1, 51)) == sorted(
            f"{a} {b}" for a in range(2) for b in range(25)
        )
        assert store.fsck().ok


def test_two_who_make_a_store_at_once_make_one(tmp_path: Path) -> None:
    made: list[bool] = []
    threads = [threading.Thread(target=lambda: made.append(vstore.init(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made.count(True) == 1
    with vstore.open(tmp_path) as store:
        assert store.fsck().ok


# Cut off

IMPORT = """
import sys, vstore
from vstore.model import Wire

def wires():
    for n in range(1_000_000):
        yield Wire(story=f"s{n % 50}", text=f"Report {n}. " * 5)

def tell(progress):
    done = progress.counts.new + progress.counts.changed
    if done % 500 == 0:
        print(done, flush=True)

with vstore.open(sys.argv[1]) as store:
    store.import_wires(wires(), progress=tell)
"""


@pytest.mark.parametrize(
    "how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=["kill -9", "Ctrl-C", "kill"]
)
def test_an_import_that_is_cut_off_leaves_what_was_told_of(folder: Path, how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stdout is not None
        told = 0
        for line in running.stdout:
            told = int(line)
            if told >= 2 * BATCH_WIRES:
                break
        running.send_signal(how)
        told = max([told, *map(int, running.stdout.read().split())])
    with vstore.open(folder) as store:
        kept = sum(story.versions for story in store.stories()) - 3
        assert kept >= told
        assert kept % BATCH_WIRES == 0
        assert store.fsck().ok
        wires = [Wire(story=f"s{n % 50}", text=f"Report {n}. " * 5) for n in range(kept + 10)]
        again = store.import_wires(wires)
        assert (again.new + again.changed, again.same) == (10, kept)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process's peak there")
@pytest.mark.parametrize(
    ("count", "kilobytes"),
    [
        pytest.param(1500, 80_000, marks=pytest.mark.slow),
        pytest.param(5000, 120_000, marks=pytest.mark.slow),
    ],
    ids=["texts of 63 MB", "texts of 210 MB"],
)
def test_an_import_needs_bounded_memory(folder: Path, count: int, kilobytes: int) -> None:
    program = (
        "import re, sys, vstore\nfrom vstore.model import Wire\n"
        "with vstore.open(sys.argv[1]) as store:\n"
        "    texts = (f'{n} ' + 'report ' * 6000 for n in range(int(sys.argv[2])))\n"
        "    store.import_wires(Wire(story=f's{n % 900}', text=text) for n, text in enumerate(texts))\n"
        # ru_maxrss would count what the test's own process held when it made this one
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), str(count)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    assert int(done.stdout) < kilobytes, "less than a bare Python and the texts"
