"""`vstore init`: a store where there was none."""

from __future__ import annotations

import click

from vstore.cli import frame
from vstore.cli.frame import Settings


@frame.command(
    "init",
    examples="""
    vstore init
    vstore init archive
    vstore --store /srv/news init
    """,
)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False))
@click.pass_obj
def init(settings: Settings, folder: str | None) -> None:
    """Make a store.

    Makes DIR/.vstore/ with the database and a config.yaml in which every key is explained; DIR is the
    current folder, or the one that --store names. Where there is a store already, nothing changes.
    """
    from vstore import store

    if folder is not None and settings.store is not None:
        raise click.UsageError("name the folder either as DIR or by --store, not both")
    place = folder or settings.store or "."
    was_made = store.init(place)
    if settings.json:
        with frame.output(settings) as out:
            out.json({"store": place, "made": was_made})
    else:
        frame.say(settings, f"{'made a store' if was_made else 'there is a store already'} in {place}")
