"""How long one version's text takes to come: the library's `Store.text` beside git's readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench import corpora, importers, readings
from bench.options import Options
from bench.processes import run, vstore, work
from bench.readings import Pick, Readers
from bench.report import Table, Target

MICROSECONDS = 1_000.0
PICKS = 1_000
SIZES = range(3, 11)
"""Versions of a story."""


def measure(options: Options, scratch: Path) -> list[Table]:
    """One table over random versions of short stories."""
    sizes = f"{SIZES[0]}–{SIZES[-1]}"
    title = f"show a version of a {sizes}-version story of {corpora.WIKI_VERSIONS}"
    reason = corpora.absent(corpora.WIKI_VERSIONS)
    if reason:
        return [Table(title, notes=[reason])]
    source = _make(scratch)
    picks = 100 if options.quick else PICKS
    answer = work("shows:times", source=source, scratch=scratch, picks=picks).answer
    table = Table(f"{title}: {answer['picks']:,} at random", rows=answer["rows"])
    for row in answer["rows"]:
        if str(row["what"]).startswith("vstore"):
            table.targets.append(Target(f"{row['what']}, median", row["median µs"], MICROSECONDS, "µs"))
            table.targets.append(Target(f"{row['what']}, 99 of 100", row["p99 µs"], MICROSECONDS, "µs"))
    table.notes.append("Each version is asked of each reader in turn; all answers are compared.")
    return [table]


def _make(scratch: Path) -> str:
    """The same versions in a store and in a repository; `marks` names the commits in the corpus's order."""
    name = corpora.WIKI_VERSIONS
    corpus = importers.ready(name, corpora.folder() / name, scratch, None)
    run(*vstore("--store", scratch / "store", "init"))
    run(*vstore("--store", scratch / "store", "import", corpus.lines))
    importers.fast_import(corpus, scratch / "git")
    return corpus.lines


def times(source: str, scratch: str, picks: int) -> dict[str, Any]:
    """Work: ask every reader for the same versions."""
    import pygit2

    from vstore.opening import open_store

    place = Path(scratch)
    repo = pygit2.Repository(str(place / "git"))
    with open_store(place / "store", read_only=True) as store:
        chosen = readings.picks(source, place / "marks", store, picks, SIZES)
    with open_store(place / "store", read_only=True) as store, readings.cat_file(place / "git") as cat:
        readers: Readers = {
            "vstore, store open, first asked": lambda pick: store.text(pick.story, pick.number).encode(),
            "vstore, asked again": lambda pick: store.text(pick.story, pick.number).encode(),
            "vstore, open, ask, close": lambda pick: _fresh(place / "store", pick),
            "git cat-file --batch": lambda pick: readings.asked_of_git(cat, pick),
            "pygit2": lambda pick: readings.asked_of_pygit2(repo, pick),
        }
        rows = readings.in_turns(readers, chosen)
    return {"picks": len(chosen), "rows": rows}


def _fresh(place: Path, pick: Pick) -> bytes:
    from vstore.opening import open_store

    with open_store(place, read_only=True) as store:
        return store.text(pick.story, pick.number).encode()
