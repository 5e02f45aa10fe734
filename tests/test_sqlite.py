"""What is SQLite's alone: schema, plans, disks and files that refuse. Issue 2, "Storage", "Bad input"."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from archives import archive, changed, database
from backends import BACKENDS, Clock

import vstore
from vstore.errors import Corrupt, NoStore, StorageRefused, WrongFormat
from vstore.rows import ANSWER, Kept
from vstore.storage import schema
from vstore.storage.sql import SqlStorage
from vstore.storage.sqlite import SqliteDatabase
from vstore.store import Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return archive(tmp_path / "archive")


# The schema and its plans


def test_every_table_and_column_of_the_schema_says_what_it_is() -> None:
    made = r"(--[^\n]*\n)?CREATE TABLE (?:IF NOT EXISTS )?(\w+) \(\n(.*?)\n\)"
    tables = re.findall(made, schema.TABLES, re.DOTALL)
    assert len(tables) == 15
    for comment, table, body in tables:
        assert comment, table
        for line in body.split("\n"):
            assert "--" in line or line.startswith("    PRIMARY KEY"), f"{table}: {line}"


def plans(storage: SqlStorage, ask: Callable[[], object]) -> list[str]:
    """How SQLite goes about every statement of a question."""
    database = storage._database
    assert isinstance(database, SqliteDatabase)
    connection = database.mine()
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
def sqlite(tmp_path: Path) -> Iterator[tuple[SqlStorage, Store]]:
    storage = BACKENDS["sqlite"](tmp_path)
    assert isinstance(storage, SqlStorage)
    with Store(storage, "here", clock=Clock()) as store:
        for name in "abcdefgh":
            for number in range(3):
                store.add(name, f"text {number}", date=f"2019-01-1{5 - number}")
        yield storage, store


def test_the_log_of_a_story_is_one_range_scan(sqlite: tuple[SqlStorage, Store]) -> None:
    storage, _ = sqlite
    found = plans(storage, lambda: storage.rows("c"))
    assert [plan for plan in found if plan.startswith("SEARCH v ")] == [
        "SEARCH v USING PRIMARY KEY (story=? AND number>?)"
    ]
    assert not [plan for plan in found if plan.startswith("SCAN") or "TEMP B-TREE" in plan]


@pytest.mark.parametrize("question", ["log", "text", "version", "diff", "blame", "id", "add", "same"])
def test_no_question_about_a_story_walks_the_whole_store(
    sqlite: tuple[SqlStorage, Store], question: str
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


@pytest.mark.parametrize("number", [0, schema.FORMAT + 1, 99])
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
            assert store._storage.keep("s", [Kept(1, ANSWER, 0, 1, b"origins")], 100) is False
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


def test_a_gc_on_a_full_disk_loses_nothing(small_disk: Path) -> None:
    texts = [f"{os.urandom(3_000).hex()} {number}" for number in range(12)]
    with vstore.open(small_disk, create=True) as store:
        for number in range(600):
            try:
                store.add(f"s{number % 40}", f"{texts[number % 12]} {number}")
            except StorageRefused:
                break
        before = {version.id: store.text_of(version) for version in store.log()}
        with suppress(StorageRefused):
            store.gc()
    with vstore.open(small_disk) as store:
        assert {version.id: store.text_of(version) for version in store.log()} == before
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


@pytest.mark.parametrize("junk", [b"", b"no database at all" * 100], ids=["empty", "junk"])
def test_init_says_what_lies_in_its_place(tmp_path: Path, junk: bytes) -> None:
    place = tmp_path / ".vstore" / "store.db"
    place.parent.mkdir()
    place.write_bytes(junk)
    with pytest.raises(WrongFormat):
        vstore.init(tmp_path)
    assert place.read_bytes() == junk
