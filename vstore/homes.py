"""Which story a wire belongs to that names none: one that its guid or its URL is known for, or a new one.

A guid or a URL that says nothing finds nothing; one that many stories have is nobody's. Where the wire has
another URL than the version that came with its guid, or another guid than the one that came with its URL,
feeds are known to err: then it belongs to that story only if its words do too.
"""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum

from vstore import aliases
from vstore.align import edits
from vstore.arriving import Arrival
from vstore.changes import counted
from vstore.errors import BadWire
from vstore.history import History, facts_of
from vstore.model import Facts
from vstore.rows import GIVEN, TAKEN_AWAY, Row
from vstore.shelf import Shelf
from vstore.slugs import slug
from vstore.text import count_words

MOST = 8
"""A name that more stories have finds none of them."""

ALIKE = 0.2
"""Of the words of the shorter of two texts that are alike, so many stand in the other in the same order."""

COMPARED = 50_000
"""Characters of a text that are compared for it."""

_DIGITS = 8
_GIVEN = ""
"""Stands for a name that was given."""


class Likelihood(IntEnum):
    """How sure it is that a wire belongs to a story; the words decide between those that are equally so."""

    NO = 0
    BY_WORDS = 1
    BY_URL = 2
    BY_GUID = 3
    BY_BOTH = 4
    GIVEN = 5
    SAID = 6
    """Another wire there said the same: a run that is repeated leads where it led before."""
    KEPT = 7
    """It is there, date and all."""


def can_be_sought(facts: Facts) -> bool:
    """True where there is a guid or a URL, even one that says nothing."""
    return bool((facts.guid or "").strip() or (facts.url or "").strip())


def at_home(shelf: Shelf, arrival: Arrival) -> Arrival:
    """The arrival with its story: the one that it names, the one that it is found in, or one of its own.

    Raises BadWire where it has neither story-id nor guid nor URL.
    """
    if arrival.story:
        return arrival
    if not can_be_sought(arrival.facts):
        raise BadWire("the wire names no story, and has neither guid nor URL to find one by")
    return arrival._replace(story=found(shelf, arrival) or _new(shelf, arrival))


def _new(shelf: Shelf, arrival: Arrival) -> str:
    """A name that the same wire always gets; a story of that name which it was not found in is another's."""
    name = slug(arrival.text, arrival.facts.headline)
    rows = shelf.history(name).rows
    if not rows or any(_came_from(facts_of(row.facts)) == _came_from(arrival.facts) for row in rows):
        return name
    return f"{name}-{aliases.digest(_came_from(arrival.facts)).hex()[:_DIGITS]}"


def _came_from(facts: Facts) -> str:
    return "\0".join(part or "" for part in (facts.source, facts.guid, facts.url))


def found(shelf: Shelf, arrival: Arrival) -> str | None:
    """The story that it names, else the one that its guid or URL leads to; None where that is a new one."""
    if arrival.story:
        return arrival.story
    known = _known(shelf, arrival.facts)
    ranked = [(_likelihood(shelf, story, arrival, names), story) for story, names in known.items()]
    best = max((likelihood for likelihood, _ in ranked), default=Likelihood.NO)
    if best is Likelihood.NO:
        return None
    several = [story for likelihood, story in ranked if likelihood is best]
    if len(several) == 1:
        return several[0]
    return max(several, key=lambda story: _likeness(shelf, story, shelf.history(story).rows[-1], arrival))


def _known(shelf: Shelf, facts: Facts) -> dict[str, set[str]]:
    """Stories that have a name of the wire, with such names, but for those that too many stories have."""
    found: dict[str, set[str]] = {}
    for name in aliases.names(facts):
        known = [each for each in shelf.storage.known_as(aliases.digest(name)) if each[1].kind != TAKEN_AWAY]
        for story, alias in known:
            names = found.setdefault(story, set())
            if alias.kind == GIVEN:
                names.add(_GIVEN)
            elif len(known) <= MOST:
                names.add(name)
    return found


def _likelihood(shelf: Shelf, story: str, arrival: Arrival, names: set[str]) -> Likelihood:
    if was_there := _was_there(shelf.history(story), arrival):
        return was_there
    if _GIVEN in names:
        return Likelihood.GIVEN
    return _by_names(shelf, story, arrival, names) if names else Likelihood.NO


def _was_there(kept: History, arrival: Arrival) -> Likelihood:
    if arrival.text_id not in kept.texts:
        return Likelihood.NO
    alike = [row for row in kept.rows if row.text_id == arrival.text_id and _says_as_much(row, arrival)]
    if any((row.facts_id, row.dated) == (arrival.facts_id, arrival.dated) for row in alike):
        return Likelihood.KEPT
    return Likelihood.SAID if alike else Likelihood.NO


def _says_as_much(row: Row, arrival: Arrival) -> bool:
    return row.facts_id == arrival.facts_id or replace(facts_of(row.facts), extra={}) == replace(
        arrival.facts, extra={}
    )


def _by_names(shelf: Shelf, story: str, arrival: Arrival, names: set[str]) -> Likelihood:
    guid, url = aliases.guid_name(arrival.facts), aliases.url_name(arrival.facts)
    if {guid, url} <= names:
        return Likelihood.BY_BOTH
    by = Likelihood.BY_GUID if guid in names else Likelihood.BY_URL
    row = _last_with(shelf, story, names)
    if row is None:
        return Likelihood.NO
    facts = facts_of(row.facts)
    theirs, ours = (aliases.url_name(facts), url) if guid in names else (aliases.guid_name(facts), guid)
    if theirs is None or ours is None:
        return by
    is_alike = _has_headline(facts, arrival.facts) or _likeness(shelf, story, row, arrival) >= ALIKE
    return Likelihood.BY_WORDS if is_alike else Likelihood.NO


def _last_with(shelf: Shelf, story: str, names: set[str]) -> Row | None:
    """The newest version that came with one of these names."""
    rows = reversed(shelf.history(story).rows)
    return next((row for row in rows if not names.isdisjoint(aliases.names(facts_of(row.facts)))), None)


def _has_headline(one: Facts, other: Facts) -> bool:
    """Whether both have one headline, of some words."""
    headline = (one.headline or "").casefold().split()
    return len(headline) > 3 and headline == (other.headline or "").casefold().split()


def _likeness(shelf: Shelf, story: str, row: Row, arrival: Arrival) -> float:
    """Which part of the words of the shorter text stands in the other in the same order."""
    old, new = shelf.stored(story, row)[:COMPARED], arrival.text[:COMPARED]
    added, _ = counted(edits(old, new))
    words = count_words(new)
    return (words - added) / max(1, min(words, count_words(old)))
