"""Stores in PostgreSQL beside SQLite, and beside bare psycopg that handles the very same rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench import (
    postgres_add,
    postgres_cluster,
    postgres_import,
    postgres_places,
    postgres_read,
    postgres_size,
    postgres_writers,
)
from bench.options import Options
from bench.report import Table

PARTS: dict[str, Callable[[Options, Path], list[Table]]] = {
    "import": postgres_import.measure,
    "add": postgres_add.measure,
    "read": postgres_read.measure,
    "writers": postgres_writers.measure,
    "cluster": postgres_cluster.measure,
    "size": postgres_size.measure,
}


def measure(options: Options, scratch: Path) -> list[Table]:
    """The parts that were asked for, else all."""
    if reason := postgres_places.absent():
        return [Table("postgres", notes=[reason])]
    return [table for part in options.parts or PARTS for table in PARTS[part](options, scratch)]
