"""What `repair` refuses, and what goes on meanwhile: nothing is changed then, and nobody loses anything."""

from __future__ import annotations

import gzip
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import apsw
import pytest
from archives import archive, changed, database
from backends import ROOT
from test_upgrade import GOLDEN

import vstore
from vstore import repairing
from vstore.errors import BadReference, Conflict, Corrupt, StorageRefused, VstoreError, WrongFormat
from vstore.storage import sqlite_replace

DAMAGE = "UPDATE head SET late = late + 1 WHERE story = 2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A damaged store."""
    archive(tmp_path / "archive")
    changed(tmp_path / "archive", DAMAGE)
    return tmp_path / "archive"


def refused(folder: Path, error: type[VstoreError], told: str, **options: object) -> None:
    """With these words; the file is as it was, and nothing was left beside it."""
    before = {path.name: path.read_bytes() for path in database(folder).parent.iterdir()}
    with pytest.raises(error, match=told):
        vstore.repair(folder, **options)  # type: ignore[arg-type]
    after = {path.name: path.read_bytes() for path in database(folder).parent.iterdir()}
    for side in ("store.db-wal", "store.db-shm"):
        after.pop(side, None)
        before.pop(side, None)
    assert after == before


def beside(folder: Path) -> list[str]:
    return sorted(path.name for path in database(folder).parent.iterdir() if "damaged" in path.name)


def test_what_is_no_store_is_left_alone(folder: Path) -> None:
    database(folder).unlink()
    connection = apsw.Connection(str(database(folder)))
    connection.execute("CREATE TABLE other (a, b); INSERT INTO other VALUES (1, 2)")
    connection.close()
    refused(folder, WrongFormat, "is no vstore store")
    database(folder).write_bytes(b"not a database, and not a short text either" * 1_000)
    refused(folder, WrongFormat, "is no vstore store")


def test_a_store_of_another_format_is_left_alone(folder: Path) -> None:
    database(folder).write_bytes(gzip.decompress(GOLDEN[1].read_bytes()))
    changed(folder, DAMAGE)
    refused(folder, WrongFormat, "has format 1")
    archive(folder.with_name("newer"))
    changed(folder.with_name("newer"), f"{DAMAGE}; UPDATE note SET value = '4'; PRAGMA user_version = 4")
    refused(folder.with_name("newer"), WrongFormat, "has format 4")


def test_a_store_of_which_no_story_can_be_read_is_left_alone(folder: Path) -> None:
    raw = database(folder).read_bytes()
    database(folder).write_bytes(raw[:4096] + bytes(len(raw) - 4096))
    refused(folder, Corrupt, "no story can be read in .*store.db; nothing was changed")


def test_a_store_is_not_repaired_from_itself_nor_in_memory(folder: Path, tmp_path: Path) -> None:
    with vstore.open(folder, read_only=True) as store:
        refused(folder, BadReference, "is the store that is to be repaired", other=store)
        (tmp_path / "link").symlink_to(folder)
        refused(tmp_path / "link", BadReference, "is the store that is to be repaired", other=store)
    with pytest.raises(BadReference, match="memory"):
        vstore.repair("memory:")
    with pytest.raises(BadReference, match="level"):
        vstore.repair(folder, level="deeper")  # type: ignore[arg-type]


def test_a_format_that_a_damaged_byte_tells_is_not_believed(folder: Path) -> None:
    raw = bytearray(database(folder).read_bytes())
    raw[60:64] = b"\0\0\0\4"
    database(folder).write_bytes(raw)
    assert vstore.repair(folder).ok
    changed(folder, f"{DAMAGE}; UPDATE note SET value = '4' WHERE name = 'format'")
    assert vstore.repair(folder).ok
    with vstore.open(folder) as store:
        assert store.fsck(level="deep").ok
        assert store.stats().format == 3


def test_copies_are_never_overwritten(folder: Path) -> None:
    first = database(folder).read_bytes()
    (database(folder).parent / "store.damaged-1.db").write_bytes(b"precious")
    (database(folder).parent / "store.damaged-2.db-wal").write_bytes(b"this too")
    assert vstore.repair(folder).copy == str(database(folder).parent / "store.damaged-3.db")
    changed(folder, DAMAGE)
    assert vstore.repair(folder).copy == str(database(folder).parent / "store.damaged-4.db")
    assert (database(folder).parent / "store.damaged-1.db").read_bytes() == b"precious"
    assert (database(folder).parent / "store.damaged-2.db-wal").read_bytes() == b"this too"
    assert (database(folder).parent / "store.damaged-3.db").read_bytes() == first


def test_a_copy_that_a_repair_left_which_was_killed_is_used_again(folder: Path) -> None:
    copy = database(folder).with_name("store.damaged-1.db")
    shutil.copyfile(database(folder), copy)
    assert vstore.repair(folder).copy == str(copy)
    assert beside(folder) == ["store.damaged-1.db"]


