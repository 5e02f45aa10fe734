"""What bare psycopg does with the very same rows: the bound of every store in PostgreSQL.

The rows are read from a store that vstore has filled, and written into an empty one; nothing is compared,
compressed, verified or looked up. A head that later versions moved stands there as it was left: rows of the
same kinds and sizes are written all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import psycopg

Rows = list[tuple[Any, ...]]
OWNED = ("version", "fact", "payload")
"""Tables whose rows belong to a version; the two first columns say which."""

NEW = "INSERT INTO head VALUES ({}) ON CONFLICT DO NOTHING RETURNING story"
MOVED = (
    "UPDATE head SET versions = %s, tip = %s, clock = %s, current = %s, at = %s, late = %s, recorded = %s, "
    "text_bytes = %s, stored_bytes = %s, keyframes = %s, repacked = %s, checksum = %s "
    "WHERE story = %s AND versions = %s AND tip = %s AND repacked = %s RETURNING story"
)
ARRIVED = "SELECT v.story, v.number FROM version v JOIN head h USING (story) ORDER BY h.recorded, v.number"
VERSIONS = 200
"""Versions in a transaction of an import, as many as vstore's batches of a million characters have."""


class Kept(NamedTuple):
    """The rows of one version, as they were kept; `tips` are its own id and that of the one before."""

    head: tuple[Any, ...]
    tips: tuple[bytes, bytes]
    owned: dict[str, Rows]


def copied(source: str, target: str, pipelined: bool | None, skipped: int = 0) -> dict[str, Any]:
    """Work: the rows of one store into another: a transaction for each version, plain or pipelined.

    Or, with neither, by COPY in batches. Those that are skipped are copied, and not counted.
    """
    with connected(source) as reading:
        kept = _kept(reading)
    with connected(target) as writing:
        writing.prepare_threshold = 0
        _written_all(writing, kept[:skipped], pipelined)
        start, cpu = perf_counter(), process_time()
        _written_all(writing, kept[skipped:], pipelined)
        return {
            "seconds": perf_counter() - start,
            "cpu_s": process_time() - cpu,
            "versions": len(kept) - skipped,
        }


def _written_all(connection: psycopg.Connection[Any], kept: list[Kept], pipelined: bool | None) -> None:
    if pipelined is None:
        _by_copy(connection, kept)
        return
    for each in kept:
        _one(connection, each, pipelined=pipelined)


def connected(url: str) -> psycopg.Connection[Any]:
    """As vstore connects."""
    import psycopg
    from psycopg import sql
    from psycopg.types.numeric import Int8Dumper

    from vstore.storage.postgres_place import place

    where = place(url)
    connection = psycopg.connect(where.url, autocommit=True)
    connection.adapters.register_dumper(int, Int8Dumper)
    connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(where.schema)))
    return connection


def _kept(connection: psycopg.Connection[Any]) -> list[Kept]:
    """All versions in the order in which they were taken in."""
    heads = {row[0]: row for row in connection.execute("SELECT * FROM head", binary=True)}
    owned = {table: _by_version(connection, table) for table in OWNED}
    ids = {key: rows[0][2] for key, rows in owned["version"].items()}
    found = []
    for key in connection.execute(ARRIVED, binary=True).fetchall():
        story, number = key
        tips = ids[key], ids.get((story, number - 1), b"")
        head = (*heads[story][:2], number, tips[0], *heads[story][4:])
        found.append(Kept(head, tips, {table: rows[key] for table, rows in owned.items() if key in rows}))
    return found


def _by_version(connection: psycopg.Connection[Any], table: str) -> dict[tuple[Any, ...], Rows]:
    rows = connection.execute(f"SELECT * FROM {table} ORDER BY story, number".encode(), binary=True)
    return {key: list(each) for key, each in groupby(rows, key=itemgetter(slice(2)))}


def _one(connection: psycopg.Connection[Any], kept: Kept, *, pipelined: bool) -> None:
    if pipelined:
        with connection.pipeline(), connection.transaction():
            _written(connection, kept)
    else:
        with connection.transaction():
            _written(connection, kept)


def _written(connection: psycopg.Connection[Any], kept: Kept) -> None:
    story, number = kept.head[0], kept.head[2]
    if number == 1:
        connection.execute(_insertion(NEW, len(kept.head)), kept.head)
    else:
        stood = (story, number - 1, kept.tips[1], kept.head[-2])
        connection.execute(MOVED.encode(), (*kept.head[2:], *stood))
    for table, rows in kept.owned.items():
        for row in rows:
            connection.execute(_insertion(f"INSERT INTO {table} VALUES ({{}})", len(row)), row)


def _insertion(sql: str, columns: int) -> bytes:
    return sql.format(", ".join(["%s"] * columns)).encode()


def _by_copy(connection: psycopg.Connection[Any], kept: list[Kept]) -> None:
    """Each story's last head of a batch, and all else."""
    types = {table: _temporary(connection, table) for table in ("head", *OWNED)}
    for batch in _batches(kept):
        with connection.transaction():
            for table, kinds in types.items():
                with connection.cursor() as cursor:
                    copying = f"COPY new_{table} FROM STDIN (FORMAT BINARY)".encode()
                    with cursor.copy(copying) as copy:
                        copy.set_types(kinds)
                        for row in _rows(batch, table):
                            copy.write_row(row)
                inserted = f"INSERT INTO {table} SELECT * FROM new_{table} ON CONFLICT DO NOTHING"
                connection.execute(inserted.encode())


def _temporary(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """Makes the table that rows are copied into; the types of its columns."""
    connection.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS new_{table} (LIKE {table}) ON COMMIT DELETE ROWS".encode()
    )
    described = connection.execute(f"SELECT * FROM {table} LIMIT 0".encode()).description
    return [column.type_display for column in described or ()]


def _batches(kept: list[Kept]) -> Iterator[list[Kept]]:
    for start in range(0, len(kept), VERSIONS):
        yield kept[start : start + VERSIONS]


def _rows(batch: list[Kept], table: str) -> Iterator[tuple[Any, ...]]:
    if table == "head":
        yield from {each.head[0]: each.head for each in batch}.values()
    else:
        for each in batch:
            yield from each.owned.get(table, ())
