"""Header and trailer of wire text, as IPTC 7901 and ANPA 1312 write them."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from vstore.errors import BadWire
from vstore.readers.stamps import stamp
from vstore.readers.states import state_of

_IPTC = re.compile(
    r"\s*(?P<source>[A-Za-z]{1,8})\s?(?P<number>[0-9]{1,6})\s+(?P<priority>[0-9])\s+(?P<category>[A-Za-z]{1,4})\b"
    r"(?:[ \t]+(?P<words>[0-9]{1,6})\b)?(?:[ \t]+(?P<info>[^\r\n]*))?"
)
_ANPA = re.compile(
    r"\s*(?P<service>[A-Za-z])(?P<number>[0-9]{1,6})\x1f(?P<selector>[A-Za-z0-9-]*)[^\r\n]*[\r\n]+"
    r"\s*(?P<priority>[A-Za-z])\s*(?P<category>[A-Za-z])[\x11-\x14 ]*"
    r"(?:(?:am|pm|bc|ap)-)?(?P<slug>[^\s,\x1f]+)[, \x1f]*(?P<version>[^\r\n]*?)[ \x1f]+"
    r"(?P<filed>[0-9]{1,2}-[0-9]{1,2})[ \x1f]+(?P<words>[0-9]{1,6})",
    re.IGNORECASE,
)
_LONGEST = 2_000
"""Of a header or trailer, so much is looked at."""
_ORDINAL = re.compile(r"[0-9]+(?:st|nd|rd|th)", re.IGNORECASE)

_MONTH_NAMES = (
    "jan feb|fév|fev mar|mär|mrz abr|apr|avr may|mai jun|jui jul ago|aug|aoû|aou sep|set oct|okt|out nov "
    "dec|dez|déc|dic"
)
"""The three letters with which English, German, French, Spanish and Portuguese wires write them."""
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES.split(), 1) for name in names.split("|")}
_ZONES = {"GMT": "Z", "UTC": "Z", "Z": "Z", "CET": "+01:00", "MEZ": "+01:00", "BST": "+01:00"}
_ZONES |= {"CEST": "+02:00", "MESZ": "+02:00", "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00"}
_ZONES |= {"CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00"}
_TRAILERS = (
    # 231205 GMT Jan 17, IPTC 7901
    r"\b(?P<day>[0-9]{2})(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})\s*(?P<zone>[A-Z]{1,4})?\s+"
    r"(?P<month>[^\W\d_]{3})[^\W\d_]*\.?\s+(?P<year>(?:[0-9]{2})?[0-9]{2})\b",
    # AP-NY-01-23-17 1205EST, ANPA 1312
    r"\b(?P<month>[0-9]{2})-(?P<day>[0-9]{2})-(?P<year>[0-9]{2})\s+(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})"
    r"\s*(?P<zone>[A-Z]{1,4})?\b",
    # 12:05ET 23-01-17, ANPA 1312 in Canada
    r"\b(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})\s*(?P<zone>[A-Z]{1,4})?\s+"
    r"(?P<day>[0-9]{2})-(?P<month>[0-9]{2})-(?P<year>[0-9]{2})\b",
)


def read_head(head: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facts and extras of a header; of one in no known form, the header as it is."""
    head = head[:_LONGEST]
    if found := _ANPA.match(head):
        return _anpa(found.groupdict())
    if found := _IPTC.match(head):
        return _iptc(found.groupdict(), head[found.end() :])
    return {}, {"header": " ".join(head.split())}


def _iptc(parts: dict[str, str | None], rest: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """`bkn014 4 pl 171 …`, then lines of keywords, parted by strokes."""
    slug = " ".join(rest.split())
    keywords = [word.strip() for word in slug.split("/") if word.strip()]
    extra = {name: parts[name] for name in ("number", "category", "words", "info")}
    facts = {
        "source": parts["source"],
        "urgency": parts["priority"],
        "slug": slug,
        "keywords": keywords,
        "kind": state_of(keywords),
    }
    return facts, extra


def _anpa(parts: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Service level, story number and selector; then priority, category, keyword, version, day, words."""
    extra = {name: parts[name] for name in ("service", "number", "selector", "category", "filed", "words")}
    version = " ".join(parts["version"].replace("\x1f", " ").split())
    said = re.findall("[A-Za-z]+", _ORDINAL.sub(" ", version))
    facts = {"slug": parts["slug"], "urgency": parts["priority"], "kind": state_of(said)}
    return facts, {**extra, "version": version}


def read_trailer(trailer: str) -> str | None:
    """When it was sent, to the day where its zone is nobody's; None if the trailer does not tell."""
    for form in _TRAILERS:
        if found := re.search(form, trailer[:_LONGEST]):
            with suppress(BadWire):
                return stamp("date", _date(found.groupdict()))
    return None


def _date(parts: dict[str, str]) -> str:
    month = _MONTHS.get(parts["month"].lower(), 0) if parts["month"].isalpha() else int(parts["month"])
    year = int(parts["year"])
    if year < 100:
        year += 1900 if year >= 70 else 2000
    day = f"{year:04}-{month:02}-{parts['day']}"
    zone = parts["zone"]
    if zone is not None and zone not in _ZONES:
        return day
    return f"{day}T{parts['hour']}:{parts['minute']}{_ZONES[zone] if zone else ''}"
