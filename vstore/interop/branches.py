"""The branches of an export: which story has which, where it stands, and where it will."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

from vstore.errors import Conflict
from vstore.interop.repository import Refs
from vstore.shelf import Shelf

SLUG_LENGTH = 80

_OF_A_STORY = re.compile(r"refs/heads/(.*-([0-9a-f]{32}))")


class End(NamedTuple):
    """Where a story ends: the number of its last version to arrive, and its id in hex."""

    versions: int
    tip: str
    rewritten: int
    """As `Head.rewritten`: 0 where nothing was ever erased from it."""


class Branch(NamedTuple):
    """A story's branch: where it stands, and where it will."""

    story: str
    ref: str
    exported: int
    """How many of the story's versions it holds already."""
    old: str | None
    end: End

    @property
    def is_growing(self) -> bool:
        """Whether it lacks versions."""
        return self.exported < self.end.versions


def standing(shelf: Shelf, story: str) -> End | None:
    """Where a story ends, or ended then; None where there is none."""
    if shelf.as_of is None:
        head = shelf.storage.head(story)
        return End(head.versions, head.tip.hex(), head.rewritten) if head else None
    kept = shelf.history(story)
    return End(len(kept), kept.rows[-1].id.hex(), kept.rewritten) if kept else None


def branch_name(story: str) -> str:
    """`<slug>-<32 hex>`: the slug is for people, the hex digits of SHA-256 are the story's."""
    plain = unicodedata.normalize("NFKD", story.lower())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    slug = re.sub("[^a-z0-9]+", "-", letters).strip("-")[:SLUG_LENGTH].strip("-")
    return f"{slug or 'story'}-{_digits(story)}"


def _digits(story: str) -> str:
    return sha256(story.encode()).hexdigest()[:32]


def planned(shelf: Shelf, ends: Mapping[str, End], refs: Refs) -> list[Branch]:
    """The branches; Conflict if one holds something other than its story."""
    found = {match[2]: ref for ref in sorted(refs, reverse=True) if (match := _OF_A_STORY.fullmatch(ref))}
    branches = []
    for story, end in ends.items():
        ref = f"refs/heads/{branch_name(story)}"
        ref = ref if ref in refs else found.get(_digits(story), ref)
        old = refs.get(ref)
        exported = 0 if old is None else end.versions if old == end.tip else _number(shelf, story, ref, old)
        branches.append(Branch(story, ref, exported, old, end))
    return branches


def _number(shelf: Shelf, story: str, ref: str, tip: str) -> int:
    """The number of the version that a branch ends with."""
    kept, _ = shelf.standing(story)
    found = next((row.number for row in kept.rows if row.id.hex() == tip), None)
    if found is None:
        raise Conflict(
            f"{ref} ends with {tip}, which is no version of {story}", story=story, ref=ref, tip=tip
        )
    return found
