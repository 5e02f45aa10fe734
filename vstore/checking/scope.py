"""How deep a store is verified, and which part of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Literal, NamedTuple, get_args

from vstore.errors import BadReference, Corrupt, UnknownStory, quoted
from vstore.storage.contract import Storage

Level = Literal["quick", "default", "deep"]
"""How deep `fsck` looks: at rows and ids; at every text too; at all that is derived or kept apart as well."""

MOST_PARTS = 1_000_000


class Scope(NamedTuple):
    """A level; these stories or all; of those the K-th of N parts."""

    level: Level = "default"
    stories: tuple[str, ...] | None = None
    subset: tuple[int, int] = (1, 1)

    @property
    def is_whole(self) -> bool:
        """True if no story is left out."""
        return self.stories is None and self.subset[1] == 1

    @property
    def has_the_rest(self) -> bool:
        """True if what belongs to no story is verified too: so it is once in a round of all parts."""
        return self.stories is None and self.subset[0] == 1

    def has(self, story: str) -> bool:
        """Whether a story is in this part, by its story-id alone."""
        part, parts = self.subset
        return parts == 1 or int.from_bytes(sha256(story.encode()).digest()) % parts == part - 1


def scope(level: Level, stories: Sequence[str] | None, subset: tuple[int, int] | None) -> Scope:
    """What a caller asked for; BadReference where that can be nothing."""
    if level not in get_args(Level):
        raise BadReference(f"a level is one of {', '.join(get_args(Level))}, not {quoted(str(level))}")
    if stories is not None and subset is not None:
        raise BadReference("verify either some stories or a subset of all")
    part, parts = subset or (1, 1)
    if not 1 <= part <= parts <= MOST_PARTS:
        raise BadReference(f"a subset is K/N, K from 1 to N and N up to {MOST_PARTS:,}; not {part}/{parts}")
    named = None if stories is None else tuple(dict.fromkeys(stories))
    return Scope(level, named, (part, parts))


def check_known(storage: Storage, stories: Sequence[str]) -> None:
    """UnknownStory for one that is not there; one that is damaged is."""
    for story in stories:
        with suppress(Corrupt):
            if storage.head(story) is None and not _is_named(storage, story):
                raise UnknownStory(f"there is no story {quoted(story)}", story=story)


def _is_named(storage: Storage, story: str) -> bool:
    """Whether a story that no index leads to is there all the same."""
    with suppress(Corrupt):
        return story in storage.names()
    return False
