"""Pages of shingles (vstore/storage/contract.py), answered alike by every backend. Issue 7, "Matching"."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from backends import NEW_YEAR, SECOND, entry, keep

from vstore.blobs import story_digest
from vstore.errors import Overtaken
from vstore.postings import DIGEST, META, TODO_MOST, Bucket, Meta, digest_in, put_digest, unpacked
from vstore.rows import ANSWER, FACTS, TEXT, Kept, Repack, Tombstone
from vstore.storage.contract import Storage, Writer

EMPTY, SOME = Meta(turn=1).packed(), Meta(turn=2).packed()
NOISE = bytes(range(256)) * 8


def some(stories: int = 3) -> dict[int, bytes]:
    """Pages that hold the stories `s1`, `s2` …, each with two keys, of which one is its own."""
    bucket, slots = Bucket(0), bytearray()
    for number in range(1, stories + 1):
        bucket.add(number, [number])
        bucket.add(99, [number])
        put_digest(slots, number, story_digest(f"s{number}")[:DIGEST])
    meta = Meta(turn=1, stories=stories, postings=2 * stories)
    return {META: meta.packed(), 1: bucket.packed(), -1: bytes(slots)}


# Pages


def test_where_nothing_was_kept_there_is_nothing(storage: Storage) -> None:
    assert storage.shingles([META, 1, -1]) == {}
    assert storage.shingles([]) == {}
    assert storage.shingle_bytes() == 0
    assert storage.shingles_damaged() == []


def test_pages_come_back_byte_for_byte(storage: Storage) -> None:
    assert storage.keep_shingles({META: EMPTY, 1: NOISE, -1: b"", (1 << 31) - 1: b"\0"}, None, anew=True)
    assert storage.shingles([META, 1, -1, (1 << 31) - 1, 7]) == {
        META: EMPTY,
        1: NOISE,
        -1: b"",
        (1 << 31) - 1: b"\0",
    }
    assert storage.shingle_bytes() == len(EMPTY) + len(NOISE) + 1
    assert storage.shingles_damaged() == []


def test_as_many_pages_as_one_likes_are_read_at_once(storage: Storage) -> None:
    pages = {page: bytes([page % 251]) for page in range(1, 1_500)}
    storage.keep_shingles({META: EMPTY, **pages}, None, anew=True)
    for count in (1, 2, 4, 5, 33, 512, 513, 1_499):
        assert storage.shingles(range(1, count + 1)) == {page: pages[page] for page in range(1, count + 1)}
    assert storage.shingles([3, 3, 1]) == {3: b"\3", 1: b"\1"}


def test_pages_take_the_place_of_others_if_nobody_wrote_meanwhile(storage: Storage) -> None:
    storage.keep_shingles({META: EMPTY, 1: b"one", 2: b"two"}, None, anew=True)
    assert storage.keep_shingles({META: SOME, 1: b"another"}, EMPTY, anew=False)
    assert storage.shingles([META, 1, 2]) == {META: SOME, 1: b"another", 2: b"two"}
    assert not storage.keep_shingles({META: Meta(turn=9).packed(), 2: b"lost"}, EMPTY, anew=False)
    assert storage.shingles([META, 1, 2]) == {META: SOME, 1: b"another", 2: b"two"}


def test_whoever_expects_nothing_finds_nothing_or_puts_nothing(storage: Storage) -> None:
    assert not storage.keep_shingles({META: SOME}, EMPTY, anew=False)
    storage.keep_shingles({META: EMPTY, 1: b"one", -7: b"two"}, None, anew=True)
    assert not storage.keep_shingles({META: SOME, 3: b"three"}, None, anew=True)
    assert storage.shingles([META, 1, -7, 3]) == {META: EMPTY, 1: b"one", -7: b"two"}


def test_what_is_put_anew_takes_the_place_of_all(storage: Storage) -> None:
    storage.keep_shingles({META: EMPTY, 1: b"one", -7: b"two"}, None, anew=True)
    assert storage.keep_shingles({META: SOME, 3: b"three"}, EMPTY, anew=True)
    assert storage.shingles([META, 1, -7, 3]) == {META: SOME, 3: b"three"}


def test_nothing_is_kept_within_a_snapshot_or_a_transaction(storage: Storage) -> None:
    with storage.snapshot():
        assert not storage.keep_shingles({META: EMPTY}, None, anew=True)
    with storage.transaction():
        assert not storage.keep_shingles({META: EMPTY}, None, anew=True)
    assert storage.shingles([META]) == {}
    assert storage.keep_shingles({META: EMPTY}, None, anew=True)


def test_of_two_who_write_at_once_one_keeps_nothing(storage: Storage) -> None:
    keep(storage, entry("s", 1))
    storage.keep_shingles({META: EMPTY}, None, anew=True)
    kept: list[bool] = []

    def put() -> None:
        kept.append(storage.keep_shingles({META: SOME}, EMPTY, anew=False))

    other = threading.Thread(target=put)
    overtaken = False
    try:
        with storage.transaction() as writer:
            take_back(writer, storage, "s")
            other.start()
            other.join()
    except Overtaken:
        overtaken = True
    assert kept == [overtaken]
    head = storage.head("s")
    assert head
    assert (storage.shingles([META])[META] == SOME) is overtaken


# Stories


def test_tips_since_a_moment_come_oldest_first(storage: Storage) -> None:
    for number, name in enumerate(("b", "é", "a", "c")):
        keep(storage, entry(name, 1, recorded=NEW_YEAR + (number // 2) * SECOND))
    found = [head.story for head in storage.tips_since(NEW_YEAR)]
    assert found == ["b", "é", "a", "c"]
    assert [head.story for head in storage.tips_since(NEW_YEAR + 1)] == ["a", "c"]
    assert list(storage.tips_since(NEW_YEAR + SECOND + 1)) == []
    assert next(iter(storage.tips_since(NEW_YEAR))) == storage.head("b")


def test_of_many_tips_none_is_missing(storage: Storage) -> None:
    with storage.transaction() as writer:
        for number in range(150):
            writer.append(entry(f"s{number:03}", 1, recorded=NEW_YEAR + number), None)
    assert [head.story for head in storage.tips_since(NEW_YEAR + 3)] == [f"s{n:03}" for n in range(3, 150)]


def test_stories_are_found_by_the_beginnings_of_their_digests(storage: Storage) -> None:
    keep(storage, entry("ferry", 1))
    keep(storage, entry("é", 1))
    ferry, other, nobody = (story_digest(name) for name in ("ferry", "é", "nobody"))
    assert storage.names_of([ferry[:DIGEST], nobody[:DIGEST], other]) == {ferry[:DIGEST]: "ferry", other: "é"}
    assert storage.names_of([]) == {}


# Forgetting


def take_back(writer: Writer, storage: Storage, *stories: str) -> None:
    """Take their only version from stories, and put it back."""
    for story in stories:
        head = storage.head(story)
        assert head
        gone = head._replace(versions=0, repacked=head.repacked + 1, rewritten=head.rewritten + 1)
        writer.take_back(Repack(gone, head, {}, []))
        assert storage.head(story) is None
        writer.append(entry(story, 1), None)


def erase(writer: Writer, storage: Storage, story: str, part: int) -> None:
    """Write a story anew, as one from which something was erased."""
    head, row = storage.head(story), storage.row(story, 1)
    assert head
    assert row
    link = storage.link(story, 1)
    assert link
    rewritten = head._replace(repacked=head.repacked + 1, rewritten=head.rewritten + 1)
    grave = Tombstone(1, part, row.text_id, row.text_id, 0, NEW_YEAR, "somebody", "a reason")
    writer.erase(Repack(rewritten, head, {1: link.payload}, [row]), [grave])


@pytest.fixture
def full(storage: Storage) -> Storage:
    """Three stories with origins and shingles."""
    for number in (1, 2, 3):
        keep(storage, entry(f"s{number}", 1))
        assert storage.keep(f"s{number}", [Kept(1, ANSWER, 0, 1, b"origins")], 1_000)
    assert storage.keep_shingles(some(), None, anew=True)
    return storage


def test_a_story_that_is_forgotten_leaves_no_origins_and_no_shingles(full: Storage) -> None:
    with full.transaction() as writer:
        take_back(writer, full, "s2")
    assert full.kept("s2", 1, ANSWER) is None
    assert full.kept("s1", 1, ANSWER) is not None
    pages = full.shingles([META, 1, -1])
    assert digest_in(pages[-1], 1) == story_digest("s1")[:DIGEST]
    assert story_digest("s2")[:DIGEST] not in pages[-1]
    bucket = Bucket(0)
    for key, stories in {1: [1], 3: [3], 99: [1, 3]}.items():
        bucket.add(key, stories)
    assert pages[1] == bucket.packed()
    meta = unpacked(pages[META])
    assert meta is not None
    assert meta.todo == (story_digest("s2")[:DIGEST],)


def test_what_was_forgotten_in_a_transaction_that_failed_is_still_there(full: Storage) -> None:
    before = full.shingles([META, 1, -1])
    with suppress(ZeroDivisionError), full.transaction() as writer:
        take_back(writer, full, "s2")
        raise ZeroDivisionError
    assert full.shingles([META, 1, -1]) == before
    assert full.kept("s2", 1, ANSWER) is not None


def test_several_are_forgotten_at_once(full: Storage) -> None:
    with full.transaction() as writer:
        take_back(writer, full, "s1", "s3")
    meta = unpacked(full.shingles([META])[META])
    assert meta is not None
    assert set(meta.todo) == {story_digest(story)[:DIGEST] for story in ("s1", "s3")}
    pages = full.shingles([1, -1])
    assert not any(digest in pages[-1] for digest in meta.todo)
    bucket = Bucket(0)
    for key in (2, 99):
        bucket.add(key, [2])
    assert pages[1] == bucket.packed()


def test_of_too_many_all_are_forgotten(storage: Storage) -> None:
    names = [f"s{number}" for number in range(1, TODO_MOST + 2)]
    with storage.transaction() as writer:
        for name in names:
            writer.append(entry(name, 1), None)
    assert storage.keep_shingles(some(), None, anew=True)
    with storage.transaction() as writer:
        take_back(writer, storage, *names)
    assert_empty(storage)


def assert_empty(storage: Storage) -> None:
    """There are pages, of which nobody knew before, and they hold nothing."""
    pages = storage.shingles([META, 1, -1])
    meta = unpacked(pages.pop(META))
    assert meta is not None
    assert meta == Meta(turn=meta.turn)
    assert meta.turn > 0
    assert pages == {1: Bucket(0).packed()}


def test_where_a_text_was_erased_nothing_is_left(full: Storage) -> None:
    with full.transaction() as writer:
        erase(writer, full, "s2", TEXT)
    assert_empty(full)
    assert full.kept("s2", 1, ANSWER) is None
    assert full.kept("s1", 1, ANSWER) is not None


def test_of_one_who_puts_the_first_pages_while_something_is_erased_nothing_stays(storage: Storage) -> None:
    keep(storage, entry("s1", 1))
    before = storage.head("s1")
    kept: list[bool] = []
    other = threading.Thread(target=lambda: kept.append(storage.keep_shingles(some(), None, anew=True)))
    overtaken = False
    try:
        with storage.transaction() as writer:
            erase(writer, storage, "s1", TEXT)
            other.start()
            other.join()
    except Overtaken:
        overtaken = True
    assert kept == [overtaken]
    assert (storage.head("s1") == before) is overtaken
    if overtaken:
        with storage.transaction() as writer:
            erase(writer, storage, "s1", TEXT)
    assert_empty(storage)


def test_where_a_fact_was_erased_shingles_stay(full: Storage) -> None:
    before = full.shingles([META, 1, -1])
    with full.transaction() as writer:
        erase(writer, full, "s2", FACTS)
    assert full.shingles([META, 1, -1]) == before
    assert full.kept("s2", 1, ANSWER) is None


@pytest.mark.parametrize("part", [TEXT, None])
def test_whoever_saw_no_pages_puts_none_once_something_is_gone(storage: Storage, part: int | None) -> None:
    keep(storage, entry("s1", 1))
    with storage.transaction() as writer:
        if part is None:
            take_back(writer, storage, "s1")
        else:
            erase(writer, storage, "s1", part)
    assert not storage.keep_shingles(some(), None, anew=True)
    assert_empty(storage)


def test_whoever_held_pages_from_before_cannot_put_them_back(full: Storage) -> None:
    before = full.shingles([META])[META]
    with full.transaction() as writer:
        take_back(writer, full, "s1")
    assert not full.keep_shingles({META: SOME, 1: b"\1"}, before, anew=False)


def test_where_the_first_page_is_not_understood_all_go(full: Storage) -> None:
    first = full.shingles([META])[META]
    full.keep_shingles({META: b"\xff of another algorithm", 1: b"\1"}, first, anew=False)
    with full.transaction() as writer:
        take_back(writer, full, "s1")
    assert_empty(full)
