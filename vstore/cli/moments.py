"""Dates as they are shown: in the reader's zone where they name a time and a zone, else as written."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

UNDATED = "undated"
BEFORE_ALL = "0001-01-01T00:00:00Z"
"""The effective moment of a story's first wire if that is undated."""
_ZONED = re.compile(
    r"(?P<minute>\d{4}-\d\d-\d\dT\d\d:\d\d)(?P<second>:\d\d)?(?P<fraction>\.\d+)?(Z|[+-]\d\d:\d\d)"
)


def shown(moment: str | None, zone: tzinfo | None) -> str:
    """The date for a person; as precise as it was. A moment that leaves the calendar stays as written."""
    if moment is None:
        return UNDATED
    parts = _ZONED.fullmatch(moment) if zone else None
    if parts is None:
        return moment
    second = parts["second"] or ""
    try:
        there = datetime.fromisoformat(f"{parts['minute']}{second or ':00'}{parts[4]}").astimezone(zone)
    except OverflowError:
        return moment
    written = there.isoformat(timespec="seconds" if second else "minutes")
    return written[: 16 + len(second)] + (parts["fraction"] or "") + written[16 + len(second) :]


def brief(moment: str | None, zone: tzinfo | None) -> str:
    """The date for a column: at most 16 characters, without zone and seconds."""
    return shown(moment, zone)[:16].replace("T", " ")


def at_a_glance(at: str, zone: tzinfo | None) -> str:
    """An effective moment for a column; midnight in UTC stands for a day without a time."""
    if at == BEFORE_ALL:
        return UNDATED
    day, _, time = at.partition("T")
    return day if time == "00:00:00Z" else brief(at, zone)
