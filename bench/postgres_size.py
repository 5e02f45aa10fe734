"""Where the bytes of a store in PostgreSQL lie: tables and indexes, as pg_relation_size counts them."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from bench import postgres_places
from bench.options import Options
from bench.postgres_import import QUICK, VERSIONS, newsroom
from bench.processes import MEGABYTE, work
from bench.report import Row, Table

if TYPE_CHECKING:
    import psycopg

_SIZES = """
SELECT coalesce(t.relname || ': ' || c.relname, c.relname), pg_relation_size(c.oid)
FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid
WHERE c.relnamespace = current_schema()::regnamespace AND pg_relation_size(c.oid) > 0
UNION ALL
SELECT c.relname || ': out of line', pg_total_relation_size(c.reltoastrelid) FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.reltoastrelid > 0
    AND pg_relation_size(c.reltoastrelid) > 0
ORDER BY 2 DESC
"""
_BODIES = "SELECT sum(length(body)) FROM payload"


def measure(options: Options, scratch: Path) -> list[Table]:
    """Three tables: straight after import, after gc, and written anew; and one of the log."""
    versions = QUICK if options.quick else VERSIONS
    wires = versions // 40
    log = Table("bytes of the write-ahead log, and what wrote them")
    with postgres_places.server() as server:
        url = postgres_places.fresh(server)
        before = _written(url)
        work("loops:vstore_library", source=newsroom(scratch, versions), store=url, jobs=2)
        log.rows.append(_row("import, a version", _written(url) - before, versions))
        tables = [_table("straight after import", versions, url)]
        for state in ("just after a checkpoint", "later"):
            answer = work("postgres_size:add_scattered", url=url, wires=wires, seed=state).answer
            log.rows.append(
                _row(f"{wires} wires to stories by chance, {state}, a wire", answer["bytes"], wires)
            )
        before = _written(url)
        seconds: float = work("storage_stores:collect", place=url).answer["seconds"]
        log.rows.append(_row("gc, a version", _written(url) - before, versions))
        log.notes.append(f"gc took {seconds:.1f} s: {versions / seconds:,.0f} versions a second.")
        tables.append(_table("after gc", versions, url))
        work("postgres_size:write_anew", url=url)
        tables.append(_table("after gc, and written anew by VACUUM FULL", versions, url))
    return [*tables, log]


def _written(url: str) -> int:
    written: int = work("postgres_size:written", url=url).answer["bytes"]
    return written


def _row(what: str, size: int, count: int) -> Row:
    return {"what": what, "MB": size / MEGABYTE, "bytes": size / count}


def _table(state: str, versions: int, url: str) -> Table:
    table = Table(f"bytes of {versions:,} versions of the newsroom in PostgreSQL, {state}")
    found = work("postgres_size:sizes", url=url).answer
    objects = [*found["objects"], ["all", sum(size for _, size in found["objects"])]]
    for name, size in (*objects, ("payload: bodies alone", found["bodies"])):
        row: Row = {"what": name, "MB": size / MEGABYTE, "bytes a version": size / versions}
        table.rows.append(row)
    return table


def sizes(url: str) -> dict[str, Any]:
    """Work: bytes of each table and index, and of the payloads in them."""
    from bench.postgres_bare import connected

    with connected(url) as connection:
        objects = connection.execute(_SIZES).fetchall()
        ((bodies,),) = connection.execute(_BODIES).fetchall()
    return {"objects": objects, "bodies": int(bodies)}


def write_anew(url: str) -> dict[str, Any]:
    """Work: tables and indexes without what is not used any more."""
    from bench.postgres_bare import connected
    from vstore.storage.postgres_schema import SHARDED

    with connected(url) as connection:
        connection.execute(f"VACUUM FULL {', '.join(SHARDED)}".encode())
    return {}


def written(url: str) -> dict[str, Any]:
    """Work: where the write-ahead log ends."""
    from bench.postgres_bare import connected

    with connected(url) as connection:
        return {"bytes": _end(connection)}


def add_scattered(url: str, wires: int, seed: str) -> dict[str, Any]:
    """Work: one wire more to each of some stories; how much was written to the log for it.

    The first time that a page is changed after a checkpoint, all of it is: `seed` says whether one is made.
    """
    from bench.postgres_bare import connected
    from vstore.opening import open_store

    with open_store(url) as store, connected(url) as connection:
        names = [story.story for story in store.stories()]
        if "after a checkpoint" in seed:
            connection.execute("CHECKPOINT")
        before = _end(connection)
        for story in Random(seed).sample(names, min(wires, len(names))):
            store.add(story, f"{store.text(story)}The desk has nothing more on this.\n", date="2040-01-01")
        return {"bytes": _end(connection) - before}


def _end(connection: psycopg.Connection[Any]) -> int:
    found = connection.execute("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint").fetchone()
    assert found
    return int(found[0])
