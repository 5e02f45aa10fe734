"""A story that is like a wire, in words: how surely, and the passages that say so."""

from __future__ import annotations

from collections.abc import Iterator

from vstore.alike import Similar, verdict
from vstore.cli.look import Look
from vstore.cli.width import cut, flat

COLUMNS = 80
"""Where stdout is no terminal."""

PASSAGES = 3
"""Shown of each story, the longest first."""

_STYLES = {"sure": "green", "unsure": "yellow", "new": "dim"}


def lines(found: Similar, look: Look) -> Iterator[str]:
    """A line about the story, and one for each passage."""
    sure = f"{verdict(found.confidence):<6} {found.confidence:.2f}"
    name = flat(look.clean(f"{found.story}@{found.number}"))
    style = _STYLES[verdict(found.confidence)]
    yield f"{look.ink(sure, style)}  {look.ink(name, 'bold')}  {shares(found)}"
    room = (look.columns or COLUMNS) - 2
    for passage in sorted(found.passages, key=lambda each: -each.length)[:PASSAGES]:
        yield cut(f"  │ {flat(look.clean(passage.text))}", room)


def shares(found: Similar) -> str:
    """`has 59 % of the words; 70 % of its own are here`."""
    return f"has {found.containment:.0%} of the words; {found.contained:.0%} of its own are here"


def longest(found: Similar, columns: int) -> str:
    """The longest passage, cut to so many columns."""
    passage = max(found.passages, key=lambda each: each.length)
    return cut(flat(passage.text), columns)
