"""Blame for reading: who wrote which words, in a margin beside the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import groupby
from typing import Final, Literal, NamedTuple
from unicodedata import bidirectional

from vstore.answers import Blame, Hunk, Paragraph
from vstore.cli.look import AGES, SOURCES, Look
from vstore.cli.moments import brief
from vstore.cli.width import cut, flat, pad, width, wrap
from vstore.model import Version

COLUMNS: Final = 80
"""Where stdout is no terminal."""
NARROWEST: Final = 20
"""The text keeps so many columns, however narrow the terminal."""
WIDEST_SOURCE: Final = 14
NO_SOURCE: Final = "-"
STILL_THERE: Final = "still there"
"""What a reverse blame says of words that the current version has."""
_TURNING = frozenset(("R", "AL", "RLE", "RLO", "LRE", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"))

ColorBy = Literal["age", "source"]


class Origin(NamedTuple):
    """A version as the margin tells it."""

    number: int
    at: str
    dated: str | None
    source: str | None

    @classmethod
    def of(cls, told: Hunk | Version) -> Origin:
        """The version itself, or the one that a hunk names."""
        return cls(told.number, told.at, told.dated, told.source)


class Run(NamedTuple):
    """A stretch of one paragraph that one version wrote."""

    origin: Origin
    text: str


class Manner(NamedTuple):
    """How a margin is drawn; `current`: the version in which, in a reverse blame, words are still there."""

    zone: tzinfo | None
    look: Look
    color_by: ColorBy = "age"
    current: int | None = None


def shades(origins: Iterable[Origin], color_by: ColorBy) -> dict[int, int]:
    """Each version's place among the six colours: from the oldest to the newest, or one for each source."""
    oldest_first = sorted(set(origins), key=lambda origin: (origin.at, origin.number))
    if color_by == "source":
        sources = {
            source: place for place, source in enumerate(dict.fromkeys(o.source for o in oldest_first))
        }
        return {origin.number: sources[origin.source] % len(SOURCES) for origin in oldest_first}
    last = max(1, len(oldest_first) - 1)
    return {origin.number: rank * (len(AGES) - 1) // last for rank, origin in enumerate(oldest_first)}


def beside(blame: Blame, manner: Manner) -> Iterator[str]:
    """Each paragraph with its number; each run of words with the version, date and source it comes from."""
    if not blame.paragraphs:
        return
    margin = Margin.wide_enough(blame.paragraphs, list(map(Origin.of, blame.hunks)), manner)
    for place, (paragraph, found) in enumerate(runs(blame)):
        if place:
            yield ""
        label = str(paragraph.number)
        for run in found:
            yield from margin.group(label, run)
            label = ""


def by_paragraph(blame: Blame, by: str, versions: Mapping[int, Version], manner: Manner) -> Iterator[str]:
    """One line a paragraph: its number, the version that introduced or last touched it, its first words."""
    if not blame.paragraphs:
        return
    shown = [Origin.of(versions[_answer(paragraph, by)]) for paragraph in blame.paragraphs]
    margin = Margin.wide_enough(blame.paragraphs, shown, manner)
    for (paragraph, found), origin in zip(runs(blame), shown, strict=True):
        words = flat(manner.look.clean("".join(run.text for run in found)))
        yield margin.line(str(paragraph.number), origin) + margin.text(cut(words, margin.room))


def _answer(paragraph: Paragraph, by: str) -> int:
    return paragraph.introduced if by == "introduced" else paragraph.last_touched


@dataclass(frozen=True, slots=True)
class Margin:
    """Columns of the margin: paragraph, version, date, source; `colors` by the number of a version."""

    label: int
    number: int
    date: int
    source: int
    colors: Mapping[int, int]
    manner: Manner

    @classmethod
    def wide_enough(
        cls, paragraphs: Sequence[Paragraph], origins: Sequence[Origin], manner: Manner
    ) -> Margin:
        """Wide enough for everything in it, save for long sources."""
        colors = AGES if manner.color_by == "age" else SOURCES
        shade = shades(origins, manner.color_by)
        told = [origin for origin in origins if origin.number != manner.current]
        source = min(WIDEST_SOURCE, max((width(_source(origin, manner.look)) for origin in told), default=0))
        least = 0 if manner.current is None else len(STILL_THERE) - source - 2
        return cls(
            label=max(2, len(str(paragraphs[-1].number))),
            number=max(len(str(origin.number)) for origin in origins),
            date=max(least, *(len(brief(origin.dated, manner.zone)) for origin in told), 0),
            source=source,
            colors={version: colors[place] for version, place in shade.items()},
            manner=manner,
        )

    @property
    def room(self) -> int:
        """Columns that are left for the text."""
        taken = self.label + self.number + self.date + self.source + 9
        return max(NARROWEST, (self.manner.look.columns or COLUMNS) - taken)

    def group(self, label: str, run: Run) -> Iterator[str]:
        """The lines of one run; the margin speaks on the first alone, its bar runs on."""
        look = self.manner.look
        below = pad("", self.label + self.number + self.date + self.source + 6)
        opening = self.line(label, run.origin)
        for line in wrap(flat(look.clean(run.text.strip())), self.room):
            yield opening + self.text(line)
            opening = f"{below} {look.tint('│', self.colors[run.origin.number])} "

    def line(self, label: str, origin: Origin) -> str:
        """The margin of a first line."""
        look = self.manner.look
        told = f"{origin.number:>{self.number}}  {self._told(origin)} │"
        return f"{look.ink(f'{label:>{self.label}}', 'bold')}  {look.tint(told, self.colors[origin.number])} "

    def text(self, line: str) -> str:
        """Words beside the margin: those that run from right to left do not turn it round."""
        return apart(line, self.manner.look)

    def _told(self, origin: Origin) -> str:
        if origin.number == self.manner.current:
            return pad(STILL_THERE, self.date + self.source + 2)
        date = pad(brief(origin.dated, self.manner.zone), self.date)
        source = cut(_source(origin, self.manner.look), self.source)
        return f"{date}  {apart(source, self.manner.look)}{pad('', self.source - width(source))}"


def _source(origin: Origin, look: Look) -> str:
    # No more than may be shown: a hostile one is a megabyte, and stands beside every hunk.
    return flat(look.clean((origin.source or NO_SOURCE)[: 8 * WIDEST_SOURCE]))


def apart(text: str, look: Look) -> str:
    """On a terminal, which may reorder text from right to left by itself, such text isolated (UAX #9)."""
    if look.columns is None or text.isascii() or _TURNING.isdisjoint(map(bidirectional, text)):
        return text
    return f"\u2068{text}\u2069"


def runs(blame: Blame) -> Iterator[tuple[Paragraph, list[Run]]]:
    """The paragraphs, each as runs of words; neighbours of one version are one run."""
    hunks = _Hunks(blame)
    for paragraph in blame.paragraphs:
        yield paragraph, list(_joined(hunks.pieces(paragraph)))


def _joined(pieces: Iterable[Run]) -> Iterator[Run]:
    for origin, group in groupby(pieces, key=lambda piece: piece.origin):
        yield Run(origin, "".join(piece.text for piece in group))


class _Hunks:
    """Hunks walked along with the paragraphs."""

    def __init__(self, blame: Blame) -> None:
        self._hunks = blame.hunks
        self._next = 0

    def pieces(self, paragraph: Paragraph) -> Iterator[Run]:
        """The stretches of hunks that make up the paragraph."""
        end = paragraph.start + paragraph.length
        while self._next < len(self._hunks):
            hunk = self._hunks[self._next]
            first, last = max(paragraph.start, hunk.start), min(end, hunk.start + hunk.length)
            if first < last:
                yield Run(Origin.of(hunk), hunk.text[first - hunk.start : last - hunk.start])
            if hunk.start + hunk.length > end:
                return
            self._next += 1
