"""What two texts have in common: passages, runs of the same words, each as long as it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vstore.shingles import runs


class Passage(NamedTuple):
    """Words that follow each other in both texts: their places, and how many they are."""

    place: int
    """In the text that others are compared with."""
    other: int
    """In the other one."""
    length: int


class Words:
    """The words of a text that others are compared with."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        found = list(runs(words))
        self._places = {run: place for place, run in reversed(found)}  # where it stands first

    def passages(self, other: Sequence[str]) -> list[Passage]:
        """What another text has of it; in that one no two of them overlap."""
        return list(self._passages(other))

    def _passages(self, other: Sequence[str]) -> Iterator[Passage]:
        end, places = 0, self._places
        for start, run in runs(other):
            if run in places and start >= end:
                place = places[run]
                length = self._length(place, other, start, len(run))
                yield Passage(place, start, length)
                end = start + length

    def _length(self, place: int, other: Sequence[str], start: int, length: int) -> int:
        """How far the same words go on."""
        most = min(len(self.words) - place, len(other) - start)
        while length < most and self.words[place + length] == other[start + length]:
            length += 1
        return length


def covered(passages: Sequence[Passage]) -> int:
    """How many words of the text they cover, each counted once."""
    total = end = 0
    for place, _, length in sorted(passages):
        total += max(0, place + length - max(place, end))
        end = max(end, place + length)
    return total
