"""What it takes to compare two texts: two outlets' copies of one wire, and pairs meant to hurt."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import corpora, words
from bench.figures import timed
from bench.options import Options
from bench.processes import ROOT, work
from bench.report import Row, Table, Target

MICROSECONDS = 1_000.0
SECONDS, MEMORY = 2.0, 500.0
"""Promised: the seeds in a millisecond, a hostile pair in two seconds and 500 MB."""

MILLION = 1_000_000


def measure(options: Options, _scratch: Path) -> list[Table]:
    """Two tables: the seeds, and the hostile pairs."""
    return [_seeds(options), _hostile()]


def _seeds(options: Options) -> Table:
    rounds = 1 if options.quick else 5
    answer = work("diffs:seeds", rounds=rounds).answer
    table = Table(f"diff of {answer['pair']}", rows=answer["rows"])
    ours = answer["rows"][0]["median µs"]
    table.targets.append(Target("vstore.align.edits", ours, MICROSECONDS, "µs"))
    table.notes.append(f"In turns, {rounds} rounds, in each 1 of characters, 5 of words, 100 of vstore.")
    return table


def seeds(rounds: int) -> dict[str, Any]:
    """Work: time vstore and the official library on one pair."""
    from vstore.align import edits

    pair, a, b = _pair()
    ways: dict[str, tuple[int, Callable[[], int]]] = {
        "vstore.align.edits": (100, lambda: len(edits(a, b))),
        "diff-match-patch, words as characters": (5, lambda: len(words.diff(a, b))),
        "diff-match-patch, characters": (1, lambda: len(words.official().diff_main(a, b))),
    }
    found = {
        name: [timed(way) for _ in range(rounds) for _ in range(times)] for name, (times, way) in ways.items()
    }
    return {"pair": pair, "rows": [_row(name, runs, found) for name, runs in found.items()]}


def _row(name: str, runs: list[tuple[float, int]], found: dict[str, list[tuple[float, int]]]) -> Row:
    median = statistics.median(spent for spent, _ in runs)
    ours = statistics.median(spent for spent, _ in next(iter(found.values())))
    return {"what": name, "median µs": median, "edits": runs[-1][1], "× vstore": median / ours}


def _pair() -> tuple[str, str, str]:
    from vstore import readers

    files = sorted((corpora.folder().parent / "seeds").glob("*.txt"))
    name = "the two seeds"
    if len(files) < 2:
        files = sorted((ROOT / "fixtures" / "halvorsund-ferry").glob("*.txt"))
        name = "two wires of fixtures/halvorsund-ferry (the seeds are not here)"
    a, b = (readers.read(file.read_bytes()).text for file in files[:2])
    return f"{name}, {len(a):,} and {len(b):,} characters", a, b


def _hostile() -> Table:
    table = Table("diff of hostile pairs, about 1 MB each: each in a process of its own")
    for name in PAIRS:
        spent = work("diffs:hostile", name=name)
        seconds = spent.answer["seconds"]
        table.rows.append(
            {"what": name, "seconds": seconds, "edits": spent.answer["edits"], "peak MB": spent.peak_mb}
        )
        table.targets.append(Target(f"{name}, time", seconds, SECONDS, "s"))
        table.targets.append(Target(f"{name}, memory", spent.peak_mb, MEMORY, "MB"))
    return table


def hostile(name: str) -> dict[str, Any]:
    """Work: compare one pair, and make sure that the edits say the truth."""
    from vstore.align import edits

    a, b = PAIRS[name]()
    spent, found = timed(lambda: edits(a, b))
    assert "".join(edit.text for edit in found if edit.op != "+") == a
    assert "".join(edit.text for edit in found if edit.op != "-") == b
    return {"seconds": spent / MILLION, "edits": len(found)}


def _nothing_shared() -> tuple[str, str]:
    return _prose("abcdefghijklm", 1), _prose("nopqrstuvwxyz", 2).replace(".", "!")


def _only_full_stops() -> tuple[str, str]:
    return _prose("abcdefghijklm", 1), _prose("nopqrstuvwxyz", 2)


def _other_order() -> tuple[str, str]:
    chosen = _prose("abcdefghijklm", 3).split()[:5_000]
    chance = random.Random(4)
    return " ".join(chance.choices(chosen, k=180_000)), " ".join(chance.choices(chosen, k=180_000))


def _prose(letters: str, seed: int) -> str:
    """A million characters of words, sentences and paragraphs of these letters."""
    chance = random.Random(seed)
    ends = (" ",) * 12 + (". ", ". ", ".\n")
    pieces: list[str] = []
    size = 0
    while size < MILLION:
        pieces.append("".join(chance.choices(letters, k=chance.randint(1, 9))) + chance.choice(ends))
        size += len(pieces[-1])
    return "".join(pieces)[:MILLION]


PAIRS: dict[str, Callable[[], tuple[str, str]]] = {
    "nothing shared": _nothing_shared,
    "one character, one change": lambda: ("a" * MILLION, "a" * 500_000 + "b" + "a" * 499_999),
    "one character, 1 MB and 0.9 MB": lambda: ("a" * MILLION, "a" * 900_000),
    "only full stops shared": _only_full_stops,
    "the same 5,000 words by chance": _other_order,
}
