"""`python -m torture [PART ...]`, with `tests` on the path: what is promised of a store, attacked."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from torture import (
    damage,
    histories,
    io_errors,
    kills,
    parsers,
    power,
    redaction,
    repairs,
    report,
    system_calls,
    together,
)
from torture.operations import OPERATIONS
from torture.report import Part
from torture.sizes import EVERYDAY, FULL, Sizes

FIXED = 6
"""The seed that is tried each time, before a fresh one."""

Names = tuple[str, ...]


def _kills(part: Part, names: Names, scratch: Path, sizes: Sizes) -> None:
    kills.attack_calls(part, names, scratch, sizes)
    kills.attack_load(part, scratch, sizes.kills)


def _damage(part: Part, _names: Names, scratch: Path, sizes: Sizes) -> None:
    damage.attack_all(part, scratch, sizes)


def _together(part: Part, _names: Names, scratch: Path, sizes: Sizes) -> None:
    together.attack(part, scratch, sizes)


def _redaction(part: Part, _names: Names, scratch: Path, sizes: Sizes) -> None:
    redaction.attack(part, scratch, sizes)


def _parsers(part: Part, _names: Names, scratch: Path, sizes: Sizes) -> None:
    parsers.attack(part, scratch, sizes)


def _histories(part: Part, _names: Names, scratch: Path, sizes: Sizes) -> None:
    histories.attack(part, scratch, sizes)


def _repairs(part: Part, _names: Names, scratch: Path, sizes: Sizes) -> None:
    repairs.attack_all(part, scratch, sizes)


PARTS: dict[str, Callable[[Part, Names, Path, Sizes], None]] = {
    "io-errors": io_errors.attack,
    "system-calls": system_calls.attack,
    "kills": _kills,
    "power": power.attack,
    "damage": _damage,
    "repairs": _repairs,
    "together": _together,
    "redaction": _redaction,
    "parsers": _parsers,
    "histories": _histories,
}


def main() -> int:
    """Attack, print, write down; 1 if a promise was broken."""
    asked = _arguments().parse_args()
    sizes = (EVERYDAY if asked.everyday else FULL).scaled(asked.share)
    sizes = sizes._replace(jobs=asked.jobs or sizes.jobs, parsers=tuple(asked.parser), case=asked.case)
    done = []
    for name in asked.part or PARTS:
        for seed in asked.seed or (FIXED, report.fresh()):
            part = Part(name, seed)
            with tempfile.TemporaryDirectory(prefix="vstore-torture-", dir=asked.scratch) as scratch:
                PARTS[name](part, tuple(asked.operation or OPERATIONS), Path(scratch), sizes)
            part.end()
            done.append(part)
            if asked.json:
                report.write(asked.json, done)
    return 1 if any(part.findings for part in done) else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"of {', '.join(PARTS)}; else all")
    parser.add_argument("--operation", action="append", choices=list(OPERATIONS), help="only this one")
    parser.add_argument("--seed", type=int, action="append", help=f"else {FIXED} and a fresh one")
    parser.add_argument("--everyday", action="store_true", help="a sample that takes seconds")
    parser.add_argument("--share", type=float, default=1.0, help="of the cases, between 0 and 1")
    parser.add_argument("--parser", action="append", default=[], metavar="NAME", help="only this one")
    parser.add_argument("--case", type=int, help="only the input, or the history, of this number")
    parser.add_argument("--jobs", type=int, help="processes that try cases at once, of some parts")
    parser.add_argument("--scratch", help="a folder for stores; a tmpfs is quick")
    parser.add_argument("--json", type=Path, help="a file for what was tried and found")
    return parser


if __name__ == "__main__":
    sys.exit(main())
