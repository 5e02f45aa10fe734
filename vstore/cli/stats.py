"""`vstore stats`: the store in figures."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

import click

from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.cli.moments import shown

if TYPE_CHECKING:
    from vstore.answers import Stats


@frame.command(
    "stats",
    examples="""
    vstore stats
    vstore --store /srv/news stats --json
    vstore stats --as-of 2019-01-15
    """,
)
@frame.as_of
@click.pass_obj
def stats(settings: Settings, as_of: str | None) -> None:
    """Show the store in figures.

    With --as-of, the figures of what was kept then; origins, shingles, bytes on disk, last gc and last fsck
    are today's.
    """
    with frame.open_store(settings, as_of) as store, frame.output(settings) as out:
        found = store.stats()
        if settings.json:
            out.json(found.to_dict())
            return
        for name, value in figures(found, store.tz):
            out.line(f"{name:<14}  {value:>30}")


def figures(found: Stats, zone: tzinfo | None) -> list[tuple[str, str]]:
    """Names and values as people read them."""
    return [
        ("stories", f"{found.stories:,}"),
        ("versions", f"{found.versions:,}"),
        ("whole texts", f"{found.keyframes:,}"),
        ("patches", f"{found.patches:,}"),
        ("texts", f"{found.text_bytes:,} bytes"),
        ("stored as", f"{found.stored_bytes:,} bytes"),
        ("origins", f"{found.origin_bytes:,} bytes"),
        ("shingles", f"{found.shingle_bytes:,} bytes"),
        ("on disk", f"{found.file_bytes:,} bytes"),
        ("format", str(found.format)),
        ("last recorded", _when(found.last_recorded, zone)),
        ("last gc", _when(found.last_gc, zone)),
        ("last fsck", _when(found.last_fsck, zone)),
    ]


def _when(moment: str | None, zone: tzinfo | None) -> str:
    return "never" if moment is None else shown(moment, zone)
