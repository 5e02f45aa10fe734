"""I/O errors at every call of every operation: the store is as before or as after, and nobody was lied to."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from torture.contents import Acknowledged
from torture.faulty import KINDS, Fault, failing
from torture.judging import Ended, Ready, calls_of, judged, ready
from torture.report import Part
from torture.sizes import Sizes
from torture.watched import came_through
from vstore.errors import StorageRefused, VstoreError


def attack(part: Part, names: tuple[str, ...], scratch: Path, sizes: Sizes) -> None:
    """Every call of every operation fails in every way; or a sample of them."""
    for name in names:
        place = scratch / name
        it = ready(name, place)
        dice = random.Random(f"{part.seed} {name}")
        for fault in _faults(it, place / "case", sizes, dice):
            part.case(name, f"{name}: {fault}", broken(it, fault, place / "case"))


def _faults(it: Ready, place: Path, sizes: Sizes, dice: random.Random) -> Iterator[Fault]:
    for kind in KINDS:
        calls = range(1, calls_of(it, place, kind) + 1)
        for is_lasting in (False, True):
            yield from (Fault(kind, at, is_lasting) for at in sizes.sample(calls, dice))


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
            except SystemError as error:  # two errors at once, which apsw does not know how to raise
                told = StorageRefused(f"apsw: {error}")
            except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
                return [f"{faults.failed[:1]}: {came_through(error)}"]
        return [f"{faults.failed[:1]}: {each}" for each in judged(it, place, Ended(acknowledged, told))]
    finally:
        shutil.rmtree(place)
