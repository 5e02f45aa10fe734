"""An import of a newsroom into PostgreSQL, beside SQLite's and beside bare COPY of the same rows."""

from __future__ import annotations

import shutil
import statistics
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench import postgres_places
from bench.figures import ratio
from bench.options import Options
from bench.processes import work
from bench.report import Row, Table, Target

if TYPE_CHECKING:
    from postgres_servers import Server

VERSIONS, QUICK = 20_000, 1_000
SLOWER = 2.0
"""Promised: with two jobs at most so many times SQLite's time, which is half its rate."""

SQLITE, POSTGRES = ("SQLite, one job", "SQLite, two jobs"), ("PostgreSQL, one job", "PostgreSQL, two jobs")
BARE = "bare psycopg, COPY"


def measure(options: Options, scratch: Path) -> list[Table]:
    """One table; all in turns."""
    versions = QUICK if options.quick else VERSIONS
    lines = newsroom(scratch, versions)
    seconds: dict[str, list[float]] = {name: [] for name in (*SQLITE, *POSTGRES, BARE)}
    with postgres_places.server() as server:
        for _ in range(options.runs):
            for name, spent in _turn(server, lines, scratch).items():
                seconds[name].append(spent)
    table = Table(f"import of {versions:,} versions of the newsroom into PostgreSQL, fsync on")
    table.rows = [row(name, spent, versions, seconds[SQLITE[1]]) for name, spent in seconds.items()]
    times = ratio(seconds[POSTGRES[1]], seconds[SQLITE[1]])
    table.targets.append(Target(f"{POSTGRES[1]}, against {SQLITE[1]}", times, SLOWER, "×"))
    table.notes.append(f"Median of {options.runs} runs in turns; the server runs on the same two cores.")
    return [table]


def newsroom(scratch: Path, versions: int) -> Path:
    """So many versions as JSON lines."""
    lines = scratch / f"newsroom-{versions}.jsonl"
    if not lines.exists():
        work("newsroom:write", place=lines, versions=versions)
    return lines


def row(name: str, spent: list[float], versions: int, peer: list[float]) -> Row:
    """What one of them took."""
    middle = statistics.median(spent)
    rate = round(versions / middle)
    return {"what": name, "wall s": middle, "versions/s": rate, f"× {SQLITE[1]}": ratio(spent, peer)}


def _turn(server: Server, lines: Path, scratch: Path) -> dict[str, float]:
    take_in = partial(work, "loops:vstore_library", source=lines)
    spent = {}
    for jobs, (file, database) in enumerate(zip(SQLITE, POSTGRES, strict=True), 1):
        place = scratch / "import"
        shutil.rmtree(place, ignore_errors=True)
        spent[file] = take_in(store=place, jobs=jobs).answer["seconds"]
        url = postgres_places.fresh(server)
        spent[database] = take_in(store=url, jobs=jobs).answer["seconds"]
    empty = postgres_places.fresh(server)
    spent[BARE] = work("postgres_bare:copied", source=url, target=empty, pipelined=None).answer["seconds"]
    return spent
