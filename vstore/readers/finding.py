"""What a structured format says of an item, and how that becomes a reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vstore.errors import BadWire
from vstore.facts import make_facts
from vstore.readers.reading import Reading
from vstore.readers.stamps import stamp, stamp_or_words
from vstore.readers.states import TEXTLESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Text, date as written, facts by name and what else there is; values that are None or empty are absent.

    `what` says in a word what an item without text is: a picture, an event.
    """

    text: str
    date: str | None
    facts: Mapping[str, Any]
    extra: Mapping[str, Any]
    what: str | None = None

    def reading(self, reader: str, charset: str, digest: str) -> Reading:
        """BadWire if there is no text, unless it was killed or withheld, and for facts that are none."""
        text = self.text if self.text.strip() else ""
        if not text and self.facts.get("kind") not in TEXTLESS:
            raise BadWire(f"there is no text in it{f' (it is: {self.what})' if self.what else ''}")
        facts = {name: value for name, value in self.facts.items() if value not in _NOTHING}
        extra = {name: value for name, value in self.extra.items() if value not in _NOTHING}
        facts["first_created"] = stamp_or_words(facts.get("first_created"))
        if "embargoed" in extra:
            extra["embargoed"] = stamp_or_words(extra["embargoed"])
        return Reading(
            text=text,
            reader=reader,
            date=stamp("date", self.date),
            facts=make_facts({**facts, "extra": extra}).known(),
            charset=charset,
            digest=digest,
        )


_NOTHING: tuple[object, ...] = (None, "", [], {}, ())
