"""What is answered about where a text came from. Frozen values, no I/O; `to_dict()` is the JSON form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An earlier version that words came from: so many as it wrote them, and so many that rewrite it."""

    number: int
    id: str
    dated: str | None
    at: str
    source: str | None
    verbatim: int
    rewritten: int

    def to_dict(self) -> dict[str, Any]:
        """One of `taken` in the `derive` form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedParagraph:
    """A paragraph, counted from 1, in words: all of them, and those taken over, rewritten and new."""

    number: int
    start: int
    length: int
    words: int
    verbatim: int
    rewritten: int
    new: int
    taken: tuple[Taken, ...]

    def to_dict(self) -> dict[str, Any]:
        """One of `paragraphs` in the `derive` form."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return {**told, "taken": [each.to_dict() for each in self.taken]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """How much of a version is verbatim, rewritten or new against the earlier ones of its story, in words.

    `taken`: the versions that words came from, those with the most words first. `earlier`: how many versions
    stand before it; `erased`: of how many of these something of the text was erased, so that words which came
    from there count as new.
    """

    story: str
    number: int
    id: str
    text_id: str
    earlier: int
    erased: int
    words: int
    verbatim: int
    rewritten: int
    new: int
    taken: tuple[Taken, ...]
    paragraphs: tuple[DerivedParagraph, ...]

    @property
    def sources(self) -> dict[str | None, tuple[int, int]]:
        """(verbatim, rewritten) words from each source, those with the most first; None for unknown ones."""
        found: dict[str | None, tuple[int, int]] = {}
        for each in self.taken:
            verbatim, rewritten = found.get(each.source, (0, 0))
            found[each.source] = verbatim + each.verbatim, rewritten + each.rewritten
        return dict(sorted(found.items(), key=lambda item: -sum(item[1])))

    def to_dict(self) -> dict[str, Any]:
        """The `derive` form; `sources` are told too."""
        told = {name: getattr(self, name) for name in self.__slots__}
        parts = {name: [each.to_dict() for each in told[name]] for name in ("taken", "paragraphs")}
        sources = [
            {"source": source, "verbatim": verbatim, "rewritten": rewritten}
            for source, (verbatim, rewritten) in self.sources.items()
        ]
        return {**told, **parts, "sources": sources}
