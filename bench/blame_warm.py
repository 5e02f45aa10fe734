"""How long blame takes when it was asked before, and what is kept for that."""

from __future__ import annotations

import statistics
from functools import partial
from pathlib import Path
from typing import Any

from bench import corpora
from bench.blame_stores import Corpus, copied, made, wanted
from bench.figures import percentile, timed
from bench.options import Options
from bench.processes import MEGABYTE, work
from bench.report import Row, Table, Target

CLASSES = {"up to 5 kB": 5_000, "5 to 20 kB": 20_000, "20 to 70 kB": 70_000, "above 70 kB": 10**9}
LIMITS = {"up to 5 kB": 5_000.0, "5 to 20 kB": 5_000.0, "20 to 70 kB": 20_000.0}
"""Promised, in µs, by the size of the text."""

SHARE = 25.0
"""Promised: what is kept is at most so many percent of the store."""

ASKED = 5

Found = dict[str, dict[str, list[float]]]
"""Microseconds by way of asking and class of size."""


def measure(options: Options, scratch: Path) -> list[Table]:
    """One table of times over all corpora, and one of bytes."""
    times: Found = {}
    bytes_kept = Table("what blame keeps: each story's current version asked once")
    for corpus in wanted(options):
        if reason := corpora.absent(corpus.name):
            bytes_kept.notes.append(reason)
            continue
        answer = work("blame_warm:ask", place=copied(made(corpus, scratch)[0], "warm")).answer
        _join(times, answer["times"])
        _add(bytes_kept, corpus, answer)
    return [_table(times), bytes_kept]


def _table(times: Found) -> Table:
    table = Table("blame, asked again")
    for way, by_class in times.items():
        for size in filter(by_class.__contains__, CLASSES):
            spent = by_class[size]
            median, late = statistics.median(spent), percentile(spent, 99)
            what = f"{way}, text {size}"
            table.rows.append(
                {"what": what, "median ms": median / 1000, "p99 ms": late / 1000, "calls": len(spent)}
            )
            if size in LIMITS:
                table.targets.append(Target(f"{what}, 99 of 100", late / 1000, LIMITS[size] / 1000, "ms"))
    table.notes.append("Newly opened: opening the store is counted too.")
    return table


def _add(table: Table, corpus: Corpus, answer: dict[str, Any]) -> None:
    before, kept = answer["bytes"], answer["origin_bytes"]
    row: Row = {"what": corpus.name, "store MB": before / MEGABYTE, "kept MB": kept / MEGABYTE}
    table.rows.append({**row, "grown by MB": (answer["bytes_after"] - before) / MEGABYTE})
    table.targets.append(Target(f"kept origins, {corpus.name}", 100 * kept / before, SHARE, "% of the store"))


def _join(times: Found, others: Found) -> None:
    for way, by_class in others.items():
        for size, spent in by_class.items():
            times.setdefault(way, {}).setdefault(size, []).extend(spent)


def ask(place: str) -> dict[str, Any]:
    """Work: ask about every story once, then again."""
    from vstore.opening import open_store

    before = _bytes(place)
    found: Found = {"same store": {}, "newly opened": {}}
    with open_store(place) as store:
        sizes = {each.story: _class(store.text(each.story)) for each in store.stories()}
        for story in sizes:
            store.blame(story)
        for story, size in sizes.items():
            spent = [timed(partial(store.blame, story))[0] for _ in range(ASKED)]
            found["same store"].setdefault(size, []).extend(spent)
        kept = store.stats().origin_bytes
    for story, size in sizes.items():
        found["newly opened"].setdefault(size, []).append(timed(partial(_fresh, place, story))[0])
    return {"times": found, "bytes": before, "bytes_after": _bytes(place), "origin_bytes": kept}


def _fresh(place: str, story: str) -> None:
    from vstore.opening import open_store

    with open_store(place) as store:
        store.blame(story)


def _class(text: str) -> str:
    size = len(text.encode())
    return next(name for name, limit in CLASSES.items() if size <= limit)


def _bytes(place: str) -> int:
    """Of a store that is closed: its one file."""
    return sum(file.stat().st_size for file in Path(place).rglob("*.db"))
