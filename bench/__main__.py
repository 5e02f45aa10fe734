"""`python -m bench [BENCH ...] [--quick] [--full] [--json FILE]`; see bench/README.md."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import (
    blame,
    crawl,
    diffs,
    imports,
    matching,
    postgres,
    readers,
    report,
    shows,
    startup,
    storage,
)
from bench.options import LONG, Options
from bench.report import Table

BENCHES: dict[str, Callable[[Options, Path], list[Table]]] = {
    "startup": startup.measure,
    "diff": diffs.measure,
    "show": shows.measure,
    "import": imports.measure,
    "blame": blame.measure,
    "storage": storage.measure,
    "postgres": postgres.measure,
    "matching": matching.measure,
    "readers": readers.measure,
    "crawl": crawl.measure,
}
PARTS: dict[str, tuple[str, ...]] = {
    "blame": tuple(blame.PARTS),
    "storage": tuple(storage.PARTS),
    "postgres": tuple(postgres.PARTS),
    "matching": tuple(matching.PARTS),
    "readers": tuple(readers.PARTS),
    "crawl": crawl.PARTS,
}
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure, print, and write down."""
    asked = _asked()
    options = Options(
        quick=asked.quick,
        full=asked.full,
        parts=asked.parts,
        seed=asked.fresh,
        versions=asked.versions,
        stories=tuple(asked.stories),
    )
    for name in asked.benches or BENCHES:
        about = {**report.machine(), "quick": options.quick}
        with tempfile.TemporaryDirectory(prefix="vstore-bench-", dir=asked.scratch) as scratch:
            tables = BENCHES[name](options, Path(scratch))
        about["load after"] = report.load()
        print("\n".join(line for table in tables for line in ("", *table.lines())), flush=True)
        report.write(_place(name, asked), name, tables, about)


def _asked() -> argparse.Namespace:
    """What the command line says, with the benches and the parts of the first told apart."""
    parser = _arguments()
    asked = parser.parse_args()
    parts = PARTS.get(asked.bench[0], ()) if asked.bench else ()
    asked.parts = tuple(name for name in asked.bench[1:] if name in parts)
    asked.benches = [name for name in asked.bench if name not in asked.parts]
    if unknown := [name for name in asked.benches if name not in BENCHES]:
        parser.error(f"{', '.join(unknown)}: no bench, and no part of the one that is named first")
    if asked.parts and len(asked.benches) > 1:
        parser.error(f"parts of {asked.benches[0]} are measured without other benches")
    return asked


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="vstore beside its peers; see bench/README.md"
    )
    parser.add_argument(
        "bench",
        nargs="*",
        metavar="BENCH",
        help="; ".join(
            (
                f"{', '.join(BENCHES)}; all, if none is named",
                *(f"after {name}, its parts: {', '.join(parts)}" for name, parts in PARTS.items()),
            )
        ),
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
        "--stories", type=int, nargs="+", default=(), metavar="N", help="storage scale: sizes of the stores"
    )
    parser.add_argument(
        "--scratch", type=Path, metavar="DIR", help="where stores are made, and removed; default: $TMPDIR"
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
