"""`vstore journal`: who did what to a store, and when."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.cli.moments import shown
from vstore.cli.words import counted
from vstore.oneline import one_line

if TYPE_CHECKING:
    from datetime import tzinfo

    from vstore.accounts import Entry


@frame.command(
    "journal",
    examples="""
    vstore journal
    vstore journal -n 20 --json
    """,
)
@click.option("-n", "most", metavar="N", type=click.IntRange(min=0), help="So many lines at most.")
@click.pass_obj
def journal(settings: Settings, most: int | None) -> None:
    """Show who did what to the store, and when.

    The newest comes first. A line is written with the change that it tells of, and never changed. It names
    versions, never texts.
    """
    with (
        frame.opened(settings, read_only=True) as store,
        frame.output(settings, paged=store.settings.pager) as out,
    ):
        for entry in islice(store.journal(), most):
            if settings.json:
                out.json(entry.to_dict())
            else:
                out.line(out.clean(_line(entry, store.tz)))


def _line(entry: Entry, zone: tzinfo | None) -> str:
    about = [entry.story] if entry.story is not None else []
    about += [counted(entry.versions, "version")] if entry.versions else []
    about += [one_line(str(entry.detail["reason"]))] if "reason" in entry.detail else []
    about += [_moved(*each) for each in entry.detail.get("moved", ())]
    return "  ".join([shown(entry.at, zone), entry.who, entry.what, *about])


def _moved(story: str, old: int, to: str, new: int, versions: int) -> str:
    """`a@2..4 -> b@1..3`."""
    more = versions - 1
    ends = (f"..{old + more}", f"..{new + more}") if more else ("", "")
    return f"{story}@{old}{ends[0]} -> {to}@{new}{ends[1]}"
