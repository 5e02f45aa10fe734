"""Options that choose paragraphs."""

from __future__ import annotations

import re

import click

LONGEST = 1_000
"""Characters of a range: Python refuses to read numbers of some thousand digits."""


def both_ends(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """`3` or `3,5`: paragraphs counted from 1, both ends in."""
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]+)(?:,([0-9]+))?", value) if len(value) <= LONGEST else None
    if found is None:
        raise click.BadParameter(f"{value!r} is not a paragraph: give a number (3), or two (3,5)")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise click.BadParameter(f"{value!r} ends before it begins")
    return first, last
