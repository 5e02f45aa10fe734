"""What every question stands on: the histories of stories, and which version is meant.

A part of `Questions`, which has the questions themselves.
"""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from vstore.config import Config
from vstore.errors import UnknownStory, UnknownVersion, quoted
from vstore.history import History
from vstore.model import Version
from vstore.rows import Row
from vstore.shelf import Shelf
from vstore.versions import one

if TYPE_CHECKING:
    from vstore.names import Place, Step
    from vstore.storage.contract import Storage
    from vstore.tracing import Tracing

Which = int | str | datetime.date | datetime.datetime | None
"""A version of a story: its number, its id or a prefix of it, a date or datetime (the last one dated
then or earlier), or None for the current one."""


def now() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


class Terms(NamedTuple):
    """How questions are asked: the zone of times given without one (None: UTC), settings, the clock."""

    tz: datetime.tzinfo | None
    settings: Config
    clock: Callable[[], int]


class Asking:
    """A store, or a store as it stood, to those who ask it; may be shared by threads."""

    def __init__(self, storage: Storage, place: str, terms: Terms, *, as_of: int | None = None) -> None:
        self.place = place
        self.tz, self.settings, self._clock = terms
        self._storage = storage
        self._as_of = as_of
        self._local = threading.local()

    @property
    def _shelf(self) -> Shelf:
        """This thread's shelf."""
        shelf: Shelf | None = getattr(self._local, "shelf", None)
        if shelf is None:
            shelf = self._local.shelf = Shelf(self._storage, self._as_of)
        return shelf

    @property
    def _tracing(self) -> Tracing:
        """This thread's tracing."""
        from vstore.tracing import Tracing  # a log follows nobody

        tracing: Tracing | None = getattr(self._local, "tracing", None)
        if tracing is None:
            tracing = self._local.tracing = Tracing(self._shelf)
        return tracing

    def _history(self, story: str) -> History:
        kept = self._shelf.history(story)
        if not kept:
            raise UnknownStory(f"there is no story {quoted(story)}", story=story)
        return kept

    def _histories(self) -> Iterator[History]:
        """Of every story that there is, or was."""
        return filter(None, map(self._shelf.history, self._storage.names()))

    def _is_story(self, story: str) -> bool:
        return bool(self._shelf.history(story))

    def _number(self, kept: History, which: Which) -> int:
        if which is None:
            return kept.current.number
        if isinstance(which, int):
            if not 1 <= which <= len(kept):
                raise _no_version(kept, which)
            return which
        from vstore import names

        return self._chosen(kept, (names.meant(which, self.tz),))

    def _chosen(self, kept: History, steps: Sequence[Step]) -> int:
        """The number of the version that steps lead to; an id of before it was moved is understood."""
        from vstore import names

        places = places_of(kept)
        known = [self._as_now(step, places) for step in steps]
        return names.select(known, places, kept.current.number, story=kept.story, tz=self.tz)

    def _as_now(self, step: Step, places: list[Place]) -> Step:
        from vstore.names import Prefix

        if not isinstance(step, Prefix) or any(place.id_hex.startswith(step.hex) for place in places):
            return step
        became = self._became(step.hex)
        return Prefix(became) if any(place.id_hex == became for place in places) and became else step

    def _row(self, version: Version) -> Row:
        kept = self._history(version.story)
        if not 1 <= version.number <= len(kept):
            raise _no_version(kept, version.number)
        return kept.row(version.number)

    def _became(self, prefix: str) -> str | None:
        """The id that a version got whose old id begins so; None where there is none, or more than one."""
        found = {self._last_of(old) for old, _ in self._storage.moves(prefix)}
        return found.pop().hex() if len(found) == 1 else None

    def _last_of(self, moved: bytes) -> bytes:
        """Where an old id leads in the end."""
        seen: set[bytes] = set()
        while moved not in seen:
            seen.add(moved)
            moved = dict(self._storage.moves(moved.hex())).get(moved, moved)
        return moved

    def _found(self, prefix: str) -> Version:
        """The one version of the store whose id begins so."""
        found = [
            (self._shelf.history(story), row.number)
            for story, row in self._storage.find(prefix)
            if self._as_of is None or row.recorded <= self._as_of
        ]
        if not found and (became := self._became(prefix)):
            return self._found(became)
        if not found:
            raise UnknownVersion(
                f"there is no story {quoted(prefix)}, and no version whose id begins so", id=prefix
            )
        if len(found) > 1:
            from vstore import names

            raise names.ambiguous(prefix, [(kept.story, kept.row(number)) for kept, number in found])
        kept, number = found[0]
        return one(self._shelf, kept, kept.row(number))


def places_of(kept: History) -> list[Place]:
    """The versions of a story in its order, as names tell them apart."""
    from vstore.names import Place

    return [Place(row.number, row.id.hex(), row.at, row.dated) for row in kept.in_order()]


def _no_version(kept: History, number: int) -> UnknownVersion:
    there = f"versions 1 to {len(kept)}" if len(kept) > 1 else "version 1 only"
    return UnknownVersion(
        f"{kept.story} has no version {number}; it has {there}",
        story=kept.story,
        number=number,
        versions=len(kept),
    )
