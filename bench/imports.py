"""How long an import takes, in what memory and on how much disk, beside git's own fast importer."""

from __future__ import annotations

import statistics
from pathlib import Path

from bench import corpora, importers
from bench.figures import ratio
from bench.importers import COMMAND, GIT, LIBRARY, Corpus, Runs, Way
from bench.options import Options
from bench.processes import disk_mb
from bench.report import Row, Table, Target

QUICK = 1_000
"""Versions of a quick run."""

SAMPLES = {"pygit2": 20_000, "dulwich": 4_000}
"""Versions that a loop writes at most, so that it ends within a minute."""

RATIO, MEMORY = 4.0, 200.0
"""Promised: at most so many times git fast-import, and so many megabytes."""

WAYS: dict[str, Way] = {COMMAND: importers.command, LIBRARY: importers.library, GIT: importers.git}


def measure(options: Options, scratch: Path) -> list[Table]:
    """A table for each corpus."""
    return [_of(name, options, scratch) for name in (corpora.CURRENT_EVENTS, corpora.WIKI_VERSIONS)]


def _of(name: str, options: Options, scratch: Path) -> Table:
    reason = corpora.absent(name)
    if reason:
        return Table(f"import {name}", notes=[reason])
    limit = QUICK if options.quick else None
    corpus = importers.ready(name, corpora.folder() / name, scratch, limit)
    table = Table(f"import {corpus.counts}")
    _importers(table, corpus, options)
    table.rows += importers.loops(corpus, SAMPLES)
    table.notes.append("The loops write loose objects, one run each, texts in memory, without fsync.")
    return table


def _importers(table: Table, corpus: Corpus, options: Options) -> None:
    runs = importers.in_turns(WAYS, corpus, options.runs)
    for name, of in runs.items():
        table.rows.append(_row(name, corpus, of, runs[GIT]))
        if name != GIT:
            times = ratio(of.seconds, runs[GIT].seconds)
            table.targets.append(Target(f"{name} against {GIT}", times, RATIO, "×"))
    peak = statistics.median(spent.peak_mb for spent in runs[COMMAND].spent)
    table.targets.append(Target(f"peak memory of {COMMAND}", peak, MEMORY, "MB"))
    table.rows.append(importers.reading(corpus))
    if options.full:
        table.rows.append(_after_gc(corpus))
    table.notes.append(f"Median of {options.runs} runs in turns; × is the median of the ratios of each turn.")


def _row(name: str, corpus: Corpus, of: Runs, git: Runs) -> Row:
    row = importers.row(name, corpus, of, git)
    if name != LIBRARY:  # That process holds the whole corpus and parsed it too.
        row["process cpu s"] = statistics.median(spent.cpu_s for spent in of.spent)
        row["× its cpu"] = ratio([spent.cpu_s for spent in of.spent], [spent.cpu_s for spent in git.spent])
        row["peak MB"] = statistics.median(spent.peak_mb for spent in of.spent)
    return row


def _after_gc(corpus: Corpus) -> Row:
    place = corpus.scratch / "git"
    spent = importers.gc_aggressive(place)
    return {"what": "git gc --aggressive", "wall s": spent.wall_s, "disk MB": disk_mb(place / "objects")}
