"""Files of every kind become readings: exactly, or with a clear refusal."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import read

from vstore import readers
from vstore.errors import BadReference, BadWire
from vstore.model import Facts

SEEDS = Path(__file__).parent.parent.parent / "shared" / "seeds"


def test_plain_text_is_kept_exactly() -> None:
    for text in ("", " \n ", "A.\r\nB.\rC.\x00\n", "\ufeffBOM", "\ufeff", "no line end", "e\u0301 é 😀"):
        reading = read(text)
        assert (reading.text, reading.reader, reading.charset) == (text, "plain", "utf-8")
        assert (reading.story, reading.date, reading.facts) == (None, None, {})


@given(st.text())
@settings(derandomize=True, deadline=None)
def test_any_text_read_as_plain_comes_out_as_it_went_in(text: str) -> None:
    assert read(text, reader="plain").text == text


def test_fifty_megabytes_are_read() -> None:
    data = b"---\n date 2019-01-15 \n" + b"word " * 10_000_000
    assert len(readers.read(data).text) == len(data)


def test_the_digest_is_that_of_the_raw_bytes() -> None:
    data = " date 2019-01-15 Ü".encode("latin-1")
    reading = readers.read(data, encoding="latin-1")
    assert reading.digest == hashlib.sha256(data).hexdigest()
    assert (reading.charset, reading.text) == ("iso8859-1", "Ü")


def test_bytes_that_are_not_utf_8_are_refused_at_their_offset() -> None:
    with pytest.raises(BadWire, match=r"offset 3 is 0xE9.*--encoding") as caught:
        readers.read(b"caf\xe9 society")
    assert caught.value.facts == {"offset": 3, "charset": "utf-8"}


@pytest.mark.parametrize("data", [b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"])
def test_surrogates_overlong_and_cut_sequences_are_not_utf_8(data: bytes) -> None:
    with pytest.raises(BadWire, match="not utf-8"):
        readers.read(data)


def test_a_lone_surrogate_that_an_encoding_lets_through_is_refused() -> None:
    with pytest.raises(BadWire, match="lone surrogate"):
        readers.read(b"a+2AA-b", encoding="utf-7")


@pytest.mark.parametrize(
    "name",
    [
        *["nonsense", "", "hex", "rot13", "base64", "zlib", "idna", "punycode", "unicode_escape"],
        *["undefined", "utf\0-8", "\ud800", "x" * 5000],
    ],
)
@pytest.mark.parametrize("data", [b"", b"616263"])
def test_what_is_no_encoding_of_text_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(BadReference, match="is no encoding of text"):
        readers.read(data, encoding=name)


def test_other_encodings_are_read_when_named() -> None:
    text = "Überschwemmung in Köln"
    for name in ("utf-16", "cp1252", "latin-1", "utf-8-sig"):
        assert readers.read(text.encode(name), encoding=name).text == text


def test_an_unknown_reader_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(BadReference, match="'xml': there are frontmatter, seed, "):
        read("text", reader="xml")


# The seeds' form


def test_a_seed_header_gives_the_date_and_ends_with_its_one_space() -> None:
    reading = read(" date 2019-01-15 The US and\n, South Korea")
    assert (reading.date, reading.text, reading.reader) == ("2019-01-15", "The US and\n, South Korea", "seed")
    assert read(" date 2019-01-15  two spaces\r\n").text == " two spaces\r\n"
    assert read(" date 2019-01-15 ").text == ""


def test_a_bom_before_a_header_belongs_to_the_header() -> None:
    assert read("\ufeff date 2019-01-15 Text").text == "Text"
    assert read("\ufeff---\nstory: a\n---\nText").text == "Text"
    assert read("\ufeff---\nText").text == "\ufeff---\nText"


@pytest.mark.parametrize(
    "text",
    [
        *["date 2019-01-15 x", "  date 2019-01-15 x", " date 2019-01-15", " date 2019-01-15\nx"],
        "\n date 2019-01-15 x",
        *[" date  2019-01-15 x", " Date 2019-01-15 x", " date 2019-1-15 x", " date ٢٠١٩-٠١-١٥ x"],
    ],
)
def test_what_is_not_exactly_the_seeds_header_is_plain_text(text: str) -> None:
    assert read(text).reader == "plain"
    assert read(text).text == text
    with pytest.raises(BadWire, match="seeds' form"):
        read(text, reader="seed")


@pytest.mark.parametrize("date", ["2019-02-30", "2019-13-01", "0000-01-01", "2019-00-10"])
def test_a_seed_header_whose_date_does_not_exist_is_refused(date: str) -> None:
    with pytest.raises(BadWire, match=date):
        read(f" date {date} Text")


def test_the_years_1_and_9999_are_dates() -> None:
    assert read(" date 0001-01-01 x").date == "0001-01-01"
    assert read(" date 9999-12-31 x").date == "9999-12-31"


def test_the_real_seeds_are_read() -> None:
    if not SEEDS.is_dir():
        pytest.skip("../shared/seeds is not here: the project does not depend on it")
    for path in sorted(SEEDS.glob("*.txt")):
        data = path.read_bytes()
        reading = readers.read(data)
        assert (reading.reader, reading.date) == ("seed", "2019-01-15")
        assert reading.text.encode() == data[len(b" date 2019-01-15 ") :]


def test_nothing_is_loaded_to_read_plain_text_and_seeds() -> None:
    program = (
        "import sys; from vstore import readers; readers.read(b'---\\nText'); "
        "readers.read(b' date 2019-01-15 x'); sys.exit(bool({'yaml', 'pyexpat', 'html'} & set(sys.modules)))"
    )
    root = Path(__file__).parent.parent
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0


# From a reading to a wire


def test_a_wire_says_how_it_was_captured() -> None:
    wire = readers.to_wire(read(" date 2019-01-15 Text"), "talks", {})
    assert (wire.story, wire.text, wire.date, wire.facts) == ("talks", "Text", "2019-01-15", Facts())
    digest = hashlib.sha256(b" date 2019-01-15 Text").hexdigest()
    assert wire.capture == {"digest": digest, "charset": "utf-8", "reader": "seed"}


def test_an_option_of_the_wrong_type_is_refused() -> None:
    with pytest.raises(BadWire, match="headline"):
        readers.to_wire(read("Text"), "a", {"headline": ["x"]})
