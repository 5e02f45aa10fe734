"""Damage that is repaired, with another store that has everything, and without any.

Never a wrong text; what another store has comes back under the ids that it had; what cannot be had is told by
its story; the file as it was is kept, byte for byte; and what is repaired has no problem any more.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from torture.damage import (
    ERROR,
    Answers,
    Damage,
    Subject,
    answers,
    copies,
    flips,
    larger,
    mixed,
    opened,
    restore,
    small,
    write,
)
from torture.report import Part
from torture.sizes import Sizes
from torture.watched import Case, Outcome, watched
from vstore.answers import Problem, Repaired
from vstore.errors import VstoreError
from vstore.model import Version
from vstore.repairing import Options, repaired_file
from vstore.storage.sql import SqlStorage
from vstore.storage.sqlite import SqliteDatabase

STORED = ("base", "stored_bytes", "last_seen")
"""How a text is stored, and when it was seen again: repairing may change the one and drop the other."""

UNREADABLE = ("no story can be read", "is no vstore store")
"""What of a store is said of which nothing is left."""

SMALL, BYTES, LARGER = 0.45, 0.45, 0.1
"""Shares of the damages: of all kinds and of single bytes to a small store, of all kinds to a larger one."""


def attack_all(part: Part, scratch: Path, sizes: Sizes) -> None:
    """Damage two stores in many ways, and repair each twice."""
    one, other = small(scratch / "small"), larger(scratch / "larger")
    count = sizes.repairs
    dice = random.Random(f"{part.seed} bytes")
    every = dice.sample(list(flips(one.whole, part.seed, 1.0)), int(count * BYTES))
    attack(part, copies(one, sizes.jobs), every, "a byte")
    for subject, kind, share in ((one, "small store", SMALL), (other, "larger store", LARGER)):
        attack(
            part, copies(subject, sizes.jobs), list(mixed(subject.whole, part.seed, int(count * share))), kind
        )


def attack(part: Part, subjects: Sequence[Subject], damages: Sequence[Damage], kind: str) -> None:
    """Each damage is repaired from another store and then, damaged again, without one."""

    def case(subject: Subject) -> Case:
        return lambda number, _dice: broken(subject, damages[number // 2], has_other=number % 2 == 0)

    def hear(outcome: Outcome) -> None:
        about = f"{kind} {outcome.number // 2}: {damages[outcome.number // 2]}"
        with_other = "with another" if outcome.number % 2 == 0 else "alone"
        part.case(f"{kind}, {with_other}: {outcome.kind}", about, outcome.wrong)

    watched([case(each) for each in subjects], 2 * len(damages), part.seed, hear)


def broken(subject: Subject, damage: Damage, *, has_other: bool) -> tuple[str, list[str]]:
    """What became of a damaged file, in a word, and the promises that were broken."""
    write(subject, damage)
    damaged = subject.path.read_bytes()
    try:
        try:
            repaired = _repaired(subject, has_other=has_other)
        except VstoreError as error:
            return "refused", _wrongly_refused(subject, damaged, error)
        return _kind(repaired), [*_judged(subject, repaired, damaged, has_other=has_other)]
    finally:
        for each in subject.path.parent.glob(f"{subject.path.stem}.damaged-*"):
            each.unlink()
        restore(subject, Damage("whatever", length=0))


def _repaired(subject: Subject, *, has_other: bool) -> Repaired:
    place = subject.path.with_name(f"{subject.path.stem}-other.db")
    if not place.exists():
        place.write_bytes(subject.whole)
    other = SqlStorage(SqliteDatabase(place, read_only=True))
    try:
        return repaired_file(str(subject.path), Options(other=other if has_other else None))
    finally:
        other.close()


def _kind(repaired: Repaired) -> str:
    if repaired.before.ok:
        return "nothing found"
    kinds = {each.problem for each in repaired.after.problems}
    return "repaired" if repaired.ok else f"left: {', '.join(sorted(kinds))}"


def _wrongly_refused(subject: Subject, damaged: bytes, error: VstoreError) -> list[str]:
    wrong = [] if any(each in error.message for each in UNREADABLE) else [f"refused: {error.message}"]
    if subject.path.read_bytes() != damaged:
        wrong.append("refused, but the file was changed")
    if list(subject.path.parent.glob(f"{subject.path.stem}.damaged-*")):
        wrong.append("refused, but a copy was left")
    return wrong


def _judged(subject: Subject, repaired: Repaired, damaged: bytes, *, has_other: bool) -> Iterator[str]:
    left = repaired.after.problems
    if repaired.copy is None and subject.path.read_bytes() != damaged:
        yield "the file was changed and no copy kept"
    if repaired.copy is not None and Path(repaired.copy).read_bytes() != damaged:
        yield "the copy is not as the file was"
    with opened(subject.path, read_only=True) as store:
        found = answers(store, subject.truth)
        check = store.fsck()
    if not set(check.problems) <= set(left):
        yield f"fsck finds what was not told: {check.problems[:2]}"
    yield from _unlike(subject.truth, found, left, has_other=has_other)
    again = repaired_file(str(subject.path), Options())
    if repaired.ok and not again.before.ok:
        yield "it has to be repaired again"


def _unlike(truth: Answers, found: Answers, left: Sequence[Problem], *, has_other: bool) -> Iterator[str]:
    """Answers that are others than they were."""
    changed = [name for name in truth if _told(found[name]) != _told(truth[name])]
    yield from (
        f"a wrong text: {name}" for name in changed if name.startswith("text") and found[name] != ERROR
    )
    unknown = any(each.story is None for each in left)  # whose story nobody knows, or where a file was cut
    if has_other and changed and not unknown:
        yield f"another store has it, but: {changed[:3]}"
    stories = {each.story for each in left}
    lost = (name for name in changed if name.startswith("text") and found[name] == ERROR)
    untold = [name for name in lost if name[len("text ") :].rpartition("@")[0] not in stories]
    yield from (f"lost, and not told: {name}" for name in islice(untold, 0 if unknown else 3))


def _told(answer: Any) -> Any:
    """An answer without what repairing may change."""
    if isinstance(answer, list):
        return [_told(each) for each in answer]
    if isinstance(answer, Version):
        return {name: value for name, value in answer.to_dict().items() if name not in STORED}
    return answer
