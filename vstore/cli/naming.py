"""Which story a file belongs to: `--story`, else what the file says, else `--story-from`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from vstore.errors import BadWire

if TYPE_CHECKING:
    from vstore.readers import Reading

LONGEST_PATTERN = 1_000

HOW = (
    "give --story ID, or --story-from stem|field:NAME|REGEX, or --match to find it, "
    "or begin the file with front matter that holds `story:`"
)

story_from_option = click.option(
    "--story-from",
    metavar="HOW",
    help="Or what tells it: stem, field:NAME, or a REGEX on the file's name.",
)

Naming = Callable[[str, "Reading"], str | None]
"""The story-id of a file by its name and what was read in it; None if they tell none."""


def naming(story: str | None, story_from: str | None, *, is_matched: bool = False) -> Naming:
    """None, when called, for a file that names no story; BadWire where `--story-from` ought to tell it.

    If it is matched, that is no fault.
    """
    guess = _guess(story_from)

    def named(file: str, reading: Reading) -> str | None:
        # In a repository a story is its path, but only if nothing else is said.
        inner = reading.capture["path"] if reading.reader == "git" else None
        told = reading.story if inner is None else None
        # Not `or`: an empty story-id is an error of its own, told where the wire is kept.
        found = next((name for name in (story, told) if name is not None), None)
        if found is None:
            found = guess(inner or file, reading)
        if found is None:
            found = reading.story
        if found is None and story_from is not None and not is_matched:
            raise unnamed()
        return found

    return named


def unnamed() -> BadWire:
    """What is said of a wire whose story nobody knows."""
    return BadWire(f"which story does it belong to? {HOW[0].upper()}{HOW[1:]}")


def _guess(story_from: str | None) -> Naming:
    if story_from is None:
        return lambda _file, _reading: None
    if story_from == "stem":
        return lambda file, _reading: None if file == "-" else PurePath(file).stem
    if story_from.startswith("field:"):
        return _from_field(story_from.removeprefix("field:"))
    return _from_pattern(story_from)


def _from_field(field: str) -> Naming:
    def found(_file: str, reading: Reading) -> str | None:
        facts: dict[str, Any] = {**reading.facts.get("extra", {}), **reading.facts}
        value = facts.get(field)
        is_name = isinstance(value, str | int) and not isinstance(value, bool)
        return str(value) if is_name else None

    return found


def _from_pattern(pattern: str) -> Naming:
    """The first group, or all that matches, of the file's name without its folder."""
    if len(pattern) > LONGEST_PATTERN:
        raise click.UsageError(f"the REGEX of --story-from is longer than {LONGEST_PATTERN:,} characters")
    try:
        sought = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise click.UsageError(f"the REGEX of --story-from cannot be read: {error}") from error

    def found(file: str, _reading: Reading) -> str | None:
        match = None if file == "-" else sought.search(PurePath(file).name)
        if match is None:
            return None
        return match[1] if sought.groups else match[0]

    return found
