"""Stories that nobody would send but who means harm: what blame of them takes in time and memory."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.figures import timed
from bench.options import Options
from bench.processes import work
from bench.report import Table

SECOND = 1_000_000.0
QUICK = 20
"""With `--quick`, one part in so many of each story."""

_FIRST = datetime(2019, 1, 1, tzinfo=UTC)


def measure(options: Options, _scratch: Path) -> list[Table]:
    """One table: each story in a process of its own, in memory."""
    table = Table("blame of hostile stories, from scratch: each in a process of its own")
    for name in STORIES:
        spent = work("blame_hostile:ask", name=name, part=QUICK if options.quick else 1)
        table.rows.append({"what": name, **spent.answer, "peak MB": spent.peak_mb})
    table.notes.append("The import is apart: it compares each version with the one before it in its order.")
    return [table]


def ask(name: str, part: int) -> dict[str, Any]:
    """Work: take in one story, and blame its current version; twice."""
    from vstore.model import Wire
    from vstore.opening import open_store

    count, texts, is_newest_first = STORIES[name]
    moments = [_FIRST + timedelta(seconds=at) for at in range(count // part)]
    dates = reversed(moments) if is_newest_first else moments
    wires = (Wire(story="s", text=text, date=date) for text, date in zip(texts(part), dates, strict=False))
    with open_store("memory:") as store:
        took, counts = timed(lambda: store.import_wires(wires))
        first, blame = timed(lambda: store.blame("s"))
        again, same = timed(lambda: store.blame("s"))
        assert blame == same
        assert "".join(hunk.text for hunk in blame.hunks) == store.text("s")
    return {
        "versions": counts.new + counts.changed,
        "import s": took / SECOND,
        "blame s": first / SECOND,
        "again s": again / SECOND,
    }


def _prose(seed: int, words: int) -> str:
    chance = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    ends = (" ",) * 12 + (". ", ".\n\n")
    return "".join(
        "".join(chance.choices(letters, k=chance.randint(1, 9))) + chance.choice(ends) for _ in range(words)
    )


def _edited(words: int) -> Callable[[int], Iterator[str]]:
    """One text of so many words, of which a version replaces one."""

    def texts(part: int) -> Iterator[str]:
        chance = random.Random(1)
        text = _prose(2, words // part if words > 1_000 else words).split(" ")
        while True:
            text[chance.randrange(len(text))] = f"word{chance.randrange(10**6)}"
            yield " ".join(text)

    return texts


def _repeated(part: int) -> Iterator[str]:
    for count in (300_000, 299_999, 299_000, 300_000, 150_000):
        yield "no " * (count // part)


def _new(_part: int) -> Iterator[str]:
    return (_prose(seed, 500) for seed in range(2_000))


def _in_turn(_part: int) -> Iterator[str]:
    texts = _prose(1, 500), _prose(2, 500)
    return (texts[at % 2] for at in range(2_000))


def _equal_lines(part: int) -> Iterator[str]:
    lines = "x\n \n" * (50_000 // part)
    yield from (lines, lines + "y", "z" + lines)


Story = tuple[int, Callable[[int], Iterator[str]], bool]
"""How many versions, their texts by the part wanted, and whether the newest is sent first."""

STORIES: dict[str, Story] = {
    "50,000 versions": (50_000, _edited(60), False),
    "500,000 tokens in one text": (4, _edited(450_000), False),
    "one word, 300,000 times": (5, _repeated, False),
    "2,000 versions, each wholly new": (2_000, _new, False),
    "two texts in turn, 2,000 times": (2_000, _in_turn, False),
    "50,000 equal lines": (3, _equal_lines, False),
    "2,500 late wires, newest first": (2_500, _edited(60), True),
    "5,000 late wires, newest first": (5_000, _edited(60), True),
    "10,000 late wires, newest first": (10_000, _edited(60), True),
}
