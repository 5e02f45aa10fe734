"""A version as `log` tells it: the long form, the line, the counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from types import MappingProxyType
from typing import NamedTuple

from vstore.cli.look import Look
from vstore.cli.moments import BEFORE_ALL, UNDATED, shown
from vstore.cli.width import cut, flat
from vstore.model import Facts, Version
from vstore.prefixes import shorten
from vstore.states import embargo

SHORT_IN_STORE = 12
"""Digits of an id where the whole store's are not at hand to compare: enough for a million versions."""


NONE = "(none)"


class Telling(NamedTuple):
    """How versions are told.

    `shorts`: short ids by id, where they are known to be unique; `with_story`: versions of several stories
    stand together.
    """

    look: Look
    shorts: Mapping[str, str] = MappingProxyType({})
    zone: tzinfo | None = None
    with_story: bool = False
    verbose: bool = False

    def name(self, version: Version) -> str:
        """The number, or the reference that names it in the whole store."""
        return f"{self.words(version.story)}@{version.number}" if self.with_story else str(version.number)

    def short(self, version: Version) -> str:
        """The id's beginning, as it is shown."""
        return self.shorts.get(version.id) or shorten([version.id], SHORT_IN_STORE)[version.id]

    def words(self, text: str) -> str:
        """A wire's words on one line."""
        return flat(self.look.clean(text))

    def long(self, version: Version, before: Facts | None = None) -> Iterator[str]:
        """Some lines, as `git log` has them; `before` has the headline and byline that gave way."""
        heading = self.look.ink(f"version {self.name(version)}  {self.short(version)}", "yellow")
        yield heading + self.look.ink(marks(version), "red")
        for label, value in self._lines(version, before):
            yield f"{label + ':':<10}{value}"

    def _lines(self, version: Version, before: Facts | None) -> Iterator[tuple[str, str]]:
        yield "Date", self._date(version)
        if version.source is not None:
            yield "Source", self.words(version.source)
        yield from self._told("Headline", version.headline, before.headline if before else None)
        if "byline" in version.changed:
            yield from self._told("Byline", version.facts.byline, before.byline if before else None)
        if (hour := embargo(version.facts)) is not None:
            yield "Embargo", until(self.words(hour), self.zone)
        if version.facts.note is not None:
            yield "Note", self.words(version.facts.note)
        if version.changed and version.previous is not None:
            yield "Changed", f"{', '.join(version.changed)} (since version {version.previous})"
        yield "Words", f"+{version.added_words:,} -{version.removed_words:,} ({version.words:,})"
        yield "Stored", stored(version)
        if self.verbose:
            yield from self._more(version)

    def _told(self, label: str, now: str | None, before: str | None) -> Iterator[tuple[str, str]]:
        """A fact, and in a line of its own what it was."""
        if now is not None or before is not None:
            yield label, NONE if now is None else self.words(now)
        if before is not None and before != now:
            yield "  was", self.words(before)

    def _more(self, version: Version) -> Iterator[tuple[str, str]]:
        yield "Recorded", shown(version.recorded, self.zone)
        if version.last_seen != version.recorded:
            yield "Seen", shown(version.last_seen, self.zone)
        yield "Id", version.id
        yield "Text id", version.text_id

    def _date(self, version: Version) -> str:
        if version.dated is not None or version.at == BEFORE_ALL:
            return shown(version.dated, self.zone)
        return f"{UNDATED} (placed at {shown(version.at, self.zone)})"

    def line(self, version: Version) -> str:
        """One line; cut to the terminal's width, if there is one."""
        short = self.short(version)
        words = f"+{version.added_words:,} -{version.removed_words:,}"
        about = ": ".join(self.words(part) for part in (version.source, version.headline) if part)
        told = f" {self.name(version)}  {shown(version.dated, self.zone)}  {words}  {about}".rstrip()
        marked = marks(version)
        if self.look.columns is not None:
            told = cut(told, self.look.columns - len(short) - len(marked))
        return self.look.ink(short, "yellow") + told + self.look.ink(marked, "red")


def marks(version: Version) -> str:
    """What it says it is, whether its story lives again with it, whether it came late: `  (kill, late)`."""
    is_held = version.state != "embargo" and embargo(version.facts) is not None
    found = (version.state, "embargo" if is_held else None, "lives again" if version.lifts else None)
    others = ("late" if version.late else None, "redacted" if version.redacted else None)
    told = ", ".join(filter(None, (*found, *others)))
    return f"  ({told})" if told else ""


def until(hour: str, zone: tzinfo | None) -> str:
    """How long an embargo lasts."""
    return f"until {shown(hour, zone)}" if hour else "until further notice"


def stored(version: Version) -> str:
    """How its text lies in the store."""
    if version.base is None:
        return f"whole ({version.stored_bytes:,} bytes)"
    return f"patch against {version.base} ({version.stored_bytes:,} bytes)"
