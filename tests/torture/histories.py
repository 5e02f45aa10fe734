"""Histories: operations as chance has them, on stores in SQLite files beside stores in memory.

Each answer, and each error with its facts, is the same on both. In the end all that can be asked is asked,
fsck finds nothing, and every version that was ever acknowledged is there with its text.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from torture.asking import QUESTIONS
from torture.changes import CHANGES
from torture.report import Part
from torture.sides import Kept, Side, empty, in_memory, in_sqlite
from torture.sizes import Sizes
from torture.watched import Case, Outcome, came_through, watched
from vstore import importing, tracing
from vstore.checking.run import check
from vstore.checking.scope import Scope
from vstore.errors import VstoreError
from vstore.model import Version
from vstore.store import Store

OPERATIONS = {operation.__name__: operation for operation in (*CHANGES, *QUESTIONS)}
NAMES, WEIGHTS = list(OPERATIONS), [*CHANGES.values(), *QUESTIONS.values()]
BATCH, LONG = 3, 6
"""In place of what they are: wires that are kept together, versions from which on there are checkpoints."""

CHECKED = 3
"""One history in so many ends with fsck, which takes longer than most."""


class Step(NamedTuple):
    """An operation, and the seed of what it draws: so steps can be left out, and the others stay."""

    name: str
    seed: int


def drawn(dice: random.Random, most: int) -> list[Step]:
    """A history of so many steps at most."""
    count = dice.randrange(1, most + 1)
    first = dice.choices(list(CHANGES), list(CHANGES.values()), k=(count + 2) // 3)
    names = [operation.__name__ for operation in first] + dice.choices(NAMES, WEIGHTS, k=count - len(first))
    return [Step(name, dice.getrandbits(32)) for name in names]


class Player:
    """Plays histories in a folder, each from empty stores on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._template = empty(folder)

    def played(self, steps: list[Step], *, is_checked: bool = True) -> list[str]:
        """What was not as it must be, up to the first step that went wrong."""
        with self._sides() as sides:
            for at, step in enumerate(steps):
                if wrong := _different(sides, step):
                    return [f"step {at}, {step.name}: {wrong}"]
            try:
                return [f"in the end: {wrong}" for wrong in _ending(sides, is_checked=is_checked)]
            except Exception as error:  # noqa: BLE001  as below
                return [f"in the end: {came_through(error)}"]

    def shortest(self, steps: list[Step]) -> list[Step]:
        """Without the steps that it goes wrong without."""
        for at in reversed(range(len(steps))):
            fewer = steps[:at] + steps[at + 1 :]
            if self.played(fewer):
                steps = fewer
        return steps

    @contextmanager
    def _sides(self) -> Iterator[list[Side]]:
        folders = [self._folder / "memory", self._folder / "sqlite"]
        for folder in folders:
            folder.mkdir()
        sides = [Side(folders[0], in_memory()), Side(folders[1], in_sqlite(self._template))]
        try:
            yield sides
        finally:
            for side in sides:
                side.close()
            for folder in folders:
                shutil.rmtree(folder)


def _different(sides: list[Side], step: Step) -> str | None:
    """Both answers, where they are not the same; or what came through."""
    try:
        right, found = (_answer(side, step) for side in sides)
    except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
        return came_through(error)
    return None if found == right else f"{str(found)[:600]}, and in memory {str(right)[:600]}"


def _answer(side: Side, step: Step) -> Any:
    """An answer in full, or an error with its facts."""
    dice = random.Random(step.seed)
    side.turn(dice)
    operation: Any = OPERATIONS[step.name]
    try:
        if operation in QUESTIONS:
            return _plain(operation(side, side.then(dice), dice))
        return _plain(operation(side, dice))
    except VstoreError as error:
        return type(error).__name__, error.to_dict()


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list | Iterator):
        return [_plain(each) for each in value]
    return value


def _ending(sides: list[Side], *, is_checked: bool) -> Iterator[str]:
    for place in sides[1].places:
        memory, sqlite = (side.at(place) for side in sides)
        with sqlite._storage.snapshot():  # on one connection, since to open more takes most of the time
            found = _everything(sqlite)
            problems = check(sqlite._storage, Scope(level="deep")).problems if is_checked else ()
        if found != (right := _everything(memory)):
            yield f"place {place} holds {found}, and in memory {right}"
        yield from (f"fsck at place {place}: {each.problem}: {each.detail}" for each in problems)
        yield from _lost(sides[1].acknowledged[place], found)


def _everything(store: Store) -> list[tuple[Version, str]]:
    """All versions with their texts, or what is left of them."""
    return [(version, store._stored(version)) for version in store.log()]


def _lost(acknowledged: list[Kept], found: list[tuple[Version, str]]) -> Iterator[str]:
    there = {(version.story, version.number, version.id): text for version, text in found}
    erased = {(version.story, version.number, version.id) for version, _ in found if version.redacted}
    for told, text in acknowledged:
        if told not in there or (there[told] != text and told not in erased):
            yield f"{told.story}@{told.number} is not what was acknowledged"


@contextmanager
def small() -> Iterator[None]:
    """Batches and stories count as long sooner than they do."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(importing, "BATCH_WIRES", BATCH))
        stack.enter_context(patch.object(tracing, "LONG", LONG))
        yield


def tried(player: Player, most: int, seed: int, number: int) -> tuple[str, list[str]]:
    """One history; where it went wrong, also the shortest that does."""
    dice = random.Random(f"{seed} {number}")
    steps = drawn(dice, most)
    wrong = player.played(steps, is_checked=dice.randrange(CHECKED) == 0)
    if wrong:
        shortest = player.shortest(steps)
        wrong.append(f"shortest: {[tuple(step) for step in shortest]}: {player.played(shortest)}")
    return "histories", wrong


def attack(part: Part, scratch: Path, sizes: Sizes) -> None:
    """So many histories, shared out among as many children as there are jobs."""
    numbers = sizes.numbers(sizes.histories)
    operations: Counter[str] = Counter()

    def case(player: Player) -> Case:
        return lambda number, _dice: tried(player, sizes.steps, part.seed, numbers[number])

    def hear(outcome: Outcome) -> None:
        number = numbers[outcome.number]
        steps = drawn(random.Random(f"{part.seed} {number}"), sizes.steps)
        operations.update(step.name for step in steps)
        part.case(outcome.kind, f"history {number}", outcome.wrong)

    with small():
        players = [Player(scratch / f"player {job}") for job in range(sizes.jobs)]
        watched(list(map(case, players)), len(numbers), part.seed, hear)
    for name, times in operations.most_common():
        part.count(f"operations: {name}", times)
