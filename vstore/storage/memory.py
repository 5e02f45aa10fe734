"""Versions in memory: the executable specification of the storage contract."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from vstore import postings
from vstore.blobs import story_digest
from vstore.errors import Corrupt, Overtaken
from vstore.postings import DIGEST, META
from vstore.rows import CHECKPOINT, SHORT, Entry, Finding, Head, Kept, Link, Payload, Recount, Row

FOUND_MOST = 20


@dataclass(slots=True)
class _Story:
    head: Head
    rows: list[Row] = field(default_factory=list)
    payloads: dict[int, Payload] = field(default_factory=dict)
    sightings: dict[int, int] = field(default_factory=dict)
    recounts: dict[tuple[int, int], Recount] = field(default_factory=dict)

    def copy(self) -> _Story:
        return _Story(
            self.head, list(self.rows), dict(self.payloads), dict(self.sightings), dict(self.recounts)
        )


class MemoryStorage:
    """A dictionary of stories; one lock, held while a transaction is open."""

    def __init__(self, notes: dict[str, str]) -> None:
        self._stories: dict[str, _Story] = {}
        self._notes = dict(notes)
        self._dictionaries: dict[int, bytes] = {}
        self._origins: dict[str, list[Kept]] = {}  # of each story, those kept longest ago first
        self._shingles: dict[int, bytes] = {}
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

    def named(self, digests: Sequence[bytes]) -> dict[bytes, str]:
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

    def sightings(self, story: str) -> dict[int, int]:
        with self._lock:
            kept = self._stories.get(story)
            return dict(kept.sightings) if kept else {}

    def recounts(self, story: str) -> dict[tuple[int, int], Recount]:
        with self._lock:
            kept = self._stories.get(story)
            return dict(kept.recounts) if kept else {}

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
            if self._open or there is None or any(each.late != there.head.late for each in kept):
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

    def keep_shingles(self, pages: Mapping[int, bytes], expected: bytes | None) -> bool:
        if not self._lock.acquire(blocking=False):
            return False
        try:
            if self._open or (expected is not None and self._shingles.get(META) != expected):
                return False
            if expected is None:
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
    def transaction(self) -> Iterator[_Transaction]:
        with self._held():
            transaction = _Transaction(
                self._stories, self._notes, self._dictionaries, (self._origins, self._shingles)
            )
            try:
                yield transaction
            except BaseException:
                transaction.undo()
                raise

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


class _Transaction:
    """Writes at once, and remembers what stood there before."""

    def __init__(
        self,
        stories: dict[str, _Story],
        notes: dict[str, str],
        dictionaries: dict[int, bytes],
        derived: tuple[dict[str, list[Kept]], dict[int, bytes]],
    ) -> None:
        self._origins, self._shingles = derived
        self._forgotten: tuple[dict[str, list[Kept]], dict[int, bytes]] | None = None
        self._stories = stories
        self._notes = notes
        self._dictionaries = dictionaries
        self._before: dict[str, _Story | None] = {}
        self._notes_before = dict(notes)
        self._dictionaries_before = dict(dictionaries)

    def append(self, entry: Entry, expected: Head | None) -> None:
        kept = self._stories.get(entry.head.story)
        if (kept.head if kept else None) != expected:
            raise Overtaken(f"another writer changed {entry.head.story} first", story=entry.head.story)
        kept = self._touched(entry.head.story) or self._stories.setdefault(
            entry.head.story, _Story(entry.head)
        )
        kept.head = entry.head
        kept.rows.append(entry.row)
        kept.payloads[entry.row.number] = entry.payload
        for recount in entry.recounts:
            kept.recounts.setdefault((recount.number, recount.previous), recount)

    def repack(
        self, head: Head, expected: Head, payloads: Mapping[int, Payload], rows: Sequence[Row]
    ) -> None:
        kept = self._touched(head.story)
        wanted = {payload.dictionary for payload in payloads.values()} - {None}
        if kept is None or kept.head != expected or not wanted <= self._dictionaries.keys():
            raise Overtaken(
                f"another writer changed {head.story} first, or dropped what it needs", story=head.story
            )
        kept.head = head
        for row in rows:
            kept.rows[row.number - 1] = row
            kept.payloads.pop(row.number, None)
        kept.payloads.update(payloads)

    def add_dictionary(self, body: bytes) -> int:
        known = next((number for number, each in self._dictionaries.items() if each == body), None)
        number = known or max(self._dictionaries, default=0) + 1
        self._dictionaries[number] = body
        return number

    def drop_dictionaries(self) -> int:
        payloads = (payload for kept in self._stories.values() for payload in kept.payloads.values())
        used = {payload.dictionary for payload in payloads}
        newest = max(self._dictionaries, default=0)  # its number must not be given again
        unused = [number for number in self._dictionaries if number not in used and number < newest]
        for number in unused:
            del self._dictionaries[number]
        return len(unused)

    def saw(self, story: str, number: int, moment: int) -> None:
        kept = self._touched(story)
        if kept:
            kept.sightings[number] = max(moment, kept.sightings.get(number, moment))

    def forget(self, story: str) -> None:
        self._forgotten = self._forgotten or (dict(self._origins), dict(self._shingles))
        self._origins.pop(story, None)
        left = postings.without(self._shingles, story_digest(story)[:DIGEST])
        self._shingles.clear()
        self._shingles.update(left)

    def note(self, key: str, value: str) -> None:
        self._notes[key] = value

    def undo(self) -> None:
        for story, kept in self._before.items():
            if kept is None:
                del self._stories[story]
            else:
                self._stories[story] = kept
        self._notes.clear()
        self._notes.update(self._notes_before)
        self._dictionaries.clear()
        self._dictionaries.update(self._dictionaries_before)
        if self._forgotten:
            self._origins.update(self._forgotten[0])
            self._shingles.update(self._forgotten[1])

    def _touched(self, story: str) -> _Story | None:
        """A story about to be changed, after a copy of it was put aside."""
        kept = self._stories.get(story)
        if story not in self._before:
            self._before[story] = kept.copy() if kept else None
        return kept


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


def _beginnings(story: str, digests: Sequence[bytes]) -> list[bytes]:
    """Those that the story's digest begins with."""
    digest = story_digest(story)
    return [digest[:length] for length in {len(each) for each in digests} if digest[:length] in digests]
