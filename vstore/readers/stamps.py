"""Dates as wire formats write them: ISO 8601, with or without its hyphens and colons."""

from __future__ import annotations

import re

from vstore import dates
from vstore.errors import BadReference, BadWire

_COMPACT = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})"
    r"(?:[Tt ]?([0-9]{2})([0-9]{2})(?:([0-9]{2})(?:[.,][0-9]{1,30})?)?)?"
    r"(Z|z|[+-][0-9]{2}:?[0-9]{2})?"
)
_ZONED_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|z|[+-][0-9]{2}:?[0-9]{2})")


def stamp(name: str, written: str | None) -> str | None:
    """The date as `vstore.dates` writes it; None for none, BadWire for what is no date."""
    if written is None or not (text := written.strip()):
        return None
    try:
        return dates.parse(_expanded(text)).text
    except BadReference as error:
        raise BadWire(f"its {name} {text[:60]!r} is not a date", fact=name) from error


def stamp_or_words(written: str | None) -> str | None:
    """The same for a date that nothing depends on: what is no date stays as it is written."""
    try:
        return stamp("date", written)
    except BadWire:
        return written and written.strip()


def _expanded(text: str) -> str:
    if day := _ZONED_DAY.fullmatch(text):
        return day[1]
    found = _COMPACT.fullmatch(text)
    if found is None:
        return text
    year, month, day_, hour, minute, second, zone = found.groups()
    if hour is None:
        return f"{year}-{month}-{day_}"
    return f"{year}-{month}-{day_}T{hour}:{minute}{f':{second}' if second else ''}{zone or ''}"
