"""Wires of words that nobody knows: two of them share nothing unless one is made of the other."""

from __future__ import annotations

import random
from itertools import product

_SYLLABLES = ("ba", "den", "fo", "gri", "hul", "ka", "lem", "mi", "nor", "pe", "ra", "sto", "tu", "vel")
_WORDS = ["".join(each) for each in product(_SYLLABLES, repeat=3)]


def wire(number: int, sentences: int = 24) -> str:
    """Paragraphs of three sentences of twelve words, always the same ones for a number."""
    dice = random.Random(number)
    made = [" ".join(dice.choices(_WORDS, k=12)).capitalize() + "." for _ in range(sentences)]
    return "\n\n".join(" ".join(made[at : at + 3]) for at in range(0, sentences, 3))


def retyped(text: str, rate: float) -> str:
    """Every so many words another word."""
    dice = random.Random(len(text))
    return " ".join(dice.choice(_WORDS) if dice.random() < rate else word for word in text.split(" "))


def beginning(text: str, share: float) -> str:
    """So much of it, in whole words."""
    words = text.split(" ")
    return " ".join(words[: int(len(words) * share)])
