"""`vstore backup DIR`: the store as it is, in another folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.cli.progress import ProgressLine

if TYPE_CHECKING:
    from vstore.answers import BackedUp


@frame.command(
    "backup",
    examples="""
    vstore backup /mnt/backup/2031-03-15
    vstore --store /srv/news backup /mnt/backup/news -q && echo safe
    """,
)
@click.argument("target", metavar="DIR", type=click.Path(file_okay=False))
@click.pass_obj
def backup(settings: Settings, target: str) -> None:
    """Copy the store as it is, while others write to it.

    It goes to DIR/.vstore/, page by page, with everything: times of recording, packs, origins, settings. The
    copy is verified, as by fsck, before it is there. DIR must hold no store: to bring a copy up to date, use
    `vstore copy`.
    """
    with frame.opened(settings, read_only=True) as store, ProgressLine(settings) as line:
        found = store.backup(
            target, progress=lambda stories: line.show(lambda: f"stories verified: {stories:,}")
        )
    with frame.output(settings) as out:
        if settings.json:
            out.json(found.to_dict())
        else:
            out.line(_summary(found))


def _summary(found: BackedUp) -> str:
    return f"{found.stories:,} stories, {found.versions:,} versions verified, {found.file_bytes:,} bytes"
