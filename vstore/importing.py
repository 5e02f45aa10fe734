"""A stream of wires, kept in batches: each batch is one transaction, read before it begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from vstore.again import until_kept
from vstore.answers import Added, Imported
from vstore.arriving import Arrival, arrive
from vstore.errors import BadReference, BadWire
from vstore.homes import at_home
from vstore.intake import Intake, Kept, Run
from vstore.model import Wire
from vstore.shelf import Shelf
from vstore.storage.contract import Writer
from vstore.versions import version

if TYPE_CHECKING:
    from vstore.comparing import Prepared
    from vstore.preparing import Batch

BATCH_WIRES = 500
BATCH_CHARACTERS = 1_000_000
"""A batch ends after so many wires or characters, whichever comes first."""

MOST_JOBS = 64

Writing = Callable[[], AbstractContextManager[tuple[Writer, Intake]]]

Note = Callable[[Writer, "Imported"], None]
"""Notes within a transaction what became of all items until its end, once it is kept."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What an import tells of an item once its batch is safe: the counts so far, and the answer to it.

    A strict one is safe once it is over, and not before.
    """

    counts: Imported
    found: BadWire | Kept
    safe: Imported
    """The counts with all of its batch, which is kept even if nobody asks for the rest of the answers."""

    @property
    def is_refused(self) -> bool:
        """True for a bad wire; cheaper to ask than the whole answer."""
        return isinstance(self.found, BadWire)

    @property
    def answer(self) -> Added | BadWire:
        """The version it became or equals, or why it was refused."""
        if isinstance(self.found, BadWire):
            return self.found
        kept, row, outcome = self.found
        return Added(version(kept, row, row.previous, (row.added_words, row.removed_words)), outcome)


@dataclass(frozen=True, slots=True)
class Options:
    """How a stream is taken in; `strict` and `dry_run` make it one transaction."""

    strict: bool = False
    again: bool = False
    dry_run: bool = False
    allow_redacted: bool = False
    jobs: int = 1
    """So many processes compare texts, this one among them."""
    run: Run | None = None
    """What was matched before by the run that this is a part of; None for a run of its own."""
    note: Note | None = None
    singly: bool = False
    """Each wire is a batch, kept before the next one is asked for; in a dry run too, where nothing stays."""

    @property
    def is_one(self) -> bool:
        """True if all is one transaction."""
        return self.strict or (self.dry_run and not self.singly)


class _Way(NamedTuple):
    """How batches are kept."""

    writing: Writing
    run: Run
    prepared: Prepared
    options: Options


def check_jobs(jobs: int) -> None:
    """BadReference for a number of processes that cannot be."""
    if not 1 <= jobs <= MOST_JOBS:
        raise BadReference(f"jobs are 1 to {MOST_JOBS}, not {jobs}")


def take_in(
    items: Iterable[Wire | Arrival | BadWire],
    writing: Writing,
    shelf: Shelf,
    tell: Callable[[Progress], None] | None,
    options: Options,
) -> Imported:
    """Keep the wires of a stream; the counts of what became of them."""
    run = options.run or Run()
    run.allow_redacted = options.allow_redacted
    counts = Imported()
    with ExitStack() as whole:
        if options.is_one:
            writing = _ever(whole.enter_context(writing()))
        batches, prepared = _ahead(
            _batches(items, options), shelf, 1 if options.singly else options.jobs, whole
        )
        way = _Way(writing, run, prepared, options)
        for batch in batches:
            done = _done(batch, way, counts)
            safe = _counted(counts, done)
            if tell:
                for found in done:
                    counts = _counted(counts, [found])
                    tell(Progress(counts, found, safe))
            counts = safe
    return counts


def _ever(opened: tuple[Writer, Intake]) -> Writing:
    """Each time the same transaction."""
    return lambda: nullcontext(opened)


def _ahead(
    batches: Iterator[Batch], shelf: Shelf, jobs: int, whole: ExitStack
) -> tuple[Iterator[Batch], Prepared]:
    """The batches, and what is prepared for the one at hand: with one job nothing is."""
    if jobs == 1:
        return batches, {}
    from vstore.preparing import ahead
    from vstore.workers import Workers

    workers = whole.enter_context(Workers(jobs - 1))
    return ahead(batches, shelf, workers), workers


def _done(batch: Batch, way: _Way, counts: Imported) -> list[BadWire | Kept]:
    """What became of a batch, in one transaction; if another writer comes first, it begins anew.

    Not where the transaction holds other batches as well: they are gone with it.
    """
    before: dict[str, int] = {}
    run, options = way.run, way.options

    def attempt() -> list[BadWire | Kept]:
        run.go_back(before)
        with way.writing() as (writer, intake):
            intake.prepared = way.prepared
            done = [_kept(writer, intake, item, run, before, again=options.again) for item in batch]
            if options.note:
                options.note(writer, _counted(counts, done))
            return done

    try:
        return attempt() if options.is_one else until_kept(attempt)
    except BaseException:
        run.go_back(before)  # whoever goes on with this run will send the same again
        raise


def _kept(  # noqa: PLR0913  what a batch has in common, and `before`, which notes how far the run had come
    writer: Writer,
    intake: Intake,
    item: Arrival | BadWire,
    run: Run,
    before: dict[str, int],
    *,
    again: bool,
) -> BadWire | Kept:
    if isinstance(item, BadWire):
        return item
    try:
        item = at_home(intake.shelf, item)
        before.setdefault(item.story, run.matched(item.story))
        kept = intake.keep(writer, item, run, again=again, expect=None)
    except BadWire as error:
        return error
    if item.claim is None:  # a claim says by itself which version it is
        run.match(item.story, kept.row.number)
    return kept


def _batches(items: Iterable[Wire | Arrival | BadWire], options: Options) -> Iterator[Batch]:
    batch: Batch = []
    characters = 0
    for item in items:
        arrival = _arrived(item)
        if isinstance(arrival, BadWire):
            if options.strict:
                raise arrival
        else:
            characters += len(arrival.text)
        batch.append(arrival)
        if options.singly or len(batch) >= BATCH_WIRES or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _arrived(item: Wire | Arrival | BadWire) -> Arrival | BadWire:
    if not isinstance(item, Wire):
        return item
    try:
        return arrive(item)
    except BadWire as error:
        return error


def _counted(counts: Imported, done: list[BadWire | Kept]) -> Imported:
    kinds = Counter("bad" if isinstance(found, BadWire) else found.outcome for found in done)
    return replace(counts, **{kind: getattr(counts, kind) + times for kind, times in kinds.items()})
