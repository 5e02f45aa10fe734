"""Wires, references and moments as chance has them: few names and texts, so that they meet; some are bad."""

from __future__ import annotations

import datetime
import random
from typing import Any

from torture.sides import Side
from vstore.asking import Which
from vstore.model import Facts, Wire

STORIES = ("a", "a", "a", "a", "a@1", "a~", "@{2019}", "é", "https://example.org/?a=b", "deadbeef")
BAD_STORIES = ("", " a", "a\n", "\ud800", "x" * 4_097, "a\u2028b")
SENTENCES = (
    "The ferry sank off the cape.",
    "Nine are missing, the coast guard said.",
    "Four are missing.",
    "“We saw it burn,” a fisherman said.",
    "It was built in 1,998.5 days at a high-level yard.",
    "渡輪沉沒。四人失蹤。",
    "x 😀👩\u200d👩\u200d👧 e\u0301 \u202e",
    "Nine are missing, the coast guard said, and the search goes on at dawn until the fog comes back.",
)
GAPS = (" ", " ", "\n\n", "\n", "\r\n", "", "\0", "\t")
ODD_TEXTS = ("", " \n", "\ufeff", "%0A+\t=1", "long " * 200, "\U0001f600" * 40)
DATES = (
    *(None, None, None, "1955", "2018", "2019-01", "2019-01-15", "2019-01-15T14:30", "2019-01-16"),
    *("2019-01-15T14:30:07.25", "2019-01-15T14:30:07+02:00", "2117-03-04", "9999", "0001-01-01"),
    datetime.date(2019, 1, 15),
    datetime.datetime(2019, 1, 15, 14, 30, tzinfo=datetime.UTC),
)
BAD_DATES = ("2019-02-30", "", "yesterday", "2019-01-15T24:00", datetime.datetime(2019, 1, 15))
FACTS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {},
    {"source": "North"},
    {"source": "South", "headline": "Ferry lost"},
    {"headline": "Ferry lost"},
    {"urgency": "05", "keywords": ("ferry", "sea")},
    {"extra": {"hits": 1}},
    {"extra": {"hits": 2, "日本": [None, {"": 1e20}]}},
    {"byline": "é \t<b>", "source": "North"},
)
BAD_FACTS: tuple[dict[str, Any], ...] = (
    {"source": 7},
    {"extra": {"n": float("nan")}},
    {"extra": {"n": 1 << 60}},
    {"headline": "\udfff"},
)
OPERATORS = (
    *("", "@1", "@2", "@9", "~1", "~", "@2019-01-15", "@{2018}", "@first", "@tip", "@2019-01-16~1"),
    *("@x", "@tip~2", "@{}", "@0000", "@1..2", "@first..tip", "..", "@2019-13", "@deadbeef"),
)
BAD = 0.05
"""The share of wires that cannot be kept."""


def story(side: Side, dice: random.Random) -> str:
    """One of few, mostly one that was sent."""
    return str(dice.choice(side.sent).story) if side.sent and dice.random() < 0.85 else dice.choice(STORIES)


def text(side: Side, dice: random.Random) -> str:
    """A few sentences; or what was sent before, with one place changed."""
    chance = dice.random()
    if chance < 0.1:
        return dice.choice(ODD_TEXTS)
    if chance < 0.5 and side.sent:
        old = dice.choice(side.sent).text
        at, end = sorted(dice.randrange(len(old) + 1) for _ in range(2))
        return old[:at] + dice.choice(["", dice.choice(SENTENCES), old[at:end] * 2]) + old[end:]
    return "".join(dice.choice(SENTENCES) + dice.choice(GAPS) for _ in range(dice.randrange(1, 6)))


def wire(side: Side, dice: random.Random) -> Wire:
    """One that was not sent before, or, one time in four, one that was."""
    if side.sent and dice.random() < 0.25:
        return dice.choice(side.sent)
    made = Wire(
        story=dice.choice(BAD_STORIES) if dice.random() < BAD / 3 else story(side, dice),
        text=text(side, dice) if dice.random() > BAD / 5 else "\ud83d",
        date=_either(dice, DATES, BAD_DATES),
        facts=Facts(**_either(dice, FACTS, BAD_FACTS)),
        capture=dice.choice(({}, {}, {}, {"reader": "plain", "n": [1, None]})),
    )
    if made.text != "\ud83d" and len(made.text) < 5_000:
        side.sent.append(made)
    return made


def _either(dice: random.Random, good: tuple[Any, ...], bad: tuple[Any, ...]) -> Any:
    return dice.choice(bad if dice.random() < BAD / 3 else good)


def which(side: Side, dice: random.Random, name: str) -> Which:
    """A version of a story, as a program names it."""
    kind = dice.randrange(8)
    others: list[Which] = ["2019", "2019-01-15", "deadbeef", "tip", "", datetime.date(2018, 1, 1)]
    if kind < 2:
        return None
    if kind < 6:
        return dice.randrange(-1, 7)
    if kind == 6:
        return side.store.version(name, dice.randrange(1, 4)).id[: dice.choice([4, 7, 12, 64])]
    return dice.choice(others)


def paragraph(dice: random.Random) -> int | tuple[int, int]:
    """One, or some."""
    several: list[int | tuple[int, int]] = [1, 1, 2, 3, 0, (1, 2), (2, 9), (2, 1)]
    return dice.choice(several)


def reference(side: Side, dice: random.Random) -> str:
    """As the command line reads it."""
    name = dice.choice(["", "nobody", *(story(side, dice) for _ in range(6))])
    return name + dice.choice(OPERATORS) + dice.choice(["", "", "", dice.choice(OPERATORS)])
