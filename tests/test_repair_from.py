"""`repair` from another store: whatever it is, only what an id proves comes from it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from archives import changed, database
from copies import fill_odd, ids, told
from filled import answers, fill

import vstore
from vstore.store import Store

KEY = "(SELECT story FROM head WHERE name = CAST('{}' AS BLOB))"
GONE = f"DELETE FROM version WHERE story = {KEY} AND number = {{}}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Late wires, undated ones, reverts, twins, odd names."""
    with vstore.open(tmp_path / "archive", create=True) as store:
        fill_odd(store)
    return tmp_path / "archive"


@pytest.fixture
def copy(folder: Path) -> Iterator[Store]:
    """Another store, in memory, with a clock of its own: what a `copy` made of it."""
    with vstore.open("memory:") as other, vstore.open(folder, read_only=True) as store:
        other.copy_from(store)
        yield other


def asked(folder: Path) -> list[object]:
    with vstore.open(folder, read_only=True) as store:
        return told(store)


@pytest.mark.slow
def test_a_copy_gives_back_every_version_whatever_is_gone(folder: Path, copy: Store) -> None:
    was = asked(folder)
    with vstore.open(folder, read_only=True) as store:
        named = ids(store)
    raw = database(folder).read_bytes()
    for story, number in (*(("late", number) for number in range(1, 7)), ("return", 9), ("two  words", 1)):
        database(folder).write_bytes(raw)
        changed(folder, GONE.format(story, number))
        changed(folder, "DELETE FROM payload WHERE number % 2; DELETE FROM fact WHERE number = 1")
        result = vstore.repair(folder, other=copy)
        assert result.ok, result.after.problems
        assert asked(folder) == was
    with vstore.open(folder) as store:
        assert ids(store) == named
        assert store.fsck(level="deep").ok


def test_a_copy_that_is_ahead_gives_what_was_there_and_no_more(folder: Path, copy: Store) -> None:
    was = asked(folder)
    copy.add("late", "And then?", date="2020-01-01")
    changed(folder, GONE.format("late", 6))
    assert vstore.repair(folder, other=copy).ok
    assert asked(folder) == was


def test_a_copy_of_another_story_of_that_name_gives_nothing(folder: Path) -> None:
    with vstore.open("memory:") as other:
        for number in range(9):
            other.add("return", f"Another story, {number}.")
        changed(folder, GONE.format("return", 4))
        result = vstore.repair(folder, other=other)
        assert [(each.story, each.number, each.problem) for each in result.after.problems] == [
            ("return", number, "lost") for number in range(4, 10)
        ]
        assert result.fetched == 0
    with vstore.open(folder) as store:
        assert store.fsck(level="deep").ok


def test_a_copy_that_went_another_way_gives_what_both_have(folder: Path) -> None:
    with vstore.open(folder, read_only=True) as store, vstore.open("memory:") as other:
        versions = sorted(store.log("return"), key=lambda version: version.number)
        for version in versions[:5]:
            other.add(
                "return", store.text_of(version), date=version.dated, again=True, **version.facts.known()
            )
        other.add("return", "It parted here.")
        assert ids(other)["return"][:5] == ids(store)["return"][:5]
        changed(folder, GONE.format("return", 3))
        assert vstore.repair(folder, other=other).ok
        changed(folder, GONE.format("return", 7))
        result = vstore.repair(folder, other=other)
        assert {each.number for each in result.after.problems} == {7, 8, 9}


