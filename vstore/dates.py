"""Dates as precise as a wire gives them, and the moments they stand for.

A date's canonical text is `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or `YYYY-MM-DDThh:mm[:ss[.f]]`, the last
with `±hh:mm` or, where none was given, without a zone. It is part of a version's id: what stands here
never changes for a format number. Moments are whole seconds since 1970 in UTC, reckoned in the
proleptic Gregorian calendar without leap seconds; a date without a zone is UTC.
"""

from __future__ import annotations

import datetime
import functools
import re
from typing import NamedTuple

from vstore.errors import BadReference

LOWEST = -62_135_596_800
"""0001-01-01T00:00:00Z, the earliest effective moment."""
HIGHEST = 253_402_300_799
"""9999-12-31T23:59:59Z, the latest effective moment."""

LONGEST_ZONE = 100
"""Characters of a zone's name; the longest that there are have 32."""

_ZONE = r"[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?"
_DATE_FORM = (  # compiled when the first date is read: most commands read none
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,30}))?)?"
    rf"({_ZONE})?)?)?)?"
)
_FORMS = (
    "a date is YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm, with :ss and a fraction of up to 30 digits "
    "if known, and Z, +hh:mm, -hh:mm or no zone"
)
_LIMITS = "years run from 0001 to 9999, hours to 23, minutes and seconds to 59, offsets to 23:59"
_UNIX_DAY = datetime.date(1970, 1, 1).toordinal()
_DAY = 86_400
_SECOND = datetime.timedelta(seconds=1)


class Date(NamedTuple):
    """A date as precise as it was given; `text` is the canonical form that ids cover."""

    text: str


class _Reading(NamedTuple):
    """A date taken apart."""

    local: datetime.datetime
    """Where it starts, in its own zone."""
    given: int
    """How many of year, month, day, hour, minute and second were given: never 4."""
    fraction: str
    """Digits after the second, or ''."""
    offset: int | None
    """Seconds east of UTC; None for no zone."""


def parse(text: str, tz: datetime.tzinfo | None = None) -> Date:
    """The date that `text` writes; a time of day without a zone is one of `tz`, if that is given.

    Raises BadReference for anything but a real date in one of the forms.
    """
    reading = _read(text)
    if tz is None or reading.given <= 3 or reading.offset is not None:
        return _date(reading)
    return _date(_placed(reading, reading.local.replace(tzinfo=tz)))


def from_value(
    value: str | datetime.date | datetime.datetime | None, tz: datetime.tzinfo | None = None
) -> Date | None:
    """The date of a library caller's value: None stays None, a datetime needs a zone of its own or `tz`."""
    if value is None:
        return None
    if isinstance(value, str):
        return parse(value, tz)
    if isinstance(value, datetime.datetime):
        return _from_datetime(value, tz)
    if isinstance(value, datetime.date):
        return Date(value.isoformat())
    raise BadReference(f"a date is a string, a date or a datetime, not {type(value).__name__}")


def _from_datetime(value: datetime.datetime, tz: datetime.tzinfo | None) -> Date:
    moment = value if value.utcoffset() is not None else value.replace(tzinfo=tz)
    if moment.tzinfo is None:
        raise BadReference(
            f"the datetime {value.isoformat()} has no time zone: give it one (tzinfo=), or say tz=…",
            given=value.isoformat(),
        )
    return _date(_placed(_read(moment.replace(tzinfo=None).isoformat()), moment))


def _placed(reading: _Reading, moment: datetime.datetime) -> _Reading:
    """The reading with the offset of `moment`, the same local time as an aware datetime."""
    east = (moment.utcoffset() or datetime.timedelta(0)) // _SECOND
    if east % 60 == 0:
        return reading._replace(offset=east)
    # Local mean times before about 1900 have seconds in their offsets, which ±hh:mm cannot write.
    try:
        utc = reading.local - datetime.timedelta(seconds=east)
    except OverflowError as error:
        raise _refusal(
            reading.local.isoformat(), f"in UTC it falls outside the calendar: {_LIMITS}"
        ) from error
    return reading._replace(local=utc, given=6, offset=0)


@functools.lru_cache(maxsize=1024)
def _read(text: str) -> _Reading:
    found = re.fullmatch(_DATE_FORM, text)
    if found is None:
        raise _refusal(text, _FORMS)
    *parts, fraction, zone = found.groups()
    numbers = [int(part) for part in parts if part is not None]
    try:
        local = datetime.datetime(*[*numbers, 1, 1][: max(3, len(numbers))])  # type: ignore[arg-type]
        return _Reading(local, len(numbers), fraction or "", _offset(zone))
    except ValueError as error:
        raise _refusal(text, f"there is no such day or time; {_LIMITS}") from error


def _offset(zone: str | None) -> int | None:
    """Seconds east of UTC; ValueError beyond 23:59."""
    if zone is None:
        return None
    if zone in "Zz":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(zone)
    seconds = hours * 3600 + minutes * 60
    return -seconds if zone[0] == "-" else seconds


