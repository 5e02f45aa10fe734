"""`vstore blame`: who wrote which words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from vstore.answers import Blame
from vstore.cli import frame
from vstore.cli.frame import Out, Settings, Wanted
from vstore.cli.look import Look, look_of
from vstore.model import Version

if TYPE_CHECKING:
    from vstore.questions import Questions

EXAMPLES = """
vstore blame us-nk-talks
vstore blame us-nk-talks@2 -p 3
vstore blame us-nk-talks -p 3,5 --json
vstore blame us-nk-talks --match 'as soon as this week'
vstore blame us-nk-talks --by last-touched
"""


def _both_ends(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """`3` or `3,5`: paragraphs counted from 1, both ends in."""
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,9})(?:,([0-9]{1,9}))?", value)
    if found is None:
        raise click.BadParameter(f"{value!r} is not a paragraph: give a number (3), or two (3,5)")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise click.BadParameter(f"{value!r} ends before it begins")
    return first, last


@frame.command("blame", examples=EXAMPLES)
@frame.reference
@click.option("-p", "--paragraph", callback=_both_ends, metavar="N[,M]", help="Only these paragraphs.")
@click.option("--match", metavar="TEXT", help="Only paragraphs that hold these words, whatever their spaces.")
@click.option(
    "--by",
    type=click.Choice(["introduced", "last-touched"]),
    help="One line a paragraph: the version that wrote most of it, or that changed it last.",
)
@frame.as_of
@click.pass_obj
def blame(
    settings: Settings,
    *,
    wanted: Wanted,
    paragraph: tuple[int, int] | None,
    match: str | None,
    by: str | None,
    as_of: str | None,
) -> int | None:
    """Show who wrote which words.

    Beside each stretch of the text stand the number, date and source of the version that wrote it.
    """
    with (
        frame.open_store(settings, as_of) as store,
        frame.output(settings, paged=store.settings.pager) as out,
    ):
        version = frame.version_of(store, wanted)
        answer = store.blame_version(version, paragraph=paragraph)
        if match is not None:
            answer = _matching(answer, match)
            if not answer.paragraphs:
                frame.say(
                    settings, f"vstore: no paragraph of {version.story}@{version.number} holds these words"
                )
                return 1
        if settings.json:
            out.json(answer.to_dict())
        else:
            _write(out, _lines(store, answer, by, look_of(out)))
    return None


def _matching(answer: Blame, match: str) -> Blame:
    from vstore.cli.matches import holding, only

    if not match.strip():
        raise click.UsageError("--match needs a word to look for")
    return only(answer, holding(answer, match))


def _lines(store: Questions, answer: Blame, by: str | None, look: Look) -> Iterator[str]:
    from vstore.cli.margin import beside, by_paragraph

    if by is None:
        return beside(answer, store.tz, look)
    versions: dict[int, Version] = {version.number: version for version in store.log(answer.story)}
    return by_paragraph(answer, by, versions, store.tz, look)


def _write(out: Out, lines: Iterator[str]) -> None:
    for line in lines:
        out.line(line)
