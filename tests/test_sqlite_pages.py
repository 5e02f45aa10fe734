"""Rows read off the pages of a file, whatever became of the rest of it: they are what SQLite reads."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from contextlib import closing
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vstore.storage.schema import PAGE_SIZE, TABLES
from vstore.storage.sqlite_pages import Pages
from vstore.storage.sqlite_records import Record, records
from vstore.storage.sqlite_salvage import shapes

MADE = "CREATE TABLE rows (a, b, c); CREATE TABLE keys (a, b, c, PRIMARY KEY (a, b)) WITHOUT ROWID"

values = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-300, 300),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.binary(),
    st.builds(bytes, st.integers(0, 20_000)),
    st.none(),
)


def opened(place: Path) -> apsw.Connection:
    connection = apsw.Connection(str(place))
    connection.execute(f"PRAGMA page_size = {PAGE_SIZE}; PRAGMA journal_mode = WAL").fetchall()
    return connection


def read(place: Path) -> list[Record]:
    """All records of all pages in use, those of the schema apart."""
    with place.open("rb") as file, Path(f"{place}-wal").open("rb") as log:
        pages = Pages(file, log)
        free = pages.free()
        numbers = (number for number in range(2, pages.count + 1) if number not in free)
        return [record for number in numbers for record in records(pages, number)]


@settings(max_examples=40)
@given(st.lists(st.tuples(values, values, values), max_size=12))
def test_every_value_is_read_as_sqlite_reads_it(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, ...]]
) -> None:
    place = tmp_path_factory.mktemp("pages") / "store.db"
    with closing(opened(place)) as connection:
        connection.execute(MADE)
        connection.executemany("INSERT INTO rows VALUES (?, ?, ?)", rows)
        connection.executemany(
            "INSERT INTO keys VALUES (?, ?, ?)",
            [(at, *row[1:]) for at, row in enumerate(rows) if row[1] is not None],
        )
        found = read(place)
        for has_rowid, table in ((True, "rows"), (False, "keys")):
            wanted = connection.execute(f"SELECT * FROM {table}").fetchall()
            columns = [each.columns for each in found if (each.rowid is not None) == has_rowid]
            assert Counter(map(repr, columns)) == Counter(map(repr, wanted))


def test_what_was_changed_deleted_or_not_committed_is_not_read(tmp_path: Path) -> None:
    place = tmp_path / "store.db"
    dice = random.Random(1)
    with closing(opened(place)) as connection, closing(opened(place)) as other:
        connection.execute(f"{MADE}; PRAGMA wal_autocheckpoint = 40; PRAGMA cache_size = 5")
        for number in range(1_500):
            connection.execute("INSERT INTO rows VALUES (?, ?, ?)", (number, dice.randbytes(200), "x"))
        connection.execute("DELETE FROM rows WHERE a % 3 = 0; UPDATE rows SET c = 'y' WHERE a % 3 = 1")
        connection.execute("DELETE FROM rows WHERE a BETWEEN 500 AND 1000")
        wanted = other.execute("SELECT * FROM rows").fetchall()
        connection.execute("BEGIN; UPDATE rows SET c = 'z'; DELETE FROM rows WHERE a > 1200")  # spills
        assert Counter(each.columns for each in read(place)) == Counter(wanted)


def test_a_log_counts_up_to_its_first_damaged_frame(tmp_path: Path) -> None:
    place, torn = tmp_path / "store.db", tmp_path / "torn.db"
    with closing(opened(place)) as connection:
        connection.execute(f"{MADE}; PRAGMA wal_autocheckpoint = 0")
        for number in range(50):
            connection.execute("INSERT INTO rows VALUES (?, zeroblob(900), 'x')", (number,))
        raw = Path(f"{place}-wal").read_bytes()
        for at in (0, 13, 60, len(raw) // 2, len(raw) - 5):
            shutil.copyfile(place, torn)
            Path(f"{torn}-wal").write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
            mine = Counter(each.columns for each in read(torn))
            with closing(apsw.Connection(str(torn))) as other:
                tables = other.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'rows'").fetchall()
                theirs = other.execute("SELECT * FROM rows").fetchall() if tables == [(1,)] else []
            assert mine == Counter(theirs)


@given(st.integers(0, 2**32))
def test_a_page_of_anything_is_read_without_an_error(seed: int) -> None:
    dice = random.Random(seed)
    head = bytes([dice.choice([2, 5, 10, 13]), *dice.randbytes(2), 0, dice.randrange(256)])
    page = (
        (head + dice.randbytes(40)).ljust(PAGE_SIZE, b"\7") if seed % 2 else head + dice.randbytes(PAGE_SIZE)
    )
    pages = Pages(BytesIO(b"\0" * PAGE_SIZE + page[:PAGE_SIZE] * 2), BytesIO(dice.randbytes(9_000)))
    assert pages.free() == set()
    for number in range(1, 5):
        assert all(isinstance(each.columns, tuple) for each in records(pages, number))


INDEXES = """
SELECT i.name, x.seqno, coalesce(c.type, 'INTEGER') FROM sqlite_schema i, pragma_index_xinfo(i.name) x
LEFT JOIN pragma_table_info(i.tbl_name) c ON c.cid = x.cid
JOIN pragma_table_list t ON t.name = i.tbl_name AND t.schema = 'main'
WHERE i.type = 'index' AND NOT (t.wr AND i.name LIKE 'sqlite_%') ORDER BY i.name, x.seqno
"""
"""The columns of every index that has a tree of its own, those of the primary key or the rowid among them."""


def test_no_two_tables_nor_an_index_have_rows_that_look_alike() -> None:
    # Whoever adds a table that looks like another has to tell `sqlite_salvage` how they are told apart.
    found = [(shape.table, shape.has_rowid, shape.kinds) for shape in shapes()]
    assert {table for table, _, _ in found} == {
        *("note", "version", "fact", "payload", "dictionary", "head", "sighting", "recount", "origin"),
        *("tombstone", "journal", "alias", "moved", "taken", "shingle"),
    }
    with closing(apsw.Connection(":memory:")) as connection:
        connection.execute(TABLES)
        kinds: dict[str, list[tuple[type, ...]]] = {}
        for name, _, kind in connection.execute(INDEXES).fetchall():
            kinds.setdefault(str(name), []).append(({"TEXT": str, "BLOB": bytes}.get(str(kind), int),))
    assert len(kinds["version_by_id"]) == 3
    found += [(name, False, tuple(columns)) for name, columns in kinds.items()]
    alike = [(one[0], other[0]) for one, other in combinations(found, 2) if are_alike(one[1:], other[1:])]
    assert [pair for pair in alike if pair[0] not in kinds] == []


def are_alike(one: tuple[bool, Any], other: tuple[bool, Any]) -> bool:
    """Whether a row of the one could be one of the other."""
    return (one[0], len(one[1])) == (other[0], len(other[1])) and all(
        set(a) & set(b) for a, b in zip(one[1], other[1], strict=True)
    )
