"""What is SQLite's alone: schema, plans, refusals, many programs at once. Issue 2, "Storage", "Bad input"."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest
from backends import BACKENDS, ROOT, Clock

import vstore
from vstore.errors import Corrupt, NoStore, StorageRefused, WrongFormat
from vstore.importing import BATCH_WIRES
from vstore.model import Wire
from vstore.storage import schema
from vstore.storage.sqlite import SqliteStorage
from vstore.store import Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of two stories on disk, closed."""
    with vstore.open(tmp_path / "archive", create=True) as store:
        store.add("s", "One.")
        store.add("s", "One. Two.")
        store.add("t", "Another.")
    return tmp_path / "archive"


def database(folder: Path) -> Path:
    return folder / ".vstore" / "store.db"


def changed(folder: Path, sql: str) -> None:
    connection = apsw.Connection(str(database(folder)))
    connection.execute(sql).fetchall()
    connection.close()


# The schema and its plans


def test_every_table_and_column_of_the_schema_says_what_it_is() -> None:
    tables = re.findall(r"(--[^\n]*\n)?CREATE TABLE (\w+) \(\n(.*?)\n\)", schema.TABLES, re.DOTALL)
    assert len(tables) == 7
    for comment, table, body in tables:
        assert comment, table
        for line in body.split("\n"):
            assert "--" in line or line.startswith("    PRIMARY KEY"), f"{table}: {line}"


def plans(storage: SqliteStorage, ask: Callable[[], object]) -> list[str]:
    """How SQLite goes about every statement of a question."""
    connection = storage._connections.mine()
    statements: list[tuple[str, object]] = []

    def noted(_: object, sql: str, bindings: object) -> bool:
        statements.append((sql, bindings))
        return True

    connection.exec_trace = noted
    ask()
    connection.exec_trace = None
    return [
        row[3]
        for sql, bindings in statements
        if sql.split()[0] in {"SELECT", "INSERT", "UPDATE"}
        for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", bindings)  # type: ignore[arg-type]
    ]


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[tuple[SqliteStorage, Store]]:
    storage = BACKENDS["sqlite"](tmp_path)
    assert isinstance(storage, SqliteStorage)
    with Store(storage, "here", clock=Clock()) as store:
        for name in "abcdefgh":
            for number in range(3):
                store.add(name, f"text {number}", date=f"2019-01-1{5 - number}")
        yield storage, store


def test_the_log_of_a_story_is_one_range_scan(sqlite: tuple[SqliteStorage, Store]) -> None:
    storage, _ = sqlite
    found = plans(storage, lambda: storage.rows("c"))
    assert [plan for plan in found if plan.startswith("SEARCH v ")] == [
        "SEARCH v USING PRIMARY KEY (story=? AND number>?)"
    ]
    assert not [plan for plan in found if plan.startswith("SCAN") or "TEMP B-TREE" in plan]


@pytest.mark.parametrize("question", ["log", "text", "version", "diff", "blame", "id", "add", "same"])
def test_no_question_about_a_story_walks_the_whole_store(
    sqlite: tuple[SqliteStorage, Store], question: str
) -> None:
    storage, store = sqlite
    found = store.version("c", 2)
    asks: dict[str, Callable[[], object]] = {
        "log": lambda: list(store.log("c")),
        "text": lambda: store.text("c", 1),
        "version": lambda: store.version("c"),
        "diff": lambda: store.diff("c", 1, 2),
        "blame": lambda: store.blame("c"),
        "id": lambda: store.resolve(found.id[:9] + ("" if not found.id[:9].isdigit() else found.id[9:])),
        "add": lambda: (store.add("c", "new"), store.add("new", "new")),
        "same": lambda: store.add("c", "text 0"),
    }
    store._shelf.clear()
    walks = [
        plan for plan in plans(storage, asks[question]) if plan.startswith("SCAN") and "CONSTANT" not in plan
    ]
    assert [plan for plan in walks if plan != "SCAN head"] == []


# What is no store, or another one


def test_a_folder_without_a_store_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(NoStore):
        vstore.open(tmp_path)


def test_a_store_s_folder_itself_may_be_named(folder: Path) -> None:
    with vstore.open(folder / ".vstore") as store:
        assert store.text("s") == "One. Two."


