"""WARC, and its predecessor ARC: every page that a crawl was answered with, dated by its capture.

`response` and `resource` records of HTML go through the HTML reader; what was not the page itself (other
statuses, pictures, requests, `revisit` records of unchanged pages) is passed over. A record that is cut
off, or whose length is wrong, is told and left out, and what follows it is read.
"""

from __future__ import annotations

import dataclasses
import io
import itertools
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO, NamedTuple

from vstore import dates
from vstore.errors import BadReference, BadWire
from vstore.readers import httpbody, warcstream
from vstore.readers.declared import in_header
from vstore.readers.reading import How, Reading
from vstore.readers.source import Source
from vstore.readers.warcstream import WarcStream
from vstore.readers.webpage import PAGE_LIMIT, Page, extractor, looks_like_html, read_page

NAME = "warc"
ABOUT = "a crawl in WARC or ARC, each HTML page of it dated by its capture (extra warc)"

BLOCK_LIMIT = 32 << 20
"""A record with a longer block is left out: no page that can be read is so long."""

_HTML = ("text/html", "application/xhtml+xml")


class Record(NamedTuple):
    """A record's number in the file, its headers by name in lower case, and its block.

    Of a block that is longer than BLOCK_LIMIT there is only the beginning.
    """

    number: int
    headers: Mapping[str, str]
    length: int
    block: bytes

    @property
    def url(self) -> str:
        """What was fetched; wget writes it between angle brackets."""
        return self.headers.get("warc-target-uri", "").removeprefix("<").removesuffix(">")


class Answer(NamedTuple):
    """What a server sent: its status, the headers by name in lower case, and the body as it came."""

    status: str
    headers: Mapping[str, str]
    body: bytes


def sniff(beginning: bytes, _source: Source, /) -> bool:
    """True if a record begins it, packed or not."""
    if beginning.startswith(b"\x1f\x8b"):
        try:
            beginning = zlib.decompressobj(31).decompress(beginning, 4096)
        except zlib.error:
            return False
    return warcstream.is_start(beginning[:4096].partition(b"\n")[0])


def items(source: Source, how: How) -> Iterator[Reading | BadWire]:
    """A page each, in the file's order."""
    extractor()
    with source.stream() as stream:
        for record in records(stream):
            if isinstance(record, BadWire):
                yield record
                continue
            try:
                if page := _page(record, how):
                    yield _dated(read_page(page, NAME), record)
            except BadWire as error:
                yield _at(record, error)


def records(stream: BinaryIO) -> Iterator[Record | BadWire]:
    """All that can be read of a file, in bounded memory; a BadWire for what cannot."""
    warc = WarcStream(stream)
    for number in itertools.count(1):
        try:
            line = warc.next_start()
            if not line:
                return
            if not warcstream.is_start(line):
                raise BadWire("here a record should begin, and does not")
            yield _record(number, warc, is_arc=not line.startswith(b"WARC/"))
        except BadWire as error:
            yield BadWire(f"record {number}: {error.message}", **{**error.facts, "record": number})
            _go_on(warc)


def _go_on(warc: WarcStream) -> None:
    """To the next record; what is damaged before it belongs to the fault that was told."""
    while True:
        try:
            return warc.find_start()
        except BadWire:
            continue


def _record(number: int, warc: WarcStream, *, is_arc: bool) -> Record:
    headers = _record_headers(warc, is_arc=is_arc)
    length = _length(headers.get("content-length", ""))
    is_long = length > BLOCK_LIMIT
    block = warc.read(warcstream.CHUNK if is_long else length)
    missing = length - len(block) - (warc.skip(length - len(block)) if is_long else 0)
    after = warc.start_after_block()
    if missing or (after and not warcstream.is_start(after)):
        warc.give_back(block[warcstream.start_within(block) :] + warc.blank)
        state = f"{missing:,} of its {length:,} bytes are missing" if missing else "it goes on after its end"
        raise BadWire(f"its length is wrong, or it is damaged: {state}")
    return Record(number, headers, length, block)


