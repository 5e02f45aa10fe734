"""Everything that was ever written in a story: each token once, and the passages it stood in.

Terminology
    token number   tokens are numbered as they were first written, in the story's order, so that two
                   versions have the same token where they have the same number
    run            token numbers that follow each other: (first, end exclusive)
    passage        about a sentence, as it stood in some version: the runs of its tokens
    gram           three tokens that stood next to each other in a passage

A token stands in a text once at most: what is typed again while it stands is a token of its own. `taken`
says which tokens the text in hand has by now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from vstore.text import is_unspaced

Run = tuple[int, int]

Gram = tuple[int, int, int]

GRAM = 3
"""Tokens in a gram: fewer are too common to lead anywhere."""

FRAGMENTS = 16
"""A passage of so many runs shares them with others."""

UNSPACED = 4
"""The size of a character of a script without spaces, in characters of others."""

FORMS = 8
"""How many passages of the same words are looked at to find one that is the same."""


class Passage:
    """A passage as it stood; equal ones of other tokens are others."""

    __slots__ = ("after", "before", "key", "place", "runs")

    def __init__(self, place: int, key: str, runs: tuple[Run, ...]) -> None:
        self.place = place
        """Its place among all passages, in the order in which they were written."""
        self.key = key
        self.runs = runs
        self.before: Passage | None = None
        self.after: Passage | None = None
        """What it stood between when it was written."""

    def numbers(self) -> Iterator[int]:
        """Its tokens, one by one."""
        return chain.from_iterable(range(start, end) for start, end in self.runs)


class Written:
    """Grows as versions come; see the head of the module."""

    def __init__(self) -> None:
        self.vocabulary = _Vocabulary()
        self.words: list[int] = []
        """Token number → its place in the vocabulary."""
        self.taken = bytearray()
        self.passages: list[Passage] = []
        self.by_key: dict[str, list[Passage]] = {}
        self._fragments: dict[Run, Run] = {}
        self._by_gram: dict[Gram, Passage] = {}
        self._unread: list[tuple[list[int], Passage]] = []
        """Passages whose grams nobody asked for yet."""

    @property
    def by_gram(self) -> dict[Gram, Passage]:
        """The newest passage that has three tokens next to each other."""
        for words, passage in self._unread:
            self._by_gram.update(dict.fromkeys(grams(words), passage))
        self._unread.clear()
        return self._by_gram

    def spelled(self, words: Iterable[str]) -> list[int]:
        """Words as places in the vocabulary."""
        return list(map(self.vocabulary.__getitem__, words))

    def sizes(self, words: Iterable[int]) -> Iterator[int]:
        """The size of each word: its characters, with a space."""
        return map(self.vocabulary.sizes.__getitem__, words)

    def surprise(self, words: Iterable[int]) -> int:
        """How unlikely words are to stand next to each other by chance, in bits."""
        total, counts, halves = len(self.words), self.vocabulary.counts, self.vocabulary.halves
        return sum((total // (counts[word] or 1)).bit_length() >> (word in halves) for word in words)

    def spell(self, numbers: Iterable[int]) -> list[int]:
        """The words of tokens."""
        return list(map(self.words.__getitem__, numbers))

    def take(self, passages: Iterable[Passage]) -> None:
        """The text in hand has these."""
        for passage in passages:
            for start, end in passage.runs:
                self.taken[start:end] = b"\1" * (end - start)

    def release(self, passages: Iterable[Passage]) -> None:
        """The text in hand has these no more."""
        for passage in passages:
            for start, end in passage.runs:
                self.taken[start:end] = bytes(end - start)

    def is_free(self, passage: Passage) -> bool:
        """Whether the text in hand has none of its tokens."""
        return all(self.taken.find(1, start, end) < 0 for start, end in passage.runs)

    def free(self, passages: Iterable[Passage]) -> list[int]:
        """The tokens of passages that the text in hand does not have."""
        taken = self.taken
        found: list[int] = []
        for passage in passages:
            for start, end in passage.runs:
                if end - start > GRAM and taken.find(1, start, end) < 0:
                    found += range(start, end)
                else:
                    found += [number for number in range(start, end) if not taken[number]]
        return found

    def write(self, key: str, words: list[int], numbers: list[int] | None) -> Passage:
        """A passage of these words; where a number is -1 the token is new, as all are without numbers."""
        runs = self._new(words) if numbers is None else self._shared(tuple(self._runs(words, numbers)))
        for passage in self.by_key.get(key, [])[-FORMS:]:
            if passage.runs == runs:
                return passage
        return self._kept(key, words, runs)

    def put(self, runs: tuple[Run, ...], spelling: Sequence[str]) -> Passage:
        """A passage that was written before, of tokens that are there; `spelling` of words by place."""
        words = [word for start, end in runs for word in self.words[start:end]]
        return self._kept(" ".join(map(spelling.__getitem__, words)), words, self._shared(runs))

    def _kept(self, key: str, words: list[int], runs: tuple[Run, ...]) -> Passage:
        passage = Passage(len(self.passages), key, runs)
        self.by_key.setdefault(key, []).append(passage)
        self.passages.append(passage)
        self._unread.append((words, passage))
        return passage

    def _shared(self, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        """Many runs in place of equal ones: a passage edited word by word has most of those it had before."""
        if len(runs) < FRAGMENTS:
            return runs
        return tuple(self._fragments.setdefault(run, run) for run in runs)

    def _new(self, words: list[int]) -> tuple[Run, ...]:
        start = len(self.words)
        self.words += words
        self.vocabulary.count(words)
        self.taken += b"\1" * len(words)
        return ((start, len(self.words)),)

    def _runs(self, words: list[int], numbers: list[int]) -> Iterator[Run]:
        """The runs of a passage, once its new words have numbers."""
        numbers = numbers.copy()
        end = 0
        while -1 in numbers:
            start = end = numbers.index(-1, end)
            while end < len(numbers) and numbers[end] < 0:
                end += 1
            ((first, last),) = self._new(words[start:end])
            numbers[start:end] = range(first, last)
        first = last = numbers[0]
        for number in numbers:
            if number != last:
                yield first, last
                first = number
            last = number + 1
        yield first, last


class _Vocabulary(dict[str, int]):
    """Words in the order in which they came; asked for a new one, it takes it in."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.counts: list[int] = []
        """How often each was written."""
        self.halves: set[int] = set()
        """Characters of scripts without spaces: no words, but halves of one."""

    def __missing__(self, word: str) -> int:
        place = self[word] = len(self.counts)
        self.counts.append(0)
        if not word.isascii() and is_unspaced(word):
            self.sizes.append(UNSPACED)
            self.halves.add(place)
        else:
            self.sizes.append(len(word) + 1)
        return place

    def count(self, words: Iterable[int]) -> None:
        """These were written once more."""
        counts = self.counts
        for word in words:
            counts[word] += 1


def grams(words: list[int]) -> Iterator[Gram]:
    """Every three words in a row."""
    return zip(words, words[1:], words[2:], strict=False)
