"""The three servers that are one (postgres_cluster.py): what vstore's SQL may count on there, and what not.

The tables are made up. Each refusal that is tested here is a reason for a rule of the PostgreSQL backend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import psycopg
import pytest
from postgres_cluster import PARTITIONS, Cluster, cluster, running_cluster
from psycopg import errors

pytestmark = pytest.mark.slow

TABLES = """
CREATE TABLE note (name text NOT NULL PRIMARY KEY, value text NOT NULL);
CREATE TABLE head (
    story bytea NOT NULL PRIMARY KEY, name bytea NOT NULL, versions bigint NOT NULL, recorded bigint NOT NULL
);
CREATE TABLE version (
    story bytea NOT NULL, number bigint NOT NULL, id bytea NOT NULL, dated text, PRIMARY KEY (story, number)
);
CREATE TABLE payload (
    story bytea NOT NULL, number bigint NOT NULL, part bigint NOT NULL, body bytea NOT NULL,
    PRIMARY KEY (story, number, part)
);
CREATE INDEX version_by_id ON version (substr(id, 1, 5));
CREATE INDEX head_by_recorded ON head (recorded)
"""

HEAD = "INSERT INTO head VALUES (%s, 'name', 1, 0) ON CONFLICT DO NOTHING"
VERSION = "INSERT INTO version VALUES (%s, %s, 'id', NULL) ON CONFLICT DO NOTHING"
SET = "UPDATE head SET versions = 2 WHERE story = %s AND versions = 1 RETURNING versions"

Connection = psycopg.Connection[Any]


@cache
def made() -> str:
    """The schema of the tables, made once: it takes longer than the tests."""
    shared = running_cluster()
    schema = shared.coordinator.schema()
    assert shared.spread(schema, TABLES) == ["head", "payload", "version"]
    return schema


def opened(shared: Cluster) -> Connection:
    connection = shared.coordinator.connect()
    connection.execute(f"SET search_path = {made()}".encode())
    return connection


@pytest.fixture
def one(postgres_cluster: Cluster) -> Iterator[Connection]:
    """A connection to the coordinator, with the tables empty."""
    with opened(postgres_cluster) as connection:
        connection.execute("DELETE FROM head; DELETE FROM version; DELETE FROM payload; DELETE FROM note")
        yield connection


@pytest.fixture
def other(postgres_cluster: Cluster, one: Connection) -> Iterator[Connection]:
    with opened(postgres_cluster) as connection:
        yield connection


def plan(connection: Connection, query: str, *values: object) -> str:
    rows = connection.execute(f"EXPLAIN (VERBOSE, COSTS OFF) {query}".encode(), values)
    return "\n".join(line for (line,) in rows)


def asked(text: str) -> list[str]:
    """The partitions that a plan sends a statement to, table by table."""
    return sorted(set(re.findall(r"(?:FROM|JOIN|UPDATE|INTO) \(?\w+\.(\w+_\d)\b", text)))


def numbers_of(tables: list[str]) -> set[str]:
    return {table.rpartition("_")[2] for table in tables}


# Where the rows are


def test_rows_are_on_both_shards_and_none_is_on_the_coordinator(
    postgres_cluster: Cluster, one: Connection
) -> None:
    for number in range(100):
        one.execute(HEAD, [b"%d" % number])
    counts = []
    for number, shard in enumerate(postgres_cluster.shards):
        mine = [part for part in range(PARTITIONS) if postgres_cluster.shard_of(part) == number]
        query = " UNION ALL ".join(f"SELECT story FROM {made()}.head_{part}" for part in mine)
        with shard.connect() as connection:
            counts.append(len(connection.execute(query.encode()).fetchall()))
    assert sum(counts) == 100
    assert min(counts) > 20
    assert one.execute("SELECT count(*) FROM head").fetchone() == (100,)


def test_keys_and_indexes_are_on_the_shards(postgres_cluster: Cluster, one: Connection) -> None:
    with postgres_cluster.shards[0].connect() as connection:
        rows = connection.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = %s", [made()])
        kept = "\n".join(definition for (definition,) in rows)
    assert kept.count("USING btree (story, number)") == 4
    assert kept.count("USING btree (substr(id, 1, 5))") == 4


def test_a_table_without_stories_stays_on_the_coordinator(one: Connection) -> None:
    assert "Foreign" not in plan(one, "SELECT * FROM note")
    one.execute("INSERT INTO note VALUES ('format', '2') ON CONFLICT DO NOTHING")
    assert one.execute("SELECT value FROM note").fetchall() == [("2",)]


# What works as on one server


def test_on_conflict_do_nothing_tells_what_was_new(one: Connection) -> None:
    assert [one.execute(HEAD, [b"s"]).rowcount for _ in range(2)] == [1, 0]
    returning = f"{VERSION} RETURNING number"
    assert one.execute(returning, [b"s", 1]).fetchall() == [(1,)]
    assert one.execute(returning, [b"s", 1]).fetchall() == []


def test_compare_and_set_succeeds_once(one: Connection) -> None:
    one.execute(HEAD, [b"s"])
    assert one.execute(SET, [b"s"]).fetchall() == [(2,)]
    assert one.execute(SET, [b"s"]).fetchall() == []


def test_a_transaction_is_rolled_back_on_the_shards(one: Connection) -> None:
    with one.transaction(force_rollback=True):
        one.execute(HEAD, [b"s"])
        one.execute(VERSION, [b"s", 1])
    with one.transaction():
        one.execute(HEAD, [b"t"])
        with pytest.raises(errors.UniqueViolation), one.transaction():
            one.execute("INSERT INTO head VALUES ('t', 'name', 1, 0)")
    assert one.execute("SELECT story FROM head").fetchall() == [(b"t",)]
    assert one.execute("SELECT story FROM version").fetchall() == []


def test_a_statement_of_several_steps_is_one(one: Connection) -> None:
    one.execute(HEAD, [b"s"])
    appended = f"WITH set AS ({SET}) INSERT INTO version SELECT %s, versions, 'id', NULL FROM set"
    assert [one.execute(appended.encode(), [b"s", b"s"]).rowcount for _ in range(2)] == [1, 0]


def test_rows_are_copied_in_and_inserted_from_a_temporary_table(one: Connection) -> None:
    one.execute(VERSION, [b"3", 1])
    one.execute("CREATE TEMPORARY TABLE incoming (LIKE version)")
    with one.cursor() as cursor:
        with cursor.copy("COPY incoming FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["bytea", "int8", "bytea", "text"])
            for number in range(1000):
                copy.write_row([b"%d" % number, 1, b"id", None])
        cursor.execute("INSERT INTO version SELECT * FROM incoming ON CONFLICT DO NOTHING")
        assert cursor.rowcount == 999


def test_pipelines_and_cursors_work(one: Connection) -> None:
    with one.pipeline():
        for number in range(50):
            one.execute(HEAD, [b"%d" % number])
    with one.transaction(), one.cursor("listing") as listing:
        names = [story for (story,) in listing.execute("SELECT story FROM head ORDER BY story")]
    assert names == sorted(b"%d" % number for number in range(50))


# One story, one shard

OF_A_STORY = [
    "SELECT * FROM head WHERE story = %s",
    "SELECT * FROM head WHERE story = %s FOR UPDATE",
    "SELECT * FROM version WHERE story = %s ORDER BY number DESC LIMIT 3",
    "SELECT count(*), max(number) FROM version WHERE story = %s",
    "SELECT number, body FROM version JOIN payload USING (story, number) WHERE story = %s",
    SET,
    "DELETE FROM version WHERE story = %s AND number < 3",
]


@pytest.mark.parametrize("query", OF_A_STORY)
def test_a_query_of_one_story_asks_one_partition_of_each_table(one: Connection, query: str) -> None:
    assert len(numbers_of(asked(plan(one, query, b"s")))) == 1


@pytest.mark.parametrize("query", OF_A_STORY)
def test_so_does_a_prepared_one_that_is_planned_for_any_story(one: Connection, query: str) -> None:
    one.execute("SET plan_cache_mode = force_generic_plan")
    one.execute(f"PREPARE any_story (bytea) AS {query.replace('%s', '$1')}".encode())
    told = plan(one, "EXECUTE any_story ('s')")
    assert len(numbers_of(asked(told))) == 1
    assert f"Subplans Removed: {PARTITIONS - 1}" in told


def test_what_needs_two_stories_asks_two_partitions_at_most(one: Connection) -> None:
    assert len(asked(plan(one, "SELECT * FROM head WHERE story = ANY(%s)", [b"s", b"t"]))) <= 2


def test_a_listing_page_by_page_is_sorted_by_the_shards_and_merged(one: Connection) -> None:
    told = plan(one, "SELECT story FROM head WHERE story > %s ORDER BY story LIMIT 10", b"s")
    assert "Merge Append" in told
    assert len(re.findall("Remote SQL.*ORDER BY story", told)) == PARTITIONS


def test_partition_wise_aggregates_would_ask_every_partition(one: Connection) -> None:
    """In a plan for any story. So PostgreSQL's own setting, off, must stand."""
    one.execute("SET plan_cache_mode = force_generic_plan; SET enable_partitionwise_aggregate = on")
    one.execute("PREPARE any_story (bytea) AS SELECT count(*) FROM version WHERE story = $1")
    assert len(asked(plan(one, "EXECUTE any_story ('s')"))) == PARTITIONS


