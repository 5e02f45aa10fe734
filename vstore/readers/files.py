"""Bytes of a file that a caller named: regular files only, of a bounded size, with errors in clear words."""

from __future__ import annotations

import io
import os
import re
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from vstore.errors import BadWire

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SIZE_LIMIT = 256 << 20
"""A file that holds one wire, or a line of JSON, has at most this many bytes."""

_KINDS = (
    (stat.S_ISDIR, "is a directory, not a file"),
    (stat.S_ISFIFO, "is a pipe, not a regular file; to read from a pipe, give - and redirect it to stdin"),
    (stat.S_ISSOCK, "is a socket, not a regular file"),
    (stat.S_ISCHR, "is a device, not a regular file"),
    (stat.S_ISBLK, "is a device, not a regular file"),
)


def read_all(stream: BinaryIO, name: str, limit: int = SIZE_LIMIT) -> bytes:
    """All bytes of a stream, such as stdin; BadWire beyond `limit` bytes."""
    try:
        data = stream.read(limit + 1)
    except OSError as error:
        raise BadWire(f"{name} cannot be read: {error.strerror or error}", file=name) from error
    if len(data) > limit:
        raise BadWire(f"{name} is too big: a wire has at most {limit:,} bytes", file=name, limit=limit)
    return data


def open_file(path: str | os.PathLike[str]) -> io.BufferedReader:
    """A regular file, open for reading."""
    name = shown(path)
    try:
        # Asked before it is opened: opening a pipe waits for its writer, opening a device may do anything.
        mode = Path(path).stat().st_mode
        for is_kind, sentence in _KINDS:
            if is_kind(mode):
                raise BadWire(f"{name} {sentence}", file=name)
        return Path(path).open("rb")
    except FileNotFoundError as error:
        raise BadWire(f"there is no file {name}", file=name) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BadWire(f"{name} cannot be read: {reason}", file=name) from error


def standard_input() -> io.BufferedReader:
    """The bytes of stdin."""
    if sys.stdin is None:
        raise BadWire("stdin is closed: there is nothing to read", file="-")
    return cast("io.BufferedReader", sys.stdin.buffer)


def shown(path: str | os.PathLike[str]) -> str:
    """A path as it can be printed on a line, whatever bytes it holds."""
    name = os.fsencode(path).decode("utf-8", "backslashreplace")
    return re.sub(r"[\0-\x1f\x7f-\x9f\u2028\u2029]", lambda found: ascii(found[0])[1:-1], name)


class Joined(io.RawIOBase):
    """A stream from its beginning, the first bytes of which were read already; stdin is never closed."""

    def __init__(self, source: io.BufferedIOBase, head: bytes) -> None:
        self._source, self._head = source, head
        self._has_ended = False

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """First the head, then whatever comes up to the first end: a terminal has an end more than once."""
        if self._has_ended:
            return 0
        view = memoryview(buffer)
        data = self._head[: len(view)] or self._source.read1(len(view))
        self._head = self._head[len(view) :]
        self._has_ended = not data
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Closes the stream, unless it is stdin."""
        if sys.stdin is None or self._source is not sys.stdin.buffer:
            self._source.close()
        super().close()
