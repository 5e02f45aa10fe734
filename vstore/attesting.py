"""The tree over all stories of a store, as it stands or stood; its leaves pass one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vstore import merkle
from vstore.attested import Attestation, Proof, leaf
from vstore.dates import iso_micros
from vstore.errors import Corrupt, UnknownStory, quoted
from vstore.rows import Head
from vstore.shelf import Shelf


class Tip(NamedTuple):
    """A story's last version to arrive; `recorded` in microseconds."""

    story: str
    number: int
    id: bytes
    recorded: int

    @property
    def leaf(self) -> bytes:
        """What the tree holds of the story."""
        return leaf(self.story, self.id)


def attest(shelf: Shelf) -> Attestation:
    """One hash over every story. Heads are believed by their checksums: Corrupt names a damaged one."""
    versions, newest = 0, None

    def leaves() -> Iterator[bytes]:
        nonlocal versions, newest
        for tip in _tips(shelf):
            versions += tip.number
            newest = max(newest or tip.recorded, tip.recorded)
            yield tip.leaf

    with shelf.storage.snapshot():
        tree = merkle.tree(leaves())
    return Attestation(
        root=tree.root.hex(),
        tree_size=tree.size,
        versions=versions,
        last_recorded=None if newest is None else iso_micros(newest),
    )


def prove(shelf: Shelf, story: str) -> Proof:
    """That a story is in the tree over all; UnknownStory where it is not."""
    with shelf.storage.snapshot():
        head = shelf.storage.head(story)
        tip = _tip(shelf, head) if head else None
        if tip is None:
            raise UnknownStory(f"there is no story {quoted(story)}", story=story)
        tree = merkle.tree((each.leaf for each in _tips(shelf)), tip.leaf)
    if tree.leaf_index is None:
        raise Corrupt(f"{story} has a head that is not among all heads", story=story)
    return Proof(
        story=story,
        number=tip.number,
        id=tip.id.hex(),
        leaf_index=tree.leaf_index,
        tree_size=tree.size,
        audit_path=tuple(step.hex() for step in tree.path),
        root=tree.root.hex(),
    )


def _tips(shelf: Shelf) -> Iterator[Tip]:
    """Of all stories that there are, or were, by story-id in UTF-8 order."""
    return filter(None, (_tip(shelf, head) for head in shelf.storage.tips()))


def _tip(shelf: Shelf, head: Head) -> Tip | None:
    """A story's tip as the shelf stands; only where it moved since then are its rows read."""
    if shelf.as_of is None or head.recorded <= shelf.as_of:
        return Tip(head.story, head.versions, head.tip, head.recorded)
    if kept := shelf.history(head.story):
        row = kept.rows[-1]
        return Tip(head.story, row.number, row.id, row.recorded)
    return None
