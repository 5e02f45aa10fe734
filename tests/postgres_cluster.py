"""Three throw-away PostgreSQL servers as one: a coordinator, whose tables lie on two shards by story.

A table is hash-partitioned on the coordinator; its partitions are foreign tables (postgres_fdw), and the
real ones, with their keys and indexes, are on the shards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import chain, count
from pathlib import Path

from postgres_programs import finished
from postgres_servers import CARELESS, USER, Server, initialised, shared, temporary_folder

SHARDS = 2
PARTITIONS = 8

REACHING = "batch_size '100', fetch_size '1000', async_capable 'true'"
"""Rows travel between the servers by the hundred, not one by one; the shards are asked at once."""


@dataclass(frozen=True)
class Cluster:
    """A store is opened on the coordinator; what its tables hold is on the shards."""

    coordinator: Server
    shards: tuple[Server, ...]

    @property
    def url(self) -> str:
        return self.coordinator.url

    def shard_of(self, partition: int) -> int:
        return partition % len(self.shards)

    def spread(self, schema: str, ddl: str, by: str = "story") -> list[str]:
        """Makes the tables of a script for plain PostgreSQL in a new schema; says which are on the shards.

        Those whose primary key begins with the column `by` are; the others stay on the coordinator alone.
        """
        script = f"CREATE SCHEMA {schema}; SET search_path = {schema}; {ddl};"
        with self.coordinator.connect() as connection:
            connection.execute(script.encode())
            tables = [str(name) for (name,) in connection.execute(KEYED, (schema, by))]
            for number, shard in enumerate(self.shards):
                mine = [part for part in range(PARTITIONS) if self.shard_of(part) == number]
                shard.run(script + "".join(_real(table, mine) for table in tables))
            connection.execute("".join(self._partitioned(schema, table, by) for table in tables).encode())
        return tables

    def _partitioned(self, schema: str, table: str, by: str) -> str:
        """The table without its keys, which no foreign partition can have."""
        parts = "".join(
            f"CREATE FOREIGN TABLE {table}_{part} PARTITION OF {table} "
            f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {part}) SERVER shard_{self.shard_of(part)} "
            f"OPTIONS (schema_name '{schema}', table_name '{table}_{part}');"
            for part in range(PARTITIONS)
        )
        return (
            f"ALTER TABLE {table} RENAME TO {table}_plain;"
            f"CREATE TABLE {table} (LIKE {table}_plain INCLUDING DEFAULTS) PARTITION BY HASH ({by});"
            f"DROP TABLE {table}_plain;{parts}"
        )


KEYED = """
SELECT indrelid::regclass::text FROM pg_index
JOIN pg_class ON pg_class.oid = indrelid
JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
WHERE indisprimary AND relnamespace = %s::regnamespace AND attname = %s
ORDER BY 1
"""
"""The tables of a schema whose primary key begins with a column."""


def _real(table: str, parts: list[int]) -> str:
    made = "".join(f"CREATE TABLE {table}_{part} (LIKE {table} INCLUDING ALL);" for part in parts)
    return f"{made}DROP TABLE {table};"


@contextmanager
def cluster(*, fsync: bool = False, **settings: str) -> Iterator[Cluster]:
    """Three servers of one's own, gone at the end with all they hold; `settings` are PostgreSQL's."""
    told = {**({} if fsync else CARELESS), **settings}
    with temporary_folder() as folder, ExitStack() as stack:
        servers = [Server(each, told) for each in _initialised(folder)]
        for server in servers:
            server.launch()
            stack.callback(server.stop, "immediate")
        for server in servers:
            server.await_ready()
        coordinator, *shards = servers
        coordinator.run("CREATE EXTENSION postgres_fdw", *chain(*map(_introduced, count(), shards)))
        yield Cluster(coordinator, tuple(shards))


def _initialised(folder: Path) -> list[Path]:
    """The folders of the coordinator and the shards: initialised once and copied, which is quicker."""
    first, *others = [folder / name for name in ("coordinator", *(f"shard_{i}" for i in range(SHARDS)))]
    initialised(first)
    for other in others:
        finished(["cp", "-a", str(first), str(other)])
    return [first, *others]


def _introduced(number: int, shard: Server) -> list[str]:
    """What tells the coordinator of a shard."""
    options = f"host '127.0.0.1', port '{shard.port}', dbname 'postgres', {REACHING}"
    return [
        f"CREATE SERVER shard_{number} FOREIGN DATA WRAPPER postgres_fdw OPTIONS ({options})",
        f"CREATE USER MAPPING FOR PUBLIC SERVER shard_{number} OPTIONS (user '{USER}')",
    ]


@cache
def running_cluster() -> Cluster:
    """The cluster that this process shares, from the first call to the end; skips the test without one."""
    return shared(cluster)
