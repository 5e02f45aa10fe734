"""An error where a transaction is kept, or a store made, is answered truthfully. Issue 6, "Durability"."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from torture.faulty import READS, WRITES, Fault, Faults, failing

import vstore
from vstore.errors import StorageRefused
from vstore.storage.schema import FORMAT
from vstore.storage.sqlite import SqliteDatabase
from vstore.store import Store

TEXT = "One more. " * 3_000


@pytest.fixture
def faults() -> Iterator[Faults]:
    """A disk on which nothing fails yet."""
    with failing(None) as found:
        yield found


def fail(faults: Faults, call: str, at: int = 1, *, lasting: bool = False) -> None:
    """From now on this call fails, the so-maniest time."""
    faults.fault = Fault("EIO", faults.calls + at, lasting)
    faults.counted = frozenset({call})


def heal(faults: Faults) -> None:
    faults.fault, faults.counted = None, WRITES | READS


def after_a_crash(place: Path) -> list[str]:
    """The texts that another process finds if this one is no more: nothing is left but the files."""
    copy = place.with_name(f"{place.name} after a crash")
    shutil.copytree(place, copy, ignore=shutil.ignore_patterns("*-shm"))
    with vstore.open(copy) as store:
        assert store.fsck().ok
        return [store.text("s", version.number) for version in reversed(list(store.log("s")))]


def test_what_an_error_says_was_not_kept_does_not_come_back_after_a_crash(
    tmp_path: Path, faults: Faults
) -> None:
    with vstore.open(tmp_path / "store", create=True) as store:
        store.add("s", "One.")
        fail(faults, "sync")
        with pytest.raises(StorageRefused, match="it was not kept"):
            store.add("s", TEXT)
        heal(faults)
        assert after_a_crash(tmp_path / "store") == ["One."]
        assert store.add("s", TEXT).version.number == 2


def test_what_was_kept_is_acknowledged_though_an_error_came_after_it(tmp_path: Path, faults: Faults) -> None:
    with vstore.open(tmp_path / "store", create=True) as store:
        store.add("s", "One.")
        store._storage._database.mine().wal_autocheckpoint(1)  # type: ignore[attr-defined]
        fail(faults, "write", at=at_checkpoint(store))
        assert store.add("s", TEXT).version.number == 2
        assert faults.failed == ["write store.db"]
        heal(faults)
        assert after_a_crash(tmp_path / "store") == ["One.", TEXT]


def at_checkpoint(store: Store) -> int:
    """Which write is the first one to the file itself."""
    with failing(None) as counted:
        counted.counted = frozenset({"write"})
        with vstore.open(store.place) as other:
            other._storage._database.mine().wal_autocheckpoint(1)  # type: ignore[attr-defined]
            other.add("elsewhere", TEXT)
    return counted.names.index("write store.db") + 1


def test_an_error_says_so_where_nobody_can_look(tmp_path: Path, faults: Faults) -> None:
    with vstore.open(tmp_path / "store", create=True) as store:
        store.add("s", "One.")
        fail(faults, "sync", lasting=True)
        with pytest.raises(StorageRefused, match="it may be kept or not"):
            store.add("s", TEXT)
        heal(faults)
        added = store.add("s", TEXT)
        assert (added.version.number, added.outcome) in {(2, "changed"), (2, "same")}
        assert after_a_crash(tmp_path / "store") == ["One.", TEXT]


@pytest.mark.parametrize("call", ["write", "sync", "truncate", "delete", "create"])
def test_an_init_that_was_told_as_done_made_a_store(tmp_path: Path, call: str) -> None:
    done = 0
    for at in range(1, 100):
        place = tmp_path / str(at)
        with failing(None) as faults:
            fail(faults, call, at)
            try:
                vstore.init(place)
            except StorageRefused:
                assert not (place / ".vstore" / "store.db").exists() or vstore.open(place).fsck().ok
            else:
                done += 1
        if not faults.failed:
            break
        vstore.init(place)
        with vstore.open(place) as store:
            assert store.fsck().ok
    assert done >= 1


def test_a_new_store_s_folders_are_put_on_the_disk(tmp_path: Path) -> None:
    synced: list[str] = []
    sync = os.fsync

    def noted(opened: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{opened}").readlink()))
        sync(opened)

    with patch.object(os, "fsync", noted):
        vstore.init(tmp_path / "a" / "b")
    assert synced == [str(tmp_path / each) for each in ("a/b/.vstore", "a/b", "a")]


def test_an_upgrade_that_failed_left_the_old_format_and_one_that_did_not_left_the_new(tmp_path: Path) -> None:
    golden = gzip.decompress(Path(__file__).with_name("format_1.db.gz").read_bytes())
    for at in range(1, 40):
        place = tmp_path / str(at) / ".vstore"
        place.mkdir(parents=True)
        (place / "store.db").write_bytes(golden)
        expected = FORMAT
        with failing(None) as faults:
            fail(faults, "sync", at)
            try:
                vstore.upgrade(place.parent)
            except StorageRefused:
                expected = 1
        database = SqliteDatabase(place / "store.db", read_only=True)
        assert database.format == expected, f"{faults.failed} {at}"
        database.close()
        if not faults.failed:
            return
    pytest.fail("it never came through")
