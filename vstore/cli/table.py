"""Stories in columns, aligned in blocks so that a million of them stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from itertools import islice

from vstore.answers import Story
from vstore.cli.look import Look
from vstore.cli.moments import at_a_glance
from vstore.cli.width import cut, flat, pad, width

BLOCK = 500
"""Rows that are measured together."""
WIDEST = (40, 9, 23, 20)
"""Columns of name, versions, moment and source; in a pipe longer words push the rest aside, uncut."""


def rows(stories: Iterable[Story], zone: tzinfo | None, look: Look) -> Iterator[str]:
    """A line a story: name, versions, moment, source, headline."""
    rest = iter(stories)
    widths = [0] * len(WIDEST)
    while block := list(islice(rest, BLOCK)):
        cells = [_cells(story, zone, look) for story in block]
        for place, widest in enumerate(WIDEST):
            needed = max(width(row[place]) for row in cells)
            widths[place] = max(widths[place], min(needed, widest))
        yield from (_row(row, widths, look) for row in cells)


def _cells(story: Story, zone: tzinfo | None, look: Look) -> tuple[str, ...]:
    words = (
        story.story,
        str(story.versions),
        at_a_glance(story.at, zone),
        story.source or "-",
        story.headline or "",
    )
    return tuple(flat(look.clean(word)) for word in words)


def _row(cells: tuple[str, ...], widths: list[int], look: Look) -> str:
    name, versions, moment, source, headline = cells
    if look.columns is not None:
        name, source = cut(name, widths[0]), cut(source, widths[3])
        headline = cut(headline, max(0, look.columns - sum(widths) - 8))
    shown = (look.ink(pad(name, widths[0]), "bold"), versions.rjust(widths[1]), pad(moment, widths[2]))
    return "  ".join((*shown, pad(source, widths[3]), headline)).rstrip()
