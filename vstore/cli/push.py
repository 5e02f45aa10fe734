"""`vstore push`: what this store has and another one has not."""

from __future__ import annotations

import click

from vstore.cli import carrying, frame
from vstore.cli.frame import Settings


@frame.command(
    "push",
    examples="""
    vstore push /mnt/archive
    vstore push postgresql://writer@db/news --dry-run
    """,
)
@click.argument("target", metavar="DST", type=click.Path())
@carrying.options
@click.pass_obj
def push(settings: Settings, target: str, dry_run: bool, jobs: int) -> int:
    """Copy what this store has and another one has not.

    By id, and only what is missing; this store is only read. A story that has another version in DST is told
    with both heads, and left alone (exit 7): nothing is ever merged. DST must be a store.
    """
    with (
        frame.open_store(settings, sends=True) as here,
        frame.open_to_write(settings._replace(store=target)) as there,
    ):
        return carrying.carry(settings, here, there, dry_run=dry_run, jobs=jobs)
