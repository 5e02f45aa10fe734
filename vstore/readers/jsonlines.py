"""JSON lines: one wire a line, read one at a time, plain or packed with gzip or zstd.

A line that is no wire becomes a BadWire that knows its number, and the next one is read.
"""

from __future__ import annotations

import datetime
import gzip
import io
import itertools
import os
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO

from vstore.errors import BadReference, BadWire, VstoreError
from vstore.model import Wire
from vstore.readers.files import SIZE_LIMIT, open_file, standard_input
from vstore.readers.jsonwire import check_fields, read_wire

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE = b"\x2a\x4d\x18"
_WINDOW_LOG = 27
"""zstd may look back 128 MiB: what `zstd --long` packs, and no more memory than that."""


def wires(
    stream: BinaryIO,
    *,
    fields: Mapping[str, str] | None = None,
    tz: datetime.tzinfo | None = None,
    size_limit: int = SIZE_LIMIT,
) -> Iterator[Wire | BadWire]:
    """The wires of a stream as `open_lines` gives it, in its order; each BadWire has its `line` in its facts.

    `fields` tells the key under which each of vstore's names is found: {"story": "guid", "text": "body"}.
    A time without a zone is one of `tz`.
    """
    return _wires(numbered(stream, size_limit), check_fields(fields or {}), tz)


def open_lines(path: str | os.PathLike[str]) -> BinaryIO:
    """The lines of a file, or of stdin for "-", unpacked if they are gzip or zstd by their first bytes.

    A file that is cut off or damaged gives all that can be read of it, and then raises BadWire.
    """
    source = standard_input() if path == "-" else open_file(path)
    whole = io.BufferedReader(_Joined(source, _head(source)), _CHUNK)
    head = whole.peek(4)[:4]
    if head[:2] == _GZIP:
        return _unpacked(gzip.GzipFile(fileobj=whole), whole, (EOFError, OSError, zlib.error))
    if head == _ZSTD or (head[1:] == _ZSTD_SKIPPABLE and head[0] >> 4 == 5):
        return _unpacked_zstd(whole)
    return whole


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


def _head(source: BinaryIO) -> bytes:
    try:
        return source.read(4)
    except OSError as error:
        raise _unreadable(error) from error


class _Joined(io.RawIOBase):
    """A stream from its beginning, the first bytes of which were read already."""

    def __init__(self, source: io.BufferedIOBase, head: bytes) -> None:
        self._source, self._head = source, head

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        data = self._head or self._source.read1(len(view))
        self._head = b""
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if sys.stdin is None or self._source is not sys.stdin.buffer:
            self._source.close()
        super().close()


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


def _wires(
    lines: Iterable[tuple[int, bytes | BadWire]], fields: Mapping[str, str], tz: datetime.tzinfo | None
) -> Iterator[Wire | BadWire]:
    for number, line in lines:
        item: Wire | VstoreError
        if isinstance(line, BadWire):
            item = line
        else:
            try:
                item = read_wire(line, fields, tz)
            except (BadWire, BadReference) as error:
                item = error
        yield item if isinstance(item, Wire) else _at_line(number, item)


def _at_line(number: int, error: VstoreError) -> BadWire:
    """The error as one of this line, without the traceback, which would keep the line in memory."""
    return BadWire(f"line {number}: {error.message}", **{**error.facts, "line": number})


def numbered(stream: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | BadWire]]:
    """Each line that is not blank, with its number; the last may say why there is no more."""
    for number in itertools.count(1):
        try:
            line = _line(stream, limit)
        except BadWire as error:
            yield number, error
            return
        if number == 1 and isinstance(line, bytes):
            line = line.removeprefix(_BOM)
        if line == b"":
            return
        if isinstance(line, BadWire) or not line.isspace():
            yield number, line


def _line(stream: BinaryIO, limit: int) -> bytes | BadWire:
    """The next line, b"" at the end; a line over the limit is skipped and told."""
    try:
        line = stream.readline(limit + 1)
        if len(line) <= limit or line.endswith(b"\n"):
            return line
        del line
        while (chunk := stream.readline(_CHUNK)) and not chunk.endswith(b"\n"):
            pass
    except OSError as error:
        raise _unreadable(error) from error
    return BadWire(f"the line is longer than {limit:,} bytes", limit=limit)


def _unreadable(error: OSError) -> BadWire:
    return BadWire(f"from here on nothing can be read: {error.strerror or error}")
