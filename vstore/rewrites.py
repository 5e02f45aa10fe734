"""Which sentence of an earlier version another one was made of.

A sentence's original is the one with which it shares most words that were followed from version to version,
if these are more than half of its own, or of the original's. Where it shares none that were followed, since
hardly two of them stand side by side any more, it is the one that has most of its telling words: those of
four characters or more, numbers, capitals, pairs of characters of unspaced scripts; each weighs the more the
fewer sentences have it. It has to have three of them, and half of their weight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from math import log2
from typing import NamedTuple, TypeVar

from vstore.text import count_words, is_unspaced, pieces

TELLING = 4
"""Characters of a word that tells."""
FEWEST = 3
"""Telling words that a sentence and its original have in common, at least."""
COMMON = 100
"""A word is looked up in so many sentences, at most: it tells of none then."""

Key = TypeVar("Key", int, str)


class Word(NamedTuple):
    """A word of a version: the number of its token, and itself."""

    number: int
    text: str


Sentence = tuple[Word, ...]
"""Its words in their order; punctuation is none."""


class Cut(NamedTuple):
    """A sentence's text taken apart: how many tokens it has, and which of them are words."""

    tokens: int
    words: tuple[tuple[int, str], ...]


def cut(text: str) -> Cut:
    """The words of a sentence by their places among its tokens."""
    tokens = [piece.strip() for piece in pieces(text)]
    return Cut(len(tokens), tuple((at, token) for at, token in enumerate(tokens) if count_words(token)))


def telling(sentence: Sentence) -> list[str]:
    """The words that tell a sentence from others, each once, without case and possessive."""
    found = [_bare(word.text) for word in sentence if _is_telling(word.text)]
    found += [a.text + b.text for a, b in pairwise(sentence) if is_unspaced(a.text) and is_unspaced(b.text)]
    return list(dict.fromkeys(found))


def _bare(word: str) -> str:
    return word.casefold().removesuffix("'s").removesuffix("’s")


def _is_telling(word: str) -> bool:
    return len(word) >= TELLING or word.isupper() or any(map(str.isdigit, word))


class Originals:
    """The sentences of earlier versions, among which originals are sought; equal ones count once."""

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        self._sentences = list(dict.fromkeys(filter(None, sentences)))
        self._by_number = _index([word.number for word in sentence] for sentence in self._sentences)
        self._by_word = _index(map(telling, self._sentences))

    def of(self, sentence: Sentence) -> Sentence | None:
        """The original of a sentence, if it has one."""
        place = self._followed(sentence)
        place = self._alike(telling(sentence)) if place is None else place
        return None if place is None else self._sentences[place]

    def _followed(self, sentence: Sentence) -> int | None:
        """By words that were followed."""
        shared = Counter(place for word in sentence for place in self._by_number.get(word.number, ()))
        known = sum(word.number in self._by_number for word in sentence)
        if 2 * known <= len(sentence):
            shared = Counter({place: n for place, n in shared.items() if 2 * n > len(self._sentences[place])})
        return _most(shared)

    def _alike(self, own: list[str]) -> int | None:
        """By telling words."""
        weights: Counter[int] = Counter()
        counts: Counter[int] = Counter()
        for word in own:
            for place in self._by_word.get(word, ())[:COMMON]:
                weights[place] += self._weight(word)
                counts[place] += 1
        least = sum(map(self._weight, own)) / 2
        enough = {place: n for place, n in weights.items() if counts[place] >= FEWEST and n >= least}
        return _most(Counter(enough))

    def _weight(self, word: str) -> int:
        """How rare a word is, in sixteenths of a bit."""
        having = len(self._by_word.get(word, ())) or 1
        return round(16 * log2(1 + len(self._sentences) / having))


def _index(held: Iterable[list[Key]]) -> dict[Key, list[int]]:
    """Where each is."""
    found: dict[Key, list[int]] = {}
    for place, keys in enumerate(held):
        for key in keys:
            found.setdefault(key, []).append(place)
    return found


def _most(counts: Counter[int]) -> int | None:
    """The one that counts most, the first of equals."""
    return max(counts, key=lambda place: (counts[place], -place), default=None)