def test_a_part_of_an_id_is_looked_for_by_the_shards_indexes(one: Connection) -> None:
    told = plan(one, "SELECT story FROM version WHERE substr(id, 1, 5) = %s", b"abcde")
    assert len(re.findall(r"Remote SQL.*WHERE \(\(substr\(id, 1, 5\) = ", told)) == PARTITIONS


# What does not work


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO head VALUES ('s', 'name', 1, 0) ON CONFLICT (story) DO NOTHING",
        "INSERT INTO head VALUES ('s', 'name', 1, 0) ON CONFLICT (story) DO UPDATE SET versions = 2",
    ],
)
def test_a_conflict_cannot_name_its_target(one: Connection, statement: str) -> None:
    with pytest.raises(errors.InvalidColumnReference):
        one.execute(statement.encode())


def test_the_coordinator_cannot_have_unique_indexes(one: Connection) -> None:
    with pytest.raises(errors.WrongObjectType):
        one.execute("CREATE UNIQUE INDEX ON version (story, number)")


def test_there_is_no_two_phase_commit(one: Connection) -> None:
    one.execute("BEGIN")
    one.execute(HEAD, [b"s"])
    with pytest.raises(errors.FeatureNotSupported):
        one.execute("PREPARE TRANSACTION 'both'")
    one.execute("ROLLBACK")


