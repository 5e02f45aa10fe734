"""A story's texts packed anew: which text each is told from, and what stands together.

A pack is read by itself. It begins with a whole text; every other one is a patch against one before it in the
pack, the smallest of a few: against an identical text, the version before, the last one of the same source,
or the one that shares most lines. Every `STRIDE` versions one is told from the last such one, so that no
text lies more than `chain.MAX_DEPTH` patches from a whole one however many a pack holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise
from typing import NamedTuple

from vstore import chain, patch
from vstore.align import edits
from vstore.answers import Edit
from vstore.errors import Corrupt
from vstore.packs import Member, joined
from vstore.rows import Payload, Row

LIMIT = 400_000
"""A pack ends before its texts and patches, the first apart, would be more bytes than this."""

STRIDE = 32
"""After so many versions one is told from the last one that was so told, and the next from it."""

DEEPEST_STOP = chain.MAX_DEPTH - STRIDE - 1
"""Where such a one lies so deep, the pack ends."""

NEAR = 16
"""So many texts of a pack are compared by their lines ..."""

STRANGE = 4
"""... where the smallest patch so far is more than one part in so many of the text."""


class Told(NamedTuple):
    """A version, its text, and who sent it."""

    row: Row
    text: str
    source: str | None


class _Known(NamedTuple):
    """A text of the pack that is being filled."""

    number: int
    text: str
    depth: int


class Packed(NamedTuple):
    """A pack as it is stored, and its versions' rows with what they say of it."""

    payload: Payload
    rows: list[Row]


def packed(told: Iterable[Told], dictionary: chain.Dictionary | None) -> Iterator[Packed]:
    """Versions, which come by number and without gaps, as packs."""
    filling = _Filling()
    for each in told:
        if not filling.takes(each):
            yield filling.packed(dictionary)
            filling = _Filling()
            filling.takes(each)
    if filling.rows:
        yield filling.packed(dictionary)


class _Filling:
    """A pack that is being filled."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._members: list[Member] = []
        self._size = 0
        self._twins: dict[str, _Known] = {}
        self._by_source: dict[str | None, _Known] = {}
        self._near: list[_Known] = []
        self._stop: _Known | None = None

    def takes(self, told: Told) -> bool:
        """Take a version in, if there is room for it; there always is for the first."""
        if self._is_due and self._stop and self._stop.depth >= DEEPEST_STOP:
            return False
        member, depth = self._chosen(told) if self.rows else (Member(None, told.text), 0)
        size = len(member.content.encode()) if self.rows else 0
        if self._size + size > LIMIT:
            return False
        known = _Known(told.row.number, told.text, depth)
        if self._stop is None or (self._is_due and member.base == self._stop.number):
            self._stop = known
        self._size += size
        self._members.append(member)
        self.rows.append(told.row._replace(base=member.base, depth=depth))
        self._twins.setdefault(told.text, known)
        self._by_source[told.source] = known
        self._near = [*self._near[1 - NEAR :], known]
        return True

    def packed(self, dictionary: chain.Dictionary | None) -> Packed:
        """The pack, proved: what zstd made of it can be unpacked again."""
        first = self.rows[0].number
        body = joined(first, self._members)
        payload = chain.packed(body, dictionary)
        if chain.unpacked(payload, dictionary) != body:
            raise Corrupt(f"a pack of {len(self.rows)} texts would not be read back as it is")
        shares = _shares(len(payload.body), [len(member.content) + 1 for member in self._members])
        rows = [row._replace(stored=share, pack=first) for row, share in zip(self.rows, shares, strict=True)]
        return Packed(payload, rows)

    @property
    def _is_due(self) -> bool:
        return self._stop is not None and self.rows[-1].number - self._stop.number >= STRIDE

    def _chosen(self, told: Told) -> tuple[Member, int]:
        """A version as a patch against one of the pack, or whole; and its depth."""
        twin = self._twins.get(told.text)
        if twin and twin.depth < chain.MAX_DEPTH:
            same = [Edit("=", told.text)] if told.text else []
            return Member(twin.number, patch.delta(same)), twin.depth + 1
        tried = [(_delta(known, told.text), known) for known in self._bases(told)]
        delta, base = min(tried, key=lambda each: len(each[0]), default=("", None))
        if base and len(delta) > len(told.text) // STRANGE and not self._is_due:
            delta, base = self._nearest(told, delta, base)
        if base is None or 2 * len(delta) > len(told.text.encode()):
            return Member(None, told.text), 0
        if patch.apply(base.text, [delta]) != told.text:
            raise Corrupt(f"a patch against version {base.number} would not be read back as it is")
        return Member(base.number, delta), base.depth + 1

    def _bases(self, told: Told) -> list[_Known]:
        """The version before, and the last of the source; where one is due, the last stop alone."""
        if self._is_due and self._stop:
            return [self._stop]
        wanted = [self._near[-1], self._by_source.get(told.source, self._near[-1])]
        return [known for known in dict.fromkeys(wanted) if known.depth < chain.MAX_DEPTH]

    def _nearest(self, told: Told, delta: str, base: _Known) -> tuple[str, _Known]:
        """The patch against the text that shares most lines, if that is smaller."""
        lines = set(told.text.split("\n"))
        shared = [sum(map(len, lines.intersection(known.text.split("\n")))) for known in self._near]
        nearest = self._near[shared.index(max(shared))]
        if nearest.number == base.number or nearest.depth >= chain.MAX_DEPTH:
            return delta, base
        other = _delta(nearest, told.text)
        return (other, nearest) if len(other) < len(delta) else (delta, base)


def _delta(base: _Known, text: str) -> str:
    return patch.delta(edits(base.text, text))


def _shares(whole: int, sizes: list[int]) -> list[int]:
    """A number of bytes parted as sizes are to each other, so that the parts add up."""
    bounds = [whole * end // sum(sizes) for end in accumulate(sizes, initial=0)]
    return [end - start for start, end in pairwise(bounds)]
