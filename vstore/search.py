"""Where words stand, and when they came and went: phrases looked for in the texts of a store, one by one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from itertools import groupby, islice
from typing import NamedTuple, TypeVar

from vstore.answers import Match, Occurrence
from vstore.dates import iso_seconds
from vstore.errors import Corrupt
from vstore.history import facts_of
from vstore.model import Version
from vstore.phrases import Phrase
from vstore.rows import Row
from vstore.shelf import Shelf
from vstore.text import Span, paragraphs

BLOCK = 48
"""Versions whose texts are restored in the order of arrival, each from the one before it."""

COUNTS = 100_000
"""Numbers of occurrences kept at hand; one costs a text to find."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Scope(NamedTuple):
    """Which versions are searched: of these stories (None: of all) each one's current version, or all."""

    stories: Sequence[str] | None = None
    all_versions: bool = False
    source: str | None = None

    @property
    def is_current(self) -> bool:
        """True if the newest version is wanted, whoever sent it."""
        return not self.all_versions and self.source is None

    def rows(self, shelf: Shelf) -> Iterator[tuple[str, Iterable[Row]]]:
        """Each story with its rows, the last in its order first."""
        if self.stories is None and self.is_current and shelf.as_of is None:
            for head, row in shelf.storage.heads():  # spares reading the rest of each story
                yield head.story, [row]
            return
        for story in shelf.storage.names() if self.stories is None else self.stories:
            yield story, self._chosen(shelf, story)

    def _chosen(self, shelf: Shelf, story: str) -> Iterator[Row]:
        kept = shelf.history(story)
        newest_first = (kept.row(number) for _, number in reversed(kept.order))
        chosen = (row for row in newest_first if self.source in (None, kept.source(row.number)))
        return islice(chosen, None if self.all_versions else 1)


def matches(
    shelf: Shelf, phrase: Phrase, scope: Scope, progress: Callable[[int], None] | None
) -> Iterator[Match]:
    """One for each paragraph that holds the phrase; `progress` is told how many stories are done."""
    for done, (story, rows) in enumerate(scope.rows(shelf), 1):
        found = partial(_in_version, shelf, phrase, story)
        for _, passages in _answered(rows, found, lambda row: row.number):
            yield from passages
        if progress:
            progress(done)


def occurrences(versions: Iterable[Version], count: Callable[[str, int], int]) -> Iterator[Occurrence]:
    """The versions whose count (of a story's version, by its number) is not that of their previous one."""
    counted = lru_cache(maxsize=COUNTS)(count)
    of_version = partial(_of_version, counted)
    for version, after in _answered(versions, of_version, lambda each: (each.story, each.number)):
        before = 0 if version.previous is None else counted(version.story, version.previous)
        if before != after:
            yield Occurrence(version, before, after)


def _of_version(counted: Callable[[str, int], int], version: Version) -> int:
    return counted(version.story, version.number)


def _answered(
    items: Iterable[Item], answer: Callable[[Item], Answer], arrival: Callable[[Item], tuple[str, int] | int]
) -> Iterator[tuple[Item, Answer]]:
    """Each with its answer, in blocks found in the order of arrival; a damaged one raises in its turn."""
    rest = iter(items)
    while block := list(islice(rest, BLOCK)):
        found: dict[tuple[str, int] | int, Answer] = {}
        for item in sorted(block, key=arrival):
            with suppress(Corrupt):
                found[arrival(item)] = answer(item)
        for item in block:
            yield item, found[arrival(item)] if arrival(item) in found else answer(item)


def _in_version(shelf: Shelf, phrase: Phrase, story: str, row: Row) -> list[Match]:
    text = shelf.stored(story, row)
    spans = phrase.spans(text)
    return [
        Match(
            story=story,
            number=row.number,
            id=row.id.hex(),
            dated=row.dated,
            at=iso_seconds(row.at),
            source=facts_of(row.facts).source,
            paragraph=paragraph,
            start=passage.start,
            length=passage.end - passage.start,
            text=text[passage.start : passage.end],
            occurrences=tuple((start - passage.start, end - start) for start, end in held),
        )
        for paragraph, passage, held in (_by_paragraph(paragraphs(text), spans) if spans else ())
    ]


def _by_paragraph(units: list[Span], spans: list[Span]) -> Iterator[tuple[int, Span, list[Span]]]:
    """Each paragraph in which a span begins: its number, and as much as its spans reach into."""
    ends, starts = [unit.end for unit in units], [unit.start for unit in units]
    for place, group in groupby(spans, key=lambda span: bisect_left(ends, span.start + 1)):
        held = list(group)
        last = bisect_left(starts, held[-1].end) - 1
        passage = Span(min(starts[place], held[0].start), max(ends[last], held[-1].end))
        yield place + 1, passage, held
