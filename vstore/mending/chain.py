"""Which versions of a story are proved: each by its id, which follows from what it holds and the one before.

A row that is what was kept, by its checksum, stays as it is. Of one that is not, what its id covers is tried
until it makes the id that the row, the next version or the head asks for. What is still missing is taken
from another store, as far as an id that both have says that it is the same story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from vstore import dates
from vstore.errors import Corrupt, VstoreError
from vstore.history import facts_of
from vstore.mending import turned
from vstore.mending.names import ID
from vstore.mending.other import Other
from vstore.objects import Commit, blob_id, facts_id, version_id
from vstore.rows import Head, Row
from vstore.storage import layout
from vstore.storage.checksum import checksum
from vstore.storage.database import Found
from vstore.storage.layout import Lying
from vstore.storage.sql_remains import Remains

STRAYED = 64
"""So many damaged rows are tried under another number than theirs."""

Restored = Callable[[Row], str | None]
"""What is stored as the text of a version, be it the right one or not."""


class Proved(NamedTuple):
    """A version; unless it is as it was kept, moments and words are still to be found anew."""

    row: Row
    facts_at: int
    is_as_kept: bool
    recorded: int = 0
    """When the damaged row says that it was recorded, where the row is another store's."""


class Chain(NamedTuple):
    """A story as far as it is proved, and how many versions there ought to be."""

    versions: list[Proved]
    expected: int


class Before(NamedTuple):
    """What an id takes from the version before: its id and its clock."""

    id: bytes | None = None
    clock: int = 0


class Help(NamedTuple):
    """What helps where rows are damaged: another store, what is stored as texts, and time to try."""

    other: Other
    restored: Restored
    tries: turned.Tries


def proved(story: str, remains: Remains, have: Help) -> Chain:
    """The versions from the first on, until one cannot be had."""
    chaining = _Chaining(story, remains, have)
    versions = list(chaining.versions())
    return Chain(versions, max(len(versions), chaining.expected()))


