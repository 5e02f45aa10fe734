"""The messages of a mailbox (mbox) one by one, in bounded memory; a file that is none is one message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from vstore.errors import BadWire
from vstore.readers.packed import unreadable

MESSAGE_LIMIT = 64 << 20
"""A message has at most so many bytes, with all that is attached to it."""

_LINE_LIMIT = 1 << 16
_FROM = re.compile(rb"From [^\n]{0,300}\d:\d\d[^\n]{0,60}\d{4}")
"""The line between two messages: who sent it, and when (RFC 4155)."""
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


def is_mailbox(beginning: bytes) -> bool:
    """True if it begins with the line that stands before a message."""
    return _FROM.match(beginning) is not None


def messages(stream: BinaryIO) -> Iterator[bytes | BadWire]:
    """The bytes of each message, without the line before it; a BadWire for one that is too long."""
    gathered = _Gathered()
    is_after_blank = True
    for line in _lines(stream):
        if is_after_blank and _FROM.match(line):
            if gathered.has_begun:
                yield gathered.message()
            gathered = _Gathered()
            gathered.has_begun = True
            continue
        gathered.add(line)
        is_after_blank = line in {b"\n", b"\r\n"}
    yield gathered.message()


def unquoted(message: bytes) -> bytes:
    """A message of a mailbox as it was before a `>` was put before its lines that begin with `From `."""
    return _QUOTED.sub(rb"\1", message)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    try:
        while line := stream.readline(_LINE_LIMIT):
            yield line
    except OSError as error:
        raise unreadable(error) from error


class _Gathered:
    """The lines of the message at hand, none where they are too many."""

    def __init__(self) -> None:
        self.has_begun = False
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, line: bytes) -> None:
        self.has_begun = True
        self._size += len(line)
        if self._size <= MESSAGE_LIMIT:
            self._lines.append(line)
        else:
            self._lines.clear()

    def message(self) -> bytes | BadWire:
        if self._size > MESSAGE_LIMIT:
            return BadWire(f"the message is longer than {MESSAGE_LIMIT:,} bytes", limit=MESSAGE_LIMIT)
        return b"".join(self._lines)
