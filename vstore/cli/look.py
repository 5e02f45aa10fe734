"""How an answer looks: in ink or without, how wide, control characters kept or shown as signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from vstore.cli.output import Out, paint

AGES: Final = (27, 31, 29, 64, 130, 160)
"""From old to new, cold to warm; of a terminal's 256 colours those as far from black as from white."""
SOURCES: Final = (31, 130, 64, 133, 62, 167)
"""As legible on light and on dark, and told apart without an order."""


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

    def tint(self, text: str, color: int) -> str:
        """A line in one of the 256 colours; untouched without colour."""
        return f"\x1b[38;5;{color}m{text}\x1b[0m" if self.color and text else text


def look_of(out: Out) -> Look:
    """How this answer looks."""
    return Look(out.color, out.width, out.clean)
