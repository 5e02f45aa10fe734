"""Pages of prose whose every word knows which version wrote it, and how they are laid out as texts.

Terminology
    word        one written instance of a token: equal only to itself, wherever it goes
    sentence    words; a paragraph is sentences, a page paragraphs: immutable, so old pages are just kept
    layout      line width, line ends, blank lines, gaps: changes the text, never a word
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from bench.histories_prose import Values


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """See the head of the module; `origin` is the place of the version that wrote it, from 0."""

    text: str
    origin: int


Sentence = tuple[Word, ...]
Paragraph = tuple[Sentence, ...]


class Layout(NamedTuple):
    """How a page becomes a text; a width of 0 leaves lines as long as they are."""

    width: int = 0
    end: str = "\n"
    gap: str = " "
    blank: bool = True


class Page(NamedTuple):
    """A version of one source."""

    paragraphs: tuple[Paragraph, ...]
    layout: Layout

    @property
    def sentences(self) -> Iterator[Sentence]:
        """All of them, in order."""
        return chain.from_iterable(self.paragraphs)

    @property
    def words(self) -> Iterator[Word]:
        """All of them, in order."""
        return chain.from_iterable(self.sentences)

    def has(self, words: Iterable[Word]) -> bool:
        """Whether any of these words stands here."""
        standing = set(self.words)
        return any(word in standing for word in words)

    def has_twin(self, paragraph: Paragraph) -> bool:
        """Whether a sentence here reads as one of these but was written by other versions."""
        known = {values(sentence): _origins(sentence) for sentence in paragraph}
        return any(known.get(values(other), _origins(other)) != _origins(other) for other in self.sentences)

    def replaced(self, at: int, *paragraphs: Paragraph, count: int = 1) -> Page:
        """The page with others in place of `count` paragraphs; such as have no sentence vanish."""
        kept = (*self.paragraphs[:at], *paragraphs, *self.paragraphs[at + count :])
        return self._replace(paragraphs=tuple(filter(None, kept)))

    def rewritten(self, place: Place, *sentences: Sentence, count: int = 1) -> Page:
        """The page with others in place of `count` sentences of a paragraph; such as have no word vanish."""
        paragraph = self.paragraphs[place.paragraph]
        kept = (*paragraph[: place.sentence], *sentences, *paragraph[place.sentence + count :])
        return self.replaced(place.paragraph, tuple(filter(None, kept)))


class Place(NamedTuple):
    """Where a sentence stands."""

    paragraph: int
    sentence: int


def values(sentence: Sentence) -> Values:
    """What it reads."""
    return tuple(word.text for word in sentence)


def _origins(sentence: Sentence) -> list[int]:
    return [word.origin for word in sentence]


# As text

_NO_SPACE_BEFORE = frozenset(".,;:?!)%”’»،؛؟，。：；？！、）…")
_NO_SPACE_AFTER = frozenset("(“‘«$（")
_NO_SPACE_BESIDE = frozenset("-")


def rendered(page: Page, *, spaced: bool) -> str:
    """The page's text; `spaced` says whether its language puts spaces between words."""
    layout = page.layout
    between = layout.end * (2 if layout.blank else 1)
    paragraphs = (_line(paragraph, layout.gap, spaced=spaced) for paragraph in page.paragraphs)
    return between.join(_wrapped(paragraph, layout, spaced=spaced) for paragraph in paragraphs) + layout.end


def _line(paragraph: Paragraph, gap: str, *, spaced: bool) -> str:
    pieces: list[str] = []
    for sentence in paragraph:
        for at, word in enumerate(sentence):
            if pieces:
                pieces.append(_between(pieces[-1], word.text, gap if at == 0 else "", spaced=spaced))
            pieces.append(word.text)
    return "".join(pieces)


def _between(left: str, right: str, gap: str, *, spaced: bool) -> str:
    """The space between two words: none beside punctuation; in Chinese, only between figures."""
    if not spaced:
        return " " if left[-1].isascii() and right[0].isascii() and (left + right).isalnum() else ""
    if gap:
        return gap
    tight = (
        right in _NO_SPACE_BEFORE or left in _NO_SPACE_AFTER or not _NO_SPACE_BESIDE.isdisjoint({left, right})
    )
    return "" if tight else " "


def _wrapped(line: str, layout: Layout, *, spaced: bool) -> str:
    if not layout.width:
        return line
    if not spaced:
        return layout.end.join(_slices(line, layout.width // 2))
    lines = [""]
    for piece in line.split(" "):
        if lines[-1] and len(lines[-1]) + len(piece) >= layout.width:
            lines.append(piece)
        else:
            lines[-1] += f" {piece}" if lines[-1] else piece
    return layout.end.join(lines)


def _slices(line: str, width: int) -> Iterator[str]:
    """A line cut after so many characters, but never within a figure."""
    start = 0
    while start < len(line):
        end = start + width
        while line[end - 1 : end].isascii() and line[end : end + 1].isascii() and end < len(line):
            end += 1
        yield line[start:end]
        start = end
