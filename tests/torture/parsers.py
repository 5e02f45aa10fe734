"""Whatever comes from outside, or from a damaged store, is read: never another error than vstore's own.

An input is a valid one, or one that was made worse, once or some times. What is read of it must be true to
it. A child reads, under a bound of memory, and writes down which input it is at: so one that hangs or
crashes is known.
"""

from __future__ import annotations

import random
import resource
import time
import warnings
from collections.abc import Callable, Mapping
from mmap import mmap
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from torture import (
    grammar_carried,
    grammar_commands,
    grammar_origins,
    grammar_stored,
    grammar_wires,
    grammar_words,
)
from torture.grammars import Grammar
from torture.report import Part
from torture.sizes import Sizes
from torture.watched import Case, Outcome, came_through, watched
from vstore import chain

Grammars = Callable[[Path], Mapping[str, Grammar]]

ROOMS: tuple[Grammars, ...] = (
    grammar_words.grammars,
    grammar_wires.grammars,
    grammar_stored.grammars,
    grammar_origins.grammars,
    grammar_carried.grammars,
    grammar_commands.grammars,
)

CHUNK = 250
"""Inputs between two signs of life."""

SILENCE = 120.0
"""Seconds that a chunk may take."""

MOST_SECONDS = 10.0
"""Of a processor's time that one input may take; the slowest are of 100,000 bytes of YAML."""

MOST_BYTES = 1 << 26
"""What a payload may be unpacked to, in place of what it is."""

MOST_MEMORY = 1 << 30
"""Bytes that a child may come to have beside what it had before."""

READ = "read to the end"
"""What a child tells of a chunk; anything else is a crash or a hang."""

TIMES = (0, 1, 1, 1, 2, 2, 3, 5, 9)
"""How often an input is made worse."""


class Tally:
    """What a child has done, in memory that it shares: it is there even when the child is not."""

    FIELDS = ("at", "read", "refused", "micros")

    def __init__(self) -> None:
        self._shared = memoryview(mmap(-1, 4_096)).cast("q")

    def __getitem__(self, field: str) -> int:
        return self._shared[self.FIELDS.index(field)]

    def __setitem__(self, field: str, value: int) -> None:
        self._shared[self.FIELDS.index(field)] = value


class Reader(NamedTuple):
    """A parser, and the seed of its inputs."""

    name: str
    grammar: Grammar
    seed: int

    def made(self, number: int) -> tuple[Any, bool]:
        """The input of this number, and whether it is valid."""
        grammar, dice = self.grammar, random.Random(f"{self.seed} {self.name} {number}")
        value, times = grammar.valid(dice), dice.choice(TIMES)
        for _ in range(times):
            value = grammar.worse(dice, value, grammar.words)
        return value, times == 0

    def tried(self, number: int) -> tuple[str, list[str]]:
        """Whether an input was read or refused, and what was wrong with that."""
        value, is_valid = self.made(number)
        began = time.process_time()
        kind, wrong = "refused", []
        try:
            self.grammar.read(value)
            kind = "read"
        except self.grammar.refusals as error:
            if is_valid:
                wrong = [f"a valid input was refused: {type(error).__name__}: {error}"]
        except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
            wrong = [came_through(error)]
        if (took := time.process_time() - began) > MOST_SECONDS:
            wrong.append(f"it took {took:.1f} s")
        return kind, wrong

    def told(self, number: int, wrong: str) -> str:
        """A finding, with its input."""
        return f"input {number}: {wrong}: {shown(self.made(number)[0])}"

    def chunk(self, numbers: range, tally: Tally) -> list[str]:
        """Findings of some inputs, in a child."""
        _bound()
        found: list[str] = []
        for number in numbers:
            tally["at"] = number
            began = time.process_time_ns()
            kind, wrong = self.tried(number)
            tally["micros"] = max(tally["micros"], (time.process_time_ns() - began) // 1_000)
            tally[kind] += 1
            found += (self.told(number, each) for each in wrong)
        return found


def shown(value: Any) -> str:
    """An input in a finding."""
    text = repr(value)
    return text if len(text) < 400 else f"{text[:300]}… {len(text):,} characters"


def _bound() -> None:
    """No more memory than this, from now on; warnings are errors as in every test."""
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        bound = pages * resource.getpagesize() + MOST_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
        warnings.simplefilter("error")


def grammars(scratch: Path) -> dict[str, Grammar]:
    """All of them, by name; what they need is made in the folder."""
    return {name: grammar for room in ROOMS for name, grammar in room(scratch).items()}


def attack(part: Part, scratch: Path, sizes: Sizes) -> None:
    """So many inputs for each parser."""
    with patch.object(chain, "MOST_BYTES", MOST_BYTES):
        known = grammars(scratch)
        for name in sizes.parsers or known:
            attack_one(part, Reader(name, known[name], part.seed), sizes)


def attack_one(part: Part, reader: Reader, sizes: Sizes) -> None:
    """So many inputs for one, in children that are watched."""
    every, name = sizes.numbers(sizes.inputs), reader.name
    chunks = [every[start : start + CHUNK] for start in range(0, len(every), CHUNK)]
    tallies = [Tally() for _ in range(sizes.jobs)]

    def case(tally: Tally) -> Case:
        return lambda number, _dice: (READ, reader.chunk(chunks[number], tally))

    def hear(outcome: Outcome) -> None:
        found = outcome.wrong
        if outcome.kind != READ:
            at = next(tally["at"] for tally in tallies if tally["at"] in chunks[outcome.number])
            found = [reader.told(at, each) for each in found]
        for each in found:
            part.case(f"{name}: broken", name, [each])
        part.tell(f"{name}, {sum(tally['read'] + tally['refused'] for tally in tallies):,} inputs")

    watched(list(map(case, tallies)), len(chunks), part.seed, hear, SILENCE)
    for kind in ("read", "refused"):
        part.count(f"{name}: {kind}", sum(tally[kind] for tally in tallies))
    part.count(f"{name}: microseconds of the slowest", max(tally["micros"] for tally in tallies))
