"""A story's texts: as the rows lead to them, wherever else they are stored, or from another store."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress

from vstore import patch
from vstore.blobs import EMPTY
from vstore.chain import content
from vstore.errors import Corrupt
from vstore.mending.other import Other
from vstore.objects import text_id
from vstore.packs import Pack
from vstore.rows import PACK_ZSTD, TEXT, Payload, Row
from vstore.shelf import Shelf


class Texts:
    """Reads them one by one, best in the order of their numbers; each is proved by its id."""

    def __init__(self, shelf: Shelf, story: str, rows: Sequence[Row], other: Other) -> None:
        self._shelf = shelf
        self._story = story
        self._rows = {row.number: row for row in rows}
        self._other = other
        self._packs: list[int] | None = None
        self._twins: dict[bytes, int] = {}
        self._stands: dict[int, bytes] = {}
        with suppress(Corrupt):  # a damaged tombstone: its text is told as damaged
            graves = shelf.storage.tombstones(story)
            self._stands = {each.number: each.stands or EMPTY for each in graves if each.part == TEXT}
        self.strayed: set[int] = set()
        """Versions whose text was not where their rows say, ..."""
        self.gone: set[int] = set()
        """... and of these the ones whose text cannot be had."""

    def text(self, row: Row) -> str | None:
        """The text of a version; None where it cannot be had."""
        try:
            text = self._shelf.stored(self._story, row)
        except Corrupt:
            self.strayed.add(row.number)
            for text in self._others(row):
                if text_id(text) == self._stands.get(row.number, row.text_id):
                    break
            else:
                self.gone.add(row.number)
                return None
            self._shelf.hold(self._story, row, text)
        if row.number not in self._stands:
            self._twins.setdefault(row.text_id, row.number)
        return text

    def known(self, row: Row) -> str:
        """The text of a version that has one."""
        text = self.text(row)
        if text is None:
            raise Corrupt(f"the text of {self._story}@{row.number} cannot be had any more", story=self._story)
        return text

    def patch(self, row: Row) -> Payload | None:
        """The patch that is all there is of a version's text."""
        with suppress(Corrupt):
            payload = self._shelf.storage.payload(self._story, row.number)
            return payload if payload.is_patch and row.pack is None else None
        return None

    def _others(self, row: Row) -> Iterator[str]:
        """What may be the text; nothing of one that was erased is looked for elsewhere."""
        yield ""
        if row.text_id in self._twins:
            with suppress(Corrupt):
                yield self._shelf.stored(self._story, self._rows[self._twins[row.text_id]])
        for stored in (self._loose, self._packed):
            with suppress(Corrupt):
                yield from stored(row)
        found = None if row.number in self._stands else self._other.text(self._story, row.text_id)
        if found is not None:
            self._other.fetched += 1
            yield found

    def _loose(self, row: Row) -> Iterator[str]:
        """What a payload of its own makes of the texts that it may have been told from."""
        payload = self._shelf.storage.payload(self._story, row.number)
        if payload.codec == PACK_ZSTD:
            return
        body = content(payload, self._shelf.dictionary(payload.dictionary))
        if not payload.is_patch:
            yield body
            return
        for base in dict.fromkeys((row.base, row.previous, row.number - 1)):
            if base in self._rows:
                with suppress(Corrupt):
                    yield patch.apply(self._shelf.stored(self._story, self._rows[base]), [body])

    def _packed(self, row: Row) -> Iterator[str]:
        """What the last pack that begins before it holds of it."""
        packs = self._packs = self._found_packs() if self._packs is None else self._packs
        if at := bisect_right(packs, row.number):
            number = packs[at - 1]
            pack = self._shelf.pack(self._story, number, self._shelf.storage.payload(self._story, number))
            if pack and row.number in pack:
                yield _unfolded(pack, row.number)

    def _found_packs(self) -> list[int]:
        found = []
        for number in self._shelf.storage.payloads(self._story):
            with suppress(Corrupt):
                if self._shelf.storage.payload(self._story, number).codec == PACK_ZSTD:
                    found.append(number)
        return found


def _unfolded(pack: Pack, number: int | None) -> str:
    """A text from a pack alone."""
    deltas: list[str] = []
    while number is not None:
        number, told = pack.member(number)
        deltas.append(told)
    return patch.apply(deltas[-1], reversed(deltas[:-1]))
