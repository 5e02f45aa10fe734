"""Power loss: what was written and not synced is there, or not, or in part, in any order.

A VFS writes down every write, truncation, sync, creation and deletion. From that, disks are made as they may
be found after the power failed at some moment: a sector of 512 bytes is the least that is written as a whole.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import apsw

from torture.contents import Acknowledged, contents, strange, unsound
from torture.faulty import file_name, using
from torture.judging import Ended, Ready, judged, ready
from torture.report import Part
from torture.sizes import Sizes
from vstore.errors import VstoreError

SECTOR = 512
CHECKPOINT = 8
"""Pages in the log after which SQLite brings them into the file; so few that it happens all the time."""


class Event(NamedTuple):
    """What was asked of the disk; or how many versions were told of by now."""

    kind: str
    inode: int
    name: str = ""
    at: int = 0
    data: bytes = b""


class Recorder:
    """All that was asked of the disk, in its order; files by a number that no later one of that name has."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.found: dict[int, bytes] = {}
        self.names: dict[str, int] = {}
        self.told: list[Acknowledged] = []

    def opened(self, name: str) -> int:
        """The file of this name, which is made if there is none."""
        if name not in self.names:
            inode = self.names[name] = len(self.found)
            path = Path(name)
            self.found[inode] = path.read_bytes() if path.exists() else b""
            if not path.exists():
                self.events.append(Event("create", inode, name))
        return self.names[name]

    def deleted(self, name: str, *, is_synced: bool) -> None:
        """The name is gone."""
        inode = self.names.pop(name, None)
        if inode is not None:
            self.events.append(Event("delete", inode, name, int(is_synced)))

    def tell(self, version: Acknowledged) -> None:
        """A version is kept, for all that the caller knows."""
        self.told.append(version)
        self.events.append(Event("told", -1, at=len(self.told)))


