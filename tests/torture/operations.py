"""Everything that writes: how a store is made ready for it, what it does, and whom it tells.

`OPERATIONS` is where a new command joins every part of the torture.
"""

from __future__ import annotations

import gzip
import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import apsw
from edited import prose, revised

import vstore
from torture.contents import Acknowledged
from vstore import importing
from vstore.cli.group import vstore as program
from vstore.errors import NotFound
from vstore.importing import Progress
from vstore.model import Wire
from vstore.opening import repair, upgrade
from vstore.store import Store

Tell = Callable[[Acknowledged], None]

BATCH = 4
"""Wires that are kept together."""


class Operation(NamedTuple):
    """`prepare` makes what it works on, in a folder; `run` does it, and tells of each version kept."""

    prepare: Callable[[Path], None]
    run: Callable[[Path, Tell], None]
    place: str = "."
    """The store, in that folder."""
    at_once: int = 0
    """So many versions are kept together, and told of once they are; 0: it does not tell of each."""
    check: Callable[[Path], list[str]] = lambda _: []
    """What else is wrong afterwards."""


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """A store with small batches."""
    with patch.object(importing, "BATCH_WIRES", BATCH), vstore.open(folder, wait=5) as store:
        yield store


def wires(seed: int, count: int, stories: int) -> Iterator[Wire]:
    """Stories that grow, some of them with dates before others."""
    dice = random.Random(seed)
    texts = {number: prose(dice) for number in range(stories)}
    for turn in range(count):
        number = turn % stories
        texts[number] = revised(dice, texts[number], 2) + f" {turn}"
        date = f"2019-{dice.randrange(1, 13):02}-{dice.randrange(1, 28):02}" if turn % 3 else None
        yield Wire(story=f"story {number}", text=texts[number], date=date)


def filled(folder: Path, seed: int = 1, count: int = 12) -> None:
    """A store of three stories."""
    with vstore.open(folder, create=True) as store:
        store.import_wires(wires(seed, count, 3))


def _nothing(folder: Path) -> None:
    folder.mkdir(exist_ok=True)


def _init(folder: Path, _tell: Tell) -> None:
    vstore.init(folder)


def _add(folder: Path, tell: Tell) -> None:
    with opened(folder) as store:
        for number in range(3):
            text = f"Added, number {number}. " * (1 + 300 * number)
            added = store.add(("story 1", "new")[number % 2], text, date=f"2020-01-0{number + 1}")
            _told(tell, added.version)


def _same(folder: Path, _tell: Tell) -> None:
    """Seen again: nothing new."""
    with opened(folder) as store:
        for story in list(store.stories()):
            store.add(story.story, store.text(story.story), again=False)


def _heard(tell: Tell) -> Callable[[Progress], None]:
    def hear(progress: Progress) -> None:
        answer = progress.answer
        if not isinstance(answer, vstore.BadWire):
            _told(tell, answer.version)

    return hear


def _import(folder: Path, tell: Tell) -> None:
    with opened(folder) as store:
        store.import_wires(wires(2, 3 * BATCH - 1, 4), progress=_heard(tell))


def _import_strict(folder: Path, tell: Tell) -> None:
    """What it tells of is kept once it is over."""
    told: list[Acknowledged] = []
    with opened(folder) as store:
        store.import_wires(wires(2, 3 * BATCH - 1, 4), strict=True, progress=_heard(told.append))
    for each in told:
        tell(each)


def _ask(folder: Path, _tell: Tell) -> None:
    """Questions keep origins."""
    with opened(folder) as store:
        for story in list(store.stories()):
            store.blame(story.story)
            store.blame(story.story, 1)


def _fsck(folder: Path, _tell: Tell) -> None:
    with opened(folder) as store:
        store.fsck()


def _gc(folder: Path, _tell: Tell) -> None:
    with opened(folder) as store:
        store.gc()


def _loose(folder: Path) -> None:
    """Enough to pack, twice over: the second gc has packs to make anew."""
    filled(folder, count=40)
    with vstore.open(folder) as store:
        store.gc()
        store.import_wires(wires(3, 30, 3), again=True)


