"""Matching: is the right story found, by how much text, how fast, and how large is the index?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench import matching_copies, matching_corpora, matching_speed
from bench.options import Options
from bench.report import Table

PARTS: dict[str, Callable[[Options, Path], list[Table]]] = {
    "copies": matching_copies.measure,
    "corpora": matching_corpora.measure,
    "speed": matching_speed.measure,
}


def measure(options: Options, scratch: Path) -> list[Table]:
    """The parts that were asked for, else all."""
    return [table for part in options.parts or PARTS for table in PARTS[part](options, scratch)]
