"""`vstore upgrade`: a store of an older format made one of today."""

from __future__ import annotations

import click

from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.cli.progress import ProgressLine


@frame.command(
    "upgrade",
    examples="""
    vstore upgrade --dry-run
    vstore --store /srv/news upgrade
    """,
)
@click.option("--dry-run", is_flag=True, help="Only verify the store, and tell what would be done.")
@click.pass_obj
def upgrade(settings: Settings, dry_run: bool) -> None:
    """Make a store of an older format one of today.

    The store is verified, and so is a backup that is made beside it and stays. The upgrade is one
    transaction: whenever it is stopped, the store is what it was.
    """
    from vstore import opening

    with ProgressLine(settings) as line:
        found = opening.upgrade(
            settings.store,
            dry_run=dry_run,
            wait=30.0 if settings.wait is None else settings.wait,
            progress=lambda stories: line.show(lambda: f"stories verified: {stories:,}"),
        )
    with frame.output(settings) as out:
        if settings.json:
            out.json(found.to_dict())
        elif found.from_format == found.to_format:
            out.line(f"the store has format {found.to_format} already")
        else:
            done = "can be upgraded" if found.dry_run else "upgraded"
            kept = "" if found.dry_run else f"; as it was: {found.backup}"
            out.line(f"{done} from format {found.from_format} to {found.to_format}{kept}")
