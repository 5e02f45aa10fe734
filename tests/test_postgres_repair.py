"""`repair` of a store in PostgreSQL: where it is, story by story, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_program import Program
from copies import fill_odd, ids, told
from postgres_servers import Server
from postgres_stores import made, schema_of

import vstore
from vstore.blobs import story_digest
from vstore.store import Store

pytestmark = pytest.mark.slow


def key(story: str) -> str:
    return f"'\\x{story_digest(story).hex()}'::bytea"


@pytest.fixture
def url(postgres: Server) -> str:
    """Late wires, undated ones, reverts, twins, odd names."""
    url = made(postgres)
    with vstore.open(url) as store:
        fill_odd(store)
        store.gc()
        store.add("late", "One more.", date="2020")
        store.blame("late")
    return url


@pytest.fixture
def copy(url: str) -> Iterator[Store]:
    with vstore.open("memory:") as other, vstore.open(url, read_only=True) as store:
        other.copy_from(store)
        yield other


def run(postgres: Server, url: str, sql: str) -> None:
    """Past vstore."""
    with postgres.connect() as connection:
        connection.execute(f"SET search_path TO {schema_of(url)}".encode())
        connection.execute(sql.encode())


def asked(url: str) -> list[object]:
    with vstore.open(url, read_only=True) as store:
        return told(store)


DERIVED = (
    "UPDATE head SET late = late + 1",
    "UPDATE head SET tip = '\\x00', versions = 77",
    "UPDATE sighting SET checksum = 0",
    "UPDATE recount SET checksum = 0",
    "UPDATE origin SET body = '\\x00'",
    f"UPDATE version SET words = words + 1 WHERE story = {key('late')}",
    f"UPDATE version SET base_back = 1, pack = 3 WHERE story = {key('return')}",
    "UPDATE fact SET checksum = checksum + 1",
    "UPDATE note SET value = 'soon' WHERE name = 'last_gc'",
    "INSERT INTO shingle VALUES (0, '\\x00', 7)",
)


@pytest.mark.parametrize("damage", DERIVED)
def test_what_follows_from_the_rest_is_made_again(postgres: Server, url: str, damage: str) -> None:
    was = asked(url)
    run(postgres, url, damage)
    with vstore.open(url) as store:
        assert not store.fsck().ok
    result = vstore.repair(url)
    assert result.ok, result.after.problems
    assert (result.copy, result.fetched) == (None, 0)
    assert asked(url) == was
    with vstore.open(url) as store:
        assert store.fsck(level="deep").ok


def test_a_damaged_line_of_the_journal_stays_unless_another_store_has_it(
    postgres: Server, url: str, tmp_path: Path
) -> None:
    run(postgres, url, "UPDATE journal SET versions = 77 WHERE what = 'gc'")
    result = vstore.repair(url)
    told = [each.detail for each in result.after.problems]
    assert told == ["1 row(s) of journal are damaged"]
    with vstore.open(url) as store, vstore.open(tmp_path / "other", create=True) as other:
        rows = store._storage._ask("SELECT * FROM journal")  # type: ignore[attr-defined]
        with other._storage._database.writing() as connection:  # type: ignore[attr-defined]
            for row in rows:
                whole = (*row[:6], 0 if row[3] == "gc" else row[6], *row[7:])
                connection.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", whole)
        assert vstore.repair(url, other=other).ok
        assert "gc" in [entry.what for entry in store.journal()]


def test_another_store_gives_what_is_gone(postgres: Server, url: str, copy: Store) -> None:
    was = asked(url)
    with vstore.open(url) as store:
        named = ids(store)
    run(postgres, url, f"DELETE FROM version WHERE story = {key('late')} AND number IN (2, 7)")
    run(postgres, url, f"DELETE FROM payload WHERE story = {key('return')}")
    run(postgres, url, f"DELETE FROM head WHERE story = {key('notes')}")
    run(postgres, url, "DELETE FROM fact")
    result = vstore.repair(url, other=copy)
    assert result.ok, result.after.problems
    assert asked(url) == was
    with vstore.open(url) as store:
        assert ids(store) == named
        assert store.fsck(level="deep").ok
        assert store.add("late", "And more.").version.number == 8


def test_a_story_of_which_something_would_be_lost_is_left_as_it_is(postgres: Server, url: str) -> None:
    run(postgres, url, f"DELETE FROM version WHERE story = {key('late')} AND number = 2")
    run(postgres, url, f"DELETE FROM head WHERE story = {key('notes')}")
    run(postgres, url, f"DELETE FROM payload WHERE story = {key('twins')}")
    run(postgres, url, f"UPDATE head SET late = late + 1 WHERE story = {key('return')}")
    with vstore.open(url) as store:
        before = {each.story for each in store.fsck().problems}
    result = vstore.repair(url)
    assert not result.ok
    assert before - {each.story for each in result.after.problems} == {"return"}
    assert "lost" not in {each.problem for each in result.after.problems}
    with postgres.connect() as connection:
        connection.execute(f"SET search_path TO {schema_of(url)}".encode())
        counted = f"SELECT count(*) FROM version WHERE story IN ({key('late')}, {key('notes')})"
        assert connection.execute(counted.encode()).fetchall() == [(6 + 1,)]


def test_what_is_whole_is_not_touched(url: str, copy: Store) -> None:
    result = vstore.repair(url, other=copy)
    assert (result.ok, result.fetched) == (True, 0)


def test_the_program_repairs_from_and_in_postgresql(postgres: Server, url: str, tmp_path: Path) -> None:
    program = Program(tmp_path)
    program("--store", "copy", "init")
    program("--store", "copy", "pull", url)
    run(postgres, url, f"DELETE FROM payload WHERE story = {key('return')}")
    assert program("--store", url, "fsck", "--repair").code == 6
    assert program("--store", url, "fsck", "--repair", "--from", "copy").code == 0
    assert program("--store", url, "fsck", "--repair", "--from", url).code == 2
