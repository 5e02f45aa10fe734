"""Bytes on disk beside git's, and how far that is from what zstd alone makes of the texts."""

from __future__ import annotations

from pathlib import Path

from bench import corpora, storage_stores
from bench.importers import Corpus
from bench.options import Options
from bench.processes import MEGABYTE, work
from bench.report import Row, Table, Target
from bench.storage_stores import BULLETINS, NEWSROOM, NO_GC

NEWS, OTHER = 0.7, 0.8
"""Promised after gc, in git's bytes: on news, and on other texts."""

FRESH_NEWS, FRESH_OTHER = 1.1, 1.4
"""Promised straight after import: on daily pages and the newsroom, and elsewhere."""


def measure(options: Options, scratch: Path) -> list[Table]:
    """One table: a row a corpus."""
    table = Table("bytes on disk")
    for sample in storage_stores.wanted(options):
        if reason := storage_stores.absent(sample):
            table.notes.append(reason)
            continue
        _add(table, storage_stores.ready(sample, scratch))
    if not storage_stores.has_gc():
        table.notes.append(NO_GC)
    table.notes.append("Kept origins are left out of the store. git is the smaller of its two packs.")
    return [table]


def _add(table: Table, corpus: Corpus) -> None:
    fresh, origins = _megabytes(storage_stores.stored(corpus))
    packs = storage_stores.git_bytes(corpus)
    git = min(packs.values()) / MEGABYTE
    row: Row = {
        "what": corpus.name,
        "versions": corpus.versions,
        "text MB": corpus.text_bytes / MEGABYTE,
        "import MB": fresh,
        "gc MB": "",
        "origins MB": origins,
        **{f"git {state} MB": size / MEGABYTE for state, size in packs.items()},
        "import ÷ git": fresh / git,
    }
    _promise(table, corpus, "import", fresh / git)
    tightest = fresh
    if place := storage_stores.collected(corpus):
        row["gc MB"] = tightest = _megabytes(place)[0]
        row["gc ÷ git"] = tightest / git
        _promise(table, corpus, "gc", tightest / git)
    table.rows.append(row | _bounds(corpus, tightest))


def _bounds(corpus: Corpus, tightest: float) -> Row:
    """What zstd makes of the texts, and the store in that."""
    found = work("storage_bounds:of_lines", source=corpus.lines).answer
    each, whole = found["each"] / MEGABYTE, found["whole"] / MEGABYTE
    return {
        "zstd a story MB": each,
        "zstd all MB": whole,
        "÷ zstd a story": tightest / each,
        "÷ zstd all": tightest / whole,
    }


def _promise(table: Table, corpus: Corpus, state: str, times: float) -> None:
    news = (corpora.CURRENT_EVENTS, NEWSROOM)
    if state == "gc":
        limit = NEWS if corpus.name in (*news, BULLETINS) else OTHER
    else:
        limit = FRESH_NEWS if corpus.name in news else FRESH_OTHER
    table.targets.append(Target(f"after {state}, {corpus.name}, in git's bytes", times, limit, "×"))


def _megabytes(place: Path) -> tuple[float, float]:
    """A closed store without its kept origins, and these."""
    origins = work("storage_size:origin_bytes", place=place).answer["bytes"] / MEGABYTE
    return _closed_mb(place) - origins, origins


def _closed_mb(place: Path) -> float:
    """All files but the shared memory that SQLite's readers leave behind, which holds nothing."""
    files = (file for file in place.rglob("*") if file.is_file() and not file.name.endswith("-shm"))
    return sum(file.stat().st_size for file in files) / MEGABYTE


def origin_bytes(place: str) -> dict[str, int]:
    """Work: what blame keeps."""
    from vstore.opening import open_store

    with open_store(place, read_only=True) as store:
        return {"bytes": store.stats().origin_bytes}
