"""How a text is stored: whole (a keyframe) or as a patch against an earlier version's text (its base).

A payload is a codec and a body. Codecs: 0 a whole text, 1 a whole text under zstd, 2 a patch,
3 a patch under zstd; text and patch are UTF-8, a patch is a diff-match-patch delta (`vstore.patch`).
The shorter form wins. A chain of patches ends in a whole text after `MAX_DEPTH` steps at most.
"""

from __future__ import annotations

import sys
import threading
from functools import cache
from typing import Any, NamedTuple

from vstore.errors import Corrupt

MAX_DEPTH = 48
"""Patches between a text and a whole one, at most: bounds the work of reading any version."""

LEVEL = 3
"""zstd level while wires come in; gc may do better later."""

WORTHWHILE = 64
"""Bodies shorter than this are stored as they are: a zstd frame would not make them shorter."""

_mine = threading.local()

WHOLE, WHOLE_ZSTD, PATCH, PATCH_ZSTD = range(4)


class Payload(NamedTuple):
    """A text as stored."""

    codec: int
    body: bytes

    @property
    def is_patch(self) -> bool:
        """True for a patch, False for a whole text."""
        return self.codec in {PATCH, PATCH_ZSTD}


def whole(text: str) -> Payload:
    """A keyframe."""
    return _packed(text.encode(), WHOLE, WHOLE_ZSTD)


def patched(delta: str) -> Payload:
    """A patch."""
    return _packed(delta.encode(), PATCH, PATCH_ZSTD)


def shorter(text: str, delta: str | None) -> Payload:
    """The shorter of the two forms; a patch where both are equal."""
    if delta is None:
        return whole(text)
    patch = patched(delta)
    if 8 * len(patch.body) < len(text):  # no quick compressor makes prose eight times shorter
        return patch
    return min(patch, whole(text), key=lambda payload: len(payload.body))


def content(payload: Payload) -> str:
    """The text, or the delta, that a payload holds; Corrupt where it holds none."""
    codec, body = payload
    try:
        if codec in {WHOLE_ZSTD, PATCH_ZSTD}:
            body = _zstd().decompress(body)
        elif codec not in {WHOLE, PATCH}:
            raise Corrupt(f"unknown codec {codec}")
        return body.decode()
    except (UnicodeDecodeError, _zstd_error()) as error:
        raise Corrupt(f"a stored text cannot be unpacked: {error}") from error


def _packed(body: bytes, plain: int, compressed: int) -> Payload:
    if len(body) >= WORTHWHILE:
        frame = _compressed(body)
        if len(frame) < len(body):
            return Payload(compressed, frame)
    return Payload(plain, body)


def _compressed(body: bytes) -> bytes:
    """One zstd frame; a compressor of one's own a thread, since making one takes longer than using it."""
    compressor = getattr(_mine, "compressor", None)
    if compressor is None:
        compressor = _mine.compressor = _zstd().ZstdCompressor(LEVEL)
    frame: bytes = compressor.compress(body, compressor.FLUSH_FRAME)
    return frame


def _zstd_error() -> type[Exception]:
    """zstd's error class, looked up only where an error is being matched."""
    error: type[Exception] = _zstd().ZstdError
    return error


@cache
def _zstd() -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd
