"""Wires as they arrive, and what a store made of them."""

from __future__ import annotations

from vstore.model import Wire
from vstore.store import Store

DAY = "2019-01-15"


def wires(*texts: str, story: str = "s", date: str | None = None) -> list[Wire]:
    return [Wire(story=story, text=text, date=date) for text in texts]


def numbers(store: Store, story: str = "s") -> list[int]:
    """In the order, the oldest first."""
    return [version.number for version in store.log(story)][::-1]


def texts(store: Store, story: str = "s") -> list[str]:
    return [store.text(story, number) for number in range(1, len(numbers(store, story)) + 1)]
