"""What keeps a wire out: what was erased, a claim that cannot be, another tip than was expected."""

from __future__ import annotations

from typing import Any

from vstore import dates
from vstore.arriving import Claim
from vstore.errors import BadWire, Buried, Conflict
from vstore.history import History
from vstore.oneline import one_line
from vstore.rows import Head, Row, Tombstone

Expected = int | str | None
"""The tip that a writer saw: its number (0: no such story yet), its id or a prefix of it; None: any."""


def buried(story: str, erased: Tombstone) -> Buried:
    """That this was erased, and is not to come back."""
    what, when = "facts" if erased.part else "text", dates.iso_micros(erased.at)
    reason = one_line(erased.reason)
    return Buried(
        f"this {what} was erased by {one_line(erased.who)}, {when}: {reason}; --allow-redacted keeps it",
        story=story,
        id=erased.erased.hex(),
        reason=reason,
    )


def claimed(story: str, history: History, claim: Claim) -> Row | None:
    """The version that is claimed, if it is there; BadWire if it is not the next one either."""
    if 1 <= claim.number <= len(history) and history.row(claim.number).id == claim.id:
        return history.row(claim.number)
    tip = history.rows[-1].id if history else None
    if (claim.number, claim.parent) != (len(history) + 1, tip):
        raise not_as_claimed(story, claim, "the store has another history of its story")
    return None


def not_as_claimed(story: str, claim: Claim, why: str) -> BadWire:
    """That a wire cannot be the version that it says it is."""
    message = f"{story}@{claim.number} cannot be version {claim.id.hex()} here: {why}"
    return BadWire(message, story=story, number=claim.number, id=claim.id.hex())


def check_expected(story: str, head: Head | None, expect: Expected) -> None:
    """Conflict where the tip is not the one that a writer saw."""
    if expect is None:
        return
    found: dict[str, Any] = (
        {"number": head.versions, "id": head.tip.hex()} if head else {"number": 0, "id": ""}
    )
    if expect == found["number"] or (
        isinstance(expect, str) and expect and found["id"].startswith(expect.lower())
    ):
        return
    raise Conflict(
        f"{story} is at version {found['number']} now, not at {expect}", story=story, expected=expect, **found
    )
