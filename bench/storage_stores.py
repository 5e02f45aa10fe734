"""What the parts of the storage bench share: its corpora, each with a store and a repository, made once."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from bench import corpora, importers
from bench.blame_stores import ANARCHISM
from bench.importers import Corpus
from bench.options import Options
from bench.processes import run, work

BULLETINS = "nhc2018-en.jsonl.gz"
DOCUMENTS = "ota-pga.jsonl.zst"
NEWSROOM = "newsroom"
NO_GC = "This vstore has no gc yet: its cells are empty."


class Sample(NamedTuple):
    """The first so many versions of a corpus; None: all."""

    name: str
    limit: int | None = None


NEWSROOM_OF_20_000 = Sample(NEWSROOM, 20_000)
SAMPLES = (
    Sample(BULLETINS),
    Sample(corpora.CURRENT_EVENTS),
    NEWSROOM_OF_20_000,
    Sample(corpora.WIKI_VERSIONS),
    Sample(DOCUMENTS),
    Sample(ANARCHISM, 3_000),
)
IMPORTED = tuple(sample for sample in SAMPLES if sample.name not in (BULLETINS, corpora.WIKI_VERSIONS))
QUICK = 200
"""Versions of a quick run."""


def wanted(options: Options, samples: tuple[Sample, ...] = SAMPLES) -> list[Sample]:
    """All of them, or a little of each."""
    return [sample._replace(limit=QUICK) if options.quick else sample for sample in samples]


def absent(sample: Sample) -> str | None:
    """Why it cannot be measured; the newsroom always can."""
    return None if sample.name == NEWSROOM else corpora.absent(sample.name)


def ready(sample: Sample, scratch: Path) -> Corpus:
    """The corpus in a folder of its own, made where it is not there yet."""
    place = scratch / f"storage-{sample.name}"
    found = place / "corpus.json"
    if not found.exists():
        place.mkdir()
        corpus = importers.ready(sample.name, _source(sample, place), place, _cut(sample))
        found.write_text(json.dumps(asdict(corpus), default=str), encoding="utf-8")
    given = json.loads(found.read_text(encoding="utf-8"))
    return Corpus(**{**given, "scratch": place})


def _source(sample: Sample, place: Path) -> Path:
    if sample.name != NEWSROOM:
        return corpora.folder() / sample.name
    work("newsroom:write", place=place / "newsroom.jsonl", versions=sample.limit)
    return place / "newsroom.jsonl"


def _cut(sample: Sample) -> int | None:
    return None if sample.name == NEWSROOM else sample.limit


def stored(corpus: Corpus) -> Path:
    """The store straight after import."""
    place = corpus.scratch / "store"
    if not place.exists():
        work("storage_stores:take_in", source=corpus.lines, place=place)
    return place


def collected(corpus: Corpus) -> Path | None:
    """The same store after gc; None where vstore has none."""
    place = corpus.scratch / "store-gc"
    if not has_gc():
        return None
    if not place.exists():
        shutil.copytree(stored(corpus), place)
        work("storage_stores:collect", place=place)
    return place


def repository(corpus: Corpus) -> Path:
    """git's repository as fast-import leaves it."""
    place = corpus.scratch / "repository"
    if not place.exists():
        importers.fast_import(corpus, place)
    return place


def git_bytes(corpus: Corpus) -> dict[str, int]:
    """Bytes of packs and their indexes, as fast-import leaves them and after `gc --aggressive`."""
    plain = repository(corpus)
    tight = corpus.fresh("repository-gc")
    run("git", "clone", "--quiet", "--mirror", "--local", str(plain), str(tight))
    importers.gc_aggressive(tight)
    found = {"fast-import": _pack_bytes(plain), "gc --aggressive": _pack_bytes(tight)}
    shutil.rmtree(tight)
    return found


def _pack_bytes(place: Path) -> int:
    packs = place / "objects" / "pack"
    return sum(file.stat().st_size for file in packs.iterdir() if file.suffix in (".pack", ".idx"))


def has_gc() -> bool:
    """Whether this vstore can collect."""
    from vstore.store import Store

    return hasattr(Store, "gc")


def take_in(source: str, place: str) -> dict[str, Any]:
    """Work: import the lines as they come."""
    from vstore.opening import open_store
    from vstore.readers import jsonlines

    with open_store(place, create=True) as store, jsonlines.open_lines(source) as stream:
        return store.import_wires(jsonlines.wires(stream)).to_dict()


def collect(place: str) -> dict[str, Any]:
    """Work: gc, until the store is closed."""
    from vstore.opening import open_store

    start = perf_counter()
    with open_store(place) as store:
        gc: Any = getattr(store, "gc", None)
        gc()
    return {"seconds": perf_counter() - start}
