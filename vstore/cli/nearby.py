"""Words that were perhaps meant."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word; empty where nothing is near."""
    from vstore.names import nearest

    near = nearest(word, known, limit=1)
    return f" (did you mean {near[0]}?)" if near else ""
