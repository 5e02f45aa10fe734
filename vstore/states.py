"""The trade's states: what a wire says of itself beside its text, and what follows for its story.

The words are those of IPTC's vocabularies (`pubStatus`: usable, withheld, canceled; `signal`: update,
correction), of NewsML 1.2 and NITF (embargoed, Rectify), of Superdesk (killed, recalled, takedown), and of
the handbooks of AP (writethru, corrective, mandatory kill), dpa (hold, kill, advisory) and Reuters (STORY
WITHDRAWN, CORRECTED, REFILE, UPDATE 1 before a headline). Pure: no storage, no clock.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from vstore import dates
from vstore.errors import BadReference

if TYPE_CHECKING:
    import datetime

    from vstore.model import Facts

State = Literal["update", "correction", "kill", "withhold", "embargo", "advisory"]
"""What a wire is: news, or a word about news."""

NOTICES: Final = ("kill", "withhold")
"""They say that what came before is not to be used."""

SPELT: Final[dict[State, str]] = {
    "kill": "kill, killed, mandatory kill, withdrawn, story withdrawn, withdrawal, retracted, retraction, "
    "canceled, cancelled, takedown, recalled",
    "withhold": "withhold, withheld, hold",
    "correction": "correction, corrected, corr, corrective, rectify, refile, clarification",
    "embargo": "embargo, embargoed",
    "advisory": "advisory, memo, editors note, note to editors",
    "update": "update, updated, writethru",
}
"""How the trade writes them; the table in `docs/stories.md` says the same."""
_STATES: Final = {word: state for state, words in SPELT.items() for word in words.split(", ")}
_TAG = re.compile(r"([A-Z]++(?: [A-Z]++)*+)(?: \d++)?+ ?[-–—:]")
"""What stands before a headline, in capitals: `CORRECTED-`, `UPDATE 2-`, `KILL:`."""
_HINT = re.compile("|".join(SPELT[state].replace(", ", "|") for state in NOTICES).encode(), re.IGNORECASE)


def state(facts: Facts) -> State | None:
    """What a wire says it is; None for plain news.

    A kill counts before a withhold and both before all else, whichever fact says it: `kind`, or
    `extra.pubstatus`, or, if neither has a word of the trade, a tag in capitals before the headline.
    """
    said = [_known(facts.kind), _known(facts.extra.get("pubstatus"))]
    tag = _TAG.match(facts.headline or "") if said == [None, None] else None
    said += [_known(tag[1]) if tag else None, "embargo" if _hour(facts) is not None else None]
    return next((notice for notice in NOTICES if notice in said), next(filter(None, said), None))


def _known(word: object) -> State | None:
    """The state that a word stands for: without case, code prefix, final full stop, or repetition."""
    if not isinstance(word, str) or len(word) > 60 or not word.isascii():
        return None
    words = re.split(r"[\s_-]+", re.split("[:/]", word.lower())[-1].replace("'", "").strip(" ."))
    plain = words[0] if len(set(words)) == 1 else " ".join(words)  # dpa sends KILL KILL KILL
    return _STATES.get(plain)


def may_be_notice(canonical: bytes) -> bool:
    """Whether facts, as canonical JSON, hold any word that could make them a kill or a withhold."""
    return _HINT.search(canonical) is not None


def embargo(facts: Facts) -> str | None:
    """Until when a wire is embargoed, in its own words; "" where it does not say; None if it is not."""
    hour = _hour(facts)
    says = "embargo" in (_known(facts.kind), _known(facts.extra.get("pubstatus")))
    return "" if hour is None and says else hour


def _hour(facts: Facts) -> str | None:
    # NewsML-G2: an `embargoed` that is there and empty means an embargo of undetermined length.
    hour = facts.extra.get("embargoed")
    return None if hour is None or hour is False else hour if isinstance(hour, str) else ""


def is_over(hour: str, now: int, tz: datetime.tzinfo | None = None) -> bool:
    """Whether an embargo has ended by a moment (microseconds since 1970); never, if its hour cannot be read.

    A time of day ends it as it begins, a day without one only as it ends. A time without a zone is in `tz`.
    """
    try:
        date = dates.parse(hour, tz).text
    except BadReference:
        return False
    return now >= dates.parse_time(date, None, end=False) if "T" in date else now > _end(date)


def _end(day: str) -> int:
    return dates.parse_time(day, None, end=True)


def are_one(source: str | None, other: str | None) -> bool:
    """Whether one may speak for the other: where one is unknown, it may be the other."""
    return source is None or other is None or source == other


class Said(NamedTuple):
    """What a version says it is, and who sent it."""

    number: int
    source: str | None
    state: State | None


class Course:
    """What follows from the states of a story, version by version in its order.

    A kill or a withhold stands until the same source sends news again, and an advisory is none: then it is
    lifted, and the story lives again. A wire without a source speaks for every source, and every source
    for it. Of one source the last word counts.
    """

    def __init__(self) -> None:
        self.length = 0
        """Versions that were taken."""
        self.lifts: dict[int, int] = {}
        """The versions that brought the story back to life, and the last notice that each lifted."""
        self.lifted_by: dict[int, int] = {}
        """Notices, and what lifted them."""
        self._standing: dict[str | None, list[int]] = {}
        self._kills: dict[str | None, list[tuple[int, int]]] = {}

    @property
    def standing(self) -> list[int]:
        """The notices that nobody lifted, the last word of each source."""
        return [notices[-1] for notices in self._standing.values()]

    def skip(self) -> None:
        """Pass over a version that is no notice, while none stands."""
        self.length += 1

    def take(self, said: Said) -> None:
        """The next version in the order."""
        if said.state == "kill":
            self._kills.setdefault(said.source, []).append((self.length, said.number))
        self.length += 1
        if said.state == "advisory":
            return
        ended = self._ended(said.source)
        if said.state in NOTICES:
            self._standing[said.source] = [*ended, said.number]
        elif ended:
            self.lifts[said.number] = ended[-1]
            self.lifted_by.update(dict.fromkeys(ended, said.number))

    def _ended(self, source: str | None) -> list[int]:
        """The notices that a source may speak for, which stand no more."""
        keys = [key for key in self._standing if are_one(source, key)]
        return [number for key in keys for number in self._standing.pop(key)]

    def killed_by(self, place: int, source: str | None) -> int | None:
        """The first kill, from this place in the order on, that takes back what a source sent there."""
        kills = self._kills.values() if source is None else map(self._kills.get, {source, None})
        found = [each[at] for each in kills if each and (at := bisect_left(each, (place, 0))) < len(each)]
        return min(found)[1] if found else None
