"""What is verified of aliases: what facts say finds the story, and nothing else is said to."""

from __future__ import annotations

from collections.abc import Iterator

from vstore import aliases
from vstore.answers import Problem
from vstore.captures import BLACK
from vstore.history import History
from vstore.rows import SAID
from vstore.shelf import Shelf
from vstore.storage.contract import Storage
from vstore.storage.schema import FORMAT


def problems(storage: Storage, kept: History) -> Iterator[Problem]:
    """All that a story's facts say is there, and what was given has the digest of its name."""
    missing = sum(storage.alias(kept.story, digest) is None for digest in kept.names())
    if missing and storage.notes().get("format") == str(FORMAT):  # older ones have no aliases
        yield Problem(kept.story, None, "alias", f"{missing} of those that its facts say are missing")
    for alias in storage.given(kept.story):
        if alias.name == BLACK:  # it was erased
            continue
        meant = {alias.name, aliases.given(alias.name)}
        if alias.digest not in {aliases.digest(name) for name in meant if name}:
            yield Problem(kept.story, None, "alias", f"{alias.name!r} is not what finds it")


def stray_problems(shelf: Shelf) -> Iterator[Problem]:
    """What no facts of a story say, though it is kept as if they did."""
    for story, alias in shelf.storage.aliases():
        if alias is None:
            yield Problem(story, None, "alias", "an alias is damaged")
        elif alias.kind == SAID and alias.digest not in shelf.history(story).names():
            yield Problem(story, None, "alias", "it is known by what its facts do not say")