def test_a_copy_that_is_damaged_itself_gives_what_it_can(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "other")
    was = asked(folder)
    changed(tmp_path / "other", GONE.format("late", 3) + "; DELETE FROM payload WHERE number = 2")
    changed(folder, GONE.format("late", 5))
    with vstore.open(tmp_path / "other", read_only=True) as other:
        assert vstore.repair(folder, other=other).ok
    assert asked(folder) == was
    changed(folder, "DELETE FROM payload")
    with vstore.open(tmp_path / "other", read_only=True) as other:
        left = vstore.repair(folder, other=other).after.problems
        unread = {(each.story, each.number) for each in other.fsck().problems}
    assert {each.problem for each in left} == {"text"}
    assert ("late", 3) in {(each.story, each.number) for each in left} <= unread
    assert len(unread) < 10


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["UPDATE dictionary SET body = x'00'", "DELETE FROM dictionary"])
def test_a_dictionary_comes_back_or_its_texts_do(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "archive"
    with vstore.open(folder, create=True) as store:
        fill(store)
        store.gc()
        assert store._storage.dictionaries()
        was = answers(store)
    shutil.copytree(folder, tmp_path / "backup")
    with vstore.open(folder, read_only=True) as store, vstore.open("memory:") as other:
        other.copy_from(store)
        changed(folder, damage)
        assert not vstore.repair(folder).ok
        with vstore.open(tmp_path / "backup", read_only=True) as backup:
            assert vstore.repair(folder, other=backup).ok
        with vstore.open(folder, read_only=True) as mended:
            assert answers(mended) == was
        changed(folder, damage)
        assert vstore.repair(folder, other=other).ok
    with vstore.open(folder, read_only=True) as store:
        assert answers(store) == was
        assert store.fsck(level="deep").ok


def test_a_dictionary_of_the_same_digest_is_all_that_is_fetched(folder: Path, tmp_path: Path) -> None:
    from vstore.chain import trained

    frame = trained(
        [f"The river rose by {n} metres overnight and cut off the town.".encode() * 9 for n in range(99)],
        9_000,
    )
    assert frame is not None
    with vstore.open(folder) as store:
        with store._storage.transaction() as writer:
            writer.add_dictionary(frame)
        store.add("river", "The river rose by 7 metres overnight and cut off the town.")
        assert store.stats().stored_bytes
    assert database(folder).read_bytes()
    shutil.copytree(folder, tmp_path / "backup")
    was = asked(folder)
    changed(folder, "UPDATE dictionary SET body = x'00'")
    with vstore.open(tmp_path / "backup", read_only=True) as backup:
        result = vstore.repair(folder, other=backup)
    assert (result.ok, result.fetched) == (True, 0)
    assert asked(folder) == was
    with vstore.open(folder, read_only=True) as store:
        body = store._storage.dictionary(1)
        assert body is not None
        assert sha256(body).digest() == sha256(frame).digest()


def test_a_patch_waits_for_the_text_that_it_is_against(tmp_path: Path) -> None:
    text = "\n".join(f"Line {number} of the story." for number in range(40))
    with vstore.open(tmp_path, create=True) as store, vstore.open("memory:") as first:
        first.add("s", text, date="2019")
        store.add("s", text, date="2019")
        store.add("s", text.replace("7", "seven"), date="2020")
        store.add("t", "Another.")
        changed(tmp_path, "DELETE FROM payload WHERE number = 1; UPDATE head SET late = 1 WHERE story = 1")
        assert not vstore.repair(tmp_path).ok
        assert vstore.repair(tmp_path, other=first).fetched == 1
        assert store.text("s", 2) == text.replace("7", "seven")
        assert {each.story for each in store.fsck(level="deep").problems} == {"t"}


def test_when_it_was_recorded_lies_between_its_neighbours(tmp_path: Path) -> None:
    moments = iter([1, 50, 60, 70, 80])
    with vstore.open(tmp_path, create=True, clock=lambda: next(moments) * 1_000_000) as store:
        for text in ("One.", "Two.", "Three.", "Four."):
            store.add("s", text, date="2019")
    with vstore.open("memory:") as copy, vstore.open(tmp_path, read_only=True) as store:
        copy.copy_from(store)  # its clock is a later one
        changed(tmp_path, "UPDATE version SET recorded = 65000000, words = 99 WHERE number = 2")
        changed(tmp_path, "DELETE FROM version WHERE number = 3")
        assert vstore.repair(tmp_path, other=copy).ok
    with vstore.open(tmp_path, read_only=True) as store:
        rows = store._storage.rows("s")
        assert [row.recorded // 1_000_000 for row in rows] == [1, 65, 70, 70]
        assert store.fsck(level="deep").ok
