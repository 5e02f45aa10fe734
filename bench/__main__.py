"""`python -m bench [BENCH ...] [--quick] [--full] [--json FILE]`; see bench/README.md."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import blame, diffs, imports, report, shows, startup
from bench.options import LONG, Options
from bench.report import Table

BENCHES: dict[str, Callable[[Options, Path], list[Table]]] = {
    "startup": startup.measure,
    "diff": diffs.measure,
    "show": shows.measure,
    "import": imports.measure,
    "blame": blame.measure,
}
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure, print, and write down."""
    asked = _asked()
    options = Options(
        quick=asked.quick, full=asked.full, parts=asked.parts, seed=asked.fresh, versions=asked.versions
    )
    for name in asked.benches or BENCHES:
        about = {**report.machine(), "quick": options.quick}
        with tempfile.TemporaryDirectory(prefix="vstore-bench-") as scratch:
            tables = BENCHES[name](options, Path(scratch))
        about["load after"] = report.load()
        print("\n".join(line for table in tables for line in ("", *table.lines())), flush=True)
        report.write(_place(name, asked), name, tables, about)


def _asked() -> argparse.Namespace:
    """What the command line says, with `benches` and the `parts` of blame told apart."""
    parser = _arguments()
    asked = parser.parse_args()
    asked.benches = [name for name in asked.bench if name in BENCHES]
    asked.parts = tuple(name for name in asked.bench if name not in BENCHES)
    if asked.parts and asked.benches != ["blame"]:
        parser.error(f"{', '.join(asked.parts)}: a part of blame: python -m bench blame {asked.parts[0]}")
    return asked


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="vstore beside its peers; see bench/README.md"
    )
    parser.add_argument(
        "bench",
        nargs="*",
        metavar="BENCH",
        choices=[[], *BENCHES, *blame.PARTS],
        help=f"{', '.join(BENCHES)}; all, if none is named; after blame, its parts: {', '.join(blame.PARTS)}",
    )
    parser.add_argument("--quick", action="store_true", help="a sample, once: does it work?")
    parser.add_argument("--full", action="store_true", help="also what takes minutes: git gc --aggressive")
    parser.add_argument("--fresh", type=int, metavar="SEED", help="blame: the first of the fresh seeds")
    parser.add_argument(
        "--versions",
        type=int,
        default=LONG,
        metavar="N",
        help="blame: how many versions of the very long story (default %(default)s)",
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="where to write; default bench/results/NAME.json"
    )
    return parser


def _place(name: str, asked: argparse.Namespace) -> Path:
    given: Path | None = asked.json
    if given is None:
        return RESULTS / f"{'-'.join((name, *asked.parts))}{'.quick' if asked.quick else ''}.json"
    return given if len(asked.benches) == 1 else given.with_name(f"{given.stem}-{name}{given.suffix}")


if __name__ == "__main__":
    main()
