"""Prose to write histories with: sentences from a grammar, words and figures, in one of three languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random

from bench import histories_words as words
from vstore.text import tokens

Values = tuple[str, ...]
"""The tokens of a stretch of text."""

Grammar = dict[str, tuple[list[str], list[float]]]
"""Of each symbol its alternatives, and the sums of their weights so far."""

_SYMBOL = re.compile("(?<![A-Za-z])[A-Z]+(?![a-z])")
_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@dataclass(frozen=True, slots=True)
class Language:
    """What a writer must know of a language: `phrase` is how many tokens make a phrase worth moving."""

    name: str
    grammar: str
    standing: tuple[str, ...]
    spaced: bool = True
    phrase: int = 6
    ends: str = ".!"
    respelt: str = ""


LANGUAGES = {
    each.name: each
    for each in (
        Language("english", words.ENGLISH, words.ENGLISH_STANDING),
        Language("arabic", words.ARABIC, words.ARABIC_STANDING, respelt="أا إا ةه ىي آا"),
        Language(
            "chinese",
            words.CHINESE,
            words.CHINESE_STANDING,
            spaced=False,
            phrase=10,
            ends="。！",
            respelt="国國 会會 议議 说說 报報 对對 当當 开開 发發 军軍 机機 关關 员員 务務 为為 这這",
        ),
    )
}


class Writer:
    """Writes sentences, words and figures by chance."""

    def __init__(self, language: Language, chance: Random) -> None:
        self.language = language
        self._chance = chance
        self._grammar = grammar(language.grammar)

    def sentence(self) -> Values:
        """A sentence."""
        text = self._expanded("S")
        return cut(text[:1].upper() + text[1:])

    def words(self) -> Values:
        """One to three words for the place of others: nouns, verbs, adjectives."""
        count = self._chance.choice((1, 1, 2, 3)) if self.language.spaced else 1
        between = " " if self.language.spaced else ""
        return cut(between.join(self._expanded(self._chance.choice(("N", "VT", "A"))) for _ in range(count)))

    def figure(self) -> str:
        """A number: most are small."""
        figure = f"{int(self._chance.paretovariate(0.45)) % 90_000 + 2:,}"
        return figure.replace(",", "").translate(_ARABIC_DIGITS) if self._is_arabic() else figure

    def end(self, other: str) -> str:
        """What ends a sentence, but not this."""
        return self._chance.choice([mark for mark in self.language.ends if mark != other])

    def standing(self) -> Values:
        """A line that newsrooms type again and again."""
        return cut(self._chance.choice(self.language.standing))

    def respelt(self, word: str) -> str:
        """The word in other case, or with a letter as others write it; itself if it cannot be."""
        if not self.language.respelt:
            others = [each for each in (word.upper(), word.lower(), word.capitalize()) if each != word]
            return self._chance.choice(others or [word])
        letters = {pair[0]: pair[1] for pair in self.language.respelt.split()}
        return "".join(letters.get(letter, letter) for letter in word)

    def _is_arabic(self) -> bool:
        return self.language.name == "arabic" and self._chance.random() < 0.7

    def _expanded(self, symbol: str, depth: int = 0) -> str:
        if symbol == "NUM":
            return self.figure()
        alternatives, weights = self._grammar[symbol]
        chosen = self._chance.choices(alternatives, cum_weights=weights)[0]
        if depth > 5 and symbol == "TAIL":
            chosen = alternatives[0]
        return _SYMBOL.sub(lambda match: self._each(match[0], depth + 1), chosen)

    def _each(self, found: str, depth: int) -> str:
        """Symbols that stand together, as Chinese writes them, each expanded."""
        written = ""
        while found:
            symbol = next((found[:end] for end in range(len(found), 0, -1) if self._knows(found[:end])), "")
            written += self._expanded(symbol, depth) if symbol else found[0]
            found = found[len(symbol) or 1 :]
        return written

    def _knows(self, symbol: str) -> bool:
        return symbol == "NUM" or symbol in self._grammar


def cut(text: str) -> Values:
    """A text's tokens."""
    return tuple(text[start:end] for start, end in tokens(text))


@cache
def grammar(lines: str) -> Grammar:
    """A grammar that is written one symbol a line; see `histories_words`."""
    found: Grammar = {}
    for line in re.split(r"\n(?=[A-Z]+ =)", lines.strip()):
        symbol, _, right = line.partition(" = ")
        alternatives = [" ".join(each.split()) for each in right.split("|")]
        found[symbol] = (
            alternatives,
            list(accumulate(1 / rank for rank in range(1, len(alternatives) + 1))),
        )
    return found
