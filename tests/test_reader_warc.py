"""WARC: a wire a page, dated by its capture; what is cut off, wrong or packed to death ends no crawl."""

from __future__ import annotations

import gzip
import sys
import tracemalloc
import zlib
from pathlib import Path

import pytest
from crawls import URL, answer, found, packed, record, response
from pages import PARAGRAPHS, page

from vstore import readers
from vstore.readers import httpbody, warc, warcstream, webpage
from vstore.readers.reading import How
from vstore.readers.source import Held

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

pytest.importorskip("warcio", reason="warcio is not installed: pip install 'vstore[warc]'")
pytest.importorskip("trafilatura", reason="trafilatura is not installed: pip install 'vstore[html]'")

SAMPLES = Path(__file__).parents[2] / "shared" / "data" / "wire" / "webrecorder__warcio" / "test" / "data"
TEXT = "\n\n".join(PARAGRAPHS)
INFO = record("warcinfo", b"software: made up\r\n")


def test_a_response_is_a_wire_dated_by_its_capture(tmp_path: Path) -> None:
    (reading,), bad = found(INFO + response(), tmp_path)
    assert bad == []
    assert TEXT in reading.text
    assert (reading.date, reading.reader, reading.story) == ("2031-05-02T12:00:00+00:00", "warc", None)
    assert reading.facts["url"] == URL
    assert reading.facts["first_created"] == "2031-05-02T08:15:00+02:00"
    assert reading.capture["crawled"] == "2031-05-02T12:00:00+00:00"
    assert reading.capture["record"] == "<urn:made-up:response>"
    assert reading.capture["extractor"].startswith("trafilatura ")


def test_the_address_is_the_one_that_was_fetched(tmp_path: Path) -> None:
    (reading,), _ = found(response(url="<https://kestrel.example/bridge?page=1>"), tmp_path)
    assert reading.facts["url"] == "https://kestrel.example/bridge?page=1"
    assert reading.facts["extra"]["canonical"] == URL


@pytest.mark.parametrize(
    "pack", [b"".join, lambda parts: packed(*parts), lambda parts: packed(b"".join(parts))]
)
def test_members_and_plain_files_are_read_alike(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    parts = [INFO, response(), record("request", b"GET / HTTP/1.1\r\n\r\n"), response(url=f"{URL}/2")]
    readings, bad = found(pack(parts), tmp_path)
    assert ([reading.facts["url"] for reading in readings], bad) == ([URL, f"{URL}/2"], [])


def test_only_pages_are_read(tmp_path: Path) -> None:
    html = page().encode()
    others = [
        record("response", answer(html, status="404 Not Found")),
        record("response", answer(b"", status="301 Moved", location=URL)),
        record("response", answer(b"\x89PNG", content_type="image/png")),
        record("revisit", answer(b"")),
        record("metadata", b"outlink: x\r\n"),
        record("response", b"", url="dns:kestrel.example"),
        record("response", b"\x01\x02", url="dns:kestrel.example"),
    ]
    readings, bad = found(b"".join([*others, record("resource", html)]), tmp_path)
    assert ([TEXT in reading.text for reading in readings], bad) == ([True], [])


def test_the_header_of_the_answer_says_the_character_set(tmp_path: Path) -> None:
    raw = page(
        "Die Brücke über die Aller ist seit Freitag gesperrt, sagte der Rat der Stadt.", head=""
    ).encode("cp1252")
    data = record("response", answer(raw, content_type="text/html; charset=ISO-8859-1"))
    (reading,), _ = found(data, tmp_path)
    assert ("Brücke über" in reading.text, reading.charset) == (True, "cp1252")


def chunked(data: bytes) -> bytes:
    parts = [data[at : at + 100] for at in range(0, len(data), 100)]
    return b"".join(f"{len(part):x};ext=1\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "pack"),
    [
        ({"transfer_encoding": "chunked"}, chunked),
        (
            {"transfer_encoding": "chunked", "content_encoding": "gzip"},
            lambda data: chunked(gzip.compress(data)),
        ),
        ({"content_encoding": "gzip"}, gzip.compress),
        ({"content_encoding": "x-gzip"}, gzip.compress),
        ({"content_encoding": "deflate"}, zlib.compress),
        ({"content_encoding": "deflate"}, lambda data: zlib.compress(data)[2:-4]),
        ({"content_encoding": "deflate"}, gzip.compress),
        ({"content_encoding": "zstd"}, zstd.compress),
        ({"content_encoding": "deflate, gzip"}, lambda data: gzip.compress(zlib.compress(data))),
        ({"content_encoding": "identity"}, bytes),
        ({"content_encoding": "gzip", "transfer_encoding": "chunked"}, bytes),
    ],
)
def test_a_body_is_unpacked_and_its_bytes_are_those_of_the_page(
    tmp_path: Path, headers: dict[str, str], pack: object
) -> None:
    assert callable(pack)
    data = page().encode()
    (reading,), bad = found(record("response", answer(pack(data), **headers)), tmp_path)
    assert (reading.digest, bad) == (readers.read(data).digest, [])


def test_a_body_packed_with_brotli_is_unpacked(tmp_path: Path) -> None:
    brotli = pytest.importorskip("brotli", reason="brotli is not installed: pip install 'vstore[warc]'")
    packed_body = brotli.compress(page().encode())
    whole = record("response", answer(packed_body, content_encoding="br"))
    cut = record("response", answer(packed_body[:-20], content_encoding="br"))
    readings, bad = found(whole + cut, tmp_path)
    assert ([TEXT in reading.text for reading in readings], "cut off" in bad[0].message) == ([True], True)


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (gzip.compress(bytes(webpage.PAGE_LIMIT + 1), mtime=0), {"content_encoding": "gzip"}, "too big"),
        (zlib.compress(bytes(webpage.PAGE_LIMIT + 1)), {"content_encoding": "deflate"}, "too big"),
        (zstd.compress(bytes(webpage.PAGE_LIMIT + 1)), {"content_encoding": "zstd"}, "too big"),
        (bytes(webpage.PAGE_LIMIT + 1), {}, "too big"),
        (gzip.compress(b"<html>" * 1000, mtime=0)[:-30], {"content_encoding": "gzip"}, "cut off|damaged"),
        (b"<html>", {"content_encoding": "lzma"}, "packed as 'lzma'"),
        (b"6\r\n<html>\r\nzz\r\n", {"transfer_encoding": "chunked"}, "chunks"),
        (b"<html></html>", {}, "no article"),
    ],
)
def test_a_page_that_cannot_be_read_is_told_with_its_record(
    tmp_path: Path, body: bytes, headers: dict[str, str], reason: str
) -> None:
    readings, (bad,) = found(record("response", answer(body, **headers)) + response(), tmp_path)
    assert len(readings) == 1
    assert bad.facts["record"] == 1
    assert bad.facts["url"] == URL
    with pytest.raises(type(bad), match=rf"record 1 \({URL}\): .*({reason})"):
        raise bad


