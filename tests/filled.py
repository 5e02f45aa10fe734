"""Stores with something to pack, and all that can be asked of them."""

from __future__ import annotations

import random
from typing import Any

from edited import prose, revised

import vstore
from vstore.store import Store

STORIES = 40


def fill(store: Store, stories: int = STORIES) -> None:
    """Stories of one to six versions, that say some things alike; one of them long, with returns."""
    dice = random.Random(5)
    standing = prose(dice)
    for number in range(stories):
        text = f"{prose(dice)}\n\n{standing}"
        for _ in range(number % 6 + 1):
            store.add(f"story {number}", text, source=f"Agency {number % 3}")
            text = revised(dice, text, 2)
    long = texts = [prose(dice) for _ in range(3)]
    for turn in range(150):
        if turn % 7:
            texts = [*texts[1:], revised(dice, texts[-1], 1)]
        store.add(
            "long", texts[-1] if turn % 11 else long[0], source=f"Agency {turn % 2}", date=f"{1001 + turn}"
        )


def answers(store: Store) -> list[Any]:
    """All that can be asked of a store, but for how texts are stored."""
    found: list[Any] = []
    for story in store.stories():
        found.append(story)
        for version in store.log(story.story):
            form = version.to_dict()
            del form["base"], form["stored_bytes"]
            found += [form, store.text_of(version)]
    return [*found, store.blame("long"), [version.id for version in store.log()]]


def fill_more(store: Store) -> None:
    """So many more stories that the next gc trains a dictionary of its own."""
    dice = random.Random(6)
    standing = prose(dice)
    store.import_wires(
        vstore.Wire(story=f"more {number}", text=f"{prose(dice)}\n\n{standing}")
        for number in range(4 * STORIES)
    )
