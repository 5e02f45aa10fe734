"""Stores worth copying, and all that a copy must answer alike."""

from __future__ import annotations

from typing import Any

import vstore
from vstore.answers import Copied
from vstore.errors import VstoreError
from vstore.store import Store

OWN = ("recorded", "last_seen", "base", "stored_bytes")
"""What is each store's own."""


def fill_odd(store: Store) -> None:
    """Late wires, undated ones, reverts, twins that were kept again, odd texts and facts."""
    for date in ("2019-01-15", "2019", None, "2019-01-10T10:00:00.120+02:00", "2019-01-15T10:00", "0001"):
        store.add("late", f"Dated {date}, as ever.", date=date, source="A" if date else None)
    for text in ("A b c.", "A b d.", "A b c.", "", "nul\0nul", "🌊 é", "\ufeffbom \u2028", " ", "A b c."):
        store.add("return", text, headline=f"H {len(text)}", extra={"n": 1e20, "日本": [None, {"": 2.5}]})
    for _ in range(3):
        store.add("twins", "The same.", date="2019-01-15", again=True)
    store.add("twins", "The same.", date="2019-01-16")  # seen again
    store.add(
        "notes", "Text.", capture={"reader": "plain", "digest": "é", "n": [1, None]}, keywords=["a", "b"]
    )
    store.add("x" * 4096, "A long name.", urgency="05")
    store.add("two  words", "Spaces.")
    store.add("@{", "A name like a reference.", url="https://example.org/?a=1")


def fill_many(store: Store, stories: int = 1_100) -> None:
    """More stories than two batches hold."""
    store.import_wires(
        vstore.Wire(story=f"many {number}", text=f"Text {number}.\n\nVersion {version}.")
        for number in range(stories)
        for version in range(1 + number % 2)
    )


def told(store: Store, *, blamed: bool = True) -> list[Any]:
    """All that can be asked of a store, but for what is its own."""
    found: list[Any] = []
    for story in store.stories():
        found.append(story)
        for version in store.log(story.story):
            form = version.to_dict()
            found.append({name: value for name, value in form.items() if name not in OWN})
            found += [store.text_of(version), blamed and store.blame_version(version)]
    return found


def ids(store: Store) -> dict[str, list[str]]:
    """Each story's version ids, in order of number."""
    return {
        story.story: [version.id for version in store.log(story.story, arrival=True)][::-1]
        for story in store.stories()
    }


def copied(source: Store, target: Store, **options: Any) -> tuple[Copied, list[VstoreError]]:
    """What a copy answers, and what was refused."""
    refused: list[VstoreError] = []
    return target.copy_from(source, refused=refused.append, **options), refused
