"""`vstore copy`: a store copied into another."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from vstore.cli import carrying, frame
from vstore.cli.frame import Settings
from vstore.errors import NoStore

if TYPE_CHECKING:
    from vstore.store import Store


@frame.command(
    "copy",
    examples="""
    vstore copy archive /mnt/disk/archive
    vstore copy --dry-run archive /mnt/disk/archive
    vstore copy --as-of 2019-01-15 archive then
    """,
)
@click.argument("source", metavar="SRC", type=click.Path())
@click.argument("target", metavar="DST", type=click.Path())
@carrying.options
@frame.as_of
@click.pass_obj
def copy_(
    settings: Settings, *, source: str, target: str, dry_run: bool, jobs: int, as_of: str | None
) -> int:
    """Copy a store into another.

    Every version of SRC goes into DST, which is made where there is none, with the number and the id that it
    has; in the end both are compared. Run again, or after Ctrl-C, it adds only what is missing. SRC is only
    read. A story that has another version in DST is left alone (exit 7); one that is damaged in SRC is copied
    up to there (exit 6). Times of recording and of being seen again are not copied.
    """
    if settings.store is not None or not source or not target:
        raise click.UsageError("name both stores, as SRC and DST, and leave out --store")
    with (
        frame.open_store(settings._replace(store=source), as_of, sends=True) as there,
        _opened(settings._replace(store=target), dry_run=dry_run) as (here, was_made),
    ):
        return carrying.carry(settings, there, here, dry_run=dry_run, jobs=jobs, made=was_made)


@contextlib.contextmanager
def _opened(settings: Settings, *, dry_run: bool) -> Iterator[tuple[Store, bool]]:
    """The store to copy into, and whether it was made for it; a dry run makes none, and writes to none."""
    if dry_run:
        with _as_it_is(settings) as store:
            yield store, False
    else:
        with carrying.made(settings) as found:
            yield found


def _as_it_is(settings: Settings) -> Store:
    """The store that is there; where one could be made, one that is as empty."""
    from vstore import places
    from vstore.opening import open_store

    try:
        return frame.opened(settings, read_only=True)
    except NoStore as error:
        if not places.is_folder(error.facts["place"]):
            raise
        return open_store(places.MEMORY)
