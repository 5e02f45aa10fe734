"""Cases that may crash or hang, in children that are watched: one that is silent for too long is killed."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

SILENCE = 30.0
"""Seconds that a case may take; a hundred times what the slowest does."""

Case = Callable[[int, random.Random], tuple[str, list[str]]]
"""Tries the case of this number: its kind, and what broke."""


class Outcome(NamedTuple):
    """Of one case."""

    number: int
    kind: str
    wrong: list[str]


class _Child:
    """Tries cases one by one, and says before each that it begins and after each how it ended."""

    def __init__(self, case: Case, numbers: Sequence[int], seed: int) -> None:
        self.numbers = list(numbers)
        self.stream, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _work(case, self.numbers, seed, writing)
        os.close(writing)
        self.rest = b""

    def lines(self) -> list[list[Any]] | None:
        """What it has said since; None once it is over."""
        found = os.read(self.stream, 1 << 16)
        *lines, self.rest = (self.rest + found).split(b"\n")
        return [json.loads(line) for line in lines] if found else None

    def end(self) -> int:
        os.close(self.stream)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def _work(case: Case, numbers: list[int], seed: int, writing: int) -> None:
    try:
        for number in numbers:
            try:
                kind, wrong = case(number, random.Random(f"{seed} {number}"))
            except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
                kind, wrong = "another error", [came_through(error)]
            os.write(writing, json.dumps([number, kind, wrong]).encode() + b"\n")
    finally:
        os._exit(0)


def came_through(error: BaseException) -> str:
    """An error that is none of ours, and where it comes from."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} came through: {error} ({where})"


def watched(
    cases: Sequence[Case], count: int, seed: int, hear: Callable[[Outcome], None], silence: float = SILENCE
) -> None:
    """Try all cases, shared out among as many children as there are ways to try one."""
    ways = len(cases)
    children = {_Child(case, range(at, count, ways), seed): case for at, case in enumerate(cases)}
    while children:
        ready, _, _ = select.select([child.stream for child in children], [], [], silence)
        for child in [each for each in children if each.stream in ready or not ready]:
            case = children.pop(child)
            lines = child.lines() if ready else None
            for number, kind, wrong in lines or []:
                hear(Outcome(number, kind, wrong))
                child.numbers.remove(number)
            if lines is not None:
                children[child] = case
                continue
            if not ready:
                os.kill(child.pid, signal.SIGKILL)
            code = child.end()
            if child.numbers:  # it died, or was killed, in the midst of the first that is left
                what = f"a crash: the child ended with {code}" if ready else f"a hang of {silence} s"
                hear(Outcome(child.numbers[0], "a crash or a hang", [what]))
                if child.numbers[1:]:
                    children[_Child(case, child.numbers[1:], seed)] = case
