"""Paragraphs of a blame that were asked for by their words."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace

from vstore.answers import Blame, Hunk, Paragraph
from vstore.text import tokens


def words_of(text: str) -> str:
    """Its tokens, each between single spaces: one text holds another's tokens if this holds the other's."""
    return f" {' '.join(text[start:end] for start, end in tokens(text))} "


def holding(blame: Blame, wanted: str) -> list[int]:
    """Numbers of the paragraphs that hold these tokens in a row, whatever white space lies between them."""
    text = "".join(hunk.text for hunk in blame.hunks)
    offset = blame.hunks[0].start if blame.hunks else 0
    sought = words_of(wanted)
    return [
        paragraph.number
        for paragraph in blame.paragraphs
        if sought in words_of(text[paragraph.start - offset : paragraph.start - offset + paragraph.length])
    ]


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
