"""A store on a coordinator and two shards: the contract holds there too, and a story is on one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from backends import Clock, postgres_emptied
from filled import answers, fill
from postgres_cluster import SHARDS, Cluster, running_cluster

# Collected here, they are given the storage of this module.
from test_storage_contract import (  # noqa: F401
    test_a_lost_race_takes_the_whole_transaction_back,
    test_a_row_comes_back_column_for_column,
    test_a_sighting_moves_forward_only,
    test_a_story_is_opened_once,
    test_a_story_that_is_not_there_cannot_be_continued,
    test_a_transaction_reads_what_it_wrote,
    test_a_version_is_found_by_any_beginning_of_its_id,
    test_a_writer_who_saw_an_older_tip_conflicts,
    test_after_a_transaction_that_raised_the_next_one_is_kept,
    test_an_empty_storage_answers_everything_with_nothing,
    test_bytes_of_any_kind_are_kept,
    test_facts_that_are_kept_once_stand_in_every_row_that_has_them,
    test_heads_bring_the_row_of_the_current_version,
    test_recent_goes_from_the_newest_recorded_then_by_story_then_by_higher_number,
    test_recounts_are_found_by_version_and_previous,
    test_rows_come_in_order_of_number_from_where_they_are_asked_for,
    test_stories_come_in_the_order_of_their_bytes,
    test_the_ends_of_every_number_are_kept,
)

from vstore.model import Wire
from vstore.storage.contract import Storage
from vstore.storage.memory import MemoryStorage
from vstore.storage.postgres import PostgresDatabase
from vstore.storage.postgres_place import with_schema
from vstore.storage.postgres_schema import SHARDED, statements
from vstore.storage.postgres_storage import PostgresStorage
from vstore.storage.schema import FORMAT
from vstore.store import Store

pytestmark = pytest.mark.slow

TIMES = 12
"""A statement is prepared by the sixth time, and may be planned for any story by the eleventh."""

Captured = list[tuple[bytes, Any]]


@cache
def schema() -> str:
    """A store's tables on the cluster, made once."""
    cluster = running_cluster()
    name = cluster.coordinator.schema()
    assert set(cluster.spread(name, ";\n".join(statements()))) == set(SHARDED)
    return name


@pytest.fixture
def storage(postgres_cluster: Cluster) -> Iterator[Storage]:
    """An empty one."""
    with postgres_cluster.coordinator.connect() as connection:
        connection.execute(postgres_emptied(schema()))
    opened = PostgresStorage(PostgresDatabase(with_schema(postgres_cluster.url, schema()), wait=10))
    yield opened
    opened.close()


@pytest.fixture
def store(storage: Storage, clock: Clock) -> Store:
    return Store(storage, "cluster", clock=clock)


def test_all_that_can_be_asked_is_answered_as_in_memory(store: Store, clock: Clock) -> None:
    memory = Store(MemoryStorage({"format": str(FORMAT)}), "memory:", clock=clock)
    for each in (store, memory):
        fill(each, stories=12)
    assert answers(store) == answers(memory)
    assert store.gc().repacked
    assert answers(store) == answers(memory)
    assert store.fsck().ok


def test_an_import_is_kept_and_run_again_adds_nothing(store: Store) -> None:
    wires = [
        Wire(story=f"s{story}", text=f"Text {story}, as of hour {hour}.")
        for hour in range(3)
        for story in range(40)
    ]
    assert store.import_wires(wires).to_dict()["changed"] == 80
    again = store.import_wires(wires)
    assert (again.new, again.changed, again.same) == (0, 0, 120)
    assert [story.versions for story in store.stories()] == [3] * 40
    assert store.fsck().ok


# One story, one shard

