"""Versions in memory: the executable specification of the storage contract."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from vstore.blobs import story_digest
from vstore.errors import Corrupt
from vstore.notes import number_of
from vstore.postings import META
from vstore.rows import (
    CHECKPOINT,
    GONE,
    GRAVES,
    SAID,
    SHORT,
    Alias,
    Deed,
    Finding,
    Head,
    Kept,
    Link,
    Payload,
    Recount,
    Row,
    Taken,
    Tombstone,
)
from vstore.storage.memory_writing import State, Transaction

FOUND_MOST = 20
"""Of versions by the beginning of an id, and of stories by an alias."""


class MemoryStorage:
    """A dictionary of stories; one lock, held while a transaction is open."""

    def __init__(self, notes: dict[str, str]) -> None:
        self._state = State(dict(notes))
        self._stories = self._state.stories
        self._notes = self._state.notes
        self._dictionaries = self._state.dictionaries
        self._deeds = self._state.deeds
        self._origins = self._state.origins
        self._shingles = self._state.shingles
        self._lock = threading.RLock()
        self._open = 0  # snapshots and transactions of the thread that holds the lock

    def head(self, story: str) -> Head | None:
        with self._lock:
            kept = self._stories.get(story)
            return kept.head if kept else None

    def heads(self) -> Iterator[tuple[Head, Row]]:
        with self._lock:
            heads = [(kept.head, kept.rows[kept.head.current - 1]) for kept in self._stories.values()]
        yield from sorted(heads, key=lambda found: found[0].story.encode())

    def tips(self) -> Iterator[Head]:
        with self._lock:
            heads = [kept.head for kept in self._stories.values()]
        yield from sorted(heads, key=lambda head: head.story.encode())

    def tips_since(self, moment: int) -> Iterator[Head]:
        since = [head for head in self.tips() if head.recorded >= moment]
        yield from sorted(since, key=lambda head: head.recorded)

    def names_of(self, digests: Sequence[bytes]) -> dict[bytes, str]:
        with self._lock:
            known = {digest: story for story in self._stories for digest in _beginnings(story, digests)}
        return {digest: known[digest] for digest in digests if digest in known}

    def names(self) -> Iterator[str]:
        with self._lock:
            names = sorted(self._stories, key=str.encode)
        yield from names

    def rows(self, story: str, after: int = 0) -> list[Row]:
        with self._lock:
            kept = self._stories.get(story)
            return kept.rows[after:] if kept else []

    def row(self, story: str, number: int) -> Row | None:
        with self._lock:
            kept = self._stories.get(story)
            return kept.rows[number - 1] if kept and 1 <= number <= len(kept.rows) else None

    def recent(self) -> Iterator[tuple[str, Row]]:
        with self._lock:
            rows = [(story, row) for story, kept in self._stories.items() for row in kept.rows]
        yield from sorted(rows, key=lambda found: (-found[1].recorded, found[0].encode(), -found[1].number))

    def find(self, prefix: str) -> list[tuple[str, Row]]:
        with self._lock:
            rows = [(story, row) for story, kept in self._stories.items() for row in kept.rows]
        found = [(story, row) for story, row in rows if row.id.hex().startswith(prefix)]
        return sorted(found, key=lambda each: each[1].id)[:FOUND_MOST]

    def link(self, story: str, number: int) -> Link | None:
        with self._lock:
            row = self.row(story, number)
            if row is None:
                return None
            return Link(row.base, row.pack, self._stories[story].payloads[row.pack or number])

    def links(self, story: str, first: int, last: int) -> dict[int, Link]:
        with self._lock:
            rows = [self.row(story, number) for number in range(max(first, 1), last + 1)]
            short = (row for row in rows if row and row.pack is None and row.base and row.stored <= SHORT)
            return {row.number: link for row in short if (link := self.link(story, row.number))}

    def payloads(self, story: str) -> list[int]:
        with self._lock:
            kept = self._stories.get(story)
            return sorted(kept.payloads) if kept else []

    def payload(self, story: str, number: int) -> Payload:
        with self._lock:
            kept = self._stories.get(story)
            if kept is None or number not in kept.payloads:
                raise Corrupt(f"the stored text of {story}@{number} is missing", story=story, number=number)
            return kept.payloads[number]

    def dictionary(self, number: int) -> bytes | None:
        with self._lock:
            return self._dictionaries.get(number)

    def dictionaries(self) -> list[int]:
        with self._lock:
            return sorted(self._dictionaries)

    def newest_dictionary(self) -> int | None:
        with self._lock:
            return max(self._dictionaries, default=None)

    def users(self, dictionary: int) -> list[str]:
        with self._lock:
            found = (
                story
                for story, kept in self._stories.items()
                if any(payload.dictionary == dictionary for payload in kept.payloads.values())
            )
            return sorted(found, key=str.encode)

    def sightings(self, story: str) -> dict[int, int]:
        with self._lock:
            kept = self._stories.get(story)
            return dict(kept.sightings) if kept else {}

    def recounts(self, story: str) -> dict[tuple[int, int], Recount]:
        with self._lock:
            kept = self._stories.get(story)
            return dict(kept.recounts) if kept else {}

    def known_as(self, digest: bytes) -> list[tuple[str, Alias]]:
        return [found for found in self._named() if found[1].digest == digest][:FOUND_MOST]

    def alias(self, story: str, digest: bytes) -> Alias | None:
        with self._lock:
            kept = self._stories.get(story)
            return kept.aliases.get(digest) if kept else None

    def given(self, story: str) -> list[Alias]:
        with self._lock:
            kept = self._stories.get(story)
            return sorted(alias for alias in kept.aliases.values() if alias.kind != SAID) if kept else []

    def all_given(self) -> Iterator[tuple[str, Alias | None]]:
        found = [each for each in self._named() if each[1].kind != SAID]
        yield from sorted(found, key=lambda each: (each[0].encode(), each[1].digest))

    def aliases(self) -> Iterator[tuple[str, Alias | None]]:
        yield from self._named()

    def _named(self) -> list[tuple[str, Alias]]:
        with self._lock:
            found = [
                (story, alias) for story, kept in self._stories.items() for alias in kept.aliases.values()
            ]
        return sorted(found, key=lambda each: (each[1].digest, each[0].encode()))

    def kept(self, story: str, number: int, kind: int) -> Kept | None:
        return next((each for each in self.kept_all(story, kind) if each.number == number), None)

    def kept_all(self, story: str, kind: int) -> list[Kept]:
        with self._lock:
            found = [each for each in self._origins.get(story, ()) if each.kind == kind]
        return sorted(found)

    def keep(self, story: str, kept: Sequence[Kept], budget: int) -> bool:
        if not self._lock.acquire(blocking=False):
            return False
        try:
            there = self._stories.get(story)
            if self._open or there is None or any(each.late != there.head.order for each in kept):
                return False
            self._origins[story] = _within(budget, _replaced(self._origins.get(story, []), kept))
            return True
        finally:
            self._lock.release()

    def kept_bytes(self) -> int:
        with self._lock:
            return sum(len(each.body) for kept in self._origins.values() for each in kept)

    def kept_damaged(self, story: str) -> list[int]:  # noqa: ARG002  memory loses no bytes
        return []

    def shingles(self, pages: Sequence[int]) -> dict[int, bytes]:
        with self._lock:
            return {page: self._shingles[page] for page in pages if page in self._shingles}

    def keep_shingles(self, pages: Mapping[int, bytes], expected: bytes | None, *, anew: bool) -> bool:
        if not self._lock.acquire(blocking=False):
            return False
        try:
            if self._open or self._shingles.get(META) != expected:
                return False
            if anew:
                self._shingles.clear()
            self._shingles.update(pages)
            return True
        finally:
            self._lock.release()

    def shingle_bytes(self) -> int:
        with self._lock:
            return sum(map(len, self._shingles.values()))

    def shingles_damaged(self) -> list[int]:
        return []

    def tombstones(self, story: str) -> list[Tombstone]:
        with self._lock:
            kept = self._stories.get(story)
            return sorted(kept.tombstones.values()) if kept else []

    def buried(self, ids: Collection[bytes]) -> dict[bytes, tuple[str, Tombstone]]:
        with self._lock:
            found = [
                (story, each) for story, kept in self._stories.items() for each in kept.tombstones.values()
            ]
        graves = [grave for grave in found if grave[1].erased in ids and not grave[1].alone]
        return {each.erased: (story, each) for story, each in sorted(graves, key=_grave)}

    def has_graves(self) -> bool:
        with self._lock:
            return GRAVES in self._notes

    def gone(self) -> int:
        with self._lock:
            return number_of(self._notes.get(GONE)) or 0

    def having(self, text_ids: Collection[bytes]) -> list[tuple[bytes, str, int]]:
        with self._lock:
            found = [
                (row.text_id, story, row.number)
                for story, kept in self._stories.items()
                for row in kept.rows
                if row.text_id in text_ids
            ]
        return sorted(found, key=lambda each: (each[1].encode(), each[2]))

    def named(self, digest: bytes) -> str | None:
        with self._lock:
            return next((story for story in self._stories if story_digest(story) == digest), None)

    def moves(self, prefix: str) -> list[tuple[bytes, bytes]]:
        with self._lock:
            found = [(old, new) for old, new in self._state.moves.items() if old.hex().startswith(prefix)]
        return sorted(found)[:FOUND_MOST]

    def taken(self, folder: bytes, file: bytes) -> Taken | None:
        with self._lock:
            return self._state.taken.get((folder, file))

    def has_taken(self, folder: bytes) -> bool:
        with self._lock:
            return any(known == folder for known, _ in self._state.taken)

    def deeds(self) -> Iterator[Deed]:
        with self._lock:
            deeds = sorted(self._deeds, key=lambda deed: (deed.at, deed.story, deed.run), reverse=True)
        yield from deeds

    def notes(self) -> dict[str, str]:
        with self._lock:
            return dict(self._notes)

    def size(self) -> int:
        return 0

    def problems(self, *, quick: bool = False) -> Iterator[Finding]:  # noqa: ARG002  memory loses no bytes
        yield from ()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self._held():
            yield

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._held():
            transaction = Transaction(self._state)
            try:
                yield transaction
                transaction.settle()
            except BaseException:
                transaction.undo()
                raise

    def scrub(self) -> None:
        """Nothing is left in memory."""

    def compact(self) -> None:
        """No room to give back."""

    def close(self) -> None:
        """Nothing to let go of."""

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._lock:
            self._open += 1
            try:
                yield
            finally:
                self._open -= 1


def _replaced(old: list[Kept], new: Sequence[Kept]) -> list[Kept]:
    """Origins with the new ones last, and nothing left that they replace or outdate."""
    for fresh in new:
        old = [
            each
            for each in old
            if (each.late, each.algorithm) == (fresh.late, fresh.algorithm)
            and (each.kind, each.number) != (fresh.kind, fresh.number)
        ]
        old.append(fresh)
    return old


def _within(budget: int, kept: list[Kept]) -> list[Kept]:
    """Origins without the answers that are too many, longest kept first."""
    room = budget - sum(len(each.body) for each in kept if each.kind == CHECKPOINT)
    staying = []
    for each in reversed(kept):
        room -= 0 if each.kind == CHECKPOINT else len(each.body)
        if each.kind == CHECKPOINT or room >= 0:
            staying.append(each)
    return staying[::-1]


def _grave(grave: tuple[str, Tombstone]) -> tuple[bytes, int, int]:
    return grave[0].encode(), grave[1].number, grave[1].part


def _beginnings(story: str, digests: Sequence[bytes]) -> list[bytes]:
    """Those that the story's digest begins with."""
    digest = story_digest(story)
    return [digest[:length] for length in {len(each) for each in digests} if digest[:length] in digests]
