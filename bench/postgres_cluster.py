"""A coordinator with eight hash partitions on two shards: rates and latencies of each command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bench import postgres_places, postgres_read
from bench.options import Options
from bench.postgres_import import newsroom
from bench.processes import work
from bench.report import Row, Table

if TYPE_CHECKING:
    from collections.abc import Callable

VERSIONS, ADDED = 5_000, 300
QUICK = 20
"""So many times fewer in a quick run."""

ONE, THREE = "one server", "the cluster"


def measure(options: Options, scratch: Path) -> list[Table]:
    """Rates, in turns with one server; then questions."""
    versions, added = VERSIONS, ADDED
    if options.quick:
        versions, added = versions // QUICK, added // QUICK
    lines = newsroom(scratch, versions)
    rates = Table(
        f"the three-node cluster beside one server: {versions:,} versions and {added:,} wires, fsync on"
    )
    with postgres_places.server() as server, postgres_places.cluster() as cluster:
        fresh: dict[str, Callable[[], str]] = {
            ONE: lambda: postgres_places.fresh(server),
            THREE: lambda: postgres_places.spread(cluster),
        }
        urls = {}
        for jobs in (1, 2):
            for name, new in fresh.items():
                urls[name] = new()
                answer = work("loops:vstore_library", source=lines, store=urls[name], jobs=jobs).answer
                what = f"import, {name}, {jobs} job{'s' * (jobs > 1)}"
                rates.rows.append(_row(what, versions, answer["seconds"]))
        for name, url in urls.items():
            given = {"place": url, "wires": added, "first": 1_000_000}
            rates.rows.append(
                _row(f"add, {name}", added, work("postgres_add:add", **given).answer["seconds"])
            )
        answer = work("postgres_read:ask", url=urls[THREE]).answer
    asked = postgres_read.table(
        f"questions to the cluster, {versions:,} versions", answer["spent"], answer["statements"]
    )
    rates.notes.append("All servers run on the same two cores; the shards are asked through postgres_fdw.")
    return [rates, asked]


def _row(what: str, count: int, seconds: float) -> Row:
    return {"what": what, "wall s": seconds, "a second": round(count / seconds)}
