"""How fast wires are matched against 100,000 stories, and what the index takes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from bench import matching_made
from bench.figures import percentile
from bench.options import Options
from bench.processes import MEGABYTE, work
from bench.report import Row, Table, Target

STORIES, WIRES, QUICK = 100_000, 100, (500, 4)
"""Stories, and wires of each kind."""

RATE, SHARE = 300, 15.0
"""Promised: wires a second, per cent of the store."""


def measure(options: Options, scratch: Path) -> list[Table]:
    """Filling, asking, and bytes."""
    stories, wires = QUICK if options.quick else (STORIES, WIRES)
    if options.stories:
        stories = options.stories[0]
    spent = work("matching_speed:measured", place=scratch / "matching-speed", stories=stories, wires=wires)
    answer = spent.answer
    table = Table(f"matching against {stories:,} stories", rows=[*answer["asked"], *answer["index"]])
    table.notes.append(f"peak {spent.peak_mb:,.0f} MB; {answer['build']}")
    table.targets = [
        Target("a wire, processor time", answer["cpu ms"], 1000 / RATE, "ms"),
        Target("a wire, wall time", answer["wall ms"], 1000 / RATE, "ms"),
        *(
            Target(f"index of the store, {state}", part, SHARE, "%")
            for state, part in answer["parts"].items()
        ),
    ]
    return [table]


def measured(place: str, stories: int, wires: int) -> dict[str, Any]:
    """Work: fill a store, make its index, ask, pack the store."""
    from vstore.model import Wire
    from vstore.opening import open_store
    from vstore.store import Store

    known: dict[str, str] = {}

    def told() -> Any:
        for story, text in matching_made.stories(5, stories):
            known[story] = text
            yield Wire(story=story, text=text)

    def bytes_on_disk(store: Store) -> float:
        store._storage.compact()
        return store.stats().file_bytes / MEGABYTE

    with open_store(place, create=True) as store:
        store.import_wires(told())
        bare = bytes_on_disk(store)
        start, cpu = time.perf_counter(), time.process_time()
        store.match("a few words that nobody has ever said")
        built = time.perf_counter() - start, time.process_time() - cpu
        full = bytes_on_disk(store)
    with open_store(place) as store:
        store.match("a few words that nobody has ever said")
        asked = _asked(store, [each.text for each in matching_made.tried(known, 6, wires)])
        store.gc()
        packed = bytes_on_disk(store)
        store._storage.keep_shingles({0: b""}, store._storage.shingles([0])[0], anew=True)
        store.gc()
        without = bytes_on_disk(store)
    parts = {"as imported": (full - bare) / bare * 100, "after gc": (packed - without) / without * 100}
    return {
        "asked": [asked],
        "cpu ms": asked["cpu ms"],
        "wall ms": asked["wall ms"],
        "index": [
            _bytes("as imported", bare, full),
            _bytes("after gc", without, packed),
        ],
        "parts": parts,
        "build": f"the index was made in {built[0]:,.0f} s, of which {built[1]:,.0f} s processor time",
    }


def _asked(store: Any, texts: list[str]) -> Row:
    walls: list[float] = []
    start = time.process_time()
    for text in texts:
        before = time.perf_counter()
        store.match(text)
        walls.append((time.perf_counter() - before) * 1000)
    cpu = (time.process_time() - start) / len(texts) * 1000
    return {
        "what": f"{len(texts):,} wires",
        "cpu ms": cpu,
        "wall ms": sum(walls) / len(walls),
        "median ms": percentile(walls, 50),
        "95 of 100, ms": percentile(walls, 95),
        "wires/s": 1000 * len(walls) / sum(walls),
        "wires/s of cpu": 1000 / cpu,
    }


def _bytes(state: str, without: float, with_it: float) -> Row:
    return {
        "what": f"index, {state}",
        "store MB": without,
        "index MB": with_it - without,
        "% of the store": (with_it - without) / without * 100,
    }
