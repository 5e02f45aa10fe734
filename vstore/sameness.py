"""Whether a wire says what a version says already: the one before its place, or one that its run comes to."""

from __future__ import annotations

from typing import Any

from vstore import aliases, dates, states
from vstore.arriving import Arrival
from vstore.extracted import is_extracted_anew
from vstore.history import History, Place, facts_of
from vstore.model import Facts
from vstore.rows import Row


def replayed(history: History, arrival: Arrival, matched: int) -> Row | None:
    """The version that a run `matched` last, sent again, or one it has not come to yet."""
    if 0 < matched < len(history) and not _is_placed_by_its_date(arrival):
        # Its place is the store's choice: choose as when the run came by here the first time.
        moment = history.moment(arrival.date, arrival.facts, tip=matched)
        if twin := same(history, (moment, matched + 1), arrival, tip=matched):
            return twin
    for number in range(matched + 1, len(history) + 1):  # islice would walk there from the first
        row = history.row(number)
        is_it = (row.text_id, row.facts_id, row.dated) == (arrival.text_id, arrival.facts_id, arrival.dated)
        if is_it and _is_as_whole(history, row, arrival):
            return row
    return None


def same(history: History, place: Place, arrival: Arrival, tip: int | None = None) -> Row | None:
    """The version just before its place, or the last one of its provider's version, if it says the same."""
    candidates = (history.before(place, tip), history.last_sent(arrival.facts, tip))
    return next((row for row in candidates if row and _says_the_same(history, row, arrival)), None)


def _is_placed_by_its_date(arrival: Arrival) -> bool:
    """True where its date alone says its place, to the second."""
    is_exact = arrival.date is not None and dates.is_exact(arrival.date)
    return is_exact and aliases.item(arrival.facts) is None


def _says_the_same(history: History, row: Row, arrival: Arrival) -> bool:
    """Text, facts, state and embargo are equal, date and whatever else is in `extra` apart; none was erased.

    Or both are what two extractors made of one page.
    """
    if not _is_as_whole(history, row, arrival):
        return False
    if is_extracted_anew(row.capture, arrival.capture):
        return True
    if row.text_id != arrival.text_id:
        return False
    return row.facts_id == arrival.facts_id or _said(facts_of(row.facts)) == _said(arrival.facts)


def _is_as_whole(history: History, row: Row, arrival: Arrival) -> bool:
    """Whether nothing was erased of a version, or of the wire as well."""
    return row.number not in history.tombstones or bool(arrival.tombstones)


def _said(facts: Facts) -> tuple[dict[str, Any], str | None, str | None]:
    known = facts.known()
    known.pop("extra", None)
    return known, states.state(facts), states.embargo(facts)
