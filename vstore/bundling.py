"""The versions of a bundle, kept: it is read twice, and once more for what was erased of them.

Nothing of one that is cut off or damaged is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, BinaryIO

from vstore import aliasing, dates, importing
from vstore.answers import Copied
from vstore.arriving import Arrival, Claim, arrive
from vstore.copying import Options
from vstore.errors import BadWire, Corrupt, VstoreError
from vstore.following import Grave
from vstore.importing import Progress, Writing
from vstore.interop.bundle import HEADER
from vstore.readers.jsonlines import numbered
from vstore.readers.jsonwire import wire_of
from vstore.readers.strictjson import read_object
from vstore.rows import FACTS, Alias

if TYPE_CHECKING:
    from vstore.shelf import Shelf

Named = dict[str, list[Alias]]
"""What was given to stories, and taken away from them."""

MOST_BYTES = 2 << 30
"""A longer line is no version's."""


def unbundled(
    opened: Callable[[], BinaryIO],
    shelf: Shelf,
    writing: Writing,
    options: Options,
) -> Copied:
    """Keep what a bundle holds; `opened` gives it from its beginning, each time."""
    with opened() as stream:
        stories, versions = _verified(stream)
    keeping = _Keeping(Copied(stories=stories, versions=versions), options)
    with opened() as stream:
        arrivals = keeping.seen(_arrivals(stream, versions, keeping.named))
        importing.take_in(arrivals, writing, shelf, keeping.hear, importing.Options())
    aliasing.carry(shelf.storage, writing, keeping.named.items())
    done = keeping.done()
    if keeping.has_graves and options.bury:
        with opened() as stream:
            done = replace(done, redacted=options.bury(_graves(_arrivals(stream, versions, {}))))
    return done


def _graves(arrivals: Iterable[Arrival | BadWire]) -> Iterator[Grave]:
    """What was erased of versions."""
    for each in arrivals:
        if isinstance(each, Arrival) and each.claim:
            for erased in each.tombstones:
                left = each.canonical.decode() if erased.part == FACTS else each.text
                stays = left if erased.stands else None
                yield Grave(each.story, erased._replace(number=each.claim.number), stays)


def _verified(stream: BinaryIO) -> tuple[int, int]:
    """How many stories and versions are in it; Corrupt where it is not whole, BadWire where it is none."""
    digest, last, count = sha256(), b"", 0
    for number, line in numbered(stream, MOST_BYTES):
        if isinstance(line, BadWire):
            raise Corrupt(f"the bundle is damaged: {line.message}")
        if number == 1 and _object(line) != HEADER:
            raise BadWire("it is no bundle that this vstore reads")
        digest.update(last)
        last, count = line, number
    told = _object(last)
    stories, versions = told.get("stories"), count - 2
    is_whole = told.get("sha256") == digest.hexdigest() and told.get("versions") == versions
    if versions < 0 or not is_whole or type(stories) is not int or not 0 <= stories <= versions:
        raise Corrupt("the bundle is cut off or damaged; nothing of it was kept")
    return stories, versions


def _object(line: bytes) -> dict[str, Any]:
    try:
        return read_object(line)
    except BadWire:
        return {}


def _arrivals(stream: BinaryIO, versions: int, named: Named) -> Iterator[Arrival | BadWire]:
    for number, line in numbered(stream, MOST_BYTES):
        if number == versions + 2:
            return
        if number > 1:
            yield line if isinstance(line, BadWire) else _arrival(line, named)


def _arrival(line: bytes, named: Named) -> Arrival | BadWire:
    """A version that claims to be what it was; aliases are set down."""
    try:
        told = read_object(line)
        if "aliases" in told:
            named[told["story"]] = list(aliasing.read(told.pop("aliases")))
        claim = _claim(told)
        first = dates.micros(told.get("first_recorded", told["recorded"]))
        return arrive(wire_of(told, len(line), {}))._replace(claim=claim, first_recorded=first)
    except (KeyError, TypeError, ValueError):
        return BadWire("a version of a bundle tells its number, its id and its parent")
    except VstoreError as error:
        return BadWire(error.message, **error.facts)


def _claim(told: dict[str, Any]) -> Claim:
    number, parent = told["number"], told["parent"]
    if type(number) is not int:
        raise TypeError
    parent = None if parent is None else bytes.fromhex(parent)
    return Claim(number, bytes.fromhex(told["id"]), parent, told.get("at"))


class _Keeping:
    """What became of a bundle so far."""

    def __init__(
        self,
        counts: Copied,
        options: Options,
    ) -> None:
        self._counts = counts
        self._progress = options.progress
        self._refused = options.refused
        self._left: set[str] = set()
        self.has_graves = False
        self.named: Named = {}

    def seen(self, arrivals: Iterator[Arrival | BadWire]) -> Iterator[Arrival | BadWire]:
        """The same; whether something was erased of them is noted."""
        for each in arrivals:
            self.has_graves |= isinstance(each, Arrival) and bool(each.tombstones)
            yield each

    def hear(self, told: Progress) -> None:
        """A version was kept, or its story has another history here."""
        safe = told.safe
        self._counts = replace(self._counts, copied=safe.new + safe.changed, unchanged=safe.same)
        if isinstance(told.found, BadWire):
            story = str(told.found.facts.get("story", ""))
            if story not in self._left:
                self._left.add(story)
                if self._refused:
                    self._refused(told.found)
        if self._progress:
            self._progress(self.done())

    def done(self) -> Copied:
        """The counts."""
        left = len(self._left)
        return replace(self._counts, diverged=left, verified=self._counts.stories - left)
