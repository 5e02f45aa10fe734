"""What a caller named: a file, a folder, stdin, or bytes at hand."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from vstore.errors import BadWire
from vstore.readers.files import SIZE_LIMIT, Joined, open_file, read_all, shown, standard_input

BEGINNING = (1 << 16) + 1
"""So many bytes are looked at to find the reader of a file: one more than any header may have."""


class Source:
    """A file or a folder: `name` as shown, `path` where it is, None for what has no place on the disk."""

    def __init__(self, name: str, path: Path | None) -> None:
        self.name = name
        self.path = path
        self._head: bytes | None = None

    @property
    def is_folder(self) -> bool:
        """True for a folder, which has no bytes; what cannot be looked at is none."""
        try:
            return self.path is not None and self.path.is_dir()
        except OSError:
            return False

    def beginning(self) -> bytes:
        """Up to 64 KiB and a byte, which stay to be read; none for a folder."""
        if self._head is None:
            self._head = b"" if self.is_folder else self._looked_at()
        return self._head

    def _looked_at(self) -> bytes:
        with self.stream() as stream:
            return _up_to(BEGINNING, stream, self.name)

    def whole(self, limit: int = SIZE_LIMIT) -> bytes:
        """All bytes; BadWire if there are more than `limit`."""
        with self.stream() as stream:
            return read_all(stream, self.name, limit)

    def stream(self) -> BinaryIO:
        """The bytes from the first on, as often as is asked; stdin gives them once. BadWire if it cannot."""
        if self.path is None:
            raise BadWire(f"{self.name} has no bytes", file=self.name)
        return open_file(self.path)


class Held(Source):
    """Bytes at hand."""

    def __init__(self, data: bytes, name: str = "-") -> None:
        super().__init__(name, None)
        self._data = data

    def stream(self) -> BinaryIO:
        """The bytes, as often as is asked."""
        return io.BytesIO(self._data)


class Piped(Source):
    """Stdin, which can be read only once."""

    def __init__(self) -> None:
        super().__init__("-", None)
        self._is_read = False

    def _looked_at(self) -> bytes:
        return _up_to(BEGINNING, standard_input(), self.name)

    def stream(self) -> BinaryIO:
        """The bytes from the first on, once; BadWire after that."""
        if self._is_read:
            raise BadWire("stdin can be read only once", file=self.name)
        self._is_read = True
        if self._head is not None and len(self._head) < BEGINNING:
            return io.BytesIO(self._head)  # it has ended; a terminal that is asked again waits for more
        return io.BufferedReader(Joined(standard_input(), self._head or b""))


def named(name: str) -> Source:
    """What stands at this path; stdin for "-"."""
    return Piped() if name == "-" else Source(shown(name), Path(name))


def _up_to(size: int, stream: BinaryIO, name: str) -> bytes:
    try:
        return stream.read(size)
    except OSError as error:
        raise BadWire(f"{name} cannot be read: {error.strerror or error}", file=name) from error
