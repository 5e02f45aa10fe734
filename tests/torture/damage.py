"""Damage to a store's file: never a wrong text, never another error than ours, and fsck finds what matters.

The file is changed in place, asked every question, and made whole again.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from torture.operations import wires
from torture.report import Part
from torture.sizes import Sizes
from torture.watched import Case, Outcome, watched
from vstore.errors import VstoreError
from vstore.storage.sql import SqlStorage
from vstore.storage.sqlite import SqliteDatabase, create
from vstore.store import Store

PAGE = 4096
ERROR = "an error of ours"
FSCK = 8
"""Of damage that changes no answer, fsck is asked one time in so many, lest it break down itself."""

ASKED = 12
"""So many questions are asked of a damaged store, as chance has it; where each byte turns in turn, all."""


class Damage(NamedTuple):
    """What is written over, where; and the length that is left."""

    name: str
    edits: tuple[tuple[int, bytes], ...] = ()
    length: int | None = None

    def __str__(self) -> str:
        edits = ", ".join(f"{offset}: {data[:8].hex()}" for offset, data in self.edits)
        return f"{self.name} {edits}{'' if self.length is None else f'to {self.length} bytes'}"


Answers = dict[str, Any]


class Subject(NamedTuple):
    """A store's file as it was whole, and what it then answered."""

    path: Path
    whole: bytes
    truth: Answers


def small(folder: Path) -> Subject:
    """Every table has rows: packs and loose payloads, late wires, sightings, kept origins, a dictionary."""
    return _made(folder, versions=12, stories=2, packed=8)


def larger(folder: Path) -> Subject:
    """Some hundred pages, so that trees have inner ones."""
    return _made(folder, versions=240, stories=60, packed=180)


def _made(folder: Path, *, versions: int, stories: int, packed: int) -> Subject:
    folder.mkdir(parents=True)
    path = folder / "store.db"
    create(path)
    with opened(path) as store:
        every = list(wires(5, versions, stories))
        store.import_wires(every[:packed])
        with store._storage.transaction() as writer:
            writer.add_dictionary(b"no dictionary, but whoever needs none does not mind " * 3)
        store.gc()
        store.import_wires(every[packed:])
        for story in list(store.stories()):
            store.add(story.story, store.text(story.story))  # seen again
            store.blame(story.story)
        store.fsck()
    with opened(path, read_only=True) as store:
        truth = answers(store, questions(store))
    assert ERROR not in truth.values()
    for side in ("-wal", "-shm"):
        path.with_name(f"store.db{side}").unlink(missing_ok=True)
    return Subject(path, path.read_bytes(), truth)


def opened(path: Path, *, read_only: bool = False) -> Store:
    """The store of a file."""
    database = SqliteDatabase(path, read_only=read_only, wait=1, synchronous="OFF")
    return Store(SqlStorage(database), str(path), clock=lambda: 1_767_225_600_000_000)


def answers(store: Store, names: Iterable[str]) -> Answers:
    """To these questions; an error of ours is an answer too."""
    return {name: _answer(_question(store, name)) for name in names}


def questions(store: Store) -> list[str]:
    """What can be asked of it."""
    names = ["stories", "log"]
    for story in list(store.stories()):
        names.append(f"log {story.story}")
        for number in range(1, story.versions + 1):
            names.append(f"text {story.story}@{number}")
        names += [f"{kind} {story.story}@{story.current}" for kind in ("diff", "blame")]
        names.append(f"id {store.version(story.story, 2).id}")
    return names


def _question(store: Store, name: str) -> Callable[[], Any]:
    kind, _, about = name.partition(" ")
    story, _, number = about.rpartition("@")
    with_number: dict[str, Callable[[str, int], Any]] = {
        "text": store.text,
        "diff": store.diff,
        "blame": store.blame,
    }
    if kind in with_number:
        return partial(with_number[kind], story, int(number))
    if kind == "id":
        return lambda: store.resolve(about)
    if kind == "stories":
        return lambda: list(store.stories())
    return lambda: list(store.log(about or None))


def _answer(question: Callable[[], Any]) -> Any:
    try:
        return question()
    except VstoreError:
        return ERROR


def flips(whole: bytes, seed: int, share: float) -> Iterator[Damage]:
    """Of every byte, or of a share of them, some bits turn; of those in unused room, one in a hundred."""
    dice = random.Random(f"{seed} flips")
    unused = _unused(whole)
    for offset, byte in enumerate(whole):
        if dice.random() < (share / 100 if offset in unused else share):
            yield Damage("flip", ((offset, bytes([byte ^ dice.randrange(1, 256)])),))


def _unused(whole: bytes) -> set[int]:
    """Between the cells and their pointers, on every page of a tree: nobody reads there."""
    found: set[int] = set()
    for start in range(0, len(whole), PAGE):
        head = start + (100 if start == 0 else 0)
        if whole[head] in {2, 5, 10, 13}:
            cells, content = struct.unpack(">HH", whole[head + 3 : head + 7])
            pointers = head + (12 if whole[head] in {2, 5} else 8) + 2 * cells
            found.update(range(pointers, start + (content or PAGE)))
    return found


def mixed(whole: bytes, seed: int, count: int) -> Iterator[Damage]:
    """Bytes here and there, whole sectors and pages, and the end of the file."""
    dice = random.Random(f"{seed} mixed")
    for _ in range(count):
        yield dice.choices([_scattered, _cut, _zeroed, _swapped, _noise, _shifted], [12, 1, 1, 1, 1, 1])[0](
            whole, dice
        )


