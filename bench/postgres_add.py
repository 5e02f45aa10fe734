"""One wire at a time, durable, into PostgreSQL, beside bare psycopg with the same rows, and SQLite."""

from __future__ import annotations

import itertools
import shutil
import statistics
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench import newsroom, postgres_places
from bench.figures import ratio
from bench.options import Options
from bench.processes import work
from bench.report import Row, Table, Target

if TYPE_CHECKING:
    from postgres_servers import Server

WIRES, QUICK = 2_000, 200
SLOWER = 1 / 0.7
"""Promised: at most so many times bare psycopg's time, which is 0.7 of its rate."""

POSTGRES, SQLITE = "vstore add, PostgreSQL", "vstore add, SQLite"
PLAIN, PIPELINED = "bare psycopg", "bare psycopg, pipelined"


def measure(options: Options, scratch: Path) -> list[Table]:
    """One table; all in turns."""
    wires = QUICK if options.quick else WIRES
    seconds: dict[str, list[float]] = {name: [] for name in (POSTGRES, PLAIN, PIPELINED, SQLITE)}
    with postgres_places.server() as server:
        for _ in range(options.runs):
            for name, spent in _turn(server, wires, scratch).items():
                seconds[name].append(spent)
    table = Table(f"add {wires:,} wires of the newsroom into PostgreSQL, one at a time, fsync on")
    table.rows = [_row(name, spent, seconds[PLAIN], wires) for name, spent in seconds.items()]
    times = ratio(seconds[POSTGRES], seconds[PLAIN])
    table.targets.append(Target(f"{POSTGRES}, against {PLAIN}", times, SLOWER, "×"))
    table.notes.append(
        "Bare psycopg writes the same rows in a transaction each, with prepared statements; pipelined, no "
        "answer is looked at before the end."
    )
    return [table]


def _turn(server: Server, wires: int, scratch: Path) -> dict[str, float]:
    place = scratch / "add"
    shutil.rmtree(place, ignore_errors=True)
    url = postgres_places.fresh(server)
    spent = {POSTGRES: work("postgres_add:add", place=url, wires=wires).answer["seconds"]}
    for name in (PLAIN, PIPELINED):
        empty = postgres_places.fresh(server)
        bare = work("postgres_bare:copied", source=url, target=empty, pipelined=name == PIPELINED).answer
        assert bare["versions"] == wires
        spent[name] = bare["seconds"]
    spent[SQLITE] = work("postgres_add:add", place=place, wires=wires).answer["seconds"]
    return spent


def _row(name: str, spent: list[float], bare: list[float], wires: int) -> Row:
    middle = statistics.median(spent)
    row: Row = {"what": name, "wall s": middle, "wires/s": round(wires / middle)}
    return {**row, f"× {PLAIN}": ratio(spent, bare)}


def add(place: str, wires: int, first: int = 0) -> dict[str, Any]:
    """Work: add wires that are in memory, those of stories from `first` on."""
    from vstore.store import open_store

    given = list(itertools.islice(newsroom.wires(itertools.count(first)), wires))
    with open_store(place, create=True) as store:
        start = perf_counter()
        for wire in given:
            store.add_wire(wire)
        seconds = perf_counter() - start
    return {"seconds": seconds}
