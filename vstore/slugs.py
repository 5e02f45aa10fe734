"""Names for stories that have none: the words of a headline and the beginning of the text's id."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from itertools import accumulate

from vstore.objects import text_id

LONGEST = 80
"""Characters of a name, the digits of the id among them; wide ones, such as Chinese, count twice."""

WORDS = 8
"""Of the headline or the text, at most."""

_DIGITS = 8
_LOOKED_AT = 1_000
"""Characters of a headline or text, at most, that a name is made of."""

_ROOM = LONGEST - _DIGITS - 1
_INVISIBLE = frozenset("\xad\u200b\u200c\u200d\u2060\ufeff'’")
"""What may stand within a word and is left out, so that the word stays one."""


def slug(text: str, headline: str | None = None) -> str:
    """A story-id that the same words always get: `us-and-north-korea-plan-talks-1a16ac62`.

    The first eight words of the headline, else of the text, or as many whole ones as there is room for:
    letters, digits and their marks of any script, in lower case, joined by hyphens. BadWire for a text that
    is no Unicode.
    """
    digits = text_id(text).hex()[:_DIGITS]
    words = _words(headline or "") or _words(text)
    return f"{_fitting(words) or 'story'}-{digits}"


def _words(text: str) -> list[str]:
    begun = unicodedata.normalize("NFC", text[:_LOOKED_AT]).lower()
    return "".join(map(_kept, begun)).split()


def _kept(char: str) -> str:
    if char in _INVISIBLE:
        return ""
    return char if unicodedata.category(char)[0] in "LMN" else " "


def _fitting(words: list[str]) -> str:
    """Whole words; of one that is too long by itself, as in scripts without spaces, its beginning."""
    name = "-".join(words[:WORDS])
    end = _room(name)
    if end == len(name):
        return name
    whole, _, _ = name[: end + 1].rpartition("-")
    return whole or _cut(name, end)


def _room(name: str) -> int:
    """How many of its characters there is room for."""
    columns = accumulate(1 + (unicodedata.east_asian_width(char) in "WF") for char in name)
    return bisect_right(list(columns), _ROOM)


def _cut(name: str, end: int) -> str:
    """No mark is parted from its letter."""
    while end > 1 and unicodedata.category(name[end])[0] == "M":
        end -= 1
    return name[:end]