def _date(reading: _Reading) -> Date:
    """The canonical date: `T`, a point before the fraction, `+00:00` for UTC however that was written."""
    if reading.given <= 3:
        return Date(reading.local.isoformat()[: 3 * reading.given + 1])
    text = reading.local.isoformat(timespec="minutes" if reading.given == 5 else "seconds")
    if reading.fraction:
        text += "." + reading.fraction
    if reading.offset is None:
        return Date(text)
    hours, minutes = divmod(abs(reading.offset) // 60, 60)
    return Date(f"{text}{'-' if reading.offset < 0 else '+'}{hours:02}:{minutes:02}")


def _refusal(text: str, reason: str) -> BadReference:
    """An error that shows what was given, short and without control characters."""
    shown = repr(text if len(text) <= 60 else text[:60] + "…")
    return BadReference(f"{shown} is not a date: {reason}", given=shown[1:-1])


@functools.lru_cache(maxsize=1024)
def span(date: Date) -> tuple[int, int]:
    """The first and the last second that a date covers; with an offset it may reach beyond the calendar."""
    reading = _read(date.text)
    local = reading.local
    first = (local.toordinal() - _UNIX_DAY) * _DAY - (reading.offset or 0)
    first += local.hour * 3600 + local.minute * 60 + local.second
    return first, first + _length(reading) - 1


def _length(reading: _Reading) -> int:
    """How many seconds a date covers."""
    year, month = reading.local.year, reading.local.month
    if reading.given == 1:
        return (datetime.date(year, 12, 31).toordinal() - reading.local.toordinal() + 1) * _DAY
    if reading.given == 2:
        days = (
            31 if month == 12 else datetime.date(year, month + 1, 1).toordinal() - reading.local.toordinal()
        )
        return days * _DAY
    return {3: _DAY, 5: 60, 6: 1}[reading.given]


def end(date: Date) -> int:
    """The last second of a date: in a reference, a day means its end."""
    return span(date)[1]


def clock(date: Date) -> int:
    """The git clock: the second at the start of the span, never before 1970."""
    return max(0, span(date)[0])


def is_exact(date: Date) -> bool:
    """True where the date names a second."""
    first, last = span(date)
    return first == last


def effective(date: Date | None, greatest: int | None) -> int:
    """The moment by which a version is ordered; `greatest` is the story's greatest so far, None at first.

    A date to the second is that second; a less precise one is the moment of its span nearest to
    `greatest`, or its start; an undated wire takes `greatest`. The first wire of a story, if undated,
    takes LOWEST: whatever comes dated, from 1955 too, comes after it and is not late. Always within
    LOWEST and HIGHEST, so that every moment can be written with a year of four digits.
    """
    if date is None:
        return LOWEST if greatest is None else greatest
    first, last = span(date)
    nearest = first if greatest is None else min(max(greatest, first), last)
    return min(max(nearest, LOWEST), HIGHEST)


def parse_time(text: str, tz: datetime.tzinfo | None, end: bool) -> int:
    """The first, or with `end` the last, microsecond since 1970 of the date that `text` writes."""
    date = parse(text, tz)
    fraction = _read(date.text).fraction
    return span(date)[end] * 1_000_000 + int(fraction[:6].ljust(6, "9" if end else "0"))


def iso_seconds(seconds: int) -> str:
    """`YYYY-MM-DDTHH:MM:SSZ` of seconds since 1970."""
    days, second = divmod(seconds, _DAY)
    # The calendar repeats every 400 years: so years 0 and 10000, where an offset may lead, can be told.
    cycle, day = divmod(days + _UNIX_DAY - 1, 146_097)
    date = datetime.date.fromordinal(day + 1)
    hour, second = divmod(second, 3600)
    minute, second = divmod(second, 60)
    return f"{date.year + 400 * cycle:04}-{date.month:02}-{date.day:02}T{hour:02}:{minute:02}:{second:02}Z"


def iso_micros(micros: int) -> str:
    """`YYYY-MM-DDTHH:MM:SS.ffffffZ` of microseconds since 1970."""
    seconds, fraction = divmod(micros, 1_000_000)
    return f"{iso_seconds(seconds)[:-1]}.{fraction:06}Z"


def micros(moment: str) -> int:
    """Microseconds since 1970 of what `iso_micros` wrote; ValueError for anything else."""
    found = datetime.datetime.fromisoformat(moment)
    since = found - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    if iso_micros(since // datetime.timedelta(microseconds=1)) != moment:
        raise ValueError(moment)
    return since // datetime.timedelta(microseconds=1)


def zone(name: str) -> datetime.tzinfo:
    """The zone of an IANA name, "UTC", "local" (this machine's) or an offset such as "+02:00"."""
    if name.lower() == "local":
        return _Local()
    if name.upper() == "UTC":
        return datetime.UTC
    if re.fullmatch(_ZONE, name):
        return _fixed(name)
    return _named(name)


def _fixed(name: str) -> datetime.tzinfo:
    try:
        return datetime.timezone(datetime.timedelta(seconds=_offset(name) or 0))
    except ValueError as error:
        raise _no_zone(name) from error


def _named(name: str) -> datetime.tzinfo:
    import zoneinfo

    if len(name) > LONGEST_ZONE:  # it would be looked for as a package within packages, one a slash
        raise _no_zone(name)
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _no_zone(name) from error


def _no_zone(name: str) -> BadReference:
    shown = repr(name if len(name) <= 60 else name[:60] + "…")
    return BadReference(
        f"no time zone {shown} is known here: give an IANA name such as Europe/Berlin, UTC, local, "
        "or an offset such as +02:00",
        given=shown[1:-1],
    )


class _Local(datetime.tzinfo):
    """This machine's zone, with the rules in force at each moment."""

    def utcoffset(self, moment: datetime.datetime | None) -> datetime.timedelta | None:
        if moment is None:
            return None
        # The system's rules cannot be asked at the calendar's very ends; a year further in they are the same.
        year = min(max(moment.year, 2), 9998)
        return moment.replace(year=year, tzinfo=None).astimezone().utcoffset()

    def dst(self, _moment: datetime.datetime | None) -> datetime.timedelta | None:
        return None

    def tzname(self, _moment: datetime.datetime | None) -> str | None:
        return "local"

    def fromutc(self, moment: datetime.datetime) -> datetime.datetime:
        there = moment.replace(tzinfo=datetime.UTC).astimezone()
        here = there.replace(tzinfo=self)
        return here if here.utcoffset() == there.utcoffset() else here.replace(fold=1)
