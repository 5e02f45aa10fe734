"""The Finger Lakes page: a small history by hand, with the author of each token as WikiWho's authors say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench import corpora, graded, peers_fold, peers_wikiwho
from bench.graded import Answer
from bench.options import Options
from bench.report import Row, Table, Target
from vstore.text import tokens

GOLD = "fingerlakes.json"


def measure(_options: Options, _scratch: Path) -> list[Table]:
    """One table of how many differ, and one of each difference."""
    title = f"blame of {GOLD}: tokens with another origin than its authors say"
    reason = corpora.absent(GOLD)
    if reason:
        return [Table(title, notes=[reason])]
    revisions = json.loads((corpora.folder() / GOLD).read_text(encoding="utf-8"))["revisions"]
    found = {name: _differences(revisions, answers) for name, answers in _answers(revisions).items()}
    count = sum(len(revision["tokens"]) for revision in revisions)
    table = Table(title)
    table.rows = [{"what": name, "differ": len(rows), "of": count} for name, rows in found.items()]
    table.targets.append(Target("vstore", len(found["vstore"]), 0, "tokens that differ"))
    table.notes += filter(None, [peers_wikiwho.absent()])
    ours = found["vstore"]
    return [table, Table("each difference of vstore", rows=ours)] if ours else [table]


def _answers(revisions: list[dict[str, Any]]) -> dict[str, list[Answer]]:
    texts: list[str] = [revision["text"] for revision in revisions]
    with graded.stored((revision["editor"], revision["text"]) for revision in revisions) as store:
        found = {"vstore": graded.of_vstore(store, range(len(texts)))}
    if not peers_wikiwho.absent():
        found["WikiWho"] = list(peers_wikiwho.origins(texts))
    found["plain fold"] = list(peers_fold.origins(texts))
    return found


def _differences(revisions: list[dict[str, Any]], answers: list[Answer]) -> list[Row]:
    return [row for each in zip(revisions, answers, strict=True) for row in _of_revision(*each)]


def _of_revision(revision: dict[str, Any], answer: Answer) -> list[Row]:
    rows: list[Row] = []
    at = 0
    text: str = revision["text"]
    for number, ((start, end), gold) in enumerate(zip(tokens(text), revision["tokens"], strict=True), 1):
        assert text[start:end] == gold["t"], "their tokens are ours"
        said = answer[at] if answer else -1
        at += end - start
        if said != gold["origin"]:
            rows.append(_row(revision["rev"], number, gold, said))
    return rows


def _row(revision: int, number: int, gold: dict[str, Any], said: int) -> Row:
    what = f"revision {revision}, token {number}: {gold['t']}"
    return {"what": what, "theirs": gold["origin"], "ours": said}
