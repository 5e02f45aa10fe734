"""`python -m bench [import|diff|startup|show ...] [--quick] [--full] [--json FILE]`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import diffs, imports, report, shows, startup
from bench.options import Options
from bench.report import Table

BENCHES: dict[str, Callable[[Options, Path], list[Table]]] = {
    "startup": startup.measure,
    "diff": diffs.measure,
    "show": shows.measure,
    "import": imports.measure,
}
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure, print, and write down."""
    asked = _arguments().parse_args()
    options = Options(quick=asked.quick, full=asked.full)
    for name in asked.bench or BENCHES:
        about = {**report.machine(), "quick": options.quick}
        with tempfile.TemporaryDirectory(prefix="vstore-bench-") as scratch:
            tables = BENCHES[name](options, Path(scratch))
        about["load after"] = report.load()
        print("\n".join(line for table in tables for line in ("", *table.lines())), flush=True)
        report.write(_place(name, asked), name, tables, about)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="vstore beside its peers; see bench/README.md"
    )
    parser.add_argument(
        "bench",
        nargs="*",
        metavar="BENCH",
        choices=[[], *BENCHES],
        help=f"{', '.join(BENCHES)}; all of them, if none is named",
    )
    parser.add_argument("--quick", action="store_true", help="a sample, once: does it work?")
    parser.add_argument("--full", action="store_true", help="also what takes minutes: git gc --aggressive")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="where to write; default bench/results/NAME.json"
    )
    return parser


def _place(name: str, asked: argparse.Namespace) -> Path:
    given: Path | None = asked.json
    if given is None:
        return RESULTS / f"{name}{'.quick' if asked.quick else ''}.json"
    return given if len(asked.bench) == 1 else given.with_name(f"{given.stem}-{name}{given.suffix}")


if __name__ == "__main__":
    main()
