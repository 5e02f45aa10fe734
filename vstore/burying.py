"""What is left in the place of what was erased, put there with a tombstone, and all told from it anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from vstore import captures, rewriting
from vstore.blobs import blob_id
from vstore.history import History
from vstore.rewriting import Changed
from vstore.rows import FACTS, NOTES, PARTS, TEXT, Alias, Tombstone
from vstore.shelf import Shelf
from vstore.storage.contract import Storage, Writer


class Cut(NamedTuple):
    """What is left of a version's text, facts or notes once something was erased; None for nothing."""

    story: str
    number: int
    part: int
    erased: bytes
    left: str | None

    @property
    def stands(self) -> bytes | None:
        """The id of what is left."""
        return None if self.left is None else blob_id(self.left.encode())


Gone = Mapping[tuple[str, int], captures.Holds]
"""(story, number) → what of its notes has to go."""


def of_notes(shelf: Shelf, gone: Gone) -> Iterator[Cut]:
    """What is left of the notes of these versions, where they had any of it."""
    kept = History("")
    for (story, number), holds in gone.items():
        kept = kept if kept.story == story else shelf.history(story)
        capture = kept.row(number).capture
        left = captures.without(capture, holds)
        if left != capture:
            yield Cut(story, number, NOTES, b"", left.decode())


def of_aliases(storage: Storage, gone: Mapping[str, captures.Holds]) -> Iterator[tuple[str, Alias]]:
    """What stories were given to be known by, or had taken away, black where it has words that go.

    They are known by it all the same: that is found by its digest.
    """
    for story, holds in gone.items():
        for alias in storage.given(story):
            if holds(alias.name):
                yield story, alias._replace(name=captures.BLACK)


def bury(writer: Writer, shelf: Shelf, buried: Iterable[tuple[Cut, Tombstone]]) -> None:
    """Put what is left in the place of what was there, each with a tombstone like the one beside it."""
    by_story: dict[str, list[tuple[Cut, Tombstone]]] = {}
    for cut, grave in buried:
        by_story.setdefault(cut.story, []).append((cut, grave))
    for story, several in by_story.items():
        tombstones = [
            grave._replace(number=cut.number, part=cut.part, erased=cut.erased, stands=cut.stands)
            for cut, grave in several
            if cut.part != NOTES
        ]
        left: dict[int, dict[int, str]] = {part: {} for part in PARTS}
        for cut, _ in several:
            left[cut.part][cut.number] = cut.left or ""
        changed = Changed(left[TEXT], _encoded(left[FACTS]), _encoded(left[NOTES]))
        writer.erase(rewriting.rewritten(shelf, story, changed), tombstones)


def _encoded(left: Mapping[int, str]) -> dict[int, bytes]:
    return {number: told.encode() for number, told in left.items()}


def leave_nothing(storage: Storage, writer: Writer, moment: int, gone: Sequence[str]) -> None:
    """See to it that what goes is in no dictionary, and unused room is cleaned afterwards."""
    shelf = Shelf(storage)
    contents = (shelf.dictionary_content(each).decode(errors="replace") for each in storage.dictionaries())
    if any(captures.shares(content, gone) for content in contents):
        rewriting.retire(writer)
    writer.note(rewriting.ERASING, str(moment))
