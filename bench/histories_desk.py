"""The desk where a history is written: it knows whether what is typed was written before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import TypeVar

from bench.histories_pages import Page, Paragraph, Place, Sentence, Word, values
from bench.histories_prose import Values, Writer

T = TypeVar("T")


@dataclass(slots=True)
class Desk:
    """The history so far. `rank` is the version being written, `source` whose it is.

    `is_clear` says whether steps with two readings are kept out (`histories_doubts`).

    `moved` and `imitated` are the sentences that this version moves, and those it copies with another word.
    """

    chance: Random
    writer: Writer
    is_clear: bool = True
    rank: int = 0
    source: str = ""
    pages: dict[str, list[Page]] = field(default_factory=dict)
    moved: list[Sentence] = field(default_factory=list)
    imitated: list[Sentence] = field(default_factory=list)
    dropped: list[Paragraph] = field(default_factory=list)
    written: dict[Values, list[Sentence]] = field(default_factory=dict)
    seen: set[Sentence] = field(default_factory=set)
    neighbours: set[tuple[Word | str, Word | str]] = field(default_factory=set)
    numbers: dict[Word, int] = field(default_factory=dict)

    def new(self, read: Values) -> Sentence:
        """Words written now."""
        return tuple(Word(text, self.rank) for text in read)

    def typed(self, page: Page, *reads: Values) -> Paragraph:
        """Sentences typed into a page: each the oldest that read so and stands no more, else a new one."""
        typed: Paragraph = ()
        for read in reads:
            here = page._replace(paragraphs=(*page.paragraphs, typed))
            free = (each for each in self.written.get(read, ()) if not here.has(each))
            typed = (*typed, next(free, ()) or self.new(read))
        return typed

    def drop(self, paragraph: Paragraph) -> None:
        """Remember what is deleted, if it stood in a version."""
        if self.seen.issuperset(paragraph):
            self.dropped.append(paragraph)

    def keep(self, page: Page) -> None:
        """The version is written: remember its sentences, and which word stood beside which."""
        self.pages.setdefault(self.source, []).append(page)
        for sentence in page.sentences:
            if sentence not in self.seen:
                self.seen.add(sentence)
                self.written.setdefault(values(sentence), []).append(sentence)
        words = list(page.words)
        for left, right in pairwise(words):
            self.neighbours.add((left, right.text))
            self.neighbours.add((left.text, right))

    def is_told_apart(self, sentence: Sentence, start: int, end: int, read: Values) -> bool:
        """Whether words that come for `sentence[start:end]` are surely new, and surely there.

        Not where one of them was there before, nor where it equals one beside it or one that goes.
        """
        left, right = sentence[max(start - 1, 0) : start], sentence[end : end + 1]
        near = sentence[max(start - 2, 0) : end + 2]
        if not {word.text for word in near}.isdisjoint(read):
            return False
        was_there = [(word, read[0]) for word in left] + [(read[-1], word) for word in right]
        return self.neighbours.isdisjoint(was_there)

    # Choices

    def pick(self, among: Sequence[T]) -> T | None:
        """One of these, by chance."""
        return self.chance.choice(among) if among else None

    def place(self, page: Page) -> Place:
        """A sentence of a page, by chance."""
        paragraph = self.chance.randrange(len(page.paragraphs))
        return Place(paragraph, self.chance.randrange(len(page.paragraphs[paragraph])))


def is_apart(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a stretch taken out leaves no doubt which one went: "a b a" without "a b" is as "b a" gone."""
    around = (sentence[max(start - 1, 0) : start], sentence[end : end + 1])
    before, after = (word[0].text if word else "" for word in around)
    return sentence[start].text != after and sentence[end - 1].text != before
