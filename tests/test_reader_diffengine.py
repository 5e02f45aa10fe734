"""DiffEngine's file: every version with its entry's address; strange and hostile schemas are refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import apsw
import pytest
from diffengine_files import ENTRY, FIRST, SCHEMA, SECOND, URL, WHEN, made

from vstore import readers
from vstore.errors import BadWire
from vstore.readers import diffengine
from vstore.readers.source import Held


def items(path: Path) -> list[readers.Reading | BadWire]:
    return list(readers.items(readers.named(str(path))))


def refused(path: Path) -> str:
    (error,) = readers.items(readers.named(str(path)), name="diffengine")
    assert isinstance(error, BadWire)
    return error.message


def test_every_version_is_a_wire_of_its_entry(tmp_path: Path) -> None:
    first, second = items(made(tmp_path, [FIRST, SECOND]))
    assert isinstance(first, readers.Reading)
    assert isinstance(second, readers.Reading)
    assert (first.text, first.date) == (
        "The bridge is closed.\n\nCracks & rust.",
        "2031-05-02T08:15:10.123456+00:00",
    )
    assert (first.story, first.reader) == (f"{URL}?utm_source=rss", "diffengine")
    assert first.facts == {"source": "Kestrel Wire", "headline": "Bridge closed", "url": URL}
    assert first.digest == hashlib.sha256(str(FIRST[3]).encode()).hexdigest()
    assert first.capture == {"crawled": first.date, "row": 1}
    assert (second.date, second.facts["extra"]) == (
        "2031-05-03T08:15:10+00:00",
        {"archive_url": "https://web.example/2"},
    )


def test_the_file_is_left_as_it_was(tmp_path: Path) -> None:
    path = made(tmp_path, [FIRST])
    before = path.read_bytes()
    path.chmod(0o400)
    assert len(items(path)) == 1
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["diffengine.db"]


def test_a_file_that_is_being_written_is_read(tmp_path: Path) -> None:
    path = made(tmp_path, [FIRST])
    writer = apsw.Connection(str(path))
    writer.execute("PRAGMA journal_mode = WAL")
    writer.executemany("INSERT INTO entryversion VALUES (?, ?, ?, ?, ?, ?, ?)", [SECOND])
    assert len(items(path)) == 2
    writer.close()


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ((1, "x", URL, b"\xff\xfe", WHEN, None, 7), "not utf-8"),
        ((1, "x", URL, "text", "yesterday", None, 7), "'yesterday' is none"),
        ((1, "x", URL, "text", WHEN, None, 8), "missing"),
    ],
)
def test_a_row_that_is_none_costs_no_other(tmp_path: Path, version: tuple[object, ...], reason: str) -> None:
    bad, good = items(made(tmp_path, [version, SECOND]))
    assert isinstance(good, readers.Reading)
    assert isinstance(bad, BadWire)
    assert reason in bad.message
    assert bad.facts["item"] == 1


def test_cells_of_other_types_are_read_as_their_text(tmp_path: Path) -> None:
    (item,) = items(made(tmp_path, [(1, 17, URL, "plain\ntext &amp; lines", WHEN, 2.5, 7)]))
    assert isinstance(item, readers.Reading)
    assert (item.text, item.facts["headline"]) == ("plain\ntext & lines", "17")


def test_a_file_in_utf_16_is_read(tmp_path: Path) -> None:
    path = tmp_path / "wide.db"
    database = apsw.Connection(str(path))
    database.execute("PRAGMA encoding = 'UTF-16le'")
    database.execute(SCHEMA)
    database.execute("INSERT INTO entry VALUES (?, ?, ?, ?)", ENTRY)
    database.execute(
        "INSERT INTO entryversion VALUES (?, ?, ?, ?, ?, ?, ?)", (1, "Brücke", URL, "über", WHEN, None, 7)
    )
    database.close()
    (item,) = items(path)
    assert isinstance(item, readers.Reading)
    assert (item.text, item.facts["headline"], item.charset) == ("über", "Brücke", "utf-16-le")


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ("CREATE TABLE other (id)", "no table entry"),
        ("CREATE TABLE entry (id, url); CREATE TABLE entryversion (id)", "no such column"),
        ("CREATE TABLE entry (id); CREATE VIEW entryversion AS SELECT 1 AS id", "no table entryversion"),
        (
            "CREATE TABLE entry (id); CREATE VIRTUAL TABLE entryversion USING fts5(title, url, summary)",
            "no table entryversion",
        ),
    ],
)
def test_a_schema_that_is_another_is_refused(tmp_path: Path, schema: str, reason: str) -> None:
    assert reason in refused(made(tmp_path, [], schema))


def test_damage_ends_in_a_refusal(tmp_path: Path) -> None:
    whole = made(tmp_path, [(at, "x", URL, "text " * 500, WHEN, None, 7) for at in range(200)]).read_bytes()
    path = tmp_path / "damaged.db"
    for data in (
        whole[:5000],
        whole[:100],
        whole[: len(whole) // 2],
        whole[:9000] + b"\xff" * 8000 + whole[17000:],
    ):
        path.write_bytes(data)
        found = list(readers.items(readers.named(str(path)), name="diffengine"))
        assert isinstance(found[-1], BadWire)


def test_it_is_known_by_its_schema(tmp_path: Path) -> None:
    data = made(tmp_path, []).read_bytes()
    assert diffengine.sniff(data, Held(data))
    assert not diffengine.sniff(b"SQLite format 3\0other", Held(b""))
    (error,) = readers.items(Held(data), name="diffengine")
    assert isinstance(error, BadWire)
    assert "stdin" in error.message
