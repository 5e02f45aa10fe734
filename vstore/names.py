"""The grammar of references: `STORY@3`, `STORY@2019-01-15~1`, `a1b2c3d`. Pure: no storage.

After a story-id stand operators, and each one moves on from where the one before it stopped:

    @3              the version of this number; bare digits are always a number
    @a1b2c3d        the version whose id begins so: 4 to 64 hex digits, at least one of them a letter
    @2019-01-15     the last one dated then or earlier; a day, month or year means its end
    @{2019}         the same for a year, which needs the braces; @{…} takes every other form as well
    @first  @tip    the first in the order; the last to arrive
    ~2  ~           two places, one place, before this one in the order

A story-id may itself hold `@`, `~`, `:`, braces and spaces: an exact story-id always wins, and only
then is the last operator parted from the rest, which is tried again.
"""

from __future__ import annotations

import heapq
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from vstore import dates
from vstore.errors import AmbiguousName, BadReference, UnknownStory, UnknownVersion, quoted

if TYPE_CHECKING:
    import datetime

    from vstore.rows import Row

MAX_STEPS = 64
"""So many operators may follow a story-id."""

_FORMS = (
    "after a story come @3 (number), @a1b2c3d (id: at least 4 hex digits, one of them a letter), "
    "@2019-01-15 (date), @{2019} (year), @first, @tip or ~2 (two before)"
)
_NUMBER = re.compile(r"[0-9]{1,9}")
_YEAR = re.compile(r"[0-9]{4}")
_HEX = re.compile(r"[0-9a-fA-F]{4,64}")
_ID = re.compile(r"[0-9a-fA-F]{7,64}")
_DATE_LIKE = re.compile(r"[0-9]{4}-")
_ID_PREFIX = re.compile(r"(?=.*[a-f])[0-9a-f]{4,63}|[0-9a-f]{64}", re.IGNORECASE)
_NEAR_ENOUGH = 60.0
_NAMES_COMPARED = 100_000
_CHARACTERS_COMPARED = 500
_CANDIDATES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Number:
    """`@3`: the version of this number."""

    n: int


@dataclass(frozen=True, slots=True)
class Prefix:
    """`@a1b2c3d`: the version whose id begins with these digits, in lower case."""

    hex: str


@dataclass(frozen=True, slots=True)
class Moment:
    """`@2019-01-15`: the last version dated then or earlier."""

    text: str


@dataclass(frozen=True, slots=True)
class Back:
    """`~2`: so many places before in the order."""

    n: int


@dataclass(frozen=True, slots=True)
class First:
    """`@first`: the first in the order."""


@dataclass(frozen=True, slots=True)
class Tip:
    """`@tip`: the highest number."""


Step = Number | Prefix | Moment | Back | First | Tip


@dataclass(frozen=True, slots=True)
class Name:
    """A story and the steps from its current version to the one that is meant."""

    story: str
    steps: tuple[Step, ...] = ()


class Place(NamedTuple):
    """A version as its story's order knows it; `at` in seconds since 1970, UTC."""

    number: int
    id_hex: str
    at: int
    dated: str | None = None
    """Its own date, which a provider's version number may have placed before itself."""

    def is_from_after(self, second: int) -> bool:
        """True where its date is later than that, whatever its place."""
        return self.dated is not None and dates.span(dates.Date(self.dated))[0] > second


def parse(ref: str, is_story: Callable[[str], bool], default_story: str | None = None) -> Name | Prefix:
    """What a reference means: a Name, or the Prefix of an id for 7 to 64 hex digits that are no story.

    Raises UnknownStory with the story that was meant, and BadReference for steps that cannot be read.
    """
    story, operators = _part(ref, is_story)
    if story == "" and operators and default_story is not None:
        story = default_story
    elif not is_story(story):
        return _without_story(ref, story, operators)
    if len(operators) > MAX_STEPS:
        raise BadReference(f"{quoted(ref)}: more than {MAX_STEPS} steps after the story", reference=ref)
    return Name(story, tuple(map(_step, operators)))


def meant(which: str | datetime.date | datetime.datetime, tz: datetime.tzinfo | None) -> Prefix | Moment:
    """The step that a library caller's id, prefix of an id, or date stands for."""
    if isinstance(which, str) and _ID_PREFIX.fullmatch(which):
        return Prefix(which.lower())
    date = dates.from_value(which, tz)
    assert date is not None  # noqa: S101  only None has none
    return Moment(date.text)


