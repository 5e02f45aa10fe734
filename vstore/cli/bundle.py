"""`vstore bundle`: stories in one file that proves itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from vstore.cli import frame, placing
from vstore.cli.frame import Settings
from vstore.cli.progress import ProgressLine


@frame.command(
    "bundle",
    examples="""
    vstore bundle news.bundle
    vstore bundle friday.bundle --recorded-since 2031-03-14
    vstore bundle ferry.bundle halvorsund-ferry
    """,
)
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False))
@click.argument("stories", metavar="[STORY]...", nargs=-1, shell_complete=frame.story_ids)
@click.option("--recorded-since", metavar="TIME", help="Only versions that were taken in then or later.")
@frame.as_of
@click.pass_obj
def bundle(
    settings: Settings, file: str, stories: tuple[str, ...], recorded_since: str | None, as_of: str | None
) -> None:
    """Write stories into one file that proves itself.

    Every version of all stories, or of those named, with its text; `vstore unbundle` keeps them elsewhere
    under the same numbers and ids. With --recorded-since only what is new, to be unbundled where the rest is.
    FILE is replaced when all is written.
    """
    from vstore.interop.packing import packed

    with frame.open_store(settings, as_of, sends=True) as store, ProgressLine(settings) as line:
        lines = store.bundle(list(map(store.story_named, stories)), recorded_since=recorded_since)
        with placing.replacing(Path(file), force=True) as stream, packed(stream, ".zst") as write:
            written = 0
            for written, each in enumerate(lines):  # the first line and the last are no versions
                write(each)
                line.show(partial("{:,} versions".format, max(0, written - 1)))
    if settings.json:
        with frame.output(settings) as out:
            out.json({"file": file, "versions": written - 1})
    else:
        frame.say(settings, f"{written - 1:,} versions in {file}")