def _record_headers(warc: WarcStream, *, is_arc: bool) -> dict[str, str]:
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.recordloader import ArcWarcRecordLoader, logger

    logger.disabled = True  # it would print on stderr what it corrects in an address
    loader = ArcWarcRecordLoader(verify_http=False, arc2warc=True)
    try:
        record = loader.parse_record_stream(warc, no_record_parse=True)
    except (ArchiveLoadFailed, EOFError, ValueError) as error:
        raise BadWire(f"its header cannot be read ({error})"[:300]) from error
    headers = _by_name(record.rec_headers.headers)
    if is_arc:
        headers.pop("warc-record-id", None)  # ARC has none: it was made up just now
        if record.length or not headers.get("content-length", "").startswith("-"):
            headers["content-length"] = str(record.length)  # ARC counts some lines of the header
    return headers


def _by_name(headers: list[tuple[str, str]]) -> dict[str, str]:
    """The first of each."""
    return {name.lower(): value.strip() for name, value in reversed(headers)}


def _length(written: str) -> int:
    if not re.fullmatch("[0-9]{1,15}", written):
        raise BadWire(f"its length is not a number: {written[:40]!a}")
    return int(written)


def _page(record: Record, how: How) -> Page | None:
    """The page that a record holds; None for what is no page."""
    kind = record.headers.get("warc-type")
    if kind == "resource":
        answer = Answer("200", {"content-type": record.headers.get("content-type", "")}, record.block)
    elif kind == "response" and record.block:
        answer = _answer(record.block)
    else:
        return None
    content_type = answer.headers.get("content-type", "")
    is_html = content_type.lower().startswith(_HTML) if content_type else looks_like_html(answer.body)
    if answer.status != "200" or not is_html:
        return None
    _check_whole(record)
    coding = answer.headers.get("content-encoding", "")
    body = httpbody.body(answer.body, answer.headers.get("transfer-encoding", ""), coding, PAGE_LIMIT)
    return Page(body, how.encoding, in_header(content_type), record.url or None)


def _check_whole(record: Record) -> None:
    if len(record.block) < record.length:
        raise BadWire(f"the page is too big: at most {PAGE_LIMIT:,} bytes are read", limit=PAGE_LIMIT)
    if "warc-truncated" in record.headers:
        raise BadWire(f"the crawler kept only a part of the page ({record.headers['warc-truncated'][:40]})")
    if "warc-segment-number" in record.headers:
        raise BadWire("the page lies in segments, which are not read")


def _answer(block: bytes) -> Answer:
    """What HTTP says of a response; some crawlers leave it out, and the block is the body."""
    from warcio.statusandheaders import StatusAndHeadersParser

    if not block.startswith(b"HTTP/"):
        return Answer("200", {}, block)
    stream = io.BytesIO(block)
    parsed = StatusAndHeadersParser([], verify=False).parse(stream)
    return Answer(parsed.statusline.partition(" ")[0], _by_name(parsed.headers), stream.read())


def _dated(reading: Reading, record: Record) -> Reading:
    """The reading as one of the moment at which it was captured."""
    crawled = record.headers.get("warc-date", "")
    try:
        date = dates.parse(crawled).text
    except BadReference as error:
        raise BadWire(f"its WARC-Date cannot be read: {error.message}") from error
    notes = {"crawled": date, "record": record.headers.get("warc-record-id")}
    capture = {**reading.capture, **{name: note for name, note in notes.items() if note}}
    return dataclasses.replace(reading, date=date, capture=capture)


def _at(record: Record, error: BadWire) -> BadWire:
    """The error as one of this record, without the traceback, which would keep the record in memory."""
    facts = {**error.facts, "record": record.number, "url": record.url}
    return BadWire(f"record {record.number} ({record.url[:200]}): {error.message}", **facts)
