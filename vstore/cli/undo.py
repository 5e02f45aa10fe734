"""`vstore undo`: the newest add or import is taken back."""

from __future__ import annotations

import click

from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.cli.words import counted


@frame.command(
    "undo",
    examples="""
    vstore undo --dry-run
    vstore undo
    """,
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be taken back.")
@click.pass_obj
def undo(settings: Settings, dry_run: bool) -> None:
    """Take back the newest add or import.

    Only as long as nothing was built on it, and it was not sent elsewhere: by copy, clone, pull, push,
    bundle, export or attest. The journal keeps that it was done, and which versions are gone.
    """
    with frame.open_to_write(settings) as store:
        found = store.undo(dry_run=dry_run)
    with frame.output(settings) as out:
        if settings.json:
            out.json(found.to_dict())
            return
        done = "would be taken back" if dry_run else "taken back"
        out.line(f"{counted(len(found.versions), 'version')} {done}: {found.what} of {found.at}")
        for place in found.versions:
            out.line(out.clean(f"{place.story}@{place.number}"))
