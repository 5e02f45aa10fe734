"""An operation that something happened to: what it left is held against what it may leave."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from torture.contents import Acknowledged, Contents, contents, dishonest, lost, strange, unsound
from torture.faulty import Fault, failing
from torture.operations import OPERATIONS, Operation
from vstore.errors import VstoreError


class Ready(NamedTuple):
    """An operation with what it works on, and what the store holds before and after."""

    name: str
    operation: Operation
    template: Path
    before: Contents | None
    after: Contents | None
    known: list[str]
    """What fsck finds before, and may still find if the operation was cut off."""


class Ended(NamedTuple):
    """How it ended: what it had told of, and the error it told; or it was cut off."""

    acknowledged: list[Acknowledged]
    told: VstoreError | None = None
    is_cut_off: bool = False


def ready(name: str, scratch: Path) -> Ready:
    """Make it so, and do it once with nothing in its way."""
    operation = OPERATIONS[name]
    template, done = scratch / "template", scratch / "done"
    scratch.mkdir(exist_ok=True)
    operation.prepare(template)
    shutil.copytree(template, done)
    known = unsound(done / operation.place)
    shutil.rmtree(done)
    shutil.copytree(template, done)
    operation.run(done, lambda _: None)
    before, after = (contents(each / operation.place) for each in (template, done))
    shutil.rmtree(done)
    return Ready(name, operation, template, before, after, known)


def calls_of(it: Ready, place: Path, kind: str) -> int:
    """How many of its calls could fail so."""
    shutil.copytree(it.template, place)
    with failing(Fault(kind, 1 << 40, is_lasting=False)) as faults:
        it.operation.run(place, lambda _: None)
    shutil.rmtree(place)
    return faults.calls


def judged(it: Ready, place: Path, ended: Ended) -> list[str]:
    """Which promises were broken; in the end it is done again."""
    store = place / it.operation.place
    try:
        found = contents(store)
    except VstoreError as error:
        return [f"cannot be read any more: {type(error).__name__}: {error.message}; told: {ended.told}"]
    wrong = [
        *strange(found, it.before, it.after),
        *lost(found, ended.acknowledged),
        *it.operation.check(place),
        *(each for each in unsound(store) if each not in it.known),
        *_in_flight(it, found, ended),
    ]
    if it.operation.at_once and not ended.is_cut_off:
        wrong += dishonest(found, it.before, ended.acknowledged, ended.told)
    if ended.told is None and not ended.is_cut_off and found != it.after:
        wrong.append("not done, though no error was told")
    return wrong + _done_again(it, place)


def _in_flight(it: Ready, found: Contents | None, ended: Ended) -> list[str]:
    """More than was told of, and than was on its way."""
    more = len(found or {}) - len(it.before or {}) - len(ended.acknowledged)
    most = it.operation.at_once
    return [f"{more} versions more than were told of"] if most and not 0 <= more <= most else []


def _done_again(it: Ready, place: Path) -> list[str]:
    """Once all is well, the operation comes to what it would have come to."""
    try:
        it.operation.run(place, lambda _: None)
    except VstoreError as error:
        return [f"not done again: {type(error).__name__}: {error.message}"]
    if contents(place / it.operation.place) != it.after:
        return ["done again, it comes to something else"]
    return unsound(place / it.operation.place)
