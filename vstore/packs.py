"""Several texts of a story in one payload, each whole or as a patch against another one in it.

A pack holds versions whose numbers follow each other. Unpacked it is three lines of numbers in ASCII (its
first version; of each version how many before it its base is, 0 for a whole text; of each the bytes that
follow) and then the texts and patches, one after the other. So one read gives any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from vstore.errors import Corrupt


class Member(NamedTuple):
    """A text of a pack: a patch against the version `base`, or whole."""

    base: int | None
    content: str


class Pack:
    """A pack, unpacked; Corrupt where it is none."""

    def __init__(self, body: bytes) -> None:
        try:
            first, back, sizes, self._contents = body.split(b"\n", 3)
            self.first = int(first)
            self._back = list(map(int, back.split(b" ")))
            lengths = list(map(int, sizes.split(b" ")))
            self._bounds = list(accumulate(lengths, initial=0))
        except ValueError as error:
            raise Corrupt(f"a pack cannot be read: {error}") from error
        is_whole = len(self._back) == len(lengths) and self._bounds[-1] == len(self._contents)
        if not is_whole or self.first < 1 or min(lengths) < 0:
            raise Corrupt("a pack holds other lengths than it says")
        self.size = len(body)

    def __contains__(self, number: int) -> bool:
        return 0 <= number - self.first < len(self._back)

    @property
    def numbers(self) -> range:
        """The versions that it holds."""
        return range(self.first, self.first + len(self._back))

    def member(self, number: int) -> Member:
        """A version's text as it stands here; Corrupt where it is no text."""
        at = number - self.first
        back = self._back[at]
        if not 0 <= back <= at:
            raise Corrupt("a pack leads beyond itself")
        try:
            content = self._contents[self._bounds[at] : self._bounds[at + 1]].decode()
        except UnicodeDecodeError as error:
            raise Corrupt(f"a pack holds what is no text: {error}") from error
        return Member(number - back if back else None, content)


def joined(first: int, members: Sequence[Member]) -> bytes:
    """The members, the first of this number, as `Pack` reads them."""
    contents = [member.content.encode() for member in members]
    back = (first + at - member.base if member.base else 0 for at, member in enumerate(members))
    lines = ([first], back, map(len, contents))
    head = "".join(" ".join(map(str, line)) + "\n" for line in lines)
    return b"".join((head.encode(), *contents))
