"""Postings: which stories have a key, in pages that a storage keeps and need not understand.

Page 0 says what the others hold. Pages 1, 2, 3 … are buckets of keys, each with the numbers that stand for
its stories here; pages -1, -2, -3 … tell by their digests which stories those are. Buckets grow one at a time
(linear hashing, Litwin 1980), so that each stays small and none is ever moved but when it is split.

A key that too many stories have tells nothing of any: its numbers give way to one that says so.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple, Self

KEY_BITS = 32
"""Keys are numbers of so many bits."""

ALGORITHM = 1
"""Changes whenever other shingles, or other pages, are made of the same texts."""

META = 0
"""The number of the page that says what the others hold."""

LOAD = 64
"""Postings in a bucket, on average, at most."""

COMMON, STORIES_MOST = 0, 64
"""What stands for more stories than so many."""

BYTES_MOST = 3_900
"""Of a page: it then fits one of SQLite's, and no damage in it can reach others."""

DIGEST, SLOTS = 8, 128
"""Bytes of a story's digest, and how many there are in a page."""

GONE = bytes(DIGEST)
"""In place of the digest of a story that was forgotten."""

TODO_MOST = 200
"""Stories that are to be taken in anew; if there are more, all are."""

_HEAD = struct.Struct(">BIqqIQI")


class Meta(NamedTuple):
    """What the pages hold."""

    turn: int = 0
    """Another one after each change."""
    mark: int = -(1 << 63)
    """Stories whose tip was recorded before this moment are in it."""
    top: int = -(1 << 63)
    """Those whose tip was recorded after this one are not."""
    stories: int = 0
    """How many numbers were given."""
    postings: int = 0
    buckets: int = 1
    todo: tuple[bytes, ...] = ()
    """Digests of stories that were forgotten, and are to be taken in as they are now."""

    def has_room_for(self, digests: Collection[bytes]) -> bool:
        """Whether these stories can be forgotten, and the others stay."""
        return len({*self.todo, *digests}) <= TODO_MOST

    def packed(self) -> bytes:
        """As page 0 has it."""
        return _HEAD.pack(ALGORITHM, *self[:-1]) + b"".join(self.todo)


def unpacked(page: bytes | None) -> Meta | None:
    """What page 0 says; None where there is none, or one of another algorithm."""
    if page is None or len(page) < _HEAD.size or page[0] != ALGORITHM:
        return None
    _, turn, mark, top, stories, postings, buckets = _HEAD.unpack_from(page)
    rest = page[_HEAD.size :]
    todo = tuple(rest[at : at + DIGEST] for at in range(0, len(rest), DIGEST))
    return Meta(turn, mark, top, stories, postings, buckets, todo)


# Buckets: those that were split in this round, and those they were split into, go by one bit more of a key


def bucket_of(key: int, buckets: int) -> int:
    """The page that a key is in, if there are so many buckets."""
    level = buckets.bit_length() - 1
    bucket = key & ((2 << level) - 1)
    return 1 + (bucket if bucket < buckets else bucket - (1 << level))


def level_of(page: int, buckets: int) -> int:
    """How many bits of a key tell that it is in this page."""
    level, bucket = buckets.bit_length() - 1, page - 1
    return level + (bucket < buckets - (1 << level) or bucket >= 1 << level)


def split_on_the_way(buckets: int, more: int) -> set[int]:
    """Of the pages of so many buckets those that are split until there are more."""
    return {1 + _before(bucket, buckets) for bucket in range(buckets, more)}


def _before(bucket: int, buckets: int) -> int:
    """Where the keys of a bucket were while there were so many."""
    while bucket >= buckets:
        bucket -= 1 << (bucket.bit_length() - 1)
    return bucket


