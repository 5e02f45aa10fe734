"""Pages of postings: buckets that grow, keys that too many stories have, stories that are forgotten."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstore.postings import (
    BYTES_MOST,
    COMMON,
    DIGEST,
    GONE,
    KEY_BITS,
    LOAD,
    META,
    SLOTS,
    STORIES_MOST,
    TODO_MOST,
    Bucket,
    Forgetting,
    Meta,
    bucket_of,
    digest_in,
    found,
    level_of,
    page_of,
    put_digest,
    split_on_the_way,
    spread,
    unpacked,
    without,
)

KEYS = st.integers(0, (1 << KEY_BITS) - 1)
STORIES = st.integers(1, 1 << 40)


def digest(number: int) -> bytes:
    return number.to_bytes(DIGEST)


# What the other pages hold


def test_what_is_known_of_all_comes_back() -> None:
    assert unpacked(Meta().packed()) == Meta()
    meta = Meta(2**32 - 1, -(2**63), 2**63 - 1, 2**32 - 1, 2**64 - 1, 2**32 - 1, (GONE,) * TODO_MOST)
    assert unpacked(meta.packed()) == meta
    assert len(meta.packed()) <= BYTES_MOST


def test_what_another_algorithm_wrote_is_nothing() -> None:
    page = Meta().packed()
    assert unpacked(None) is unpacked(b"") is unpacked(page[:-1]) is unpacked(b"\xff" + page[1:]) is None


# Buckets


@given(st.dictionaries(KEYS, st.sets(STORIES, min_size=1, max_size=5), max_size=60), st.integers(0, 20))
def test_a_bucket_finds_every_key_and_no_other(postings: dict[int, set[int]], level: int) -> None:
    bucket = Bucket(level)
    same = {key for key in postings if key & ((1 << level) - 1) == 0}
    for key in same:
        bucket.add(key, postings[key])
    page = bucket.packed()
    assert {key: set(found(page, level, key)) for key in same} == {key: postings[key] for key in same}
    assert found(page, level, (max(same, default=0) + (1 << level)) % (1 << KEY_BITS)) in (
        [],
        *(sorted(postings[key]) for key in same),
    )
    assert Bucket(level, page).packed() == page
    assert len(Bucket(level, page)) == len(bucket)


@given(st.integers(1, 200), KEYS)
def test_every_key_has_a_bucket_and_this_knows_its_bits(buckets: int, key: int) -> None:
    page = bucket_of(key, buckets)
    assert 1 <= page <= buckets
    level = level_of(page, buckets)
    assert (page - 1) == key & ((1 << level) - 1)


def test_buckets_grow_one_at_a_time_and_nothing_is_lost() -> None:
    dice = random.Random(5)
    postings = {dice.getrandbits(KEY_BITS): number % 50_000 + 1 for number in range(3_000)}
    buckets = {1: Bucket(0)}
    for count, (key, story) in enumerate(postings.items(), 1):
        buckets[bucket_of(key, len(buckets))].add(key, [story])
        if len(buckets) * LOAD < count:
            page = 1 + len(buckets) - (1 << (len(buckets).bit_length() - 1))
            buckets[len(buckets) + 1] = buckets[page].split()
    pages = {page: bucket.packed() for page, bucket in buckets.items()}
    assert len(pages) == 3_000 // LOAD + 1
    assert max(map(len, pages.values())) < 4 * 7 * LOAD
    for key, story in postings.items():
        page = bucket_of(key, len(pages))
        assert found(pages[page], level_of(page, len(pages)), key) == [story]


@given(st.integers(1, 200), st.integers(0, 300), st.sets(st.integers(0, 2**32 - 1), max_size=200))
def test_buckets_are_spread_at_once_as_they_are_one_by_one(buckets: int, growth: int, keys: set[int]) -> None:
    more = buckets + growth
    parts: dict[int, Bucket] = {}
    for page in range(1, buckets + 1):
        bucket = Bucket(level_of(page, buckets))
        for key in keys:
            if bucket_of(key, buckets) == page:
                bucket.add(key, [key % 97 + 1])
        new = dict(spread(page, bucket, more))
        assert (len(new) > 1) == (page in split_on_the_way(buckets, more))
        assert not parts.keys() & new.keys()
        parts |= new
    assert sorted(parts) == list(range(1, more + 1))
    packed = {page: bucket.packed() for page, bucket in parts.items()}
    for key in keys:
        page = bucket_of(key, more)
        assert found(packed[page], level_of(page, more), key) == [key % 97 + 1]


def test_a_key_that_too_many_stories_have_tells_only_that() -> None:
    bucket = Bucket(3)
    bucket.add(8, range(1, STORIES_MOST + 1))
    assert len(found(bucket.packed(), 3, 8)) == STORIES_MOST
    bucket.add(8, [STORIES_MOST + 1])
    assert found(bucket.packed(), 3, 8) == [COMMON]
    bucket.add(8, [1])
    assert found(bucket.packed(), 3, 8) == [COMMON]
    assert len(bucket) == 1


def test_a_page_is_never_longer_than_it_may_be() -> None:
    many = Bucket(0)
    for key in range(60):
        many.add(key, range(1, 2 + key))
    page = many.packed()
    assert len(page) <= BYTES_MOST
    assert found(page, 0, 59) == [COMMON]
    assert found(page, 0, 0) == [1]
    crafted = Bucket(0)
    for key in range(5_000):
        crafted.add(key, [1])
    assert len(crafted.packed()) <= BYTES_MOST


def test_an_empty_page_has_nothing() -> None:
    assert found(Bucket(0).packed(), 0, 7) == []
    assert len(Bucket(0, Bucket(0).packed())) == 0


# Stories


def test_each_story_has_a_place_for_its_digest() -> None:
    bodies: dict[int, bytearray] = {}
    for story in [*range(1, 3 * SLOTS), 10 * SLOTS]:
        put_digest(bodies.setdefault(page_of(story), bytearray()), story, digest(story))
    assert [page_of(story) for story in (1, SLOTS, SLOTS + 1)] == [-1, -1, -2]
    for story in (1, SLOTS, SLOTS + 1, 3 * SLOTS - 1, 10 * SLOTS):
        assert digest_in(bytes(bodies[page_of(story)]), story) == digest(story)
    assert digest_in(b"", 5) == digest_in(bytes(bodies[-3]), 3 * SLOTS) == GONE
    assert max(map(len, bodies.values())) <= BYTES_MOST


@pytest.fixture
def pages() -> dict[int, bytes]:
    """Of 300 stories with ten keys each, some of them in common; the first has two numbers."""
    buckets = {page: Bucket(level_of(page, 5)) for page in range(1, 6)}
    slots: dict[int, bytearray] = {}
    for story in range(1, 301):
        for key in range(story * 7, story * 7 + 10):
            buckets[bucket_of(key, 5)].add(key, [story])
        put_digest(slots.setdefault(page_of(story), bytearray()), story, digest(1 if story == 300 else story))
    kept = {page: bytes(body) for page, body in slots.items()}
    kept |= {page: bucket.packed() for page, bucket in buckets.items()}
    return {**kept, META: Meta(turn=3, stories=300, postings=3000, buckets=5).packed()}


def stories(pages: dict[int, bytes]) -> set[int]:
    return {
        story
        for key in range(300 * 8)
        for story in found(pages[bucket_of(key, 5)], level_of(bucket_of(key, 5), 5), key)
    }


def test_a_story_that_is_forgotten_leaves_nothing_but_that_it_is_to_be_taken_in_anew(
    pages: dict[int, bytes],
) -> None:
    left = without(pages, [digest(1)])
    assert stories(left) == stories(pages) - {1, 300}
    assert {page: len(body) for page, body in left.items() if page < 0} == {
        page: len(body) for page, body in pages.items() if page < 0
    }
    assert not any(digest(1) in body for page, body in left.items() if page < 0)
    meta = unpacked(left[META])
    assert meta is not None
    assert (meta.turn, meta.todo) == (4, (digest(1),))
    assert digest_in(left[page_of(2)], 2) == digest(2)


def test_a_story_that_is_not_there_is_forgotten_too(pages: dict[int, bytes]) -> None:
    left = without(pages, [digest(999)])
    assert {**left, META: b""} == {**pages, META: b""}
    twice = unpacked(without(left, [digest(999)])[META])
    assert twice is not None
    assert twice.todo == (digest(999),)


def test_pages_that_do_not_change_are_not_told(pages: dict[int, bytes]) -> None:
    forgetting = Forgetting(unpacked(pages[META]) or Meta(), [digest(5)])
    told = [page for page in sorted(pages) if page != META and forgetting.changed(page, pages[page])]
    assert told[0] == page_of(5)
    assert 0 < len(told) < len(pages)


def test_where_too_many_are_forgotten_all_are_made_anew(pages: dict[int, bytes]) -> None:
    meta = unpacked(pages[META])
    assert meta is not None
    full = meta._replace(todo=tuple(map(digest, range(1000, 1000 + TODO_MOST))))
    for before in ({**pages, META: full.packed()}, {}):
        left = without(before, [digest(1)])
        anew = unpacked(left[META])
        assert anew is not None
        assert anew == Meta(turn=anew.turn)
        assert left.keys() == {META, 1}
        assert len(Bucket(0, left[1])) == 0
