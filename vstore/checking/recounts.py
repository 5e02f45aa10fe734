"""What the deep level verifies of a story's order, words and facts: all of it is worked out again."""

from __future__ import annotations

import json
from collections.abc import Iterator

from vstore import dates
from vstore.align import edits
from vstore.answers import Problem
from vstore.changes import counted
from vstore.errors import Corrupt, VstoreError
from vstore.facts import canonical_facts
from vstore.history import History, facts_of
from vstore.rows import Row
from vstore.shelf import Shelf
from vstore.text import count_words


def problems(shelf: Shelf, kept: History) -> Iterator[Problem]:
    """Moments, previous versions and words are those that arriving again would give."""
    yield from _facts_problems(kept)
    before = History(kept.story)
    for row in kept.rows:
        try:
            yield from _order_problems(before, row)
            yield from _word_problems(shelf, kept, row)
        except VstoreError:
            return  # a text or a date that cannot be read: that is told already
        before.append(row)
    yield from _recount_problems(shelf, kept)


def _facts_problems(kept: History) -> Iterator[Problem]:
    """Facts are canonical JSON, capture notes an object."""
    told: set[bytes] = set()
    for row in kept.rows:
        if row.facts_id not in told and not _is_canonical(row.facts):
            yield Problem(kept.story, row.number, "facts", "the facts are not in canonical form")
        told.add(row.facts_id)
        if row.capture and not _is_object(row.capture):
            yield Problem(kept.story, row.number, "capture", "the capture notes are no JSON object")


def _is_canonical(facts: bytes) -> bool:
    try:
        return canonical_facts(facts_of(facts)) == facts
    except VstoreError:
        return False


def _is_object(notes: bytes) -> bool:
    try:
        return isinstance(json.loads(notes), dict)
    except (ValueError, RecursionError):
        return False


def _order_problems(before: History, row: Row) -> Iterator[Problem]:
    """`before`: the story as it stood when the version arrived."""
    date = dates.parse(row.dated) if row.dated is not None else None
    at = before.moment(date, facts_of(row.facts))
    if row.at not in {at, dates.effective(date, before.greatest)}:  # as in stores of formats 1 and 2
        right = dates.iso_seconds(at)
        yield Problem(before.story, row.number, "at", f"its moment is {row.at}, and should be {right}")
    previous = before.previous((row.at, row.number), facts_of(row.facts).source)
    number = previous.number if previous else None
    if number != row.previous:
        detail = f"it was compared with version {row.previous}, and should have been with {number}"
        yield Problem(before.story, row.number, "previous", detail)


def _word_problems(shelf: Shelf, kept: History, row: Row) -> Iterator[Problem]:
    if {row.number, row.previous} & kept.tombstones.keys():
        return  # nobody can count again what was erased
    text = shelf.stored(kept.story, row)
    if row.previous is None or not 1 <= row.previous < row.number:
        right = count_words(text), 0, count_words(text)
    else:
        previous = kept.row(row.previous)
        added, removed = counted(edits(shelf.stored(kept.story, previous), text))
        right = added, removed, previous.words + added - removed
    if right != (row.added_words, row.removed_words, row.words):
        told = f"+{row.added_words} -{row.removed_words} ({row.words})"
        counts = "+{} -{} ({})".format(*right)
        yield Problem(kept.story, row.number, "words", f"its row says {told}, counted again: {counts}")


def _recount_problems(shelf: Shelf, kept: History) -> Iterator[Problem]:
    try:
        recounts = shelf.storage.recounts(kept.story)
    except Corrupt:
        return  # told already
    for (number, previous), recount in recounts.items():
        if not (1 <= number <= len(kept) and 1 <= previous <= len(kept)):
            continue
        if {number, previous} & kept.tombstones.keys():
            continue
        texts = [shelf.stored(kept.story, kept.row(each)) for each in (previous, number)]
        right = counted(edits(*texts))
        if right != (recount.added_words, recount.removed_words):
            detail = "against {}, +{} -{} are kept, counted again: +{} -{}"
            told = detail.format(previous, recount.added_words, recount.removed_words, *right)
            yield Problem(kept.story, number, "recount", told)
