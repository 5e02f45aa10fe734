"""How long a command takes that has next to nothing to do: cold processes, byte-compiled."""

from __future__ import annotations

import compileall
import statistics
import sys
from pathlib import Path

from bench.figures import percentile
from bench.options import Options
from bench.processes import ROOT, run, vstore
from bench.report import Row, Table, Target

RUNS = 20
TYPICAL, MOST = 45.0, 80.0
"""Promised milliseconds: the median, and nearly always."""

STORY = "halvorsund-ferry"


def measure(options: Options, scratch: Path) -> list[Table]:
    """One table: vstore's commands, and what stands under them."""
    compileall.compile_dir(ROOT / "vstore", quiet=1)
    commands = {
        "python -c pass": (sys.executable, "-c", "pass"),
        "git --version": ("git", "--version"),
        "vstore --help": vstore("--help"),
        "vstore log STORY": vstore("--store", _store(scratch / "store"), "log", STORY),
    }
    milliseconds = _in_turns(commands, 5 if options.quick else RUNS)
    table = Table(f"start-up: {len(milliseconds['git --version'])} cold processes each, in turns")
    for name, values in milliseconds.items():
        table.rows.append(_row(name, values))
        if name.startswith("vstore"):
            table.targets.append(Target(f"{name}, typical", statistics.median(values), TYPICAL, "ms"))
            table.targets.append(Target(f"{name}, 95 of 100", percentile(values, 95), MOST, "ms"))
    return [table]


def _row(name: str, values: list[float]) -> Row:
    return {
        "what": name,
        "median ms": statistics.median(values),
        "p95 ms": percentile(values, 95),
        "least ms": min(values),
    }


def _in_turns(commands: dict[str, tuple[str, ...]], runs: int) -> dict[str, list[float]]:
    for command in commands.values():
        run(*command)
    found: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            found[name].append(run(*command).wall_s * 1000)
    return found


def _store(place: Path) -> Path:
    """A small store, from the fixtures."""
    wires = sorted((ROOT / "fixtures" / STORY).glob("*.txt"))
    run(*vstore("--store", place, "init"))
    run(*vstore("--store", place, "add", "--story", STORY, *wires))
    run(*vstore("--store", place, "import", ROOT / "fixtures" / "newsroom.jsonl"))
    return place
