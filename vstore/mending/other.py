"""What another store has of a damaged one's stories. Whatever comes from there is proved by its id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING

from vstore.blobs import story_digest
from vstore.errors import Corrupt, Redacted
from vstore.rows import Row
from vstore.shelf import Shelf

if TYPE_CHECKING:
    from vstore.storage.contract import Storage

LOOKED_UP = 8
"""So many ids of a story without a name are looked up."""


class Other:
    """Another store, or none at all, which has nothing; what was erased here is not taken from there."""

    def __init__(self, storage: Storage | None, here: Storage) -> None:
        self._shelf = Shelf(storage) if storage else None
        self._here = here
        self._known: tuple[str | None, dict[int, Row]] = None, {}
        self._by_digest: dict[object, str] | None = None
        self.fetched = 0
        """How many versions and texts were taken from there."""

    def rows(self, story: str) -> dict[int, Row]:
        """All versions of a story that can be read there, by number."""
        if self._shelf is None:
            return {}
        if self._known[0] != story:
            found = _rows(self._shelf.storage, story)
            erased = self._erased(story, found.values())
            self._known = story, {each.number: each for each in found.values() if each.facts_id not in erased}
        return self._known[1]

    def _erased(self, story: str, rows: Iterable[Row]) -> set[bytes]:
        """Ids of texts and facts that must not come back."""
        ids = {each for row in rows for each in (row.text_id, row.facts_id)}
        try:
            return {each.erased for each in self._here.tombstones(story)} | self._here.buried(ids).keys()
        except Corrupt:  # a damaged tombstone: nobody knows which
            return ids

    def stories(self, ids: Iterable[bytes]) -> Iterator[str]:
        """Those there that have a version of one of these ids."""
        if self._shelf:
            for each in list(ids)[:LOOKED_UP]:
                with suppress(Corrupt):
                    yield from (story for story, _ in self._shelf.storage.find(each.hex()))

    def named(self, digests: Iterable[object]) -> Iterator[str]:
        """Those there whose name has one of these digests."""
        wanted = list(digests)
        if not wanted or self._shelf is None:
            return
        if self._by_digest is None:
            self._by_digest = {}
            with suppress(Corrupt):  # comes after all that can be read
                for story in self._shelf.storage.names():
                    self._by_digest[story_digest(story)] = story
        yield from (self._by_digest[each] for each in wanted if each in self._by_digest)

    def text(self, story: str, text_id: bytes) -> str | None:
        """The text of this id, of whichever version of the story has it. Texts are fetched nowhere else."""
        rows = self.rows(story).values()
        for row in [] if text_id in self._erased(story, rows) else rows:
            if row.text_id == text_id and self._shelf:
                with suppress(Corrupt, Redacted):
                    return self._shelf.text(story, row)
        return None

    def dictionary(self, hashed: bytes) -> bytes | None:
        """The dictionary with this SHA-256."""
        storage = self._shelf.storage if self._shelf else None
        for number in storage.dictionaries() if storage else ():
            with suppress(Corrupt):
                body = storage.dictionary(number) if storage else None
                if body is not None and sha256(body).digest() == hashed:
                    return body
        return None


def _rows(storage: Storage, story: str) -> dict[int, Row]:
    with suppress(Corrupt):
        return {row.number: row for row in storage.rows(story)}
    return dict(_one_by_one(storage, story))


def _one_by_one(storage: Storage, story: str) -> Iterator[tuple[int, Row]]:
    """Where some are damaged there too."""
    try:
        head = storage.head(story)
        most = head.versions if head else 0
    except Corrupt:
        most = 0
    for number in count(1):
        with suppress(Corrupt):
            row = storage.row(story, number)
            if row is None and number > most:
                return
            if row:
                yield number, row
