"""Whether words changed, or only how they are set; and notes of correction that a text brings with it.

What is set otherwise says the same: white space, punctuation, quotation marks and apostrophes of another
kind, ligatures, soft hyphens, one encoding of an accented letter or the other. Case is substance, and so
are signs that are read aloud: a currency, a percent sign, the minus of a number.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category, normalize

from vstore.phrases import APOSTROPHES, INVISIBLE
from vstore.text import paragraphs, pieces

_SPOKEN: Final = frozenset("%‰&@#§+=±×÷°<>")
"""Signs that are words, though they have no letter."""
_PLAIN: Final = str.maketrans({**dict.fromkeys(APOSTROPHES, "'"), **dict.fromkeys(INVISIBLE)})
_MINUS = re.compile(r"(?<![\w)\]])[-‐‒–−](?=\d)")

_NOTE = re.compile(
    r"[\[(*_\s]*(?:editor'?s'? note\b"
    r"|(?:correction|clarification|corrections and clarifications) ?[:.,(\[–—-]"
    r"|(?:this|an earlier|a previous|the original) (?:version|story|article|report|item|post|headline|page)\b"
    r"[^.]{0,80}\b(?:correct|clarif|amend|misstate|misspell|misidentif|incorrect|wrong))"
    r"|[\[(] ?(?:corrects?|corrected|clarifies|refiles?)\b",
    re.IGNORECASE,
)
"""How outlets open a paragraph that says what they put right."""


def words(text: str) -> list[str]:
    """What a text says, word by word, however it is set."""
    plain = _MINUS.sub(" minus ", normalize("NFKC", text).translate(_PLAIN))
    return [word for piece in pieces(plain) if _is_said(word := piece.strip())]


def _is_said(token: str) -> bool:
    return any(each.isalnum() or each in _SPOKEN or category(each) == "Sc" for each in token)


def is_substance(old: str, new: str) -> bool:
    """Whether any word differs."""
    return old != new and words(old) != words(new)


def note_in(old: str, new: str) -> str | None:
    """The first paragraph of a text that notes a correction, and was not in the old text; English alone."""
    known = {" ".join(old[start:end].split()) for start, end in paragraphs(old)}
    told = (" ".join(new[start:end].split()) for start, end in paragraphs(new))
    return next((each for each in told if _NOTE.match(each.translate(_PLAIN)) and each not in known), None)
