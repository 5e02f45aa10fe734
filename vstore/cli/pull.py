"""`vstore pull`: what another store has and this one has not."""

from __future__ import annotations

import click

from vstore.cli import carrying, frame
from vstore.cli.frame import Settings


@frame.command(
    "pull",
    examples="""
    vstore pull /srv/news
    vstore --store mine pull /srv/news --dry-run
    """,
)
@click.argument("source", metavar="SRC", type=click.Path())
@carrying.options
@click.pass_obj
def pull(settings: Settings, source: str, dry_run: bool, jobs: int) -> int:
    """Copy what another store has and this one has not.

    By id, and only what is missing; SRC is only read. A story that has another version here is told with
    both heads, and left alone (exit 7): nothing is ever merged.
    """
    with (
        frame.open_store(settings._replace(store=source), sends=True) as there,
        frame.open_to_write(settings) as here,
    ):
        return carrying.carry(settings, there, here, dry_run=dry_run, jobs=jobs)
