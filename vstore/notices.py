"""What is answered about editing: cautions, corrections, headlines. Frozen; `to_dict()` is the JSON form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from vstore.answers import Diff
    from vstore.model import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """Why a version is not to be used, or not yet; `by` is the version that says so.

    A killed text stays killed though its story lives again: with the version number `lifted_by`. `until` is
    the hour of an embargo as the wire gives it, "" where it gives none.
    """

    story: str
    number: int
    state: Literal["kill", "withhold", "embargo"]
    by: Version
    lifted_by: int | None = None
    until: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """All of this; of the version that says so its number, id, date, source and note."""
        return {
            "story": self.story,
            "number": self.number,
            "state": self.state,
            "by": self.by.number,
            "id": self.by.id,
            "dated": self.by.dated,
            "at": self.by.at,
            "source": self.by.source,
            "note": self.by.facts.note,
            "lifted_by": self.lifted_by,
            "until": self.until,
        }


@dataclass(frozen=True, slots=True)
class Correction:
    """A version that put words right, or changed them without a word: what it says of it, and the diff.

    `announced` tells by what: its "state", its "note", or a note in its "text"; None where nothing does.
    The diff is against the previous version, notices and advisories passed over.
    """

    version: Version
    announced: Literal["state", "note", "text"] | None
    note: str | None
    diff: Diff

    def to_dict(self) -> dict[str, Any]:
        """The `version` form, and all of this; the note as `noted`."""
        return {
            **self.version.to_dict(),
            "announced": self.announced,
            "noted": self.note,
            "diff": self.diff.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class HeadlineChange:
    """A headline or byline that a version brought, or took away, and the one that it replaced."""

    version: Version
    fact: Literal["headline", "byline"]
    old: str | None
    new: str | None

    def to_dict(self) -> dict[str, Any]:
        """All of this; of the version its number, id, date, source and previous one."""
        names = ("story", "number", "id", "dated", "at", "source", "previous")
        told = {name: getattr(self.version, name) for name in names}
        return {**told, "fact": self.fact, "old": self.old, "new": self.new}
