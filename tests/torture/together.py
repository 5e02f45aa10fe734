"""Many processes at one store: writers of the same and of different stories, readers, gc, and kill -9."""

from __future__ import annotations

import os
import random
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path

import vstore
from torture.contents import contents, gaps, unsound
from torture.kills import Write, fork
from torture.report import Part
from torture.sizes import Sizes
from vstore.errors import VstoreError

SAME = "a story of all"


class Writer:
    """A process that adds its wires, as often as it is begun anew."""

    def __init__(self, place: Path, nth: int, count: int) -> None:
        self._place = place
        self._nth = nth
        self._count = count
        self.begun = 0
        self.kept: dict[tuple[str, int], str] = {}
        self._rest = b""
        self._begin()

    def _begin(self) -> None:
        self.pid, self.stream = fork(_adding(self._place, self._nth, self.begun, self._count))

    @property
    def texts(self) -> set[str]:
        """What it has begun to add."""
        return {_text(self._nth, at) for at in range(self.begun)}

    def hear(self) -> bool:
        """What it said since; False once it is over."""
        said = os.read(self.stream, 1 << 16)
        *lines, self._rest = (self._rest + said).split(b"\n")
        for line in lines:
            word, number, story = line.decode().split(" ", 2)
            if word == "begin":
                self.begun = int(number) + 1
            else:
                self.kept[story, int(number)] = _text(self._nth, self.begun - 1)
        return bool(said)

    def kill(self) -> None:
        """It is gone, and begins anew after the wire that it was at."""
        os.kill(self.pid, signal.SIGKILL)
        while self.hear():
            pass
        self.end()
        self._rest = b""
        self._begin()

    def end(self) -> int:
        """How it ended."""
        os.close(self.stream)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def _text(nth: int, at: int) -> str:
    return f"Writer {nth} says, for the {at}. time. " + "And again. " * (at % 7)


def _adding(place: Path, nth: int, first: int, count: int) -> Callable[[Write], None]:
    def work(write: Write) -> None:
        with vstore.open(place, wait=120) as store:
            for at in range(first, count):
                write(f"begin {at} -")
                story = SAME if at % 2 else f"a story of {nth}"
                added = store.add(story, _text(nth, at))
                write(f"done {added.version.number} {story}")

    return work


def _reading(place: Path, seed: int) -> Callable[[Write], None]:
    """Reads on and on; what it reads is whole, and never less than before."""

    def work(_write: Write) -> None:
        dice, most = random.Random(seed), dict[str, int]()
        with vstore.open(place, wait=120) as store:
            while True:
                for story in list(store.stories()):
                    if story.versions < most.get(story.story, 0):
                        raise AssertionError(f"{story.story} had more versions before")
                    most[story.story] = story.versions
                    store.text(story.story, dice.randint(1, story.versions))
                if most:
                    numbers = [version.number for version in store.log(max(most))]
                    if sorted(numbers) != list(range(1, len(numbers) + 1)):
                        raise AssertionError(f"numbers: {numbers}")
                    store.blame(min(most), 1)

    return work


def _collecting(place: Path, _seed: int) -> Callable[[Write], None]:
    def work(_write: Write) -> None:
        with vstore.open(place, wait=120) as store:
            while True:
                store.gc()
                time.sleep(0.2)

    return work


def attack(part: Part, scratch: Path, sizes: Sizes) -> None:
    """So many writers with so many adds each, beside two readers and a gc; some are killed on the way."""
    place = scratch / "together"
    vstore.init(place)
    writers = [Writer(place, nth, sizes.adds) for nth in range(sizes.processes)]
    others = [fork(each(place, part.seed)) for each in (_reading, _reading, _collecting)]
    _run(part, writers, sizes.kills_together, random.Random(part.seed))
    wrong = []
    for pid, stream in others:
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            wrong.append("a reader or the gc broke down")
        else:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        os.close(stream)
    part.count("wires acknowledged", sum(len(writer.kept) for writer in writers))
    part.case("stores written to together", "together", wrong + _judged(place, writers))


def _run(part: Part, writers: list[Writer], kills: int, dice: random.Random) -> None:
    running = list(writers)
    following = time.monotonic() + dice.uniform(0, 1)
    while running:
        ready, _, _ = select.select([writer.stream for writer in running], [], [], 0.1)
        for writer in [each for each in running if each.stream in ready]:
            if not writer.hear():
                running.remove(writer)
                if code := writer.end():
                    part.case("writers that broke down", "together", [f"a writer ended with {code}"])
        if running and kills and time.monotonic() > following:
            kills -= 1
            following = time.monotonic() + dice.uniform(0, 1)
            dice.choice(running).kill()
            part.count("kills")


def _judged(place: Path, writers: list[Writer]) -> list[str]:
    try:
        found = contents(place) or {}
    except VstoreError as error:
        return [f"cannot be read any more: {error.message}"]
    texts = [text for _, text in found.values()]
    sent = set[str]().union(*(writer.texts for writer in writers))
    wrong = [
        f"lost: {story}@{number}"
        for writer in writers
        for (story, number), text in writer.kept.items()
        if (story, number) not in found or found[story, number][1] != text
    ]
    wrong += [f"never sent: {text[:40]}" for text in set(texts) - sent]
    if len(texts) != len(set(texts)):
        wrong.append("a wire was kept twice")
    return [*wrong, *gaps(found), *unsound(place)]