@pytest.mark.parametrize("number", [0, 2, 99])
def test_another_format_is_refused_and_left_untouched(folder: Path, number: int) -> None:
    changed(folder, f"PRAGMA user_version = {number}")
    before = database(folder).read_bytes()
    with pytest.raises(WrongFormat) as caught:
        vstore.open(folder)
    assert caught.value.facts["format"] == number
    assert ("newer" in caught.value.message) == (number > 1)
    assert database(folder).read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all\n" * 500, b"SQLite format 3\0" + b"\0" * 4000]
)
def test_a_file_that_is_no_store_is_refused_and_left_untouched(folder: Path, content: bytes) -> None:
    database(folder).write_bytes(content)
    with pytest.raises(vstore.VstoreError) as caught:
        vstore.open(folder)
    assert caught.value.exit_code in {5, 6}
    assert database(folder).read_bytes() == content


def test_another_program_s_database_is_refused(folder: Path) -> None:
    changed(folder, "PRAGMA application_id = 0")
    with pytest.raises(WrongFormat, match="no vstore store"):
        vstore.open(folder)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_file_gives_errors_never_wrong_answers(folder: Path, part: float) -> None:
    whole = database(folder).read_bytes()
    database(folder).write_bytes(whole[: int(len(whole) * part)])
    try:
        with vstore.open(folder) as store:
            assert store.text("s") == "One. Two."
            assert not store.fsck().ok
    except (StorageRefused, Corrupt):
        pass


# Disks that refuse


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("Only root may mount a small disk; CI does.")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def remount(place: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(place)], check=True)


@pytest.mark.parametrize("left_log", [False, True], ids=["closed", "with a log left behind"])
def test_a_read_only_disk_answers_every_question_and_takes_no_wire(small_disk: Path, left_log: bool) -> None:
    with vstore.open(small_disk, create=True) as store:
        store.add("s", "One.")
        store.add("s", "One. Two.")
        if left_log:
            kept = {each: each.read_bytes() for each in (small_disk / ".vstore").glob("store.db*")}
            assert kept[database(small_disk).with_name("store.db-wal")]
    if left_log:
        for each, content in kept.items():
            if each.name != "store.db-shm":
                each.write_bytes(content)
    remount(small_disk, "ro")
    try:
        with vstore.open(small_disk) as store:
            assert store.text("s") == "One. Two."
            assert [version.number for version in store.log("s")] == [2, 1]
            assert [story.story for story in store.stories()] == ["s"]
            assert store.blame("s").hunks[0].number == 1
            assert store.fsck().ok
            assert store.stats().versions == 2
            with pytest.raises(StorageRefused):
                store.add("s", "Three.")
    finally:
        remount(small_disk, "rw")


def test_a_full_disk_is_refused_and_what_was_kept_stays(small_disk: Path) -> None:
    noise = (os.urandom(20_000).hex() for _ in range(1000))
    kept: list[str] = []
    with vstore.open(small_disk, create=True) as store:
        with pytest.raises(StorageRefused):  # noqa: PT012  which add is refused depends on the disk
            for text in noise:
                store.add("s", text)
                kept.append(text)
        assert kept
        assert [store.text("s", number) for number in range(1, len(kept) + 1)] == kept
    (small_disk / "filler").write_bytes(b"x" * 10_000) if _room(small_disk) > 20_000 else None
    with vstore.open(small_disk) as store:
        assert [store.text("s", number) for number in range(1, len(kept) + 1)] == kept
        assert store.fsck().ok


def _room(place: Path) -> int:
    found = os.statvfs(place)
    return found.f_bavail * found.f_bsize


@pytest.mark.skipif(
    os.geteuid() == 0, reason="Root may write everywhere; the read-only disk stands in for this."
)
def test_a_folder_without_permission_to_write_answers_and_takes_no_wire(folder: Path) -> None:
    (folder / ".vstore").chmod(0o500)
    database(folder).chmod(0o400)
    with vstore.open(folder) as store:
        assert store.text("s") == "One. Two."
        with pytest.raises(StorageRefused):
            store.add("s", "Three.")


def test_a_store_opened_read_only_takes_no_wire(folder: Path) -> None:
    with vstore.open(folder, read_only=True) as store:
        assert store.text("s") == "One. Two."
        with pytest.raises(StorageRefused):
            store.add("s", "Three.")


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


def test_an_import_needs_bounded_memory(folder: Path) -> None:
    program = (
        "import re, sys, vstore\nfrom vstore.model import Wire\n"
        "with vstore.open(sys.argv[1]) as store:\n"
        "    texts = (f'{n} ' + 'report ' * 6000 for n in range(5000))\n"
        "    store.import_wires(Wire(story=f's{n % 900}', text=text) for n, text in enumerate(texts))\n"
        # ru_maxrss would count what the test's own process held when it made this one
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert int(done.stdout) < 120_000, "kilobytes; the texts alone are 210 MB"
