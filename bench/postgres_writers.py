"""Many processes that add to different stories at once, until the cores are full."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any

from bench import postgres_places
from bench.options import Options
from bench.processes import ROOT, environment, work
from bench.report import Row, Table

if TYPE_CHECKING:
    from postgres_servers import Server

WRITERS = (1, 2, 4, 8, 16)
WIRES, QUICK = 3_200, 160
"""Of all writers together."""

APART = 100_000
"""Stories from one writer's first to the next one's."""

CLOCK_TICKS = 100
"""In a second, as the kernel counts a process's time."""


def measure(options: Options, scratch: Path) -> list[Table]:
    """A row a number of writers."""
    wires = QUICK if options.quick else WIRES
    table = Table(
        f"writers: {wires:,} wires of the newsroom, each a transaction, fsync on, by so many processes"
    )
    with postgres_places.server() as server:
        for writers in WRITERS:
            table.rows.append(_row(server, writers, wires // writers, scratch))
    alone = float(table.rows[0]["wires/s"])
    for row in table.rows:
        row["× one writer"] = float(row["wires/s"]) / alone
    best = max(table.rows, key=lambda row: float(row["wires/s"]))
    table.notes.append(f"It ends at {best['what']}: {best['cores used']:.2f} cores are used there.")
    table.notes.append(
        "Cores used: by writers and server, as the kernel counts them; busy: by whoever it was."
    )
    return [table]


def _row(server: Server, writers: int, wires: int, scratch: Path) -> Row:
    barrier = scratch / "barrier"
    shutil.rmtree(barrier, ignore_errors=True)
    barrier.mkdir()
    url = postgres_places.fresh(server)
    work("postgres_add:warmed", place=url)
    given = {"place": url, "wires": wires, "barrier": str(barrier)}
    processes = [_started({**given, "first": writer * APART}) for writer in range(writers)]
    while len(list(barrier.iterdir())) < writers:
        assert all(process.poll() is None for process in processes), "a writer has failed"
        sleep(0.01)
    before, busy, start = _cpu(server), _busy(), perf_counter()
    (barrier / "go").touch()
    answers = [json.loads(process.communicate()[0])["answer"] for process in processes]
    seconds = max(answer["seconds"] for answer in answers)
    ended = perf_counter() - start
    cpu_clients = sum(answer["cpu_s"] for answer in answers)
    cpu_server = (_cpu(server) - before) * seconds / ended
    return {
        "what": f"{writers} writers" if writers > 1 else "1 writer",
        "wall s": seconds,
        "wires/s": round(writers * wires / seconds),
        "writers' cpu ms a wire": 1000 * cpu_clients / (writers * wires),
        "server's cpu ms a wire": 1000 * cpu_server / (writers * wires),
        "cores used": (cpu_clients + cpu_server) / seconds,
        "busy": (_busy() - busy) / ended,
    }


def _started(arguments: dict[str, Any]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.work", "postgres_add:add", json.dumps(arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment())


def _cpu(server: Server) -> float:
    """Seconds of the server and all its children, those that have ended among them."""
    postmaster = (server.folder / "data" / "postmaster.pid").read_text().split()[0]
    found = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, fields = stat.read_text().rpartition(")")
        except OSError:  # it has ended
            continue
        parent, own = fields.split()[1], name.split()[0]
        if postmaster in (own, parent):
            times = fields.split()[11:15] if own == postmaster else fields.split()[11:13]
            found += sum(map(int, times)) / CLOCK_TICKS
    return found


def _busy() -> float:
    """Seconds of all cores for whoever it was."""
    user, nice, system, *_ = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(map(int, (user, nice, system))) / CLOCK_TICKS
