"""Wires made up to be matched: stories, other outlets' copies of them, and wires that are no copies.

All are of the newsroom's prose. A copy is made of one story's words, each of which knows where it stood: so
how much of it stands in stretches that were carried over unbroken is known, not measured. What is no copy is
there to mislead: it takes names, background, standing lines or the form of a bulletin from stories.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from random import Random
from typing import NamedTuple

from bench import newsroom
from bench.newsroom_prose import Prose

LEAST = 5
"""Words in a stretch that counts as carried over."""

SERIES, EVERY = 10, 50
"""Forms of bulletins there are; of so many stories one is a bulletin."""

Word = tuple[str, int]
"""A word, and its place in the story that it is of; -1 for one that is new."""

Sentences = list[list[Word]]


class Tried(NamedTuple):
    """A wire to be matched."""

    kind: str
    text: str
    story: str | None
    """Whose copy it is."""
    share: float
    """Of its words, those in stretches that are the story's."""


# Stories


def stories(seed: int, count: int) -> Iterator[tuple[str, str]]:
    """Story-ids and texts: the newsroom's, one in four cut short, some of them bulletins."""
    chance = Random(f"stories {seed}")
    for number in range(count):
        text = next(newsroom.story(number, seed))["text"]
        if number % EVERY == EVERY - 1:
            text = bulletin(chance.randrange(SERIES), chance)
        elif chance.random() < 0.25:
            text = _joined(parted(text)[: chance.randint(2, 8)])
        yield newsroom.story_id(number, seed), text


def bulletin(form: int, chance: Random) -> str:
    """One of a series that are all alike, but for figures and one sentence in four."""
    prose, told = Prose(chance), []
    for sentence in _form(form):
        same = re.sub(r"\d[\d,]*", lambda _: prose.figure(), sentence)
        told.append(prose.sentence() if chance.random() < 0.25 else same)
    return " ".join(told)


@cache
def _form(number: int) -> tuple[str, ...]:
    prose = Prose(Random(f"form {number}"))
    return tuple(prose.sentence() for _ in range(20))


def parted(text: str) -> Sentences:
    """The sentences of a story, each word with its place."""
    places = iter(range(len(text)))
    sentences = re.split(r"(?<=[.!?”)])\s+", text.strip())
    return [[(word, next(places)) for word in sentence.split()] for sentence in sentences]


def _joined(sentences: Sentences) -> str:
    """Paragraphs of three sentences."""
    told = [" ".join(word for word, _ in sentence) for sentence in sentences]
    return "\n\n".join(" ".join(told[at : at + 3]) for at in range(0, len(told), 3))


# Copies


def tried(known: dict[str, str], seed: int, count: int) -> Iterator[Tried]:
    """As many wires of each kind, from stories that are chosen by chance; no bulletin is copied."""
    chance = Random(f"wires {seed}")
    names = [name for number, name in enumerate(known) if number % EVERY != EVERY - 1]
    for kind, copied in COPIES.items():
        for story in chance.choices(names, k=count):
            copy = copied(parted(known[story]), chance)
            yield Tried(kind, _joined(copy), story, carried(copy))
    for kind, strange in STRANGERS.items():
        for _ in range(count):
            sources = [parted(known[name]) for name in chance.choices(names, k=10)]
            yield Tried(kind, _joined(strange(sources, chance)), None, 0.0)


def carried(copy: Sentences) -> float:
    """Of its words, those in stretches of some that stood so in the story."""
    places = [place for _, place in chain.from_iterable(copy)]
    total = length = 0
    for before, place in zip([-2, *places], [*places, -2], strict=True):
        if place < 0 or place != before + 1:
            total += length if length >= LEAST else 0
            length = 0
        length += place >= 0
    return total / len(places)


def abridged(story: Sentences, chance: Random) -> Sentences:
    """Its beginning."""
    return story[: max(2, int(len(story) * chance.uniform(0.1, 0.7)))]


