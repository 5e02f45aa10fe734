"""Two texts → what changed, with words counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vstore.align import edits
from vstore.answers import Diff, Edit
from vstore.text import count_words


def diff(
    old: str,
    new: str,
    between: tuple[str | None, int | None, int | None] = (None, None, None),
    facts: Mapping[str, tuple[Any, Any]] | None = None,
) -> Diff:
    """What changed from `old` to `new`; `between` is (story, version number, version number)."""
    story, before, after = between
    script = edits(old, new)
    added, removed = counted(script)
    return Diff(
        story=story,
        before=before,
        after=after,
        edits=tuple(script),
        added_words=added,
        removed_words=removed,
        facts=dict(facts or {}),
    )


def counted(script: list[Edit]) -> tuple[int, int]:
    """(added, removed) words of edits."""
    added = " ".join([text for op, text in script if op == "+"])
    removed = " ".join([text for op, text in script if op == "-"])
    return count_words(added), count_words(removed)
