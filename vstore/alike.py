"""How alike a wire and a story are: values, and the one number that decides.

Terminology
    containment  the share of the wire's words that the version has too, in passages of some words
    contained    the share of the version's words that the wire has
    resemblance  the words that both have, of all that either has
    own          how much of what they share few other stories have: 1 all, 0 nothing
    alone        how much of all that some story has of the wire this one has
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

SURE, UNSURE = 0.27, 0.15
"""From this confidence on a wire is taken for one of the story, or is asked about."""

HALF = 10
"""So many words in common are half of an evidence; each further such number halves what is missing."""

PART = 0.1
"""A story that stands in a wire as a whole counts fully if it is at least this part of it."""

Verdict = Literal["sure", "unsure", "new"]


@dataclass(frozen=True, slots=True)
class Common:
    """A passage that a wire and a version share: where it stands in both, in code points, and its words.

    `text` is the wire's; the version's may differ in case, spaces and punctuation.
    """

    start: int
    length: int
    version_start: int
    version_length: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        """All of it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """A story that is like a text, by its version of those looked at that is most like it.

    `confidence` (0 to 1) that the text belongs to it; `containment`: the share of the text's words that the
    version has; `contained`: of the version's words, those that the text has; `resemblance`: of the words of
    both; `words`: how many they share. `passages` are in the order of the text.
    """

    story: str
    number: int
    id: str
    confidence: float
    containment: float
    contained: float
    resemblance: float
    words: int
    passages: tuple[Common, ...]

    def to_dict(self) -> dict[str, Any]:
        """The `similar` form."""
        known = {name: getattr(self, name) for name in self.__slots__}
        return {**known, "passages": [each.to_dict() for each in self.passages]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Where a text belongs: to the story that it is like, "sure" or "unsure", or to a new one.

    `story` is the one to keep it in: the nearest one if that is sure, else a new one's name. `nearest` is
    None where nothing is like it at all.
    """

    verdict: Verdict
    story: str
    nearest: Similar | None

    def to_dict(self) -> dict[str, Any]:
        """What `add --match` tells of it."""
        nearest = self.nearest.to_dict() if self.nearest else None
        return {"verdict": self.verdict, "story": self.story, "nearest": nearest}


def confidence(words: int, containment: float, contained: float, own: float, alone: float) -> float:
    """That a wire is of a story: it is made of it, or has it all within itself.

    A wire that has other stories as well, each in its place, is a digest of them and of none.
    """
    evidence: float = 1 - 0.5 ** (words / HALF)
    grown = max(0.0, 2 * contained - 1) ** 2 * alone * min(1.0, containment / PART)
    return evidence * own * max(containment, grown)


def verdict(confidence: float) -> Verdict:
    """What is made of it."""
    return "sure" if confidence >= SURE else "unsure" if confidence >= UNSURE else "new"