def pair(ref: str, is_story: Callable[[str], bool]) -> tuple[str, str] | None:
    """The references `STORY@1` and `STORY@3` that `STORY@1..3` stands for; None where it is no pair."""
    left, dots, right = ref.rpartition("..")
    if not dots or is_story(ref):
        return None
    story, operators = _part(left, is_story)
    second = f"{story}@{right}"
    if not story or not operators or _part(second, is_story) != (story, [f"@{right}"]):
        return None
    return (left, second) if all(map(_is_step, [*operators, f"@{right}"])) else None


def without_step(ref: str) -> str | None:
    """What stands before the last operator; None where there is none that can be read."""
    cut = _last_operator(ref)
    return ref[:cut] if cut is not None and _is_step(ref[cut:]) else None


def _part(ref: str, is_story: Callable[[str], bool]) -> tuple[str, list[str]]:
    """The longest story that the reference begins with, and its operators.

    Where there is no such story: what stands before all operators that can be read.
    """
    rest, operators = ref, list[str]()
    while not is_story(rest):
        cut = _last_operator(rest)
        if cut is None or len(operators) > MAX_STEPS:
            return _meant(ref)
        operators.insert(0, rest[cut:])
        rest = rest[:cut]
    return rest, operators


def _meant(ref: str) -> tuple[str, list[str]]:
    rest, operators = ref, list[str]()
    while len(operators) <= MAX_STEPS:
        cut = _last_operator(rest)
        if cut is None or not _is_step(rest[cut:]):
            break
        operators.insert(0, rest[cut:])
        rest = rest[:cut]
    return rest, operators


def _last_operator(ref: str) -> int | None:
    """Where the last `@…`, `@{…}` or `~…` begins."""
    braces = ref.rfind("@{") if ref.endswith("}") else -1
    cut = braces if braces >= 0 else max(ref.rfind("@"), ref.rfind("~"))
    return cut if cut >= 0 else None


def _without_story(ref: str, story: str, operators: list[str]) -> Prefix:
    if not ref:
        raise BadReference("an empty name names no version", reference=ref)
    if not story:
        raise BadReference(f"{quoted(ref)} names no story: write it before the {ref[0]}", reference=ref)
    if not _ID.fullmatch(story):
        raise UnknownStory(f"there is no story {quoted(story)}", story=story)
    if operators:
        reason = f"steps need a story, and {quoted(story)} is none: STORY@{story}{operators[0]}"
        raise BadReference(reason, reference=ref)
    return Prefix(story.lower())


def _is_step(operator: str) -> bool:
    try:
        _step(operator)
    except BadReference:
        return False
    return True


def _step(operator: str) -> Step:
    word = operator[1:]
    if operator[0] == "~":
        return _back(operator)
    if word.startswith("{") and word.endswith("}"):
        word = word[1:-1]
        if _YEAR.fullmatch(word):
            return _moment(word, operator)
    if _NUMBER.fullmatch(word):
        return Number(int(word))
    if _HEX.fullmatch(word) and not word.isdecimal():
        return Prefix(word.lower())
    if word in ("first", "tip"):
        return First() if word == "first" else Tip()
    return _moment(word, operator)


def _back(operator: str) -> Back:
    if operator == "~":
        return Back(1)
    if not _NUMBER.fullmatch(operator, 1):
        raise _unreadable(operator)
    return Back(int(operator[1:]))


def _moment(text: str, operator: str) -> Moment:
    """Something that looks like a date gets the reason why it is none; anything else the list of forms."""
    if _YEAR.fullmatch(text) is None and _DATE_LIKE.match(text) is None:
        raise _unreadable(operator)
    dates.parse(text)
    return Moment(text)


def _unreadable(operator: str) -> BadReference:
    return BadReference(f"cannot read {quoted(operator)}: {_FORMS}", reference=operator)


def select(
    steps: Sequence[Step],
    order: Sequence[Place],
    current: int,
    *,
    story: str,
    tz: datetime.tzinfo | None = None,
) -> int:
    """The number of the version that the steps lead to, from the current one through the story's order.

    `tz` is the zone of times given without one. Raises UnknownVersion, and AmbiguousName with the
    candidates, 20 at most.
    """
    walk = _Walk(story, order, tz)
    at = walk.numbered(current)
    for step in steps:
        at = walk.step(at, step)
    return order[at].number


