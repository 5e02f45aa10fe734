"""CONTRACT §1 and §5 as a tiny program: what a store must answer, written from the contract's words alone.

Nothing of vstore is imported. Texts are kept as they are, everything is computed anew at each question.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

LOWEST = int(datetime(1, 1, 1, tzinfo=UTC).timestamp())


def _span(first: datetime, after: datetime) -> tuple[int, int]:
    return int(first.timestamp()), int(after.timestamp()) - 1


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


SPANS: dict[str, tuple[int, int]] = {
    "1955": _span(_utc(1955, 1, 1), _utc(1956, 1, 1)),
    "2018": _span(_utc(2018, 1, 1), _utc(2019, 1, 1)),
    "2019-01": _span(_utc(2019, 1, 1), _utc(2019, 2, 1)),
    "2019-01-15": _span(_utc(2019, 1, 15), _utc(2019, 1, 16)),
    "2019-01-15T14:30": _span(_utc(2019, 1, 15, 14, 30), _utc(2019, 1, 15, 14, 31)),
    "2019-01-15T14:30:07.25": _span(_utc(2019, 1, 15, 14, 30, 7), _utc(2019, 1, 15, 14, 30, 8)),
    "2019-01-15T14:30:07+02:00": _span(_utc(2019, 1, 15, 12, 30, 7), _utc(2019, 1, 15, 12, 30, 8)),
    "2019-01-16": _span(_utc(2019, 1, 16), _utc(2019, 1, 17)),
    "2117-03-04": _span(_utc(2117, 3, 4), _utc(2117, 3, 5)),
}
"""The dates that the tests give, canonical already: first and last second."""


@dataclass(frozen=True)
class Item:
    """A wire, as far as the contract compares it."""

    story: str
    text: str
    date: str | None = None
    source: str | None = None
    headline: str | None = None
    extra: int | None = None


@dataclass
class Kept:
    """A version."""

    number: int
    item: Item
    at: int
    late: bool
    recorded: int
    seen: list[int] = field(default_factory=list)

    @property
    def place(self) -> tuple[int, int]:
        return self.at, self.number


class ModelStory:
    """The versions of one story, in order of number."""

    def __init__(self, versions: list[Kept] | None = None) -> None:
        self.versions = versions or []

    def in_order(self) -> list[Kept]:
        """Chronological: by effective moment, then number."""
        return sorted(self.versions, key=lambda version: version.place)

    def effective(self, date: str | None) -> int:
        """The date; less precise than a second: the moment of its span nearest to the greatest so far."""
        greatest = max((version.at for version in self.versions), default=None)
        if date is None:
            return LOWEST if greatest is None else greatest
        first, last = SPANS[date]
        if greatest is None or greatest < first:
            return first
        return min(greatest, last)

    def same(self, item: Item) -> Kept | None:
        """Text and facts, date and `extra` apart, equal those of the version just before its place."""
        at = self.effective(item.date)
        before = [version for version in self.in_order() if version.at <= at]
        if not before:
            return None
        just = before[-1].item
        equal = (just.text, just.source, just.headline) == (item.text, item.source, item.headline)
        return before[-1] if equal else None

    def replay(self, item: Item, matched: int) -> Kept | None:
        """Equal in text, facts and date to a kept version that comes after the last one matched.

        And, so that a run with re-sent wires in it adds nothing when it is repeated: what was `same` when
        the run came by here first is so again, unless a date to the second makes its place certain.
        """
        is_certain = item.date is not None and SPANS[item.date][0] == SPANS[item.date][1]
        if 0 < matched < len(self.versions) and not is_certain:
            resent = ModelStory(self.versions[:matched]).same(item)
            if resent:
                return resent
        return next((version for version in self.versions[matched:] if version.item == item), None)

    def previous(self, version: Kept) -> Kept | None:
        """The newest earlier version of the same source, else the newest earlier one."""
        earlier = [other for other in self.in_order() if other.place < version.place]
        alike = [other for other in earlier if other.item.source == version.item.source]
        nearest = alike or earlier
        return nearest[-1] if nearest else None

    def keep(self, item: Item, now: int) -> Kept:
        at = self.effective(item.date)
        late = any(version.at > at for version in self.versions)
        self.versions.append(Kept(len(self.versions) + 1, item, at, late, now))
        return self.versions[-1]

    def changed(self, version: Kept) -> list[str]:
        """What differs from the previous version."""
        previous = self.previous(version)
        if previous is None:
            return []
        old, new = previous.item, version.item
        return [
            name
            for name in ("text", "source", "headline", "extra")
            if getattr(old, name) != getattr(new, name)
        ]

    def as_of(self, moment: int) -> ModelStory:
        return ModelStory([version for version in self.versions if version.recorded <= moment])


class Model:
    """A store of such stories."""

    def __init__(self) -> None:
        self.stories: dict[str, ModelStory] = {}

    def take_in(self, item: Item, run: dict[str, int], now: int, *, again: bool = False) -> tuple[str, int]:
        """(outcome, number) of a wire; `run` holds the last version matched in each story."""
        story = self.stories.setdefault(item.story, ModelStory())
        if story.versions:
            now = max(now, story.versions[-1].recorded)
        twin = None if again else story.replay(item, run.get(item.story, 0)) or story.same(item)
        outcome = "same" if twin else "changed" if story.versions else "new"
        if twin:
            twin.seen.append(now)
        version = twin or story.keep(item, now)
        run[item.story] = max(run.get(item.story, 0), version.number)
        return outcome, version.number

    def log(self) -> Iterator[tuple[str, int]]:
        """Newest recorded first; then by story, the higher number first."""
        rows = [
            (-v.recorded, name.encode(), -v.number)
            for name, story in self.stories.items()
            for v in story.versions
        ]
        yield from ((name.decode(), -number) for _, name, number in sorted(rows))


def iso(moment: int) -> str:
    """Microseconds since 1970 as the JSON forms write them."""
    return (_utc(1970, 1, 1) + timedelta(microseconds=moment)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def iso_second(second: int) -> str:
    return (_utc(1970, 1, 1) + timedelta(seconds=second)).isoformat()[:19] + "Z"
