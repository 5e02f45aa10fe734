"""CSV: a row is a wire; columns go by vstore's names or by a map; a broken row costs no other."""

from __future__ import annotations

import hashlib
import tracemalloc
from pathlib import Path

import pytest
from crawls import found

from vstore import readers
from vstore.errors import BadReference, BadWire
from vstore.readers import csvrows
from vstore.readers.reading import How
from vstore.readers.source import Held

TABLE = """story,date,Title,text,url,keywords,urgency,section,extra
bridge,2031-05-02T08:15:10+02:00,Bridge closed,"The ""old"" bridge
is closed.\r
",https://kestrel.example/1,"bridges; Norden",3,local,
ferry,"Fri, 02 May 2031 08:15 GMT",,The ferry runs.,,,,,note
"""


def read(data: str | bytes, **options: str) -> list[readers.Reading | BadWire]:
    raw = data.encode() if isinstance(data, str) else data
    return list(readers.items(Held(raw), How(fields=options), "csv"))


def readings(data: str | bytes, **options: str) -> list[readers.Reading]:
    items = read(data, **options)
    assert not [item for item in items if isinstance(item, BadWire)]
    return [item for item in items if isinstance(item, readers.Reading)]


def test_a_row_is_a_wire_by_the_names_of_its_columns() -> None:
    first, second = readings(TABLE)
    assert (first.story, first.date) == ("bridge", "2031-05-02T08:15:10+02:00")
    assert (first.text, first.reader, first.charset) == ('The "old" bridge\nis closed.\r\n', "csv", "utf-8")
    assert first.facts == {
        "headline": "Bridge closed",
        "url": "https://kestrel.example/1",
        "keywords": ["bridges", "Norden"],
        "urgency": 3,
        "extra": {"section": "local"},
    }
    assert (second.story, second.date, second.text) == ("ferry", "2031-05-02T08:15+00:00", "The ferry runs.")
    assert second.facts == {"extra": {"extra": "note"}}


def test_the_digest_is_that_of_the_row() -> None:
    row = '"The bridge\r\nis ""closed""",x'
    (reading,) = readings(f"text,id\r\n{row}\r\n")
    assert reading.digest == hashlib.sha256(row.encode()).hexdigest()
    assert reading.facts == {"extra": {"id": "x"}}


def test_a_map_says_which_column_has_what() -> None:
    table = "guid,body,when,title,text\n17,The bridge.,2031,Headline,other\n"
    (reading,) = readings(table, story="guid", text="body", date="when")
    assert (reading.story, reading.text, reading.date) == ("17", "The bridge.", "2031")
    assert reading.facts == {"headline": "Headline", "extra": {"text": "other"}}


def test_of_two_columns_of_one_meaning_the_second_is_an_extra() -> None:
    (reading,) = readings("headline,Title,dated,date,text\none,two,2031,2032,x\n")
    assert reading.facts == {"headline": "one", "extra": {"Title": "two", "date": "2032"}}
    assert reading.date == "2031"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_of_the_header(delimiter: str) -> None:
    table = f"text{delimiter}source{delimiter}place\nOne.{delimiter}Kestrel{delimiter}Norden\n"
    (reading,) = readings(table)
    assert (reading.text, reading.facts) == ("One.", {"source": "Kestrel", "place": "Norden"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-32"])
def test_the_character_set_is_told_or_detected(encoding: str) -> None:
    data = "text,place\n“Brücke”,Köln\nzwei,über\n".encode(encoding)
    first, second = readings(data)
    assert (first.text, first.facts["place"], second.facts["place"]) == ("“Brücke”", "Köln", "über")
    assert first.charset == encoding.removesuffix("-sig")


def test_a_line_in_another_character_set_costs_its_row() -> None:
    data = b"text,place\n" + "über,x\n".encode() + b"a,b\n" * 20_000 + b"\xfcber,x\nlast,x\n"
    *_, bad, last = read(data)
    assert isinstance(bad, BadWire)
    assert isinstance(last, readers.Reading)
    assert (bad.facts["line"], last.text) == (20_003, "last")


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("", "no column is the text"),
        ("a,b\n1,2\n", "no column is the text.*'a', 'b'"),
        ("text,text\n1,2\n", "'text' twice"),
        ('text,"a\n', "header"),
    ],
)
def test_a_header_that_tells_no_text_is_refused(table: str, reason: str) -> None:
    (bad,) = read(table)
    assert isinstance(bad, BadWire)
    with pytest.raises(BadWire, match=reason):
        raise bad


def test_a_header_of_very_many_columns_is_read() -> None:
    width = 40_000  # to compare each with each would take a minute
    header = ",".join(["text", *(f"c{number}" for number in range(width))])
    (wire,) = read(f"{header}\nrain{',' * width}\n")
    assert not isinstance(wire, BadWire)
    assert wire.text == "rain"


def test_a_map_that_names_no_column_is_refused() -> None:
    (bad,) = read("text,a\n1,2\n", story="guid")
    assert isinstance(bad, BadWire)
    assert "no column 'guid'" in bad.message
    with pytest.raises(BadReference, match="cannot be mapped"):
        read("text,a\n1,2\n", nonsense="a")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("one", "1 cells"),
        ("one,,,", "4 cells"),
        ('"one" two,', "not CSV"),
        ("one,yesterday", "'yesterday' is none"),
    ],
)
def test_a_broken_row_costs_no_other(row: str, reason: str) -> None:
    first, bad, last = read(f"text,date\nfirst,\n{row}\n\nlast,\n")
    assert isinstance(bad, BadWire)
    assert (reason in bad.message, bad.facts["line"]) == (True, 3)
    assert [item.text for item in (first, last) if isinstance(item, readers.Reading)] == ["first", "last"]


def test_quotation_marks_that_do_not_end_are_told() -> None:
    items = read('text,date\nfirst,\n"never,\nends,\n')
    assert [type(item).__name__ for item in items] == ["Reading", "BadWire"]


def test_a_row_that_is_too_long_is_passed_over_in_bounded_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csvrows, "ROW_LIMIT", 1 << 20)
    data = b"text,date\n" + b"x" * (8 << 20) + b",\nlast,\n"
    tracemalloc.start()
    (last,), (bad,) = found(data, tmp_path, "csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (last.text, bad.facts) == ("last", {"limit": 1 << 20, "line": 2})
    assert peak < 6 << 20


def test_a_long_text_is_read() -> None:
    (reading,) = readings(f"text,place\n{'word ' * 100_000},x\n")
    assert len(reading.text) == 500_000


@pytest.mark.parametrize(
    ("data", "name", "known"),
    [
        ("story,text\na,b\n", "-", True),
        ("\ufeffStory;Text;url\n", "-", True),
        ('"text","date"\n', "-", True),
        ("guid,body\n1,2\n", "dump.CSV", True),
        ("guid\tbody\n", "dump.tsv", True),
        ("guid,body\n1,2\n", "-", False),
        ("In this text, it says so.\n", "-", False),
        ("text\n", "-", False),
        ("", "empty.csv", False),
    ],
)
def test_a_table_is_known_by_its_name_or_its_header(data: str, name: str, known: bool) -> None:
    raw = data.encode()
    assert csvrows.sniff(raw, Held(raw, name)) is known
