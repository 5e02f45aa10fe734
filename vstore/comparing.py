"""What an import asks of two texts: the patch between them, and the words that came and went."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from vstore import patch
from vstore.align import edits
from vstore.changes import counted

Pair = tuple[bytes, bytes]
"""Ids of two texts that are compared: what was, and what is."""


class Comparison(NamedTuple):
    """What turns a text into another: the delta, as `patch` writes it, and (added, removed) words."""

    delta: str
    added: int
    removed: int


class Prepared(Protocol):
    """Comparisons made ahead: hints, none of which need be there."""

    def get(self, pair: Pair, /) -> Comparison | None:
        """That of these texts, if it was made."""


def compare(old: str, new: str) -> Comparison:
    """A pure function, so that it does not matter which process calls it, nor when."""
    script = edits(old, new)
    return Comparison(patch.delta(script), *counted(script))
