"""Where the bytes of a store in PostgreSQL lie: tables and indexes, as pg_relation_size counts them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench import postgres_places
from bench.options import Options
from bench.postgres_import import QUICK, VERSIONS, newsroom
from bench.processes import MEGABYTE, work
from bench.report import Row, Table

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
    """Three tables: straight after import, after gc, and written anew."""
    versions = QUICK if options.quick else VERSIONS
    with postgres_places.server() as server:
        url = postgres_places.fresh(server)
        work("loops:vstore_library", source=newsroom(scratch, versions), store=url, jobs=2)
        tables = [_table("straight after import", versions, url)]
        work("storage_stores:collect", place=url)
        tables.append(_table("after gc", versions, url))
        work("postgres_size:write_anew", url=url)
        tables.append(_table("after gc, and written anew by VACUUM FULL", versions, url))
    return tables


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
