"""`vstore copy`: a store copied into another."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from vstore.answers import Copied
from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.cli.outcomes import PARTLY
from vstore.cli.progress import ProgressLine
from vstore.errors import Corrupt, NoStore, VstoreError

if TYPE_CHECKING:
    from vstore.store import Store


class Listener:
    """Shows how far a copy is, and tells at once which stories are left."""

    def __init__(self, settings: Settings, line: ProgressLine) -> None:
        self.counts = Copied()
        self._settings = settings
        self._line = line

    def progress(self, counts: Copied) -> None:
        """The counts so far."""
        self.counts = counts
        self._line.show(lambda: f"{counts.stories:,} stories, {counts.copied:,} versions copied")

    def refused(self, error: VstoreError) -> None:
        """A story that is not copied, or not to its end."""
        self._line.clear()
        frame.report(error.to_dict(), as_json=self._settings.json)


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
@click.option(
    "--dry-run", is_flag=True, help="Only tell what would be copied: heads are compared, no text read."
)
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 64),
    default=1,
    help="Compare texts in N processes, this one among them: 2 or 3 take less time, and keep the same.",
)
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
        frame.open_store(settings._replace(store=source), as_of) as there,
        _opened(settings._replace(store=target), dry_run=dry_run) as (here, was_made),
        ProgressLine(settings) as line,
    ):
        heard = Listener(settings, line)
        try:
            copied = here.copy_from(
                there, progress=heard.progress, refused=heard.refused, dry_run=dry_run, jobs=jobs
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_interruption(heard.counts)) from None
    if settings.json:
        with frame.output(settings) as out:
            out.json({**copied.to_dict(), "made": was_made})
    else:
        frame.say(settings, _summary(copied))
    return Corrupt.exit_code if copied.damaged else PARTLY if copied.diverged else 0


@contextlib.contextmanager
def _opened(settings: Settings, *, dry_run: bool) -> Iterator[tuple[Store, bool]]:
    """The store to copy into, and whether it was made for it; a dry run makes none, and writes to none."""
    from vstore import places

    if dry_run:
        with _as_it_is(settings) as store:
            yield store, False
        return
    place = settings.store or ""
    was_made = places.init(place)
    with frame.open_to_write(settings) as store:
        if was_made:
            frame.say(settings, f"made a store in {place if places.is_folder(place) else store.place}")
        yield store, was_made


def _as_it_is(settings: Settings) -> Store:
    """The store that is there; where one could be made, one that is as empty."""
    from vstore import places
    from vstore.store import open_store

    try:
        return frame.opened(settings, read_only=True)
    except NoStore as error:
        if not places.is_folder(error.facts["place"]):
            raise
        return open_store(places.MEMORY)


def _interruption(counts: Copied) -> str:
    return f"interrupted; {counts.copied:,} versions were copied and stay, the next copy goes on"


def _summary(counts: Copied) -> str:
    done = "would be copied" if counts.dry_run else "copied"
    told = [f"{counts.copied:,} of {counts.versions:,} versions {done}", f"{counts.unchanged:,} were there"]
    if not counts.dry_run:
        told.append(f"stories verified in both: {counts.verified:,} of {counts.stories:,}")
    left = {"diverged": counts.diverged, "damaged": counts.damaged}
    return "; ".join(told + [f"{what}: {number:,}" for what, number in left.items() if number])
