"""A newsroom's wires, as many as one likes: short stories of a few versions each, always the same for a seed.

A story has 3.6 versions on average: most have one or two, few have dozens. A version is about 5 kB of prose
with a dateline, a by-line and lines that other stories have too; the next one updates figures, changes words,
puts paragraphs in. Each story is written from a seed of its own, so none is held but the one at hand.
"""

from __future__ import annotations

import datetime
import itertools
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from bench import newsroom_words as lexicon
from bench.histories_words import ENGLISH_STANDING
from bench.newsroom_prose import Prose
from vstore.model import Facts, Wire

VERSIONS = 3.6
"""Versions of a story, on average."""

MOST = 80
LENGTH = 4_350
"""Characters of a first version, on average; later ones are longer."""

BACKGROUNDS = 400
"""Paragraphs that desks keep at hand and put into stories as they are."""

BEGINNING = datetime.datetime(2031, 1, 1, 6, tzinfo=datetime.UTC)
SOURCES = ("Kestrel Wire", "Kestrel Wire", "Kestrel Wire", "Nordpress", "Agencia Sol")

Record = dict[str, Any]
"""A version, as a JSON line has it."""

_FIGURE = re.compile(r"\d[\d,]*")


class Draft:
    """A story as it stands: paragraphs of sentences, to be edited in place."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._prose = Prose(chance)
        self.headline = self._headline()
        self.byline = f"By {self._prose.people[0]}"
        self._dateline = f"{self._prose.word('PLACE').upper()}, {self._prose.word('DAY')} (Kestrel) — "
        self._paragraphs = self._written()
        self._ending = self._closing()

    @property
    def text(self) -> str:
        """All of it."""
        body = "\n\n".join(map(" ".join, self._paragraphs))
        return f"{self._dateline}{body}\n\n{self._ending}\n"

    def edit(self) -> None:
        """One to four edits, as desks make them from one version to the next."""
        before = self.text
        while self.text == before:
            for way in self._chance.choices(_EDITS, cum_weights=_EDIT_WEIGHTS, k=self._chance.randint(1, 4)):
                way(self)
        if self._chance.random() < 0.25:
            self.headline = self._headline()

    def update_figure(self) -> None:
        """Another number where one stands."""
        paragraph, at = self._somewhere()
        paragraph[at] = _FIGURE.sub(lambda _: self._prose.figure(), paragraph[at], count=1)

    def change_words(self) -> None:
        """A word or two give way to others."""
        paragraph, at = self._somewhere()
        words = paragraph[at].split(" ")
        words[self._chance.randrange(len(words))] = self._prose.word(self._chance.choice(("N", "A", "VT")))
        paragraph[at] = " ".join(words)

    def rewrite_sentence(self) -> None:
        """A sentence is written anew."""
        paragraph, at = self._somewhere()
        paragraph[at] = self._prose.sentence()

    def add_sentence(self) -> None:
        """A sentence more."""
        paragraph, at = self._somewhere()
        paragraph.insert(at, self._prose.sentence())

    def insert_paragraph(self) -> None:
        """News: most of it stands near the top."""
        at = min(int(self._chance.expovariate(0.4)), len(self._paragraphs))
        self._paragraphs.insert(at, self._paragraph())

    def drop_paragraph(self) -> None:
        """The end is cut first."""
        if len(self._paragraphs) > 2:
            self._paragraphs.pop(-1 - min(int(self._chance.expovariate(0.7)), len(self._paragraphs) - 2))

    def say_it_was_updated(self) -> None:
        """The line that desks put below what they changed."""
        self._ending = self._closing()

    def _somewhere(self) -> tuple[list[str], int]:
        paragraph = self._chance.choice(self._paragraphs)
        return paragraph, self._chance.randrange(len(paragraph))

    def _written(self) -> list[list[str]]:
        length = self._chance.lognormvariate(math.log(LENGTH) - 0.08, 0.4)
        paragraphs: list[list[str]] = []
        while length > 0:
            paragraphs.append(self._paragraph())
            length -= sum(map(len, paragraphs[-1])) + 3
        for _ in range(self._chance.choice((0, 0, 0, 1, 2))):
            paragraphs.append([backgrounds()[int(self._chance.paretovariate(0.5)) % BACKGROUNDS]])
        return paragraphs

    def _paragraph(self) -> list[str]:
        return [self._prose.sentence() for _ in range(self._chance.choice((1, 2, 2, 3, 4)))]

    def _closing(self) -> str:
        first, second = self._prose.people[:2]
        place = self._prose.word("PLACE")
        standing = self._chance.sample(_STANDING, self._chance.choice((0, 1, 1, 2)))
        return "\n".join((f"(Reporting by {first} in {place}; editing by {second})", *standing))

    def _headline(self) -> str:
        sentence = self._prose.sentence().split(" ")[:10]
        return " ".join(sentence).rstrip(".,").replace("“", "")


_STANDING = (*lexicon.FOOTERS, *ENGLISH_STANDING[2:5], *ENGLISH_STANDING[6:])
_WAYS: dict[Callable[[Draft], None], int] = {
    Draft.update_figure: 30,
    Draft.change_words: 30,
    Draft.rewrite_sentence: 8,
    Draft.add_sentence: 10,
    Draft.insert_paragraph: 20,
    Draft.drop_paragraph: 8,
    Draft.say_it_was_updated: 5,
}
_EDITS = tuple(_WAYS)
_EDIT_WEIGHTS = tuple(itertools.accumulate(_WAYS.values()))


def records(stories: Iterable[int]) -> Iterator[Record]:
    """The versions of these stories, one story after the other."""
    return itertools.chain.from_iterable(map(story, stories))


def story(number: int, seed: int = 4) -> Iterator[Record]:
    """The versions of one story."""
    chance = Random(seed * 1_000_000_007 + number)
    name = story_id(number, seed)
    draft = Draft(chance)
    moment = BEGINNING + datetime.timedelta(seconds=47 * number)
    source = chance.choice(SOURCES)
    for _ in range(_versions(chance)):
        yield {
            "story": name,
            "date": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            "source": source,
            "title": draft.headline,
            "byline": draft.byline,
            "lang": "en",
            "text": draft.text,
        }
        draft.edit()
        moment += datetime.timedelta(seconds=60 + int(chance.expovariate(1 / 7200)))


def story_id(number: int, seed: int = 4) -> str:
    """What a story is called."""
    desks = lexicon.DESKS.split()
    return f"kestrel/{desks[number * 7 % len(desks)]}/{seed}-{number:07}"


def wires(stories: Iterable[int]) -> Iterator[Wire]:
    """The versions of these stories, as a store takes them in."""
    for record in records(stories):
        facts = Facts(
            source=record["source"],
            headline=record["title"],
            byline=record["byline"],
            lang=record["lang"],
        )
        yield Wire(story=record["story"], text=record["text"], date=record["date"], facts=facts)


def write(place: str, versions: int) -> dict[str, Any]:
    """Work: so many versions as JSON lines in a file."""
    with Path(place).open("w", encoding="utf-8") as file:
        for record in itertools.islice(records(itertools.count()), versions):
            file.write(f"{json.dumps(record, ensure_ascii=False)}\n")
    return {}


@cache
def backgrounds() -> tuple[str, ...]:
    """The paragraphs that desks keep at hand: always the same."""
    prose = [Prose(Random(number)) for number in range(BACKGROUNDS)]
    return tuple(" ".join(each.sentence() for _ in range(3)) for each in prose)


def _versions(chance: Random) -> int:
    """Geometric: as many as it takes until nothing happens any more."""
    return min(MOST, 1 + int(math.log(1 - chance.random()) / math.log(1 - 1 / VERSIONS)))