class _Chaining:
    """One run along a story."""

    def __init__(self, story: str, remains: Remains, have: Help) -> None:
        self._story = story
        self._other, self._restored, self._tries = have
        self._rows = remains.versions
        self._fact_rows = remains.facts
        self._leads = remains.leads
        self._heads = list(heads(story, remains))
        self._learn()
        self._turn_back_facts()
        intact = [self._is_intact(each) for each in self._rows]
        self._intact = [each for each, is_intact in zip(self._rows, intact, strict=True) if is_intact]
        damaged = [each for each, is_intact in zip(self._rows, intact, strict=True) if not is_intact]
        self._strayed = damaged[:STRAYED]
        self._by_number: dict[int, list[Found]] = {}
        for each in self._rows:
            self._by_number.setdefault(each[0], []).append(each)
        self._most = self._shared()

    def _learn(self) -> None:
        """What facts are there, as kept or as they lie; those of version 1 tell others."""
        self._facts = layout.facts(self._story, self._fact_rows)
        first = self._facts[1].canonical if 1 in self._facts else b""
        lying = (layout.facts_as_they_lie(each, first) for each in self._fact_rows)
        self._loose_facts = {each for each in lying if each is not None}

    def _turn_back_facts(self) -> None:
        """Facts in which a byte turned, those of version 1 before the others."""
        for at, each in sorted(enumerate(self._fact_rows), key=lambda pair: pair[1][0] != 1):
            if each[0] in self._facts or not self._tries.take():
                continue
            first = [row for row in self._fact_rows if row[0] == 1 and 1 in self._facts]
            for row in turned.columns(each[1:]):
                if each[0] in layout.facts(self._story, [*first, (each[0], *row)]):
                    self._fact_rows[at] = (each[0], *row)
                    self._learn()
                    break

    def _is_intact(self, found: Found) -> bool:
        lying = layout.as_it_lies(self._story, found, {})
        return lying is not None and lying.is_intact

    def _shared(self) -> int:
        """Up to which version another store may be followed: to where both are known to be the same story.

        If nothing here says otherwise, to the head; if there is none, to its end.
        """
        theirs = {number: row.id for number, row in self._other.rows(self._story).items()}
        ours = [(each[0], each[1]) for each in self._intact]
        ours += [(head.versions, head.tip) for head in self._heads[:1]]
        known = [*ours, *((each[0], each[1]) for each in self._strayed)]
        agreed = max((number for number, name in known if theirs.get(number) == name), default=0)
        if any(number in theirs and number > agreed for number, _ in ours):
            return agreed
        return max(agreed, self._heads[0].versions) if self._heads else max(theirs, default=0)

    def versions(self) -> Iterator[Proved]:
        """One after the other, until one is not there."""
        number, before = 1, Before()
        while version := self._next(number, before):
            yield version
            row = version.row
            if number == 1 and row.facts_id and 1 not in self._facts:
                erased = None if row.facts_id == facts_id(row.facts) else row.facts_id
                told = (1, 0, 0, row.facts, erased, checksum(self._story, 1, row.facts_id, row.facts))
                self._fact_rows = [told, *(each for each in self._fact_rows if each[0] != 1)]
                self._learn()
            number, before = number + 1, Before(row.id, before.clock)
            with suppress(VstoreError):  # a date that is none, in a row that nothing proves
                before = _then(row, before)

    def expected(self) -> int:
        """How many versions there ought to be, by the head and by rows that are what was kept."""
        rows = [each[0] for each in self._intact]
        return max([*(head.versions for head in self._heads), *rows, *self._facts, *self._leads], default=0)

    def _next(self, number: int, before: Before) -> Proved | None:
        intact = [lying for lying in self._lying(number) if lying.is_intact]
        return (
            self._as_kept(intact, before)
            or self._as_kept(self._turned_back(number), before)
            or self._from_other(number, before)
            or self._recomputed(number, before)
            # What nothing proves is what was kept, all the same: fsck goes on to tell of it.
            or next((Proved(lying.row, lying.facts_at, True) for lying in intact), None)
        )

    def _lying(self, number: int) -> Iterator[Lying]:
        """The rows of a version, and damaged ones that are under another number by chance."""
        for each in [*self._by_number.get(number, ()), *self._strayed]:
            lying = layout.as_it_lies(self._story, (number, *each[1:]), self._facts)
            if lying and all(type(name) is bytes and len(name) == ID for name in lying.row[1:3]):
                yield lying

    def _turned_back(self, number: int) -> Iterator[Lying]:
        """Damaged rows without the one byte that turned in them."""
        for each in self._by_number.get(number, ()):
            if not self._is_intact(each) and self._tries.take():
                for row in turned.columns(each[1:]):
                    lying = layout.as_it_lies(self._story, (number, *row), self._facts)
                    if lying and lying.is_intact:
                        yield lying

    def _as_kept(self, intact: Iterable[Lying], before: Before) -> Proved | None:
        for lying in intact:
            for row in [lying.row] if lying.row.facts_id else self._with_facts(lying.row):
                if self._id(row, before) == row.id:
                    return Proved(row, lying.facts_at, True)
        return None

    def _recomputed(self, number: int, before: Before) -> Proved | None:
        for lying in self._lying(number):
            for row in self._with_facts(lying.row):
                for told in self._with_texts(row):
                    name = self._id(told, before)
                    if name is not None and self._is_wanted(told._replace(id=name), lying.row.id, before):
                        return Proved(told._replace(id=name), lying.facts_at, False)
        return None

    def _from_other(self, number: int, before: Before) -> Proved | None:
        row = self._other.rows(self._story).get(number)
        if row is None or number > self._most or self._id(row, before) != row.id:
            return None
        self._other.fetched += 1
        for ours in (lying.row for lying in self._lying(number)):
            if row.id == ours.id or row.text_id == ours.text_id:  # its text may still be where that says
                placed = row._replace(base=ours.base, depth=ours.depth, stored=ours.stored, pack=ours.pack)
                return Proved(placed, number, False, ours.recorded)
        return Proved(row._replace(base=None, depth=0, pack=None), number, False)

    def _with_facts(self, row: Row) -> Iterator[Row]:
        """The row with all facts that are known of the story, or of its like in another store."""
        theirs = self._other.rows(self._story).get(row.number)
        known = ([row.facts] if row.facts_id else []) + ([theirs.facts] if theirs else [])
        for each in dict.fromkeys([*known, *sorted(self._loose_facts)]):
            yield row._replace(facts_id=facts_id(each), facts=each)

    def _with_texts(self, row: Row) -> Iterator[Row]:
        yield row
        text = self._restored(row)
        if text is not None:
            yield row._replace(text_id=blob_id(text.encode()))

    def _is_wanted(self, row: Row, told: bytes, before: Before) -> bool:
        """Whether the row as it lay, the head or the version after it asks for the id of this one."""
        if row.id == told or any((head.versions, head.tip) == (row.number, row.id) for head in self._heads):
            return True
        after = (lying.row for lying in self._lying(row.number + 1))
        return any(self._id(each, _then(row, before)) == each.id for each in after if each.facts_id)

    def _id(self, row: Row, before: Before) -> bytes | None:
        """The id that follows from a row and the version before it."""
        try:
            commit = Commit(
                story=self._story,
                text_id=row.text_id,
                facts_id=row.facts_id,
                parent=before.id,
                source=facts_of(row.facts).source,
                clock=_then(row, before).clock,
                dated=row.dated,
            )
            return version_id(commit)
        except (VstoreError, TypeError):  # no facts, no date
            return None


def _then(row: Row, before: Before) -> Before:
    """What the next id takes from this version."""
    return Before(row.id, before.clock if row.dated is None else dates.clock(dates.parse(row.dated)))


def heads(story: str, remains: Remains) -> Iterator[Head]:
    """Those that are what was kept."""
    for each in remains.heads:
        with suppress(Corrupt):
            head = layout.head(each)
            if head.story == story:
                yield head
