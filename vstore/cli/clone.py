"""`vstore clone`: a new store that has all that another one has."""

from __future__ import annotations

import click

from vstore.cli import carrying, frame
from vstore.cli.frame import Settings
from vstore.errors import Conflict


@frame.command(
    "clone",
    examples="""
    vstore clone /srv/news mine
    vstore clone 'postgresql://reader@db/news?schema=wires' mine --jobs 2
    """,
)
@click.argument("source", metavar="SRC", type=click.Path())
@click.argument("target", metavar="DST", type=click.Path())
@frame.jobs
@click.pass_obj
def clone(settings: Settings, source: str, target: str, jobs: int) -> int:
    """Make a store that has all that another one has.

    As `vstore copy`, to a place where there is no store yet. Stopped, it is gone on with by `vstore copy` or
    `vstore pull`.
    """
    if settings.store is not None or not source or not target:
        raise click.UsageError("name both stores, as SRC and DST, and leave out --store")
    with (
        frame.open_store(settings._replace(store=source), sends=True) as there,
        carrying.made(settings._replace(store=target)) as (here, was_made),
    ):
        if not was_made:
            raise Conflict(f"there is a store at {here.place} already: pull into it", place=here.place)
        return carrying.carry(settings, there, here, dry_run=False, jobs=jobs, made=True)