@dataclass(frozen=True, slots=True)
class _Walk:
    """A story's order to be walked; positions count from 0."""

    story: str
    order: Sequence[Place]
    tz: datetime.tzinfo | None

    def step(self, at: int, step: Step) -> int:
        match step:
            case Number(n):
                return self.numbered(n)
            case Prefix(digits):
                return self.identified(digits)
            case Moment(text):
                return self.dated(text)
            case Back(n):
                return self.before(at, n)
            case First():
                return 0
            case Tip():
                return max(range(len(self.order)), key=lambda place: self.order[place].number)

    def numbered(self, n: int) -> int:
        found = [at for at, place in enumerate(self.order) if place.number == n]
        return found[0] if found else self.refuse(f"no version {n}")

    def identified(self, digits: str) -> int:
        found = [at for at, place in enumerate(self.order) if place.id_hex.startswith(digits)]
        if len(found) > 1:
            places = (self.order[at] for at in found)
            raise _ambiguous(digits, [(self.story, place.number, place.id_hex) for place in places])
        return found[0] if found else self.refuse(f"no version whose id begins with {digits}")

    def dated(self, text: str) -> int:
        end = dates.end(dates.parse(text, self.tz))
        after = bisect_right(self.order, end, key=lambda place: place.at)
        while after and self.order[after - 1].is_from_after(end):
            after -= 1
        return after - 1 if after else self.refuse(f"no version dated {text} or earlier")

    def before(self, at: int, n: int) -> int:
        number = self.order[at].number
        return at - n if n <= at else self.refuse(f"no version {n} before {number}: {at} stand before it")

    def refuse(self, what: str) -> int:
        """Never returns: an UnknownVersion that says what there is."""
        if not self.order:
            raise UnknownVersion(f"{quoted(self.story)} has no versions", story=self.story)
        last = max(place.number for place in self.order)
        since, until = (dates.iso_seconds(self.order[end].at) for end in (0, -1))
        there_is = f"it has 1 to {last}" if last > 1 else "it has version 1 only"
        raise UnknownVersion(
            f"{quoted(self.story)} has {what}; {there_is}, dated {since} to {until}",
            story=self.story,
            versions=[1, last],
            dated=[since, until],
        )


def ambiguous(digits: str, found: Iterable[tuple[str, Row]]) -> AmbiguousName:
    """The error for a bare id prefix that several versions of the store, each with its story, answer to."""
    return _ambiguous(digits, [(story, row.number, row.id.hex()) for story, row in found])


def _ambiguous(digits: str, found: Sequence[tuple[str, int, str]]) -> AmbiguousName:
    candidates = [
        {"story": story, "number": n, "id": id_hex} for story, n, id_hex in found[:_CANDIDATES_SHOWN]
    ]
    shown = [f"{quoted(story)} version {n} ({id_hex[: len(digits) + 4]})" for story, n, id_hex in found[:5]]
    more = [f"and {len(found) - 5} more"] if len(found) > 5 else []
    reason = f"more than one version's id begins with {digits}: {', '.join(shown + more)}"
    return AmbiguousName(reason, candidates=candidates)


def nearest(name: str, names: Iterable[str], limit: int = 5) -> list[str]:
    """The story-ids most like this name, for "did you mean": case aside, the likest first, ties by name.

    Compares the first 100,000 names, and of each the first 500 characters.
    """
    from rapidfuzz.fuzz import ratio  # only a question that failed pays for it

    wanted = name[:_CHARACTERS_COMPARED].casefold()

    def unlikeness(other: str) -> tuple[float, str]:
        folded = other[:_CHARACTERS_COMPARED].casefold()
        likeness = ratio(wanted, folded, score_cutoff=_NEAR_ENOUGH)
        holds = len(wanted) > 2 and wanted in folded
        return -max(likeness, _NEAR_ENOUGH if holds else 0.0), other

    ranked = heapq.nsmallest(limit, map(unlikeness, islice(names, _NAMES_COMPARED)))
    return [other for unlike, other in ranked if unlike]
