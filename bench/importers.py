"""The importers, each timed alone: vstore's, git's, and what others write with libraries or by hand."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from inspect import signature
from pathlib import Path

from bench.figures import ratio
from bench.processes import MEGABYTE, Spent, disk_mb, run, vstore, work
from bench.report import Row

GIT, COMMAND, LIBRARY = "git fast-import", "vstore import FILE", "vstore import_wires, wires in memory"


@dataclass(slots=True)
class Runs:
    """The runs of one importer; `seconds` leave out what is no import."""

    seconds: list[float] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)
    disk_mb: float = 0.0

    def keep(self, seconds: float, spent: Spent, disk: float) -> None:
        """One run more."""
        self.seconds.append(seconds)
        self.spent.append(spent)
        self.disk_mb = disk


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus that was made ready in a folder of its own: JSON lines, and a stream for git."""

    name: str
    lines: str
    scratch: Path
    stories: int
    versions: int
    text_bytes: int

    @property
    def stream(self) -> Path:
        """What git fast-import reads."""
        return self.scratch / "stream"

    @property
    def counts(self) -> str:
        """What is in it, for a title."""
        return (
            f"{self.name}: {self.versions:,} versions of {self.stories:,} stories, "
            f"{self.text_bytes / MEGABYTE:.1f} MB of text"
        )

    def fresh(self, name: str) -> Path:
        """A folder that is not there yet."""
        place = self.scratch / name
        shutil.rmtree(place, ignore_errors=True)
        return place


Way = Callable[[Corpus, Runs], None]


def ready(name: str, source: Path, scratch: Path, limit: int | None) -> Corpus:
    """Write the lines and the stream of a corpus, or of its first versions."""
    given = work("corpora:prepare", source=source, scratch=scratch, limit=limit).answer
    return Corpus(name, given["lines"], scratch, given["stories"], given["versions"], given["text_bytes"])


def in_turns(ways: dict[str, Way], corpus: Corpus, rounds: int) -> dict[str, Runs]:
    """Those that are compared, one after the other, so that each meets the same load."""
    runs = {name: Runs() for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            way(corpus, runs[name])
    return runs


def command(corpus: Corpus, runs: Runs) -> None:
    """`vstore import` as users run it."""
    place = corpus.fresh("command")
    run(*vstore("--store", place, "init"))
    spent = run(*vstore("--store", place, "import", corpus.lines))
    runs.keep(spent.wall_s, spent, disk_mb(place))


def library(corpus: Corpus, runs: Runs, jobs: int | None = None) -> None:
    """`Store.import_wires` of wires that are in memory."""
    place = corpus.fresh("library")
    spent = work("loops:vstore_library", source=corpus.lines, store=place, jobs=jobs)
    assert spent.answer["versions"] == corpus.versions
    runs.keep(spent.answer["seconds"], spent, disk_mb(place))


def git(corpus: Corpus, runs: Runs) -> None:
    """`git fast-import` of a stream that was written before."""
    place = corpus.fresh("git")
    spent = fast_import(corpus, place)
    runs.keep(spent.wall_s, spent, disk_mb(place / "objects"))


def fast_import(corpus: Corpus, place: Path) -> Spent:
    """A new repository of the same versions; `marks` beside the stream names its commits."""
    run("git", "init", "--quiet", "--bare", str(place))
    marks = f"--export-marks={corpus.scratch / 'marks'}"
    return run("git", "-C", str(place), "fast-import", "--quiet", marks, stdin=corpus.stream)


def gc_aggressive(repository: Path) -> Spent:
    """`git gc --aggressive`."""
    return run("git", "-C", str(repository), "gc", "--quiet", "--aggressive", "--prune=now")


def has_jobs() -> bool:
    """Whether this vstore imports with several processes."""
    from vstore.store import Store

    return "jobs" in signature(Store.import_wires).parameters


def row(name: str, corpus: Corpus, of: Runs, git_runs: Runs) -> Row:
    """What an importer took, in git's time too."""
    seconds = statistics.median(of.seconds)
    return {
        "what": name,
        "wall s": seconds,
        "± %": round(50 * (max(of.seconds) - min(of.seconds)) / seconds),
        "versions/s": round(corpus.versions / seconds),
        "× fast-import": ratio(of.seconds, git_runs.seconds),
        "disk MB": of.disk_mb,
    }


def reading(corpus: Corpus) -> Row:
    """What of an import is JSON."""
    spent = work("loops:read_only", source=corpus.lines)
    plain = plain_row("reading and parsing alone", spent.answer["seconds"], corpus.versions)
    return {**plain, "peak MB": spent.peak_mb}


def loops(corpus: Corpus, samples: dict[str, int]) -> Iterable[Row]:
    """What others write, once each, of so many versions at most."""
    for name, limit in samples.items():
        place = corpus.fresh(name)
        function = f"loops:{name.replace(' ', '_')}_loop"
        answer = work(function, source=corpus.lines, repository=place, limit=limit).answer
        written: int = answer["versions"]
        what = f"{name} loop" if written == corpus.versions else f"{name} loop, the first {written:,}"
        objects = place / "objects" if (place / "objects").exists() else place / ".git" / "objects"
        yield {**plain_row(what, answer["seconds"], written), "disk MB": disk_mb(objects)}
        corpus.fresh(name)


def plain_row(what: str, seconds: float, versions: int) -> Row:
    """What was measured once."""
    return {"what": what, "wall s": seconds, "versions/s": round(versions / seconds)}
