"""What lies in sources is kept: a single item in a transaction of its own, many of a source in batches."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from vstore import homes, readers
from vstore.answers import Added, Imported
from vstore.cli import frame
from vstore.cli.finding import Finder
from vstore.cli.frame import Out, Settings
from vstore.cli.naming import Naming, naming, unnamed
from vstore.cli.outcomes import Outcomes, conclude
from vstore.cli.overrides import FACT_OPTIONS, overrides
from vstore.cli.sources import Reading, ahead
from vstore.errors import BadWire, Conflict
from vstore.readers import Source
from vstore.readers.reading import at_item
from vstore.readers.states import TEXTLESS

if TYPE_CHECKING:
    from vstore.importing import Progress
    from vstore.model import Wire
    from vstore.store import Store


class How(NamedTuple):
    """How items are to be kept."""

    again: bool
    dry_run: bool
    allow_redacted: bool
    expect: int | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What the options say about every item."""

    zone: datetime.tzinfo | None
    named: Naming
    overrides: Mapping[str, Any]
    allow_empty: bool
    dated: Callable[[Source], str | None] | None
    """The date of a wire that tells none; None: it stays undated."""
    finder: Finder | None
    """Finds the story of a wire by its text; None: only its guid and URL do."""

    @property
    def singly(self) -> bool:
        """Whether an item is to be kept before the next one is looked at, for it may be of its story."""
        return self.finder is not None

    def told(self) -> dict[str, Any]:
        """What is told of the last item, in JSON, besides what became of it."""
        return self.finder.told() if self.finder else {}

    def wire(self, source: Source, reading: readers.Reading, number: int = 0) -> Wire:
        """The wire of an item, of several the one of this number; BadWire if none could be kept."""
        wire = self._wire(source, reading)
        if self.finder is None:
            return wire
        return self.finder(wire, f"{source.name}  item {number}" if number else source.name)

    def _wire(self, source: Source, reading: readers.Reading) -> Wire:
        file = "-" if source.path is None else str(source.path)
        wire = readers.to_wire(reading, self.named(file, reading), self.overrides)
        can_be_found = homes.can_be_sought(wire.facts) or (self.finder and wire.text)
        if wire.story is None and not can_be_found:
            raise unnamed()
        if not wire.text and not self.allow_empty and wire.facts.kind not in TEXTLESS:
            raise BadWire("there is no text in it; --allow-empty keeps it all the same")
        if wire.date is None:
            return dataclasses.replace(wire, date=self.dated(source) if self.dated else None)
        return dataclasses.replace(wire, date=frame.date(str(wire.date), self.zone))


def intake_of(
    options: Mapping[str, Any],
    zone: datetime.tzinfo | None,
    dated: Callable[[Source], str | None] | None,
    finder: Finder | None,
) -> Intake:
    """What those options say."""
    facts = {name: options[name] for name in FACT_OPTIONS}
    date = None if options.get("date") is None else frame.date(options["date"], zone)
    return Intake(
        zone=zone,
        named=naming(options["story"], options["story_from"], is_matched=finder is not None),
        overrides=overrides({**facts, "date": date}, options["sets"]),
        allow_empty=options["allow_empty"],
        dated=dated,
        finder=finder,
    )


def now(_source: Source) -> str:
    """This second."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0).isoformat()


class Taking:
    """Sources one after the other; a bad item is told by its source and its number, and the rest goes in."""

    def __init__(
        self, store: Store, intake: Intake, how: How, settings: Settings, out: Out, *, is_one: bool
    ) -> None:
        self._store = store
        self._intake = intake
        self._how = how
        self._settings = settings
        self._out = out
        self._outcomes = Outcomes(settings, several=not is_one)
        self._counts: Counter[str] = Counter()

    def take(self, source: Source | BadWire, reading: Reading) -> None:
        """Everything in a source."""
        if isinstance(source, BadWire):
            self._refuse(source, source.facts["file"])
            return
        count, items = ahead(source, reading)
        if count > 1:
            self._take_many(source, items)
        else:
            self._take_one(source, next(items, BadWire("there is nothing in it")))

    def _take_one(self, source: Source, item: readers.Reading | BadWire) -> None:
        try:
            if isinstance(item, BadWire):
                raise item
            wire = self._intake.wire(source, item)
            added = self._store.add_wire(wire, **self._how._asdict())
        except (BadWire, Conflict) as error:
            self._refuse(error, source.name)
        else:
            self._tell(added, {"input": source.name}, source.name)

    def _take_many(self, source: Source, items: Iterator[readers.Reading | BadWire]) -> None:
        if self._how.expect is not None:
            raise click.UsageError(f"--expect is for one item at a time, and {source.name} holds several")
        self._outcomes.several = True
        number = 0

        def hear(progress: Progress) -> None:
            nonlocal number
            number += 1
            answer = progress.answer
            if isinstance(answer, BadWire):
                self._refuse(answer, source.name)
            else:
                form = {"input": source.name, "item": number}
                self._tell(answer, form, f"{source.name}  item {number}")

        wires = self._wires(source, items)
        how = self._how._asdict()
        del how["expect"]
        self._store.import_wires(wires, progress=hear, is_one_run=True, singly=self._intake.singly, **how)

    def _wires(self, source: Source, items: Iterator[readers.Reading | BadWire]) -> Iterator[Wire | BadWire]:
        for number, item in enumerate(items, 1):
            if isinstance(item, BadWire):
                yield item
                continue
            try:
                yield self._intake.wire(source, item, number)
            except BadWire as error:
                yield at_item(number, error)

    def _tell(self, added: Added, form: Mapping[str, Any], name: str) -> None:
        self._counts[added.outcome] += 1
        self._outcomes.kept(self._out, added, lambda: {**form, **self._intake.told()}, name)

    def _refuse(self, error: BadWire | Conflict, name: str) -> None:
        self._counts["bad"] += 1
        self._outcomes.refused(error, name)

    def conclude(self) -> int:
        """Tells the counts if something was refused among several; the exit code of all."""
        if self._counts["bad"]:
            conclude(self._settings, Imported(**self._counts), dry_run=self._how.dry_run)
        elif not self._counts:
            frame.say(self._settings, "there was no file to add")
        elif self._how.dry_run:
            frame.say(self._settings, "a dry run: nothing was kept")
        return self._outcomes.exit_code
