"""`python -m torture [PART ...] [--seed N] [--share F] [--json FILE]`, with `tests` on the path."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from torture import damage, io_errors, kills, report
from torture.operations import OPERATIONS
from torture.report import Part

FIXED = 6
"""The seed of every day."""


def _io_errors(part: Part, asked: argparse.Namespace, scratch: Path) -> None:
    io_errors.attack(part, asked.operations, scratch, asked.share)


def _kills(part: Part, asked: argparse.Namespace, scratch: Path) -> None:
    kills.attack_calls(part, asked.operations, scratch, asked.share)
    kills.attack_load(part, scratch, int(asked.kills * asked.share))


def _damage(part: Part, asked: argparse.Namespace, scratch: Path) -> None:
    one, other = damage.small(scratch / "small"), damage.larger(scratch / "larger")
    every = list(damage.flips(one.whole, part.seed, asked.share))
    damage.attack(part, damage.copies(one, asked.jobs), every, "every byte")
    count = int(asked.damages * asked.share)
    for subject, kind, share in ((one, "small store", 0.8), (other, "larger store", 0.2)):
        mixed = list(damage.mixed(subject.whole, part.seed, int(count * share)))
        damage.attack(part, damage.copies(subject, asked.jobs), mixed, kind)


PARTS: dict[str, Callable[[Part, argparse.Namespace, Path], None]] = {
    "io-errors": _io_errors,
    "kills": _kills,
    "damage": _damage,
}


def main() -> int:
    """Attack, print, write down; 1 if a promise was broken."""
    asked = _arguments().parse_args()
    asked.operations = tuple(asked.operation or OPERATIONS)
    done = []
    for name in asked.part or PARTS:
        part = Part(name, report.fresh() if asked.seed is None else asked.seed)
        with tempfile.TemporaryDirectory(prefix="vstore-torture-", dir=asked.scratch) as scratch:
            PARTS[name](part, asked, Path(scratch))
        part.end()
        done.append(part)
        if asked.json:
            report.write(asked.json, done)
    return 1 if any(part.findings for part in done) else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="all, if none is named")
    parser.add_argument("--operation", action="append", choices=list(OPERATIONS), help="only this one")
    parser.add_argument("--seed", type=int, help="else a fresh one; every part prints its own")
    parser.add_argument("--share", type=float, default=1.0, help="of the cases, between 0 and 1")
    parser.add_argument("--kills", type=int, default=1_000, help="at any moment under load")
    parser.add_argument("--damages", type=int, default=100_000, help="beside every byte of a small store")
    parser.add_argument("--jobs", type=int, default=2, help="processes that damage stores at once")
    parser.add_argument("--scratch", help="a folder for stores; a tmpfs is quick")
    parser.add_argument("--json", type=Path, help="a file for what was tried and found")
    return parser


if __name__ == "__main__":
    sys.exit(main())