class _File(apsw.VFSFile):
    """Is written down."""

    def __init__(self, recorder: Recorder, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        named = file_name(name)
        self._inode = recorder.opened(named) if named and not flags[0] & apsw.SQLITE_OPEN_READONLY else -1
        self._note = recorder.events.append if self._inode >= 0 else lambda _: None
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  the names are SQLite's
        super().xWrite(data, offset)
        self._note(Event("write", self._inode, at=offset, data=bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        super().xTruncate(newsize)
        self._note(Event("truncate", self._inode, at=newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._note(Event("sync", self._inode))


class _Disk(apsw.VFS):
    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        super().__init__("vstore-torture", base="unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> _File:  # noqa: N802
        return _File(self._recorder, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        self._recorder.deleted(filename, is_synced=syncdir)


@contextmanager
def recorded() -> Iterator[Recorder]:
    """All that SQLite opens meanwhile is written down, and checkpoints come often."""
    recorder = Recorder()

    def often(connection: apsw.Connection) -> None:
        connection.wal_autocheckpoint(CHECKPOINT)

    apsw.connection_hooks.append(often)
    try:
        with using(_Disk(recorder)):
            yield recorder
    finally:
        apsw.connection_hooks.remove(often)


class _Image:
    """A disk: what is on it for certain, and what is on its way."""

    def __init__(self, recorder: Recorder) -> None:
        self._events = recorder.events
        self.files = {inode: bytearray(found) for inode, found in recorder.found.items()}
        created = {event.inode for event in recorder.events if event.kind == "create"}
        self.names = {
            event.name: event.inode
            for event in reversed(recorder.events)
            if event.kind == "delete" and event.inode not in created
        }
        self.names |= {name: inode for name, inode in recorder.names.items() if inode not in created}
        self.writes: dict[int, list[Event]] = {}
        self.renames: list[Event] = []

    def take_all(self, moment: int) -> int:
        """What was asked of it until that moment; how many versions were told of by then."""
        told = 0
        for event in self._events[:moment]:
            self._take(event)
            told = event.at if event.kind == "told" else told
        return told

    def _take(self, event: Event) -> None:
        """One more thing that was asked of it."""
        if event.kind in {"write", "truncate"}:
            self.writes.setdefault(event.inode, []).append(event)
        elif event.kind == "sync":
            for each in self.writes.pop(event.inode, []):
                self._write(each, lambda: True)
            if any(each.inode == event.inode for each in self.renames):  # SQLite syncs the folder as well
                self._rename(len(self.renames))
        elif event.kind in {"create", "delete"}:
            self.renames.append(event)
            if event.at:
                self._rename(len(self.renames))

    def fail(self, dice: random.Random) -> None:
        """The power is gone: of what was on its way each sector is there or not."""
        self._rename(dice.randint(0, len(self.renames)))
        for writes in self.writes.values():
            share = dice.choice([0.0, 0.1, 0.5, 0.9, 1.0])
            most = dice.randint(0, len(writes)) if dice.random() < 0.3 else len(writes)
            for each in writes[:most]:
                self._write(each, lambda: dice.random() < share)  # noqa: B023  asked before share changes

    def _rename(self, count: int) -> None:
        for event in self.renames[:count]:
            if event.kind == "create":
                self.names[event.name] = event.inode
            else:
                self.names.pop(event.name, None)
        del self.renames[:count]

    def _write(self, event: Event, is_there: Callable[[], bool]) -> None:
        file = self.files[event.inode]
        if event.kind == "truncate":
            if is_there():
                del file[event.at :]
                file.extend(bytes(event.at - len(file)))
            return
        at, end = event.at, event.at + len(event.data)
        while at < end:
            till = min(end, (at // SECTOR + 1) * SECTOR)
            if is_there():
                file.extend(bytes(max(0, at - len(file))))
                file[at:till] = event.data[at - event.at : till - event.at]
            at = till


def attack(part: Part, names: tuple[str, ...], scratch: Path, sizes: Sizes) -> None:
    """The power fails at so many moments of each operation, with either durability."""
    for name in names:
        it = ready(name, scratch / name)
        if it.before is None:
            continue  # a store is made by other means than SQLite's
        for durability in ("full", "normal"):
            work, case = scratch / "work", scratch / "case"
            shutil.copytree(it.template, work)
            _set(work, durability)
            with recorded() as recorder:
                it.operation.run(work, recorder.tell)
            shutil.rmtree(work)
            part.count("writes and syncs recorded", len(recorder.events))
            dice = random.Random(f"{part.seed} {name} {durability}")
            for _ in range(sizes.images):
                moment = dice.randint(0, len(recorder.events))
                about = f"{name}, {durability}: power fails after event {moment} of {len(recorder.events)}"
                image = _Image(recorder)
                told = image.take_all(moment)
                image.fail(dice)
                wrong = _broken(it, image, recorder.told[:told], (work, case), durability)
                part.case(f"{name}, {durability}", about, wrong)


def _set(work: Path, durability: str) -> None:
    for settings in work.rglob("config.yaml"):
        settings.write_text(f"durability: {durability}\n", encoding="utf-8")


def _broken(
    it: Ready, image: _Image, told: list[Acknowledged], places: tuple[Path, Path], durability: str
) -> list[str]:
    work, case = places
    shutil.copytree(it.template, case)
    _set(case, durability)
    try:
        for path in case.rglob("store*.db*"):
            path.unlink()
        for name, inode in image.names.items():
            path = case / Path(name).relative_to(work)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(image.files[inode])
        _unopened(it, case, image, work)
        if durability == "full":
            return judged(it, case, Ended(told, is_cut_off=True))
        return _undamaged(it, case)
    finally:
        shutil.rmtree(case)


def _unopened(it: Ready, case: Path, image: _Image, work: Path) -> None:
    """Files that were never opened to be written are as they were."""
    for path in it.template.rglob("store.db"):
        if str(work / path.relative_to(it.template)) not in image.names:
            shutil.copyfile(path, case / path.relative_to(it.template))


def _undamaged(it: Ready, case: Path) -> list[str]:
    """What was told of last may be gone, and nothing else."""
    store = case / it.operation.place
    try:
        odd = strange(contents(store), it.before, it.after, may_miss=True)
        return [*odd, *(each for each in unsound(store) if each not in it.known)]
    except VstoreError as error:
        return [f"cannot be read any more: {type(error).__name__}: {error.message}"]
