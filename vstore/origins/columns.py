"""Columns of whole numbers as bytes, and back: what `checkpoints` is written in."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from sys import byteorder


def packed(columns: Sequence[Iterable[int]]) -> bytes:
    """Up to 255 columns of numbers below 2³²."""
    bodies = [_little(array("I", column)) for column in columns]
    head = _little(array("I", map(len, bodies)))
    return zlib.compress(b"".join((bytes([len(bodies)]), head, *map(_planes, bodies))))


def unpacked(body: bytes) -> list[Sequence[int]]:
    """The columns that were packed."""
    plain = zlib.decompress(body)
    start = 1 + 4 * plain[0]
    bounds = accumulate(_numbers(plain[1:start]), initial=start)
    return [_numbers(_woven(plain[start:end])) for start, end in pairwise(bounds)]


def _planes(column: bytes) -> bytes:
    """The low bytes of all numbers, then the next ones: mostly alike, they take less under zlib."""
    return b"".join(column[k::4] for k in range(4))


def _woven(planes: bytes) -> bytes:
    """A column from its planes."""
    column = bytearray(planes)
    count = len(planes) // 4
    for k in range(4):
        column[k::4] = planes[k * count : (k + 1) * count]
    return bytes(column)


def _little(numbers: array[int]) -> bytes:
    if byteorder != "little":
        numbers.byteswap()
    return numbers.tobytes()


def _numbers(raw: bytes) -> array[int]:
    numbers = array("I", raw)
    if byteorder != "little":
        numbers.byteswap()
    return numbers
