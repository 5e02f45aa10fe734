"""The nouns: what comes in and what is kept. Frozen values, no I/O; `answers` has what is answered.

`to_dict()` of each is its JSON form, the same on the command line and in the library.
Moments are ISO 8601 strings in UTC; `dated` is as precise as the wire was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime

MAX_FACTS_BYTES = 1 << 20
"""Facts as canonical JSON may be this long, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about a wire, text and date apart; an absent fact is None.

    `urgency` is a whole number where the wire gives one; `extra` is any JSON object.
    """

    source: str | None = None
    headline: str | None = None
    byline: str | None = None
    url: str | None = None
    guid: str | None = None
    provider_version: str | None = None
    kind: str | None = None
    lang: str | None = None
    slug: str | None = None
    urgency: int | str | None = None
    keywords: tuple[str, ...] | None = None
    place: str | None = None
    note: str | None = None
    rights: str | None = None
    first_created: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Every fact by its name; null where absent."""
        return {**dict.fromkeys(FACT_NAMES), "extra": {}, **self.known()}

    def known(self) -> dict[str, Any]:
        """Only what is there: absent facts are absent keys. This is what the facts id covers."""
        found = {name: value for name in FACT_NAMES if (value := getattr(self, name)) is not None}
        if self.keywords is not None:
            found["keywords"] = list(self.keywords)
        if self.extra:
            found["extra"] = dict(self.extra)
        return found


FACT_NAMES = tuple(fact.name for fact in fields(Facts) if fact.name != "extra")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """What was erased of a version: its text or its facts, or something in them.

    `erased` is the id of what stood there, which stays in the version's id; `stands` that of what is there
    now, None for nothing. `alone`: other versions may have what was erased here.
    """

    part: str
    erased: str
    stands: str | None
    alone: bool
    at: str
    who: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Its JSON form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """An item as it arrived; not yet kept.

    `story`: None for a wire whose story is to be found by its guid or its URL.
    `date`: None, a string as `vstore.dates` reads it, a date, or an aware datetime.
    `capture`: digest of the raw bytes, character set, reader …: kept, in no id. `redacted`: what was erased
    of it in the store that it comes from; text and facts are what is left then.
    """

    story: str | None
    text: str
    date: str | datetime.date | datetime.datetime | None = None
    facts: Facts = field(default_factory=Facts)
    capture: Mapping[str, Any] = field(default_factory=dict)
    redacted: tuple[Redaction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One kept, immutable state of a story.

    `words` counts the words and numbers of the text; `added_words` and `removed_words` compare with
    the version number `previous`. `changed` names what differs from it: "text" and facts.
    `base` is the version that the stored patch is against, None for a text kept whole. `first_recorded` is
    when the first store took it in that it came through. `redacted` says what was erased of it. `state` is
    what it says it is (see `docs/stories.md`), None for plain news; `lifts` the number of the kill or
    withhold with which it does away, so that its story lives again.
    """

    story: str
    number: int
    id: str
    text_id: str
    facts_id: str
    parent: str | None
    dated: str | None
    at: str
    recorded: str
    last_seen: str
    late: bool
    previous: int | None
    changed: tuple[str, ...]
    added_words: int
    removed_words: int
    words: int
    facts: Facts
    capture: Mapping[str, Any]
    base: int | None
    stored_bytes: int
    first_recorded: str
    redacted: tuple[Redaction, ...] = ()
    state: str | None = None
    lifts: int | None = None

    @property
    def source(self) -> str | None:
        """Who sent it."""
        return self.facts.source

    @property
    def headline(self) -> str | None:
        """Its headline."""
        return self.facts.headline

    def to_dict(self) -> dict[str, Any]:
        """The `version` form; facts stand flat beside the rest."""
        return {
            "story": self.story,
            "number": self.number,
            "id": self.id,
            "text_id": self.text_id,
            "facts_id": self.facts_id,
            "parent": self.parent,
            "dated": self.dated,
            "at": self.at,
            "recorded": self.recorded,
            "last_seen": self.last_seen,
            "late": self.late,
            "previous": self.previous,
            "changed": list(self.changed),
            "added_words": self.added_words,
            "removed_words": self.removed_words,
            "words": self.words,
            "state": self.state,
            "lifts": self.lifts,
            **self.facts.to_dict(),
            "capture": dict(self.capture),
            "base": self.base,
            "stored_bytes": self.stored_bytes,
            "first_recorded": self.first_recorded,
            "redacted": [each.to_dict() for each in self.redacted],
        }
