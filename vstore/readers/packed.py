"""Streams that are packed with gzip or zstd, unpacked by their first bytes, in bounded memory."""

from __future__ import annotations

import io
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, cast

from vstore.errors import BadWire
from vstore.readers.files import Joined

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE = b"\x2a\x4d\x18"
_WINDOW_LOG = 27
"""zstd may look back 128 MiB: what `zstd --long` packs, and no more memory than that."""


def unpacked(stream: BinaryIO) -> BinaryIO:
    """What a stream packs, or the stream itself, from its beginning.

    One that is cut off or damaged gives all that can be read of it, and then raises BadWire.
    """
    source = cast("io.BufferedIOBase", stream)
    whole = io.BufferedReader(Joined(source, _head(stream)), _CHUNK)
    head = whole.peek(4)[:4]
    if head[:2] == _GZIP:
        return _unpacked_gzip(whole)
    if head == _ZSTD or (head[1:] == _ZSTD_SKIPPABLE and head[0] >> 4 == 5):
        return _unpacked_zstd(whole)
    return whole


def unpacked_beginning(beginning: bytes) -> bytes:
    """The first bytes that a packed beginning unpacks to, at most as many; others as they are."""
    found = b""
    with suppress(BadWire), unpacked(io.BytesIO(beginning)) as stream:
        while more := cast("io.BufferedReader", stream).read1(len(beginning) - len(found)):
            found += more
    return found


def _unpacked_gzip(whole: io.BufferedIOBase) -> BinaryIO:
    import gzip
    import zlib

    return _unpacked(gzip.GzipFile(fileobj=whole), whole, (EOFError, OSError, zlib.error))


def _unpacked_zstd(whole: io.BufferedIOBase) -> BinaryIO:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    options = {zstd.DecompressionParameter.window_log_max.value: _WINDOW_LOG}
    return _unpacked(zstd.ZstdFile(whole, options=options), whole, (EOFError, OSError, zstd.ZstdError))


def _unpacked(
    source: io.BufferedIOBase, whole: io.BufferedIOBase, faults: tuple[type[Exception], ...]
) -> BinaryIO:
    return io.BufferedReader(_Unpacked(source, whole, faults), _CHUNK)


def _head(stream: BinaryIO) -> bytes:
    try:
        return stream.read(4)
    except OSError as error:
        raise unreadable(error) from error


def unreadable(error: OSError) -> BadWire:
    """What to say of a stream that fails in its midst."""
    return BadWire(f"from here on nothing can be read: {error.strerror or error}")


class _Unpacked(io.RawIOBase):
    """What a packed stream holds, in blocks as they come: so nothing before a fault is lost with it."""

    def __init__(
        self, source: io.BufferedIOBase, whole: io.BufferedIOBase, faults: tuple[type[Exception], ...]
    ) -> None:
        self._source, self._whole, self._faults = source, whole, faults

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        try:
            data = self._source.read1(len(view))
        except self._faults as error:
            state = "cut off" if isinstance(error, EOFError) else "damaged"
            raise BadWire(
                f"the packed file is {state}; from here on nothing can be read ({error})"
            ) from error
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._source.close()
        self._whole.close()
        super().close()
