"""Stores to be blamed, each made of a corpus or a part of it, in which nothing was asked yet."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench import corpora
from bench.options import Options
from bench.processes import work

ANARCHISM = "wiki-anarchism-en.jsonl.zst"


class Corpus(NamedTuple):
    """Every so manieth story of a file, and of these the first so many versions (None: all)."""

    name: str
    every: int = 1
    limit: int | None = None

    @property
    def place(self) -> str:
        """Where its store lies in the scratch folder."""
        return f"blame-{self.name}-{self.every}-{self.limit}"


def wanted(options: Options) -> list[Corpus]:
    """Samples, so that WikiWho ends within minutes; all of it with `--full`."""
    if options.quick:
        sizes = [(100, None), (100, None), (1, 50)]
    else:
        sizes = (
            [(1, None), (1, None), (1, None)]
            if options.full
            else [(10, None), (4, None), (1, options.versions)]
        )
    names = (corpora.CURRENT_EVENTS, corpora.WIKI_VERSIONS, ANARCHISM)
    return [Corpus(name, *size) for name, size in zip(names, sizes, strict=True)]


def made(corpus: Corpus, scratch: Path) -> tuple[Path, dict[str, int]]:
    """The store of a corpus, made where it is not there yet, and what is in it."""
    place = scratch / corpus.place
    counts = scratch / f"{corpus.place}.json"
    if not counts.exists():
        source = corpora.folder() / corpus.name
        answer = work(
            "blame_stores:make", source=source, place=place, every=corpus.every, limit=corpus.limit
        ).answer
        counts.write_text(json.dumps(answer), encoding="utf-8")
    found: dict[str, int] = json.loads(counts.read_text(encoding="utf-8"))
    return place, found


def copied(place: Path, purpose: str) -> Path:
    """A fresh copy of a store, to be asked for the first time once more."""
    copy = place.with_name(f"{place.name}-{purpose}")
    shutil.rmtree(copy, ignore_errors=True)
    return Path(shutil.copytree(place, copy))


def make(source: str, place: str, every: int, limit: int | None) -> dict[str, Any]:
    """Work: import the lines that are wanted."""
    from vstore.opening import open_store
    from vstore.readers.jsonwire import check_fields, read_wire

    with open_store(place, create=True) as store:
        lines = itertools.islice(_of_stories(source, every), limit)
        store.import_wires(read_wire(line, check_fields({})) for line in lines)
        stats = store.stats()
    return {"stories": stats.stories, "versions": stats.versions, "text_bytes": stats.text_bytes}


def _of_stories(source: str, every: int) -> Iterator[bytes]:
    seen: dict[str, int] = {}
    for line in corpora.lines(source):
        if every == 1 or seen.setdefault(json.loads(line)["story"], len(seen)) % every == 0:
            yield line
