"""Which versions a log shows: filters by either clock, source and kind; how many; in which direction."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from datetime import tzinfo
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import click

from vstore import dates
from vstore.model import Version

Item = TypeVar("Item")

# More than fits a machine word cannot be counted to.
COUNT = click.IntRange(0, sys.maxsize)


class Selection(NamedTuple):
    """Filters as given; each that is None lets everything pass."""

    limit: int | None = None
    since: str | None = None
    until: str | None = None
    recorded_since: str | None = None
    source: str | None = None
    kind: str | None = None
    reverse: bool = False

    @property
    def is_filter(self) -> bool:
        """True if a version may be left out for what it is."""
        return any(
            (self.since, self.until, self.recorded_since, self.source is not None, self.kind is not None)
        )

    def of(self, versions: Iterable[Version], zone: tzinfo | None) -> Iterable[Version]:
        """The versions that are wanted, as they come; all at once only for `--reverse`."""
        return self.cut(filter(self.test(zone), versions))

    def cut(self, items: Iterable[Item]) -> Iterable[Item]:
        """As many as are wanted, in the direction that is wanted."""
        wanted = islice(items, self.limit)
        return reversed(list(wanted)) if self.reverse else wanted

    def test(self, zone: tzinfo | None) -> Callable[[Version], bool]:
        """What says whether a version is let through."""
        since = seconds(self.since, zone, end=False)
        until = seconds(self.until, zone, end=True)
        recorded = micros(self.recorded_since, zone)

        def wanted(version: Version) -> bool:
            return (
                (since is None or version.at >= since)
                and (until is None or version.at <= until)
                and (recorded is None or version.recorded >= recorded)
                and (self.source is None or version.source == self.source)
                and (self.kind is None or version.facts.kind == self.kind)
            )

        return wanted


def seconds(text: str | None, zone: tzinfo | None, *, end: bool) -> str | None:
    """A date of an option as an `at`, which compares as it sorts; rounded into the span that was given."""
    if text is None:
        return None
    moment = dates.parse_time(text, zone, end)
    second = moment // 1_000_000 if end else -(-moment // 1_000_000)
    return dates.iso_seconds(min(max(second, dates.LOWEST), dates.HIGHEST))


def micros(text: str | None, zone: tzinfo | None) -> str | None:
    """A date of an option as a `recorded`, at its beginning."""
    if text is None:
        return None
    moment = dates.parse_time(text, zone, end=False)
    return dates.iso_micros(min(max(moment, dates.LOWEST * 1_000_000), dates.HIGHEST * 1_000_000))


def selection(callback: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a `Selection`, folded into one argument called `selection`."""

    @click.option("-n", "limit", metavar="N", type=COUNT, help="Show at most N versions.")
    @click.option("--since", metavar="DATE", help="Only versions dated then or later.")
    @click.option("--until", metavar="DATE", help="Only versions dated then or earlier; a day means its end.")
    @click.option("--recorded-since", metavar="TIME", help="Only versions that were taken in then or later.")
    @click.option("--source", metavar="NAME", help="Only versions of this source.")
    @click.option("--kind", metavar="KIND", help="Only versions of this kind.")
    @click.option("--reverse", is_flag=True, help="The same versions, oldest first.")
    @functools.wraps(callback)
    def folded(*args: Any, **options: Any) -> Any:
        given = {name: options.pop(name) for name in Selection._fields}
        return callback(*args, selection=Selection(**given), **options)

    return folded