@pytest.mark.parametrize("statement", [HEAD, SET])
def test_a_second_writer_of_the_same_row_fails_to_serialize(
    one: Connection, other: Connection, statement: str
) -> None:
    """On one server it waits, and then finds that there is nothing to do: the shards' snapshots last."""
    if statement == SET:
        one.execute(HEAD, [b"s"])
    for connection in (one, other):  # a snapshot on every shard
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM head")
    one.execute(statement.encode(), [b"s"])
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(other.execute, statement.encode(), [b"s"])
        one.execute("COMMIT")
        with pytest.raises(errors.SerializationFailure):
            waiting.result(10)
    other.execute("ROLLBACK")


def test_a_transaction_sees_what_its_first_query_saw(one: Connection, other: Connection) -> None:
    """Whatever the isolation level: to the shards it is REPEATABLE READ."""
    one.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
    one.execute("SELECT story FROM head WHERE story = 's'")
    other.execute(HEAD, [b"s"])
    assert one.execute("SELECT story FROM head WHERE story = 's'").fetchall() == []
    one.execute("COMMIT")
    assert one.execute("SELECT story FROM head WHERE story = 's'").fetchall() == [(b"s",)]


def test_a_shard_that_is_down_fails_its_stories_only(postgres_cluster: Cluster) -> None:
    with cluster() as mine:
        mine.spread("archive", TABLES)
        with mine.coordinator.connect() as connection:
            connection.execute("SET search_path = archive")
            stories = [b"%d" % number for number in range(20)]
            for story in stories:
                connection.execute(HEAD, [story])
            mine.shards[0].stop("immediate")
            kept = [story for story in stories if answers(connection, story)]
            assert 0 < len(kept) < len(stories)
            mine.shards[0].start()
            assert all(answers(connection, story) for story in stories)


def answers(connection: Connection, story: bytes) -> bool:
    try:
        return connection.execute("SELECT 1 FROM head WHERE story = %s", [story]).fetchone() == (1,)
    except psycopg.OperationalError:
        return False
