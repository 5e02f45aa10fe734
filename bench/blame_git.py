"""What git's blame makes of the same histories, one token a line, with its searches for moves and copies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench import graded, peers_git
from bench.figures import timed
from bench.histories import record
from bench.histories_prose import LANGUAGES
from bench.options import Options
from bench.processes import work
from bench.report import Row, Table

SECOND = 1_000_000.0
SYSTEMS = ("vstore", "git blame -M -C -C -C")


def measure(options: Options, scratch: Path) -> list[Table]:
    """One table: the last version of each of a few histories."""
    each = 1 if options.quick else 4
    answer = work("blame_git:histories", scratch=scratch / "blame-git", each=each).answer
    table = Table("blame of the last version, beside git on files of one token a line", rows=answer["rows"])
    table.notes.append("vstore opens no process: its time is that of the question, first asked.")
    return [table]


def histories(scratch: str, each: int) -> dict[str, Any]:
    """Work: ask both about every history."""
    rows: list[Row] = []
    for language in LANGUAGES:
        for seed in range(100, 100 + each):
            rows.append(_row(Path(scratch) / f"{language}-{seed}", language, seed))
    return {"rows": [*rows, _all(rows)]}


def _row(repository: Path, language: str, seed: int) -> Row:
    history = record(seed, language=language)
    versions = [(step.source, step.text) for step in history.steps]
    peers_git.make(repository, versions)
    seconds, theirs = peers_git.origins(repository, versions[-1][0])
    with graded.stored(versions) as store:
        microseconds, ours = timed(lambda: graded.of_vstore(store, [len(versions) - 1])[0])
    row: Row = {
        "what": f"{language}, seed {seed}",
        "versions": len(versions),
        "tokens": len(history.steps[-1].truth),
    }
    for name, spent, answer in zip(SYSTEMS, (microseconds / SECOND, seconds), (ours, theirs), strict=True):
        bad, of = graded.wrong(history.steps[-1], answer)
        row |= {f"{name}: wrong %": 100 * bad / of, f"{name}: s": spent}
    return row


def _all(rows: list[Row]) -> Row:
    """Means over the histories; of seconds, sums."""
    tokens = sum(int(row["tokens"]) for row in rows)
    total: Row = {"what": "all", "versions": sum(int(row["versions"]) for row in rows), "tokens": tokens}
    for name in SYSTEMS:
        weighed = (float(row[f"{name}: wrong %"]) * int(row["tokens"]) for row in rows)
        total[f"{name}: wrong %"] = sum(weighed) / tokens
        total[f"{name}: s"] = sum(float(row[f"{name}: s"]) for row in rows)
    return total
