"""`vstore derive`: where the words of a version came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

import click

from vstore.cli import frame
from vstore.cli.frame import Settings, Wanted
from vstore.cli.look import Look, look_of
from vstore.cli.margin import COLUMNS, NARROWEST, NO_SOURCE, WIDEST_SOURCE, apart
from vstore.cli.moments import brief, shown
from vstore.cli.width import cut, flat, pad, width
from vstore.cli.words import counted
from vstore.model import Version

if TYPE_CHECKING:
    from vstore.derivation import Derivation, DerivedParagraph, Taken

EXAMPLES = """
vstore derive us-nk-talks
vstore derive us-nk-talks@2 --json
vstore derive --story 'https://example.org/a?b@2' --version 3
"""
MOST, MOST_LISTED = 3, 12
"""Versions that a paragraph's line names, and that have a line of their own; the rest are counted."""


@frame.command("derive", examples=EXAMPLES)
@frame.reference
@frame.as_of
@click.pass_obj
def derive(settings: Settings, wanted: Wanted, as_of: str | None) -> None:
    """Show how much of a version is verbatim, rewritten or new.

    Against all earlier versions of its story, whoever sent them, by words: of the whole, and of each
    paragraph. Verbatim are words that an earlier version wrote; rewritten are new ones in a sentence that was
    made of an earlier one. The versions that words came from are told by number, date and source.
    """
    with (
        frame.open_store(settings, as_of) as store,
        frame.output(settings, paged=store.settings.pager) as out,
    ):
        version = frame.version_of(store, wanted)
        found = store.derive(version.story, version.number)
        if settings.json:
            out.json(found.to_dict())
            return
        for line in lines(found, version, store.text_of(version), (look_of(out), store.tz)):
            out.line(line)


def lines(
    found: Derivation, version: Version, text: str, manner: tuple[Look, tzinfo | None]
) -> Iterator[str]:
    """The heading, the versions that words came from, and the paragraphs."""
    look, zone = manner
    parts = (f"{version.story}@{version.number}", shown(version.dated, zone), version.source)
    yield look.ink(flat(look.clean("  ".join(filter(None, parts)))), "bold")
    shares = percents(found)
    told = f"{shares[0]} % verbatim, {shares[1]} % rewritten, {shares[2]} % new"
    yield f"  {counted(found.words, 'word')}{f': {told}' if found.words else ''}"
    if not found.earlier:
        yield "  there is no earlier version to compare it with"
    if found.erased:
        yield f"  erased from {counted(found.erased, 'earlier version')}: what came from there counts as new"
    if found.taken:
        yield ""
        yield from _sources(found, look, zone)
    if found.paragraphs:
        yield ""
        yield from _paragraphs(found, text, look)


def _sources(found: Derivation, look: Look, zone: tzinfo | None) -> Iterator[str]:
    listed = found.taken[:MOST_LISTED]
    sources = [flat(look.clean((each.source or NO_SOURCE)[: 8 * WIDEST_SOURCE])) for each in listed]
    dates = [brief(each.dated, zone) for each in listed]
    source, date = min(2 * WIDEST_SOURCE, max(map(width, sources))), max(4, *map(len, dates))
    source = max(source, len("source"))
    yield look.ink(f"  from  {pad('date', date)}  {pad('source', source)}  verbatim  rewritten", "dim")
    for each, name, dated in zip(listed, sources, dates, strict=True):
        told = f"{each.number:>6}  {pad(dated, date)}  {apart(pad(cut(name, source), source), look)}"
        yield f"{told}  {_of(each.verbatim, found.words)}  {_of(each.rewritten, found.words):>9}"
    if left := found.taken[MOST_LISTED:]:
        verbatim, rewritten = (sum(getattr(each, how) for each in left) for how in ("verbatim", "rewritten"))
        told = f"     … and {len(left):,} more".ljust(10 + date + source)
        yield f"{told}  {_of(verbatim, found.words)}  {_of(rewritten, found.words):>9}"


def _of(words: int, every: int) -> str:
    """A share in percent, rounded."""
    return f"{(200 * words + every) // (2 * every):>6} %"


def _paragraphs(found: Derivation, text: str, look: Look) -> Iterator[str]:
    names = [_names(each.taken) for each in found.paragraphs]
    column = max(4, *map(len, names))
    heading = f"   ¶  words  verbatim  rewritten    new  {pad('from', column)}"
    yield look.ink(heading.rstrip(), "dim")
    room = max(NARROWEST, (look.columns or COLUMNS) - len(heading) - 2)
    for each, name in zip(found.paragraphs, names, strict=True):
        words = flat(look.clean(text[each.start : each.start + min(each.length, 4 * room)]))
        verbatim, rewritten, new = (f"{share} %" for share in percents(each))
        number = look.ink(f"{each.number:>4}", "bold")
        told = f"{number}  {each.words:>5}  {verbatim:>8}  {rewritten:>9}  {new:>5}  {pad(name, column)}"
        yield f"{told}  {apart(cut(words, room), look)}"


def _names(taken: Sequence[Taken]) -> str:
    """The versions that a paragraph came from, those with the most words first."""
    told = ", ".join(str(each.number) for each in taken[:MOST])
    return f"{told}, …" if len(taken) > MOST else told or "-"


def percents(found: Derivation | DerivedParagraph) -> tuple[int, int, int]:
    """Verbatim, rewritten, new: rounded so that they are 100 together."""
    words = (found.verbatim, found.rewritten, found.new)
    every = sum(words) or 1
    whole = [100 * each // every for each in words]
    rest = sorted(range(3), key=lambda place: -(100 * words[place] % every))
    for place in rest[: 100 - sum(whole) if sum(words) else 0]:
        whole[place] += 1
    return whole[0], whole[1], whole[2]
