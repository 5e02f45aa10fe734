"""What store-wide notes say: each of today's a number, and none is believed."""

from __future__ import annotations

MOST_DIGITS = 17
"""Of a number in a note: microseconds until the year 5138."""


def number_of(note: object) -> int | None:
    """The number that a note says, None where it says none."""
    if not isinstance(note, str) or len(note) > MOST_DIGITS:
        return None
    return int(note) if note.isascii() and note.isdigit() else None
