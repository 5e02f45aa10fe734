"""The index of shingles: made when it is asked, kept up to date, dropped and damaged without harm."""

from __future__ import annotations

import gzip
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import changed, database
from backends import Clock
from coined import beginning, retyped, wire

import vstore
from vstore.indexing import BACK, FEW
from vstore.postings import META, Meta, unpacked
from vstore.store import Store

MANY = 3 * FEW


def filled(store: Store, first: int, last: int) -> None:
    store.import_wires(vstore.Wire(story=f"s{number}", text=wire(number)) for number in range(first, last))


def meta(store: Store) -> Meta:
    found = unpacked(store._storage.shingles([META]).get(META))
    assert found is not None
    return found


def finds(store: Store, *numbers: int) -> bool:
    """Whether a copy of each story is matched with it, and a wire of none with none."""
    right = [store.match(retyped(wire(number), 0.1)).story == f"s{number}" for number in numbers]
    return all(right) and store.match(wire(10_000)).verdict == "new"


@pytest.fixture
def ticking(store: Store, clock: Clock) -> Store:
    """A store whose clock goes on by itself."""

    def tick() -> int:
        clock.pass_by(0.001)
        return clock()

    store._clock = tick
    return store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store on disk that holds an index of its stories `s0`, `s1` …, closed."""
    with vstore.open(tmp_path / "archive", create=True) as store:
        filled(store, 0, MANY)
        assert finds(store, 0)
        assert meta(store).stories == MANY
    return tmp_path / "archive"


# Kept up to date


def test_whoever_adds_and_imports_pays_nothing(store: Store) -> None:
    filled(store, 0, MANY)
    store.add("s", wire(0))
    assert store.stats().shingle_bytes == 0


def test_the_first_question_makes_it(ticking: Store) -> None:
    filled(ticking, 0, MANY)
    assert finds(ticking, 0, 1, MANY - 1)
    assert meta(ticking).stories == MANY
    assert ticking.stats().shingle_bytes > 0


def test_it_is_a_small_part_of_a_store(folder: Path) -> None:
    with vstore.open(folder) as store:
        stats = store.stats()
        assert stats.shingle_bytes < 0.15 * (stats.file_bytes - stats.shingle_bytes)


def test_what_comes_after_is_found_at_once_and_written_when_there_is_enough(ticking: Store) -> None:
    filled(ticking, 0, MANY)
    assert finds(ticking, 0)
    before = ticking._storage.shingles([META])
    filled(ticking, MANY, MANY + 5)
    assert finds(ticking, MANY, MANY + 4)
    assert ticking._storage.shingles([META]) == before
    filled(ticking, MANY + 5, MANY + FEW)
    assert finds(ticking, MANY, MANY + FEW - 1)
    assert meta(ticking).stories == MANY + FEW


def test_whoever_comes_next_goes_on_from_there(folder: Path) -> None:
    for count in range(1, 4):
        with vstore.open(folder) as store:
            store.add(f"s{MANY + count}", wire(MANY + count))
            assert finds(store, 0, MANY - 1, *range(MANY + 1, MANY + count + 1))
    with vstore.open(folder) as store:
        assert meta(store).stories == MANY


def test_asking_again_and_again_lets_nothing_grow(folder: Path) -> None:
    with vstore.open(folder) as store:
        before, size = meta(store), store.stats().shingle_bytes
    for _ in range(FEW // BACK + 1):
        with vstore.open(folder) as store:
            store.add(
                "s0", f"{wire(0)} {store.stats().versions}"
            )  # one more is taken in, and those before it
            assert finds(store, 1, MANY - 1)
    with vstore.open(folder) as store:
        filled(store, MANY, MANY + FEW)
        assert finds(store, 0, MANY)
        assert meta(store).stories == MANY + FEW
        grown = FEW / MANY * 1.2
        assert meta(store).postings < before.postings * (1 + grown)
        assert store.stats().shingle_bytes < size * (1 + grown)


def test_a_new_version_is_of_the_story_that_is_known(ticking: Store) -> None:
    filled(ticking, 0, MANY)
    assert finds(ticking, 0)
    for number in range(FEW):
        ticking.add(f"s{number}", f"{beginning(wire(number), 0.5)} {wire(500 + number, 12)}")
    assert ticking.match(wire(500, 12)).story == "s0"
    assert meta(ticking).turn > 1
    assert meta(ticking).stories == MANY


def test_a_story_that_was_taken_in_just_before_is_known_too(ticking: Store) -> None:
    ticking.add("s", wire(1))
    assert finds(ticking)
    ticking.add("s", f"{beginning(wire(1), 0.5)} {wire(2, 12)}")
    filled(ticking, 10, 10 + FEW)
    assert ticking.match(wire(2, 12)).story == "s"
    assert meta(ticking).stories == FEW + 1


def test_with_a_clock_that_stands_still_nothing_is_missed(store: Store) -> None:
    filled(store, 0, MANY)
    assert finds(store, 0, MANY - 1)
    store.add("s", wire(500))
    assert store.match(wire(500)).story == "s"
    store.add("s", wire(501))
    assert store.match(wire(501)).story == "s"
    assert meta(store).stories == MANY


def test_of_a_long_story_versions_all_along_are_looked_at(ticking: Store) -> None:
    for number in range(200):
        ticking.add("s", f"{wire(number, 4)} {number}")
    assert {ticking.match(wire(number, 4)).story for number in (0, 199)} == {"s"}
    found = [ticking.similar(wire(number, 4)) for number in range(0, 200, 9)]
    assert 0 < sum(map(bool, found)) < len(found)


# Several at once


def test_two_who_ask_at_once_are_both_right(folder: Path) -> None:
    with vstore.open(folder) as one, vstore.open(folder) as other:
        assert finds(one, 0)
        assert finds(other, 0)
        filled(one, MANY, MANY + FEW)
        assert finds(one, MANY)  # writes
        filled(other, MANY + FEW, MANY + 2 * FEW)
        assert finds(other, 0, MANY, MANY + 2 * FEW - 1)  # takes over what the other wrote, and writes
        assert finds(one, 0, MANY, MANY + 2 * FEW - 1)
        assert meta(one).stories == MANY + 2 * FEW


def test_while_another_writes_one_is_answered_all_the_same(folder: Path) -> None:
    with vstore.open(folder) as store, vstore.open(folder) as other:
        filled(store, MANY, MANY + 2 * FEW)
        with other._storage.transaction():
            assert finds(store, 0, MANY, MANY + 2 * FEW - 1)
            assert finds(store, MANY + 1)
        assert meta(store).stories == MANY
        filled(store, MANY + 2 * FEW, MANY + 3 * FEW)
        assert finds(store, MANY, MANY + 3 * FEW - 1)
        assert meta(store).stories == MANY + 3 * FEW


# Where it cannot be written, or was damaged


def test_a_store_that_may_only_be_read_is_answered(folder: Path) -> None:
    with vstore.open(folder) as store:
        filled(store, MANY, MANY + 2 * FEW)
    with vstore.open(folder, read_only=True) as store:
        assert finds(store, 0, MANY, MANY + 2 * FEW - 1)
        assert finds(store, MANY + 1)
        assert meta(store).stories == MANY


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_only_be_read_is_answered(folder: Path) -> None:
    place = database(folder)
    place.chmod(stat.S_IRUSR)
    place.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with vstore.open(folder) as store:
            assert finds(store, 0)
    finally:
        place.parent.chmod(stat.S_IRWXU)


@pytest.mark.parametrize("format_", [1, 2])
def test_a_store_of_an_older_format_is_answered(tmp_path: Path, format_: int) -> None:
    places = tmp_path / ".vstore"
    places.mkdir()
    packed = Path(__file__).with_name(f"format_{format_}.db.gz")
    (places / "store.db").write_bytes(gzip.decompress(packed.read_bytes()))
    with vstore.open(tmp_path) as store:
        story = max(store.stories(), key=lambda each: len(store.text(each.story)))
        assert store.match(store.text(story.story)).nearest is not None
        assert store.stats().shingle_bytes == 0


DAMAGE = {
    "the table dropped": "DROP TABLE shingle",
    "all pages gone": "DELETE FROM shingle",
    "page 0 gone": "DELETE FROM shingle WHERE page = 0",
    "page 0 damaged": "UPDATE shingle SET body = x'0102' WHERE page = 0",
    "a bucket gone": "DELETE FROM shingle WHERE page = (SELECT max(page) FROM shingle)",
    "every bucket damaged": "UPDATE shingle SET body = CAST(body || x'00' AS BLOB) WHERE page > 0",
    "of another kind": "UPDATE shingle SET body = zeroblob(0), checksum = 7 WHERE page > 0",
    "under another number": "UPDATE shingle SET page = page + 100 WHERE page > 1",
    "stories damaged": "UPDATE shingle SET body = x'00' WHERE page < 0",
}


@pytest.mark.parametrize("sql", DAMAGE.values(), ids=DAMAGE)
def test_what_was_dropped_or_damaged_is_made_again(folder: Path, sql: str) -> None:
    changed(folder, sql)
    with vstore.open(folder) as store:
        for number in range(0, MANY, 7):
            assert finds(store, number)
        filled(store, MANY, MANY + FEW)
        assert finds(store, 0, MANY)
    with vstore.open(folder) as store:
        assert finds(store, 0, MANY)
        assert store.fsck().ok


def test_fsck_names_damaged_pages_and_is_content_once_they_are_made_again(folder: Path) -> None:
    changed(folder, "UPDATE shingle SET checksum = checksum + 1 WHERE page IN (1, -1)")
    with vstore.open(folder) as store:
        found = store.fsck()
        assert [(each.story, each.problem) for each in found.problems] == [(None, "shingles")] * 2
        assert [each.detail.split(" is ")[0] for each in found.problems] == ["page -1", "page 1"]
        assert store.fsck(level="quick").ok
        assert finds(store, 0)
        assert store.fsck().ok


def test_pages_are_packed_into_rows_that_fit(folder: Path) -> None:
    import apsw

    connection = apsw.Connection(str(database(folder)))
    sql = "SELECT count(*) FROM dbstat WHERE name = 'shingle' AND pagetype = 'overflow'"
    assert connection.execute(sql).fetchall() == [(0,)]
    connection.close()


# What other commands do


def test_copy_and_gc_and_upgrade_leave_it_alone(folder: Path, tmp_path: Path) -> None:
    with (
        vstore.open(folder) as store,
        vstore.open(tmp_path / "other", create=True) as other,
    ):
        other.copy_from(store)
        assert other.stats().shingle_bytes == 0
        assert finds(other, 0, 1)
        before = store._storage.shingles([META, 1])
        store.gc()
        assert store._storage.shingles([META, 1]) == before
        assert finds(store, 0, MANY - 1)
        assert store.fsck(level="deep").ok
        store.backup(tmp_path / "backup")
    with vstore.open(tmp_path / "backup") as backup:
        assert meta(backup).stories == MANY
        assert finds(backup, 0)


def test_a_story_that_was_forgotten_is_found_by_what_it_has_now(ticking: Store) -> None:
    filled(ticking, 0, MANY)
    assert finds(ticking, 3)
    ticking.split("s3", 1, "other")
    ticking.move("other", 1, "s3")
    assert meta(ticking).todo != ()
    assert finds(ticking, 2, 3, 4)
    filled(ticking, MANY, MANY + FEW)
    assert finds(ticking, 3)
    assert meta(ticking).todo == ()


def test_a_process_that_was_asked_before_forgets_as_well(folder: Path) -> None:
    with vstore.open(folder) as store, vstore.open(folder) as other:
        filled(store, MANY, MANY + 3)
        assert finds(store, MANY)
        other.rename(f"s{MANY}", "renamed")
        filled(store, MANY + 3, MANY + FEW)
        assert store.match(wire(MANY)).story == "renamed"
        assert finds(store, MANY + 1, MANY + 5)
        assert meta(store).stories <= MANY + FEW + 1


def test_progress_tells_how_many_stories_were_taken_in(store: Store) -> None:
    filled(store, 0, 40)
    told: list[int] = []
    store.match(wire(0), progress=told.append)
    assert told == list(range(1, 41))
    told.clear()
    store.similar(wire(0), progress=told.append)
    assert told == []


@pytest.mark.slow
def test_threads_of_one_store_may_ask_at_once(store: Store) -> None:
    from concurrent.futures import ThreadPoolExecutor

    filled(store, 0, MANY)
    with ThreadPoolExecutor(4) as pool:
        found: Iterator[bool] = pool.map(lambda number: finds(store, number), range(0, MANY, 4))
        assert all(found)


def test_a_few_buckets_at_a_time_come_to_the_same_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    def made() -> list[tuple[int, bytes]]:
        with vstore.open("memory:") as store:
            for first in (0, MANY, 2 * MANY):
                filled(store, first, first + MANY)
                assert finds(store, first)
            pages = store._storage.shingles(range(1, meta(store).buckets + 1))
            return sorted(pages.items())

    at_once = made()
    assert len(at_once) > 20
    monkeypatch.setattr("vstore.indexing.AT_ONCE", 3)
    assert made() == at_once
