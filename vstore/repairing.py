"""A damaged store made whole, as far as that goes; what cannot be repaired is told.

Of a store in a folder the file is copied first. A fresh one is made of all that can be read off its pages,
mended story by story, verified, and put in its place in one transaction. In PostgreSQL stories are mended
where they are, each in a transaction, but for those of which something would be lost: nobody has a copy.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vstore.again import until_kept
from vstore.answers import Check, Problem, Repaired
from vstore.blobs import story_digest
from vstore.checking.run import Listeners, check, rest_problems, story_problems
from vstore.checking.scope import Level, scope
from vstore.errors import Corrupt, StorageRefused, WrongFormat
from vstore.journalling import Journal
from vstore.mending.apart import mend_apart
from vstore.mending.other import Other
from vstore.mending.story import Damaged, Outcome, Workshop, mend
from vstore.mending.turned import Tries
from vstore.notes import number_of
from vstore.rows import LOST
from vstore.shelf import Shelf
from vstore.storage import layout
from vstore.storage.schema import FORMAT
from vstore.storage.sql import SqlStorage
from vstore.storage.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from vstore.storage.checksum import Column
    from vstore.storage.contract import Storage


class Options(NamedTuple):
    """`level`: how deep it is looked; `other`: who may have what is damaged; and who hears of it."""

    level: Level = "default"
    other: Storage | None = None
    wait: float = 30.0
    heard: Listeners = Listeners()


class _NothingGainedError(Exception):
    """The store would not be better than it is."""


def repaired_file(place: str, options: Options) -> Repaired:
    """Repair the file of a store; nothing is changed where nothing is wrong, or where an error is raised.

    Corrupt or WrongFormat where nothing can be read in it, Overtaken where others wrote, StorageRefused.
    """
    from vstore.storage.sqlite_replace import kept_copy, replace
    from vstore.storage.sqlite_salvage import salvage

    before = _checked_file(place, options)
    if before.ok:
        return Repaired(before, before, None, 0)
    with suppress(_NothingGainedError), kept_copy(place) as copy, _scratch(place) as fresh:
        missing = salvage(place, copy, fresh)
        storage = SqlStorage(SqliteDatabase(fresh, synchronous="OFF"))
        try:
            mending = _Mending(storage, options, is_copied=True)
            after = mending.run(missing)
            with suppress(StorageRefused):  # no room for it: the file is only longer than it need be
                storage.compact()
        finally:
            storage.close()
        if set(before.problems) <= set(after.problems) or after.stories < _sound(before):
            raise _NothingGainedError  # and the copy goes again
        replace(place, copy, fresh, options.wait)
        return Repaired(before, after, copy, mending.fetched)
    return Repaired(before, before, None, 0)


def _sound(before: Check) -> int:
    """How many stories nothing was wrong with: none of them may be lost."""
    return before.stories - len({each.story for each in before.problems if each.story is not None})


def repaired_in_place(storage: SqlStorage, options: Options) -> Repaired:
    """Repair a store of which no copy is made: what would lose something is left as it is, and told."""
    before = check(storage, scope(options.level, None, None), options.heard)
    if before.ok:
        return Repaired(before, before, None, 0)
    mending = _Mending(storage, options, is_copied=False)
    return Repaired(before, mending.run(), None, mending.fetched)


def _checked_file(place: str, options: Options) -> Check:
    """What is wrong with it, to begin with; the file is only read."""
    try:
        storage = SqlStorage(SqliteDatabase(place, read_only=True, wait=options.wait))
    except (Corrupt, WrongFormat) as error:  # whether it is a store at all, what is on its pages will show
        problem = Problem(None, None, "damaged", error.message)
        if options.heard.found:
            options.heard.found(problem)
        return Check(0, 0, (problem,))
    try:
        return check(storage, scope(options.level, None, None), options.heard)
    finally:
        storage.close()


@contextmanager
def _scratch(place: str) -> Iterator[str]:
    """Where the fresh file is made, on the same disk."""
    try:
        folder = tempfile.TemporaryDirectory(prefix=".repair-", dir=Path(place).parent)
    except OSError as error:
        message = f"{place} could not be repaired: {error.strerror or error}"
        raise StorageRefused(message, place=place) from error
    with folder:
        yield f"{folder.name}/store.db"


class _Mending:
    """One run over all stories of a storage."""

    def __init__(self, storage: SqlStorage, options: Options, *, is_copied: bool) -> None:
        self._storage = storage
        self._options = options
        self._other = Other(options.other, storage)
        self._at = Workshop(storage, storage.remains(), self._other, Tries(), is_copied)
        self._left: list[Problem] = []
        self._dropped: dict[int, Outcome] = {}
        self._stories = self._versions = 0

    @property
    def fetched(self) -> int:
        """How many versions and texts another store gave."""
        return self._other.fetched

    def run(self, missing: int = 0) -> Check:
        """Mend what has problems; what is left. `missing`: so many pages are cut off from the file."""
        self._put_dictionaries()
        loose = [story for raw in self._at.remains.without_versions() if (story := _name(raw))]
        self._mend_headless(loose)  # before those heads are given up
        for key, raw, digest in self._at.remains.stories():
            self._verify(key, raw, is_found=_is_found(raw, digest))
            if self._options.heard.progress:
                self._options.heard.progress(self._stories)
        if self._at.is_copied:
            self._tell_lost(missing)
        self._finish()
        return Check(self._stories, self._versions, tuple(self._left))

    def _mend_headless(self, loose: Sequence[str]) -> None:
        """Stories without a head; what has one, though its digest leads nowhere, gets no other."""
        keys = self._at.remains.headless()
        heads = self._at.remains.stories() if keys else ()
        lost = {_name(raw) for _, raw, digest in heads if not _is_found(raw, digest)}
        for key in keys:
            self._mend(Damaged(key, misled=lost), loose)

    def _verify(self, key: Column, raw: bytes, *, is_found: bool) -> None:
        story = _name(raw)
        nameless = [Problem(None, None, "damaged", "a story-id is damaged")]
        problems = self._problems(story) if story else nameless
        if story and not is_found:
            problems.append(Problem(story, None, "damaged", "its name does not find its head"))
        if problems:
            outcome = self._mend(Damaged(key, problems), [])
            story = outcome.story or story
            if not outcome.is_kept:
                return
            problems = self._problems(story) if story else problems
        self._left += problems
        self._stories += 1
        with suppress(Corrupt):
            head = self._storage.head(story) if story else None
            self._versions += head.versions if head else 0

    def _problems(self, story: str) -> list[Problem]:
        with self._storage.snapshot():
            return list(story_problems(Shelf(self._storage), story, self._options.level))

    def _mend(self, damaged: Damaged, loose: Sequence[str]) -> Outcome:
        outcome = until_kept(lambda: mend(self._at, damaged, loose))
        for number in outcome.lost if outcome.story else ():
            self._lose(outcome.story, number, "it cannot be had any more")
        if not outcome.is_kept and isinstance(damaged.key, int):
            self._dropped[damaged.key] = outcome
        return outcome

    def _tell_lost(self, missing: int) -> None:
        """Stories of which not even the name is left; their keys are, for these are given in sequence."""
        highest, gaps = self._at.remains.gaps()
        notes = self._storage.notes()
        told = sum(key < highest for key, outcome in self._dropped.items() if outcome.story)
        beyond = sum(key > highest and self._is_missing(outcome) for key, outcome in self._dropped.items())
        lost = gaps - told - (number_of(notes.get(LOST)) or 0) + beyond
        if lost > 0:
            self._lose(None, None, f"stories of which nobody knows the name: {lost}")
        if missing:
            self._lose(
                None, None, f"the file ends {missing} page(s) too early: nobody knows what stood there"
            )
        with self._storage.mending() as writer:
            writer.put_note(LOST, str(gaps) if gaps else None)

    def _is_missing(self, dropped: Outcome) -> bool:
        """Whether it was no row that went astray, of a version that is there."""
        if dropped.story:
            return False
        return not dropped.ids or not all(self._storage.find(each.hex()) for each in dropped.ids)

    def _lose(self, story: str | None, number: int | None, detail: str) -> None:
        self._left.append(Problem(story, number, "lost", detail))

    def _put_dictionaries(self) -> None:
        """Those that another store has as well."""
        for number, hashed in self._damaged_dictionaries():
            body = self._other.dictionary(hashed)
            if body is not None:
                with self._storage.mending() as writer:
                    writer.put_dictionary(number, hashed, body)

    def _damaged_dictionaries(self) -> Iterator[tuple[int, bytes]]:
        for number, hashed in self._at.remains.dictionaries():
            try:
                Shelf(self._storage).dictionary(number)
            except Corrupt:
                yield number, hashed

    def _finish(self) -> None:
        """What belongs to no story."""
        other, is_copied = self._options.other, self._at.is_copied
        self._left += mend_apart(self._storage, other, is_copied=is_copied)
        damaged = [number for number, _ in self._damaged_dictionaries()]
        with self._storage.mending() as writer:
            for name, value in self._storage.notes().items():
                if number_of(value) is None:
                    writer.put_note(name, None)
            for number in damaged:
                if not self._at.remains.is_needed(number):
                    writer.drop_dictionary(number)
            writer.put_note("format", str(FORMAT))
            writer.put_graves()
            writer.forget_shingles()
            writer.record(Journal().deed("repair", time.time_ns() // 1000))
            if self._at.is_copied:
                writer.sweep()
        rest = list(rest_problems(self._storage, self._options.level))
        if named := {each.story for each in rest if each.problem == "alias" and each.story}:
            self._name(named)
            rest = list(rest_problems(self._storage, self._options.level))
        self._left += rest

    def _name(self, stories: Collection[str]) -> None:
        """Have these stories be known by nothing that is damaged, or that their facts do not say."""
        with self._storage.mending() as writer:
            for story in stories:
                with suppress(Corrupt):  # that is told already
                    writer.put_names(story, Shelf(self._storage).history(story).names())


def _is_found(raw: bytes, digest: Column) -> bool:
    """Whether a head is found by its name."""
    story = _name(raw)
    return story is not None and story_digest(story) == digest


def _name(raw: bytes) -> str | None:
    with suppress(Corrupt):
        return layout.name(raw)
    return None
