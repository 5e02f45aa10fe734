"""Blame for scripts: lines whose first word says what they are; `docs/blame.md` promises their form."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from vstore.answers import Blame, Hunk
from vstore.objects import escape

FORM = 1


class Stretch(NamedTuple):
    """What of a hunk lies in one paragraph, with the white space behind; paragraph 0 where there is none."""

    start: int
    text: str
    paragraph: int


def porcelain(blame: Blame) -> Iterator[str]:
    """The lines; each version is told once, before the first words that are its."""
    yield f"porcelain {FORM}"
    yield f"story {escape(blame.story)}"
    yield f"blamed {blame.number} {blame.id} {blame.text_id}"
    yield f"direction {'reverse' if blame.reverse else 'forward'}"
    for each in blame.paragraphs:
        yield f"paragraph {each.number} {each.start} {each.length} {each.introduced} {each.last_touched}"
    told: set[int] = set()
    for hunk, stretch in _stretches(blame):
        if hunk.number not in told:
            told.add(hunk.number)
            yield from _version(hunk)
        yield f"hunk {stretch.start} {len(stretch.text)} {hunk.number} {hunk.id} {stretch.paragraph}"
        yield f"\t{escape(stretch.text)}"


def _version(hunk: Hunk) -> Iterator[str]:
    yield f"version {hunk.number} {hunk.id}"
    yield f"at {hunk.at}"
    if hunk.dated is not None:
        yield f"dated {hunk.dated}"
    if hunk.source is not None:
        yield f"source {escape(hunk.source)}"


def _stretches(blame: Blame) -> Iterator[tuple[Hunk, Stretch]]:
    """The hunks, cut where a paragraph begins; what stands before the first belongs to it."""
    starts = [paragraph.start for paragraph in blame.paragraphs]
    for hunk in blame.hunks:
        end = hunk.start + hunk.length
        inside = starts[max(1, bisect_right(starts, hunk.start)) : bisect_left(starts, end)]
        for start, stop in pairwise((hunk.start, *inside, end)):
            place = max(0, bisect_right(starts, start) - 1)
            number = blame.paragraphs[place].number if starts else 0
            yield hunk, Stretch(start, hunk.text[start - hunk.start : stop - hunk.start], number)
