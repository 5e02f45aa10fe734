"""How an answer looks: in ink or without, how wide, control characters kept or shown as signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from vstore.cli.output import Out, paint

PALETTE: Final = ("cyan", "yellow", "green", "magenta", "blue", "red")
"""Colours that tell versions apart; a version keeps its colour whatever else is shown."""


def as_is(text: str) -> str:
    """For pipes: every character is kept."""
    return text


class Look(NamedTuple):
    """What renderers know about where their lines go; `columns` is None where nothing is cut."""

    color: bool = False
    columns: int | None = None
    clean: Callable[[str], str] = as_is

    def ink(self, text: str, *styles: str) -> str:
        """The text in these styles; untouched without colour."""
        return paint(text, *styles) if self.color and styles and text else text

    def of_version(self, number: int) -> str:
        """The style that tells this version from its neighbours."""
        return PALETTE[(number - 1) % len(PALETTE)]


def look_of(out: Out) -> Look:
    """How this answer looks."""
    return Look(out.color, out.width, out.clean)