COMMANDS: dict[str, Callable[[Store, str, int], object]] = {
    "add": lambda store, story, turn: store.add(story, f"Some text, and in the end {turn}."),
    "add a late wire": lambda store, story, turn: store.add(
        story, f"Some text of old, {turn}.", source="Old", date=f"{1990 - turn}"
    ),
    "add the same": lambda store, story, _: store.add(story, "Some text, and in the end 5."),
    "log": lambda store, story, _: list(store.log(story)),
    "show": lambda store, story, _: store.text(story),
    "show a version": lambda store, story, _: store.text(story, 2),
    "diff": lambda store, story, _: store.diff(story, 1, 3),
    "blame": lambda store, story, _: store.blame(story),
    "trace": lambda store, story, _: list(store.trace_paragraphs(story, paragraph=1)),
    "grep": lambda store, story, _: list(store.grep("in the end", story, all_versions=True)),
    "resolve": lambda store, story, _: store.resolve(story),
    "export": lambda store, story, _: list(store.export_jsonl([story])),
}


@pytest.fixture
def told(storage: Storage, store: Store) -> Store:
    """A store with a few stories that have something to ask for."""
    for story in ("one", "two", "three"):
        for turn in range(6):
            store.add(
                story,
                f"Some text, and in the end {turn}.",
                source=("A", "B")[turn % 2],
                date=f"{2000 + turn}",
            )
    return store


@pytest.mark.parametrize("command", COMMANDS)
def test_the_plan_of_a_story_s_statements_names_one_partition(
    command: str, told: Store, postgres_cluster: Cluster
) -> None:
    with captured() as found:
        COMMANDS[command](Store(told._storage, "cluster"), "two", 7)
    explained = [
        (sql, partitions(postgres_cluster, sql, bindings)) for sql, bindings in found if touches_a_story(sql)
    ]
    assert explained
    several = [sql for sql, numbers in explained if len(numbers) != 1 and not sql.startswith(b"INSERT")]
    assert several == []  # a plan of an INSERT does not say where the row will go
    assert len(set().union(*(numbers for _, numbers in explained))) <= 1


@pytest.mark.parametrize("command", COMMANDS)
def test_a_story_s_command_speaks_to_one_shard(command: str, told: Store, postgres_cluster: Cluster) -> None:
    """As the shards tell it, which see inserts too, and plans that are made once for all stories."""
    with spoken_to(postgres_cluster) as shards:
        for turn in range(TIMES):
            COMMANDS[command](Store(told._storage, "cluster"), "three", turn)
    assert len(shards) == 1


def test_the_shards_are_told_apart(told: Store, postgres_cluster: Cluster) -> None:
    with spoken_to(postgres_cluster) as shards:
        assert len(list(told.stories())) == 3
    assert shards == set(range(SHARDS))


@contextmanager
def captured() -> Iterator[Captured]:
    """The statements that are put to the coordinator."""
    execute, found = psycopg.Cursor.execute, Captured()

    def noted(self: Any, query: Any, bindings: Any = None, **how: Any) -> Any:
        found.append((query if isinstance(query, bytes) else str(query).encode(), bindings))
        return execute(self, query, bindings, **how)

    with patch.object(psycopg.Cursor, "execute", noted):
        yield found


def touches_a_story(sql: bytes) -> bool:
    return sql.startswith((b"SELECT", b"INSERT", b"UPDATE", b"DELETE", b"WITH")) and bool(
        re.search(rf"\b({'|'.join(SHARDED)})\b".encode(), sql)
    )


def partitions(cluster: Cluster, sql: bytes, bindings: Any) -> set[str]:
    """The numbers of the partitions that its plan names."""
    with cluster.coordinator.connect() as connection:
        connection.execute(f"SET search_path = {schema()}".encode())
        plan = connection.execute(b"EXPLAIN (VERBOSE) " + sql, bindings).fetchall()
    named = re.compile(rf"\b{schema()}\.(?:{'|'.join(SHARDED)})_(\d)\b")
    return {number for (line,) in plan for number in named.findall(line)}


@contextmanager
def spoken_to(cluster: Cluster) -> Iterator[set[int]]:
    """The shards that are asked or told anything of this schema within."""
    for shard in cluster.shards:
        shard.run("ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()", "SELECT pg_sleep(0.1)")
    before = [len(shard.log()) for shard in cluster.shards]
    found: set[int] = set()
    try:
        yield found
    finally:
        for number, shard in enumerate(cluster.shards):
            if f" {schema()}." in shard.log()[before[number] :]:
                found.add(number)
            shard.run("ALTER SYSTEM RESET log_statement", "SELECT pg_reload_conf()")
