"""`vstore show`: the text of a version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from vstore.cli import frame
from vstore.cli.cautions import Warner
from vstore.cli.frame import Out, Settings, Wanted
from vstore.cli.look import Look, look_of
from vstore.cli.moments import shown
from vstore.cli.width import flat, wrap
from vstore.model import Version
from vstore.prefixes import shorten

if TYPE_CHECKING:
    from vstore.questions import Questions

EXAMPLES = """
vstore show us-nk-talks
vstore show us-nk-talks@1 --numbered
vstore show us-nk-talks@2019-01-15 > text.txt
vstore show --story 'https://example.org/a?b@2' --version 3 --json
"""


@frame.command("show", examples=EXAMPLES)
@frame.reference
@click.option("--numbered", is_flag=True, help="Put its number before each paragraph, as blame counts them.")
@frame.as_of
@click.pass_obj
def show(settings: Settings, wanted: Wanted, numbered: bool, as_of: str | None) -> None:
    """Print the text of a version.

    The text comes byte for byte. On a terminal, the story, number, date, source and headline are told first.
    A warning on stderr says so where the story was killed or withheld, or the version is under embargo.
    """
    with (
        frame.open_store(settings, as_of) as store,
        frame.output(settings, paged=store.settings.pager) as out,
    ):
        version = frame.version_of(store, wanted)
        text = store.text_of(version)
        Warner(store, settings).warn(version)
        if settings.json:
            out.json({**version.to_dict(), "text": text})
            return
        if out.terminal:
            frame.say(settings, out.clean(_header(store, version)))
        if numbered:
            for line in numbered_lines(text, look_of(out)):
                out.line(line)
        else:
            _write(out, text)


def _write(out: Out, text: str) -> None:
    out.write(out.clean(text))
    if out.terminal and text and not text.endswith("\n"):
        out.write("\n")


def _header(store: Questions, version: Version) -> str:
    short = shorten([other.id for other in store.log(version.story)])[version.id]
    facts = (f"{version.story}@{version.number}", short, shown(version.dated, store.tz))
    lines = ["  ".join((*facts, *([version.source] if version.source else [])))]
    return "\n".join(map(flat, [*lines, *([version.headline] if version.headline else [])])) + "\n"


def numbered_lines(text: str, look: Look) -> Iterator[str]:
    """A line a paragraph, wrapped where there is a terminal to fit into."""
    from vstore.text import paragraphs

    spans = paragraphs(text)
    margin = max(3, len(str(len(spans))))
    for number, (start, end) in enumerate(spans, 1):
        words = flat(look.clean(text[start:end]))
        lines = [words] if look.columns is None else wrap(words, max(20, look.columns - margin - 2))
        yield f"{look.ink(f'{number:>{margin}}', 'bold')}  {lines[0]}"
        yield from (" " * (margin + 2) + line for line in lines[1:])
