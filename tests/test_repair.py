"""`repair`: what follows from the rest is made again, another store gives what is gone, the rest is told.

Issue 6, "fsck --repair". The stores are those of `damage`: `s` of six versions, `packed`, `other`, `long`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_program import Program
from damage import Damaged, named, text

import vstore
from vstore.answers import Repaired
from vstore.checking.scope import Level
from vstore.errors import Corrupt
from vstore.store import Store

IDS = "SELECT name, number, id FROM version JOIN head USING (story) ORDER BY name, number"


@pytest.fixture
def there(damaged: Damaged, tmp_path: Path) -> Damaged:
    """The store, in a folder of its own, to be damaged."""
    (tmp_path / "there" / ".vstore").mkdir(parents=True)
    shutil.copyfile(damaged.place, tmp_path / "there" / ".vstore" / "store.db")
    return Damaged(tmp_path / "there" / ".vstore" / "store.db")


@pytest.fixture
def backup(there: Damaged, tmp_path: Path) -> Iterator[Store]:
    """The same as it was."""
    (tmp_path / "backup" / ".vstore").mkdir(parents=True)
    shutil.copyfile(there.place, tmp_path / "backup" / ".vstore" / "store.db")
    with vstore.open(tmp_path / "backup", read_only=True) as store:
        yield store


def repaired(there: Damaged, other: Store | None = None, level: Level = "default") -> Repaired:
    return vstore.repair(there.place.parent, other=other, level=level, wait=5)


def told(there: Damaged) -> dict[tuple[str, int], Any]:
    """All that is told of every version, but for how its text is stored."""
    with vstore.open(there.place.parent, read_only=True) as store:
        return {
            (version.story, version.number): (
                store.text_of(version),
                {
                    name: value
                    for name, value in version.to_dict().items()
                    if name not in {"base", "stored_bytes"}
                },
            )
            for version in store.log()
        }


def is_whole(there: Damaged) -> bool:
    with vstore.open(there.place.parent) as store:
        return store.fsck(level="deep").ok


def test_what_is_whole_is_not_touched(there: Damaged, backup: Store) -> None:
    before = there.place.read_bytes()
    for other in (None, backup):
        result = repaired(there, other)
        assert (result.ok, result.copy, result.fetched) == (True, None, 0)
        assert result.before is result.after
    assert there.place.read_bytes() == before
    assert [path.name for path in there.place.parent.glob("*.damaged*")] == []


TURNED = {
    "version 3": "words text_id base_back",
    "version 6": "recorded",
    "fact 1": "body",
    "payload 1": "body",
    "head 0": "name",
}
SLOWLY = {
    "version 3": "at recorded previous_back id facts_back pack checksum length",
    "version 6": "id text_id",
    "fact 1": "checksum",
    "payload 1": "codec checksum",
    "head 0": "late tip digest versions checksum",
}
CELLS = [
    pytest.param(*row.split(), column, marks=marks, id=f"{row} {column}")
    for rows, marks in ((TURNED, []), (SLOWLY, [pytest.mark.slow]))
    for row, columns in rows.items()
    for column in columns.split()
]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "number", "column"), CELLS)
def test_a_cell_that_turned_is_as_it_was_without_another_store(
    there: Damaged, table: str, number: str, column: str
) -> None:
    was = told(there)
    there.cell(table, column, "s", int(number))
    damaged = there.place.read_bytes()
    result = repaired(there)
    assert result.ok, result.after.problems
    assert not result.before.ok
    assert told(there) == was
    assert is_whole(there)
    assert result.copy is not None
    assert Path(result.copy).read_bytes() == damaged


def test_what_is_kept_to_be_quick_is_made_again_or_dropped(there: Damaged) -> None:
    was = told(there)
    there.cell("sighting", "last_seen", "s", 3)
    there.cell("origin", "body", "s", 4)
    there.run("UPDATE recount SET added_words = added_words + 1")
    there.run("UPDATE note SET value = 'soon' WHERE name = 'last_gc'")
    there.run("INSERT INTO fact VALUES (77, 1, 0, 0, x'7b7d', 0, NULL)")
    result = repaired(there)
    assert result.ok, result.after.problems
    assert is_whole(there)
    found = told(there)
    assert found["s", 3][1].pop("last_seen") == found["s", 3][1]["recorded"]  # nobody knows any more
    assert was["s", 3][1].pop("last_seen") > found["s", 3][1]["recorded"]
    assert found == was
    assert there.run("SELECT count(*) FROM recount") == [(0,)]


def test_words_that_never_were_are_counted_again_by_the_deep_level(there: Damaged) -> None:
    was = told(there)
    there.forge("s", 4, added_words=99)
    there.forge("long", 5, previous=2)
    there.put("recount", "s", 6, 5, 77, 77)
    assert repaired(there).before.ok
    result = repaired(there, level="deep")
    assert result.ok, result.after.problems
    assert told(there) == was
    assert is_whole(there)


def test_a_version_that_is_gone_ends_its_story_and_is_told(there: Damaged) -> None:
    was = told(there)
    there.run("DELETE FROM version WHERE story = 1 AND number = 4")
    result = repaired(there)
    assert named(result.after) == {("s", 4, "lost"), ("s", 5, "lost"), ("s", 6, "lost")}
    assert not result.ok
    assert is_whole(there)
    found = told(there)
    assert {number: found[story, number][0] for story, number in found if story == "s"} == {
        number: text(number) for number in (1, 2, 3)
    }
    assert {key for key in was if key[0] != "s"} <= found.keys()
    with vstore.open(there.place.parent) as store:
        assert store.add("s", "It goes on.", date="2019-02-01").version.number == 4


def test_a_version_that_is_gone_comes_from_another_store(there: Damaged, backup: Store) -> None:
    was, ids = told(there), there.run(IDS)
    there.run("DELETE FROM version WHERE story = 1 AND number IN (1, 4, 6)")
    there.run("DELETE FROM version WHERE story = 4 AND number > 60")
    there.run("DELETE FROM fact")
    result = repaired(there, backup)
    assert result.ok, result.after.problems
    assert result.fetched >= 11
    assert told(there) == was
    assert there.run(IDS) == ids
    assert is_whole(there)


def test_a_story_of_which_only_its_head_is_left_comes_from_another_store(
    there: Damaged, backup: Store
) -> None:
    was = told(there)
    for table in ("version", "fact", "payload", "sighting", "recount", "origin"):
        there.run(f"DELETE FROM {table} WHERE story = 1")
    assert repaired(there, backup).ok
    for version in was:
        was[version][1].pop("last_seen")
    found = told(there)
    for version in found:
        found[version][1].pop("last_seen")
    assert found == was


def test_a_head_that_is_gone_is_found_by_what_leads_to_it(there: Damaged, backup: Store) -> None:
    was, raw = told(there), there.place.read_bytes()
    there.run("DELETE FROM head WHERE name = CAST('s' AS BLOB)")
    result = repaired(there)
    assert [(each.problem, each.story) for each in result.after.problems] == [("lost", None)]
    there.place.write_bytes(raw)
    there.run("DELETE FROM head WHERE name = CAST('s' AS BLOB)")
    assert repaired(there, backup).ok
    assert told(there) == was


def test_a_name_that_is_gone_is_what_the_facts_say_as_well(there: Damaged) -> None:
    name = "https://example.org/floods"
    with vstore.open(there.place.parent) as store:
        store.add(name, "The river rose.", date="2019-01-01", url=name)
    there.run("DELETE FROM head WHERE name = CAST(? AS BLOB)", name)
    assert repaired(there).ok
    assert told(there)[name, 1][0] == "The river rose."


def test_what_is_lost_is_told_once(there: Damaged) -> None:
    there.run("DELETE FROM head WHERE name = CAST('other' AS BLOB)")
    assert not repaired(there).ok
    there.cell("version", "words", "s", 3)
    result = repaired(there)
    assert result.ok, result.after.problems
    assert not result.before.ok


@pytest.mark.parametrize("sql", ["DELETE FROM payload WHERE story = 2", "UPDATE payload SET body = x'00ff'"])
def test_a_version_without_its_text_stays_and_is_told(there: Damaged, backup: Store, sql: str) -> None:
    was, ids = told(there), there.run(IDS)
    there.cell("version", "words", "s", 3)  # so that there is something to be gained
    there.run(sql)
    result = repaired(there)
    assert {each.problem for each in result.after.problems} == {"text"}
    assert ("packed", 2, "text") in named(result.after)
    assert there.run(IDS) == ids
    with vstore.open(there.place.parent) as store:
        assert set(store.fsck().problems) == set(result.after.problems)
        assert [version.number for version in store.log("packed")] == [3, 2, 1]
        with pytest.raises(Corrupt):
            store.text("packed", 2)
    assert repaired(there, backup).ok
    assert told(there) == was


def test_a_story_that_was_renamed_or_taken_back_is_not_told_as_lost(there: Damaged) -> None:
    with vstore.open(there.place.parent) as store:
        store.rename("other", "another")
        store.add("new", "New.")
        store.undo()
        store.rename("packed", "more")
        store.rename("more", "packed")
    was = told(there)
    there.cell("version", "words", "s", 3)
    result = repaired(there)
    assert result.ok, result.after.problems
    assert told(there) == was
    there.run("DELETE FROM head WHERE name = CAST('another' AS BLOB)")
    there.run("DELETE FROM head WHERE name = CAST('s' AS BLOB)")
    lost = [each.detail for each in repaired(there).after.problems]
    assert lost == ["stories of which nobody knows the name: 2"]


def test_a_story_that_seems_to_be_two_is_one(there: Damaged, backup: Store) -> None:
    was = told(there)
    there.run("UPDATE head SET digest = randomblob(16) WHERE story = 1")
    there.run("UPDATE version SET story = -43 WHERE story = 1 AND number = 3")
    assert repaired(there, backup).ok
    assert told(there) == was
    assert is_whole(there)


def test_a_second_head_of_a_name_is_found_and_goes(there: Damaged) -> None:
    was = told(there)
    columns = [name for (name,) in there.run("SELECT name FROM pragma_table_info('head')")][2:]
    told_as = f"SELECT -43, randomblob(16), {', '.join(columns)} FROM head WHERE story = 1"
    there.run(f"INSERT INTO head {told_as}")
    with vstore.open(there.place.parent, read_only=True) as store:
        assert ("s", None, "damaged") in named(store.fsck())
    result = repaired(there)
    assert result.ok, result.after.problems
    assert told(there) == was
    assert is_whole(there)


def test_facts_that_nobody_has_stop_their_story_and_no_other(there: Damaged, backup: Store) -> None:
    was = told(there)
    there.cell("version", "words", "s", 3)  # so that there is something to be gained
    there.run("DELETE FROM fact WHERE story = 2")
    result = repaired(there)
    assert {each.story for each in result.after.problems} == {"packed"}
    with vstore.open(there.place.parent) as store:
        assert set(store.fsck().problems) == set(result.after.problems)
        assert store.text("s", 3) == text(3)
    assert repaired(there, backup).ok
    assert told(there) == was


def test_what_cannot_be_better_is_left_as_it_is(there: Damaged) -> None:
    there.run("DELETE FROM payload WHERE story = 2")
    before = there.place.read_bytes()
    result = repaired(there)
    assert result.after.problems == result.before.problems != ()
    assert result.copy is None
    assert there.place.read_bytes() == before
    assert [path.name for path in there.place.parent.glob("*.damaged*")] == []


def test_a_number_that_became_a_fraction_is_as_it_was(there: Damaged) -> None:
    was = told(there)
    kinds = "words       INTEGER", "words       ANY"
    swap = "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = 'version'"
    there.run(swap, *kinds)
    there.run("UPDATE version SET words = 1.5 WHERE story = 1 AND number IN (2, 5)")
    there.run(swap, *kinds[::-1])
    assert repaired(there).ok
    assert told(there) == was
    assert is_whole(there)


def rows(there: Damaged, table: str) -> list[Any]:
    return there.run(f"SELECT * FROM {table} ORDER BY 1, 2")


@pytest.fixture
def moved(there: Damaged, tmp_path: Path) -> Damaged:
    """The store, in which a version was moved and something was taken from a folder; and a backup of it."""
    with vstore.open(there.place.parent) as store:
        store.move("other", 1, "another")
        landed = tmp_path / "landed"
        landed.mkdir()
        run = Program(there.place.parents[1])
        (landed / "a.txt").write_text("It landed.")
        assert run("watch", landed, "--once", "--settle", "0", "--story-from", "stem").code == 0
    shutil.copyfile(there.place, tmp_path / "backup" / ".vstore" / "store.db")
    return there


APART = {
    "journal": ["at = 12345", "what = 'adx'", "who = 'x'", "story = x'00'", "checksum = 7", "versions = 9"],
    "moved": ["became = x'00'", "id = x'00'", "checksum = 7"],
    "taken": ["items = 9", "file = x'00'", "checksum = 7"],
}
SET = [(table, change) for table, changes in APART.items() for change in changes]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "change"), SET)
def test_a_damaged_row_of_no_story_is_found_and_taken_from_another_store(
    backup: Store, moved: Damaged, table: str, change: str
) -> None:
    was = rows(moved, table)
    moved.run(f"UPDATE {table} SET {change} WHERE rowid_or = 1".replace("rowid_or = 1", _first(moved, table)))
    with vstore.open(moved.place.parent, read_only=True) as store:
        for level in ("quick", "default", "deep"):
            found = [each.detail for each in store.fsck(level=level).problems]
            assert found == [f"1 row(s) of {table} are damaged"]
    with vstore.open(backup.place, read_only=True) as fresh:
        result = repaired(moved, fresh)
    assert result.ok, result.after.problems
    assert [row for row in rows(moved, table) if row in was] == was
    assert is_whole(moved)


def _first(there: Damaged, table: str) -> str:
    ((check,),) = there.run(f"SELECT min(checksum) FROM {table}")
    return f"checksum = {check}"


@pytest.mark.parametrize("table", APART)
def test_a_damaged_row_of_no_story_that_nobody_has_is_dropped_and_told(
    backup: Store, moved: Damaged, table: str
) -> None:
    was = rows(moved, table)
    moved.run(f"UPDATE {table} SET {APART[table][-2]} WHERE {_first(moved, table)}")
    result = repaired(moved)
    assert [(each.problem, each.detail) for each in result.after.problems] == [
        ("lost", f"1 row(s) of {table}")
    ]
    assert len([row for row in rows(moved, table) if row in was]) == len(was) - 1
    assert is_whole(moved)
    with vstore.open(moved.place.parent) as store:
        assert next(store.journal()).what == "repair"


def test_a_row_of_no_story_whose_columns_are_of_another_kind_comes_from_another_store(
    backup: Store, moved: Damaged
) -> None:
    was = rows(moved, "journal")
    swap = "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = 'journal'"
    kinds = "what        TEXT", "what        ANY"
    moved.run(swap, *kinds)
    moved.run(f"UPDATE journal SET what = CAST(what AS BLOB) WHERE {_first(moved, 'journal')}")
    moved.run(swap, *kinds[::-1])
    with vstore.open(backup.place, read_only=True) as fresh:
        assert repaired(moved, fresh).ok
    assert [row for row in rows(moved, "journal") if row in was] == was
    assert is_whole(moved)
