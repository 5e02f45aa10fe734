"""The pages of an SQLite file and its write-ahead log as they lie there, read without SQLite.

So a file can be read that SQLite refuses. The format is that of https://www.sqlite.org/fileformat2.html; a
frame of the log counts as it does for SQLite, which is up to the first that is damaged.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from vstore.storage.schema import PAGE_SIZE

HEADER = 100
"""Bytes of the file's header, which stands on page 1."""

_LOG = struct.Struct(">8I")
"""Of a log: magic, version, page size, checkpoints, two salts, two sums."""
_FRAME = struct.Struct(">6I")
"""Of a page in it: its number, pages of the file if it ends a transaction, two salts, two sums."""
_MAGIC = 0x377F0682
_OLD_SIZE = 8192
_BEGINNING = b"SQLite format 3\0"
_TRUNKS = PAGE_SIZE // 4 - 2


class Header(NamedTuple):
    """What the header says, whether it is true or not."""

    application: int
    format: int
    pages: int
    """Of the whole file; 0 where it does not say."""
    first_free: int
    free: int


class Pages:
    """A file, and over it what its log has of later pages."""

    def __init__(self, file: BinaryIO, log: BinaryIO | None) -> None:
        self._file = file
        self._newer: dict[int, tuple[BinaryIO, int]] = {}
        self.count = (file.seek(0, 2) + PAGE_SIZE - 1) // PAGE_SIZE
        if log:
            newer, pages = _committed(log)
            self._newer = {number: (log, at) for number, at in newer.items()}
            self.count = pages or self.count

    def __getitem__(self, number: int) -> bytes:
        """A page, from 1 on; zeroes where the file ends."""
        source, start = self._newer.get(number, (self._file, (number - 1) * PAGE_SIZE))
        source.seek(start)
        return source.read(PAGE_SIZE).ljust(PAGE_SIZE, b"\0")

    @property
    def are_of_format_1(self) -> bool:
        """Whether its pages are as long as those of format 1, which stay so: its length says so too."""
        size, pages = struct.unpack_from(">H", self[1], 16)[0], struct.unpack_from(">I", self[1], 28)[0]
        return self[1].startswith(_BEGINNING) and size == _OLD_SIZE and self._file.seek(0, 2) == size * pages

    @property
    def header(self) -> Header:
        """As page 1 has it."""
        page = self[1]
        changes, pages, first_free, free = struct.unpack_from(">4I", page, 24)
        form, _, application = struct.unpack_from(">3I", page, 60)
        (changes_then,) = struct.unpack_from(">I", page, 92)
        return Header(application, form, pages if changes == changes_then else 0, first_free, free)

    def free(self) -> set[int]:
        """Pages that the file says are not in use; none where what it says cannot be right."""
        found: set[int] = set()
        header = self.header
        trunk = header.first_free
        while trunk:
            if trunk in found or not 1 < trunk <= self.count:
                return set()
            page = self[trunk]
            following, leaves = struct.unpack_from(">2I", page)
            if leaves > _TRUNKS:
                return set()
            found.update((trunk, *struct.unpack_from(f">{leaves}I", page, 8)))
            trunk = following
        return found if len(found) == header.free and max(found, default=0) <= self.count else set()


def _committed(log: BinaryIO) -> tuple[dict[int, int], int]:
    """Where the newest state of each page is in a log, and how many pages the file then has."""
    kept: dict[int, int] = {}
    pages = 0
    open_: dict[int, int] = {}
    for number, size, at in _frames(log):
        open_[number] = at
        if size:
            kept.update(open_)
            open_.clear()
            pages = size
    return kept, pages


def _frames(log: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """(page, pages of the file after a transaction, where it is), up to the first that is none."""
    log.seek(0)
    raw = log.read(_LOG.size)
    if len(raw) < _LOG.size:
        return
    magic, _, size, _, *salts, first, second = _LOG.unpack(raw)
    order = "<" if magic == _MAGIC else ">"
    sums = _summed(raw[:24], order, (0, 0))
    if magic & ~1 != _MAGIC or size != PAGE_SIZE or sums != (first, second):
        return
    while len(frame := log.read(_FRAME.size + PAGE_SIZE)) == _FRAME.size + PAGE_SIZE:
        number, pages, *found, first, second = _FRAME.unpack_from(frame)
        sums = _summed(frame[:8] + frame[_FRAME.size :], order, sums)
        if found != salts or sums != (first, second) or not number:
            return
        yield number, pages, log.tell() - PAGE_SIZE


def _summed(raw: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    """SQLite's checksum of a log, over pairs of numbers."""
    first, second = sums
    for one, other in struct.iter_unpack(f"{order}2I", raw):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return first, second