@pytest.mark.parametrize("header", [b"WARC-Truncated: length\r\n", b"WARC-Segment-Number: 1\r\n"])
def test_a_part_of_a_page_is_no_page(tmp_path: Path, header: bytes) -> None:
    readings, bad = found(response().replace(b"WARC-Date", header + b"WARC-Date"), tmp_path)
    assert (readings, len(bad)) == ([], 1)


@pytest.mark.parametrize("when", ["", "yesterday", "2031-02-30T00:00:00Z"])
def test_a_capture_without_a_date_is_refused(tmp_path: Path, when: str) -> None:
    _, (bad,) = found(response(when=when), tmp_path)
    assert "WARC-Date" in bad.message


# Damage


def test_a_record_that_says_to_be_longer_swallows_nothing(tmp_path: Path) -> None:
    block = answer(page().encode())
    for length in (len(block) + 5, len(block) + 12, len(block) + 1000, 10**6, 10**12):
        readings, bad = found(record("response", block, length=length) + response(url=f"{URL}/2"), tmp_path)
        assert ([reading.facts["url"] for reading in readings], len(bad)) == ([f"{URL}/2"], 1)


def test_a_record_that_says_to_be_shorter_is_no_page(tmp_path: Path) -> None:
    block = answer(page().encode())
    readings, (bad,) = found(
        record("response", block, length=len(block) - 100) + response(url=f"{URL}/2"), tmp_path
    )
    assert [reading.facts["url"] for reading in readings] == [f"{URL}/2"]
    assert "length is wrong" in bad.message


@pytest.mark.parametrize("length", ["-5", "x", "", "1e3", "9" * 5000])
def test_a_length_that_is_no_number_is_told(tmp_path: Path, length: str) -> None:
    data = response().replace(b"Content-Length: ", f"Content-Length: {length}\r\nWas: ".encode())
    readings, bad = found(data + response(), tmp_path)
    assert (len(readings), len(bad)) == (1, 1)


