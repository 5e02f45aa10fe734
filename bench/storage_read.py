"""How long any version's text takes to come from an open store, beside git's readers, on every corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench import readings, storage_stores
from bench.importers import Corpus
from bench.options import Options
from bench.processes import work
from bench.readings import Readers
from bench.report import Table, Target
from bench.storage_stores import NO_GC

MEDIAN, NEARLY_ALL = 1_000.0, 5_000.0
"""Promised µs."""

PICKS = 1_000


def measure(options: Options, scratch: Path) -> list[Table]:
    """A table a corpus: from the store after import, and after gc where there is one."""
    tables: list[Table] = []
    for sample in storage_stores.wanted(options):
        if reason := storage_stores.absent(sample):
            tables.append(Table(f"read, {sample.name}", notes=[reason]))
            continue
        tables.append(_of(storage_stores.ready(sample, scratch), 50 if options.quick else PICKS))
    return tables


def _of(corpus: Corpus, picks: int) -> Table:
    stores = {"after import": storage_stores.stored(corpus)}
    if place := storage_stores.collected(corpus):
        stores["after gc"] = place
    answer = work(
        "storage_read:times",
        source=corpus.lines,
        stores={state: str(place) for state, place in stores.items()},
        repository=storage_stores.repository(corpus),
        picks=picks,
    ).answer
    table = Table(f"read, {corpus.counts}; {answer['picks']:,} at random", rows=answer["rows"])
    for row in table.rows:
        what, median, late = str(row["what"]), float(row["median µs"]), float(row["p99 µs"])
        if what.startswith("vstore"):
            table.targets.append(Target(f"{what}, median", median, MEDIAN, "µs"))
            table.targets.append(Target(f"{what}, 99 of 100", late, NEARLY_ALL, "µs"))
    if len(stores) == 1:
        table.notes.append(NO_GC)
    return table


def times(source: str, stores: dict[str, str], repository: str, picks: int) -> dict[str, Any]:
    """Work: ask every reader for the same versions."""
    import pygit2

    from vstore.opening import open_store
    from vstore.store import Store

    git = Path(repository)
    with open_store(next(iter(stores.values())), read_only=True) as store:
        chosen = readings.picks(source, git.parent / "marks", store, picks)
    repo = pygit2.Repository(repository)
    opened = {state: open_store(place, read_only=True) for state, place in stores.items()}

    def reader(store: Store) -> Any:
        return lambda pick: store.text(pick.story, pick.number).encode()

    with readings.cat_file(git) as cat:
        readers: Readers = {}
        for state, store in opened.items():
            readers[f"vstore {state}, first asked"] = reader(store)
            readers[f"vstore {state}, asked again"] = reader(store)
        readers["git cat-file --batch"] = lambda pick: readings.asked_of_git(cat, pick)
        readers["pygit2"] = lambda pick: readings.asked_of_pygit2(repo, pick)
        rows = readings.in_turns(readers, chosen)
    for store in opened.values():
        store.close()
    return {"picks": len(chosen), "rows": rows}
