"""Dates as mail writes them (RFC 5322, RFC 822): `Mon, 02 May 2031 08:15 +0200`."""

from __future__ import annotations

import re

from vstore import dates
from vstore.errors import BadReference

_LONGEST = 100
_AFTER_MINUTE = re.compile(r"\d[:.]\d\d(?P<second>[:.]\d\d)?\s*(?P<zone>[^\s(]*)")
_ZONE = re.compile(r"[+-]\d{4}|UTC?|GMT|Z|[AECMP][SD]T", re.IGNORECASE)


def mail_date(written: str) -> str | None:
    """The date in this house's form, as precise as it is written; None for what is none.

    Of a moment in a zone that nobody knows (`CEST`), only the day is told.
    """
    from email.utils import parsedate_tz

    found = parsedate_tz(written) if len(written) <= _LONGEST else None
    if found is None:
        return None
    year, month, day, hour, minute, second, *_, offset = found
    date = f"{year:04}-{month:02}-{day:02}"
    after = _AFTER_MINUTE.search(written)
    if after is None:
        return real_date(date)
    time = f"T{hour:02}:{minute:02}" + (f":{second:02}" if after["second"] else "")
    if _ZONE.fullmatch(after["zone"]) and after["zone"] != "-0000":
        east = offset or 0
        time += f"{'-' if east < 0 else '+'}{abs(east) // 3600:02}:{abs(east) // 60 % 60:02}"
    elif after["zone"] not in {"", "-0000"}:
        time = ""
    return real_date(date + time)


def real_date(written: str) -> str | None:
    """The date in its canonical form; None for what is none."""
    try:
        return dates.parse(written.strip()).text
    except BadReference:
        return None
