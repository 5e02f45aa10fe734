"""Why a version is not to be used, or not yet: kills and withholds that stand, and embargoes."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from vstore.history import History, facts_of
from vstore.model import Version
from vstore.notices import Caution
from vstore.rows import Row
from vstore.states import embargo, is_over, state


class Moment(NamedTuple):
    """Microseconds since 1970, and the zone of hours that are given without one (None: UTC)."""

    micros: int
    tz: datetime.tzinfo | None = None


def cautions(kept: History, row: Row, tell: Callable[[Row], Version], now: Moment) -> Iterator[Caution]:
    """Of a version at a moment, the gravest first; `tell` makes a version of a row."""
    told = partial(Caution, story=kept.story, number=row.number)
    standing = {number: state(facts_of(kept.row(number).facts)) for number in kept.course().standing}
    for number in (each for each in standing if standing[each] == "kill"):
        yield told(state="kill", by=tell(kept.row(number)))
    if "kill" not in standing.values() and (killed := _killed_by(kept, row)) is not None:
        lifted_by = kept.course().lifted_by.get(killed)
        yield told(state="kill", by=tell(kept.row(killed)), lifted_by=lifted_by)
    for number in (each for each in standing if standing[each] == "withhold"):
        yield told(state="withhold", by=tell(kept.row(number)))
    hour = embargo(facts_of(row.facts))
    if hour is not None and not is_over(hour, *now):
        yield told(state="embargo", by=tell(row), until=hour)


def _killed_by(kept: History, row: Row) -> int | None:
    """The kill that took a text back; an advisory is no text."""
    if state(facts_of(row.facts)) == "advisory":
        return None
    return kept.course().killed_by(kept.rank(row), kept.source(row.number))
