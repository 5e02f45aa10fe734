"""Stores of format 1: read as they are, written only once they were upgraded. Issue 4, bad input."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import apsw
import pytest
from cli_program import Program

import vstore
from vstore.errors import Conflict, Corrupt, StorageRefused, WrongFormat
from vstore.opening import upgrade
from vstore.storage.schema import FORMAT

GOLDEN = {number: Path(__file__).with_name(f"format_{number}.db.gz") for number in (1, 2)}
"""Made by the programs that wrote these formats: late wires, returns, undated ones, odd names, kept origins.

Of format 2: packs, a dictionary, and versions that came after a gc.
"""


@pytest.fixture(params=sorted(GOLDEN))
def number(request: pytest.FixtureRequest) -> int:
    """An older format's number."""
    return int(request.param)


@pytest.fixture
def old(tmp_path: Path, number: int) -> Path:
    """A store of that format, in which the story `lock` has its first text."""
    folder = tmp_path / ".vstore"
    folder.mkdir()
    (folder / "store.db").write_bytes(gzip.decompress(GOLDEN[number].read_bytes()))
    return tmp_path


def answers(place: Path) -> list[object]:
    with vstore.open(place, read_only=True) as store:
        stories = list(store.stories())
        versions = [version for story in stories for version in store.log(story.story)]
        texts = [store.text_of(version) for version in versions]
        return [stories, versions, texts, store.blame("lock"), list(store.log()), store.resolve("lock~3")]


def test_every_question_is_answered_and_nothing_is_written(old: Path, number: int) -> None:
    before = (old / ".vstore" / "store.db").read_bytes()
    with vstore.open(old) as store:
        assert store.stats().format == number
        assert store.text("lock", 1).endswith("Ines Rook 😀.")
        assert store.fsck().ok
        assert len(list(store.log("lock"))) == 61
        with pytest.raises(WrongFormat, match="vstore upgrade"):
            store.add("lock", "New.")
        with pytest.raises(WrongFormat, match="vstore upgrade"):
            store.gc()
    assert (old / ".vstore" / "store.db").read_bytes() == before


def test_an_upgrade_changes_no_answer_and_leaves_a_backup(old: Path, number: int) -> None:
    before = answers(old)
    done = upgrade(old)
    assert (done.from_format, done.to_format) == (number, FORMAT)
    assert answers(old) == before
    with vstore.open(old) as store:
        assert store.fsck().ok
        assert store.stats().format == FORMAT
        store.add("lock", "New.")
        store.gc()
        assert store.fsck().ok
        assert store.text("lock", 1).endswith("Ines Rook 😀.")
    backup = old / "kept"
    (backup / ".vstore").mkdir(parents=True)
    Path(str(done.backup)).rename(backup / ".vstore" / "store.db")
    assert answers(backup) == before


def test_a_dry_run_verifies_and_changes_nothing(old: Path) -> None:
    before = (old / ".vstore" / "store.db").read_bytes()
    assert upgrade(old, dry_run=True).dry_run
    assert (old / ".vstore" / "store.db").read_bytes() == before
    assert not list((old / ".vstore").glob("*format*"))


def test_a_store_of_today_is_left_alone(tmp_path: Path) -> None:
    vstore.open(tmp_path, create=True).close()
    done = upgrade(tmp_path)
    assert (done.from_format, done.to_format, done.backup) == (FORMAT, FORMAT, None)


def test_a_backup_is_never_written_over(old: Path, number: int) -> None:
    (old / ".vstore" / f"store.format-{number}.db").write_text("mine")
    before = answers(old)
    with pytest.raises(Conflict, match="is there already"):
        upgrade(old)
    assert answers(old) == before


def test_a_damaged_store_is_not_upgraded(old: Path, number: int) -> None:
    connection = apsw.Connection(str(old / ".vstore" / "store.db"))
    connection.execute("UPDATE payload SET body = x'00' WHERE number = 1 AND story = 1")
    connection.close()
    with pytest.raises(Corrupt, match="nothing was changed"):
        upgrade(old)
    with vstore.open(old) as store:
        assert store.stats().format == number


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "statement"),
    [
        (1, "INSERT INTO payload"),
        (1, "DROP TABLE old_head"),
        (2, "ALTER TABLE head"),
        *((number, f"PRAGMA user_version = {FORMAT}") for number in GOLDEN),
    ],
    indirect=["number"],
)
def test_an_upgrade_that_is_killed_leaves_the_store_as_it_was(old: Path, statement: str) -> None:
    before = answers(old)
    code = (
        "import os, sys, apsw\n"
        "from vstore.storage.sqlite_upgrade import upgrade\n"
        "def hook(connection):\n"
        "    def noted(cursor, sql, bindings):\n"
        "        if sql.startswith(sys.argv[2]): os.kill(os.getpid(), 9)\n"
        "        return True\n"
        "    connection.exec_trace = noted\n"
        "apsw.connection_hooks.append(hook)\n"
        "upgrade(sys.argv[1], 1.0)\n"
    )
    place = old / ".vstore" / "store.db"
    assert subprocess.run([sys.executable, "-c", code, place, statement], check=False).returncode == -9
    assert answers(old) == before
    upgrade(old)
    assert answers(old) == before


def test_a_backup_that_a_killed_upgrade_left_is_used_again(old: Path, number: int) -> None:
    backup = old / ".vstore" / f"store.format-{number}.db"
    backup.write_bytes((old / ".vstore" / "store.db").read_bytes())
    assert upgrade(old).backup == str(backup)
    assert answers(old)


def test_an_upgrade_that_is_refused_leaves_no_backup(old: Path) -> None:
    other = apsw.Connection(str(old / ".vstore" / "store.db"))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageRefused, match="locked"):
        upgrade(old, wait=0)
    other.close()
    assert not list((old / ".vstore").glob("*backup*")) + list((old / ".vstore").glob("*format*"))
    upgrade(old)


def test_who_has_the_store_open_meanwhile_is_told_to_open_it_again(old: Path) -> None:
    with vstore.open(old) as store:
        log = store.log()
        next(log)
        upgrade(old)
        for ask in (
            lambda: store.text("lock", 1),
            lambda: list(store.log("lock")),
            store.fsck,
            lambda: list(log),
        ):
            with pytest.raises(WrongFormat, match="open it again"):
                ask()


def test_the_command_says_what_it_did(old: Path, number: int) -> None:
    run = Program(old)
    refused = run("add", "--story", "lock", "-", stdin=b"New.")
    assert refused.code == WrongFormat.exit_code
    assert "vstore upgrade" in refused.err
    assert run("show", "lock@1").code == 0
    assert run("upgrade", "--dry-run").lines == [f"can be upgraded from format {number} to {FORMAT}"]
    assert run("upgrade").lines[0].startswith(f"upgraded from format {number} to {FORMAT}; as it was: ")
    assert run("upgrade").lines == [f"the store has format {FORMAT} already"]
    assert run("add", "--story", "lock", "-", stdin=b"New.").code == 0
