"""How long an import takes, in what memory and on how much disk, beside git's own fast importer."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import corpora
from bench.figures import ratio
from bench.options import Options
from bench.processes import Spent, disk_mb, run, vstore, work
from bench.report import Row, Table, Target

QUICK = 1_000
"""Versions of a quick run."""

SAMPLES = {"pygit2": 20_000, "dulwich": 4_000}
"""Versions that a loop writes at most, so that it ends within a minute."""

RATIO, MEMORY = 4.0, 200.0
"""Promised: at most so many times git fast-import, and so many megabytes."""

GIT, COMMAND, LIBRARY = "git fast-import", "vstore import FILE", "vstore import_wires, wires in memory"


@dataclass(slots=True)
class Runs:
    """The runs of one importer; `seconds` leave out what is no import."""

    seconds: list[float] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)
    disk_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus that was made ready."""

    lines: str
    stream: Path
    versions: int
    scratch: Path

    def fresh(self, name: str) -> Path:
        """A folder that is not there yet."""
        place = self.scratch / name
        shutil.rmtree(place, ignore_errors=True)
        return place


def measure(options: Options, scratch: Path) -> list[Table]:
    """A table for each corpus."""
    return [_of(name, options, scratch) for name in (corpora.CURRENT_EVENTS, corpora.WIKI_VERSIONS)]


def _of(name: str, options: Options, scratch: Path) -> Table:
    reason = corpora.absent(name)
    if reason:
        return Table(f"import {name}", notes=[reason])
    limit = QUICK if options.quick else None
    source = corpora.folder() / name
    given = work("corpora:prepare", source=source, scratch=scratch, limit=limit).answer
    corpus = Corpus(given["lines"], scratch / "stream", given["versions"], scratch)
    table = Table(
        f"import {name}: {given['versions']:,} versions of {given['stories']:,} stories, "
        f"{given['text_bytes'] / 1e6:.1f} MB of text"
    )
    _importers(table, corpus, options)
    _loops(table, corpus)
    return table


def _importers(table: Table, corpus: Corpus, options: Options) -> None:
    """Those that are compared, in turns, so that each meets the same load."""
    ways: dict[str, Callable[[Corpus, Runs], None]] = {COMMAND: _command, LIBRARY: _library, GIT: _git}
    runs = {name: Runs() for name in ways}
    for _ in range(options.runs):
        for name, way in ways.items():
            way(corpus, runs[name])
    for name, of in runs.items():
        table.rows.append(_row(name, corpus, of, runs[GIT]))
        if name != GIT:
            times = ratio(of.seconds, runs[GIT].seconds)
            table.targets.append(Target(f"{name} against {GIT}", times, RATIO, "×"))
    peak = statistics.median(spent.peak_mb for spent in runs[COMMAND].spent)
    table.targets.append(Target(f"peak memory of {COMMAND}", peak, MEMORY, "MB"))
    table.rows.append(_reading(corpus))
    if options.full:
        table.rows.append(_after_gc(corpus))
    table.notes.append(f"Median of {options.runs} runs in turns; × is the median of the ratios of each turn.")


def _row(name: str, corpus: Corpus, of: Runs, git: Runs) -> Row:
    seconds = statistics.median(of.seconds)
    row: Row = {
        "what": name,
        "wall s": seconds,
        "± %": round(50 * (max(of.seconds) - min(of.seconds)) / seconds),
        "versions/s": round(corpus.versions / seconds),
        "× fast-import": ratio(of.seconds, git.seconds),
        "disk MB": of.disk_mb,
    }
    if name != LIBRARY:  # That process holds the whole corpus and parsed it too.
        row["process cpu s"] = statistics.median(spent.cpu_s for spent in of.spent)
        row["× its cpu"] = ratio([spent.cpu_s for spent in of.spent], [spent.cpu_s for spent in git.spent])
        row["peak MB"] = statistics.median(spent.peak_mb for spent in of.spent)
    return row


def _command(corpus: Corpus, runs: Runs) -> None:
    place = corpus.fresh("command")
    run(*vstore("--store", place, "init"))
    spent = run(*vstore("--store", place, "import", corpus.lines))
    _keep(runs, spent.wall_s, spent, disk_mb(place))


def _library(corpus: Corpus, runs: Runs) -> None:
    place = corpus.fresh("library")
    spent = work("loops:vstore_library", source=corpus.lines, store=place)
    assert spent.answer["versions"] == corpus.versions
    _keep(runs, spent.answer["seconds"], spent, disk_mb(place))


def _git(corpus: Corpus, runs: Runs) -> None:
    place = corpus.fresh("git")
    run("git", "init", "--quiet", "--bare", str(place))
    spent = run("git", "-C", str(place), "fast-import", "--quiet", stdin=corpus.stream)
    _keep(runs, spent.wall_s, spent, disk_mb(place / "objects"))


def _keep(runs: Runs, seconds: float, spent: Spent, disk: float) -> None:
    runs.seconds.append(seconds)
    runs.spent.append(spent)
    runs.disk_mb = disk


def _reading(corpus: Corpus) -> Row:
    spent = work("loops:read_only", source=corpus.lines)
    row = _plain("reading and parsing alone", spent.answer["seconds"], corpus.versions)
    return {**row, "peak MB": spent.peak_mb}


def _after_gc(corpus: Corpus) -> Row:
    place = corpus.scratch / "git"
    spent = run("git", "-C", str(place), "gc", "--quiet", "--aggressive", "--prune=now")
    return {"what": "git gc --aggressive", "wall s": spent.wall_s, "disk MB": disk_mb(place / "objects")}


def _loops(table: Table, corpus: Corpus) -> None:
    """The libraries, once each: they are far from the promise, and slow."""
    for name, limit in SAMPLES.items():
        place = corpus.fresh(name)
        answer: dict[str, Any] = work(
            f"loops:{name}_loop", source=corpus.lines, repository=place, limit=limit
        ).answer
        written: int = answer["versions"]
        what = f"{name} loop" if written == corpus.versions else f"{name} loop, the first {written:,}"
        table.rows.append({**_plain(what, answer["seconds"], written), "disk MB": disk_mb(place / "objects")})
        corpus.fresh(name)
    table.notes.append("The loops write loose objects, one run each, texts in memory, without fsync.")


def _plain(what: str, seconds: float, versions: int) -> Row:
    return {"what": what, "wall s": seconds, "versions/s": round(versions / seconds)}
