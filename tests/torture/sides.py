"""The two that a history is played on: stores in memory, which say what is right, and stores in SQLite files.

A side has two places, so that versions can be carried from one to the other, and two programs that have
each place open, so that one writes behind the other's back.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from backends import NEW_YEAR, Clock

from torture.contents import Acknowledged
from vstore.answers import Added
from vstore.model import Wire
from vstore.questions import Questions
from vstore.storage.contract import Storage
from vstore.storage.memory import MemoryStorage
from vstore.storage.schema import FORMAT
from vstore.storage.sql import SqlStorage
from vstore.storage.sqlite import SqliteDatabase, create
from vstore.store import Store

Kept = tuple[Acknowledged, str]
"""A version that a caller was told of, and its text."""

Opened = Callable[[Path], Storage]
"""Opens the storage of that name, and makes it the first time."""


class Side:
    """One of both; whatever an operation remembers here is equal on both."""

    def __init__(self, folder: Path, opened: Opened) -> None:
        self.folder = folder
        self.clock = Clock()
        self.moments = [NEW_YEAR]
        self.sent: list[Wire] = []
        self.acknowledged: tuple[list[Kept], list[Kept]] = [], []
        self.place = self.program = 0
        self.places: set[int] = set()
        """That there is anything at."""
        self._opened = opened
        self._opened_times = 0
        self._stores: dict[tuple[int, int], Store] = {}

    @property
    def store(self) -> Store:
        """The one whose turn it is."""
        return self.at(self.place)

    @property
    def other(self) -> Store:
        """That of the other place."""
        return self.at(1 - self.place)

    def at(self, place: int) -> Store:
        """A place, as the program whose turn it is has it open."""
        if (place, self.program) not in self._stores:
            self.places.add(place)
            storage = self._opened(self.folder / f"{place}.db")
            store = Store(storage, f"place {place}", clock=self.clock)
            # Deeds of one moment are in the order of their runs, which are chance: not so here.
            self._opened_times += 1
            store._journal._run = self._opened_times.to_bytes(8)
            self._stores[place, self.program] = store
        return self._stores[place, self.program]

    def turn(self, dice: random.Random) -> None:
        """Mostly the first program at the first place; now and then a second later."""
        self.passes(dice.choice((0, 0, 1)))
        self.place, self.program = (int(dice.random() < 0.15) for _ in range(2))

    def passes(self, seconds: float) -> None:
        """Time goes by."""
        if seconds:
            self.clock.pass_by(seconds)
            self.moments.append(self.clock())

    def then(self, dice: random.Random) -> Questions:
        """The store, or as it stood."""
        if dice.random() < 0.7:
            return self.store
        moment = dice.choice(self.moments) + dice.choice([0, 0, -1, 500_000])
        return self.store.as_of(_iso(moment))

    def heard(self, added: Added, text: str) -> Added:
        """A version was acknowledged; it must be there ever after."""
        version = added.version
        told = Acknowledged(version.story, version.number, version.id)
        self.acknowledged[self.place].append((told, text))
        return added

    def took_back(self, gone: set[tuple[str, int]]) -> None:
        """Versions were taken back: nobody counts on them any more."""
        kept = self.acknowledged[self.place]
        kept[:] = [each for each in kept if (each[0].story, each[0].number) not in gone]

    def leave(self) -> None:
        """The program whose turn it is ends; what it opens next begins a new run."""
        for key in [key for key in self._stores if key[1] == self.program]:
            self._stores.pop(key).close()

    def close(self) -> None:
        """Both programs end."""
        for self.program in (0, 1):
            self.leave()


def _iso(moment: int) -> str:
    from contract_model import iso

    return iso(moment)


def in_memory() -> Opened:
    """Storages that are there as long as this function's answer is."""
    there: dict[Path, Storage] = {}
    return lambda place: there.setdefault(place, MemoryStorage({"format": str(FORMAT)}))


def in_sqlite(template: bytes) -> Opened:
    """Files that begin as copies of an empty store."""

    def opened(place: Path) -> Storage:
        if not place.exists():
            place.write_bytes(template)
        return SqlStorage(SqliteDatabase(place, wait=10, synchronous="OFF"))

    return opened


def empty(folder: Path) -> bytes:
    """The file of an empty store."""
    create(folder / "empty.db")
    return (folder / "empty.db").read_bytes()
