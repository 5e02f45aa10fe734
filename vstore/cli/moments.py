"""Dates as people read them, in the reader's zone or their own."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, tzinfo

UNDATED = "undated"
BEFORE_ALL = "0001-01-01T00:00:00Z"
"""The effective moment of a story's first wire if that is undated."""
_TIMED = (
    r"(?P<day>\d{4}-\d\d-\d\d)T(?P<minute>\d\d:\d\d)(?P<second>:\d\d)?(?P<fraction>\.\d+)?"
    r"(?P<offset>Z|[+-]\d\d:\d\d)?"
)


def shown(moment: str | None, zone: tzinfo | None, *, to_the_minute: bool = False) -> str:
    """The date for a person, as precise as it was: `2019-01-15`, `2019-01-15 14:00 +01:00`, `… 13:00:05 UTC`.

    A time of day has its zone behind it: the reader's where that is known, else its own; none if none was
    given. A moment that would leave the calendar in the reader's zone stays in its own.
    """
    parts = re.fullmatch(_TIMED, moment) if moment and "T" in moment else None
    if moment is None or parts is None:
        return moment or UNDATED
    day, minute, second, fraction, offset = parts.groups("")
    if zone and offset:
        with suppress(OverflowError):
            there = (
                datetime.fromisoformat(f"{day}T{minute}{second or ':00'}{offset}")
                .astimezone(zone)
                .isoformat()
            )
            day, minute, offset = there[:10], there[11:16], there[19:]
            second = second and there[16:19]
    finer = "" if to_the_minute else second + fraction
    return f"{day} {minute}{finer} {'UTC' if offset in ('Z', '+00:00') else offset}".rstrip()


def brief(moment: str | None, zone: tzinfo | None) -> str:
    """The date for a column: no finer than a minute."""
    return shown(moment, zone, to_the_minute=True)


def at_a_glance(at: str, zone: tzinfo | None) -> str:
    """An effective moment for a column; midnight in UTC stands for a day without a time."""
    if at == BEFORE_ALL:
        return UNDATED
    day, _, time = at.partition("T")
    return day if time == "00:00:00Z" else brief(at, zone)
