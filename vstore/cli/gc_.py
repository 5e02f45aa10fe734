"""`vstore gc`: texts packed as small as can be, and room given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.cli.progress import ProgressLine

if TYPE_CHECKING:
    from vstore.answers import Collected


@frame.command(
    "gc",
    examples="""
    vstore gc
    vstore gc --dry-run
    vstore --store /srv/news gc --json
    """,
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be spared; takes as long.")
@click.pass_obj
def gc_(settings: Settings, dry_run: bool) -> None:
    """Pack texts as small as can be, and give room back.

    Texts of a story are put together in packs, with dictionaries trained from the store's own wires. Ids,
    texts and answers stay as they are. It may be stopped at any moment; the next gc goes on from there.
    Others may read and add meanwhile.
    """
    with frame.open_to_write(settings) as store, ProgressLine(settings) as line:
        try:
            found = store.gc(
                dry_run=dry_run, progress=lambda stories: line.show(lambda: f"stories packed: {stories:,}")
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt("interrupted; what was packed stays so, the next gc goes on") from None
    with frame.output(settings) as out:
        if settings.json:
            out.json(found.to_dict())
        else:
            out.line(_summary(found))


def _summary(found: Collected) -> str:
    done = "would be packed" if found.dry_run else "packed"
    spared = f"{found.repacked:,} of {found.stories:,} stories {done}, {found.spared_bytes:,} bytes spared"
    disk = "" if found.dry_run else f"; on disk {found.file_bytes_before:,} -> {found.file_bytes:,} bytes"
    return f"{spared}{disk}"
