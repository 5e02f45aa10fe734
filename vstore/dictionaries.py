"""zstd dictionaries trained from a store's own texts: what many stories say alike is kept once.

One is kept only if it pays: what it spares, measured on texts that it was not trained on, is more than its
own size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from vstore import chain
from vstore.rows import Head

SIZES = (16_384, 65_536, 131_072, 262_144)
"""Bytes that a dictionary may have."""

PART = 3
"""A dictionary is at most one part in so many of what it is trained on."""

FEWEST = 16
"""Fewer texts have nothing in common that is worth a dictionary."""

SAMPLE = 32_768
"""Bytes of a text that are looked at."""

HELD_OUT = 5
"""Of so many texts one is kept back to measure with."""


def best(texts: list[str], stories: int) -> bytes | None:
    """The frame of the dictionary that spares most in so many stories, of some of which these are texts.

    None if none pays.
    """
    samples = [text.encode()[:SAMPLE] for text in texts if text]
    seen = [sample for at, sample in enumerate(samples) if at % HELD_OUT]
    unseen = samples[::HELD_OUT]
    if len(seen) < FEWEST:
        return None
    plain = _size(unseen, None)
    found: tuple[int, bytes | None] = 0, None
    for size in SIZES:
        if size * PART <= sum(map(len, seen)) and (frame := chain.trained(seen, size)):
            spared = (plain - _size(unseen, chain.Dictionary(0, frame))) * stories // len(unseen) - len(frame)
            found = max(found, (spared, frame), key=lambda each: each[0])
    return found[1]


def _size(samples: list[bytes], dictionary: chain.Dictionary | None) -> int:
    return sum(len(chain.packed(sample, dictionary).body) for sample in samples)


class Sample(NamedTuple):
    """A text, of which story, and how often something had been erased from that when it was read."""

    story: str
    rewritten: int
    text: str


def standing(samples: Iterable[Sample], head: Callable[[str], Head | None]) -> list[str]:
    """The texts of stories from which nothing was erased, and nothing taken back, since they were read."""
    heads = ((sample, head(sample.story)) for sample in samples)
    return [sample.text for sample, found in heads if found and found.rewritten == sample.rewritten]


class Samples:
    """The first texts of stories, as they come, until there are enough to train a dictionary from."""

    ENOUGH = 384_000
    STORIES = 128

    def __init__(self) -> None:
        self._samples: list[Sample] = []
        self._size = 0
        self._is_done = False

    def add(self, sample: Sample, head: Callable[[str], Head | None]) -> bytes | None:
        """One more text; the dictionary, once there are enough of them and if it pays.

        `head` is asked how the stories stand then: what was erased meanwhile must not come back.
        """
        if self._is_done or not sample.text:
            return None
        self._samples.append(sample._replace(text=sample.text[:SAMPLE]))
        self._size += len(self._samples[-1].text)
        if self._size < self.ENOUGH or len(self._samples) < self.STORIES:
            return None
        texts = standing(self._samples, head)
        self._samples, self._is_done = [], True
        return best(texts, 2 * len(texts))
