"""Files of every kind become readings: exactly, or with a clear refusal."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vstore import readers
from vstore.errors import BadReference, BadWire
from vstore.model import Facts
from vstore.readers import files, frontmatter

SEEDS = Path(__file__).parent.parent.parent / "shared" / "seeds"


def read(text: str, **options: str) -> readers.Reading:
    return readers.read(text.encode(), **options)


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
    with pytest.raises(BadReference, match="'xml': there are frontmatter, seed, plain"):
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
        data = readers.read_file(path)
        reading = readers.read(data)
        assert (reading.reader, reading.date) == ("seed", "2019-01-15")
        assert reading.text.encode() == data[len(b" date 2019-01-15 ") :]


# Front matter

FRONT = """---
story: us-talks
date: 2019-01-15T10:00
title: Talks
source: Kestrel Wire
keywords: [peace, 2019]
urgency: 3
desk: politics
extra:
  page: 4
---
The text.
"""


def test_front_matter_tells_story_date_and_facts() -> None:
    reading = read(FRONT)
    assert (reading.reader, reading.story, reading.date) == ("frontmatter", "us-talks", "2019-01-15T10:00")
    assert reading.text == "The text.\n"
    assert reading.facts == {
        "headline": "Talks",
        "source": "Kestrel Wire",
        "keywords": ["peace", "2019"],
        "urgency": 3,
        "extra": {"desk": "politics", "page": 4},
    }


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", " \t\r\n"])
def test_front_matter_may_end_its_lines_in_any_way(end: str) -> None:
    reading = read(f"---{end}story: a\n---{end}{end}Text{end}")
    assert (reading.story, reading.text) == ("a", f"{end}Text{end}")


def test_front_matter_may_end_with_the_file() -> None:
    assert read("---\nstory: a\n---").text == ""


@pytest.mark.parametrize(
    "text",
    [
        *["---\nstory: a\n", "---\nstory: a\n--- x\n", "---\nstory: a\n ---\n", "--- \n- a\n- b\n---\nText"],
        *[
            "---\nJust prose.\n---\nMore",
            "---\n---\nText",
            "---\n# a comment\n---\nText",
            "----\na: b\n---\n",
        ],
        *[" ---\na: b\n---\n", "---\n!!python/object/apply:os.system ['true']\n---\n"],
    ],
)
def test_what_is_no_mapping_between_two_lines_is_plain_text(text: str) -> None:
    reading = read(text)
    assert (reading.reader, reading.text) == ("plain", text)
    with pytest.raises(BadWire, match="no front matter"):
        read(text, reader="frontmatter")


def test_front_matter_ends_within_64_kilobytes_of_the_file() -> None:
    room = frontmatter.LIMIT - len("---\nnote: \n---\n")
    fits, over = (f"---\nnote: {'x' * size}\n---\nText" for size in (room, room + 1))
    assert read(fits).text == "Text"
    assert read(over).reader == "plain"
    assert read(over.replace("\nText", "")).reader == "frontmatter"
    assert read(f"---\nnote: {'é' * (room // 2 + 1)}\n---\nText").reader == "plain"


def test_words_and_times_in_front_matter_stay_as_they_are_written() -> None:
    reading = read(
        "---\ncountry: no\nopen: yes\nlit: on\nat: 14:30\nday: 2019-01-15\nagent: 007\nedition: 1.50\n"
        "long: 12345678901234567890\nhex: 0x1F\nbig: 1e999\nnan: .nan\nmerge: <<\n---\n"
    )
    assert reading.facts["extra"] == {
        "country": "no",
        "open": "yes",
        "lit": "on",
        "at": "14:30",
        "day": "2019-01-15",
        "agent": "007",
        "edition": "1.50",
        "long": "12345678901234567890",
        "hex": "0x1F",
        "big": "1e999",
        "nan": ".nan",
        "merge": "<<",
    }


def test_numbers_truth_and_nothing_in_front_matter_are_what_they_look_like() -> None:
    reading = read(
        "---\nlist: [0, -7, 1.5, true, False, null, ~, '5', \"true\"]\ngone: null\n2019: year\n---\n"
    )
    assert reading.facts["extra"] == {
        "list": [0, -7, 1.5, True, False, None, None, "5", "true"],
        "2019": "year",
    }


def test_named_facts_keep_every_digit() -> None:
    reading = read(
        "---\nstory: 1984\ndate: 2019\nguid: 007\nheadline: true\nprovider_version: 1.10\nurgency: 05\n---\n"
    )
    assert (reading.story, reading.date) == ("1984", "2019")
    assert reading.facts == {
        "guid": "007",
        "headline": "true",
        "provider_version": "1.10",
        "urgency": "05",
    }


def test_a_second_name_that_says_something_else_is_kept_as_an_extra() -> None:
    reading = read("---\ndated: 2019-01-15\ndate: January\nheadline: A\ntitle: B\n---\n")
    assert (reading.date, reading.facts) == (
        "2019-01-15",
        {"headline": "A", "extra": {"date": "January", "title": "B"}},
    )
    assert read("---\nheadline: A\ntitle: A\n---\n").facts == {"headline": "A"}
    assert read("---\nheadline:\ntitle: B\n---\n").facts == {"headline": "B"}


BOMB = "a: &a [x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (BOMB, r"line 2: .* anchor or alias"),
        ("story: a\nother: *b", r"line 3: .* anchor or alias"),
        ("&a story: b", r"anchor or alias"),
        ("run: !!python/object/apply:os.system ['touch /tmp/x']", r"line 2: .* a tag"),
        ("!!python/object:vstore.model.Wire {story: a}", r"a tag"),
        ("story: ! a", r"a tag"),
        ("when: !!timestamp 2019-01-15", r"a tag"),
        ("story: a\nstory: b", r"line 3: .* the key 'story' twice"),
        ("extra: {a: 1, 'a': 2}", r"the key 'a' twice"),
        ("a: " + "[" * 20 + "]" * 20, r"more than 20 mappings and lists"),
        ("a: " + "{a: " * 5000, r"more than 20 mappings and lists"),
        ("? [a, b]\n: c", r"a key that is a list or a mapping"),
        ("? {a: b}\n: c", r"a key that is a list or a mapping"),
        ("story: a\n...\nb: c", r"not YAML"),
        ("story: a\n--- b", r"line 3: .* more than one YAML document"),
        ("story: [a", r"not YAML"),
        ("story: a\n\tb: c", r"line 3: .* not YAML"),
        ("story: a: b", r"line 2: .* not YAML"),
        ("story: 'a", r"not YAML"),
        ("story: a\x01b", r"not YAML"),
        ("%YAML 9.9\nstory: a", r"not YAML"),
        ('story: "\\UFFFFFFFF"', r"not YAML"),
        ('story: "\\U00110000"', r"not YAML"),
        ('note: "\\uD800"', r"lone surrogate"),
        ("text: a", r"cannot have the key 'text'"),
        ("story: [a]", r"'story' must be a string, not a list"),
        ("date: {a: b}", r"'date' must be a string, not a dict"),
        ("date: 2019-02-30", r"2019-02-30"),
        ("date: ''", r"is not a date"),
        ("headline: [a]", r"headline"),
        ("keywords: {a: b}", r"keywords"),
        ("extra: a", r"extra"),
        ("desk: a\nextra: {desk: b}", r"twice"),
    ],
)
def test_malformed_and_hostile_front_matter_is_refused(header: str, sentence: str) -> None:
    with pytest.raises(BadWire, match=f"(?s){sentence}"):
        read(f"---\n{header}\n---\nText")


def test_refused_front_matter_can_be_read_as_plain_text() -> None:
    text = f"---\n{BOMB}---\nText"
    with pytest.raises(BadWire, match="--reader plain"):
        read(text)
    assert read(text, reader="plain").text == text


@given(st.text(alphabet="ab:-?[]{},&*!|>'\"%@`#\\ \n\tU0\x85\u2028\ufeff0123456789~<=."))
@settings(derandomize=True, deadline=None, max_examples=500)
def test_whatever_stands_between_the_lines_is_read_or_refused(header: str) -> None:
    text = f"---\n{header}\n---\nText"
    try:
        reading = read(text)
    except BadWire:
        return
    assert text.endswith(reading.text)


def test_nothing_is_loaded_to_read_plain_text_and_seeds() -> None:
    program = (
        "import sys; from vstore import readers; readers.read(b'---\\nText'); "
        "readers.read(b' date 2019-01-15 x'); sys.exit('yaml' in sys.modules)"
    )
    root = Path(__file__).parent.parent
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0


# From a reading to a wire


def test_a_wire_says_how_it_was_captured() -> None:
    wire = readers.to_wire(read(" date 2019-01-15 Text"), "talks", {})
    assert (wire.story, wire.text, wire.date, wire.facts) == ("talks", "Text", "2019-01-15", Facts())
    digest = hashlib.sha256(b" date 2019-01-15 Text").hexdigest()
    assert wire.capture == {"digest": digest, "charset": "utf-8", "reader": "seed"}


def test_options_win_over_what_the_file_says() -> None:
    options = {"date": "2019-01-16", "source": "Heron", "headline": None, "desk": "world", "shift": "late"}
    wire = readers.to_wire(read(FRONT), "other", options)
    assert (wire.story, wire.date) == ("other", "2019-01-16")
    assert (wire.facts.source, wire.facts.headline) == ("Heron", "Talks")
    assert wire.facts.extra == {"desk": "world", "page": 4, "shift": "late"}


def test_options_go_by_their_other_names_too() -> None:
    wire = readers.to_wire(read(FRONT), "a", {"title": "New", "dated": "2020", "extra": {"page": 5}})
    assert (wire.facts.headline, wire.date) == ("New", "2020")
    assert wire.facts.extra == {"desk": "politics", "page": 5}


def test_an_option_of_the_wrong_type_is_refused() -> None:
    with pytest.raises(BadWire, match="headline"):
        readers.to_wire(read("Text"), "a", {"headline": ["x"]})


# Files


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "wire.txt"
    path.write_bytes(b"\xff\x00\r\n")
    assert readers.read_file(path) == readers.read_file(str(path)) == b"\xff\x00\r\n"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadWire, match=r"there is no file .*absent\.txt") as caught:
        readers.read_file(tmp_path / "absent.txt")
    assert caught.value.exit_code == 2
    assert caught.value.facts == {"file": str(tmp_path / "absent.txt")}


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWire, match="is a directory"):
        readers.read_file(tmp_path)


def test_a_fifo_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadWire, match=r"is a pipe, .* give -"):
        readers.read_file(tmp_path / "pipe")


def test_devices_and_sockets_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadWire, match="is a device"):
        readers.read_file("/dev/zero")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        with pytest.raises(BadWire, match="is a socket"):
            readers.read_file("socket")


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("x")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("whoever runs this may read everything")
    with pytest.raises(BadWire, match="cannot be read: Permission denied"):
        readers.read_file(path)


def test_a_refusal_of_the_system_is_told_in_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "secret.txt").touch()
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(BadWire, match=r"secret\.txt cannot be read: Permission denied"):
        readers.read_file(tmp_path / "secret.txt")


@pytest.mark.parametrize("name", ["a/b", "x" * 300, "a\0b"])
def test_a_name_that_cannot_be_a_file_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(BadWire, match=r"cannot be read|there is no file"):
        readers.read_file(str(tmp_path / name))


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.write_bytes(b"12345")
    assert readers.read_file(path, limit=5) == b"12345"
    with pytest.raises(BadWire, match="too big: a wire has at most 4 bytes"):
        readers.read_file(path, limit=4)
    with pytest.raises(BadWire, match="- is too big"):
        readers.read_all(io.BytesIO(b"12345"), "-", 4)


def test_a_path_of_any_bytes_can_be_shown() -> None:
    assert files.shown(os.fsdecode(b"caf\xe9.txt")) == "caf\\xe9.txt"


def test_a_closed_stdin_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(BadWire, match="stdin is closed"):
        readers.standard_input()
