"""What a store of a million stories costs more than one of ten thousand: filling, file, and each question."""

from __future__ import annotations

import math
import shutil
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from bench import newsroom
from bench.figures import percentile, timed
from bench.options import Options
from bench.processes import MEGABYTE, disk_mb, work
from bench.report import Row, Table, Target

if TYPE_CHECKING:
    from vstore.model import Wire
    from vstore.store import Store

STORIES, QUICK = (10_000, 100_000, 1_000_000), (100, 300)
ASKED = 300
"""Stories by chance that each question is about."""

FLAT, LINEAR, MEMORY = 1.3, 1.02, 500.0
"""Promised: so many times the smallest store's; the exponent of the file's growth; megabytes."""


class Size(NamedTuple):
    """What was measured in a store of so many stories."""

    stories: int
    filled: Row
    asked: dict[str, list[float]]


@dataclass(slots=True)
class Meter:
    """How far a stream was read, and how long it took to write."""

    versions: int = 0
    writing: float = 0.0

    def read(self, wires: Iterator[Wire]) -> Iterator[Wire]:
        """The same wires, timed."""
        while True:
            start = perf_counter()
            wire = next(wires, None)
            self.writing += perf_counter() - start
            if wire is None:
                return
            self.versions += 1
            yield wire

    def rate(self, since: float) -> float:
        """Versions a second, the time of writing them apart."""
        return self.versions / (perf_counter() - since - self.writing)


def measure(options: Options, scratch: Path) -> list[Table]:
    """Filling, asking, and how both grow with the number of stories."""
    stories = options.stories or (QUICK if options.quick else STORIES)
    sizes = [_of(count, scratch) for count in sorted(stories)]
    return [_filling(sizes), _asking(sizes), _slopes(sizes)]


def _of(stories: int, scratch: Path) -> Size:
    """One store at a time: it is removed before the next is made."""
    place = scratch / f"scale-{stories}"
    spent = work("storage_scale:fill", place=place, stories=stories)
    megabytes, versions = disk_mb(place), spent.answer["versions"]
    filled: Row = {
        "what": f"{stories:,} stories",
        **spent.answer,
        "peak MB": spent.peak_mb,
        "file MB": megabytes,
        "bytes a version": megabytes * MEGABYTE / versions,
    }
    asked = work("storage_scale:ask", place=place, stories=stories).answer
    shutil.rmtree(place)
    return Size(stories, filled, asked)


def _filling(sizes: list[Size]) -> Table:
    table = Table("scale: a newsroom streamed into a store", rows=[size.filled for size in sizes])
    first, last = sizes[0].filled, sizes[-1].filled
    slower = float(first["last tenth, versions/s"]) / float(last["last tenth, versions/s"])
    table.targets.append(Target("last tenth, in the smallest store's time", slower, FLAT, "×"))
    table.targets.append(
        Target("peak memory", max(float(size.filled["peak MB"]) for size in sizes), MEMORY, "MB")
    )
    table.notes.append("The time that the stream itself takes to write is left out.")
    return table


def _asking(sizes: list[Size]) -> Table:
    """A row a question and size, in the smallest store's time too."""
    table = Table(f"scale: {ASKED} stories by chance, each question from a newly opened store")
    for question, smallest in sizes[0].asked.items():
        middle, late = _figures(smallest)
        for size in sizes:
            median, p99 = _figures(size.asked[question])
            what = f"{question}, {size.stories:,} stories"
            row: Row = {"what": what, "median µs": median, "p99 µs": p99}
            table.rows.append({**row, "median ×": median / middle, "p99 ×": p99 / late})
        largest = _figures(sizes[-1].asked[question])[0]
        table.targets.append(Target(f"{question}, in the smallest store's time", largest / middle, FLAT, "×"))
    return table


def _slopes(sizes: list[Size]) -> Table:
    """Exponents: 0 is flat, 1 is linear."""
    table = Table("scale: exponents of growth with the number of stories")
    if len(sizes) == 1:
        table.notes.append("One size has none.")
        return table
    growth: dict[str, list[float]] = {
        "file": [float(size.filled["file MB"]) for size in sizes],
        "peak memory": [float(size.filled["peak MB"]) for size in sizes],
        "seconds a version, last tenth": [1 / float(size.filled["last tenth, versions/s"]) for size in sizes],
    }
    for question in sizes[0].asked:
        growth[f"{question}, median"] = [_figures(size.asked[question])[0] for size in sizes]
    logarithms = [math.log(size.stories) for size in sizes]
    for name, values in growth.items():
        slope = statistics.linear_regression(logarithms, list(map(math.log, values))).slope
        table.rows.append({"what": name, "exponent": slope})
    table.targets.append(Target("file, exponent", float(table.rows[0]["exponent"]), LINEAR, ""))
    return table


def _figures(spent: list[float]) -> tuple[float, float]:
    return statistics.median(spent), percentile(spent, 99)


def fill(place: str, stories: int) -> dict[str, Any]:
    """Work: stream a newsroom into a store, in two imports, so that the last tenth is told apart."""
    from vstore.opening import open_store

    split = stories - max(1, stories // 10)
    start = perf_counter()
    first, last = Meter(), Meter()
    with open_store(place, create=True) as store:
        store.import_wires(first.read(newsroom.wires(range(split))))
        began = perf_counter()
        store.import_wires(last.read(newsroom.wires(range(split, stories))))
        tenth = last.rate(began)
    seconds = perf_counter() - start - first.writing - last.writing
    versions = first.versions + last.versions
    return {
        "versions": versions,
        "wall s": seconds,
        "versions/s": round(versions / seconds),
        "last tenth, versions/s": round(tenth),
    }


def ask(place: str, stories: int) -> dict[str, list[float]]:
    """Work: microseconds of each question; the first story warms up and is not counted."""
    questions: dict[str, Callable[[Store, Wire], Any]] = {
        "log": lambda store, wire: list(store.log(wire.story)),
        "show": lambda store, wire: store.text(str(wire.story)),
        "blame, first asked": lambda store, wire: store.blame(str(wire.story)),
        "add": lambda store, wire: store.add_wire(wire),
    }
    return {
        name: _asked(place, question, Random(name).sample(range(stories), min(ASKED + 1, stories)))
        for name, question in questions.items()
    }


def _asked(place: str, question: Callable[[Store, Wire], Any], chosen: list[int]) -> list[float]:
    from vstore.opening import open_store

    wires = list(map(_next, chosen))
    with open_store(place) as store:
        return [timed(partial(question, store, wire))[0] for wire in wires][1:]


def _next(number: int) -> Wire:
    """The wire that comes after the last of a story."""
    *_, last = newsroom.wires([number])
    return replace(last, text=f"{last.text}The desk has nothing more on this.\n", date="2040-01-01T00:00:00Z")
