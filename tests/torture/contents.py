"""What a store holds, and whether that is what it may hold after something went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import vstore
from vstore.errors import Corrupt, NoStore, Redacted, VstoreError

Key = tuple[str, int]
Contents = dict[Key, tuple[str, str]]
"""Of each version, by story and number, its id and its text."""


class Acknowledged(NamedTuple):
    """A version that a caller was told of as kept."""

    story: str
    number: int
    id: str


DAMAGED = "\0damaged"
"""In the place of a text that cannot be read."""

DOUBT = "may be kept or not"
"""What an error says that does not know."""


def contents(place: Path) -> Contents | None:
    """All versions, each text read; None where there is no store."""
    try:
        with vstore.open(place, wait=5, read_only=True) as store:
            return {
                (version.story, version.number): (version.id, _text(store, version))
                for story in store.stories()
                for version in store.log(story.story)
            }
    except NoStore:
        return None


def _text(store: vstore.Questions, version: vstore.Version) -> str:
    try:
        return store.text_of(version)
    except Redacted:
        return "erased"
    except Corrupt:
        return DAMAGED


def unsound(place: Path) -> list[str]:
    """What fsck finds."""
    try:
        with vstore.open(place, wait=5) as store:
            return [f"fsck: {problem.problem}: {problem.detail}" for problem in store.fsck().problems]
    except NoStore:
        return []
    except VstoreError as error:
        return [f"fsck: {type(error).__name__}: {error.message}"]


def lost(found: Contents | None, acknowledged: Iterable[Acknowledged]) -> list[str]:
    """Versions that were acknowledged and are not there as they were told of."""
    there = {key: name for key, (name, _) in (found or {}).items()}
    return [
        f"lost: {each.story}@{each.number} {each.id[:12]}"
        for each in acknowledged
        if there.get((each.story, each.number)) != each.id
    ]


def gaps(found: Contents) -> list[str]:
    """Stories whose numbers are not 1, 2, 3 …"""
    numbers: dict[str, set[int]] = {}
    for story, number in found:
        numbers.setdefault(story, set()).add(number)
    return [
        f"gaps: {story} has {sorted(each)}"
        for story, each in numbers.items()
        if each != set(range(1, len(each) + 1))
    ]


def strange(
    found: Contents | None, before: Contents | None, after: Contents | None, *, may_miss: bool = False
) -> list[str]:
    """What is neither of the store as it was nor as it was to become, and what is missing of both."""
    if found is None:
        return ["the store is gone"] if before is not None and not may_miss else []
    was, becomes = before or {}, after or {}
    stay = [] if may_miss else [key for key in was if key in becomes]
    missing = [f"gone: {story}@{number}" for story, number in stay if (story, number) not in found]
    odd = [
        f"odd: {story}@{number}"
        for (story, number), version in found.items()
        if version not in (was.get((story, number)), becomes.get((story, number)))
    ]
    return [*missing, *odd, *gaps(found)]


def dishonest(
    found: Contents | None,
    before: Contents | None,
    acknowledged: Iterable[Acknowledged],
    told: VstoreError | None,
) -> list[str]:
    """Versions that were kept although an error said that they were not."""
    if told is None or DOUBT in told.message:
        return []
    known = {*(before or {}), *((each.story, each.number) for each in acknowledged)}
    return [
        f"kept all the same: {story}@{number}, though told: {told.message}"
        for story, number in found or {}
        if (story, number) not in known
    ]
