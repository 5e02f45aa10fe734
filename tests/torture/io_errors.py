"""I/O errors at every call of every operation: the store is as before or as after, and nobody was lied to."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import apsw

from torture.contents import Acknowledged, Contents, contents, dishonest, lost, strange, unsound
from torture.faulty import KINDS, Fault, failing
from torture.operations import OPERATIONS, Operation
from torture.report import Part
from vstore.errors import VstoreError


class Ready(NamedTuple):
    """An operation with what it works on, and what the store holds before and after."""

    name: str
    operation: Operation
    template: Path
    before: Contents | None
    after: Contents | None


def ready(name: str, scratch: Path) -> Ready:
    """Make it so, and do it once with nothing in its way."""
    operation = OPERATIONS[name]
    template, done = scratch / "template", scratch / "done"
    operation.prepare(template)
    shutil.copytree(template, done)
    operation.run(done, lambda _: None)
    before, after = (contents(each / operation.place) for each in (template, done))
    shutil.rmtree(done)
    return Ready(name, operation, template, before, after)


def attack(part: Part, names: tuple[str, ...], scratch: Path, share: float = 1.0) -> None:
    """Every call of every operation fails in every way; or a share of them, as chance has it."""
    for name in names:
        place = scratch / name
        place.mkdir()
        it = ready(name, place)
        for fault in _faults(it, place / "case", random.Random(f"{part.seed} {name}"), share):
            part.case(name, f"{name}: {fault}", broken(it, fault, place / "case"))


def _faults(it: Ready, place: Path, dice: random.Random, share: float) -> Iterator[Fault]:
    for kind in KINDS:
        for is_lasting in (False, True):
            calls = _calls(it, place, kind)
            for at in range(1, calls + 1):
                if dice.random() < share:
                    yield Fault(kind, at, is_lasting)


def _calls(it: Ready, place: Path, kind: str) -> int:
    """How many of its calls could fail so."""
    shutil.copytree(it.template, place)
    with failing(Fault(kind, 1 << 40, is_lasting=False)) as faults:
        it.operation.run(place, lambda _: None)
    shutil.rmtree(place)
    return faults.calls


def broken(it: Ready, fault: Fault, place: Path) -> list[str]:
    """Which promises an operation breaks that meets a fault, is told of it, and is done again."""
    shutil.copytree(it.template, place)
    told: VstoreError | None = None
    acknowledged: list[Acknowledged] = []
    try:
        with failing(fault) as faults:
            try:
                it.operation.run(place, acknowledged.append)
            except VstoreError as error:
                told = error
            except apsw.Error as error:
                return [f"{faults.failed[:1]}: {type(error).__name__} came through: {error}"]
        return [f"{faults.failed[:1]}: {each}" for each in _judged(it, place, acknowledged, told)]
    finally:
        shutil.rmtree(place)


def _judged(it: Ready, place: Path, acknowledged: list[Acknowledged], told: VstoreError | None) -> list[str]:
    store = place / it.operation.place
    try:
        found = contents(store)
    except VstoreError as error:
        return [f"cannot be read any more: {type(error).__name__}: {error.message}, told before: {told}"]
    wrong = [
        *strange(found, it.before, it.after),
        *lost(found, acknowledged),
        *it.operation.check(place),
        *unsound(store),
    ]
    if it.operation.is_exact:
        wrong += dishonest(found, it.before, acknowledged, told)
    if told is None and found != it.after:
        wrong.append("not done, though no error was told")
    return wrong + _done_again(it, place)


def _done_again(it: Ready, place: Path) -> list[str]:
    """Once the disk is well, the operation comes to what it would have come to."""
    try:
        it.operation.run(place, lambda _: None)
    except VstoreError as error:
        return [f"not done again: {type(error).__name__}: {error.message}"]
    if contents(place / it.operation.place) != it.after:
        return ["done again, it comes to something else"]
    return []
