"""When was each passage last touched: the newest version that added, changed or deleted a token in it.

A version is compared with its previous one, token by token. Where it has a token that the other has not, or
took one out between two others of a block, it touched the passages they stand in. White space and moves do
not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from functools import cached_property
from itertools import chain, pairwise

from vstore.origins.layouts import Layout, paragraphs
from vstore.origins.written import Passage
from vstore.subsequence import same_at_ends

Touches = list[tuple[int, ...]]
"""For each block of a layout, the rank that last touched each of its passages."""


def first_touches(layout: Layout, rank: int) -> Touches:
    """Of a version without a previous one: all is its own."""
    return [(rank,) * len(block) for block in layout]


def next_touches(before: Layout, touches: Touches, layout: Layout, rank: int, tokens: int) -> Touches:
    """Of the version of this rank, from those of the previous one; `tokens` were written so far."""
    head, tail = same_at_ends(before, layout)
    old = before[head : len(before) - tail]
    new = layout[head : len(layout) - tail]
    changed = _Changed(old, touches[head : len(before) - tail], new, tokens)
    middle = [tuple(changed.touch(passage, rank) for passage in block) for block in new]
    return [*touches[:head], *middle, *touches[len(before) - tail :]]


class _Changed:
    """The blocks of two versions that are not the same, by passages and tokens."""

    def __init__(self, old: Layout, touches: Touches, new: Layout, tokens: int) -> None:
        self._stayed = dict(zip(chain.from_iterable(old), chain.from_iterable(touches), strict=True))
        now = set(chain.from_iterable(new))
        self._loose = [passage for passage in self._stayed if passage not in now]
        self._had = _marked(bytearray(tokens), self._loose, 1)
        came = [passage for passage in now if passage not in self._stayed]
        beside = list(_beside(old, set(self._loose), _marked(self._had.copy(), came, 0)))
        self._beside = {number for _, number in beside}
        self._passages_beside = {passage for passage, _ in beside} & now

    def touch(self, passage: Passage, rank: int) -> int:
        """The rank that last touched a passage of the new version."""
        touch = self._stayed.get(passage)
        if touch is not None:
            return rank if passage in self._passages_beside else touch
        if any(self._had.find(0, start, end) >= 0 for start, end in passage.runs):
            return rank
        if not self._beside.isdisjoint(passage.numbers()):
            return rank
        return max(self._tokens[number] for number in passage.numbers())

    @cached_property
    def _tokens(self) -> dict[int, int]:
        """When the tokens were touched whose passages are no more."""
        return {number: self._stayed[passage] for passage in self._loose for number in passage.numbers()}


def _marked(marks: bytearray, passages: Iterable[Passage], mark: int) -> bytearray:
    """Marks by token number, with those of these passages set."""
    for passage in passages:
        for start, end in passage.runs:
            marks[start:end] = bytes((mark,)) * (end - start)
    return marks


def _beside(old: Layout, loose: Set[Passage], gone: bytearray) -> Iterator[tuple[Passage, int]]:
    """Tokens that stood next to those that are gone, in their paragraph, and the passages they stood in."""
    for paragraph in paragraphs(old):
        if loose.isdisjoint(paragraph) or not _is_mixed(paragraph, gone):
            continue
        tokens = [(passage, number) for passage in paragraph for number in passage.numbers()]
        for left, right in pairwise(tokens):
            if gone[left[1]] != gone[right[1]]:
                yield right if gone[left[1]] else left


def _is_mixed(paragraph: list[Passage], gone: bytearray) -> bool:
    """Whether some of its tokens are gone, and some are not."""
    runs = [run for passage in paragraph for run in passage.runs]
    return all(any(gone.find(mark, start, end) >= 0 for start, end in runs) for mark in (0, 1))
