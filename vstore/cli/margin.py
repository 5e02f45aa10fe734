"""Blame for reading: who wrote which words, in a margin beside the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from itertools import groupby
from typing import NamedTuple

from vstore.answers import Blame, Hunk, Paragraph
from vstore.cli.look import Look
from vstore.cli.moments import brief
from vstore.cli.width import cut, flat, pad, width, wrap
from vstore.model import Version

COLUMNS = 80
"""Where stdout is no terminal."""
NARROWEST = 20
"""The text keeps so many columns, however narrow the terminal."""
WIDEST_SOURCE = 14
NO_SOURCE = "-"


class Run(NamedTuple):
    """A stretch of one paragraph that one version wrote."""

    hunk: Hunk
    text: str


def blamed_text(blame: Blame) -> str:
    """The text that the hunks join to."""
    return "".join(hunk.text for hunk in blame.hunks)


def beside(blame: Blame, zone: tzinfo | None, look: Look) -> Iterator[str]:
    """Each paragraph with its number; each run of words with the version, date and source it comes from."""
    if not blame.paragraphs:
        return
    margin = Margin.of(blame, zone, look)
    hunks = _Hunks(blame)
    for place, paragraph in enumerate(blame.paragraphs):
        if place:
            yield ""
        label = str(paragraph.number)
        for run in hunks.runs(paragraph):
            yield from margin.group(label, run)
            label = ""


def by_paragraph(
    blame: Blame, by: str, versions: Mapping[int, Version], zone: tzinfo | None, look: Look
) -> Iterator[str]:
    """One line a paragraph: its number, the version that introduced or last touched it, its first words."""
    if not blame.paragraphs:
        return
    shown = [versions[_answer(paragraph, by)] for paragraph in blame.paragraphs]
    margin = Margin.wide_enough(
        max(paragraph.number for paragraph in blame.paragraphs),
        [(version.number, version.dated, version.source) for version in shown],
        zone,
        look,
    )
    text, start = blamed_text(blame), blame.hunks[0].start
    for paragraph, version in zip(blame.paragraphs, shown, strict=True):
        first = paragraph.start - start
        words = flat(look.clean(text[first : first + paragraph.length]))
        yield margin.line(str(paragraph.number), version.number, version.dated, version.source) + cut(
            words, margin.room
        )


def _answer(paragraph: Paragraph, by: str) -> int:
    return paragraph.introduced if by == "introduced" else paragraph.last_touched


@dataclass(frozen=True, slots=True)
class Margin:
    """Columns of the margin: paragraph, version, date, source."""

    label: int
    number: int
    date: int
    source: int
    zone: tzinfo | None
    look: Look

    @classmethod
    def of(cls, blame: Blame, zone: tzinfo | None, look: Look) -> Margin:
        """Wide enough for everything in it, save for long sources."""
        origins = {(hunk.number, hunk.dated, hunk.source): None for hunk in blame.hunks}
        return cls.wide_enough(blame.paragraphs[-1].number, list(origins), zone, look)

    @classmethod
    def wide_enough(
        cls,
        paragraph: int,
        origins: list[tuple[int, str | None, str | None]],
        zone: tzinfo | None,
        look: Look,
    ) -> Margin:
        """Wide enough for these paragraphs, versions, dates and sources."""
        return cls(
            label=max(2, len(str(paragraph))),
            number=max(len(str(number)) for number, _, _ in origins),
            date=max(len(brief(dated, zone)) for _, dated, _ in origins),
            source=min(WIDEST_SOURCE, max(width(source or NO_SOURCE) for _, _, source in origins)),
            zone=zone,
            look=look,
        )

    @property
    def room(self) -> int:
        """Columns that are left for the text."""
        taken = self.label + self.number + self.date + self.source + 9
        return max(NARROWEST, (self.look.columns or COLUMNS) - taken)

    def group(self, label: str, run: Run) -> Iterator[str]:
        """The lines of one run; the margin speaks on the first alone."""
        hunk = run.hunk
        empty = pad("", self.label + self.number + self.date + self.source + 6) + " │ "
        opening = self.line(label, hunk.number, hunk.dated, hunk.source)
        for line in wrap(flat(self.look.clean(run.text)), self.room):
            yield opening + line
            opening = empty

    def line(self, label: str, number: int, dated: str | None, source: str | None) -> str:
        """The margin of a first line."""
        origin = "  ".join(
            (
                f"{number:>{self.number}}",
                pad(brief(dated, self.zone), self.date),
                pad(cut(flat(self.look.clean(source or NO_SOURCE)), self.source), self.source),
            )
        )
        style = self.look.of_version(number)
        return f"{self.look.ink(f'{label:>{self.label}}', 'bold')}  {self.look.ink(origin, style)} │ "


class _Hunks:
    """Hunks walked along with the paragraphs."""

    def __init__(self, blame: Blame) -> None:
        self._hunks = blame.hunks
        self._next = 0

    def runs(self, paragraph: Paragraph) -> Iterator[Run]:
        """The paragraph's text, joined where neighbours are of one version."""
        for _, group in groupby(self._pieces(paragraph), key=lambda run: run.hunk.number):
            pieces = list(group)
            text = "".join(piece.text for piece in pieces).strip()
            if text:
                yield Run(pieces[0].hunk, text)

    def _pieces(self, paragraph: Paragraph) -> Iterator[Run]:
        end = paragraph.start + paragraph.length
        while self._next < len(self._hunks):
            hunk = self._hunks[self._next]
            first, last = max(paragraph.start, hunk.start), min(end, hunk.start + hunk.length)
            if first < last:
                yield Run(hunk, hunk.text[first - hunk.start : last - hunk.start])
            if hunk.start + hunk.length > end:
                return
            self._next += 1
