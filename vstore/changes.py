"""Two texts → what changed, with words counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vstore.align import edits
from vstore.answers import Diff, Edit
from vstore.text import count_words


def diff(old: str, new: str) -> Diff:
    """What changed from one text to another: edits in whole words, and how many words came and went."""
    return between(old, new, (None, None, None), {})


def between(
    old: str,
    new: str,
    versions: tuple[str | None, int | None, int | None],
    facts: Mapping[str, tuple[Any, Any]],
) -> Diff:
    """As `diff`, for texts of versions: (story, number, number), and the facts that differ."""
    story, before, after = versions
    script = edits(old, new)
    added, removed = counted(script)
    return Diff(
        story=story,
        before=before,
        after=after,
        edits=tuple(script),
        added_words=added,
        removed_words=removed,
        facts=dict(facts),
    )


def counted(script: list[Edit]) -> tuple[int, int]:
    """(added, removed) words of edits."""
    added = " ".join([text for op, text in script if op == "+"])
    removed = " ".join([text for op, text in script if op == "-"])
    return count_words(added), count_words(removed)
