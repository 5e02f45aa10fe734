"""A story's versions as git's commits, and what git shows in place of one of which something was erased."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from vstore import dates
from vstore.blobs import blob_id, object_id
from vstore.errors import Corrupt
from vstore.history import History, facts_of
from vstore.interop.repository import REPLACE
from vstore.objects import Commit, facts_id, tree_bytes, version_id
from vstore.rows import FACTS, TEXT, Row, Tombstone

EMPTY = blob_id(b"")


class Lost(NamedTuple):
    """A version of which something was erased."""

    story: str
    row: Row
    tombstones: tuple[Tombstone, ...]
    commit: Commit

    @property
    def name(self) -> str:
        """Its id in hex."""
        return self.row.id.hex()

    @property
    def parent(self) -> str | None:
        """The id of the version before in hex."""
        return self.commit.parent.hex() if self.commit.parent else None

    @property
    def ref(self) -> str:
        """Names the commit that git shows in its place."""
        return f"{REPLACE}{self.name}"

    @property
    def tree(self) -> bytes:
        """Its tree, which names what was erased."""
        return tree_bytes(self.commit.facts_id, self.commit.text_id)

    @property
    def tree_name(self) -> str:
        """The id of its tree in hex."""
        return object_id("tree", self.tree).hex()

    @property
    def erased(self) -> set[str]:
        """The ids, in hex, of what stood there."""
        return {each.erased.hex() for each in self.tombstones}

    @property
    def left(self) -> Commit:
        """The commit with what is left: the same but for its tree."""
        stands = {each.part: each.stands or EMPTY for each in self.tombstones}
        text_id = stands.get(TEXT, self.commit.text_id)
        return replace(self.commit, text_id=text_id, facts_id=stands.get(FACTS, self.commit.facts_id))

    @property
    def stand_in(self) -> str:
        """The id of that commit in hex."""
        return version_id(self.left).hex()

    def lacks(self, part: int) -> bool:
        """Whether it is this part of which something was erased."""
        return any(each.part == part for each in self.tombstones)


def lost(kept: History, row: Row, commit: Commit) -> Lost | None:
    """What was erased of a version; None for nothing."""
    tombstones = kept.tombstones.get(row.number)
    return Lost(kept.story, row, tuple(tombstones), commit) if tombstones else None


def commits(kept: History, rows: Sequence[Row]) -> Iterator[tuple[Row, Commit]]:
    """Rows that follow each other, and their commits; Corrupt where these do not have the version's id."""
    first = rows[0].number
    dated = next((row.dated for row in reversed(kept.rows[: first - 1]) if row.dated), None)
    clock = dates.clock(dates.parse(dated)) if dated else 0
    for row in rows:
        clock = dates.clock(dates.parse(row.dated)) if row.dated else clock
        commit = Commit(
            story=kept.story,
            text_id=row.text_id,
            facts_id=row.facts_id,
            parent=kept.row(row.number - 1).id if row.number > 1 else None,
            source=facts_of(row.facts).source,
            clock=clock,
            dated=row.dated,
        )
        if version_id(commit) != row.id or facts_id(row.facts) not in _facts_ids(kept, row):
            message = f"the id of {kept.story}@{row.number} does not follow from what is stored"
            raise Corrupt(message, story=kept.story, number=row.number)
        yield row, commit


def _facts_ids(kept: History, row: Row) -> set[bytes | None]:
    """The ids that what is stored as its facts may have."""
    graves = kept.tombstones.get(row.number, ())
    return {each.stands for each in graves if each.part == FACTS} or {row.facts_id}
