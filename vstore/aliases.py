"""By what else a story is known: guids and URLs of its wires in a normal form, unless they say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from vstore import urls
from vstore.model import Facts

SHORTEST_GUID = 6
"""A guid of fewer characters says nothing: other providers will have it too."""

SHORTEST_NUMBER = 12
"""Nor does a number of fewer digits: it counts a provider's own rows."""

_LONGEST = 4_096
_NOTHING = frozenset(
    {"notavailable", "notset", "notprovided", "notspecified", "noguid", "noid", "noidentifier"}
)
# Patterns are compiled when they are first used: a log uses none of them.
_NO_LETTER = r"[\W_]+"
_NUMBER = r"\d{1,18}"
# RFC 3085: provider, date, item, revision; and as Reuters writes them
_REVISION = r"(?i)(urn:newsml:[^:]+:[^:]+:.+|tag:[^:,]+,[^:]+:newsml_[^:]+):(\d{1,9})[NUA]?"
_MARKED = r"(?is)(.{6,})[:;#?&,](?:v|ver|version|rev|revision)[=:.]?(\d{1,9})"
_MARKED_LOOSELY = r"(?is)(.{6,})[._/@-](?:v|ver|version|rev|revision)[=:.]?(\d{1,9})"
_COUNTED = r"(?is)(.*?(?:\A|[:/])(?=[a-z_-]*\d)(?=[0-9_-]*[a-z])[a-z0-9_-]{6,}):(\d{1,3})"


_MIXED = r"(?s)(?=.{0,99}[0-9]).{0,99}[A-Za-z]"
_ENDS = frozenset("0123456789NUAnua")
"""What a guid ends with that may say a version."""


class Guid(NamedTuple):
    """A guid without the version that it may end with, and that version."""

    item: str
    version: str | None = None


class Item(NamedTuple):
    """Which item of a provider a wire is, and the number of its version there."""

    source: str | None
    guid: str
    version: str
    number: int | None
    """None where the provider counts in another way than by whole numbers."""


def guid_name(facts: Facts) -> str | None:
    """What a wire is known by for its guid; None where that says nothing."""
    return _of(facts.guid, facts.provider_version)[0] if facts.guid else None


def url_name(facts: Facts) -> str | None:
    """What a wire is known by for its URL; None for a site's front page, and for what is no URL."""
    return urls.normal(facts.url) if facts.url else None


def names(facts: Facts) -> tuple[str, ...]:
    """All that a wire is known by: none, one or two."""
    guid, url = guid_name(facts), url_name(facts)
    if guid is None or url is None or guid == url:
        guid = url if guid is None else guid
        return () if guid is None else (guid,)
    return guid, url


def digests(facts: Facts) -> tuple[bytes, ...]:
    """What finds a story by what a wire of it is known by."""
    return tuple([digest(name) for name in names(facts)])


def digest(name: str) -> bytes:
    """What finds an alias."""
    return sha256(name.encode(errors="surrogatepass")).digest()[:16]


def item(facts: Facts) -> Item | None:
    """Which version of which item of its provider a wire is; None where it does not say both."""
    name, version = _of(facts.guid, facts.provider_version) if facts.guid else (None, None)
    if name is None or version is None:
        return None
    return Item(facts.source, name, version, int(version) if re.fullmatch(_NUMBER, version) else None)


def is_named_alike(one: Facts, other: Facts) -> bool:
    """True where both are certainly known by the same, which is found out in less time than by what."""
    if (one.guid, one.url) != (other.guid, other.url):
        return False
    return one.provider_version == other.provider_version or (one.guid or "-")[-1] not in _ENDS


def given(name: str) -> str | None:
    """What a story is known by to which this name is given; None for a site's front page."""
    if urls.is_url(name):
        return urls.normal(name)
    return _parted(name, None).item


def said(name: str) -> Iterator[str]:
    """What somebody may mean by a name: a URL's normal form, what was said itself, a guid without version."""
    found = (urls.normal(name), name, _parted(name, None).item, _last_number(name))
    yield from dict.fromkeys(each for each in found if each)


def _of(given: str, version: str | None) -> tuple[str | None, str | None]:
    """The name of a guid, and which version it is of; each is asked for several times in turn."""
    is_short = len(given) <= _LONGEST and len(version or "") <= _LONGEST
    return _of_short(given, version) if is_short else _found(given, version)


def _found(given: str, version: str | None) -> tuple[str | None, str | None]:
    given = given.strip()
    version = version.strip() if version else None
    if "//" in given[:8]:
        return urls.normal(given), version or None
    item, said = _parted(given, version) if given[-1:] in _ENDS else Guid(given)
    return None if _says_nothing(item) else item, version or said


_of_short = lru_cache(maxsize=64)(_found)


def _parted(given: str, version: str | None) -> Guid:
    """A guid and the version that it ends with; a mere number is one only where it is known to be."""
    if len(given) > _LONGEST:
        return Guid(given)
    found = re.fullmatch(_REVISION, given) or re.fullmatch(_MARKED, given)
    if found is None and version:
        found = re.fullmatch(_MARKED_LOOSELY, given) or re.fullmatch(_COUNTED, given)
        found = found if found and found[2] == version else None
    return Guid(found[1], found[2]) if found else Guid(given)


def _last_number(name: str) -> str | None:
    found = re.fullmatch(_COUNTED, name) if len(name) <= _LONGEST else None
    return found[1] if found else None


def _says_nothing(item: str) -> bool:
    """True for what many providers would give to many items."""
    if len(item) < SHORTEST_GUID:
        return True
    if re.match(_MIXED, item):
        return False
    core = re.sub(_NO_LETTER, "", item).lower()
    is_small = core.isdigit() and len(core) < SHORTEST_NUMBER
    return is_small or item.isalpha() or len(set(core)) < 2 or core in _NOTHING
