"""How a text is stored: whole (a keyframe) or as a patch against an earlier version's text (its base).

A payload is a codec and a body. Codecs: 0 a whole text, 1 a whole text under zstd, 2 a patch, 3 a patch
under zstd, 4 a pack of several under zstd (`vstore.packs`); text and patch are UTF-8, a patch is a
diff-match-patch delta (`vstore.patch`). The shorter form wins. A chain of patches ends in a whole text after
`MAX_DEPTH` steps at most.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from vstore.errors import Corrupt
from vstore.rows import PACK_ZSTD, PATCH, PATCH_ZSTD, WHOLE, WHOLE_ZSTD, Payload

MAX_DEPTH = 64
"""Patches between a text and a whole one, at most: bounds the work of reading any version."""

LEVEL, BEST_LEVEL = 3, 19
"""zstd levels: while wires come in, and of gc."""

WORTHWHILE = 64
"""Bodies shorter than this are stored as they are: a zstd frame would not make them shorter."""

MOST_BYTES = 1 << 30
"""So many bytes are made of a payload at most, whatever it says: four times the longest text."""

MOST_OF_DICTIONARY = 1 << 24
"""And of the frame of a dictionary."""

_mine = threading.local()


class Dictionary:
    """A zstd dictionary and its number in a store, which keeps it in a frame."""

    __slots__ = ("number", "zstd")

    def __init__(self, number: int, frame: bytes) -> None:
        self.number = number
        try:
            self.zstd = _zstd().ZstdDict(_inflated(frame, None, MOST_OF_DICTIONARY))
            _zstd().ZstdDecompressor(self.zstd)  # reads its tables, which nobody looked at so far
        except (ValueError, _zstd().ZstdError) as error:
            raise Corrupt(f"dictionary {number} is none: {error}") from error

    @property
    def content(self) -> bytes:
        """Pieces of texts, which are in no frame."""
        found: bytes = self.zstd.dict_content
        return found


def whole(text: str, dictionary: Dictionary | None = None) -> Payload:
    """A keyframe."""
    return _packed(text.encode(), WHOLE, WHOLE_ZSTD, dictionary)


def patched(delta: str, dictionary: Dictionary | None = None) -> Payload:
    """A patch."""
    return _packed(delta.encode(), PATCH, PATCH_ZSTD, dictionary)


def packed(body: bytes, dictionary: Dictionary | None = None) -> Payload:
    """A pack, as small as zstd makes it."""
    frame = _compressor(BEST_LEVEL, dictionary).compress(body, _zstd().ZstdCompressor.FLUSH_FRAME)
    return Payload(PACK_ZSTD, frame, dictionary.number if dictionary else None)


def shorter(text: str, delta: str | None, dictionary: Dictionary | None = None) -> Payload:
    """The shorter of the two forms; a patch where both are equal."""
    if delta is None:
        return whole(text, dictionary)
    patch = patched(delta, dictionary)
    if 8 * len(patch.body) < len(text):  # no quick compressor makes prose eight times shorter
        return patch
    return min(patch, whole(text, dictionary), key=lambda payload: len(payload.body))


def content(payload: Payload, dictionary: Dictionary | None = None) -> str:
    """The text, or the delta, that a payload holds; Corrupt where it holds none."""
    if payload.codec not in {WHOLE, WHOLE_ZSTD, PATCH, PATCH_ZSTD}:
        raise Corrupt(f"unknown codec {payload.codec}")
    body = payload.body
    with _damage_told():
        return (unpacked(payload, dictionary) if payload.codec in {WHOLE_ZSTD, PATCH_ZSTD} else body).decode()


def unpacked(payload: Payload, dictionary: Dictionary | None = None) -> bytes:
    """What a frame was made of; Corrupt where it is none."""
    with _damage_told():
        return _inflated(payload.body, dictionary and dictionary.zstd, MOST_BYTES)


def _inflated(frame: bytes, zstd_dict: Any, most: int) -> bytes:
    """What one frame was made of; ValueError where it is not one, or would be longer than this."""
    decompressor = _zstd().ZstdDecompressor(zstd_dict)
    found: bytes = decompressor.decompress(frame, most)
    if not decompressor.eof or decompressor.unused_data:
        raise ValueError("a frame breaks off, is followed by more, or would be too long")
    return found


def trained(samples: list[bytes], size: int) -> bytes | None:
    """The frame of a dictionary of so many bytes at most: what samples have in common, if anything."""
    try:
        body = _zstd().train_dict(samples, size).dict_content
    except _zstd().ZstdError:
        return None
    frame: bytes = _zstd().compress(body, BEST_LEVEL)
    return frame


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except (ValueError, _zstd().ZstdError) as error:
        raise Corrupt(f"a stored text cannot be unpacked: {error}") from error


def _packed(body: bytes, plain: int, compressed: int, dictionary: Dictionary | None) -> Payload:
    if len(body) >= WORTHWHILE or (dictionary and len(body) >= WORTHWHILE // 4):
        frame = _compressor(LEVEL, dictionary).compress(body, _zstd().ZstdCompressor.FLUSH_FRAME)
        if len(frame) < len(body):
            return Payload(compressed, frame, dictionary.number if dictionary else None)
    return Payload(plain, body)


def _compressor(level: int, dictionary: Dictionary | None) -> Any:
    """A compressor of one's own a thread, since making one takes longer than using it."""
    known: dict[tuple[int, Dictionary | None], Any] = _mine.__dict__.setdefault("compressors", {})
    key = level, dictionary
    if key not in known:
        known.clear()
        parameter = _zstd().CompressionParameter
        options = {parameter.compression_level: level, parameter.dict_id_flag: 0}
        digested = dictionary.zstd.as_digested_dict if dictionary else None
        known[key] = _zstd().ZstdCompressor(options=options, zstd_dict=digested)
    return known[key]


@cache
def _zstd() -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd
