"""What becomes of the index when stories are erased, moved, taken back, copied, damaged. Issues 6 and 7."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import changed, database
from backends import STORES, Ticking, open_store
from cli_program import Program
from coined import beginning, retyped, wire

import vstore
from vstore.errors import Redacted
from vstore.indexing import FEW
from vstore.postings import META, Bucket, anew, level_of, unpacked
from vstore.shingles import Sketch, words
from vstore.store import Store

MANY = FEW + 8
"""So many stories that the index is written."""


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with an index of its stories `s0`, `s1` …"""
    with open_store(request.param, tmp_path, Ticking()) as opened:
        fill(opened, 0, MANY)
        assert keys_of(wire(3)) <= held(opened)
        yield opened


def fill(store: Store, first: int, last: int) -> None:
    store.import_wires(vstore.Wire(story=f"s{number}", text=wire(number)) for number in range(first, last))
    store.match(wire(10_000))


def keys_of(text: str) -> set[int]:
    """What an index has of a text."""
    return Sketch(words(text)).kept()


def held(store: Store) -> set[int]:
    """All keys in the index that a store keeps."""
    storage = store._storage
    meta = unpacked(storage.shingles([META]).get(META))
    if meta is None:
        return set()
    found = set()
    for page, body in storage.shingles(range(1, meta.buckets + 1)).items():
        level = level_of(page, meta.buckets)
        bucket = Bucket(level, body)
        found |= {rest << level | ((page - 1) & ((1 << level) - 1)) for rest in bucket._stories}
    return found


def nearest(store: Store, text: str) -> str | None:
    found = store.match(text).nearest
    return found.story if found else None


def stories_like(store: Store, text: str) -> set[str]:
    return {each.story for each in store.similar(text)}


# Erased


def test_of_a_text_that_was_erased_nothing_is_left(store: Store) -> None:
    gone, stays = wire(3), wire(500)
    store.add("s3", stays)
    store.add("copy", gone)
    assert nearest(store, gone) in {"s3", "copy"}
    store.redact("s3", 1, reason="court order 5")
    assert not held(store)
    assert stories_like(store, gone) == set()
    fill(store, MANY, MANY + FEW)
    assert not held(store) & keys_of(gone)
    assert keys_of(stays) <= held(store)
    assert nearest(store, stays) == "s3"
    assert nearest(store, wire(MANY + 1)) == f"s{MANY + 1}"
    assert store.fsck(level="deep").ok


def test_of_a_phrase_that_was_erased_nothing_is_left(store: Store) -> None:
    text = wire(3)
    phrase = text.split("\n\n")[2]
    store.redact("s3", reason="private", phrase=phrase)
    assert not held(store)
    assert nearest(store, retyped(text, 0.1)) == "s3"
    assert stories_like(store, phrase) == set()
    fill(store, MANY, MANY + FEW)
    assert keys_of(phrase) & keys_of(text)
    assert not held(store) & keys_of(phrase)
    assert nearest(store, text) == "s3"


def test_where_a_fact_was_erased_the_story_is_found_as_before(store: Store) -> None:
    store.add("s3", wire(500), headline="Jewels sold")
    before = held(store)
    store.redact("s3", reason="private", fact="headline")
    assert held(store) == before
    assert (nearest(store, wire(3)), nearest(store, wire(500))) == ("s3", "s3")