def test_the_log_is_kept_with_the_copy_and_nothing_of_it_is_lost(folder: Path, tmp_path: Path) -> None:
    with vstore.open(folder) as store:
        store.add("s", "One. Two. Three.")
        changed(folder, DAMAGE)
        for side in ("", "-wal"):  # as a crash leaves them
            shutil.copyfile(f"{database(folder)}{side}", f"{tmp_path}/store.db{side}")
    database(folder).unlink()
    for side in ("", "-wal"):
        shutil.copyfile(f"{tmp_path}/store.db{side}", f"{database(folder)}{side}")
    result = vstore.repair(folder)
    assert result.ok
    assert beside(folder) == ["store.damaged-1.db", "store.damaged-1.db-wal"]
    for side in ("", "-wal"):
        assert Path(f"{result.copy}{side}").read_bytes() == Path(f"{tmp_path}/store.db{side}").read_bytes()
    with vstore.open(folder) as store:
        assert store.text("s", 3) == "One. Two. Three."
        assert store.fsck().ok


def test_who_writes_meanwhile_is_not_overtaken(folder: Path) -> None:
    mended = repairing._Mending.run

    def run(self: repairing._Mending, missing: int = 0) -> vstore.Check:
        with vstore.open(folder) as store:
            store.add("s", "Meanwhile.")
        return mended(self, missing)

    with patch.object(repairing._Mending, "run", run), pytest.raises(Conflict, match="was changed while"):
        vstore.repair(folder)
    assert beside(folder) == ["store.damaged-1.db"]  # it is not what the file is any more
    with vstore.open(folder) as store:
        assert store.text("s") == "Meanwhile."
    assert vstore.repair(folder).ok
    with vstore.open(folder) as store:
        assert store.text("s") == "Meanwhile."
        assert store.fsck().ok


def test_who_has_it_open_reads_and_writes_on(folder: Path) -> None:
    with vstore.open(folder) as reader, vstore.open(folder) as writer:
        assert reader.text("s", 1) == "One."
        assert writer.text("s", 1) == "One."
        assert vstore.repair(folder).ok
        assert reader.text("s", 2) == "One. Two."
        assert writer.add("t", "Another. And one more.").version.number == 2
        assert reader.text("t") == "Another. And one more."
        assert reader.fsck().ok


HOLD = """
import sys, apsw
connection = apsw.Connection(sys.argv[1])
connection.execute("BEGIN IMMEDIATE").fetchall()
print("held", flush=True)
sys.stdin.readline()
"""


def test_whoever_writes_is_waited_for_and_then_it_is_refused(folder: Path) -> None:
    holding = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database(folder))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert holding.stdout is not None
    assert holding.stdout.readline() == b"held\n"
    try:
        refused(folder, StorageRefused, "is locked", wait=0.1)
    finally:
        holding.communicate(b"\n")
    assert vstore.repair(folder).ok


@pytest.mark.parametrize("room", [1, 60_000, 100_000])
def test_a_full_disk_changes_nothing(folder: Path, room: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    code = f"""
import resource, signal, sys, vstore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {hard}))
try:
    print(vstore.repair(sys.argv[1]).ok)
except vstore.StorageRefused as error:
    print("refused:", error.message)
"""
    before = database(folder).read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stdout.startswith("refused: "), done.stdout + done.stderr
    assert database(folder).read_bytes() == before
    assert beside(folder) == []
    assert vstore.repair(folder).ok


Step = Callable[..., None]


@pytest.mark.parametrize("step", ["salvage", "replace"])
def test_ctrl_c_changes_nothing(folder: Path, step: str) -> None:
    before = database(folder).read_bytes()
    module = {"salvage": "sqlite_salvage", "replace": "sqlite_replace"}[step]
    with (
        patch(f"vstore.storage.{module}.{step}", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        vstore.repair(folder)
    assert database(folder).read_bytes() == before
    assert [path.name for path in database(folder).parent.glob("*damaged*")] == []
    assert [path.name for path in database(folder).parent.glob(".repair*")] == []


@pytest.mark.parametrize("offset", [0, 16, 18, 19, 20, 21, 28, 47, 56, 59, 63, 68, 100])
def test_a_header_that_sqlite_does_not_take_is_repaired(folder: Path, offset: int) -> None:
    raw = bytearray(database(folder).read_bytes())
    raw[offset] ^= 0x30
    database(folder).write_bytes(raw)
    result = vstore.repair(folder)
    assert result.ok, result.after.problems
    assert result.copy is not None
    assert Path(result.copy).read_bytes() == raw
    with vstore.open(folder) as store:
        assert [store.text("s", number) for number in (1, 2)] == ["One.", "One. Two."]
        store.add("s", "Three.")
        assert store.fsck(level="deep").ok


def test_the_copy_is_as_secret_as_the_file(folder: Path) -> None:
    database(folder).chmod(0o640)
    result = vstore.repair(folder)
    assert result.copy is not None
    assert Path(result.copy).stat().st_mode & 0o777 == 0o640
    assert database(folder).stat().st_mode & 0o777 == 0o640
    assert sqlite_replace.is_copy(result.copy, result.copy, with_header=True)
