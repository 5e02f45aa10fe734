"""A story followed in its order, as far as somebody asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from vstore.origins.fold import Fold
from vstore.origins.strands import Authorship, Credit, authorship
from vstore.origins.touches import Touches, first_touches, next_touches
from vstore.origins.written import Passage


class Trace:
    """The fold of a story's versions, and when their passages were last touched.

    `texts` gives back the text of any version taken, by rank.
    """

    def __init__(self, texts: Callable[[int], str]) -> None:
        self.fold = Fold(texts)
        self.previous: list[int | None] = []
        """Rank → that of the newest earlier version of the same source, else of the newest earlier one."""
        self.touches: dict[int, Touches] = {}
        """Of each source's last version, by rank."""
        self.earlier: dict[int, Touches] = {}
        """Of versions at which checkpoints were left."""
        self.texts = texts
        self._last: dict[str | None, int] = {}

    def __len__(self) -> int:
        return len(self.fold)

    def take(self, text: str, text_id: bytes, source: str | None) -> None:
        """Follow the story to its next version."""
        rank, known = len(self), self._last.get(source)
        self.fold.take(text, text_id, source)
        before = self._follow(source)
        self.touches[rank] = self._next(rank, [] if before is None else self.touches[before])
        if known is not None:
            del self.touches[known]

    def note(self, rows: Iterable[tuple[bytes, str | None]]) -> None:
        """What is known of versions that were taken before: their text ids and sources."""
        for text_id, source in rows:
            self.fold.note(len(self.previous), text_id, source)
            self._follow(source)

    @property
    def last_of_each(self) -> set[int]:
        """The rank of each source's last version."""
        return set(self._last.values())

    def _follow(self, source: str | None) -> int | None:
        """What the next version followed."""
        rank = len(self.previous)
        before = self._last.get(source, rank - 1 if rank else None)
        self.previous.append(before)
        self._last[source] = rank
        return before

    def authorship(self, rank: int) -> Authorship:
        """Who wrote a version, by ranks."""
        return authorship(self.texts(rank), self._written(rank), rank)

    def survival(self, rank: int, versions: int) -> Authorship:
        """The same, but for each token the last of the first so many versions that has it."""
        left = set(self.fold.numbers(rank))
        seen: set[Passage] = set()
        last: dict[int, int] = {}
        for later in range(versions - 1, rank - 1, -1):
            if not left:
                break
            new = set(chain.from_iterable(self.fold.layouts.of(later))) - seen
            seen |= new
            found = left.intersection(chain.from_iterable(passage.numbers() for passage in new))
            left -= found
            last.update(dict.fromkeys(found, later))
        until = (
            (1, last[number], touch) for passage, touch in self._touched(rank) for number in passage.numbers()
        )
        return authorship(self.texts(rank), until, rank)

    def _written(self, rank: int) -> Iterator[Credit]:
        for passage, touch in self._touched(rank):
            for count, origin in self.fold.origins(passage):
                yield count, origin, touch

    def _touched(self, rank: int) -> Iterator[tuple[Passage, int]]:
        """The passages of a version, each with the rank that last touched it."""
        passages = chain.from_iterable(self.fold.layouts.of(rank))
        return zip(passages, chain.from_iterable(self._touches_of(rank)), strict=True)

    def _touches_of(self, rank: int) -> Touches:
        """Kept of each source's last version; of others found by following what they followed."""
        way: list[int] = []
        at: int | None = rank
        while at is not None and at not in self.touches and at not in self.earlier:
            way.append(at)
            at = self.previous[at]
        touches = [] if at is None else self.touches.get(at) or self.earlier[at]
        for next_ in reversed(way):
            touches = self._next(next_, touches)
        return touches

    def _next(self, rank: int, touches: Touches) -> Touches:
        layout, before = self.fold.layouts.of(rank), self.previous[rank]
        if before is None:
            return first_touches(layout, rank)
        tokens = len(self.fold.written.words)
        return next_touches(self.fold.layouts.of(before), touches, layout, rank, tokens)
