"""Damage that the torture found, and that the torture finds what is there to be found."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import apsw
import pytest
from archives import archive, changed, database
from torture import damage, power
from torture.report import Part
from torture.sizes import EVERYDAY

import vstore
from vstore.errors import Corrupt, VstoreError
from vstore.storage.schema import PAGE_SIZE, TABLES
from vstore.storage.sqlite import SqliteDatabase


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return archive(tmp_path / "archive")


def swapped(folder: Path, one: str, other: str) -> None:
    """The first pages of two trees, each in the place of the other."""
    connection = apsw.Connection(str(database(folder)))
    found = connection.execute("SELECT name, rootpage FROM sqlite_schema").fetchall()
    roots = {str(name): int(str(page)) for name, page in found}
    connection.close()
    pages = bytearray(database(folder).read_bytes())
    a, b = (slice((roots[name] - 1) * PAGE_SIZE, roots[name] * PAGE_SIZE) for name in (one, other))
    pages[a], pages[b] = pages[b], pages[a]
    database(folder).write_bytes(pages)


@pytest.mark.parametrize("other", ["fact", "payload", "sighting", "recount", "version"])
def test_notes_of_another_kind_are_damage(folder: Path, other: str) -> None:
    changed(folder, "INSERT INTO sighting VALUES (1, 1, 1, 1); INSERT INTO recount VALUES (1, 2, 1, 0, 0, 0)")
    swapped(folder, "note", other)
    with vstore.open(folder) as store:
        assert not store.fsck().ok
        with pytest.raises(Corrupt):
            store.stats()


def test_a_dictionary_of_another_kind_is_damage(folder: Path) -> None:
    changed(folder, "INSERT INTO dictionary VALUES (1, x'00', x'00'), (2, x'01', x'01')")
    raw = database(folder).read_bytes()
    with vstore.open(folder) as store:
        assert "dictionary" in {each.problem for each in store.fsck().problems}
    swapped(folder, "dictionary", "head")
    with vstore.open(folder) as store:
        assert not store.fsck().ok
    assert database(folder).read_bytes() != raw


@pytest.mark.parametrize("value", ["'two'", "1.5", "x'01'"])
def test_a_base_of_another_kind_is_damage(folder: Path, value: str) -> None:
    strict = "UPDATE sqlite_schema SET sql = replace(sql, '{}', '{}') WHERE name = 'version'"
    loose = strict.format("base_back   INTEGER", "base_back   ANY")
    changed(folder, f"PRAGMA writable_schema = ON; {loose}")
    changed(folder, f"UPDATE version SET base_back = {value} WHERE number = 2")
    changed(folder, f"PRAGMA writable_schema = ON; {strict.format('base_back   ANY', 'base_back   INTEGER')}")
    with vstore.open(folder) as store:
        with pytest.raises(Corrupt):
            store._storage.link("s", 2)
        assert store._storage.links("s", 1, 2) == {}
        assert not store.fsck().ok


@pytest.mark.parametrize(
    ("column", "kind"), [("dated", "TEXT"), ("id", "BLOB"), ("text_id", "BLOB"), ("capture", "BLOB")]
)
def test_text_that_turned_into_bytes_or_bytes_into_text_are_damage(
    folder: Path, column: str, kind: str
) -> None:
    # Both have one checksum, and one bit of a cell tells them apart.
    with vstore.open(folder) as store:
        store.add("s", "Dated.", date="2031-01-15")
    (declared,) = [line for line in TABLES.split("\n") if line.startswith(f"    {column} ") and kind in line][
        :1
    ]
    strict = "UPDATE sqlite_schema SET sql = replace(sql, '{}', '{}') WHERE name = 'version'"
    start = declared.split(kind)[0]
    changed(folder, f"PRAGMA writable_schema = ON; {strict.format(start + kind, start + 'ANY')}")
    other = "BLOB" if kind == "TEXT" else "TEXT"
    cast = f"UPDATE version SET {column} = CAST({column} AS {other}) WHERE {column} IS NOT NULL"
    changed(folder, cast)
    changed(folder, f"PRAGMA writable_schema = ON; {strict.format(start + 'ANY', start + kind)}")
    with vstore.open(folder) as store:
        with pytest.raises(Corrupt):
            list(store.log("s"))
        assert not store.fsck().ok


def test_a_moment_of_another_kind_is_damage(folder: Path) -> None:
    swapped(folder, "version_by_id", "head_by_recorded")
    with vstore.open(folder) as store:
        with pytest.raises(Corrupt):
            list(store.log())
        assert not store.fsck().ok


@pytest.mark.parametrize("offset", [18, 19, 47, 59, 67])
def test_a_header_that_sqlite_does_not_know_is_told(folder: Path, offset: int) -> None:
    raw = bytearray(database(folder).read_bytes())
    raw[offset] = 0x3A
    database(folder).write_bytes(raw)
    with suppress(VstoreError), vstore.open(folder) as store:
        store.add("s", "Three.")
        assert not store.fsck().ok


@pytest.mark.slow
def test_a_case_that_hangs_or_crashes_is_told_and_the_others_go_on() -> None:
    from torture.watched import Outcome, watched

    def case(number: int, _dice: random.Random) -> tuple[str, list[str]]:
        if number == 2:
            raise SystemExit
        while number == 4:
            pass
        if number == 5:
            raise KeyError(number)
        return "fine", []

    heard: list[Outcome] = []
    watched([case, case], 8, 1, heard.append, silence=1)
    assert sorted(each.number for each in heard) == list(range(8))
    told = {each.number: each.wrong for each in heard if each.wrong}
    assert [told[number][0].split(":")[0] for number in (2, 4)] == ["a crash", "a hang of 1 s"]
    assert told[5][0].startswith("KeyError came through")


def test_a_disk_that_is_not_waited_for_is_found_out(tmp_path: Path) -> None:
    open_as = SqliteDatabase.__init__

    def hasty(self: SqliteDatabase, place: str, **options: bool) -> None:
        open_as(self, place, **{**options, "synchronous": "OFF"})  # type: ignore[arg-type]

    part = Part("a disk that is not waited for", 1)
    with patch.object(SqliteDatabase, "__init__", hasty):
        power.attack(part, ("add",), tmp_path, EVERYDAY._replace(images=10))
    assert part.findings


def test_a_wrong_text_would_be_found(tmp_path: Path) -> None:
    subject = damage.small(tmp_path / "small")
    text = next(name for name in subject.truth if name.startswith("text"))
    lying = subject._replace(truth={**subject.truth, text: "another text"})
    _, wrong = damage.broken(lying, damage.Damage("none"), random.Random(1), 1_000)
    assert f"a wrong text: {text}" in wrong
