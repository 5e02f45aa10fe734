"""What a caller named can be looked at before it is read, and tells what it is by its beginning."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from readings import one, refused

from vstore import readers
from vstore.errors import BadReference, BadWire
from vstore.readers import Held, How, charsets, files
from vstore.readers.source import BEGINNING, Source


def test_a_beginning_stays_to_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytes(range(256)) * 400
    (tmp_path / "file").write_bytes(data)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    for source in (readers.named(str(tmp_path / "file")), readers.named("-"), Held(data)):
        assert source.beginning() == source.beginning() == data[:BEGINNING]
        assert source.whole() == data


def test_a_file_and_bytes_at_hand_can_be_read_again_and_stdin_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"text")
    for source in (readers.named(str(tmp_path / "file")), Held(b"text")):
        assert (source.whole(), source.whole()) == (b"text", b"text")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"text")))
    piped = readers.named("-")
    assert (piped.path, piped.name, piped.whole()) == (None, "-", b"text")
    with pytest.raises(BadWire, match="only once"):
        piped.stream()


def test_a_folder_has_no_bytes(tmp_path: Path) -> None:
    folder = readers.named(str(tmp_path))
    assert folder.is_folder
    assert folder.beginning() == b""
    with pytest.raises(BadWire, match="is a directory"):
        folder.whole()
    (bad,) = readers.items(folder)
    assert isinstance(bad, BadWire)
    assert "is a directory" in bad.message


def test_a_source_is_bounded() -> None:
    with pytest.raises(BadWire, match="at most 3 bytes"):
        Held(b"text").whole(3)


@pytest.mark.parametrize("name", ["absent", "x" * 300, "a\0b"])
def test_what_is_not_there_is_told_and_is_no_folder(name: str, tmp_path: Path) -> None:
    source = Source(name, tmp_path / name)
    assert not source.is_folder
    with pytest.raises(BadWire):
        source.beginning()


def test_bytes_before_a_stream_come_first_however_they_are_asked_for() -> None:
    stream = io.BufferedReader(files.Joined(io.BytesIO(b"cdef"), b"ab"), 1)
    assert [stream.read(1), stream.read(2), stream.read()] == [b"a", b"bc", b"def"]


def test_a_stream_that_has_ended_is_not_asked_again() -> None:
    source = io.BytesIO(b"b")
    stream = io.BufferedReader(files.Joined(source, b"a"))
    assert stream.read() == b"ab"
    source.write(b"typed after Ctrl-D")
    source.seek(0)
    assert stream.read() == b""


def test_the_one_item_is_wanted_and_no_other_number() -> None:
    with pytest.raises(BadWire, match="several items"):
        readers.read(b'{"uri": "1", "body_text": "A"}' * 2)
    with pytest.raises(BadWire, match="no item"):
        readers.read(b"<r/>", reader="nitf")
    with pytest.raises(BadReference, match="no reader 'x'"):
        readers.read(b"", reader="x")


def test_every_reader_is_a_module_that_says_what_it_is() -> None:
    for name in readers.READERS:
        known = readers.reader(name)
        assert name == known.NAME
        assert 10 < len(known.ABOUT) < 100
    assert set(readers.FIRST) <= set(readers.READERS)
    assert set(readers.EXTRAS) <= set(readers.READERS)


def test_a_reader_whose_library_is_missing_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "EXTRAS", {"seed": ("seeds", "no_such_library"), "plain": ("x", "json")})
    assert (readers.missing("seed"), readers.missing("plain"), readers.missing("ninjs")) == (
        "seeds",
        None,
        None,
    )
    assert "pip install 'vstore[seeds]'" in refused(" date 2019-01-15 Text")
    assert one("Text").text == "Text"


@pytest.mark.parametrize("charset", ["utf-16", "utf-32", "utf-16-le", "utf-16-be", "cp500", "utf-8-sig"])
def test_every_reader_is_found_in_an_encoding_that_is_named(charset: str) -> None:
    for name, text in (
        ("frontmatter", "---\nstory: a\n---\nText."),
        ("seed", " date 2019-01-15 Text."),
        ("ninjs", '{"uri": "1", "body_text": "Text."}'),
        ("nitf", "<nitf><body><body.content><p>Text.</p></body.content></body></nitf>"),
    ):
        reading = one(text.encode(charset), encoding=charset)
        assert (reading.reader, reading.text) == (name, "Text.")


def test_plain_text_is_read_by_a_bom_of_utf_16_or_32() -> None:
    for charset in ("utf-16", "utf-32"):
        assert (one("Fähre".encode(charset)).text, one("Fähre".encode(charset)).charset) == ("Fähre", charset)


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (b"", "utf-8"),
        ("ä".encode(), "utf-8"),
        ("ä".encode()[:1], "utf-8"),
        (b"\xe4x", "cp1252"),
        (b"\x81x", "iso8859-1"),
    ],
)
def test_a_character_set_is_detected_by_what_decodes(data: bytes, charset: str) -> None:
    assert charsets.detected(data) == charset


@pytest.mark.parametrize(
    "text",
    [
        "<?xml version='1.0'?><unknown/>",
        "<!DOCTYPE book>\n<book>",
        "<schema xmlns='x'>",
        "\ufeff <a:b c = 'd'>",
        "<br/>",
    ],
)
def test_markup_that_no_reader_knows_is_plain_text_only_if_that_is_said(text: str) -> None:
    assert "no reader knows what it is: markup" in refused(text)
    assert one(text, "plain").text == text


@pytest.mark.parametrize("text", ["<3 you", "< x", "<AP News> Oslo", "<<", "Text <br/>"])
def test_prose_that_begins_with_a_sign_is_plain_text(text: str) -> None:
    assert one(text).text == text


def test_json_lines_are_a_reader_and_need_no_story() -> None:
    lines = b'{"text": "A", "guid": "g", "date": "2019", "x": 1}\n{"story": "s", "text": "B"}\n{"text": 5}\n'
    found = list(readers.items(Held(lines)))
    first, second, bad = found
    assert isinstance(first, readers.Reading)
    assert isinstance(second, readers.Reading)
    assert isinstance(bad, BadWire)
    assert (first.story, first.text, first.date) == (None, "A", "2019")
    assert first.facts == {"guid": "g", "extra": {"x": 1}}
    assert (second.story, bad.message) == ("s", "line 3: 'text' is a number, not a string")


def test_json_lines_of_others_are_read_with_a_map() -> None:
    line = b'{"id": "g", "body": "A", "when": "2019-07-15T12:00"}'
    how = How(fields={"guid": "id", "text": "body", "date": "when"})
    (reading,) = readers.items(Held(line), how, "jsonlines")
    assert isinstance(reading, readers.Reading)
    assert (reading.text, reading.facts["guid"], reading.date) == ("A", "g", "2019-07-15T12:00")


def test_capture_notes_of_a_line_are_kept_as_they_are() -> None:
    line = b'{"text": "A", "capture": {"digest": "d", "extractor": "x"}}'
    (reading,) = readers.items(Held(line))
    assert isinstance(reading, readers.Reading)
    wire = readers.to_wire(reading, "s", {})
    assert wire.capture == {"digest": "d", "charset": "utf-8", "reader": "jsonlines", "extractor": "x"}
