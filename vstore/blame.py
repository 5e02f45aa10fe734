"""Who wrote what in a version: origins of its text as hunks and paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypedDict

from vstore.answers import Blame, Hunk, Paragraph
from vstore.dates import iso_seconds
from vstore.history import History
from vstore.origins.strands import Authorship, by_origin, shares
from vstore.paragraph_range import Paragraphs, chosen
from vstore.rows import Row
from vstore.text import Span
from vstore.tracing import Tracing


def answer(tracing: Tracing, kept: History, row: Row, paragraphs: Paragraphs, *, reverse: bool) -> Blame:
    """The blame of one version, or of some of its paragraphs; UnknownParagraph says how many there are.

    `reverse` names the last version that has the words, in place of the one that wrote them.
    """
    found = tracing.survival(kept, row) if reverse else tracing.authorship(kept, row)
    text = tracing.shelf.text(kept.story, row)
    first, last = chosen(paragraphs, len(found.paragraphs), kept.story, row.number)
    stretch = Span(0, len(text))
    if paragraphs is not None:
        stretch = Span(found.paragraphs[first - 1].start, found.paragraphs[last - 1].end)
    return Blame(
        story=kept.story,
        number=row.number,
        id=row.id.hex(),
        text_id=row.text_id.hex(),
        hunks=tuple(_hunks(kept, found, text, stretch)),
        paragraphs=tuple(islice(_paragraphs(kept, found), first - 1, last)),
        reverse=reverse,
    )


def _hunks(kept: History, found: Authorship, text: str, stretch: Span) -> Iterator[Hunk]:
    """The hunks of a stretch, cut at its ends."""
    versions: dict[int, _Version] = {}
    for start, end, rank in by_origin(found.strands):
        if (start < stretch.end and end > stretch.start) or not text:
            first, last = max(start, stretch.start), min(end, stretch.end)
            version = versions.get(rank) or versions.setdefault(rank, _version(kept, rank))
            yield Hunk(start=first, length=last - first, text=text[first:last], **version)


class _Version(TypedDict):
    """What a hunk says of the version that wrote it."""

    number: int
    id: str
    dated: str | None
    at: str
    source: str | None


def _version(kept: History, rank: int) -> _Version:
    row = kept.at_rank(rank)
    return _Version(
        number=row.number,
        id=row.id.hex(),
        dated=row.dated,
        at=iso_seconds(row.at),
        source=kept.source(row.number),
    )


def _paragraphs(kept: History, found: Authorship) -> Iterator[Paragraph]:
    for number, (span, share) in enumerate(zip(found.paragraphs, shares(found), strict=True), 1):
        yield Paragraph(
            number=number,
            start=span.start,
            length=span.end - span.start,
            introduced=kept.at_rank(share.introduced).number,
            last_touched=kept.at_rank(share.last_touched).number,
        )