class Bucket:
    """The postings of one page, to be changed."""

    def __init__(self, level: int, body: bytes = b"\1") -> None:
        self.level = level
        self._stories: dict[int, set[int]] = {}
        width, size, count = _widths(level, body)
        for at in range(count):
            rest = int.from_bytes(body[1 + at * width : 1 + (at + 1) * width])
            start = 1 + count * width + at * size
            self._stories.setdefault(rest, set()).add(int.from_bytes(body[start : start + size]))

    def __len__(self) -> int:
        return sum(map(len, self._stories.values()))

    def add(self, key: int, stories: Iterable[int]) -> None:
        """Stories that have a key."""
        known = self._stories.setdefault(key >> self.level, set())
        if COMMON not in known:
            known.update(stories)
            if len(known) > STORIES_MOST:
                self._stories[key >> self.level] = {COMMON}

    def remove(self, stories: set[int]) -> None:
        """Forget these stories."""
        left = {rest: known - stories for rest, known in self._stories.items()}
        self._stories = {rest: known for rest, known in left.items() if known}

    def split(self) -> Self:
        """Give half of the keys to a new bucket."""
        self.level += 1
        other = type(self)(self.level)
        other._stories = {rest >> 1: known for rest, known in self._stories.items() if rest & 1}
        self._stories = {rest >> 1: known for rest, known in self._stories.items() if not rest & 1}
        return other

    def packed(self) -> bytes:
        """The page: how long a story's number is, the rests of the keys in order, the numbers."""
        highest = max(map(max, self._stories.values()), default=0)
        width, size = _key_bytes(self.level), max(1, (highest.bit_length() + 7) // 8)
        self._shrink((BYTES_MOST - 1) // (width + size))
        pairs = [(rest, story) for rest in sorted(self._stories) for story in sorted(self._stories[rest])]
        rests = b"".join([rest.to_bytes(width) for rest, _ in pairs])
        return bytes((size,)) + rests + b"".join([story.to_bytes(size) for _, story in pairs])

    def _shrink(self, most: int) -> None:
        """What more stories have than others gives way first; then whatever is too much."""
        by_size = sorted(self._stories, key=lambda rest: (-len(self._stories[rest]), rest))
        surplus = len(self) - most
        for rest in by_size:
            if surplus > 0:
                surplus -= len(self._stories[rest]) - 1
                self._stories[rest] = {COMMON}
        for rest in by_size[most:]:
            del self._stories[rest]


def spread(page: int, bucket: Bucket, buckets: int) -> Iterator[tuple[int, Bucket]]:
    """What becomes of a bucket, and where, once there are so many."""
    while bucket.level < level_of(page, buckets):
        beside = page + (1 << bucket.level)
        yield from spread(beside, bucket.split(), buckets)
    yield page, bucket


def found(body: bytes, level: int, key: int) -> list[int]:
    """The stories that have a key, in a bucket as it was packed."""
    width, size, count = _widths(level, body)
    end = 1 + count * width
    rest = (key >> level).to_bytes(width)
    at = body.find(rest, 1, end)
    while at > 0 and (at - 1) % width:
        at = body.find(rest, at + 1, end)
    stories = []
    while 0 < at < end and body[at : at + width] == rest:
        start = end + (at - 1) // width * size
        stories.append(int.from_bytes(body[start : start + size]))
        at += width
    return stories


def _key_bytes(level: int) -> int:
    return max(1, (KEY_BITS - level + 7) // 8)


def _widths(level: int, body: bytes) -> tuple[int, int, int]:
    """Bytes of a key and of a story's number, and how many postings there are."""
    width, size = _key_bytes(level), body[0]
    return width, size, (len(body) - 1) // (width + size)


# Stories by their numbers: 1, 2, 3 …


def page_of(story: int) -> int:
    """The page that has the digest of the story with this number; for 0, none that there is."""
    return -1 - (story - 1) // SLOTS


def digest_in(body: bytes, story: int) -> bytes:
    """This digest, in that page; GONE where it is not there."""
    at = (story - 1) % SLOTS * DIGEST
    return body[at : at + DIGEST].ljust(DIGEST, b"\0")


def put_digest(body: bytearray, story: int, digest: bytes) -> None:
    """Put it there."""
    at = (story - 1) % SLOTS * DIGEST
    body.extend(bytes(max(0, at + DIGEST - len(body))))
    body[at : at + DIGEST] = digest


def turn_by_chance() -> int:
    """Where all is made anew: nobody takes it for what was there before."""
    return 1 + (int.from_bytes(os.urandom(4)) >> 1)


def anew() -> dict[int, bytes]:
    """Pages that hold nothing."""
    return {META: Meta(turn=turn_by_chance()).packed(), 1: Bucket(0).packed()}


class Forgetting:
    """Stories are forgotten: what becomes of the pages, those of stories first."""

    def __init__(self, meta: Meta, digests: Iterable[bytes]) -> None:
        self._meta = meta
        self._digests = frozenset(digests)
        self._numbers: set[int] = set()

    def changed(self, page: int, body: bytes) -> bytes | None:
        """The page without them; None for one that stays as it is."""
        return self._without_slot(page, body) if page < 0 else self._without_postings(page, body)

    @property
    def meta(self) -> Meta:
        """What page 0 says then: they are to be taken in as they are now."""
        todo = tuple(sorted({*self._meta.todo, *self._digests}))
        return self._meta._replace(turn=self._meta.turn + 1, todo=todo)

    def _without_slot(self, page: int, body: bytes) -> bytes | None:
        first = (-1 - page) * SLOTS + 1
        slots = [body[at : at + DIGEST] for at in range(0, len(body), DIGEST)]
        numbers = {number for number, slot in enumerate(slots, first) if slot in self._digests}
        self._numbers |= numbers
        kept = b"".join(GONE if slot in self._digests else slot for slot in slots)
        return kept if numbers else None

    def _without_postings(self, page: int, body: bytes) -> bytes | None:
        size = body[0]
        if not any(each.to_bytes(size) in body for each in self._numbers if each < 1 << 8 * size):
            return None
        bucket = Bucket(level_of(page, self._meta.buckets), body)
        bucket.remove(self._numbers)
        left = bucket.packed()
        return None if left == body else left


def without(pages: Mapping[int, bytes], digests: Collection[bytes]) -> dict[int, bytes]:
    """All pages, where these stories are forgotten; empty ones where they have to be made anew."""
    meta = unpacked(pages.get(META))
    if meta is None or not meta.has_room_for(digests):
        return anew()
    forgetting, left = Forgetting(meta, digests), dict(pages)
    for page in sorted(pages):
        if page != META and (changed := forgetting.changed(page, pages[page])) is not None:
            left[page] = changed
    return {**left, META: forgetting.meta.packed()}