def _old(folder: Path, number: int = 1) -> None:
    golden = Path(__file__).parent.parent / f"format_{number}.db.gz"
    (folder / ".vstore").mkdir(parents=True)
    (folder / ".vstore" / "store.db").write_bytes(gzip.decompress(golden.read_bytes()))


def _upgrade(folder: Path, _tell: Tell) -> None:
    upgrade(folder, wait=5)


def _two(folder: Path) -> None:
    filled(folder / "from", count=20)
    filled(folder / "to", count=8)


def _copy(folder: Path, _tell: Tell) -> None:
    with vstore.open(folder / "from", read_only=True) as source, opened(folder / "to") as target:
        target.copy_from(source)


def _damaged(folder: Path) -> None:
    """A text, and rows that can be made again, are damaged in the one and whole in the other."""
    filled(folder / "to")
    shutil.copytree(folder / "to", folder / "from")
    connection = apsw.Connection(str(folder / "to" / ".vstore" / "store.db"))
    connection.execute(
        "UPDATE payload SET body = x'00' WHERE story = 1 AND number = 2;"
        "UPDATE origin SET late = 9; UPDATE sighting SET checksum = 0;"
        "INSERT INTO recount VALUES (1, 2, 1, 0, 0, 0); INSERT INTO fact VALUES (9, 9, 0, 0, x'00', 0)"
    ).fetchall()
    connection.close()


def _repair(folder: Path, _tell: Tell) -> None:
    with vstore.open(folder / "from", read_only=True) as other:
        repair(folder / "to", other=other, wait=5)


def _export(folder: Path, _tell: Tell) -> None:
    words = ["--store", str(folder), "--wait", "5", "-q", "export", "--jsonl", str(folder / "out.jsonl")]
    with program.make_context("vstore", words) as context:
        program.invoke(context)


def _exported(folder: Path) -> list[str]:
    """A file that is there is whole."""
    out = folder / "out.jsonl"
    left = [each.name for each in folder.iterdir() if each.name not in {".vstore", "out.jsonl"}]
    if not out.exists():
        return []
    lines = out.read_text(encoding="utf-8").splitlines()
    return [] if len(list(map(json.loads, lines))) == 12 else [f"a file of {len(lines)} lines, {left}"]


def _shared(folder: Path) -> None:
    """Packed, with a text that two stories have."""
    _loose(folder)
    with vstore.open(folder) as store:
        store.add("copy", store.text("story 1", 2))


def _redact(folder: Path, _tell: Tell) -> None:
    """Once it is erased, what was left unfinished is finished by a gc."""
    with opened(folder) as store:
        try:
            store.redact("story 1", 2, reason="an order")
        except NotFound:
            store.gc(is_light=True)


def _kept(folder: Path) -> None:
    filled(folder)
    with opened(folder) as store:
        store.import_wires(wires(2, 3 * BATCH - 1, 4))


def _undo(folder: Path, _tell: Tell) -> None:
    with opened(folder) as store:
        if next(store.journal()).what != "undo":
            store.undo()


def _told(tell: Tell, version: vstore.Version) -> None:
    tell(Acknowledged(version.story, version.number, version.id))


OPERATIONS: dict[str, Operation] = {
    "init": Operation(_nothing, _init),
    "add": Operation(filled, _add, at_once=1),
    "same": Operation(filled, _same),
    "import": Operation(filled, _import, at_once=BATCH),
    "import --strict": Operation(filled, _import_strict, at_once=3 * BATCH),
    "blame": Operation(filled, _ask),
    "fsck": Operation(filled, _fsck),
    "gc": Operation(_loose, _gc),
    "redact": Operation(_shared, _redact),
    "undo": Operation(_kept, _undo),
    "upgrade": Operation(_old, _upgrade),
    "upgrade from 2": Operation(partial(_old, number=2), _upgrade),
    "copy": Operation(_two, _copy, place="to"),
    "repair": Operation(_damaged, _repair, place="to"),
    "export": Operation(filled, _export, check=_exported),
}