def _scattered(whole: bytes, dice: random.Random) -> Damage:
    places = [dice.randrange(len(whole)) for _ in range(dice.choice([1, 1, 1, 2, 5, 40]))]
    return Damage("flips", tuple((at, bytes([whole[at] ^ dice.randrange(1, 256)])) for at in places))


def _cut(whole: bytes, dice: random.Random) -> Damage:
    length = dice.randrange(len(whole))
    return Damage("cut", length=length - length % dice.choice([1, 512, PAGE]))


def _zeroed(whole: bytes, dice: random.Random) -> Damage:
    size = dice.choice([16, 512, PAGE])
    at = dice.randrange(len(whole) // size) * size
    return Damage("zeroed", ((at, bytes(size)),))


def _swapped(whole: bytes, dice: random.Random) -> Damage:
    size = dice.choice([512, PAGE])
    one, other = (dice.randrange(len(whole) // size) * size for _ in range(2))
    edits = ((one, whole[other : other + size]), (other, whole[one : one + size]))
    return Damage("swapped", edits)


def _noise(whole: bytes, dice: random.Random) -> Damage:
    size = dice.choice([4, 64, 512, PAGE])
    at = dice.randrange(len(whole) // size) * size
    return Damage("noise", ((at, dice.randbytes(size)),))


def _shifted(whole: bytes, dice: random.Random) -> Damage:
    """An older page, as one that was never written: another page's content by a few bytes."""
    at, by = dice.randrange(len(whole) // PAGE) * PAGE, dice.choice([1, 2, 8, 100])
    return Damage("shifted", ((at, whole[at : at + PAGE - by].rjust(PAGE, b"\0")),))


def broken(subject: Subject, damage: Damage, dice: random.Random, most: int = ASKED) -> tuple[str, list[str]]:
    """What became of a damaged file, in a word, and the promises that it broke."""
    try:
        write(subject, damage)
        return _judged(subject, dice, most)
    finally:
        restore(subject, damage)


def write(subject: Subject, damage: Damage) -> None:
    """Damage the file."""
    with subject.path.open("r+b") as file:
        for offset, data in damage.edits:
            file.seek(offset)
            file.write(data)
        if damage.length is not None:
            file.truncate(damage.length)


def restore(subject: Subject, damage: Damage) -> None:
    """Make the file whole again."""
    for side in ("-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            Path(f"{subject.path}{side}").unlink()
    with subject.path.open("r+b") as file:
        if damage.length is not None or file.seek(0, 2) != len(subject.whole):
            file.seek(0)
            file.write(subject.whole)
            file.truncate()
        for offset, data in damage.edits:
            file.seek(offset)
            file.write(subject.whole[offset : offset + len(data)])


def _judged(subject: Subject, dice: random.Random, most: int) -> tuple[str, list[str]]:
    asked = dice.sample(list(subject.truth), min(most, len(subject.truth)))
    try:
        with opened(subject.path, read_only=True) as store:
            found = answers(store, asked)
    except VstoreError:
        found = dict.fromkeys(asked, ERROR)
    changed = [name for name, answer in found.items() if answer != subject.truth[name]]
    wrong = [f"a wrong text: {name}" for name in changed if name.startswith("text") and found[name] != ERROR]
    finding = _finding(subject) if changed or dice.randrange(FSCK) == 0 else None
    if changed and finding is None:
        kinds = {name: "an error" if found[name] == ERROR else "another answer" for name in changed}
        wrong.append(f"fsck finds nothing, but: {kinds}")
    kind = "answers changed" if changed else "fsck alone found it" if finding else "no answer changed"
    return kind, wrong


def _finding(subject: Subject) -> str | None:
    """The first thing that fsck says; None where all is well."""
    try:
        with opened(subject.path, read_only=True) as store:
            found = store.fsck()
            return None if found.ok else found.problems[0].detail
    except VstoreError as error:
        return error.message


def attack_all(part: Part, scratch: Path, sizes: Sizes) -> None:
    """Every byte of a small store, and other damage to it and to a larger one."""
    one, other = small(scratch / "small"), larger(scratch / "larger")
    every = list(flips(one.whole, part.seed, sizes.flips))
    attack(part, copies(one, sizes.jobs), every, "every byte", most=len(one.truth))
    for subject, kind, share in ((one, "small store", 0.8), (other, "larger store", 0.2)):
        damages = list(mixed(subject.whole, part.seed, int(sizes.damages * share)))
        attack(part, copies(subject, sizes.jobs), damages, kind)


def attack(
    part: Part, subjects: Sequence[Subject], damages: Sequence[Damage], kind: str, most: int = ASKED
) -> None:
    """Damage copies of one store, each in a child that is watched."""

    def case(subject: Subject) -> Case:
        return lambda number, dice: broken(subject, damages[number], dice, most)

    def hear(outcome: Outcome) -> None:
        about = f"{kind} {outcome.number}: {damages[outcome.number]}"
        part.case(f"{kind}: {outcome.kind}", about, outcome.wrong)

    watched([case(each) for each in subjects], len(damages), part.seed, hear)


def copies(subject: Subject, count: int) -> list[Subject]:
    """The same store again, so that several can be damaged at once."""
    found = [subject]
    for number in range(1, count):
        path = subject.path.with_name(f"copy-{number}.db")
        path.write_bytes(subject.whole)
        found.append(subject._replace(path=path))
    return found
