"""What is kept in memory, and a transaction that changes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vstore import postings
from vstore.blobs import story_digest
from vstore.errors import Overtaken
from vstore.postings import DIGEST
from vstore.rows import (
    GRAVES,
    SAID,
    TEXT,
    Alias,
    Deed,
    Entry,
    Head,
    Kept,
    Payload,
    Recount,
    Repack,
    Row,
    Taken,
    Tombstone,
)


@dataclass(slots=True)
class Stored:
    """A story."""

    head: Head
    rows: list[Row] = field(default_factory=list)
    payloads: dict[int, Payload] = field(default_factory=dict)
    sightings: dict[int, int] = field(default_factory=dict)
    recounts: dict[tuple[int, int], Recount] = field(default_factory=dict)
    tombstones: dict[tuple[int, int], Tombstone] = field(default_factory=dict)
    aliases: dict[bytes, Alias] = field(default_factory=dict)

    def copy(self) -> Stored:
        """One that goes its own way."""
        return Stored(
            self.head,
            list(self.rows),
            dict(self.payloads),
            dict(self.sightings),
            dict(self.recounts),
            dict(self.tombstones),
            dict(self.aliases),
        )


@dataclass(slots=True)
class State:
    """All that there is."""

    notes: dict[str, str]
    stories: dict[str, Stored] = field(default_factory=dict)
    dictionaries: dict[int, bytes] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    moves: dict[bytes, bytes] = field(default_factory=dict)
    """Ids that versions had → the ids that they got."""
    taken: dict[tuple[bytes, bytes], Taken] = field(default_factory=dict)
    """By folder and file."""
    origins: dict[str, list[Kept]] = field(default_factory=dict)
    """Of each story, those kept longest ago first."""
    shingles: dict[int, bytes] = field(default_factory=dict)
    """By page."""


class Transaction:
    """Writes at once, and remembers what stood there before."""

    def __init__(self, state: State) -> None:
        self._stories = state.stories
        self._notes = state.notes
        self._dictionaries = state.dictionaries
        self._deeds = state.deeds
        self._origins = state.origins
        self._shingles = state.shingles
        self._shingles_before: dict[int, bytes] | None = None
        self._forgotten: set[str] = set()
        self._has_erased = False
        self._origins_before: dict[str, list[Kept]] = {}
        self._before: dict[str, Stored | None] = {}
        self._notes_before = dict(self._notes)
        self._dictionaries_before = dict(self._dictionaries)
        self._deeds_before = len(self._deeds)
        self._taken = state.taken
        self._taken_before: dict[tuple[bytes, bytes], Taken | None] = {}
        self._moves = state.moves
        self._moves_before: dict[bytes, bytes | None] = {}

    def append(self, entry: Entry, expected: Head | None) -> None:
        kept = self._stories.get(entry.head.story)
        if (kept.head if kept else None) != expected:
            raise Overtaken(f"another writer changed {entry.head.story} first", story=entry.head.story)
        kept = self._touched(entry.head.story) or self._stories.setdefault(
            entry.head.story, Stored(entry.head)
        )
        kept.head = entry.head
        kept.rows.append(entry.row)
        kept.payloads[entry.row.number] = entry.payload
        for recount in entry.recounts:
            kept.recounts.setdefault((recount.number, recount.previous), recount)
        for tombstone in entry.tombstones:
            self._bury(kept, tombstone)
        for digest in entry.aliases:
            kept.aliases.setdefault(digest, Alias(digest, SAID, ""))

    def repack(
        self, head: Head, expected: Head, payloads: Mapping[int, Payload], rows: Sequence[Row]
    ) -> None:
        kept = self._touched(head.story)
        wanted = {payload.dictionary for payload in payloads.values()} - {None}
        mark = next((number for number, body in self._dictionaries.items() if not body), 0)
        there = {number for number in self._dictionaries if number > mark}  # those before are retired
        if kept is None or kept.head != expected or not wanted <= there:
            raise Overtaken(
                f"another writer changed {head.story} first, or dropped what it needs", story=head.story
            )
        kept.head = head
        for row in rows:
            kept.rows[row.number - 1] = row
            kept.payloads.pop(row.number, None)
        kept.payloads.update(payloads)

    def erase(self, repack: Repack, tombstones: Sequence[Tombstone]) -> None:
        self.repack(*repack[:4])
        kept = self._stories[repack.head.story]
        for tombstone in tombstones:
            self._bury(kept, tombstone)
        self.unname(repack.head.story, repack.unnamed)
        self._drop_origins(repack.head.story)
        self._has_erased = self._has_erased or any(each.part == TEXT for each in tombstones)

    def _drop_origins(self, story: str) -> None:
        if story in self._origins:
            self._origins_before[story] = self._origins.pop(story)

    def _put_shingles(self, pages: Mapping[int, bytes]) -> None:
        """In place of all."""
        if self._shingles_before is None:
            self._shingles_before = dict(self._shingles)
        self._shingles.clear()
        self._shingles.update(pages)

    def _bury(self, kept: Stored, tombstone: Tombstone) -> None:
        kept.tombstones[tombstone.number, tombstone.part] = tombstone
        if not tombstone.alone:
            self._notes[GRAVES] = "1"

    def take_back(self, repack: Repack) -> None:
        story, versions = repack.head.story, repack.head.versions
        self.repack(*repack[:4])
        self._drop_origins(story)
        self._forgotten.add(story)
        kept = self._stories[story]
        if not versions:
            del self._stories[story]
            return
        self.unname(story, repack.unnamed)
        del kept.rows[versions:]
        for table in (kept.payloads, kept.sightings):
            for number in [number for number in table if number > versions]:
                del table[number]
        for grave in [grave for grave in kept.tombstones if grave[0] > versions]:
            del kept.tombstones[grave]
        for pair in [pair for pair in kept.recounts if max(pair) > versions]:
            del kept.recounts[pair]

    def move(self, ids: Sequence[tuple[bytes, bytes]]) -> None:
        for old, new in ids:
            if old != new:
                self._moves_before.setdefault(old, self._moves.get(old))
                self._moves[old] = new

    def exclude(self) -> None:
        """The lock is held."""

    def record(self, deed: Deed) -> None:
        self._deeds.append(deed)

    def retire(self) -> None:
        number = max(self._dictionaries, default=0) + 1
        for known, body in list(self._dictionaries.items()):
            if not body:
                del self._dictionaries[known]
        self._dictionaries[number] = b""

    def add_dictionary(self, body: bytes) -> int:
        known = next((number for number, each in self._dictionaries.items() if each == body), None)
        number = known or max(self._dictionaries, default=0) + 1
        self._dictionaries[number] = body
        return number

    def drop_dictionaries(self) -> int:
        payloads = (payload for kept in self._stories.values() for payload in kept.payloads.values())
        used = {payload.dictionary for payload in payloads}
        newest = max(self._dictionaries, default=0)  # its number must not be given again
        needed = min((number for number in used if number), default=newest)
        unused = [
            number
            for number, body in self._dictionaries.items()
            if number not in used and number < newest and (body or number < needed)
        ]
        for number in unused:
            del self._dictionaries[number]
        return len(unused)

    def saw(self, story: str, number: int, moment: int) -> None:
        kept = self._touched(story)
        if kept:
            kept.sightings[number] = max(moment, kept.sightings.get(number, moment))

    def name(self, story: str, aliases: Sequence[Alias]) -> None:
        kept = self._touched(story)
        if kept:
            kept.aliases.update((alias.digest, alias) for alias in aliases)

    def unname(self, story: str, digests: Sequence[bytes]) -> None:
        kept = self._touched(story)
        if kept:
            for digest in digests:
                kept.aliases.pop(digest, None)

    def take(self, taken: Taken, expected: Taken | None) -> None:
        place = taken.folder, taken.file
        there = self._taken.get(place)
        if there != expected:
            raise Overtaken("somebody else took in the same file first")
        self._taken_before.setdefault(place, there)
        self._taken[place] = taken

    def note(self, key: str, value: str) -> None:
        self._notes[key] = value

    def settle(self) -> None:
        """What is done once for all that was written: pages of shingles forget what is no longer there."""
        if self._has_erased:
            self._put_shingles(postings.anew())
        elif self._forgotten:
            digests = [story_digest(story)[:DIGEST] for story in sorted(self._forgotten)]
            self._put_shingles(postings.without(self._shingles, digests))

    def undo(self) -> None:
        for story, kept in self._before.items():
            if kept is None:
                self._stories.pop(story, None)
            else:
                self._stories[story] = kept
        for place, taken in self._taken_before.items():
            self._taken.pop(place)
            if taken:
                self._taken[place] = taken
        del self._deeds[self._deeds_before :]
        for old, new in self._moves_before.items():
            self._moves.pop(old)
            if new is not None:
                self._moves[old] = new
        self._notes.clear()
        self._notes.update(self._notes_before)
        self._dictionaries.clear()
        self._dictionaries.update(self._dictionaries_before)
        self._origins.update(self._origins_before)
        if self._shingles_before is not None:
            self._put_shingles(self._shingles_before)

    def _touched(self, story: str) -> Stored | None:
        """A story about to be changed, after a copy of it was put aside."""
        kept = self._stories.get(story)
        if story not in self._before:
            self._before[story] = kept.copy() if kept else None
        return kept
