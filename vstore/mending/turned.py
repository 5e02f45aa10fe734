"""A byte that turned, turned back: the checksum says when it is the right one.

What is found so is proved afterwards by an id, for among very many tries some checksum is right by chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from zlib import crc32

from vstore.rows import PACK_ZSTD, Payload
from vstore.storage import layout
from vstore.storage.checksum import Column

CODECS = range(PACK_ZSTD + 1)

WIDTHS = (1, 2, 3, 4, 6, 8)
"""Bytes in which SQLite stores a number."""

LONGEST = 400
"""Of longer texts and bytes in a row only single bits are turned."""


class Tries:
    """How many rows are still tried, each of which takes half a second: many are not damaged by one byte."""

    def __init__(self, left: int = 32) -> None:
        self._left = left

    def take(self) -> bool:
        """One more, if there is one left."""
        self._left -= 1
        return self._left >= 0


def columns(row: tuple[Column, ...]) -> Iterator[tuple[Column, ...]]:
    """All rows that differ in one byte of one column."""
    for at, column in enumerate(row):
        for value in _values(column):
            yield (*row[:at], value, *row[at + 1 :])


def _values(column: Column) -> Iterator[Column]:
    if isinstance(column, int):
        yield from numbers(column)
    elif isinstance(column, bytes):
        yield from strings(column)
    elif column is not None:
        yield from texts(column.encode())


def texts(raw: bytes) -> Iterator[str]:
    """All texts whose UTF-8 differs from this in one byte."""
    for each in strings(raw):
        try:
            yield each.decode()
        except UnicodeDecodeError:
            continue


def strings(raw: bytes) -> Iterator[bytes]:
    """All that differ in one byte, or, where it is long, in one bit."""
    masks = range(1, 256) if len(raw) <= LONGEST else [1 << bit for bit in range(8)]
    for at, byte in enumerate(raw):
        before, after = raw[:at], raw[at + 1 :]
        for mask in masks:
            yield b"%b%c%b" % (before, byte ^ mask, after)


def numbers(number: int) -> Iterator[int]:
    """All that differ in one byte of those in which SQLite may have stored this one."""
    known = {number}
    for width in WIDTHS:
        if not -(1 << (8 * width - 1)) <= number < 1 << (8 * width - 1):
            continue
        raw = number.to_bytes(width, signed=True)
        for at in range(width):
            for mask in range(1, 256):
                turned = int.from_bytes((*raw[:at], raw[at] ^ mask, *raw[at + 1 :]), signed=True)
                if turned not in known:
                    known.add(turned)
                    yield turned


def payloads(story: str, number: int, lying: Payload, check: int, known: Sequence[int]) -> Iterator[Payload]:
    """The payloads of which this one differs in one byte, of its checksum too; `known`: dictionaries."""
    codecs = (lying._replace(codec=codec) for codec in CODECS)
    others = (lying._replace(dictionary=dictionary) for dictionary in (None, *known))
    for payload in (*codecs, *others):
        if layout.payload_checksum(story, number, payload) == check:
            yield payload
    difference = (layout.payload_checksum(story, number, lying) ^ check) & 0xFFFFFFFF
    if sum(map(bool, difference.to_bytes(4))) == 1:
        yield lying
    behind = 1 if lying.dictionary is None else 3 + len(str(lying.dictionary))  # `;` or `;iN;`
    yield from (lying._replace(body=body) for body in _bodies(lying.body, difference, behind))


def _bodies(body: bytes, difference: int, behind: int) -> Iterator[bytes]:
    """Those in which a byte less or more makes such a difference to a CRC-32; `behind` bytes come after.

    It is linear: what a byte adds depends on its place from the end alone. So the difference is followed
    backwards, byte by byte, until it is what one byte can make.
    """
    masks, highest = _made()
    for _ in range(behind):
        difference = _before(difference, highest)
    for at in range(len(body) - 1, -1, -1):
        if mask := masks.get(difference):
            yield b"%b%c%b" % (body[:at], body[at] ^ mask, body[at + 1 :])
        difference = _before(difference, highest)


def _before(state: int, highest: dict[int, tuple[int, int]]) -> int:
    """The difference a byte earlier."""
    mask, made = highest[state >> 24]
    return ((state ^ made) << 8 | mask) & 0xFFFFFFFF


@cache
def _made() -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
    """What each value of a last byte adds to a CRC-32 → the value; by its highest byte → both."""
    none = crc32(b"\0")
    table = {crc32(bytes([mask])) ^ none: mask for mask in range(256)}
    return table, {made >> 24: (mask, made) for made, mask in table.items()}
