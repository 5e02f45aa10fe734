"""Verify a store, and count it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from vstore import dates
from vstore.answers import Check, Problem, Stats
from vstore.errors import Corrupt
from vstore.history import History, facts_of
from vstore.objects import Commit, facts_id, version_id
from vstore.rows import Head, Row
from vstore.shelf import Shelf
from vstore.storage.contract import Storage

MOST_DIGITS = 17
"""Of a number in a note: microseconds until the year 5138."""


def check(storage: Storage, progress: Callable[[int], None] | None = None) -> Check:
    """Recompute every id from git's bytes, restore every text, compare every head with its versions."""
    problems: list[Problem] = []
    problems += [
        Problem(None, None, "storage", finding) for finding in _until_damage(storage.problems(), problems)
    ]
    problems += _note_problems(storage)
    problems += _dictionary_problems(storage)
    stories = versions = 0
    for story in _until_damage(storage.names(), problems):
        with storage.snapshot():
            problems += _story_problems(Shelf(storage), story)
            problems += _origins_problems(storage, story)
            head = _head(storage, story)
        stories += 1
        versions += head.versions if head else 0
        if progress:
            progress(stories)
    return Check(stories, versions, tuple(problems))


def _dictionary_problems(storage: Storage) -> Iterator[Problem]:
    """The texts that need a damaged one are named with their stories too."""
    shelf = Shelf(storage)
    with storage.snapshot():  # a gc may drop some
        for number in storage.dictionaries():
            try:
                shelf.dictionary(number)
            except Corrupt as error:
                yield Problem(None, None, "dictionary", error.message)


def _until_damage(found: Iterator[str], problems: list[Problem]) -> Iterator[str]:
    """What is found; where damage ends it, that is a problem too."""
    try:
        yield from found
    except Corrupt as error:
        problems.append(Problem(None, None, "damaged", error.message))


class _Figures(NamedTuple):
    """Of one story."""

    versions: int
    keyframes: int
    text_bytes: int
    stored_bytes: int
    recorded: int


def stats(storage: Storage, histories: Iterable[History] | None = None) -> Stats:
    """Sums over all heads, or over histories as they stood; what belongs to no story is as it is now."""
    heads = (head for head, _ in storage.heads())
    figures = list(map(_of_head, heads) if histories is None else map(_of_history, histories))
    notes = storage.notes()
    versions = sum(each.versions for each in figures)
    keyframes = sum(each.keyframes for each in figures)
    recorded = max((each.recorded for each in figures), default=None)
    return Stats(
        stories=len(figures),
        versions=versions,
        text_bytes=sum(each.text_bytes for each in figures),
        stored_bytes=sum(each.stored_bytes for each in figures),
        origin_bytes=storage.kept_bytes(),
        keyframes=keyframes,
        patches=versions - keyframes,
        format=_format(notes),
        file_bytes=storage.size(),
        last_recorded=None if recorded is None else dates.iso_micros(recorded),
        last_gc=_moment(notes.get("last_gc")),
        last_fsck=_moment(notes.get("last_fsck")),
    )


def _of_head(head: Head) -> _Figures:
    return _Figures(head.versions, head.keyframes, head.text_bytes, head.stored_bytes, head.recorded)


def _of_history(kept: History) -> _Figures:
    return _Figures(
        versions=len(kept),
        keyframes=sum(row.base is None for row in kept.rows),
        text_bytes=sum(row.length for row in kept.rows),
        stored_bytes=sum(row.stored for row in kept.rows),
        recorded=kept.rows[-1].recorded,
    )


def _format(notes: Mapping[str, str]) -> int:
    found = _number(notes.get("format"))
    if found is None:
        raise Corrupt("the note that tells the store's format is damaged")
    return found


def _moment(note: str | None) -> str | None:
    """When, by a note; None where there is none, or none that says it."""
    number = _number(note)
    return None if number is None else dates.iso_micros(number)


def _number(note: str | None) -> int | None:
    """The number that a note says, None where it says none."""
    return int(note) if note and note.isascii() and note.isdigit() and len(note) <= MOST_DIGITS else None


def _note_problems(storage: Storage) -> Iterator[Problem]:
    """Every note of today says a number."""
    try:
        notes = {"format": "", **storage.notes()}
    except Corrupt as error:
        yield Problem(None, None, "note", error.message)
        return
    for name, value in sorted(notes.items()):
        if _number(value) is None:
            yield Problem(None, None, "note", f"{name} is {value[:40]!r}, not a number")


def _head(storage: Storage, story: str) -> Head | None:
    try:
        return storage.head(story)
    except Corrupt:
        return None


def _story_problems(shelf: Shelf, story: str) -> Iterator[Problem]:
    try:
        kept, head = shelf.standing(story)
    except Corrupt as error:
        yield Problem(story, error.facts.get("number"), "damaged", error.message)
        return
    if head is None:
        yield Problem(story, None, "damaged", "it has a name but no head")
        return
    clock = 0
    for row in kept.rows:
        clock = _clock(row, clock)
        yield from _version_problems(shelf, kept, row, clock)
    yield from _head_problems(kept, head, clock)


def _clock(row: Row, before: int) -> int:
    return dates.clock(dates.parse(row.dated)) if row.dated is not None else before


def _version_problems(shelf: Shelf, kept: History, row: Row, clock: int) -> Iterator[Problem]:
    """Its text can be restored, and its ids follow from what is stored."""
    try:
        text = shelf.text(kept.story, row)
        if len(text.encode()) != row.length:
            yield Problem(kept.story, row.number, "length", "the text is not as long as its row says")
    except Corrupt as error:
        yield Problem(kept.story, row.number, "text", error.message)
    if facts_id(row.facts) != row.facts_id:
        yield Problem(kept.story, row.number, "facts", "the facts are not those of their id")
    commit = Commit(
        story=kept.story,
        text_id=row.text_id,
        facts_id=row.facts_id,
        parent=kept.row(row.number - 1).id if row.number > 1 else None,
        source=facts_of(row.facts).source,
        clock=clock,
        dated=row.dated,
    )
    if version_id(commit) != row.id:
        yield Problem(kept.story, row.number, "id", "the id does not follow from what is stored")


def _origins_problems(storage: Storage, story: str) -> Iterator[Problem]:
    """Kept origins are checked against nothing but their checksums: what they say can be made again."""
    try:
        for number in storage.kept_damaged(story):
            yield Problem(story, number, "origins", "the kept ones are damaged; rebuilt when next asked")
    except Corrupt as error:
        yield Problem(story, None, "origins", f"{error.message}; rebuilt when next asked")


def _head_problems(kept: History, head: Head, clock: int) -> Iterator[Problem]:
    """What the head says of its versions holds."""
    expected = head._replace(
        clock=clock,
        current=kept.current.number,
        at=kept.current.at,
        late=len(kept.late),
        **_of_history(kept)._asdict(),
    )
    for name, found, right in zip(head._fields, head, expected, strict=True):
        if found != right:
            yield Problem(kept.story, None, "head", f"{name} is {found}, its versions say {right}")
