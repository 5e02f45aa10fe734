"""Columns of whole numbers as bytes, and back: what `checkpoints` is written in."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from sys import byteorder

MOST = 1 << 26
"""So many bytes are made of a body at most, whatever it says."""


class BrokenError(Exception):
    """A body that cannot be what was packed: it counts for nothing."""


def packed(columns: Sequence[Iterable[int]]) -> bytes:
    """Up to 255 columns of numbers below 2³²."""
    bodies = [_little(array("I", column)) for column in columns]
    head = _little(array("I", map(len, bodies)))
    return zlib.compress(b"".join((bytes([len(bodies)]), head, *map(_planes, bodies))))


def unpacked(body: bytes) -> list[Sequence[int]]:
    """The columns that were packed; BrokenError where none were."""
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(body, MOST)
    except zlib.error as error:
        raise BrokenError(str(error)) from error
    start = 1 + 4 * plain[0] if plain else 1
    if not inflater.eof or len(plain) < start:
        raise BrokenError("a body breaks off")
    bounds = list(accumulate(_numbers(plain[1:start]), initial=start))
    if bounds[-1] != len(plain) or any((end - at) % 4 for at, end in pairwise(bounds)):
        raise BrokenError("columns of other lengths")
    return [_numbers(_woven(plain[at:end])) for at, end in pairwise(bounds)]


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
