"""What every change of a store stands on: a run, a transaction, the journal.

A part of `Store`, which has the changes themselves.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING

from vstore import config
from vstore.asking import Terms, now
from vstore.questions import Questions

if TYPE_CHECKING:
    from vstore.accounts import Moved
    from vstore.following import Grave
    from vstore.intake import Intake, Run
    from vstore.journalling import Journal
    from vstore.moving import Plan
    from vstore.storage.contract import Storage, Writer


class Writing(Questions):
    """A store that can be written to."""

    def __init__(
        self,
        storage: Storage,
        place: str,
        *,
        tz: datetime.tzinfo | None = None,
        clock: Callable[[], int] | None = None,
        settings: config.Config = config.DEFAULTS,
    ) -> None:
        super().__init__(storage, place, Terms(tz, settings, clock or now))
        self._run: Run | None = None

    def _one_run(self) -> Run:
        """The run of all that is added through this store."""
        from vstore.intake import Run

        self._run = self._run or Run()
        return self._run

    def _follow(self, graves: Iterable[Grave]) -> int:
        """Erase what was erased where versions come from; of how many versions."""
        from vstore.following import follow

        try:
            return follow(self._storage, self._journal, self._clock(), graves)
        finally:
            self._shelf.clear()

    def _renamed(self, story: str, change: Callable[[Writer], dict[str, list[str]]]) -> None:
        """Change the aliases of a story; what was changed goes into the journal."""
        from vstore.again import until_kept

        def attempt() -> None:
            with self._storage.transaction() as writer:
                detail = change(writer)
                if any(detail.values()):
                    writer.record(self._journal.deed("alias", self._clock(), story=story, detail=detail))

        until_kept(attempt)

    def _rearranged(self, plan: Callable[[Storage], Plan], *, dry_run: bool) -> tuple[Moved, ...]:
        from vstore.again import until_kept
        from vstore.moving import rearrange

        writing = partial(self._writing, "story", dry_run=dry_run)
        try:
            return until_kept(lambda: rearrange(self._storage, writing, plan, dry_run=dry_run))
        finally:
            self._shelf.clear()

    @cached_property
    def _journal(self) -> Journal:
        from vstore.journalling import Journal

        return Journal()

    @contextmanager
    def _writing(self, what: str, *, dry_run: bool = False) -> Iterator[tuple[Writer, Intake]]:
        """A transaction and the way in; what was put at hand is dropped when it does not come to stay."""
        from vstore.intake import Intake

        try:
            with self._storage.transaction() as writer:
                intake = Intake(self._shelf, self._clock)
                yield writer, intake
                kept = intake.kept
                if kept.versions:
                    deed = self._journal.deed(what, kept.last, story=kept.story, detail=kept.detail)
                    writer.record(deed._replace(first=kept.first, versions=kept.versions))
                if dry_run:
                    raise _DryRunDoneError
        except _DryRunDoneError:
            self._shelf.clear()
        except BaseException:
            self._shelf.clear()
            raise


class _DryRunDoneError(Exception):
    """Rolls a transaction back whose answers were all that was wanted."""
