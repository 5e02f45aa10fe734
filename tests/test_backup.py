"""Backups: the store as it is, to the byte of every answer, while others write; verified, or not there."""

from __future__ import annotations

import threading
from pathlib import Path

import apsw
import pytest
from cli_program import Program
from copies import fill_many, fill_odd

import vstore
from vstore.errors import BadReference, Conflict, Corrupt, StorageRefused
from vstore.store import Store


def filled(folder: Path) -> Store:
    store = vstore.open(folder, create=True)
    fill_odd(store)
    store.gc()
    store.blame("late")
    return store


def answers(store: Store) -> list[object]:
    return [(version, store.text_of(version)) for version in store.log()]


def test_a_backup_answers_as_the_store_its_own_times_included(tmp_path: Path) -> None:
    with filled(tmp_path / "a") as store:
        done = store.backup(tmp_path / "b")
        with vstore.open(tmp_path / "b") as copy:
            assert answers(copy) == answers(store)
            assert (done.stories, done.versions) == (copy.stats().stories, copy.stats().versions)
            assert (done.store, done.file_bytes) == (str(tmp_path / "b" / ".vstore"), copy.stats().file_bytes)
            copy.add("new", "It can be added to.")
            assert copy.fsck().ok


def test_settings_go_along(tmp_path: Path) -> None:
    with filled(tmp_path / "a") as store:
        (tmp_path / "a" / ".vstore" / "config.yaml").write_text("tz: Europe/Berlin\n", encoding="utf-8")
        store.backup(tmp_path / "b")
    with vstore.open(tmp_path / "b") as copy:
        assert copy.settings.tz == "Europe/Berlin"


def test_what_was_acknowledged_before_is_in_a_backup_made_while_another_writes(tmp_path: Path) -> None:
    vstore.open(tmp_path / "a", create=True).close()
    kept = list[str]()
    enough = threading.Event()

    def write() -> None:
        with vstore.open(tmp_path / "a") as store:
            while not enough.is_set():
                kept.append(store.add("s", f"Text {len(kept)}.", again=True).version.id)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with vstore.open(tmp_path / "a", read_only=True) as store:
            for number in range(5):
                before = list(kept)
                store.backup(tmp_path / f"b{number}")
                with vstore.open(tmp_path / f"b{number}") as copy:
                    held = [version.id for version in copy.log("s", arrival=True)][::-1] if before else []
                    assert held[: len(before)] == before
    finally:
        enough.set()
        writer.join()


def test_a_store_is_never_written_over(tmp_path: Path) -> None:
    with filled(tmp_path / "a") as store:
        vstore.open(tmp_path / "b", create=True).close()
        with pytest.raises(Conflict, match="already"):
            store.backup(tmp_path / "b")
        with pytest.raises(Conflict, match="already"):
            store.backup(tmp_path / "a")
    with vstore.open(tmp_path / "b") as copy:
        assert list(copy.stories()) == []


def test_a_damaged_store_makes_no_backup(tmp_path: Path) -> None:
    filled(tmp_path / "a").close()
    with apsw.Connection(str(tmp_path / "a" / ".vstore" / "store.db")) as connection:
        connection.execute("UPDATE payload SET body = x'00' WHERE part = 0")
    with vstore.open(tmp_path / "a") as store, pytest.raises(Corrupt):
        store.backup(tmp_path / "b")
    assert list((tmp_path / "b").rglob("*")) == [tmp_path / "b" / ".vstore"]


def test_where_nothing_can_be_written_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with filled(tmp_path / "a") as store, pytest.raises(StorageRefused, match="cannot write"):
        store.backup(tmp_path / "file" / "b")


def test_only_a_folder_is_backed_up() -> None:
    with vstore.open("memory:") as store, pytest.raises(BadReference, match="no folder"):
        store.backup("anywhere")


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    run = Program(tmp_path)
    run("init", "a")
    with vstore.open(tmp_path / "a") as store:
        fill_many(store, 30)
    done = run("--store", "a", "backup", "b")
    assert (done.code, done.lines[0].split(", ")[:2]) == (0, ["30 stories", "45 versions verified"])
    told = run("--store", "a", "backup", "c", "--json").json
    assert (told["store"], told["stories"], told["versions"]) == ("c/.vstore", 30, 45)
    assert run("--store", "a", "backup", "b").code == 4
    assert run("--store", "nowhere", "backup", "d").code == 3
    assert not (tmp_path / "d").exists()
