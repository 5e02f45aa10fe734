"""Wires of corpora, each asked about before it is kept in the story that people put it in."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random
from typing import Any

from bench import corpora
from bench.matching_judged import Judged, judge, plain_words, share_of, tables
from bench.options import Options
from bench.processes import work
from bench.report import Table

ECBPLUS = "ecbplus-en.jsonl.gz"
CORPORA = (ECBPLUS, corpora.WIKI_VERSIONS)
QUICK = 60


def measure(options: Options, scratch: Path) -> list[Table]:
    """A curve for each."""
    found: list[Table] = []
    for name in CORPORA:
        if reason := corpora.absent(name):
            found.append(Table(name, notes=[reason]))
            continue
        answer = work(
            "matching_corpora:judged",
            source=corpora.folder() / name,
            place=scratch / f"matching-{name}",
            limit=QUICK if options.quick else None,
        ).answer
        found += tables(name, [Judged(*each) for each in answer["judged"]])
    return found


def judged(source: str, place: str, limit: int | None) -> dict[str, Any]:
    """Work: each wire is asked about, then kept in the story that it is of."""
    from vstore.opening import open_store

    with gzip.open(source, "rt", encoding="utf-8") as lines:
        wires = _mixed([json.loads(line) for line in lines])[:limit]
    known: dict[str, list[list[str]]] = {}
    found: list[Judged] = []
    with open_store(place, create=True) as store:
        for number, wire in enumerate(wires):
            story, text = wire["story"], wire["text"]
            earlier = known.setdefault(story, [])
            kind = "another of its story" if earlier else "the first of its story"
            found.append(judge(store, kind, text, story if earlier else None, share_of(text, earlier)))
            earlier.append(plain_words(text))
            store.add(story, text, again=True, number=number)
    return {"judged": [list(each) for each in found]}


def _mixed(wires: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In an order by chance, in which each story's own wires keep theirs."""
    stories = [wire["story"] for wire in wires]
    Random(1).shuffle(stories)
    of_story: dict[str, list[dict[str, Any]]] = {}
    for wire in reversed(wires):
        of_story.setdefault(wire["story"], []).append(wire)
    return [of_story[story].pop() for story in stories]
