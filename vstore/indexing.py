"""Which stories have which shingles: pages in the store, brought up to date whenever they are asked.

Nobody who adds or imports pays for it. What is not in the pages yet is told by the heads, by when their tips
were recorded; it is taken in and held here, and written once there is enough. Where the store cannot be
written, or another writer was quicker, all is answered alike, from what is held.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from itertools import chain

from vstore import postings
from vstore.blobs import story_digest
from vstore.errors import Corrupt, NotFound
from vstore.history import History
from vstore.postings import DIGEST, LOAD, META, Bucket, Meta, bucket_of, level_of, page_of
from vstore.rows import Head, Row
from vstore.shelf import Shelf
from vstore.shingles import Sketch, words

VERSIONS = 32
"""So many versions of a story are looked at, at most, each time it is taken in."""

FEW = 32
"""Stories taken in before they are written."""

MANY, MOST, PART = 2_000, 16_000, 8
"""Where there are many, a part of those that are there already is written at once, within these bounds."""

BACK = 8
"""The last so many are taken in again by whoever comes next: another writer's may have come between them."""

AT_ONCE = 512
"""So many buckets are open at once."""

TRIES = 3

Progress = Callable[[int], None] | None
"""Is told how many stories were taken in."""


class BrokenError(Corrupt):
    """Pages are missing or damaged: all have to be made anew."""

    def __init__(self) -> None:
        super().__init__("pages of the index of shingles are missing or damaged")


