"""The bytes of a WARC file, its gzip members unpacked one after the other, in bounded memory.

Damage is told once, by BadWire, and what follows it can still be read: after a damaged member the next one,
after a record whose length is wrong the next line that begins a record.
"""

from __future__ import annotations

import re
import zlib
from typing import BinaryIO

from vstore.errors import BadWire

CHUNK = 1 << 16
HEADER_LIMIT = 1 << 18
"""The lines before a record's block have at most so many bytes together."""

RETURN_LIMIT = 1 << 30
"""So many bytes of records of wrong length are looked through for what they swallowed."""

_GZIP = b"\x1f\x8b\x08"
_FIRST_LINE = rb"WARC/[01]\.\d|(?:https?|filedesc)://.+ [\d.]+ \d{14} \S+ -?\d+\s*$"
_RECORD = re.compile(_FIRST_LINE)
_AT_LINE = re.compile(rb"^(?:%s)" % _FIRST_LINE, re.MULTILINE)
"""What the first line of a record begins with: the version, or all of an ARC header."""
_WITHIN = re.compile(rb"^WARC/[01]\.\d+\r?\nWARC-", re.MULTILINE)


def is_start(line: bytes) -> bool:
    """True for the first line of a record."""
    return _RECORD.match(line) is not None


def start_within(block: bytes) -> int:
    """Where in a block another record begins; its last line if none does, for that may not be whole."""
    found = _WITHIN.search(block, 1)
    return found.start() if found else block.rfind(b"\n") + 1


class WarcStream:
    """A stream that can be read by lines and blocks, put back, and gone on with after a fault."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._packed = self._ready = b""
        self._at = self._returned = 0
        self._fetch()
        self._member = zlib.decompressobj(31) if self._packed.startswith(_GZIP[:2]) else None
        self._is_member_open = False
        self._members = 0
        self.blank = b""
        """Of the blank lines before the record that begins here, the first bytes."""
        self._fault: BadWire | None = None
        self._header_left = HEADER_LIMIT

    def readline(self) -> bytes:
        """The next line, b"" at the end; BadWire where the lines of a header are too long together."""
        line = b""
        while not line.endswith(b"\n") and self._more():
            end = self._ready.find(b"\n", self._at) + 1 or len(self._ready)
            line += self._taken(end - self._at)
            if len(line) > self._header_left:
                raise BadWire(f"the header of a record is longer than {HEADER_LIMIT:,} bytes")
        self._header_left -= len(line)
        return line

    def read(self, size: int) -> bytes:
        """So many bytes; fewer at the end."""
        parts = []
        while size and self._more():
            parts.append(self._taken(min(size, len(self._ready) - self._at)))
            size -= len(parts[-1])
        return b"".join(parts)

    def skip(self, size: int) -> int:
        """Leaves out so many bytes; how many there were."""
        left = size
        while left and self._more():
            left -= len(self._taken(min(left, len(self._ready) - self._at)))
        return size - left

    def tell(self) -> int:
        """Only there since warcio wants to reckon how long a header was."""
        return 0

    def give_back(self, data: bytes) -> None:
        """The next bytes to be read; left out once too many were given back, for each is read again."""
        self._returned += len(data)
        if self._returned <= RETURN_LIMIT:
            self._put_back(data)

    def _put_back(self, data: bytes) -> None:
        self._ready, self._at = data + self._ready[self._at :], 0

    def start_after_block(self) -> bytes:
        """As `next_start`; a fault that is not of the member in which the block ended is raised later."""
        members, is_checked = self._members, not self._is_member_open
        try:
            return self.next_start()
        except BadWire as error:
            if not is_checked and members == self._members:
                raise
            self._fault = error
            return b""

    def next_start(self) -> bytes:
        """The next line that is not blank, which stays to be read; b"" at the end."""
        self._header_left, self.blank = HEADER_LIMIT, b""
        while (line := self.readline()) and not line.strip():
            self._header_left, self.blank = HEADER_LIMIT, (self.blank + line)[:8]
        self._put_back(line)
        self._header_left = HEADER_LIMIT
        return line

    def find_start(self) -> None:
        """Goes to the next line that begins a record, or to the end."""
        line, is_whole = b"", True
        while self._more():
            data = line + self._taken(len(self._ready) - self._at)
            for found in _AT_LINE.finditer(data):
                if found.start() or is_whole:
                    self._put_back(data[found.start() :])
                    return
            line = data[data.rfind(b"\n") + 1 :]
            is_whole = (is_whole or len(line) < len(data)) and len(line) < CHUNK
            line = line if is_whole else b""

    def _taken(self, size: int) -> bytes:
        taken = self._ready[self._at : self._at + size]
        self._at += size
        return taken

    def _more(self) -> bool:
        """Sees to it that a byte is ready; False at the end."""
        fault, self._fault = self._fault, None
        if fault:
            raise fault
        while self._at >= len(self._ready):
            self._ready, self._at = b"", 0
            if not (self._packed or self._fetch()):
                return self._ended()
            if self._member is None:
                self._ready, self._packed = self._packed, b""
            else:
                self._ready = self._unpacked(self._member)
        return True

    def _fetch(self) -> bool:
        try:
            self._packed = self._source.read(CHUNK)
        except OSError as error:
            raise BadWire(f"from here on nothing can be read: {error.strerror or error}") from error
        return bool(self._packed)

    def _ended(self) -> bool:
        if self._is_member_open:
            self._is_member_open = False
            raise BadWire("the packed file is cut off")
        return False

    def _unpacked(self, member: zlib._Decompress) -> bytes:
        """At most a chunk of what the packed bytes at hand hold."""
        if not self._is_member_open:
            self._packed = self._packed.lstrip(b"\0")  # some pad their members
            self._is_member_open = bool(self._packed)
        try:
            data = member.decompress(self._packed, CHUNK)
        except zlib.error as error:
            self._go_on_after_damage()
            raise BadWire(f"the packed file is damaged here ({error})") from error
        self._packed = member.unconsumed_tail
        if member.eof:
            self._packed, self._is_member_open = member.unused_data, False
            self._members += 1
            self._member = zlib.decompressobj(31)
        return data

    def _go_on_after_damage(self) -> None:
        """Looks for the next member."""
        self._is_member_open = False
        self._member = zlib.decompressobj(31)
        while (at := self._packed.find(_GZIP, 1)) < 0:
            tail = self._packed[-2:]
            if not self._fetch():
                return
            self._packed = tail + self._packed
        self._packed = self._packed[at:]
