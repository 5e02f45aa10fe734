"""Who wrote what in a version: the origins of its text as hunks and paragraphs."""

from __future__ import annotations

from collections.abc import Callable

from vstore import origins
from vstore.align import edits
from vstore.answers import Blame, Hunk, Paragraph
from vstore.dates import iso_seconds
from vstore.history import History
from vstore.origins import Laid, Strand
from vstore.rows import Row
from vstore.text import Span, paragraphs

Texts = Callable[[str, Row], str]


def answer(kept: History, row: Row, texts: Texts, chosen: tuple[int, int] | None) -> Blame:
    """The blame of one version; `chosen` are the first and last paragraph, None for all of it."""
    text = texts(kept.story, row)
    lineage = _lineage(kept, row)
    strands = _fold(kept.story, lineage, texts)
    laid = origins.laid(strands)
    spans = paragraphs(text)
    first, last = chosen or (1, len(spans))
    stretch = Span(spans[first - 1].start, spans[last - 1].end) if chosen else Span(0, len(text))
    return Blame(
        story=kept.story,
        number=row.number,
        id=row.id.hex(),
        text_id=row.text_id.hex(),
        hunks=tuple(
            _hunk(kept, lineage[rank], text, Span(max(start, stretch.start), min(end, stretch.end)))
            for (start, end), rank in origins.by_origin(strands, text)
            or [(Span(0, len(text)), len(lineage) - 1)]
            if (start < stretch.end and end > stretch.start) or not text
        ),
        paragraphs=tuple(
            _paragraph(number, lineage, laid, text, spans[number - 1]) for number in range(first, last + 1)
        ),
    )


def _lineage(kept: History, row: Row) -> list[Row]:
    """The versions that led to this one, each the previous one of the next; oldest first."""
    previous = kept.previous_numbers()
    lineage = [row]
    while (number := previous[lineage[-1].number]) is not None:
        lineage.append(kept.row(number))
    return lineage[::-1]


def _fold(story: str, lineage: list[Row], texts: Texts) -> list[Strand]:
    before = texts(story, lineage[0])
    strands = origins.opened(before, 0)
    for rank, row in enumerate(lineage[1:], 1):
        text = texts(story, row)
        if text != before:
            strands = origins.carried(strands, before, edits(before, text), rank)
        before = text
    return strands


def _hunk(kept: History, row: Row, text: str, span: Span) -> Hunk:
    return Hunk(
        start=span.start,
        length=span.end - span.start,
        text=text[span.start : span.end],
        number=row.number,
        id=row.id.hex(),
        dated=row.dated,
        at=iso_seconds(row.at),
        source=kept.source(row.number),
    )


def _paragraph(number: int, lineage: list[Row], strands: Laid, text: str, span: Span) -> Paragraph:
    return Paragraph(
        number=number,
        start=span.start,
        length=span.end - span.start,
        introduced=lineage[origins.introduced(strands, text, span)].number,
        last_touched=lineage[origins.last_touched(strands, text, span)].number,
    )
