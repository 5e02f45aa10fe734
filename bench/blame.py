"""Blame beside its peers: is it right, and how long does it take?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench import blame_accuracy, blame_git, blame_gold, blame_hostile, blame_speed, blame_warm
from bench.options import Options
from bench.report import Table

PARTS: dict[str, Callable[[Options, Path], list[Table]]] = {
    "accuracy": blame_accuracy.measure,
    "fingerlakes": blame_gold.measure,
    "speed": blame_speed.measure,
    "warm": blame_warm.measure,
    "git": blame_git.measure,
    "hostile": blame_hostile.measure,
}


def measure(options: Options, scratch: Path) -> list[Table]:
    """The parts that were asked for, else all."""
    return [table for part in options.parts or PARTS for table in PARTS[part](options, scratch)]
