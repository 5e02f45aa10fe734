"""`vstore watch`: what lands in a folder is kept, each file once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

import vstore
from vstore import readers
from vstore.cli import frame
from vstore.cli.finding import AMBIGUOUS, check_match, finder_of, match_options
from vstore.cli.frame import Settings
from vstore.cli.naming import story_from_option
from vstore.cli.overrides import fact_options
from vstore.cli.sources import reading_of, reading_options
from vstore.cli.taking import intake_of
from vstore.cli.watching import How, Pace, Watching, stopping, written
from vstore.errors import BadReference

SECONDS = click.FloatRange(min=0, max=86_400)
_NO_MATTER = {"once", "settle", "every", "move_to"}


@frame.command(
    "watch",
    examples="""
    vstore watch /srv/drop/agency --source Agency
    vstore watch /srv/drop/agency --format ninjs --move-to /srv/taken/agency
    vstore watch /srv/drop/agency --match --ambiguous best
    vstore watch --once --settle 10 --story-from stem /srv/drop/desk
    """,
)
@click.argument("folder", metavar="DIR", type=click.Path())
@click.option("--once", is_flag=True, help="Take what is there, and leave: for cron.")
@click.option(
    "--settle",
    metavar="SECONDS",
    type=SECONDS,
    default=2,
    help="Leave a file until it was not written to [2].",
)
@click.option("--every", metavar="SECONDS", type=SECONDS, default=2, help="Look so often [2].")
@click.option("--move-to", metavar="DIR", type=click.Path(), help="Move what was taken there.")
@click.option("--story", metavar="ID", shell_complete=frame.story_ids, help="The story that all belong to.")
@story_from_option
@match_options
@click.option("--undated", is_flag=True, help="Keep a wire without a date undated, not dated as its file is.")
@fact_options
@reading_options
@click.option("--allow-empty", is_flag=True, help="Keep a text that is empty.")
@click.pass_obj
def watch(settings: Settings, /, folder: str, **options: Any) -> int:
    """Keep what lands in a folder.

    Reads what `vstore add` reads, in the folder and those in it, hidden files apart. Each file is taken once:
    how far it came is noted in the store with the wires themselves, so that it may be stopped, or killed, at
    any moment. A file that is still being written is left until it has settled; one that cannot be read is
    told once. The folder stays as it is, unless --move-to says where taken files go. A wire that names no
    story is found by its guid or URL, with --match by its text too; nobody is asked. One without a date is
    dated as its file is. Ctrl-C or SIGTERM ends it.
    """
    check_match(options)
    place = Path(folder)
    if not place.is_dir():
        raise BadReference(f"there is no folder {folder}", folder=folder)
    move_to = None if options["move_to"] is None else _within(place, Path(options["move_to"]))
    if move_to == place:
        raise click.UsageError("--move-to names the folder itself")
    if move_to and move_to.exists() and not move_to.is_dir():
        raise click.UsageError(f"--move-to names a file: {options['move_to']}")
    pace = Pace(options["settle"], max(options["every"], 0.01), options["once"])
    with frame.open_to_write(settings) as store, frame.output(settings) as out, stopping() as stop:
        found = {**options, "ambiguous": options["ambiguous"] or AMBIGUOUS[0]}
        finder = finder_of(found, store, settings)
        intake = intake_of(options, store.tz, None if options["undated"] else written, finder)
        how = How(reading_of(options, store.tz), intake, pace, move_to)
        return Watching(store.watch(place, _told(settings, options)), how, settings, out).run(stop)


def _told(settings: Settings, options: Mapping[str, Any]) -> str:
    """All that decides what is refused: options, the version of vstore, and which readers lack a library."""
    decides = sorted((name, options[name]) for name in options.keys() - _NO_MATTER)
    lacking = [readers.missing(name) for name in readers.EXTRAS]
    return repr((vstore.__version__, lacking, settings.tz, decides))


def _within(folder: Path, other: Path) -> Path:
    """The other folder; where it lies in the first one, as it is met there."""
    inner, outer = other.resolve(), folder.resolve()
    return folder / inner.relative_to(outer) if inner.is_relative_to(outer) else other
