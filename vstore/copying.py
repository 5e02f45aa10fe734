"""A store copied into another: what is missing there goes in, and must get the number and the id that it had.

The story-ids are set down first: to read them meanwhile would keep the write-ahead log of the store that is
copied from being used again. What both have to agree on is set down too, and compared at the end.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, Self

from vstore import aliasing, dates, importing
from vstore.answers import Copied
from vstore.arriving import Arrival, Claim, arrive
from vstore.errors import BadWire, Conflict, Corrupt, StorageRefused, VstoreError
from vstore.following import Grave
from vstore.history import facts_of
from vstore.importing import Progress, Writing
from vstore.model import Wire
from vstore.rows import FACTS, Row, Tombstone
from vstore.shelf import Shelf
from vstore.versions import redaction

if TYPE_CHECKING:
    from vstore.storage.contract import Storage

SPOOLED = 4_000_000
"""Bytes of what is set down that stay in memory; more goes into a temporary file."""


class Options(NamedTuple):
    """`progress` hears the counts so far, `refused` why a story was left; `jobs` as those of an import."""

    progress: Callable[[Copied], None] | None = None
    refused: Callable[[VstoreError], None] | None = None
    dry_run: bool = False
    jobs: int = 1
    bury: Callable[[Iterable[Grave]], int] | None = None
    """Erases what was erased in the source, and says of how many versions."""


class Tip(NamedTuple):
    """The highest number of a story in a store, and its id."""

    number: int
    id: bytes


class Missing(NamedTuple):
    """What a story has more than the copy: the versions after `common`, up to its tip."""

    story: str
    common: Tip | None
    tip: Tip


def copy(source: Shelf, target: Shelf, writing: Writing, options: Options) -> Copied:
    """Keep in one store what it lacks of another; a dry run compares heads and reads no text."""
    with Spool() as stories, Spool() as agreed, Spool() as rewritten:
        copying = _Copying(source, target, options, (agreed, rewritten))
        copying.set_down(stories)
        missing = copying.missing(stories)
        if options.dry_run:
            copying.foresee(missing)
        else:
            takes = importing.Options(jobs=options.jobs)
            importing.take_in(copying.arrivals(missing), writing, target, copying.hear, takes)
            copying.verify()
            copying.bury()
            copying.carry_aliases(writing)
        return copying.counts


class Spool:
    """Lines set down to be read later, however many."""

    def __init__(self) -> None:
        from tempfile import SpooledTemporaryFile

        self._file = SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115  closed on leaving

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def add(self, line: str) -> None:
        """One more; StorageRefused where the temporary folder takes no more."""
        try:
            self._file.write(f"{line}\n".encode())
        except OSError as error:
            raise StorageRefused(f"cannot write a temporary file: {error.strerror}") from error

    def __iter__(self) -> Iterator[str]:
        self._file.seek(0)
        for line in self._file:
            yield line[:-1].decode()


class _Copying:
    """One run: what was found and done so far."""

    def __init__(self, source: Shelf, target: Shelf, options: Options, spools: tuple[Spool, Spool]) -> None:
        self._source = source
        self._target = target
        self._options = options
        self._agreed, self._rewritten = spools
        self._count: Counter[str] = Counter()
        self._there = 0
        self._last: tuple[str, Tip] | None = None
        self._left: str | None = None
        self._last_rewritten = ""

    @property
    def counts(self) -> Copied:
        """So far; versions count as copied once their batch is safe."""
        return Copied(**self._count, dry_run=self._options.dry_run)

    def set_down(self, stories: Spool) -> None:
        """The story-ids of the source."""
        try:
            for story in self._source.storage.names():
                stories.add(story)
        except Corrupt as error:  # comes after all that can be read
            self._refuse("damaged", _uncopied(error))

    def missing(self, stories: Iterable[str]) -> Iterator[Missing]:
        """Of each story what the target lacks, by their heads; those that lack nothing are only counted."""
        for story in stories:
            there = _tip(self._target.storage, story)
            try:
                found = self._compared(story, there)
            except Corrupt as error:
                self._refuse("damaged", _uncopied(error, story=story))
                found = None
            if found:
                yield found
            self._tell()

    def _compared(self, story: str, there: Tip | None) -> Missing | None:
        tip = self._tip(story)
        if tip is None:
            return None
        self._count["stories"] += 1
        self._count["versions"] += tip.number
        common = self._common(story, tip, there)
        self._there += common.number if common else 0
        self._count["unchanged"] += common.number if common else 0
        if there and (common is None or common.number < min(tip.number, there.number)):
            self._refuse("diverged", _diverged(story, common, tip, there))
            return None
        if common == tip:
            self._agree(story, tip)
            return None
        return Missing(story, common, tip)

    def _tip(self, story: str) -> Tip | None:
        """Of a story of the source, as it stands or stood."""
        head = self._source.storage.head(story)
        if head and head.rewritten and story != self._last_rewritten:
            self._rewritten.add(story)
            self._last_rewritten = story
        if self._source.as_of is None:
            return Tip(head.versions, head.tip) if head else None
        kept = self._source.history(story)
        return Tip(len(kept), kept.rows[-1].id) if kept else None

    def _common(self, story: str, tip: Tip, there: Tip | None) -> Tip | None:
        """The last version that both have: an id stands for all that came before."""
        if there is None:
            return None

        def parted(number: int) -> bool:
            ours = _id(self._source.storage, story, tip, number)
            return ours != _id(self._target.storage, story, there, number)

        most = min(tip.number, there.number)
        number = most if not parted(most) else bisect_left(range(1, most), True, key=parted)
        return Tip(number, _id(self._target.storage, story, there, number)) if number else None

    def foresee(self, missing: Iterable[Missing]) -> None:
        """Count what would be copied."""
        for each in missing:
            self._count["copied"] += each.tip.number - (each.common.number if each.common else 0)

    def arrivals(self, missing: Iterable[Missing]) -> Iterator[Arrival]:
        """The versions that are missing, as wires that claim to be what they were; a story ends at damage."""
        for story, common, tip in missing:
            number, parent = common or (0, None)
            rows = self._rows(story, number)
            erased = self._erased(story)
            while number < tip.number:
                number += 1
                try:
                    row = self._row(story, number, rows)
                    arrival = self._arrival(story, row, erased.get(number, ()))
                    arrival = arrival._replace(claim=Claim(number, row.id, parent, dates.iso_seconds(row.at)))
                except (Corrupt, BadWire) as error:
                    self._refuse("damaged", _uncopied(error, story=story, number=number))
                    break
                yield arrival
                parent = row.id

    def _rows(self, story: str, after: int) -> dict[int, Row]:
        """Those that are missing, at once; none of them where one is damaged."""
        try:
            return {row.number: row for row in self._source.storage.rows(story, after)}
        except Corrupt:
            return {}

    def _row(self, story: str, number: int, rows: dict[int, Row]) -> Row:
        row = rows.pop(number, None) or self._source.storage.row(story, number)
        if row is None:
            raise Corrupt(f"version {number} of {story} is missing")
        return row

    def _erased(self, story: str) -> dict[int, list[Tombstone]]:
        erased: dict[int, list[Tombstone]] = {}
        for each in self._source.storage.tombstones(story):
            erased.setdefault(each.number, []).append(each)
        return erased

    def _arrival(self, story: str, row: Row, erased: Sequence[Tombstone]) -> Arrival:
        return arrive(
            Wire(
                story=story,
                text=self._source.stored(story, row),
                date=row.dated,
                facts=facts_of(row.facts),
                capture=json.loads(row.capture) if row.capture else {},
                redacted=tuple(map(redaction, erased)),
            )
        )._replace(first_recorded=row.first_recorded or row.recorded)

    def hear(self, progress: Progress) -> None:
        """A version was kept, or its story is another one in the target."""
        self._count["copied"] = progress.safe.new + progress.safe.changed
        self._count["unchanged"] = self._there + progress.safe.same
        if isinstance(progress.found, BadWire):
            self._leave(progress.found)
        else:
            kept, row, _ = progress.found
            if self._last and self._last[0] != kept.story:
                self._agree(*self._last)
            self._last = kept.story, Tip(row.number, row.id)
        self._tell()

    def _leave(self, refused: BadWire) -> None:
        """Tell why a story cannot go on, once: after one version none that follows can be kept."""
        story = refused.facts["story"]
        if story == self._left:
            return
        self._left = story
        tip, there = self._tip(story), _tip(self._target.storage, story)
        common = self._common(story, tip, there) if tip else None
        if tip and there and (common.number if common else 0) < min(tip.number, there.number):
            self._refuse("diverged", _diverged(story, common, tip, there))
        else:
            self._refuse("damaged", _uncopied(refused))

    def carry_aliases(self, writing: Writing) -> None:
        """What was given to stories, and taken away from them."""
        found = groupby(self._source.storage.all_given(), key=itemgetter(0))
        told = [(story, [alias for _, alias in several if alias]) for story, several in found]
        aliasing.carry(self._target.storage, writing, told)

    def verify(self) -> None:
        """Compare with both stores what was set down of each story."""
        if self._last:
            self._agree(*self._last)
        for line in self._agreed:
            number, name, story = line.split(" ", 2)
            tip = Tip(int(number), bytes.fromhex(name))
            if self._has(self._source.storage, story, tip) and self._has(self._target.storage, story, tip):
                self._count["verified"] += 1
            else:
                message = f"{story}@{number} is not {name[:12]} in both stores, as it was when it was copied"
                self._refuse("damaged", Corrupt(message, story=story, number=tip.number))
            self._tell()

    def bury(self) -> None:
        """Erase what was erased in the source of versions that both have."""
        graves = (
            Grave(story, each, self._left_of(story, each))
            for story in self._rewritten
            for each in self._source.storage.tombstones(story)
            if self._is_in_both(story, each.number)
        )
        if self._options.bury:
            self._count["redacted"] = self._options.bury(graves)

    def _left_of(self, story: str, erased: Tombstone) -> str | None:
        row = self._source.storage.row(story, erased.number)
        if row is None or erased.stands is None:
            return None
        return row.facts.decode() if erased.part == FACTS else self._source.stored(story, row)

    def _is_in_both(self, story: str, number: int) -> bool:
        rows = [shelf.storage.row(story, number) for shelf in (self._source, self._target)]
        return all(rows) and len({row.id for row in rows if row}) == 1

    def _has(self, storage: Storage, story: str, tip: Tip) -> bool:
        try:
            there = _tip(storage, story)
            return bool(there and _id(storage, story, there, tip.number) == tip.id)
        except Corrupt:
            return False

    def _agree(self, story: str, tip: Tip) -> None:
        self._agreed.add(f"{tip.number} {tip.id.hex()} {story}")

    def _refuse(self, kind: str, error: VstoreError) -> None:
        self._count[kind] += 1
        if self._options.refused:
            self._options.refused(error)

    def _tell(self) -> None:
        if self._options.progress:
            self._options.progress(self.counts)


def _tip(storage: Storage, story: str) -> Tip | None:
    head = storage.head(story)
    return Tip(head.versions, head.tip) if head else None


def _id(storage: Storage, story: str, tip: Tip, number: int) -> bytes:
    """The id of a version, with as little reading as can be; empty where there is none."""
    if number == tip.number:
        return tip.id
    row = storage.row(story, number)
    return row.id if row else b""


def _uncopied(error: VstoreError, **where: str | int) -> Corrupt:
    """What is wrong with the store that is copied."""
    return Corrupt(f"cannot be copied: {error.message}", **{**where, **error.facts})


def _diverged(story: str, common: Tip | None, tip: Tip, there: Tip) -> Conflict:
    both = common.number if common else 0
    message = (
        f"{story} diverged after version {both}: it is at version {tip.number} ({tip.id.hex()[:12]}) in the "
        f"store that is copied, at version {there.number} ({there.id.hex()[:12]}) in the other"
    )
    heads = {
        name: {"number": each.number, "id": each.id.hex()} for name, each in (("from", tip), ("to", there))
    }
    return Conflict(message, story=story, common=both, **heads)
