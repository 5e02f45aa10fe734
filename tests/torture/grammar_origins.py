"""Kept origins: frames, the columns in them, and what blame makes of a story that has such ones."""

from __future__ import annotations

import random
from functools import partial
from unittest.mock import patch

from backends import Clock
from edited import prose, revised

from torture.grammars import Grammar, of
from torture.mutations import Columns, columns_mutated
from vstore import tracing
from vstore.errors import Corrupt
from vstore.origins.checkpoints import answered, reach
from vstore.origins.columns import BrokenError, packed, unpacked
from vstore.rows import ANSWER, CHECKPOINT, Kept
from vstore.storage.memory import MemoryStorage
from vstore.storage.schema import FORMAT
from vstore.store import Store

VERSIONS = 9
SOURCES = ("North", "South", None)
STORY = "s"
MUCH = 1 << 30


class Subject:
    """A story in memory that was blamed on the way: so it has checkpoints and answers."""

    def __init__(self) -> None:
        dice = random.Random(1)
        self.storage = MemoryStorage({"format": str(FORMAT)})
        self.texts = [prose(dice)[:300]]
        while len(self.texts) < VERSIONS:
            last = self.texts[-1] or self.texts[0]
            self.texts.append(
                dice.choice([revised(dice, last, 2), revised(dice, last, 1), self.texts[0], ""])
            )
        with patch.multiple(tracing, LONG=3, SHARE=0.000_1, isqrt=lambda _: 3):
            for at, text in enumerate(self.texts):
                self._opened().add(STORY, text, source=SOURCES[at % 3], again=True)
                self._opened().blame(STORY)
        self.answer = self.storage.kept_all(STORY, ANSWER)[-1]
        self.checkpoints = self.storage.kept_all(STORY, CHECKPOINT)
        self._store = self._opened()

    def _opened(self) -> Store:
        return Store(self.storage, "here", clock=Clock())

    def ask(self, *kept: Kept) -> None:
        """With these origins in place of what was kept, which may be wrong: texts are right all the same."""
        self.storage._origins[STORY] = list(kept)
        self._store._local.tracing = None  # what was followed before is forgotten, the texts stay at hand
        with patch.multiple(tracing, LONG=3, SHARE=0.000_1):
            for which, reverse in ((VERSIONS, False), (5, False), (2, True)):
                found = self._store.blame(STORY, which, reverse=reverse)
                assert "".join(hunk.text for hunk in found.hunks) == self.texts[which - 1]
            assert list(self._store.trace_paragraphs(STORY, VERSIONS - 1, paragraph=1))


def _read_frame(body: bytes) -> None:
    columns = unpacked(body)
    assert list(map(list, unpacked(packed(columns)))) == list(map(list, columns))


def _answered(subject: Subject, columns: Columns) -> None:
    text, rank, body = subject.texts[-1], VERSIONS - 1, packed(columns)
    found = answered(body, text, rank)
    assert sum(strand.length for strand in found.strands) == len(text)
    assert all(max(strand.origin, strand.touch) <= rank for strand in found.strands)
    subject.ask(subject.answer._replace(body=body))


def _followed(subject: Subject, at: int, columns: Columns) -> None:
    """One checkpoint among the others."""
    kept = list(subject.checkpoints)
    kept[at] = kept[at]._replace(body=packed(columns))
    reach(kept[at].body)
    subject.ask(*kept)


def _columns(kept: Kept) -> Columns:
    return [list(column) for column in unpacked(kept.body)]


def grammars(_scratch: object) -> dict[str, Grammar]:
    """By name."""
    subject, bad = Subject(), (BrokenError, Corrupt)
    bodies = [each.body for each in (subject.answer, *subject.checkpoints)]
    frames = Grammar(of(*bodies), _read_frame, bad, (b"x\x9c", b"\xff\xff", packed([[0] * 99_999])))
    answers = of(_columns(subject.answer))
    found = {
        "frames of kept origins": frames,
        "kept answers": Grammar(answers, partial(_answered, subject), bad, worse=columns_mutated),
    }
    for name, at in (("first checkpoints", 0), ("last checkpoints", -1)):
        read = partial(_followed, subject, at)
        found[name] = Grammar(of(_columns(subject.checkpoints[at])), read, bad, worse=columns_mutated)
    return found