def test_what_was_erased_is_told_of_in_no_answer_and_stands_in_the_way_of_none(store: Store) -> None:
    store.add("s3", retyped(wire(3), 0.1))
    store.redact("s3", 1, reason="private")
    (found,) = store.similar(wire(3), most=1)
    assert (found.story, found.number) == ("s3", 2)
    with pytest.raises(Redacted):
        store.text("s3", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store on disk that holds such an index, closed."""
    with vstore.open(tmp_path / "archive", create=True) as store:
        fill(store, 0, MANY)
        assert held(store)
    return tmp_path / "archive"


def test_whoever_made_an_index_before_an_erasure_keeps_nothing_of_it_after(folder: Path) -> None:
    """One that was begun where there was none, and one that goes on from what was there."""
    fresh = folder.with_name("fresh")
    with vstore.open(fresh, create=True) as store:
        store.import_wires(vstore.Wire(story=f"s{number}", text=wire(number)) for number in range(FEW - 1))
    for place in (folder, fresh):
        with vstore.open(place) as store, vstore.open(place) as other:
            store.add("late", wire(600))
            assert nearest(store, wire(600)) == "late"  # it is held, and not yet written
            other.redact("late", reason="private")
            fill(store, MANY, MANY + 2 * FEW)
            assert held(store)
            assert not held(store) & keys_of(wire(600))
            assert stories_like(store, wire(600)) == set()


def test_bytes_of_an_index_of_what_was_erased_are_not_in_the_file(folder: Path) -> None:
    with vstore.open(folder) as store:
        pages = store._storage.shingles(range(1, 100))
        before = database(folder).read_bytes() + _log(folder)
        assert all(body in before for body in pages.values())
        store.redact("s3", reason="private")
        after = database(folder).read_bytes() + _log(folder)
        assert not any(body in after for body in pages.values())


def _log(folder: Path) -> bytes:
    log = folder / ".vstore" / "store.db-wal"
    return log.read_bytes() if log.exists() else b""


def test_an_import_of_many_stories_that_is_taken_back_takes_the_index_with_it(folder: Path) -> None:
    with vstore.open(folder) as store:
        fill(store, MANY, MANY + 250)
        store.undo()
        assert not held(store)
        assert nearest(store, wire(3)) == "s3"
        assert stories_like(store, wire(MANY + 3)) == set()


def test_what_is_erased_where_versions_come_from_is_forgotten_here(store: Store, tmp_path: Path) -> None:
    with vstore.open(tmp_path / "copy", create=True) as copy:
        copy.copy_from(store)
        assert nearest(copy, wire(3)) == "s3"
        assert keys_of(wire(3)) <= held(copy)
        store.redact("s3", reason="private")
        assert copy.copy_from(store).redacted == 1
        assert stories_like(copy, wire(3)) == set()
        fill(copy, MANY, MANY + FEW)
        assert not held(copy) & keys_of(wire(3))


# Put right, and taken back


def test_a_story_is_found_under_its_new_name(store: Store) -> None:
    store.rename("s3", "renamed")
    assert stories_like(store, wire(3)) == {"renamed"}
    store.rename("renamed", "s3")
    assert stories_like(store, wire(3)) == {"s3"}
    fill(store, MANY, MANY + FEW)
    assert stories_like(store, wire(3)) == {"s3"}


def test_a_version_that_was_moved_is_found_where_it_is(store: Store) -> None:
    store.add("s3", wire(500))
    store.add("s3", wire(501))
    assert nearest(store, wire(500)) == "s3"
    store.move("s3", 2, "s4")
    assert [stories_like(store, wire(number)) for number in (3, 500, 501, 4)] == [
        {"s3"},
        {"s4"},
        {"s3"},
        {"s4"},
    ]
    fill(store, MANY, MANY + FEW)
    assert [nearest(store, wire(number)) for number in (3, 500, 501, 4)] == ["s3", "s4", "s3", "s4"]


def test_merged_stories_are_found_as_one(store: Store) -> None:
    store.merge("s3", "s4")
    assert [stories_like(store, wire(number)) for number in (3, 4)] == [{"s3"}, {"s3"}]


def test_a_story_that_was_split_is_found_as_two(store: Store) -> None:
    store.add("s3", wire(500))
    assert nearest(store, wire(500)) == "s3"
    store.split("s3", 2, "other")
    assert [stories_like(store, wire(number)) for number in (3, 500)] == [{"s3"}, {"other"}]


def test_what_was_taken_back_is_not_found(store: Store) -> None:
    store.add("s3", wire(500))
    store.add("new", wire(501))
    assert [nearest(store, wire(number)) for number in (500, 501)] == ["s3", "new"]
    store.undo()
    store.undo()
    assert [stories_like(store, wire(number)) for number in (500, 501)] == [set(), set()]
    assert nearest(store, wire(3)) == "s3"
    fill(store, MANY, MANY + FEW)
    assert not held(store) & (keys_of(wire(500)) | keys_of(wire(501)))
    assert nearest(store, wire(3)) == "s3"


# Copied and packed


def test_copies_make_their_own(store: Store, tmp_path: Path) -> None:
    with vstore.open(tmp_path / "copy", create=True) as copy:
        copy.copy_from(store)
        assert copy.stats().shingle_bytes == 0
        assert nearest(copy, wire(3)) == "s3"
        store.add("s3", wire(500))
        store.add("new", wire(501))
        copy.copy_from(store)
        assert [nearest(copy, wire(number)) for number in (500, 501)] == ["s3", "new"]
    with vstore.open(tmp_path / "other", create=True) as other:
        (tmp_path / "bundle").write_bytes(b"".join(store.bundle()))
        other.unbundle(tmp_path / "bundle")
        assert nearest(other, wire(500)) == "s3"


# Damaged


def test_texts_that_cannot_be_read_are_passed_over(folder: Path) -> None:
    of_3 = "story = (SELECT story FROM head WHERE name = CAST('s3' AS BLOB))"
    changed(folder, f"UPDATE payload SET body = x'00' WHERE {of_3}")
    with vstore.open(folder) as store:
        assert stories_like(store, wire(3)) == set()
        assert nearest(store, wire(4)) == "s4"
    changed(folder, "DELETE FROM shingle")
    with vstore.open(folder) as store:
        assert stories_like(store, wire(3)) == set()
        assert nearest(store, wire(4)) == "s4"


@pytest.mark.parametrize("has_index", [True, False])
def test_a_story_that_was_repaired_is_found(folder: Path, tmp_path: Path, has_index: bool) -> None:
    with vstore.open(folder) as store:
        store.backup(tmp_path / "backup")
    of_3 = "story = (SELECT story FROM head WHERE name = CAST('s3' AS BLOB))"
    changed(folder, f"UPDATE payload SET body = x'00' WHERE {of_3}")
    if has_index:
        changed(folder, "DELETE FROM shingle")
        with vstore.open(folder) as store:
            assert stories_like(store, wire(3)) == set()  # an index without it
    with vstore.open(tmp_path / "backup", read_only=True) as backup:
        assert vstore.repair(folder, other=backup).ok
    with vstore.open(folder) as store:
        assert not held(store)
        assert nearest(store, wire(3)) == "s3"


def test_repair_puts_damaged_pages_away(folder: Path) -> None:
    changed(folder, "UPDATE shingle SET checksum = checksum + 1 WHERE page IN (1, -1)")
    assert vstore.repair(folder).ok
    with vstore.open(folder) as store:
        assert store.fsck(level="deep").ok
        assert nearest(store, wire(3)) == "s3"


@pytest.mark.parametrize("drop", ["shingle", "origin"])
def test_stories_are_put_right_where_the_tables_were_dropped(folder: Path, drop: str) -> None:
    changed(folder, f"DROP TABLE {drop}")
    with vstore.open(folder) as store:
        store.rename("s3", "renamed")
        store.redact("s4", reason="private")
        assert nearest(store, wire(3)) == "renamed"
        assert stories_like(store, wire(4)) == set()


# Older formats


@pytest.mark.parametrize("format_", [1, 2])
def test_a_store_of_an_older_format_is_asked_and_upgraded(tmp_path: Path, format_: int) -> None:
    (tmp_path / ".vstore").mkdir()
    packed = Path(__file__).with_name(f"format_{format_}.db.gz")
    database(tmp_path).write_bytes(gzip.decompress(packed.read_bytes()))
    run = Program(tmp_path)
    with vstore.open(tmp_path) as store:
        found = max(store.stories(), key=lambda each: len(store.text(each.story)))
        (tmp_path / "wire.txt").write_text(store.text(found.story), encoding="utf-8")
        (tmp_path / "part.txt").write_text(beginning(store.text(found.story), 0.9), encoding="utf-8")
    done = run("similar", "--json", "wire.txt")
    assert (done.code, done.err) == (0, "")
    assert found.story in {form["story"] for form in done.objects}
    refused = run("add", "--match", "part.txt")
    assert refused.code == 5
    assert "vstore upgrade" in refused.err
    assert run("upgrade").code == 0
    assert run("similar", "wire.txt").out
    assert run("fsck", "--deep").code == 0


@pytest.mark.parametrize("backend", STORES)
def test_stories_that_go_together_are_forgotten_at_once(backend: str, tmp_path: Path) -> None:
    with open_store(backend, tmp_path, Ticking()) as new:
        new.import_wires(vstore.Wire(story=f"s{number}", text=wire(number)) for number in range(3))
        new.undo()
        assert new._storage.shingle_bytes() == sum(map(len, anew().values()))
