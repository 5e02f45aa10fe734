"""`vstore stats`: the store in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vstore.cli import frame
from vstore.cli.frame import Settings

if TYPE_CHECKING:
    from vstore.model import Stats


@frame.command(
    "stats",
    examples="""
    vstore stats
    vstore --store /srv/news stats --json
    """,
)
@click.pass_obj
def stats(settings: Settings) -> None:
    """Show the store in figures."""
    with frame.open_to_write(settings) as store, frame.output(settings) as out:
        found = store.stats()
        if settings.json:
            out.json(found.to_dict())
            return
        for name, value in figures(found):
            out.line(f"{name:<14}  {value:>27}")


def figures(found: Stats) -> list[tuple[str, str]]:
    """Names and values as people read them."""
    return [
        ("stories", f"{found.stories:,}"),
        ("versions", f"{found.versions:,}"),
        ("whole texts", f"{found.keyframes:,}"),
        ("patches", f"{found.patches:,}"),
        ("texts", f"{found.text_bytes:,} bytes"),
        ("stored as", f"{found.stored_bytes:,} bytes"),
        ("on disk", f"{found.file_bytes:,} bytes"),
        ("format", str(found.format)),
        ("last recorded", found.last_recorded or "never"),
        ("last gc", found.last_gc or "never"),
        ("last fsck", found.last_fsck or "never"),
    ]
