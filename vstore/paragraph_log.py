"""The history of paragraphs: the versions that changed them, back to where they were written.

Followed are token numbers, from each version to its previous one, so that paragraphs are found again
wherever they stand there. Where the blocks that hold them are the same in both, nothing is read. Where a
paragraph was not in the previous version, but its tokens were written before, they are sought down the
story's order; until they are found, what was found meanwhile waits, since the version that deleted them is
known only then. Every version is looked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import tee
from typing import NamedTuple

from vstore.align import edits
from vstore.answers import ParagraphChange
from vstore.counterparts import Numbers, Standing, counterparts, region
from vstore.errors import Corrupt
from vstore.history import History
from vstore.lost import Lost, Sought
from vstore.model import Version
from vstore.origins.layouts import Block, Layout
from vstore.origins.passages import Cutter
from vstore.origins.trace import Trace
from vstore.paragraph_range import Paragraphs, chosen
from vstore.rows import Row
from vstore.shelf import Shelf
from vstore.subsequence import same_at_ends
from vstore.tracing import Tracing

STANDINGS = 6
"""Versions whose paragraphs are kept at hand."""

AHEAD = 16
"""Where versions so near to each other are read, all between are, in the order of arrival."""


def answer(
    tracing: Tracing,
    kept: History,
    row: Row,
    paragraphs: Paragraphs,
    versions: Callable[[Iterable[Row]], Iterator[Version]],
) -> Iterator[ParagraphChange]:
    """The changes of some paragraphs of a version, the newest first; UnknownParagraph is raised at once.

    `versions` tells rows as callers see them.
    """
    rows, rank = kept.in_order(), kept.rank(row)
    trace = tracing.followed(kept, rank + 1)
    walk = _Walk(trace, _Texts(tracing.shelf, kept.story, rows))
    first, last = chosen(paragraphs, len(walk.standing(rank)), kept.story, row.number)
    steps, told = tee(walk.steps(rank, range(first - 1, last)))
    changed = versions(rows[step.rank] for step in steps)
    return (_answered(version, step, walk, rows) for version, step in zip(changed, told, strict=True))


def _answered(version: Version, step: Step, walk: _Walk, rows: list[Row]) -> ParagraphChange:
    after = walk.standing(step.rank)
    found = after.holding(step.after)
    before = None
    if step.before and (previous := walk.previous(step.rank)) is not None:
        old = walk.standing(previous)
        before = old.told(old.holding(step.before))
    now = after.told(found)
    return ParagraphChange(
        version=version,
        paragraphs=tuple(place + 1 for place in found),
        before=before,
        after=now,
        edits=tuple(edits(before or "", now or "")),
        taken_from=None if step.taken_from is None else rows[step.taken_from].number,
    )


@dataclass(slots=True)
class Step:
    """A version that changed the paragraphs: their tokens in the previous one and in itself."""

    rank: int
    before: set[int] = field(default_factory=set)
    after: set[int] = field(default_factory=set)
    taken_from: int | None = None


class _Texts:
    """Texts by rank, asked for from the last to the first: each is patched up from an earlier one."""

    def __init__(self, shelf: Shelf, story: str, rows: list[Row]) -> None:
        self._shelf = shelf
        self._story = story
        self._rows = rows
        self._ahead = self._last = len(rows) + AHEAD

    def __call__(self, rank: int) -> str:
        if rank < self._ahead and self._last - rank < AHEAD:
            self._ahead = max(0, rank + 1 - AHEAD)
            for row in sorted(self._rows[self._ahead : rank], key=lambda row: row.number):
                with suppress(Corrupt):
                    self._shelf.stored(self._story, row)
        self._last = rank
        return self._shelf.stored(self._story, self._rows[rank])


class _Held(NamedTuple):
    """What is followed in a version: token numbers, and the places of the blocks that hold them."""

    numbers: set[int]
    places: set[int]


class _Walk:
    """One question's way back through a trace."""

    def __init__(self, trace: Trace, text: Callable[[int], str]) -> None:
        self._trace = trace
        self._layouts = trace.fold.layouts
        self._text = text
        self._cutter = Cutter()
        self.standing = lru_cache(STANDINGS)(self._standing)
        """A version's paragraphs, by rank."""
        self._wanted: dict[int, _Held] = {}
        self._steps: dict[int, Step] = {}
        self._lost = Lost(self._size)

    def previous(self, rank: int) -> int | None:
        """What a version is compared with."""
        return self._trace.previous[rank]

    def steps(self, rank: int, paragraphs: Iterable[int]) -> Iterator[Step]:
        """The versions that changed paragraphs of one, the last in the order first."""
        standing = self.standing(rank)
        for place in paragraphs:
            self._hold(rank, standing.numbers[place], standing.places[place])
        while rank >= 0:
            for found in self._lost.find(rank, self._layouts.of(rank)) if self._lost else ():
                self._go_on(rank, *found)
            if rank in self._wanted:
                self._step(rank, self._wanted.pop(rank))
            if self._lost:
                rank -= 1
                continue
            yield from self._waiting()
            rank = max(self._wanted, default=-1)
        yield from self._waiting()

    def _standing(self, rank: int) -> Standing:
        text = self._text(rank)
        try:
            return Standing(text, self._cutter.blocks(text), self._layouts.of(rank))
        except (ValueError, IndexError) as error:  # the layout of another text, from a forged checkpoint
            raise Corrupt(f"kept origins are not what the texts say: {error}") from error

    def _waiting(self) -> Iterator[Step]:
        steps, self._steps = self._steps, {}
        for rank in sorted(steps, reverse=True):
            yield steps[rank]

    def _at(self, rank: int) -> Step:
        return self._steps.setdefault(rank, Step(rank))

    def _size(self, numbers: Iterable[int]) -> int:
        written = self._trace.fold.written
        return sum(written.sizes(written.spell(numbers)))

    def _hold(self, rank: int, numbers: Iterable[int], places: Iterable[int]) -> None:
        held = self._wanted.setdefault(rank, _Held(set(), set()))
        held.numbers.update(numbers)
        held.places.update(places)

    def _step(self, rank: int, held: _Held) -> None:
        """From a version to its previous one."""
        before = self.previous(rank)
        if before is None:
            self._at(rank).after |= held.numbers
            return
        places = _same(self._layouts.of(rank), self._layouts.of(before), held.places)
        if places is None:
            self._compare(rank, before, held.numbers)
        else:
            self._hold(before, held.numbers, places)

    def _compare(self, rank: int, before: int, numbers: Set[int]) -> None:
        new, old = self.standing(rank), self.standing(before)
        mine = new.holding(numbers)
        followed = list(new.numbers)
        for paragraph in mine:
            followed[paragraph] = tuple(number for number in followed[paragraph] if number in numbers)
        were = counterparts(followed, old.numbers, self._size)
        whole = were if followed == new.numbers else counterparts(new.numbers, old.numbers, self._size)
        theirs: set[int] = set()
        gone: set[int] = set()
        for paragraph in mine:
            shared = old.sharing(were[paragraph], numbers)
            is_lost = self._seek(rank, followed[paragraph], old.every)
            parts = shared or ([] if is_lost else were[paragraph])
            theirs.update(parts, old.sharing(whole[paragraph], set(new.numbers[paragraph])))
            for place in parts:
                kept = region(old.numbers[place], numbers, new.every)
                gone |= kept - new.every
                if kept:
                    self._hold(before, kept, old.places[place])
        if gone or not numbers <= old.every:
            step = self._at(rank)
            step.after |= new.tokens(mine)
            step.before |= old.tokens(theirs)

    def _seek(self, rank: int, numbers: Numbers, stood: Set[int]) -> bool:
        """Whether most of a paragraph was written before, but did not stand in the previous version."""
        start = self._trace.fold.firsts[rank]
        lost = frozenset(number for number in numbers if number < start and number not in stood)
        size = self._size(lost)
        is_lost = 2 * size > self._size(numbers)
        if is_lost:
            self._lost.add(Sought(lost, size, rank))
        return is_lost

    def _go_on(self, rank: int, sought: Sought, place: int, numbers: set[int]) -> None:
        """From the version that had lost tokens last; on the way there one had deleted them."""
        self._hold(rank, numbers, [place])
        self._at(sought.rank).taken_from = rank
        later = sought.rank
        while (before := self.previous(later)) is not None and before > rank:
            later = before
        if before == rank:
            self._at(later).before |= numbers


def _same(layout: Layout, before: Layout, places: Set[int]) -> set[int] | None:
    """Where the blocks of these places stand in the earlier layout; None if one of them does not."""
    head, tail = same_at_ends(before, layout)
    end, shift = len(layout) - tail, len(before) - len(layout)
    found = {place if place < head else place + shift for place in places if not head <= place < end}
    if rest := [place for place in places if head <= place < end]:
        stood: dict[Block, int] = {before[place]: place for place in range(head, end + shift)}
        if any(layout[place] not in stood for place in rest):
            return None
        found.update(stood[layout[place]] for place in rest)
    return found
