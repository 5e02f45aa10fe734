"""Is blame right? On histories of which every word's origin is known, because they were written for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import SystemRandom
from typing import Any, NamedTuple

from bench import graded, peers_wikiwho
from bench.histories import MIXES, PURE, History, record
from bench.histories_prose import LANGUAGES
from bench.options import Options
from bench.processes import work
from bench.report import Row, Table, Target

OVERALL, EACH_LANGUAGE = 0.5, 1.0
"""Promised: at most so many of 100 characters credited to the wrong version, and none in pure histories."""

UNCLEAR = "mixed, with unclear steps"

FROM_THE_FIRST = "pure, graded from the first version"

SYSTEMS: dict[str, graded.System] = {
    "vstore": graded.vstore,
    "WikiWho": graded.wikiwho,
    "plain fold": graded.fold,
}

Counts = dict[str, int]


class Wanted(NamedTuple):
    """How many histories: mixed ones and pure ones of each kind, in each language, from a seed on."""

    seed: int
    mixed: int
    pure: int


def measure(options: Options, _scratch: Path) -> list[Table]:
    """Two tables: of the fixed seeds, and of fresh ones."""
    fixed = Wanted(0, 4, 1) if options.quick else Wanted(0, 40, 8)
    seed = SystemRandom().randrange(1_000_000, 1_000_000_000) if options.seed is None else options.seed
    fresh = Wanted(seed, 2, 1) if options.quick else Wanted(seed, 15, 3)
    title = "blame of histories with known origins"
    return [
        _table(f"{title}: fixed seeds", fixed),
        _table(f"{title}: fresh seeds, from {seed} on (--fresh {seed} writes them again)", fresh),
    ]


def _table(title: str, wanted: Wanted) -> Table:
    counts: dict[str, Counts] = work("blame_accuracy:shares", **wanted._asdict()).answer["counts"]
    table = Table(title, rows=[_row(what, each) for what, each in counts.items()])
    for row in table.rows:
        what = str(row["what"])
        if (limit := _limit(what)) is not None:
            table.targets.append(Target(what, float(row["vstore wrong %"]), limit, "% wrong"))
    table.notes.append(
        "Wrong: characters of words and figures credited to another version than the one that wrote them,"
        f" in up to {graded.SAMPLE} versions of each history."
    )
    table.notes.append(f"{UNCLEAR}: nothing is kept out that has two readings; the truth is one of them.")
    table.notes.append(
        "Pure histories: what a system said of a word when the one thing began, it may go on to say;"
        f" {FROM_THE_FIRST}: the ordinary edits before that count too."
    )
    table.notes.append(peers_wikiwho.absent() or "WikiWho is given Chinese with a space after each token.")
    return table


def _limit(what: str) -> float | None:
    if what == "mixed":
        return OVERALL
    if what.startswith("mixed, in "):
        return EACH_LANGUAGE
    return 0.0 if what in PURE else None


def _row(what: str, counts: Counts) -> Row:
    of = counts["characters"]
    systems = [name for name in counts if name not in ("characters", "histories", "versions")]
    shares: Row = {f"{name} wrong %": 100 * counts[name] / of for name in systems}
    sizes: Row = {name: counts[name] for name in ("characters", "versions", "histories")}
    return {"what": what, **shares, "vstore wrong": counts["vstore"], **sizes}


def shares(seed: int, mixed: int, pure: int) -> dict[str, Any]:
    """Work: grade every system on every history."""
    systems: dict[str, graded.System] = {
        "vstore": graded.vstore,
        "WikiWho": graded.wikiwho,
        "plain fold": graded.fold,
    }
    if peers_wikiwho.absent():
        del systems["WikiWho"]
    whole = ["mixed", *(f"mixed, in {language}" for language in LANGUAGES)]
    found: dict[str, Counts] = {
        what: {} for what in (*whole, *(f"mixed, {mix}" for mix in MIXES), UNCLEAR, *PURE, FROM_THE_FIRST)
    }
    for kind, language, each in _histories(seed, mixed, pure):
        is_clear = kind != UNCLEAR
        history = record(each, kind if is_clear else "mixed", language=language, is_clear=is_clear)
        answers = {name: graded.answers(history, system) for name, system in systems.items()}
        for what in (kind, *_also(history, is_clear)):
            _add(found[what], history, answers)
        if kind in PURE:
            _add(found[FROM_THE_FIRST], history, answers, followed=False)
    return {"counts": {what: counts for what, counts in found.items() if counts}}


def _also(history: History, is_clear: bool) -> tuple[str, ...]:
    """The other rows that a history counts in."""
    if history.kind != "mixed" or not is_clear:
        return ()
    return f"mixed, in {history.language}", f"mixed, {history.mix}"


def _histories(seed: int, mixed: int, pure: int) -> Iterator[tuple[str, str, int]]:
    """Kind, language and seed of each history."""
    for language in LANGUAGES:
        for kind in ("mixed", UNCLEAR, *PURE):
            for each in range(pure if kind in PURE else mixed):
                yield kind, language, seed + each


def _add(
    total: Counts, history: History, answers: dict[str, list[graded.Answer]], *, followed: bool = True
) -> None:
    total["histories"] = total.get("histories", 0) + 1
    total["versions"] = total.get("versions", 0) + len(history.steps)
    for name, given in answers.items():
        bad, of = graded.grade(history, given, followed=followed)
        total[name] = total.get(name, 0) + bad
    total["characters"] = total.get("characters", 0) + of
