"""`vstore unbundle`: the versions of a bundle, kept."""

from __future__ import annotations

import click

from vstore.cli import carrying, frame
from vstore.cli.frame import Settings
from vstore.cli.outcomes import PARTLY
from vstore.cli.progress import ProgressLine


@frame.command(
    "unbundle",
    examples="""
    vstore unbundle news.bundle
    vstore --store elsewhere unbundle friday.bundle --json
    """,
)
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False))
@click.pass_obj
def unbundle(settings: Settings, file: str) -> int:
    """Keep the versions that a bundle holds.

    Under the numbers and ids that they had. The whole file is verified first: of one that is cut off or
    damaged nothing is kept (exit 6). What is there already stays; a story whose versions do not follow those
    here is told and left alone (exit 7).
    """
    if file == "-":
        raise click.UsageError("a bundle is read twice: write it into a file first")
    with frame.open_to_write(settings) as store, ProgressLine(settings) as line:
        heard = carrying.Listener(settings, line)
        found = store.unbundle(file, progress=heard.progress, refused=heard.refused)
    if settings.json:
        with frame.output(settings) as out:
            out.json(found.to_dict())
    else:
        left = f"; left alone: {found.diverged:,} stories" if found.diverged else ""
        frame.say(
            settings,
            f"{found.copied:,} of {found.versions:,} versions kept; {found.unchanged:,} were there{left}",
        )
    return PARTLY if found.diverged else 0
