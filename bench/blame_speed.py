"""How long blame takes when nothing was asked before: vstore from its store, WikiWho from texts at hand."""

from __future__ import annotations

import statistics
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import corpora, peers_wikiwho
from bench.blame_stores import ANARCHISM, Corpus, copied, made, wanted
from bench.figures import ratio
from bench.options import Options
from bench.processes import Spent, work
from bench.report import Row, Table, Target

RATIO, RATIO_OF_THE_LONG = 1 / 10, 1 / 4
MEMORY = 400.0
"""Promised: a tenth of WikiWho's time; on one text of 70 kB a quarter (goal an eighth), in 400 MB."""


def measure(options: Options, scratch: Path) -> list[Table]:
    """A table a corpus."""
    return [_of(corpus, options, scratch) for corpus in wanted(options)]


def _of(corpus: Corpus, options: Options, scratch: Path) -> Table:
    title = f"blame from scratch, {corpus.name}"
    if reason := corpora.absent(corpus.name):
        return Table(title, notes=[reason])
    place, counts = made(corpus, scratch)
    table = Table(f"{title}: {counts['versions']:,} versions of {counts['stories']:,} stories")
    runs = _in_turns(place, 1 if options.quick or options.full else 2)
    table.rows = [_row(name, spent) for name, spent in runs.items()]
    is_long = corpus.name == ANARCHISM
    if is_long:
        peak = max(spent.peak_mb for spent in runs["vstore"])
        table.targets.append(Target("vstore, memory", peak, MEMORY, "MB"))
    if "WikiWho" in runs:
        times = ratio(*([spent.answer["seconds"] for spent in runs[name]] for name in runs))
        limit = RATIO_OF_THE_LONG if is_long else RATIO
        table.targets.append(Target("vstore's time, in WikiWho's", times, limit, "×"))
        table.notes.append(f"vstore is {1 / times:.1f} times as fast.")
    table.notes += filter(None, [peers_wikiwho.absent()])
    return table


def _in_turns(place: Path, rounds: int) -> dict[str, list[Spent]]:
    runs: dict[str, list[Spent]] = {}
    for _ in range(rounds):
        runs.setdefault("vstore", []).append(work("blame_speed:ask", place=copied(place, "asked")))
        if not peers_wikiwho.absent():
            runs.setdefault("WikiWho", []).append(work("blame_speed:ask_wikiwho", place=place))
    return runs


def _row(name: str, runs: list[Spent]) -> Row:
    seconds = statistics.median(spent.answer["seconds"] for spent in runs)
    peak = max(spent.peak_mb for spent in runs)
    row: Row = {"what": name, "seconds": seconds, "versions/s": round(runs[0].answer["versions"] / seconds)}
    return {**row, "peak MB": peak}


def ask(place: str) -> dict[str, Any]:
    """Work: open a store and blame the current version of each story."""
    from vstore.opening import open_store

    with open_store("memory:") as store:  # what is imported on the way is no more counted than of WikiWho
        store.add("story", "One text.")
        store.add("story", "Another text.")
        store.blame("story")
    versions = 0
    start = perf_counter()
    with open_store(place) as store:
        for story in list(store.stories()):
            store.blame(story.story)
            versions += story.versions
        return {"seconds": perf_counter() - start, "versions": versions}


def ask_wikiwho(place: str) -> dict[str, Any]:
    """Work: hand the same texts to WikiWho, in the story's order; only what it does itself is counted."""
    from vstore.opening import open_store

    versions = 0
    seconds = 0.0
    with open_store(place, read_only=True) as store:
        for story in store.stories():
            reader = peers_wikiwho.new()
            for rank, version in enumerate(reversed(list(store.log(story.story)))):
                text = store.text_of(version)
                start = perf_counter()
                peers_wikiwho.read(reader, rank, text)
                seconds += perf_counter() - start
                versions += 1
    return {"seconds": seconds, "versions": versions}
