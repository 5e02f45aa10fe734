"""IPTC 7901 and ANPA 1312: wire text between control bytes, message after message.

    SYN SYN SOH header STX text ETX trailer EOT

The character set is what an escape sequence designates (ISO 2022), else what the bytes decode as.
https://iptc.org/standards/iptc-7901/
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterator

from vstore.errors import BadWire
from vstore.readers.charsets import decode, detected, named
from vstore.readers.finding import Finding
from vstore.readers.packed import unreadable
from vstore.readers.reading import How, Reading, at_item
from vstore.readers.source import Source
from vstore.readers.wirebody import read_body
from vstore.readers.wirehead import read_head, read_trailer

NAME = "iptc7901"
ABOUT = "IPTC 7901 and ANPA 1312: wire text with its control bytes, one message or many"

MAX_MESSAGE = 16 << 20

_SOH, _STX, _ETX, _EOT = b"\x01", b"\x02", b"\x03", b"\x04"
_CHUNK = 1 << 16
_BEGINNING = re.compile(rb"[\x00\x16\x7f\s]*\x01[^\x01\x02]{3,4000}\x02")
_ESCAPE = re.compile(rb"\x1b([\x20-\x2f]{1,3})([\x30-\x7e])")
_PARTS = dict(zip(b"ABCDGFHLMVTY_bf", (1, 2, 3, 4, 6, 7, 8, 5, 9, 10, 11, 13, 14, 15, 16), strict=True))
"""The parts of ISO 8859 by what ends the sequence that designates them: ESC - A is Latin 1."""


def sniff(beginning: bytes, _source: Source) -> bool:
    """True if it opens with a header between SOH and STX."""
    return _BEGINNING.match(beginning) is not None


def items(source: Source, how: How) -> Iterator[Reading | BadWire]:
    """Message by message; of several, each digest is that of its own bytes."""
    messages = _messages(source)
    some = list(itertools.islice(messages, 2))
    for number, message in enumerate(itertools.chain(some, messages), 1):
        try:
            yield _reading(message, how)
        except BadWire as error:
            yield at_item(number, error) if len(some) > 1 else error


def _messages(source: Source) -> Iterator[bytes | BadWire]:
    """The stream cut before each SOH but the first."""
    message = _Message()
    for chunk in _chunks(source):
        if isinstance(chunk, BadWire):
            yield chunk
            return
        *ended, rest = chunk.split(_SOH)
        for part in ended:
            message.add(part)
            if message.has_begun:
                yield message.whole()
                message = _Message()
            message.begin()
        message.add(rest)
    if message.is_any:
        yield message.whole()


def _chunks(source: Source) -> Iterator[bytes | BadWire]:
    with source.stream() as stream:
        try:
            while chunk := stream.read(_CHUNK):
                yield chunk
        except OSError as error:
            yield unreadable(error)


class _Message:
    """The bytes of the message at hand, none where they are too many."""

    def __init__(self) -> None:
        self.has_begun = False
        self._parts: list[bytes] = []
        self._size = 0

    def begin(self) -> None:
        """Its SOH comes."""
        self.has_begun = True
        self.add(_SOH)

    def add(self, part: bytes) -> None:
        """More of it."""
        self._size += len(part)
        if self._size <= MAX_MESSAGE:
            self._parts.append(part)
        else:
            self._parts.clear()

    @property
    def is_any(self) -> bool:
        """False for what is only padding."""
        return self._size > MAX_MESSAGE or bool(b"".join(self._parts).strip(b"\0\x16\x7f \t\r\n"))

    def whole(self) -> bytes | BadWire:
        """All of it; BadWire where it is too long."""
        if self._size > MAX_MESSAGE:
            return BadWire(f"a message is longer than {MAX_MESSAGE:,} bytes", limit=MAX_MESSAGE)
        return b"".join(self._parts)


def _reading(message: bytes | BadWire, how: How) -> Reading:
    if isinstance(message, BadWire):
        raise message
    before, opened, rest = message.partition(_STX)
    if not opened:
        raise BadWire("no text begins in it (STX)")
    body, closed, trailer = rest.partition(_ETX)
    if not closed:
        body, closed, trailer = rest.partition(_EOT)
    if not closed:
        raise BadWire("it is cut off: its text does not end (ETX)")
    encoding = how.encoding or _charset(message)
    parts = (before.rpartition(_SOH)[2], body, trailer)
    head, text, tail = (decode(_ESCAPE.sub(b"", part), encoding)[0] for part in parts)
    finding = _finding(head, text, tail)
    return finding.reading(NAME, named(encoding), hashlib.sha256(message).hexdigest())


def _finding(head: str, text: str, tail: str) -> Finding:
    facts, extra = read_head(head)
    body, date = read_body(text), read_trailer(tail)
    return Finding(
        text=body.text,
        date=date,
        facts={**facts, "headline": body.headline, "byline": body.byline, "note": body.note},
        extra={
            **extra,
            "lines": list(body.others),
            "trailer": None if date else " ".join(tail.replace("\x04", " ").split()),
        },
    )


def _charset(message: bytes) -> str:
    """What the first escape sequence designates that tells more than ASCII, else what the bytes decode as."""
    for intermediate, final in _ESCAPE.findall(message):
        if intermediate[:1] == b"%":
            return "utf-8"
        if intermediate in {b"-", b".", b"/"} and (part := _PARTS.get(final[0])):
            return f"iso8859-{part}"
        if final not in b"B@":
            shown = (intermediate + final).decode()
            raise BadWire(
                f"it is in a character set that is not known here (ESC {shown}); --encoding names one"
            )
    return detected(message)
