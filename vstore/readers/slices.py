"""The digest of an item that is a slice of a stream, found while the stream is read."""

from __future__ import annotations

import hashlib


class Slices:
    """The bytes at hand, from the tag that is not complete on, and the digest of the item they are of."""

    def __init__(self, charset: str) -> None:
        self._charset = charset
        self._bytes = b""
        self._offset = 0
        self._digest = hashlib.sha256()
        self.start = 0

    @property
    def end(self) -> int:
        """So many bytes were added."""
        return self._offset + len(self._bytes)

    def add(self, data: bytes) -> None:
        """More of them."""
        self._bytes += data

    def begin(self, at: int) -> None:
        """An item begins there."""
        self._digest = hashlib.sha256()
        self.start = at
        self._cut(at)

    def forget(self, at: int, *, is_hashed: bool) -> None:
        """What stands before that place is done with; within an item it counts for the digest."""
        gone = self._cut(at)
        if is_hashed:
            self._count(gone)

    def close(self, at: int) -> str:
        """The item's end tag begins there, or its only tag ends: the digest of all of it."""
        self._count(self._cut(at))
        if self._bytes.startswith(b"</"):
            self._count(self._cut(at + self._bytes.index(b">") + 1))
        return self._digest.hexdigest()

    def _cut(self, at: int) -> bytes:
        gone, self._bytes = self._bytes[: at - self._offset], self._bytes[at - self._offset :]
        self._offset = at
        return gone

    def _count(self, data: bytes) -> None:
        self._digest.update(data if self._charset == "utf-8" else data.decode().encode(self._charset))
