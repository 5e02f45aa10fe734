"""A store, or a part of it, verified: story by story, and what belongs to none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from vstore.again import until_kept
from vstore.answers import Check, Problem
from vstore.checking import aliases, origins, payloads, recounts, rows, texts
from vstore.checking.scope import Level, Scope, check_known
from vstore.errors import Corrupt, StorageRefused
from vstore.notes import number_of
from vstore.rows import Head, Row
from vstore.shelf import Shelf
from vstore.storage.contract import Storage


class Listeners(NamedTuple):
    """Who hears how many stories are done, and of each problem at once."""

    progress: Callable[[int], None] | None = None
    found: Callable[[Problem], None] | None = None


WHOLE, NOBODY = Scope(), Listeners()


def check(storage: Storage, scope: Scope = WHOLE, heard: Listeners = NOBODY) -> Check:
    """Verify what the scope names; every problem is named by story and version, where it has any."""
    problems: list[Problem] = []

    def note(found: Iterable[Problem]) -> None:
        for problem in found:
            problems.append(problem)
            if heard.found:
                heard.found(problem)

    if scope.stories is not None:
        check_known(storage, scope.stories)
    if scope.has_the_rest:
        note(rest_problems(storage, scope.level))
    shelf = Shelf(storage)
    stories = versions = 0
    for story in _names(storage, scope, note):
        with storage.snapshot():
            note(story_problems(shelf, story, scope.level))
            head = _head(storage, story)
        stories += 1
        versions += head.versions if head else 0
        if heard.progress:
            heard.progress(stories)
    return Check(stories, versions, tuple(problems))


def noted(storage: Storage, moment: int) -> None:
    """Note when all was verified, if the storage can be written."""

    def note() -> None:
        with storage.transaction() as writer:
            writer.note("last_fsck", str(moment))

    with suppress(StorageRefused):
        until_kept(note)


def _names(storage: Storage, scope: Scope, note: Callable[[Iterable[Problem]], None]) -> Iterator[str]:
    last = None
    try:
        for story in filter(scope.has, storage.names() if scope.stories is None else scope.stories):
            if story == last:
                note([Problem(story, None, "damaged", "two heads have its name")])
            else:
                yield story
            last = story
    except Corrupt as error:
        note([Problem(None, None, "damaged", error.message)])


def _told(found: Iterator[Problem], story: str | None = None) -> Iterator[Problem]:
    """What is found; where damage keeps it from being looked for, that is a problem too."""
    try:
        yield from found
    except Corrupt as error:
        yield Problem(story, error.facts.get("number"), "damaged", error.message)


def rest_problems(storage: Storage, level: Level) -> Iterator[Problem]:
    """The engine's own check, rows of no story or version, notes and dictionaries."""
    yield from _told(_storage_problems(storage, level))
    yield from _told(_note_problems(storage))
    if level != "quick":
        yield from _told(_dictionary_problems(storage))
        yield from _told(_shingle_problems(storage))
    if level == "deep":
        yield from _told(aliases.stray_problems(Shelf(storage)))


def _storage_problems(storage: Storage, level: Level) -> Iterator[Problem]:
    for story, number, detail in storage.problems(quick=level == "quick"):
        yield Problem(story, number, "storage", detail)


def _note_problems(storage: Storage) -> Iterator[Problem]:
    """Every note of today says a number."""
    notes = {"format": "", **storage.notes()}
    for name, value in sorted(notes.items()):
        if number_of(value) is None:
            yield Problem(None, None, "note", f"{name} is {value[:40]!r}, not a number")


def _dictionary_problems(storage: Storage) -> Iterator[Problem]:
    """The texts that need a damaged one are named with their stories too."""
    shelf = Shelf(storage)
    with storage.snapshot():  # a gc may drop some
        for number in storage.dictionaries():
            try:
                if storage.dictionary(number) != b"":  # the mark of those that were retired
                    shelf.dictionary(number)
            except Corrupt as error:
                yield Problem(None, None, "dictionary", error.message)


def _shingle_problems(storage: Storage) -> Iterator[Problem]:
    for page in storage.shingles_damaged():
        yield Problem(None, None, "shingles", f"page {page} is damaged; all are made anew when next asked")


def _head(storage: Storage, story: str) -> Head | None:
    try:
        return storage.head(story)
    except Corrupt:
        return None


def story_problems(shelf: Shelf, story: str, level: Level) -> Iterator[Problem]:
    """What is wrong with one story."""
    storage = shelf.storage
    try:
        kept, head = shelf.standing(story)
    except Corrupt as error:
        yield from _damaged_problems(shelf, story, level, error)
        return
    if head is None:
        yield Problem(story, None, "damaged", "it has a name but no head")
        return
    yield from _told(rows.problems(storage, kept, head), story)
    if level != "quick":
        yield from _told(aliases.problems(storage, kept), story)
        yield from texts.problems(shelf, story, kept.rows)
        yield from texts.origin_problems(storage, story)
    if level == "deep":
        for found in (payloads.problems, recounts.problems, origins.problems):
            yield from _told(found(shelf, kept), story)


def _damaged_problems(shelf: Shelf, story: str, level: Level, error: Corrupt) -> Iterator[Problem]:
    """Of a story whose rows do not stand together: each that is damaged, and the texts of the others."""
    head = _head(shelf.storage, story)
    found = list(rows.each_damaged(shelf.storage, head)) if head else []
    damaged = [each for each in found if isinstance(each, Problem)]
    yield from damaged or [Problem(story, error.facts.get("number"), "damaged", error.message)]
    if level != "quick":
        yield from texts.problems(shelf, story, [each for each in found if isinstance(each, Row)])
        yield from texts.origin_problems(shelf.storage, story)
