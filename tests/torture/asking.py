"""What a history asks of a store, as it stands or stood. A new question is one function in `QUESTIONS`."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import islice
from typing import Any

from torture import wires
from torture.sides import Side
from vstore.questions import Questions

Question = Callable[[Side, Questions, random.Random], Any]


def stories(_side: Side, store: Questions, _dice: random.Random) -> Any:
    """All of them."""
    return store.stories()


def log(side: Side, store: Questions, dice: random.Random) -> Any:
    """Of a story or of all; sometimes the caller leaves off."""
    name = dice.choice([None, "nobody", *(wires.story(side, dice) for _ in range(6))])
    found = store.log(name, arrival=dice.random() < 0.5)
    return islice(found, dice.choice([0, 1, None, None, None]))


def version(side: Side, store: Questions, dice: random.Random) -> Any:
    """One."""
    name = wires.story(side, dice)
    return store.version(name, wires.which(side, dice, name))


def text(side: Side, store: Questions, dice: random.Random) -> Any:
    """Of one."""
    name = wires.story(side, dice)
    return store.text(name, wires.which(side, dice, name))


def diff(side: Side, store: Questions, dice: random.Random) -> Any:
    """Of two, or of one and its previous one."""
    name = wires.story(side, dice)
    return store.diff(name, wires.which(side, dice, name), wires.which(side, dice, name))


def compare_text(side: Side, store: Questions, dice: random.Random) -> Any:
    """With a text that the store does not hold."""
    return store.compare_text(store.version(wires.story(side, dice)), wires.text(side, dice))


def compare(side: Side, store: Questions, dice: random.Random) -> Any:
    """Versions of two stories."""
    return store.compare(store.version(wires.story(side, dice)), store.version(wires.story(side, dice)))


def blame(side: Side, store: Questions, dice: random.Random) -> Any:
    """Of a version or some of its paragraphs, forwards and back."""
    name = wires.story(side, dice)
    paragraph = dice.choice([None, None, wires.paragraph(dice)])
    reverse = dice.random() < 0.2
    return store.blame(name, wires.which(side, dice, name), paragraph=paragraph, reverse=reverse)


def trace_paragraphs(side: Side, store: Questions, dice: random.Random) -> Any:
    """Back to where they began."""
    return store.trace_paragraphs(wires.story(side, dice), paragraph=wires.paragraph(dice))


def resolve(side: Side, store: Questions, dice: random.Random) -> Any:
    """A reference, with a story for those that have none."""
    return store.resolve(wires.reference(side, dice), story=dice.choice([None, "a", "nobody"]))


def resolve_pair(side: Side, store: Questions, dice: random.Random) -> Any:
    """Two at once."""
    return store.resolve_pair(wires.reference(side, dice))


def nearest(_side: Side, store: Questions, dice: random.Random) -> Any:
    """Did you mean."""
    return store.nearest(dice.choice(["a", "aa", "e", "nobody", "https"]))


def stats(_side: Side, store: Questions, _dice: random.Random) -> Any:
    """All but the size of the file."""
    return {**store.stats().to_dict(), "file_bytes": None}


def attest(side: Side, store: Questions, dice: random.Random) -> Any:
    """And a proof, which has to hold under it."""
    found = store.attest()
    proof = store.prove(wires.story(side, dice))
    assert proof.holds(found.root)
    return found, proof


def grep(side: Side, store: Questions, dice: random.Random) -> Any:
    """A phrase."""
    options: dict[str, Any] = {name: dice.random() < 0.3 for name in ("all_versions", "exact")}
    named = dice.choice([None, None, wires.story(side, dice), [wires.story(side, dice), "a"]])
    return store.grep(_phrase(dice), named, source=dice.choice([None, None, "North"]), **options)


def occurrences(side: Side, store: Questions, dice: random.Random) -> Any:
    """When a phrase came and went."""
    return store.occurrences(
        _phrase(dice), dice.choice([None, wires.story(side, dice)]), exact=dice.random() < 0.3
    )


def export(side: Side, store: Questions, dice: random.Random) -> Any:
    """All versions with their texts."""
    return store.export_jsonl([wires.story(side, dice)] if dice.random() < 0.5 else [])


def bundle(side: Side, store: Questions, dice: random.Random) -> Any:
    """The same, as it is carried."""
    return store.bundle([wires.story(side, dice)] if dice.random() < 0.5 else [])


def _phrase(dice: random.Random) -> str:
    return dice.choice(["ferry", "missing", '"we saw', "沉沒", "said. the", " ", "x 😀", "nothing"])


QUESTIONS: dict[Question, int] = {
    stories: 2,
    log: 6,
    version: 4,
    text: 6,
    diff: 4,
    compare_text: 1,
    compare: 1,
    blame: 8,
    trace_paragraphs: 3,
    resolve: 8,
    resolve_pair: 2,
    nearest: 1,
    stats: 4,
    attest: 3,
    grep: 3,
    occurrences: 3,
    export: 2,
    bundle: 2,
}
"""Each with how often it comes."""
