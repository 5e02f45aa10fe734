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

Naming = Callable[[str, "Reading"], str | None]
"""The story-id of a file by its name and what was read in it; None if they tell none."""


def naming(
    story: str | None, story_from: str | None, otherwise: Naming | None = None
) -> Callable[[str, Reading], str]:
    """`otherwise` is asked of a file that names no story; BadWire, when called, where that tells none."""
    guess = _guess(story_from)

    def named(file: str, reading: Reading) -> str:
        # Not `or`: an empty story-id is an error of its own, told where the wire is kept.
        found = next((name for name in (story, reading.story) if name is not None), None)
        if found is None:
            found = guess(file, reading)
        if found is None and otherwise is not None:
            found = otherwise(file, reading)
        if found is None:
            raise BadWire(f"which story does it belong to? {HOW[0].upper()}{HOW[1:]}")
        return found

    return named


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
