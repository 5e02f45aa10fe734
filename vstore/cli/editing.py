"""What editors did, as `log` tells it: headlines and bylines corrections beside their words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from vstore.cli.entry import NONE, Telling, marks
from vstore.cli.moments import shown
from vstore.cli.width import cut

if TYPE_CHECKING:
    from vstore.notices import Correction, HeadlineChange

SHOWN = ("headline", "byline")
"""Facts whose change is shown beside a correction; others say how it was sent."""


def headline(change: HeadlineChange, telling: Telling) -> str:
    """One line: the version, its date and source, and the headline or byline that it brought."""
    version = change.version
    about = telling.words(version.source) if version.source is not None else ""
    told = NONE if change.new is None else telling.words(change.new)
    parts = (shown(version.dated, telling.zone), about, f"{change.fact}: {told}")
    line = f" {telling.name(version)}  {'  '.join(filter(None, parts))}"
    short, marked = telling.short(version), marks(version)
    if telling.look.columns is not None:
        line = cut(line, telling.look.columns - len(short) - len(marked))
    return telling.look.ink(short, "yellow") + line + telling.look.ink(marked, "red")


def announcement(correction: Correction, telling: Telling) -> Iterator[str]:
    """How it was announced, if it was, and what it is compared with if not with the previous version."""
    if correction.note is not None:
        yield f"  note: {telling.words(correction.note)}"
    else:
        yield "  without a note" if correction.announced else telling.look.ink("  unannounced", "red")
    diff = correction.diff
    if diff.before is None:
        yield "  there is no earlier version to compare it with"
    elif diff.before != correction.version.previous:
        yield f"  compared with version {diff.before}"


def changes(correction: Correction, telling: Telling) -> Iterator[str]:
    """The headline and byline that changed, and the very words."""
    from vstore.cli.words import words

    facts = {fact: pair for fact, pair in correction.diff.facts.items() if fact in SHOWN}
    if correction.diff.before is not None:
        yield ""
        yield from words(replace(correction.diff, facts=facts), telling.look)