class Index:
    """The index of one store, for one thread."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._storage = shelf.storage
        self._distrusted: bytes | None = None
        self._begin(None)

    def distrust(self) -> None:
        """Take no page that is there for true: all are made anew."""
        self._distrusted = self._storage.shingles([META]).get(META)
        self._begin(self._distrusted)

    def _begin(self, page: bytes | None) -> None:
        """Go on from what the storage has, by its page 0."""
        known = None if page == self._distrusted else postings.unpacked(page)
        self._page = page
        self._is_anew = known is None
        self._meta = known or Meta()
        self._mark = self._meta.mark
        self._latest: dict[str, tuple[int, int]] = {}  # stories recorded at the mark that are taken in
        self._moments: deque[int] = deque(maxlen=BACK)
        self._fresh: dict[int, list[int]] = {}
        self._digests: dict[int, bytes] = {}
        self._numbers: dict[bytes, int] = {}  # the same the other way round
        self._taken = 0
        self._own: dict[int, bytes] = {}  # pages that the storage did not take

    def stories_with(self, keys: Collection[int], progress: Progress = None) -> dict[int, list[int]]:
        """By key that any has, the numbers of the stories that have it; COMMON among them for too many.

        Raises BrokenError; this and `names` can be asked again after `distrust`.
        """
        for _ in range(TRIES):
            self._refresh(progress)
            if (found := self._found(keys)) is not None:
                return found
        # Others write again and again: within a snapshot nothing changes, and nothing can be kept.
        with self._storage.snapshot():
            self._refresh(progress)
            return self._found(keys) or {}

    def names(self, numbers: Collection[int]) -> dict[int, str]:
        """The story-ids of these stories, those that are still there. Raises BrokenError."""
        digests = self._digests_of(numbers)
        known = self._storage.names_of([each for each in digests.values() if each != postings.GONE])
        return {number: known[digest] for number, digest in digests.items() if digest in known}

    def _digests_of(self, numbers: Collection[int]) -> dict[int, bytes]:
        wanted = {page_of(number) for number in numbers if number not in self._digests}
        pages = self._read(wanted)
        if len(pages) < len(wanted):
            raise BrokenError
        return {
            number: self._digests.get(number) or postings.digest_in(pages[page_of(number)], number)
            for number in numbers
        }

    def _found(self, keys: Collection[int]) -> dict[int, list[int]] | None:
        """None where another wrote meanwhile."""
        meta, found = self._meta, dict[int, list[int]]()
        pages = self._buckets({bucket_of(key, meta.buckets) for key in keys})
        if pages is None:
            return None
        for key in keys:
            page = bucket_of(key, meta.buckets)
            stories = postings.found(pages[page], level_of(page, meta.buckets), key) if pages else []
            if stories := list(dict.fromkeys(stories + self._fresh.get(key, []))):
                found[key] = stories
        return found

    def _buckets(self, pages: Collection[int]) -> dict[int, bytes] | None:
        """These pages as they stand under what is known of all; None where that changed meanwhile."""
        if not self._meta.turn:
            return {}
        found = self._read({META, *pages})
        if found.pop(META, None) != self._page:
            return None
        if len(found) < len(pages):
            raise BrokenError
        return found

    def _read(self, pages: Collection[int]) -> dict[int, bytes]:
        wanted = [page for page in pages if page not in self._own]
        found = self._storage.shingles(wanted) if wanted else {}
        return {**found, **{page: self._own[page] for page in pages if page in self._own}}

    # Taking in

    def _refresh(self, progress: Progress) -> None:
        page = self._storage.shingles([META]).get(META)
        if page != self._page:
            self._begin(page)
        for count, (head, since) in enumerate(self._waiting(), 1):
            self._take(head, since)
            if self._taken >= min(MOST, max(MANY, self._meta.stories // PART)):
                self._write()
            if progress:
                progress(count)
        if self._taken >= FEW:
            self._write()

    def _waiting(self) -> Iterator[tuple[Head, int]]:
        """Heads of stories that are to be taken in, and since when their versions are."""
        todo = self._storage.names_of(self._meta.todo) if self._meta.todo else {}
        self._meta = self._meta._replace(todo=())
        for story in todo.values():
            if head := self._storage.head(story):
                yield head, Meta().mark
        since = self._mark
        for head in self._storage.tips_since(since):
            if self._latest.get(head.story) != (head.versions, head.rewritten):
                yield head, since
                self._advance(head)

    def _advance(self, head: Head) -> None:
        if head.recorded > self._mark:
            self._mark = head.recorded
            self._latest.clear()
        self._latest[head.story] = head.versions, head.rewritten
        self._moments.append(head.recorded)

    def _take(self, head: Head, since: int) -> None:
        """Take in the versions of a story that were recorded since a moment."""
        with suppress(Corrupt, NotFound):  # what cannot be read is not found
            kept, _ = self._shelf.standing(head.story)
            new = [row for row in kept.rows if row.recorded >= since]
            if keys := self._keys(kept, new):
                digest = story_digest(head.story)[:DIGEST]
                number = self._numbers.get(digest)
                if number is None and kept.rows[0].recorded <= self._meta.top:
                    number = self._known(digest, keys)
                number = number or self._numbered(digest)
                for key in keys:
                    self._fresh.setdefault(key, []).append(number)
                self._taken += 1

    def _keys(self, kept: History, rows: Sequence[Row]) -> set[int]:
        keys: set[int] = set()
        for row in some(list({row.text_id: row for row in rows}.values()), VERSIONS):
            with suppress(Corrupt, NotFound):
                keys |= Sketch(words(self._shelf.stored(kept.story, row))).kept()
        return keys

    def _known(self, digest: bytes, keys: Collection[int]) -> int | None:
        """The number that a story has already: its own shingles lead to it."""
        with suppress(BrokenError):
            counts = Counter(chain.from_iterable((self._found(keys) or {}).values()))
            del counts[postings.COMMON]
            likely = self._digests_of([number for number, _ in counts.most_common(BACK)])
            return next((number for number, known in likely.items() if known == digest), None)
        return None

    def _numbered(self, digest: bytes) -> int:
        self._meta = self._meta._replace(stories=self._meta.stories + 1)
        self._digests[self._meta.stories] = digest
        self._numbers[digest] = self._meta.stories
        return self._meta.stories

    # Writing

    def _write(self) -> None:
        """Put what was taken in into the pages, and these into the storage, or hold them if it takes none."""
        self._taken = 0
        merged, slots = self._merged(), self._slots()
        if merged is None:  # another wrote: this will be seen when the next question comes
            return
        meta, pages = merged
        moments = [*self._moments, meta.top]
        turn = meta.turn + 1 if meta.turn else postings.turn_by_chance()
        self._meta = meta._replace(turn=turn, mark=min(moments[:-1], default=meta.mark), top=max(moments))
        self._fresh = {}
        self._own |= {**pages, **slots}
        page = self._meta.packed()
        if self._storage.keep_shingles({**self._own, META: page}, self._page, anew=self._is_anew):
            self._page, self._is_anew = page, False
            self._own, self._digests, self._numbers = {}, {}, {}

    def _merged(self) -> tuple[Meta, dict[int, bytes]] | None:
        """Buckets with what is fresh in them, split where that is too much; a part of them at a time."""
        meta = self._meta
        number = max(meta.buckets, -(-(meta.postings + sum(map(len, self._fresh.values()))) // LOAD))
        fresh: dict[int, list[int]] = {page: [] for page in postings.split_on_the_way(meta.buckets, number)}
        for key in self._fresh:
            fresh.setdefault(bucket_of(key, meta.buckets), []).append(key)
        count, packed = meta.postings, dict[int, bytes]()
        for several in _parts(sorted(fresh)):
            buckets = self._opened(several)
            if buckets is None:
                return None
            for page, bucket in buckets.items():
                count -= len(bucket)
                for key in fresh[page]:
                    bucket.add(key, self._fresh[key])
                count += len(bucket)
                packed |= {each: part.packed() for each, part in postings.spread(page, bucket, number)}
        return meta._replace(postings=count, buckets=number), packed

    def _opened(self, pages: Collection[int]) -> dict[int, Bucket] | None:
        found = self._buckets(pages)
        if found is None:
            return None
        levels = {page: level_of(page, self._meta.buckets) for page in pages}
        return {page: Bucket(levels[page], found.get(page, b"\1")) for page in pages}

    def _slots(self) -> dict[int, bytes]:
        """The pages of stories with the new ones in them."""
        first = min(self._digests, default=1)
        begun = {page_of(first)} & {page_of(first - 1)}  # it holds others as well
        pages = {page: bytearray(body) for page, body in self._read(begun).items()}
        if len(pages) < len(begun):
            raise BrokenError
        for number, digest in sorted(self._digests.items()):
            postings.put_digest(pages.setdefault(page_of(number), bytearray()), number, digest)
        return {page: bytes(body) for page, body in pages.items()}


def _parts(pages: Sequence[int]) -> Iterator[Sequence[int]]:
    return (pages[start : start + AT_ONCE] for start in range(0, len(pages), AT_ONCE))


def some(rows: Sequence[Row], most: int) -> list[Row]:
    """All, or so many: the first, the last, and others between them in equal steps."""
    steps = min(len(rows), most) - 1
    return [rows[step * (len(rows) - 1) // max(steps, 1)] for step in range(steps + 1)]
