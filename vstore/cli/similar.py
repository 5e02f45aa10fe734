"""`vstore similar`: the stories that are like a file or a version, and what they share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vstore.cli import frame
from vstore.cli.frame import Settings, Wanted
from vstore.cli.likeness import lines
from vstore.cli.look import look_of
from vstore.cli.progress import ProgressLine

if TYPE_CHECKING:
    from vstore.questions import Questions

EXAMPLES = """
vstore similar 001.txt
vstore similar us-nk-talks@2 --json
curl -s https://example.org/wire.txt | vstore similar -n 3 -
"""


@frame.command("similar", examples=EXAMPLES)
@click.argument("what", metavar="FILE|REF|-", shell_complete=frame.story_ids)
@click.option(
    "-n", "most", metavar="N", type=click.IntRange(1, 1000), default=10, help="At most so many [10]."
)
@frame.as_of
@click.pass_obj
def similar(settings: Settings, *, what: str, most: int, as_of: str | None) -> int | None:
    """List the stories that are like a file or a version.

    The likeliest comes first, with its verdict (sure, unsure, new: what `add --match` would make of it), how
    surely from 0 to 1, what share of the words it has, and the longest passages. What is no file (./FILE is
    always one) is a version, whose own story is left out. The first time, an index is made, which takes a
    while in a large store.
    """
    with (
        frame.open_to_write(settings) as kept,  # the index, which any question may bring up to date
        ProgressLine(settings) as line,
        frame.output(settings, paged=kept.settings.pager) as out,
    ):
        store = kept if as_of is None else kept.as_of(as_of)
        text, besides = _text(store, what)
        found = store.similar(
            text,
            most=most,
            besides=besides,
            progress=lambda stories: line.show(lambda: f"stories taken in: {stories:,}"),
        )
        line.clear()
        for each in found:
            if settings.json:
                out.json(each.to_dict())
                continue
            for shown in lines(each, look_of(out)):
                out.line(shown)
    return None if found else 1


def _text(store: Questions, what: str) -> tuple[str, str | None]:
    """Of a file, or of a version, and then its story."""
    from vstore import readers

    if what == "-" or Path(what).is_file():
        return readers.read_one(readers.named(what)).text, None
    version = frame.version_of(store, Wanted(what))
    return store.text_of(version), version.story
