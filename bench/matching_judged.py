"""What was found for wires whose stories are known, at every confidence that one might ask for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bench.matching_made import LEAST
from bench.report import Row, Table, Target
from vstore.alike import SURE, UNSURE
from vstore.store import Store

THRESHOLDS = (0.05, 0.1, UNSURE, 0.2, 0.25, SURE, 0.3, 0.35, 0.4, 0.5, 0.6, 0.8)
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)
"""Where the columns of the curve begin: shares of a wire's words that are its story's."""

ENOUGH = 0.4
"""Copies that share so much are promised to be found."""

WRONG, MISSED = 1.0, 5.0
"""Per cent of matches, and of such copies, at most."""


class Judged(NamedTuple):
    """A wire and what was found for it."""

    kind: str
    story: str | None
    """Its own; None if it has none in the store."""
    share: float
    """Of its words, those that stand in its story in stretches of five or more."""
    found: str | None
    confidence: float

    def is_taken(self, threshold: float) -> bool:
        """Whether it goes to the story that was found."""
        return self.found is not None and self.confidence >= threshold

    def is_right(self, threshold: float) -> bool:
        """Whether that is its own."""
        return self.is_taken(threshold) and self.found == self.story


def judge(store: Store, kind: str, text: str, story: str | None, share: float) -> Judged:
    """Ask the store."""
    nearest = store.match(text).nearest
    return Judged(kind, story, share, *((nearest.story, nearest.confidence) if nearest else (None, 0.0)))


def share_of(text: str, others: Iterable[Sequence[str]]) -> float:
    """Of its words, those in stretches of five or more that one of the others has; counted, not sampled."""
    own = plain_words(text)
    best = 0
    for other in others:
        known = set(zip(*(other[at:] for at in range(LEAST)), strict=False))
        stretches = enumerate(zip(*(own[at:] for at in range(LEAST)), strict=False))
        best = max(best, len({at + k for at, run in stretches if run in known for k in range(LEAST)}))
    return best / max(len(own), 1)


def plain_words(text: str) -> list[str]:
    """Words as the bench knows them, not vstore."""
    return re.findall(r"\w+", text.lower())


def tables(title: str, judged: Sequence[Judged]) -> list[Table]:
    """The curve, and what became of each kind."""
    return [curve(title, judged), kinds(title, judged)]


def curve(title: str, judged: Sequence[Judged]) -> Table:
    """How often a match is right, and how many copies are found, at each confidence."""
    copies = [each for each in judged if each.story]
    enough = [each for each in copies if each.share >= ENOUGH]
    table = Table(f"{title}: {len(judged):,} wires, {len(copies):,} of a story, {len(enough):,} share 40 %")
    for threshold in THRESHOLDS:
        row: Row = {
            "what": f"from {threshold}{_SAID.get(threshold, '')}",
            "precision": _precision(judged, threshold),
        }
        row["recall, 40 % or more"] = _recall(enough, threshold)
        for low, high in zip(SHARES, (*SHARES[1:], math.inf), strict=True):
            some = [each for each in copies if low <= each.share < high]
            row[f"from {low:.0%} ({len(some)})"] = _recall(some, threshold) if some else "–"
        table.rows.append(row)
    precise = [each for each in THRESHOLDS if _precision(judged, each) >= 1 - WRONG / 100]
    table.targets = [
        Target("sure: matches that are wrong", 100 * (1 - _precision(judged, SURE)), WRONG, "%"),
        Target("sure: copies sharing 40 % that are missed", 100 * (1 - _recall(enough, SURE)), MISSED, "%"),
        *(
            Target(
                f"at 99 % precision, from {each}: such copies missed",
                100 * (1 - _recall(enough, each)),
                MISSED,
                "%",
            )
            for each in precise[:1]
        ),
    ]
    return table


_SAID = {SURE: " = sure", UNSURE: " = unsure"}


def kinds(title: str, judged: Sequence[Judged]) -> Table:
    """What the verdicts were."""
    table = Table(f"{title}, by kind, as the verdicts stand")
    for kind in dict.fromkeys(each.kind for each in judged):
        some = [each for each in judged if each.kind == kind]
        sure = [each for each in some if each.is_taken(SURE)]
        right = sum(each.is_right(SURE) for each in sure)
        asked = [each for each in some if each.is_taken(UNSURE) and not each.is_taken(SURE)]
        table.rows.append(
            {
                "what": kind,
                "wires": len(some),
                "mean share": sum(each.share for each in some) / len(some),
                "sure and right": right,
                "sure and wrong": len(sure) - right,
                "unsure, the right story": sum(each.is_right(UNSURE) for each in asked),
                "unsure, another": sum(not each.is_right(UNSURE) for each in asked),
                "new": len(some) - len(sure) - len(asked),
            }
        )
    return table


def _precision(judged: Sequence[Judged], threshold: float) -> float:
    taken = [each for each in judged if each.is_taken(threshold)]
    return sum(each.is_right(threshold) for each in taken) / max(len(taken), 1)


def _recall(copies: Sequence[Judged], threshold: float) -> float:
    return sum(each.is_right(threshold) for each in copies) / max(len(copies), 1)
