"""Texts for the tests of alignment: hostile ones, realistic edits of prose, and what edits must hold for."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from hypothesis import strategies as st

from vstore.answers import Edit
from vstore.text import count_words, tokens

HOSTILE = (
    "aZé09_'’\xad.,-!?…“»\"()「」 \t\n\r\x0b\x85\xa0\u2028\u0301\u20e3\ufe0f\u200c\u200d\u202e\ufeff\0"
    "東々〇ーｶﾞ가กำ؟ش1👨👩🏽🇩🇪❤\U000e0067𝐝\U0001e944\U0010ffff"
)
LATIN = ["the", "the", "a", "of", "ferry", "sank", "don’t", "1,000.5", "high-level", "e\u0301"]
OTHERS = [
    "東京",
    "سفينة",
    "👩\u200d👩\u200d👧",
    ".",
    ",",
    ". ",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    " ",
    "  ",
    "\0",
    "\u202e",
]
WORDS = st.sampled_from([*LATIN, *OTHERS])
texts = st.text(st.sampled_from(HOSTILE) | st.characters(exclude_categories=["Cs"]), max_size=40) | st.lists(
    WORDS, max_size=30
).map(" ".join)


@st.composite
def revisions(draw: st.DrawFn) -> tuple[str, str]:
    """A text and a later state of it: stretches taken out, put in, moved or said twice."""
    old = draw(st.lists(WORDS, max_size=40))
    new = list(old)
    for _ in range(draw(st.integers(0, 4))):
        at, end = sorted(draw(st.tuples(st.integers(0, len(new)), st.integers(0, len(new)))))
        stretch = new[at:end]
        put = draw(st.lists(WORDS, max_size=4) | st.just(stretch * 2) | st.just([]))
        to = draw(st.integers(0, len(new) - len(stretch)))
        new[at:end] = []
        new[to:to] = put
    return " ".join(old), " ".join(new)


pairs = revisions() | st.tuples(texts, texts)


def check(a: str, b: str, edits: Iterable[Edit]) -> None:
    """All that edits promise, whatever the texts."""
    edits = list(edits)
    assert "".join(text for op, text in edits if op != "+") == a
    assert "".join(text for op, text in edits if op != "-") == b
    assert all(text for _, text in edits)
    for before, after in pairwise(edits):
        assert before.op != after.op, "neighbours of one kind are one edit"
        assert (before.op, after.op) != ("+", "-"), "what is replaced stands before what replaces it"
    for text, gone in ((a, "+"), (b, "-")):
        assert not edges(edits, gone) & inside_tokens(text), "no token is cut"
    for op, gone, text in (("-", "+", a), ("+", "-", b)):
        own = sum(count_words(each) for kind, each in edits if kind == op)
        kept = sum(count_words(each) for kind, each in edits if kind not in {op, gone})
        assert own + kept == count_words(text), "words are counted alike in pieces and whole"


def edges(edits: Iterable[Edit], without: str) -> set[int]:
    """Where edits begin in the text that has none of one kind."""
    at, found = 0, set[int]()
    for op, text in edits:
        if op != without:
            found.add(at)
            at += len(text)
    return found


def inside_tokens(text: str) -> set[int]:
    return {at for start, end in tokens(text) for at in range(start + 1, end)}


def tokens_of(text: str) -> list[str]:
    return [text[start:end] for start, end in tokens(text)]


def cost(edits: Iterable[Edit]) -> int:
    """Tokens put in and taken out."""
    return sum(len(tokens_of(text)) for op, text in edits if op != "=")


SUBJECTS = [
    "The coast guard",
    "A harbour official",
    "Two witnesses",
    "The mayor of Sant Orlo",
    "Rescuers",
    "Nobody",
]
VERBS = ["said", "denied", "reported", "confirmed", "had feared", "will review"]
OBJECTS = [
    "that the ferry left port late",
    "the figures given on Tuesday",
    "a leak below the water line",
    "plans for a new terminal",
]
TAILS = [
    "on Monday",
    "in a statement",
    "before dawn",
    "according to the harbour log",
    "for the third time this year",
]


def prose(dice: random.Random, sentences: int = 24) -> str:
    """Made-up agency prose: a paragraph of three sentences, and so on."""
    made = []
    for number in range(sentences):
        parts = [dice.choice(words) for words in (SUBJECTS, VERBS, OBJECTS, TAILS)]
        made.append(f"{' '.join(parts)}, {dice.randint(2, 9_000)} people at pier {number}.")
    return "\n\n".join(" ".join(made[at : at + 3]) for at in range(0, sentences, 3))


def revised(dice: random.Random, text: str, changes: int) -> str:
    """What a desk does: words replaced, put in and cut, a sentence dropped, a sentence added."""
    words = text.split(" ")
    for _ in range(changes):
        at = dice.randrange(len(words))
        kind = dice.choice(["replace", "replace", "put in", "cut", "cut sentence", "add sentence"])
        if kind == "replace":
            words[at] = f"new{dice.randint(0, 99)}"
        elif kind == "put in":
            words[at:at] = ["reportedly"]
        elif kind == "cut":
            del words[at]
        elif kind == "cut sentence":
            del words[at : at + 12]
        else:
            words[at:at] = prose(dice, 1).split(" ")
    return " ".join(words)


def letters(edits: Iterable[Edit]) -> Counter[str]:
    """Letters and digits by kind of edit."""
    found: Counter[str] = Counter()
    for op, text in edits:
        found[op] += sum(map(str.isalnum, text))
    return found