def thinned(story: Sentences, chance: Random) -> Sentences:
    """Some of its sentences."""
    kept = chance.uniform(0.3, 0.9)
    return [sentence for sentence in story if chance.random() < kept] or story[:1]


def edited(story: Sentences, chance: Random) -> Sentences:
    """Every so many words another word."""
    rate = chance.uniform(0.02, 0.25)
    prose = Prose(chance)
    return [_retyped(sentence, rate, prose) for sentence in story]


def rewritten(story: Sentences, chance: Random) -> Sentences:
    """Some sentences kept and retouched, the others written anew, sometimes in another order."""
    kept, rate, prose = chance.uniform(0.15, 0.8), chance.uniform(0.0, 0.12), Prose(chance)
    copy = [
        _retyped(sentence, rate, prose) if chance.random() < kept else _new(prose)
        for sentence in abridged(story, chance) + story[-2:]
    ]
    if chance.random() < 0.3:
        at = chance.randrange(len(copy))
        copy = copy[at:] + copy[:at]
    return copy


def extended(story: Sentences, chance: Random) -> Sentences:
    """All of it, and more."""
    prose, copy = Prose(chance), list(story)
    for _ in range(int(len(story) * chance.uniform(0.3, 2)) + 1):
        copy.insert(chance.randrange(len(copy) + 1), _new(prose))
    return copy


def quoted(story: Sentences, chance: Random) -> Sentences:
    """A piece of it within an article of one's own."""
    share, prose = chance.uniform(0.15, 0.8), Prose(chance)
    piece = story[: max(2, len(story) // 2)]
    own = [_new(prose) for _ in range(max(1, int(len(piece) * (1 / share - 1))))]
    at = chance.randrange(len(own) + 1)
    return own[:at] + piece + own[at:]


def flash(story: Sentences, chance: Random) -> Sentences:
    """A sentence or two."""
    return story[: chance.randint(1, 2)]


COPIES: dict[str, Callable[[Sentences, Random], Sentences]] = {
    "abridged": abridged,
    "thinned": thinned,
    "edited": edited,
    "rewritten": rewritten,
    "extended": extended,
    "quoted": quoted,
    "flash": flash,
}


def _retyped(sentence: list[Word], rate: float, prose: Prose) -> list[Word]:
    return [
        (prose.word(prose.chance.choice(("N", "A", "VT"))), -1) if prose.chance.random() < rate else word
        for word in sentence
    ]


def _new(prose: Prose) -> list[Word]:
    return [(word, -1) for word in prose.sentence().split()]


# What is no copy


def unrelated(sources: list[Sentences], chance: Random) -> Sentences:  # noqa: ARG001
    """Another story, with the lines and the background that stories share."""
    return parted(newsroom.Draft(chance).text)


def sequel(sources: list[Sentences], chance: Random) -> Sentences:
    """Of the same people and places, with a sixth of it background from the story."""
    source, prose = sources[0], Prose(chance)
    names = [word for sentence in source for word, _ in sentence[1:] if word.istitle() and word.isalpha()]
    prose.words["NAME"] = prose.words["PLACE"] = names or prose.words["NAME"]
    background = source[-max(1, len(source) // 6) :]
    return [_new(prose) for _ in range(5 * len(background))] + background


def digest(sources: list[Sentences], chance: Random) -> Sentences:  # noqa: ARG001
    """The first sentences of ten stories."""
    return list(chain.from_iterable(source[:2] for source in sources))


def of_a_series(sources: list[Sentences], chance: Random) -> Sentences:  # noqa: ARG001
    """The next bulletin."""
    return parted(bulletin(chance.randrange(SERIES), chance))


STRANGERS: dict[str, Callable[[list[Sentences], Random], Sentences]] = {
    "unrelated": unrelated,
    "sequel": sequel,
    "digest": digest,
    "bulletin": of_a_series,
}
