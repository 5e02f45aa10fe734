"""`Store`: the use cases. The only door for callers, on the command line and in programs."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from vstore import dates, places
from vstore.asking import Terms, Which
from vstore.errors import BadReference, BadWire, Unscrubbed, VstoreError
from vstore.model import Wire
from vstore.questions import Questions
from vstore.taking import Taking
from vstore.versions import one

if TYPE_CHECKING:
    from vstore.accounts import Entry, Erasure, Moved, Undone
    from vstore.answers import Added, BackedUp, Check, Collected, Copied, Imported, Problem
    from vstore.checking.scope import Level
    from vstore.importing import Progress
    from vstore.refusing import Expected


class Store(Taking):
    """A store, open. Use it as a context manager, or close it.

    Threads may share it; it reopens by itself in a child process after a fork.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the storage; idempotent."""
        self._storage.close()

    def add(  # noqa: PLR0913  the face that callers see, keyword by keyword
        self,
        story: str | None,
        text: str,
        *,
        date: str | datetime.date | datetime.datetime | None = None,
        tz: datetime.tzinfo | str | None = None,
        expect: Expected = None,
        again: bool = False,
        dry_run: bool = False,
        allow_redacted: bool = False,
        capture: dict[str, Any] | None = None,
        **facts: Any,
    ) -> Added:
        """Keep a wire, or find the version that it equals.

        `story` None: it is found by `guid` or `url`, or becomes a new one; see `docs/stories.md`.
        `date` without a time zone is UTC, unless `tz` names one. `facts` go by their names (source,
        headline, byline …), others into `extra`. `expect` is the tip that the caller saw: its number
        (0: no story yet), or its id or a prefix; Conflict if another writer came first. `again` keeps a wire
        that equals a version, `allow_redacted` one that was erased. What was acknowledged survives a loss of
        power. Raises BadWire, Buried, Conflict, StorageRefused; nothing is kept then.
        """
        from vstore.facts import make_facts

        try:
            wire_date = dates.from_value(date, dates.zone(tz) if isinstance(tz, str) else tz or self.tz)
        except BadReference as error:
            raise BadWire(error.message, story=story, **error.facts) from error
        wire = Wire(
            story=story,
            text=text,
            date=wire_date.text if wire_date else None,
            facts=make_facts(facts),
            capture=capture or {},
        )
        return self.add_wire(wire, expect=expect, again=again, dry_run=dry_run, allow_redacted=allow_redacted)

    def add_wire(
        self,
        wire: Wire,
        *,
        expect: Expected = None,
        again: bool = False,
        dry_run: bool = False,
        allow_redacted: bool = False,
    ) -> Added:
        """As `add`. All wires added through one open store are one run: A, B, A are three versions."""
        from vstore.again import until_kept
        from vstore.answers import Added
        from vstore.arriving import arrive
        from vstore.homes import at_home
        from vstore.versions import version

        arrived = arrive(wire)
        run = self._one_run()
        run.allow_redacted = allow_redacted

        def attempt() -> Added:
            with self._writing("add", dry_run=dry_run) as (writer, intake):
                arrival = at_home(self._shelf, arrived)
                history, row, outcome = intake.keep(writer, arrival, run, again=again, expect=expect)
                if outcome == "same":
                    return Added(one(self._shelf, history, row), outcome)
                counts = row.added_words, row.removed_words  # nobody has seen it again, or counted otherwise
                return Added(version(history, row, row.previous, counts), outcome)

        added = until_kept(attempt)
        if not dry_run:
            run.match(added.version.story, added.version.number)
        return added

    def import_wires(  # noqa: PLR0913  the face that callers see, keyword by keyword
        self,
        wires: Iterable[Wire | BadWire],
        *,
        progress: Callable[[Progress], None] | None = None,
        strict: bool = False,
        again: bool = False,
        dry_run: bool = False,
        allow_redacted: bool = False,
        jobs: int = 1,
        is_one_run: bool = False,
        singly: bool = False,
    ) -> Imported:
        """Keep a stream of wires, in batches, in bounded memory; a bad one is counted and the rest goes in.

        `strict` raises the first BadWire and keeps nothing. `progress` is called after each item. An
        import that was cut off, run again from its beginning, adds only what is missing. A wire that was
        erased is a bad one, unless `allow_redacted`. With `jobs` (1 to 64), so many processes compare texts,
        the caller's among them, and a batch is kept once the next one was read; what is kept is the same.
        `is_one_run`: one with all that is added to this store. `singly`: in a batch of its own, each wire is
        kept before the next is asked for, by one process.
        """
        from vstore.importing import Options, check_jobs, take_in

        check_jobs(jobs)
        run = self._one_run() if is_one_run and not dry_run else None
        options = Options(strict, again, dry_run, allow_redacted, jobs, run, singly=singly)
        writing = partial(self._writing, "import", dry_run=dry_run)
        counts = take_in(wires, writing, self._shelf, progress, options)
        if not dry_run:
            self._gc_after(counts.new + counts.changed)
        return counts

    def copy_from(
        self,
        other: Questions,
        *,
        progress: Callable[[Copied], None] | None = None,
        refused: Callable[[VstoreError], None] | None = None,
        dry_run: bool = False,
        jobs: int = 1,
    ) -> Copied:
        """Keep every version of another store, as it stands or stood, that this one has not; ids stay equal.

        A story goes on from what both have, in batches as an import's; stopped and called again, it adds
        only what is missing. In the end number and id of each story's last version are compared in both.
        `recorded` is this store's own clock, and `last_seen` does not come along. A story that has another
        version here is left alone, one that is damaged there is copied up to the damage: `refused` hears of
        each, as a Conflict or a Corrupt. `progress` hears the counts so far. `dry_run` compares heads and
        reads no text. Raises BadReference for one store twice, StorageRefused, and Corrupt where this store
        is damaged; what was copied stays.
        """
        from vstore.copying import Options, copy
        from vstore.importing import check_jobs

        check_jobs(jobs)
        if self._storage is other._storage or places.is_one(self.place, other.place):
            raise BadReference(f"{other.place} and {self.place} are the same store", place=self.place)
        writing = partial(self._writing, "copy")
        options = Options(progress, refused, dry_run, jobs, self._follow)
        copied = copy(other._shelf, self._shelf, writing, options)
        if copied.copied:
            other._note_sent()
        if not dry_run:
            self._gc_after(copied.copied)
        return copied

    def unbundle(
        self,
        file: str | os.PathLike[str],
        *,
        progress: Callable[[Copied], None] | None = None,
        refused: Callable[[VstoreError], None] | None = None,
    ) -> Copied:
        """Keep what a file holds that `bundle` gave, packed or not, with the numbers and ids that it tells.

        What is there already is `unchanged`. A story of which the bundle's versions do not follow those here
        is left, counted as `diverged`, and told to `refused` as a BadWire. Raises BadWire for a file that is
        no bundle, Corrupt for one that is cut off or damaged: nothing of it is kept.
        """
        from vstore.bundling import unbundled
        from vstore.copying import Options
        from vstore.readers.jsonlines import open_lines

        writing = partial(self._writing, "unbundle")
        opened = partial(open_lines, file)
        options = Options(progress, refused, bury=self._follow)
        copied = unbundled(opened, self._shelf, writing, options)
        self._gc_after(copied.copied)
        return copied

    def as_of(self, time: str | datetime.datetime) -> Questions:
        """This store as it stood at a moment of its own clock; a day, month or year means its end."""
        date = dates.from_value(time, self.tz)
        if date is None:
            raise BadReference("as_of needs a moment")
        moment = dates.parse_time(date.text, None, end=True)
        return Questions(self._storage, self.place, Terms(self.tz, self.settings, self._clock), as_of=moment)

    def fsck(
        self,
        *,
        level: Level = "default",
        stories: Sequence[str] | None = None,
        subset: tuple[int, int] | None = None,
        progress: Callable[[int], None] | None = None,
        found: Callable[[Problem], None] | None = None,
    ) -> Check:
        """Verify ids, texts, chains, heads and order, of all stories, of some, or of the K-th of N parts.

        "quick" restores no text; "deep" also works out again all that is derived or kept apart. `subset` is
        (K, N): the story-id alone says in which part a story is, and the first one has what belongs to none.
        `progress` is told how many stories are done, `found` of each problem at once. Raises UnknownStory,
        and BadReference for what can be no level or subset.
        """
        from vstore.checking.run import Listeners, check, noted
        from vstore.checking.scope import scope

        wanted = scope(level, stories, subset)
        result = check(self._storage, wanted, Listeners(progress, found))
        if result.ok and wanted.is_whole and wanted.level != "quick":
            noted(self._storage, self._clock())
        return result

    def gc(
        self,
        *,
        progress: Callable[[int], None] | None = None,
        dry_run: bool = False,
        is_light: bool = False,
    ) -> Collected:
        """Pack texts as small as can be and give room back; `progress` is told how many stories are done.

        Ids, texts and answers stay as they are. It may be stopped at any moment, and goes on next time from
        there; others may read and write meanwhile. `dry_run` only tells what would be spared. A light gc
        trains no dictionaries and does not write the file anew.
        """
        from vstore.collecting import Options, collect

        deed = self._journal.deed("gc", self._clock())
        return collect(self._storage, deed, Options(dry_run, is_light), progress)

    def _gc_after(self, versions: int) -> None:
        """A light gc, if the settings want one after so many new versions."""
        if 0 < self.settings.gc_after <= versions:
            self.gc(is_light=True)

    def backup(
        self, target: str | os.PathLike[str], *, progress: Callable[[int], None] | None = None
    ) -> BackedUp:
        """Copy the store as it is, page by page, to a folder that holds none; others may write meanwhile.

        The copy is verified before it is there; `progress` is told how many stories are. Only a store in a
        folder is backed up so: a server has its own means, and `copy_from` works between any two. Raises
        Conflict, Corrupt, StorageRefused.
        """
        from vstore.backing_up import backed_up

        if not places.is_folder(self.place):
            raise BadReference(f"{self.place} is no folder: copy it, or back its server up")
        return backed_up(self.place, target, progress)

    def redact(  # noqa: PLR0913  the face that callers see, keyword by keyword
        self,
        story: str,
        which: Which = None,
        *,
        reason: str,
        only: bool = False,
        phrase: str | None = None,
        fact: str | None = None,
        elsewhere: bool = True,
        dry_run: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Erasure:
        """Erase a version's text for good, wherever in the store it stands; ids, order and facts stay.

        `only`: of this version alone. Or a `phrase`, from all versions of the story, or a `fact` ("headline",
        "extra.KEY") wherever the same facts stand. Passages that stand in other versions too are answered, of
        this story alone without `elsewhere`; `progress` is told how many stories were looked through. A
        `dry_run` erases nothing. Raises UnknownStory, UnknownVersion, NotFound, BadReference, and Unscrubbed,
        with the answer as its `done`, where others keep unused room from being cleaned: the next gc finishes.
        """
        from vstore.redacting import Wanted, redact

        number = self.version(story, which).number
        wanted = Wanted(story, number, reason, only, phrase, fact, elsewhere, dry_run)
        try:
            found = redact(self._storage, self._journal, self._clock(), wanted, progress)
        except Unscrubbed as error:
            error.done = replace(error.done, files=tuple(places.others(self.place)))
            raise
        finally:
            self._shelf.clear()
        return replace(found, files=tuple(places.others(self.place)))

    def undo(self, *, dry_run: bool = False) -> Undone:
        """Take back what the newest add or import kept.

        Raises NotFound where there is nothing, Conflict where something was built on it, it was seen again,
        or it was sent elsewhere.
        """
        from vstore import undoing

        try:
            return undoing.undo(self._storage, self._journal, self._clock(), dry_run=dry_run)
        finally:
            self._shelf.clear()

    def move(self, story: str, which: Which, to: str, *, dry_run: bool = False) -> tuple[Moved, ...]:
        """Move a version to another story, there or new; where each version that is kept anew was, and is.

        A story-id is part of an id: what moves, and what came after it, gets new ids, to which the old ones
        lead. `first_recorded` and dates stay. Raises UnknownStory, UnknownVersion, BadWire for no story-id.
        """
        from vstore import moving

        return self._rearranged(moving.moved(story, self.version(story, which).number, to), dry_run=dry_run)

    def merge(self, story: str, other: str, *, dry_run: bool = False) -> tuple[Moved, ...]:
        """As `move`, of all versions of another story; they arrive after those that are there."""
        from vstore import moving

        return self._rearranged(moving.merged(story, other), dry_run=dry_run)

    def split(self, story: str, which: Which, to: str, *, dry_run: bool = False) -> tuple[Moved, ...]:
        """As `move`, of a version and all that arrived after it, to a new story. Conflict if it is there."""
        from vstore import moving

        return self._rearranged(moving.split(story, self.version(story, which).number, to), dry_run=dry_run)

    def rename(self, story: str, to: str, *, dry_run: bool = False) -> tuple[Moved, ...]:
        """As `move`, of a whole story, to a new story-id. Conflict if it is there."""
        from vstore import moving

        return self._rearranged(moving.renamed(story, to), dry_run=dry_run)

    def add_alias(self, story: str, *aliases: str) -> None:
        """Have a story be known by these guids, URLs or other names as well.

        Raises UnknownStory, BadReference for what can be no alias, Conflict where another story has one.
        """
        from vstore import aliasing

        self._renamed(story, lambda writer: {"given": aliasing.give(self._storage, writer, story, aliases)})

    def remove_alias(self, story: str, *aliases: str) -> None:
        """Have a story be known by these no more, whatever its facts say. Raises UnknownStory, NotFound."""
        from vstore import aliasing

        self._renamed(
            story, lambda writer: {"taken_away": aliasing.take_away(self._storage, writer, story, aliases)}
        )

    def journal(self) -> Iterator[Entry]:
        """Who did what to this store, and when; the newest first."""
        from vstore import journalling

        return journalling.entries(self._storage)
