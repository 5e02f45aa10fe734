"""What a bench found: rows for people as a table, and the same for machines as JSON."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, float | int | str]
"""Figures by name; the unit ends the name, and "what" says what was measured."""


@dataclass(frozen=True, slots=True)
class Target:
    """A promise in figures: what was measured must not exceed the limit."""

    what: str
    measured: float
    limit: float
    unit: str

    @property
    def is_met(self) -> bool:
        """Whether the promise was kept in this run."""
        return self.measured <= self.limit

    def sentence(self) -> str:
        """The promise and what became of it."""
        answer = "met" if self.is_met else "MISSED"
        return f"{answer}: {self.what}: {shown(self.measured)} {self.unit} (at most {shown(self.limit)})"

    def to_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        figures = {"what": self.what, "measured": self.measured, "limit": self.limit, "unit": self.unit}
        return {**figures, "met": self.is_met}


@dataclass(slots=True)
class Table:
    """One measurement: its rows, the promises about it, and what must be known to read them."""

    title: str
    rows: list[Row] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """As people read it."""
        yield self.title
        yield from _columns(self.rows)
        yield from (f"  {target.sentence()}" for target in self.targets)
        yield from (f"  {note}" for note in self.notes)

    def to_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        targets = [target.to_dict() for target in self.targets]
        return {"title": self.title, "rows": self.rows, "targets": targets, "notes": self.notes}


def write(path: Path, bench: str, tables: list[Table], about: dict[str, Any]) -> None:
    """Tables and the machine they were measured on, as one JSON object."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {"bench": bench, **about, "tables": [table.to_dict() for table in tables]}
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """What the figures depend on; a load near the number of cores means that they are too high."""
    return {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "git": _said("git", "--version").removeprefix("git version "),
        "commit": _said("git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"),
        "load before": load(),
    }


def load() -> float:
    """How many processes want to run, over the last minute."""
    return round(os.getloadavg()[0], 2)


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _columns(rows: list[Row]) -> Iterator[str]:
    if not rows:
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *([shown(row.get(name, "")) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        first, *rest = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        numbers = [cell.strip().rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        yield f"  {'  '.join([first, *numbers])}".rstrip()


def shown(value: float | int | str) -> str:
    """A number as people read it: three digits that count, thousands parted."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{2 if abs(value) < 10 else 1}f}"
