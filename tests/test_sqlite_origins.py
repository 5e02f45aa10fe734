"""Kept origins in SQLite: damage, older stores, files and disks that refuse. Issue 3, "Bad input"."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from archives import archive, changed, database

import vstore
from vstore.rows import ANSWER, CHECKPOINT, Kept
from vstore.storage import schema
from vstore.storage.contract import Storage
from vstore.storage.sql_origins import PART
from vstore.store import Store

MUCH = 1_000_000
FIRST = Kept(1, ANSWER, 0, 1, b"written in the first version " * 40)
SECOND = Kept(2, ANSWER, 0, 1, b"written in the second version " * 40)
SEGMENT = Kept(2, CHECKPOINT, 0, 1, b"a segment to fold on from " * 40)
TEXT = "One. Two."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store on disk that keeps origins of the story `s`, closed."""
    archive(tmp_path / "archive")
    with vstore.open(tmp_path / "archive") as store:
        assert held(store).keep("s", [FIRST, SECOND, SEGMENT], MUCH)
    return tmp_path / "archive"


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A store made before there were kept origins."""
    changed(archive(tmp_path / "older"), "DROP TABLE origin")
    return tmp_path / "older"


def held(store: Store) -> Storage:
    return store._storage


def problems(store: Store) -> list[tuple[str | None, int | None, str]]:
    return [(each.story, each.number, each.problem) for each in store.fsck().problems]


# Damage


@pytest.mark.parametrize("column", ["late", "algorithm", "asked", "checksum"])
def test_a_number_that_turned_is_found_and_kept_anew(folder: Path, column: str) -> None:
    changed(folder, f"UPDATE origin SET {column} = {column} + 1 WHERE number = 2 AND kind = 0")
    with vstore.open(folder) as store:
        assert held(store).kept("s", 2, ANSWER) is None
        assert held(store).kept_all("s", ANSWER) == [FIRST]
        assert held(store).kept_all("s", CHECKPOINT) == [SEGMENT]
        assert problems(store) == [("s", 2, "origins")]
        assert store.text("s") == TEXT
        assert held(store).keep("s", [SECOND], MUCH)
        assert held(store).kept_all("s", ANSWER) == [FIRST, SECOND]
        assert store.fsck().ok


@pytest.mark.parametrize("change", ["number = 3 - number", "kind = kind + 7", "story = 2"])
def test_intact_origins_under_a_wrong_key_are_found(folder: Path, change: str) -> None:
    changed(folder, f"DELETE FROM origin WHERE number = 1; UPDATE origin SET {change} WHERE kind = 0")
    with vstore.open(folder) as store:
        for story in ("s", "t"):
            assert [held(store).kept(story, number, ANSWER) for number in (1, 2)] == [None, None]
            assert held(store).kept_all(story, ANSWER) == []
        assert "origins" in {problem for _, _, problem in problems(store)}


def test_a_byte_of_a_body_that_turned_is_found(folder: Path) -> None:
    raw = database(folder).read_bytes()
    at = raw.index(SECOND.body) + 500
    database(folder).write_bytes(raw[:at] + bytes([raw[at] ^ 4]) + raw[at + 1 :])
    with vstore.open(folder) as store:
        assert held(store).kept("s", 2, ANSWER) is None
        assert held(store).kept_all("s", ANSWER) == [FIRST]
        assert problems(store) == [("s", 2, "origins")]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM origin WHERE part = 0",
        "DELETE FROM origin WHERE part = 1",
        "DELETE FROM origin WHERE part = 2",
        "UPDATE origin SET part = part + 1 WHERE part = 2",
        "UPDATE origin SET parts = 1 << 60",
        "UPDATE origin SET body = x'' WHERE part = 1",
    ],
)
def test_long_origins_of_which_a_part_is_missing_or_damaged_are_none(folder: Path, sql: str) -> None:
    long = SEGMENT._replace(body=random.Random(1).randbytes(3 * PART - 7))
    with vstore.open(folder) as store:
        held(store).keep("s", [long], MUCH)
        assert held(store).kept_all("s", CHECKPOINT) == [long]
    changed(folder, f"{sql}{' AND' if 'WHERE' in sql else ' WHERE'} kind = 1")
    with vstore.open(folder) as store:
        assert held(store).kept_all("s", CHECKPOINT) == []
        assert problems(store) == [("s", 2, "origins")]
        assert held(store).keep("s", [SEGMENT], MUCH)
        assert held(store).kept_all("s", CHECKPOINT) == [SEGMENT]
        assert store.fsck().ok


@pytest.mark.parametrize("length", [0, 1, PART - 1, PART, PART + 1, 2 * PART, 5 * PART + 7])
def test_origins_of_any_length_come_back_and_none_needs_a_page_beside_its_row(
    folder: Path, length: int
) -> None:
    each = Kept(2, ANSWER, 0, 2**40, random.Random(length).randbytes(length))
    with vstore.open(folder) as store:
        assert held(store).keep("s", [each], MUCH)
        assert held(store).kept("s", 2, ANSWER) == each
    connection = apsw.Connection(str(database(folder)))
    sql = "SELECT count(*) FROM dbstat WHERE name = 'origin' AND pagetype = 'overflow'"
    assert connection.execute(sql).fetchall() == [(0,)]
    connection.close()


def test_an_index_that_leads_astray_gives_no_other_version_s_origins(folder: Path) -> None:
    root = pages(folder, "origin")[1]
    with database(folder).open("r+b") as file:
        file.seek((root - 1) * schema.PAGE_SIZE)
        page = bytearray(file.read(schema.PAGE_SIZE))
        cells = [int.from_bytes(page[at : at + 2]) for at in (8, 10)]
        ends = [at + 1 + page[at] - 1 for at in cells]
        page[ends[0]], page[ends[1]] = page[ends[1]], page[ends[0]]  # the rowids of the two answers
        file.seek((root - 1) * schema.PAGE_SIZE)
        file.write(page)
    with vstore.open(folder) as store:
        assert [held(store).kept("s", number, ANSWER) for number in (1, 2)] == [None, None]
        assert (None, None, "storage") in problems(store)


def test_the_problem_says_that_it_mends_itself(folder: Path) -> None:
    changed(folder, "UPDATE origin SET asked = 99 WHERE kind = 0 AND number = 1")
    with vstore.open(folder) as store:
        (problem,) = store.fsck().problems
    assert problem.detail == "the kept ones are damaged; rebuilt when next asked"


def test_origins_of_no_version_are_found(folder: Path) -> None:
    changed(folder, "UPDATE origin SET number = 9 WHERE number = 1")
    with vstore.open(folder) as store:
        found = {each.detail for each in store.fsck().problems if each.problem == "storage"}
    assert found == {"1 row(s) of origin belong to no version"}


@pytest.mark.parametrize("seed", range(12))
def test_a_page_of_junk_is_no_answer_and_no_failure(folder: Path, seed: int) -> None:
    junk = random.Random(seed)
    for page in pages(folder, "origin"):
        with database(folder).open("r+b") as file:
            file.seek((page - 1) * schema.PAGE_SIZE + junk.choice([0, 8, 100]))
            file.write(junk.randbytes(junk.choice([1, 8, 4000])))
    with vstore.open(folder) as store:
        assert held(store).kept("s", 1, ANSWER) in {None, FIRST}
        assert {*held(store).kept_all("s", ANSWER)} <= {FIRST, SECOND}
        held(store).keep("s", [FIRST], MUCH)
        assert held(store).kept("s", 1, ANSWER) in {None, FIRST}
        assert store.text("s") == TEXT
        store.fsck()
        store.stats()


def pages(folder: Path, table: str) -> list[int]:
    """Root pages of a table and of its index; a table this small has no others."""
    connection = apsw.Connection(str(database(folder)))
    found: list[tuple[Any, ...]] = connection.execute(
        "SELECT rootpage FROM sqlite_schema WHERE tbl_name = ?", (table,)
    ).fetchall()
    connection.close()
    return [page for (page,) in found]


# Stores older than the table


def test_an_older_store_has_no_kept_origins_and_no_problem(older: Path) -> None:
    before = database(older).read_bytes()
    with vstore.open(older, read_only=True) as store:
        assert held(store).kept("s", 1, ANSWER) is None
        assert held(store).kept_all("s", CHECKPOINT) == []
        assert store.fsck().ok
        assert store.stats().origin_bytes == 0
        assert held(store).keep("s", [FIRST], MUCH) is False
    assert database(older).read_bytes() == before


def test_an_older_store_gets_the_table_when_something_is_kept(older: Path) -> None:
    with vstore.open(older) as store, vstore.open(older) as beside:
        assert held(beside).kept("s", 1, ANSWER) is None
        assert held(store).keep("s", [FIRST], MUCH)
        assert held(store).kept("s", 1, ANSWER) == FIRST
        assert held(beside).kept("s", 1, ANSWER) == FIRST
        assert store.stats().format == schema.FORMAT
        assert store.fsck().ok


def test_the_table_that_comes_later_is_the_one_of_a_new_store(older: Path, folder: Path) -> None:
    with vstore.open(older) as store:
        held(store).keep("s", [FIRST], MUCH)
    assert statements(older) == statements(folder)


def statements(folder: Path) -> set[object]:
    connection = apsw.Connection(str(database(folder)))
    found: set[object] = {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_schema")}
    connection.close()
    return found


# Refusals


@pytest.fixture
def elsewhere(folder: Path) -> Iterator[apsw.Connection]:
    """Another program at the same store."""
    connection = apsw.Connection(str(database(folder)))
    yield connection
    connection.close()


def test_where_another_program_writes_nothing_is_kept_and_nobody_waits(
    folder: Path, elsewhere: apsw.Connection
) -> None:
    with vstore.open(folder, wait=3600) as store:
        elsewhere.execute("BEGIN IMMEDIATE")
        assert held(store).keep("s", [FIRST._replace(body=b"new")], MUCH) is False
        assert held(store).kept("s", 1, ANSWER) == FIRST
        elsewhere.execute("ROLLBACK")
        assert held(store).keep("s", [FIRST._replace(body=b"new")], MUCH) is True


def test_to_keep_waits_for_no_reader(folder: Path, elsewhere: apsw.Connection) -> None:
    elsewhere.execute("BEGIN; SELECT * FROM head").fetchall()
    with vstore.open(folder) as store:
        assert held(store).keep("s", [FIRST], MUCH) is True


def test_to_keep_changes_neither_the_wait_nor_the_durability_of_what_follows(folder: Path) -> None:
    with vstore.open(folder, wait=7) as store:
        connection = store._storage._database.mine()  # type: ignore[attr-defined]
        for _ in range(2):
            assert connection.execute("PRAGMA busy_timeout; PRAGMA synchronous").fetchall() == [(7000,), (2,)]
            held(store).keep("s", [FIRST], MUCH)


def test_a_store_opened_read_only_keeps_nothing_and_answers(folder: Path) -> None:
    with vstore.open(folder, read_only=True) as store:
        assert held(store).keep("s", [FIRST._replace(body=b"new")], MUCH) is False
        assert held(store).kept("s", 1, ANSWER) == FIRST
        assert store.text("s") == TEXT


def test_a_full_disk_keeps_nothing_and_takes_no_harm(folder: Path) -> None:
    with vstore.open(folder) as store:
        connection = store._storage._database.mine()  # type: ignore[attr-defined]
        ((used,),) = connection.execute("PRAGMA page_count")
        connection.execute(f"PRAGMA max_page_count = {used}")
        assert held(store).keep("s", [SECOND._replace(body=os.urandom(200_000))], MUCH) is False
        assert held(store).kept("s", 2, ANSWER) == SECOND
        assert store.fsck().ok


def test_a_child_process_keeps_for_its_parent(folder: Path) -> None:
    new = FIRST._replace(body=b"from the child")
    with vstore.open(folder) as store:
        assert held(store).kept("s", 1, ANSWER) == FIRST
        child = os.fork()
        if child == 0:
            os._exit(0 if held(store).keep("s", [new], MUCH) else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert held(store).kept("s", 1, ANSWER) == new


# What else speaks of them


def test_stats_count_origins_apart_from_what_is_stored(folder: Path) -> None:
    with vstore.open(folder) as store:
        before = store.stats()
        assert before.origin_bytes == len(FIRST.body + SECOND.body + SEGMENT.body)
        held(store).keep("s", [], 0)
        after = store.stats()
    assert (after.origin_bytes, after.stored_bytes) == (len(SEGMENT.body), before.stored_bytes)


def test_a_wire_touches_no_kept_origins(folder: Path) -> None:
    with vstore.open(folder) as store:
        connection = store._storage._database.mine()  # type: ignore[attr-defined]
        statements: list[str] = []

        def noted(_: object, sql: str, __: object) -> bool:
            statements.append(sql)
            return True

        connection.exec_trace = noted
        store.add("s", "One. Two. Three.", date="2019-01-15")
        connection.exec_trace = None
        assert not [sql for sql in statements if "origin" in sql]
