"""Names for stories that have none: the words of a headline and the beginning of the text's id."""

from __future__ import annotations

import unicodedata
from itertools import islice

from vstore.objects import text_id

LONGEST = 80
"""Characters of a name, the digits of the id among them."""

_DIGITS = 8
_LOOKED_AT = 1_000
"""Characters of a headline or text, at most, that a name is made of."""

_ROOM = LONGEST - _DIGITS - 1
_INVISIBLE = frozenset("\xad\u200b\u200c\u200d\u2060\ufeff'’")
"""What may stand within a word and is left out, so that the word stays one."""


def slug(text: str, headline: str | None = None) -> str:
    """A story-id that the same words always get: `us-and-north-korea-plan-talks-1a16ac62`.

    Letters, digits and their marks of any script, in lower case, words joined by hyphens, as many whole ones
    of the headline (else of the text) as there is room for. BadWire for a text that is no Unicode.
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
    name = "-".join(islice(words, _ROOM))
    if len(name) <= _ROOM:
        return name
    whole, _, _ = name[: _ROOM + 1].rpartition("-")
    return whole or _cut(name)


def _cut(name: str) -> str:
    """No mark is parted from its letter."""
    end = _ROOM
    while end > 1 and unicodedata.category(name[end])[0] == "M":
        end -= 1
    return name[:end]
