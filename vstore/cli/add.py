"""`vstore add`: files become wires, each in its own transaction, those of many items in batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from vstore.cli import frame
from vstore.cli.finding import check_match, finder_of, match_options
from vstore.cli.frame import Settings
from vstore.cli.naming import story_from_option
from vstore.cli.overrides import fact_options
from vstore.cli.sources import is_one, reading_of, reading_options, sources
from vstore.cli.taking import How, Taking, intake_of, now


@frame.command(
    "add",
    examples="""
    vstore add --story us-nk-talks 000.txt 001.txt
    vstore add --story us-nk-talks --date 2019-01-15T14:00Z --source Reuters --headline 'Talks resume' -
    vstore add --story-from stem --set keywords=sport,tennis wires/*.txt
    vstore add --story-from field:guid --format ninjs incoming/
    vstore add --story-from '^([a-z-]+)_[0-9]+' --tz Europe/Berlin wires/*.txt
    vstore add --match --ambiguous skip wires/*.txt
    """,
)
@click.argument("files", metavar="FILE...|-", nargs=-1, required=True, type=click.Path())
@click.option("--story", metavar="ID", shell_complete=frame.story_ids, help="The story that they belong to.")
@story_from_option
@match_options
@click.option("--date", metavar="DATE", help="When it was issued, as precisely as known.")
@click.option("--undated", is_flag=True, help="Keep a wire without a date undated, instead of dating it now.")
@fact_options
@reading_options
@click.option("--expect", metavar="VERSION", help="Keep it only if this number (0: none) or id is the tip.")
@click.option("--allow-empty", is_flag=True, help="Keep a text that is empty.")
@click.option("--again", is_flag=True, help="Keep it even if it says nothing new.")
@frame.allow_redacted
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
@click.pass_obj
def add(settings: Settings, /, files: tuple[str, ...], **options: Any) -> int:
    """Keep wires that lie in files.

    Reads wires of many formats, as `vstore readers` lists them; `-` is stdin. Of a folder all files are
    taken, hidden ones apart. Options override what a file says. A wire without a date is dated now. A file
    is a transaction of its own, one of many items several; where something is refused, the rest is kept,
    and the exit code is 7. With --match a wire that names no story, and that guid and URL lead to none, goes
    to the one whose text it copies, abridges or rewrites; what was found, how surely and why, is told on
    stderr.
    """
    _check(files, options)
    how = How(options["again"], options["dry_run"], options["allow_redacted"], frame.which(options["expect"]))
    with frame.open_to_write(settings) as store, frame.output(settings) as out:
        reading = reading_of(options, store.tz)
        finder = finder_of(options, store, settings)
        intake = intake_of(options, store.tz, None if options["undated"] else now, finder)
        taking = Taking(store, intake, how, settings, out, is_one=is_one(files))
        for source in sources(files, reading):
            taking.take(source, reading)
    return taking.conclude()


def _check(files: tuple[str, ...], options: Mapping[str, Any]) -> None:
    if options["date"] is not None and options["undated"]:
        raise click.UsageError("--date and --undated exclude each other")
    if options["expect"] is not None and not is_one(files):
        raise click.UsageError("--expect is for one file at a time: the first would change what is expected")
    check_match(options)
    if files.count("-") > 1:
        raise click.UsageError("stdin (-) can be read only once")
