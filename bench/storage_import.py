"""How fast a store fills, with one process and with two, beside git's importer in the same run; and gc."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bench import importers, storage_stores
from bench.figures import ratio
from bench.importers import GIT, Corpus, Runs, Way
from bench.options import Options
from bench.processes import disk_mb, work
from bench.report import Row, Table, Target
from bench.storage_stores import IMPORTED, NO_GC

LIMITS = {"vstore, one job": (None, 3.0), "vstore, two jobs": (2, 2.0)}
"""Jobs, and what is promised in git fast-import's time; with two the goal is 1."""

LOOPS = {"pygit2": 20_000, "dulwich": 4_000, "git command line": 300}
"""Versions that a loop writes at most, so that it ends within a minute."""

BY_HAND, TIMES_BY_HAND = "git command line", 20
"""Promised: so many times as fast, a version, as committing by hand; and faster than the other loops."""

NO_JOBS = "This vstore imports with one process only: the cells of two jobs are empty."


def measure(options: Options, scratch: Path) -> list[Table]:
    """A table a corpus."""
    return [_of(sample, options, scratch) for sample in storage_stores.wanted(options, IMPORTED)]


def _of(sample: storage_stores.Sample, options: Options, scratch: Path) -> Table:
    if reason := storage_stores.absent(sample):
        return Table(f"import {sample.name}", notes=[reason])
    corpus = storage_stores.ready(sample, scratch)
    table = Table(f"import {corpus.counts}")
    runs = importers.in_turns(_ways(), corpus, options.runs)
    _importers(table, corpus, runs)
    table.rows.append(importers.reading(corpus))
    fastest = min(ratio(of.seconds, runs[GIT].seconds) for name, of in runs.items() if name != GIT)
    seconds = fastest * min(runs[GIT].seconds) / corpus.versions
    for loop in importers.loops(corpus, LOOPS):
        table.rows.append(loop)
        _promise_to_beat(table, str(loop["what"]), seconds * float(loop["versions/s"]))
    _gc(table, corpus)
    table.notes.append(f"Median of {options.runs} runs in turns; × is the median of the ratios of each turn.")
    table.notes.append("The loops write loose objects, one run each, texts in memory, without fsync.")
    return table


def _ways() -> dict[str, Way]:
    """One job is what an import is where it cannot be told how many."""
    has_jobs = importers.has_jobs()
    ways: dict[str, Way] = {}
    for name, (jobs, _) in LIMITS.items():
        if has_jobs or jobs is None:
            ways[name] = partial(importers.library, jobs=(jobs or 1) if has_jobs else None)
    return {**ways, GIT: importers.git}


def _importers(table: Table, corpus: Corpus, runs: dict[str, Runs]) -> None:
    for name in (*LIMITS, GIT):
        if name not in runs:
            table.rows.append({"what": name})
            table.notes.append(NO_JOBS)
            continue
        table.rows.append(importers.row(name, corpus, runs[name], runs[GIT]))
        if name in LIMITS:
            times = ratio(runs[name].seconds, runs[GIT].seconds)
            table.targets.append(Target(f"{name}, against {GIT}", times, LIMITS[name][1], "×"))


def _promise_to_beat(table: Table, loop: str, times: float) -> None:
    limit = 1 / TIMES_BY_HAND if loop.startswith(BY_HAND) else 1.0
    table.targets.append(Target(f"the fastest of vstore, a version, against {loop}", times, limit, "×"))


def _gc(table: Table, corpus: Corpus) -> None:
    """Both on what the last turn left: stores of the same versions."""
    theirs = importers.gc_aggressive(corpus.scratch / "git").wall_s
    objects = disk_mb(corpus.scratch / "git" / "objects")
    git: Row = {"what": "git gc --aggressive", "wall s": theirs, "disk MB": objects}
    if storage_stores.has_gc():
        place = corpus.scratch / "library"
        ours: float = work("storage_stores:collect", place=place).answer["seconds"]
        table.rows.append({"what": "vstore gc", "wall s": ours, "disk MB": disk_mb(place)})
        table.targets.append(Target("vstore gc, against git gc --aggressive", ours / theirs, 1.0, "×"))
    else:
        table.rows.append({"what": "vstore gc"})
        table.notes.append(NO_GC)
    table.rows.append(git)
