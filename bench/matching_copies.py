"""Copies, abridgements and rewrites that are made up, and wires that mislead, among 20,000 stories."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import corpora, matching_made
from bench.matching_judged import ENOUGH, Judged, judge, tables
from bench.options import Options
from bench.processes import MEGABYTE, work
from bench.report import Row, Table

SEED = 9
"""Parameters were chosen with seeds above 100."""

STORIES, OF_A_KIND = 20_000, 200
QUICK = 600, 10


def measure(options: Options, scratch: Path) -> list[Table]:
    """The curves, the second seed, and the words of a full-text index beside it."""
    stories, of_a_kind = QUICK if options.quick else (STORIES, OF_A_KIND)
    answer = work(
        "matching_copies:judged",
        place=scratch / "matching-copies",
        stories=stories,
        of_a_kind=of_a_kind,
        seeds=str(corpora.folder().parent / "seeds"),
    ).answer
    found = [Judged(*each) for each in answer["judged"]]
    made = tables(f"made up, among {stories:,} stories", found)
    made[0].notes += answer["seeds"]
    return [*made, _beside(answer, found)]


def judged(place: str, stories: int, of_a_kind: int, seeds: str) -> dict[str, Any]:
    """Work: fill a store, and ask it."""
    from bench.matching_fts import Words
    from vstore.model import Wire
    from vstore.opening import open_store

    known = dict(matching_made.stories(SEED, stories))
    first, second = _seeds(Path(seeds))
    with open_store(place, create=True) as store:
        store.import_wires(Wire(story=story, text=text) for story, text in known.items())
        if first:
            store.add("the first seed", first)
        store.match(next(iter(known.values())))  # makes the index
        wires = list(matching_made.tried(known, SEED + 1, of_a_kind))
        start = perf_counter()
        found = [judge(store, *each) for each in wires]
        spent = (perf_counter() - start) / len(wires) * 1000
        indexed = store.stats().shingle_bytes / MEGABYTE
        about = list(_about_seeds(store.match(second).to_dict())) if second else [ABSENT]
    words = Words(known)
    return {
        "judged": [list(each) for each in found],
        "ms": spent,
        "index": indexed,
        "seeds": about,
        "words": words.measured([(each.text, each.story, each.share) for each in wires]),
    }


ABSENT = "The seeds are not on this machine."


def _seeds(folder: Path) -> tuple[str, str]:
    from vstore import readers

    found = [readers.read(path.read_bytes()).text for path in sorted(folder.glob("*.txt"))]
    return (found[0], found[1]) if len(found) > 1 else ("", "")


def _about_seeds(matched: dict[str, Any]) -> Iterable[str]:
    near = matched["nearest"] or {}
    yield (
        f"The second seed: {matched['verdict']}, {near.get('story')}, "
        f"confidence {near.get('confidence', 0):.2f}, containment {near.get('containment', 0):.2f}, "
        f"{near.get('words', 0)} words in {len(near.get('passages', ()))} passages."
    )


def _beside(answer: dict[str, Any], judged: list[Judged]) -> Table:
    """The same copies by the words they hold."""
    enough = [each for each in judged if each.story and each.share >= ENOUGH]
    ours: Row = {
        "what": "vstore",
        "first is right, of copies sharing 40 %": sum(each.is_right(0) for each in enough) / len(enough),
        "ms a wire": answer["ms"],
        "index MB": answer["index"],
    }
    return Table(
        "beside a full-text index (SQLite's FTS5, bm25 of the 40 rarest words)",
        rows=[ours, {"what": "FTS5", **answer["words"]}],
        notes=["It knows the likeliest story, and not whether it is one: there is no curve of it."],
    )
