"""What is answered about states: cautions. Frozen values, no I/O; `to_dict()` is the JSON form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
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
