"""Where the bytes of a store lie: tables and indexes, as SQLite's dbstat counts them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench import storage_stores
from bench.importers import Corpus
from bench.options import Options
from bench.processes import MEGABYTE, work
from bench.report import Row, Table
from bench.storage_stores import NO_GC

_PAGES = """
SELECT name, sum(pgsize), sum(payload), sum(unused), sum(ncell), count(*)
FROM dbstat GROUP BY name ORDER BY 2 DESC
"""


def measure(options: Options, scratch: Path) -> list[Table]:
    """Two tables a corpus: straight after import, and after gc."""
    tables: list[Table] = []
    for sample in storage_stores.wanted(options):
        if reason := storage_stores.absent(sample):
            tables.append(Table(f"layout, {sample.name}", notes=[reason]))
            continue
        corpus = storage_stores.ready(sample, scratch)
        tables.append(_table(corpus, "after import", storage_stores.stored(corpus)))
        tables.append(_table(corpus, "after gc", storage_stores.collected(corpus)))
    return tables


def _table(corpus: Corpus, state: str, place: Path | None) -> Table:
    title = f"layout {state}, {corpus.counts}"
    if place is None:
        return Table(title, notes=[NO_GC])
    found = work("storage_layout:pages", place=place).answer["objects"]
    whole = ["all", *map(sum, list(zip(*found, strict=True))[1:])]
    return Table(title, rows=[_row(corpus, *each) for each in (*found, whole)])


def _row(corpus: Corpus, name: str, *figures: int) -> Row:
    size, payload, unused, cells, pages = figures
    return {
        "what": name,
        "MB": size / MEGABYTE,
        "payload MB": payload / MEGABYTE,
        "unused MB": unused / MEGABYTE,
        "unused %": round(100 * unused / size) if size else 0,
        "cells": cells,
        "pages": pages,
        "bytes a version": size / corpus.versions,
        "payload a version": payload / corpus.versions,
    }


def pages(place: str) -> dict[str, Any]:
    """Work: of each table and index its bytes, payload, unused bytes, cells and pages."""
    import apsw

    (file,) = Path(place).rglob("*.db")
    connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
    found = connection.execute(_PAGES).fetchall()
    free, size = connection.pragma("freelist_count"), connection.pragma("page_size")
    connection.close()
    return {"objects": [*found, ("free pages", free * size, 0, free * size, 0, free)]}
