"""Aliases given to stories, taken away from them, and carried to other stores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

from vstore import aliases
from vstore.again import until_kept
from vstore.captures import BLACK
from vstore.errors import BadReference, BadWire, Conflict, NotFound, UnknownStory, quoted
from vstore.objects import check_story
from vstore.rows import GIVEN, TAKEN_AWAY, Alias
from vstore.storage.contract import Storage, Writer

Writing = Callable[[], AbstractContextManager[tuple[Writer, object]]]


def give(storage: Storage, writer: Writer, story: str, names: Sequence[str]) -> list[str]:
    """Have a story be known by these names; what finds those that it was not known by before, in hex.

    Raises UnknownStory, BadReference for what can be no alias, Conflict where another story has it.
    """
    _check_there(storage, story)
    made = [_alias(storage, story, name) for name in dict.fromkeys(names) if name != story]
    new = [alias for alias in made if storage.alias(story, alias.digest) != alias]
    writer.name(story, new)
    return [alias.digest.hex() for alias in new]


def take_away(storage: Storage, writer: Writer, story: str, names: Sequence[str]) -> list[str]:
    """Have a story not be known by these names any more, whoever said them, whatever facts come; as `give`.

    Raises UnknownStory, and NotFound where it is not known by one.
    """
    _check_there(storage, story)
    gone = [_taken(_standing(storage, story, name)) for name in dict.fromkeys(names)]
    writer.name(story, gone)
    return [alias.digest.hex() for alias in gone]


def carry(storage: Storage, writing: Writing, told: Iterable[tuple[str, Sequence[Alias]]]) -> None:
    """What another store says of stories, unless something else was said here."""

    def attempt() -> None:
        with writing() as (writer, _):
            for story, several in news:
                writer.name(story, _news(storage, story, several))

    news = [(story, several) for story, several in told if _news(storage, story, several)]
    if news:
        until_kept(attempt)


def _news(storage: Storage, story: str, told: Sequence[Alias]) -> list[Alias]:
    """Aliases that nothing is said against here."""
    if storage.head(story) is None:
        return []
    mine = {alias.digest for alias in storage.given(story)}
    return [alias for alias in told if alias.digest not in mine and not _others(storage, story, alias)]


def problem(name: str) -> str | None:
    """Why a name can be no alias."""
    try:
        check_story(name)
    except BadWire as error:
        return error.message.replace("story-id", "alias")
    return None if aliases.given(name) else f"{quoted(name)} is a site's front page, and no story's"


def _alias(storage: Storage, story: str, name: str) -> Alias:
    if why := problem(name):
        raise BadReference(why, alias=name)
    if name != story and storage.head(name) is not None:
        raise Conflict(f"{quoted(name)} is a story itself", story=name, alias=name)
    alias = given(name)
    if others := _others(storage, story, alias):
        message = (
            f"{quoted(name)} is known of {quoted(others[0])}: take it away there first (`vstore alias rm`)"
        )
        raise Conflict(message, story=others[0], alias=name)
    return alias


def _others(storage: Storage, story: str, alias: Alias) -> list[str]:
    """Other stories that are known by what is to be given to this one."""
    known = storage.known_as(alias.digest) if alias.kind == GIVEN else []
    return [other for other, theirs in known if other != story and theirs.kind != TAKEN_AWAY]


def _standing(storage: Storage, story: str, name: str) -> str:
    """The form of a name by which a story is known."""
    for meant in aliases.said(name):
        there = storage.alias(story, aliases.digest(meant))
        if there is not None and there.kind != TAKEN_AWAY:
            return meant
    raise NotFound(f"{quoted(story)} is not known as {quoted(name)}", story=story, alias=name)


def _check_there(storage: Storage, story: str) -> None:
    if storage.head(story) is None:
        raise UnknownStory(f"there is no story {quoted(story)}", story=story)


def told(given: Iterable[Alias]) -> list[dict[str, object]]:
    """What was given and taken away, as a bundle has it; not what was erased."""
    there = (alias for alias in given if alias.name != BLACK)
    return [{"alias": alias.name, "taken_away": alias.kind == TAKEN_AWAY} for alias in there]


def read(found: object) -> Iterator[Alias]:
    """The same from a bundle; what is none is passed over."""
    for each in found if isinstance(found, list) else ():
        name = each.get("alias") if isinstance(each, dict) else None
        if isinstance(name, str) and problem(name) is None:
            yield _taken(name) if each.get("taken_away") is True else given(name)


def given(name: str) -> Alias:
    """An alias that was given."""
    return Alias(aliases.digest(aliases.given(name) or name), GIVEN, name)


def _taken(meant: str) -> Alias:
    """Its name is the very form that a story was known by."""
    return Alias(aliases.digest(meant), TAKEN_AWAY, meant)
