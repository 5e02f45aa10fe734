"""The storage engine beside git: bytes, importing, reading, adding, and what a million stories change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench import (
    storage_add,
    storage_import,
    storage_layout,
    storage_read,
    storage_scale,
    storage_size,
)
from bench.options import Options
from bench.report import Table

PARTS: dict[str, Callable[[Options, Path], list[Table]]] = {
    "size": storage_size.measure,
    "layout": storage_layout.measure,
    "import": storage_import.measure,
    "read": storage_read.measure,
    "add": storage_add.measure,
    "scale": storage_scale.measure,
}
LONG = ("scale",)
"""Measured only when named: it takes an hour."""


def measure(options: Options, scratch: Path) -> list[Table]:
    """The parts that were asked for, else all but the long one."""
    parts = options.parts or [part for part in PARTS if part not in LONG]
    return [table for part in parts for table in PARTS[part](options, scratch)]
