"""One wire at a time, durable, beside bare SQLite that takes as many bytes in a transaction each."""

from __future__ import annotations

import itertools
import os
import statistics
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import newsroom, storage_layout
from bench.figures import ratio
from bench.options import Options
from bench.processes import work
from bench.report import Row, Table, Target

WIRES = 2_000
RATE, RATIO = 500.0, 1.5
"""Promised: so many a second, or within so many times bare SQLite's time."""


def measure(options: Options, scratch: Path) -> list[Table]:
    """One table; the two in turns."""
    wires = 100 if options.quick else WIRES
    ours: list[float] = []
    bare: list[float] = []
    for turn in range(options.runs):
        answer = work("storage_add:add", place=scratch / f"add-{turn}", wires=wires).answer
        ours.append(answer["seconds"])
        theirs = work("storage_add:insert", place=scratch / f"bare-{turn}", sizes=answer["sizes"]).answer
        bare.append(theirs["seconds"])
    table = Table(f"add {wires:,} wires of the newsroom, one at a time, durable")
    table.rows = [_row("vstore add", ours, bare, wires), _row("bare SQLite", bare, bare, wires)]
    times = ratio(ours, bare)
    milliseconds = 1000 * statistics.median(ours) / wires
    limit = max(1000 / RATE, RATIO * milliseconds / times)
    table.targets.append(Target("a wire", milliseconds, limit, "ms"))
    table.notes.append(f"Promised are {RATE:.0f} a second, or {RATIO} times bare SQLite: whichever is less.")
    return [table]


def _row(name: str, seconds: list[float], bare: list[float], wires: int) -> Row:
    middle = statistics.median(seconds)
    row: Row = {"what": name, "wall s": middle, "wires/s": round(wires / middle)}
    return {**row, "× bare SQLite": ratio(seconds, bare)}


def add(place: str, wires: int) -> dict[str, Any]:
    """Work: add wires that are in memory; and how many bytes each one's rows came to."""
    from vstore.opening import open_store

    given = list(itertools.islice(newsroom.wires(itertools.count()), wires))
    bodies: list[int] = []
    with open_store(place, create=True) as store:
        start = perf_counter()
        for wire in given:
            bodies.append(store.add_wire(wire).version.stored_bytes)
        seconds = perf_counter() - start
    payload = sum(each[2] for each in storage_layout.pages(place)["objects"])
    rest = (payload - sum(bodies)) // wires
    return {"seconds": seconds, "sizes": [body + rest for body in bodies]}


def insert(place: str, sizes: Iterable[int]) -> dict[str, Any]:
    """Work: as many bytes, a row and a transaction each."""
    import apsw

    rows = [os.urandom(size) for size in sizes]
    connection = apsw.Connection(place)
    connection.execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY, body BLOB NOT NULL)")
    start = perf_counter()
    for row in rows:
        connection.execute("INSERT INTO kept (body) VALUES (?)", (row,))
    seconds = perf_counter() - start
    connection.close()
    return {"seconds": seconds}
