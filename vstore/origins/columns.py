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
    return zlib.compress(b"".join((bytes([len(bodies)]), head, *bodies)))


def unpacked(body: bytes) -> list[Sequence[int]]:
    """The columns that were packed."""
    plain = zlib.decompress(body)
    start = 1 + 4 * plain[0]
    bounds = accumulate(_numbers(plain[1:start]), initial=start)
    return [_numbers(plain[start:end]) for start, end in pairwise(bounds)]


def _little(numbers: array[int]) -> bytes:
    if byteorder != "little":
        numbers.byteswap()
    return numbers.tobytes()


def _numbers(raw: bytes) -> array[int]:
    numbers = array("I", raw)
    if byteorder != "little":
        numbers.byteswap()
    return numbers
