"""A folder that is watched: what landed in it is kept, told, and moved away where that is wanted."""

from __future__ import annotations

import datetime
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vstore import readers
from vstore.cli import frame
from vstore.cli.frame import Out, Settings
from vstore.cli.outcomes import Outcomes
from vstore.cli.putting_away import put_away
from vstore.cli.sources import Reading
from vstore.cli.taking import Intake
from vstore.errors import BadWire, Conflict, StorageRefused
from vstore.landings import Landing, Settling, State, digest_of, landings, look
from vstore.readers import Source
from vstore.readers.reading import at_item

if TYPE_CHECKING:
    from vstore.importing import Progress
    from vstore.model import Wire
    from vstore.taking import Watched


class Pace(NamedTuple):
    """Seconds for which a file is left alone, and between two looks; `once`: till what is there is taken."""

    settle: float
    every: float
    once: bool


class How(NamedTuple):
    """How files are read, what options say of each item, when to look, and where taken files go."""

    reading: Reading
    intake: Intake
    pace: Pace
    move_to: Path | None


class Stop:
    """Set by SIGTERM or Ctrl-C; a second Ctrl-C does not wait for the item in hand."""

    def __init__(self) -> None:
        self.is_interrupted = False
        self._event = threading.Event()

    def __call__(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """True if it is set by then."""
        return self._event.wait(seconds)

    def heard(self, number: int, _frame: object) -> None:
        """A signal came."""
        self.is_interrupted = number == signal.SIGINT
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._event.set()


@contextmanager
def stopping() -> Iterator[Stop]:
    """Signals end what is done within in good order."""
    stop = Stop()
    before = {each: signal.signal(each, stop.heard) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def written(source: Source) -> str | None:
    """When a file was written, for wires that tell no date; None where that is no date."""
    with suppress(OSError, OverflowError, ValueError):
        moment = source.path.stat().st_mtime_ns // 1_000_000_000 if source.path else 0
        return datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat()
    return None


class Watching:
    """Looks into a folder again and again."""

    def __init__(self, watched: Watched, how: How, settings: Settings, out: Out) -> None:
        self._watched = watched
        self._reading, self._intake, self._pace, self._move_to = how
        self._settings = settings
        self._out = out
        self._outcomes = Outcomes(settings, several=True)
        self._settling = Settling(self._pace.settle)
        self._over: dict[str, State] = {}
        """What every file looked like when it was taken or refused."""
        self._told: dict[str, str] = {}
        """What was said last of a folder or a file that cannot be helped."""

    def run(self, stop: Stop) -> int:
        """Until it is stopped; the exit code."""
        until = time.monotonic() + self._pace.settle + self._pace.every
        pause = min(self._pace.every, self._pace.settle / 4) if self._pace.once else self._pace.every
        while True:
            is_waiting = self._look(stop)
            if self._pace.once and (not is_waiting or time.monotonic() > until):
                break
            if stop() or stop.wait(pause):
                break
        if stop.is_interrupted:
            raise KeyboardInterrupt("stopped; what was taken is kept, and the rest is taken next time")
        return self._outcomes.exit_code

    def _look(self, stop: Stop) -> bool:
        """One look; True if there is what has not settled, or was refused by the storage."""
        try:
            return self._look_once(stop)
        except StorageRefused as error:
            if self._pace.once:
                raise
            self._tell_once("", error.message, error)
            return True

    def _look_once(self, stop: Stop) -> bool:
        is_waiting = False
        names = set()
        for found in landings(self._watched.folder, self._move_to):
            if stop():
                return is_waiting
            name = found.facts["file"] if isinstance(found, BadWire) else found.name
            names.add(name)
            if isinstance(found, BadWire):
                self._tell_once(name, found.message, found)
            elif self._over.get(name) != found.state:
                if self._settling.has_settled(found, time.monotonic(), time.time()):
                    self._take(found, stop)
                else:
                    is_waiting = True
        self._over = {name: state for name, state in self._over.items() if name in names}
        self._settling.forget(names)
        return is_waiting

    def _tell_once(self, name: str, message: str, error: BadWire | StorageRefused) -> None:
        if self._told.get(name) != message:
            self._told[name] = message
            self._outcomes.refused(error, name or str(self._watched.folder))

    def _take(self, landing: Landing, stop: Stop) -> None:
        """All that is left of a file; it is looked at again if somebody wrote to it meanwhile."""
        name = readers.named(str(landing.path)).name
        try:
            is_taken = self._all_taken(landing, name, stop)
        except BadWire as error:
            self._outcomes.refused(error, name)
            is_taken = False
        except Conflict as error:
            frame.say(self._settings, f"{name}: {error.message}")
            return
        if stop() or look(landing.path, self._watched.folder) != landing:
            return
        self._over[landing.name] = landing.state
        if is_taken:
            self._move(landing, name)

    def _all_taken(self, landing: Landing, name: str, stop: Stop) -> bool:
        """Takes what is left; True if nothing of the file was refused, now or before."""
        are_moved = self._move_to is not None
        left = self._watched.left(
            landing,
            lambda: digest_of(landing.path),
            are_moved=are_moved,
            is_changed=landing.name in self._over,
        )
        if not left.is_over:
            items = self._wires(landing, left.taken.items)
            left = self._watched.take(
                items, left, partial(self._tell, name), stop, singly=self._intake.singly
            )
        return left.is_whole

    def _wires(self, landing: Landing, done: int) -> Iterator[Wire | BadWire]:
        """The wires of a file, but for the first ones."""
        source = readers.named(str(landing.path))
        items = readers.items(source, self._reading.how, self._reading.reader)
        number = 0
        for number, item in enumerate(items, 1):
            if number <= done:
                continue
            if isinstance(item, BadWire):
                yield item
                continue
            try:
                yield self._intake.wire(source, item)
            except BadWire as error:
                yield error if number == 1 else at_item(number, error)
        if not number:
            yield BadWire("there is nothing in it")

    def _tell(self, name: str, progress: Progress) -> None:
        """What became of an item of a file."""
        answer = progress.answer
        if isinstance(answer, BadWire):
            self._outcomes.refused(answer, name)
        else:
            self._outcomes.kept(self._out, answer, lambda: {"input": name, **self._intake.told()}, name)

    def _move(self, landing: Landing, name: str) -> None:
        if self._move_to is None:
            return
        try:
            put_away(landing, self._watched.folder, self._move_to)
        except OSError as error:
            if not os.path.lexists(landing.path):
                return  # somebody else put it away
            self._tell_once(name, str(error), StorageRefused(f"cannot be moved: {error.strerror or error}"))
