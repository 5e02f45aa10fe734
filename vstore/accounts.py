"""What is answered about what was done to a store: its journal, what was erased, what was taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal: who did what, when; to which story, None for several or none that is there.

    `versions` is how many it kept, `run` the run of the program that did it, `detail` more: ids, never texts.
    """

    at: str
    what: str
    who: str
    story: str | None
    versions: int
    run: str
    detail: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The `journal` form."""
        return {**{name: getattr(self, name) for name in self.__slots__}, "detail": dict(self.detail)}


@dataclass(frozen=True, slots=True)
class KnownAs:
    """By what else a story is known; `by` is "facts", "given" or, where it is not to be, "taken away"."""

    story: str
    alias: str
    by: str

    def to_dict(self) -> dict[str, Any]:
        """The `alias` form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Place:
    """A version of a story."""

    story: str
    number: int

    def to_dict(self) -> dict[str, Any]:
        """Its JSON form."""
        return {"story": self.story, "number": self.number}


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of what was erased that stands in another version too, word for word."""

    story: str
    number: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        """Its JSON form."""
        return {"story": self.story, "number": self.number, "text": self.text}


@dataclass(frozen=True, slots=True)
class Erasure:
    """What a redaction erased, or would erase: from these versions, by texts packed anew in so many stories.

    `notes`: of these versions, capture notes that had words of it; `aliases`: of these stories. `passages`
    stand elsewhere still, one for each other version, its longest; `files` beside the store's may have all
    as it was.
    """

    erased: tuple[Place, ...]
    notes: tuple[Place, ...]
    aliases: tuple[str, ...]
    passages: tuple[Passage, ...]
    repacked: int
    files: tuple[str, ...]
    dry_run: bool

    def to_dict(self) -> dict[str, Any]:
        """The `redact` form."""
        return {
            "erased": [each.to_dict() for each in self.erased],
            "notes": [each.to_dict() for each in self.notes],
            "aliases": list(self.aliases),
            "passages": [each.to_dict() for each in self.passages],
            "repacked": self.repacked,
            "files": list(self.files),
            "dry_run": self.dry_run,
        }


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, or would be: what was done, when, and the versions that are gone."""

    what: str
    at: str
    versions: tuple[Place, ...]
    dry_run: bool

    def to_dict(self) -> dict[str, Any]:
        """The `undo` form."""
        return {
            "what": self.what,
            "at": self.at,
            "versions": [each.to_dict() for each in self.versions],
            "dry_run": self.dry_run,
        }


@dataclass(frozen=True, slots=True)
class Moved:
    """A version that was kept anew, or would be: where it was and where it is, and the id that it has now."""

    old: Place
    new: Place
    id: str
    dry_run: bool

    def to_dict(self) -> dict[str, Any]:
        """The `story` form."""
        return {"from": self.old.to_dict(), "to": self.new.to_dict(), "id": self.id, "dry_run": self.dry_run}
