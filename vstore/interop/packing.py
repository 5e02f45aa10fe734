"""Bytes packed as they are written, as the ending of the file's name says."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO, Protocol

ZSTD_LEVEL = 9


class Writable(Protocol):
    """Takes bytes."""

    def write(self, data: bytes, /) -> object:
        """All of them."""


@contextmanager
def packed(stream: BinaryIO, name: str) -> Iterator[Callable[[bytes], object]]:
    """A function that writes: gzip for `.gz`, zstd for `.zst`, else the bytes as they are."""
    if name.endswith(".gz"):
        # Without name and time, so that the same versions make the same file.
        with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as gz:
            yield gz.write
    elif name.endswith(".zst"):
        with _zstd(stream) as zst:
            yield zst.write
    else:
        yield stream.write


def _zstd(stream: BinaryIO) -> AbstractContextManager[Writable]:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.open(stream, "wb", level=ZSTD_LEVEL)
