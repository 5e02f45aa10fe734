"""Paragraphs of a blame that were asked for by their words."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace

from vstore.answers import Blame, Hunk, Paragraph
from vstore.phrases import Phrase
from vstore.text import Span


def holding(blame: Blame, wanted: str, exact: bool = False) -> list[int]:
    """Numbers of the paragraphs that a phrase stands in, the whole of it or a part."""
    text = "".join(hunk.text for hunk in blame.hunks)
    offset = blame.hunks[0].start if blame.hunks else 0
    spans = [Span(start + offset, end + offset) for start, end in Phrase(wanted, exact=exact).spans(text)]
    return list(_reached(blame.paragraphs, spans))


def _reached(paragraphs: tuple[Paragraph, ...], spans: list[Span]) -> Iterator[int]:
    place = 0
    for paragraph in paragraphs:
        while place < len(spans) and spans[place].end <= paragraph.start:
            place += 1
        if place < len(spans) and spans[place].start < paragraph.start + paragraph.length:
            yield paragraph.number


def only(blame: Blame, numbers: Container[int]) -> Blame:
    """The blame of these paragraphs; the hunks are cut at their ends."""
    chosen = tuple(paragraph for paragraph in blame.paragraphs if paragraph.number in numbers)
    return replace(blame, paragraphs=chosen, hunks=tuple(_cut(blame.hunks, chosen)))


def _cut(hunks: tuple[Hunk, ...], paragraphs: tuple[Paragraph, ...]) -> Iterator[Hunk]:
    place = 0
    for paragraph in paragraphs:
        end = paragraph.start + paragraph.length
        while place < len(hunks) and hunks[place].start < end:
            hunk = hunks[place]
            first, last = max(hunk.start, paragraph.start), min(hunk.start + hunk.length, end)
            if first < last:
                text = hunk.text[first - hunk.start : last - hunk.start]
                yield replace(hunk, start=first, length=last - first, text=text)
            if hunk.start + hunk.length > end:
                break
            place += 1