@pytest.mark.parametrize("pack", [bytes, packed])
def test_a_file_that_is_cut_off_anywhere_gives_what_is_whole(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    first, second = pack(response()), pack(response(url=f"{URL}/2"))
    for cut in range(len(first) + 50, len(first) + len(second) - 4, 97):
        readings, bad = found((first + second)[:cut], tmp_path)
        assert ([reading.facts["url"] for reading in readings], len(bad)) == ([URL], 1)


def test_a_damaged_member_costs_no_other(tmp_path: Path) -> None:
    members = [packed(response(url=f"{URL}/{number}")) for number in range(3)]
    middle = bytearray(members[1])
    for at in (40, len(middle) // 2, len(middle) - 6):
        middle[at] ^= 0xFF
        readings, bad = found(members[0] + bytes(middle) + members[2], tmp_path)
        assert [reading.facts["url"] for reading in readings] == [f"{URL}/0", f"{URL}/2"]
        assert bad


def test_what_stands_between_records_is_told(tmp_path: Path) -> None:
    readings, bad = found(response() + b"something else\r\nand more\r\n" + response(url=f"{URL}/2"), tmp_path)
    assert (len(readings), len(bad)) == (1, 1)


@pytest.mark.parametrize(
    "data", [b"", b"WARC/1.0", b"WARC/1.0\r\n\r\n", b"WARC/1.0\r\n" * 1000, b"\x1f\x8b" + b"x" * 99]
)
def test_junk_is_no_crawl(tmp_path: Path, data: bytes) -> None:
    readings, bad = found(data, tmp_path)
    assert readings == []
    assert all("record" in error.facts for error in bad)


@pytest.mark.slow
def test_headers_without_end_take_no_memory(tmp_path: Path) -> None:
    line = gzip.compress(b"WARC/1.0\r\nWARC-Type: " + b"x" * (32 << 20) + b"\n")
    lines = gzip.compress(b"WARC/1.0\r\n" + b"A: b\r\n" * (4 << 20))
    tracemalloc.start()
    readings, bad = found(line + lines + packed(response()), tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(readings), len(bad)) == (1, 2)
    assert peak < 20 << 20


@pytest.mark.slow
def test_a_long_record_is_passed_over_in_bounded_memory(tmp_path: Path) -> None:
    film = record("response", answer(bytes(warc.BLOCK_LIMIT + 1), content_type="video/mp4"))
    long = record("response", answer(bytes(warc.BLOCK_LIMIT + 1)))
    data = packed(film, long, response())
    tracemalloc.start()
    readings, (bad,) = found(data, tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(readings), "too big" in bad.message) == (1, True)
    assert peak < 20 << 20


def test_lying_records_are_not_read_again_and_again() -> None:
    size = 1 << 16
    lying = record("response", b"", length=size) * 400
    stream = warcstream.WarcStream(Held(lying).stream())
    given = 0
    for _ in range(400):
        block = stream.read(size)
        given += len(block)
        stream.give_back(block[300:])
    assert given <= 400 * size
    assert len(list(warc.records(Held(lying).stream()))) == 400


# Other writers


ARC = (
    "filedesc://made-up.arc 0.0.0.0 20310502120000 text/plain 69\n1 0 Made up\n"
    "URL IP-address Archive-date Content-type Archive-length\n\n"
)


def test_arc_is_read_too(tmp_path: Path) -> None:
    block = answer(page().encode())
    head = f"https://kestrel.example/a b 192.0.2.1 20310502120000 text/html {len(block)}\n"
    data = ARC.encode() + head.encode() + block + b"\n"
    (reading,), bad = found(data, tmp_path)
    assert bad == []
    assert (reading.date, reading.facts["url"]) == (
        "2031-05-02T12:00:00+00:00",
        "https://kestrel.example/a%20b",
    )
    assert "record" not in reading.capture
    assert warc.sniff(data, Held(data))


def test_a_crawl_is_known_by_its_beginning() -> None:
    for data in (response(), packed(INFO, response()), ARC.encode()):
        assert readers.choose(Held(data), How()) is readers.reader("warc")
    for data in (
        b"WARC is a format",
        gzip.compress(b'{"text": "x"}', mtime=0),
        b"\x1f\x8bx",
        b"https://kestrel.example/ is",
    ):
        assert not warc.sniff(data, Held(data))


def test_the_body_of_a_response_without_http_is_the_page(tmp_path: Path) -> None:
    (reading,), _ = found(record("response", page().encode()), tmp_path)
    assert TEXT in reading.text


def test_chunks_are_joined() -> None:
    data = page().encode()
    assert httpbody.body(chunked(data), "Chunked", "", 1 << 20) == data


OUTCOMES = {
    "bad.arc": (0, True),
    "example-bad-non-chunked.warc.gz": (1, False),
    "example-bad.warc.gz.bad": (1, False),
    "example-digest.warc": (0, False),
    "example-iana.org-chunked.warc": (1, False),
    "example-resource.warc.gz": (1, False),
    "example-space-in-target-uri.warc.gz": (0, False),
    "example-space-in-url.arc": (0, True),
    "example-trunc.warc": (0, True),
    "example-wget-bad-target-uri.warc.gz": (1, False),
    "example-wrong-chunks.warc.gz": (1, False),
    "example.arc": (1, False),
    "example.arc.gz": (1, False),
    "example.warc": (1, False),
    "example.warc.gz": (1, False),
    "post-test.warc.gz": (0, False),
}
"""Of warcio's own samples: how many pages are read, and whether anything is refused."""


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_samples_of_warcio_are_read_or_refused_with_the_reason(name: str) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("../shared/data is not here: the project does not depend on it")
    items = list(readers.items(readers.named(str(SAMPLES / name))))
    pages = [item for item in items if isinstance(item, readers.Reading)]
    assert (len(pages), len(items) > len(pages)) == OUTCOMES[name]
    assert all(item.facts["url"].startswith("http") and item.date for item in pages)
