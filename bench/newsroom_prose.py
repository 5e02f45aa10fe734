"""News prose by the megabyte: sentences of the histories' grammar, with a larger lexicon, quickly written.

The grammar is expanded beforehand into templates with slots for words; a sentence is a template whose slots
are filled from the words of its story. A story has its own people, places, topics and figures, so that words
come in bursts within a text, as they do in news, and texts are no more alike than their topics.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

from bench import newsroom_words as lexicon
from bench.histories_prose import Grammar, grammar
from bench.histories_words import ENGLISH

TEMPLATES = 6_000
"""Sentences that differ in more than their words."""

SLOTS = ("N", "NS", "VT", "VI", "VB", "A", "ROLE", "DAY", "NAME", "PLACE", "NUM")
OFTEN = {"N": 240, "NS": 90, "VT": 120, "VI": 60, "VB": 60, "A": 120, "ROLE": 10, "DAY": 5}
"""How many words of a kind a story has; the common ones are among them more than once."""

NAMES = 30_000
"""Names of people and places there are: most of them are in few stories, as in news."""

PEOPLE, PLACES, BODIES, FIGURES = 10, 9, 12, 60
STEEPNESS = 0.3
"""Zipf's exponent within a kind of word: small, for what is frequent stands in the templates."""

_SYMBOL = re.compile("(?<![A-Za-z])[A-Z]+(?![a-z])")


class Template(NamedTuple):
    """A sentence with `%s` for each of its slots."""

    form: str
    slots: tuple[str, ...]


class Kind(NamedTuple):
    """The words of a slot, and the sums of their weights so far."""

    words: tuple[str, ...]
    weights: tuple[float, ...]


class Prose:
    """The words of one story, and sentences made of them."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self._templates = templates()
        known = kinds()
        self.words: dict[str, list[str]] = {
            slot: chance.choices(known[slot].words, cum_weights=known[slot].weights, k=count)
            for slot, count in OFTEN.items()
        }
        first, names = _listed(lexicon.FIRST_NAMES), coined()
        self.words["N"] += [f"{chance.choice(names)} {self.word()}" for _ in range(BODIES)]
        self.people = [f"{chance.choice(first)} {chance.choice(names)}" for _ in range(PEOPLE)]
        self.words["NAME"] = [name for full in self.people for name in (full, full.split()[1])]
        self.words["PLACE"] = chance.choices(names, k=PLACES)
        self.words["NUM"] = [self.figure() for _ in range(FIGURES)]

    def sentence(self) -> str:
        """A sentence."""
        chance, words = self.chance.random, self.words
        form, slots = self._templates[int(chance() * len(self._templates))]
        filled = form % tuple([(of := words[slot])[int(chance() * len(of))] for slot in slots])
        return filled[:1].upper() + filled[1:]

    def word(self, slot: str = "N") -> str:
        """A word of the story's own."""
        return self.chance.choice(self.words[slot])

    def figure(self) -> str:
        """A number: most are small."""
        return f"{int(self.chance.paretovariate(0.45)) % 90_000 + 2:,}"


@cache
def coined() -> tuple[str, ...]:
    """Names that nobody has: always the same."""
    chance = Random(2)
    syllables, endings = _listed(lexicon.SYLLABLES), _listed(lexicon.ENDINGS)
    return tuple(
        "".join((*chance.choices(syllables, k=chance.choice((1, 1, 2))), chance.choice(endings))).capitalize()
        for _ in range(NAMES)
    )


@cache
def templates() -> tuple[Template, ...]:
    """The grammar's sentences: always the same, the likely ones more than once."""
    chance = Random(3)
    known = grammar(ENGLISH)
    return tuple(_template(known, chance) for _ in range(TEMPLATES))


@cache
def kinds() -> dict[str, Kind]:
    """The words of each slot: the grammar's, and the lexicon's after them."""
    known = grammar(ENGLISH)
    more = {
        "N": [*_listed(lexicon.NOUNS), *(f"{verb.removesuffix('e')}ing" for verb in _listed(lexicon.VERBS))],
        "NS": [f"{stem}s" for stem in _listed(f"{lexicon.NOUNS} {lexicon.VERBS}")],
        "VT": [_past(verb) for verb in _listed(lexicon.VERBS)],
        "VI": _listed(lexicon.VERBS),
        "VB": [f"{adverb} {_past(verb)}" for adverb, verb in _paired(lexicon.ADVERBS, lexicon.VERBS)],
        "A": [*_listed(lexicon.ADJECTIVES), *(f"{noun}-led" for noun in _listed(lexicon.NOUNS))],
    }
    return {slot: _kind([*known[slot][0], *more.get(slot, ())]) for slot in OFTEN}


def _kind(words: list[str]) -> Kind:
    return Kind(tuple(words), tuple(accumulate(1 / rank**STEEPNESS for rank in range(1, len(words) + 1))))


def _template(known: Grammar, chance: Random) -> Template:
    slots: list[str] = []

    def expanded(symbol: str, depth: int) -> str:
        if symbol in SLOTS:
            slots.append(symbol)
            return "%s"
        alternatives, weights = known[symbol]
        chosen = chance.choices(alternatives, cum_weights=weights)[0]
        if depth > 5 and symbol == "TAIL":
            chosen = alternatives[0]
        return _SYMBOL.sub(lambda found: expanded(found[0], depth + 1), chosen.replace("%", "%%"))

    return Template(expanded("S", 0), tuple(slots))


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return f"{verb}d"
    return f"{verb[:-1]}ied" if verb.endswith("y") and verb[-2] not in "aeo" else f"{verb}ed"


def _paired(some: str, others: str) -> zip[tuple[str, str]]:
    longer = _listed(others)
    shorter = _listed(some)
    return zip(shorter * (len(longer) // len(shorter) + 1), longer, strict=False)


@cache
def _listed(words: str) -> list[str]:
    return words.split()
