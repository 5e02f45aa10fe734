"""One wire at a time, durable, into PostgreSQL, beside bare psycopg with the same rows, and SQLite."""

from __future__ import annotations

import itertools
import shutil
import statistics
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import TYPE_CHECKING, Any

from bench import newsroom, postgres_places
from bench.figures import ratio
from bench.options import Options
from bench.processes import work
from bench.report import Row, Table, Target

if TYPE_CHECKING:
    from postgres_servers import Server

WIRES, QUICK = 500, 100
WARM = 700
"""Wires that are imported before: then the store has its dictionary, which is trained once."""

BEFORE = 10_000_000
"""Where their stories begin."""

FIRST = 20
"""Wires that are added and not counted: by then statements are prepared."""

TURNS = 7
"""Short ones, so that each peer meets the same load."""

SLOWER = 1 / 0.7
"""Promised: at most so many times bare psycopg's time, which is 0.7 of its rate."""

DISKS = {"": {}, ", on a disk that syncs in 2 ms": {"commit_delay": "2000", "commit_siblings": "0"}}
"""This machine's disk, and one as servers often have it: before each sync the server waits for so long."""

POSTGRES, SQLITE = "vstore add, PostgreSQL", "vstore add, SQLite"
PLAIN, PIPELINED = "bare psycopg", "bare psycopg, pipelined"


def measure(options: Options, scratch: Path) -> list[Table]:
    """A table a disk."""
    return [_of(disk, options, scratch) for disk in DISKS]


def _of(disk: str, options: Options, scratch: Path) -> Table:
    wires = QUICK if options.quick else WIRES
    turns = 1 if options.quick else TURNS
    seconds: dict[str, list[float]] = {}
    cpu: dict[str, list[float]] = {}
    with postgres_places.server(**DISKS[disk]) as server:
        for _ in range(turns):
            for name, answer in _turn(server, wires, None if disk else scratch).items():
                seconds.setdefault(name, []).append(answer["seconds"])
                cpu.setdefault(name, []).append(answer["cpu_s"])
    table = Table(f"add {wires:,} wires of the newsroom, one at a time, fsync on{disk}")
    for name, spent in seconds.items():
        row = _row(name, spent, seconds[PLAIN], wires)
        table.rows.append({**row, "cpu ms a wire": 1000 * statistics.median(cpu[name]) / wires})
    times = ratio(seconds[POSTGRES], seconds[PLAIN])
    table.targets.append(Target(f"{POSTGRES}, against {PLAIN}{disk}", times, SLOWER, "×"))
    table.notes.append(
        f"Median of {turns} runs in turns. Bare psycopg writes the same rows in a transaction each, with "
        "prepared statements; pipelined, no answer is looked at before the end."
    )
    return table


def _turn(server: Server, wires: int, scratch: Path | None) -> dict[str, dict[str, Any]]:
    url = postgres_places.fresh(server)
    work("postgres_add:warmed", place=url)
    answers = {POSTGRES: work("postgres_add:add", place=url, wires=wires).answer}
    for name in (PLAIN, PIPELINED):
        empty = postgres_places.fresh(server)
        given = {"source": url, "target": empty, "pipelined": name == PIPELINED}
        answers[name] = work("postgres_bare:copied", **given, skipped=WARM + FIRST).answer
        assert answers[name]["versions"] == wires
    if scratch:
        place = scratch / "add"
        shutil.rmtree(place, ignore_errors=True)
        work("postgres_add:warmed", place=place)
        answers[SQLITE] = work("postgres_add:add", place=place, wires=wires).answer
    return answers


def _row(name: str, spent: list[float], bare: list[float], wires: int) -> Row:
    middle = statistics.median(spent)
    row: Row = {"what": name, "wall s": middle, "wires/s": round(wires / middle)}
    return {**row, f"× {PLAIN}": ratio(spent, bare)}


def warmed(place: str) -> dict[str, Any]:
    """Work: a store with what every store soon has."""
    from vstore.opening import open_store

    with open_store(place, create=True) as store:
        return store.import_wires(itertools.islice(newsroom.wires(itertools.count(BEFORE)), WARM)).to_dict()


def add(place: str, wires: int, first: int = 0, barrier: str | None = None) -> dict[str, Any]:
    """Work: add wires that are in memory, those of stories from `first` on; some more warm up.

    With a barrier all begin at once: when the file `go` is in that folder.
    """
    from vstore.opening import open_store

    given = list(itertools.islice(newsroom.wires(itertools.count(first)), wires + FIRST))
    with open_store(place) as store:
        for wire in given[:FIRST]:
            store.add_wire(wire)
        if barrier:
            _wait(Path(barrier), first)
        start, cpu = perf_counter(), process_time()
        for wire in given[FIRST:]:
            store.add_wire(wire)
        return {"seconds": perf_counter() - start, "cpu_s": process_time() - cpu}


def _wait(barrier: Path, name: int) -> None:
    (barrier / f"ready-{name}").touch()
    while not (barrier / "go").exists():
        sleep(0.002)
