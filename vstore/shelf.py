"""What a storage holds, read, verified and kept at hand: histories and texts."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING

from vstore.errors import Corrupt
from vstore.history import History
from vstore.rows import Head, Link, Payload, Row

if TYPE_CHECKING:
    from vstore.chain import Dictionary
    from vstore.packs import Pack
    from vstore.storage.contract import Storage

HISTORIES = 6_000
"""Rows kept at hand, over all stories."""

CHARACTERS = 6_000_000
"""Characters of texts kept at hand."""

PACKS = 8_000_000
"""Bytes of unpacked packs kept at hand."""

AHEAD = 31
"""So many versions before one are read with it, once a chain has a second step."""

LINKS = 10_000
"""A chain longer than this is damage."""


class Shelf:
    """Reads one storage for one thread; `as_of` (microseconds) hides what was taken in later."""

    def __init__(self, storage: Storage, as_of: int | None = None) -> None:
        self.storage = storage
        self.as_of = as_of
        self._histories: OrderedDict[str, tuple[Head, History]] = OrderedDict()
        self._counted: dict[str, int] = {}
        self._past: History | None = None
        self._rows = 0
        self._texts: OrderedDict[tuple[str, int], str] = OrderedDict()
        self._characters = 0
        self._packs: OrderedDict[tuple[str, int], Pack] = OrderedDict()
        self._dictionaries: dict[int, Dictionary] = {}

    def history(self, story: str) -> History:
        """A story's history as it stands, or stood; empty where there is no such story."""
        kept, _ = self.standing(story)
        if self.as_of is None or not kept or kept.rows[-1].recorded <= self.as_of:
            return kept
        if (past := self._past) is None or past.story != story:  # what was taken in by then never changes
            past = self._past = kept.as_of(self.as_of)
        return past

    def standing(self, story: str) -> tuple[History, Head | None]:
        """A story's history and head as they stand now.

        It takes no snapshot: versions and facts are only ever added, and of a gc that comes in between one
        sees where texts are now, for which nobody relies on it.
        """
        head = self.storage.head(story)
        known, kept = self._histories.get(story, (None, History(story)))
        if head is not None and head != known:
            if known and known.repacked != head.repacked:
                kept = History(story)
            kept = self._grown(kept, head)
            self.keep(kept, head)
        return kept, head

    def keep(self, kept: History, head: Head) -> None:
        """Put a history at hand, and let go of those asked for longest ago."""
        self._histories[kept.story] = (head, kept)
        self._histories.move_to_end(kept.story)
        self._rows += len(kept) - self._counted.get(kept.story, 0)
        self._counted[kept.story] = len(kept)
        while self._rows > HISTORIES and len(self._histories) > 1:
            self._forget(next(iter(self._histories)))

    def _forget(self, story: str) -> None:
        del self._histories[story]
        self._rows -= self._counted.pop(story)

    def clear(self) -> None:
        """Let go of everything: what was written did not come to stay."""
        self._histories.clear()
        self._counted.clear()
        self._texts.clear()
        self._packs.clear()
        self._dictionaries.clear()
        self._rows = self._characters = 0

    def text(self, story: str, row: Row) -> str:
        """A version's exact text, verified by its id; Corrupt names the version where it cannot be had."""
        found = self._texts.get((story, row.number))
        if found is not None:
            self._texts.move_to_end((story, row.number))
            return found
        try:
            text = self._verified(story, row)
        except Corrupt:  # unless a gc put other payloads in place meanwhile, or dropped what these need
            with self.storage.snapshot():
                text = self._verified(story, row)
        self.hold(story, row.number, text)
        return text

    def hold(self, story: str, number: int, text: str) -> None:
        """Put a text at hand."""
        self._characters += len(text) - len(self._texts.pop((story, number), ""))
        self._texts[story, number] = text
        while self._characters > CHARACTERS and len(self._texts) > 1:
            _, old = self._texts.popitem(last=False)
            self._characters -= len(old)

    def _grown(self, kept: History, head: Head) -> History:
        """A history brought up to its head; numbers have no gaps, and the last id is the head's."""
        for row in self.storage.rows(kept.story, after=len(kept)):
            if row.number != len(kept) + 1 or len(kept) == head.versions:  # what is newer comes next time
                break
            kept.append(row)
        if len(kept) != head.versions:
            raise _missing(kept.story, len(kept) + 1)
        if kept.row(head.versions).id != head.tip:
            raise Corrupt(f"the tip of {kept.story} is not its newest version", story=kept.story)
        return kept

    def dictionary(self, number: int | None) -> Dictionary | None:
        """What a payload needs to be unpacked; Corrupt where the storage has it no more."""
        from vstore.chain import Dictionary

        if number is not None and number not in self._dictionaries:
            frame = self.storage.dictionary(number)
            if frame is None:
                raise Corrupt(f"dictionary {number} is missing", dictionary=number)
            self._dictionaries[number] = Dictionary(number, frame)
        return None if number is None else self._dictionaries[number]

    def newest_dictionary(self) -> Dictionary | None:
        """What new payloads are packed with; None where there is none that can be read."""
        with suppress(Corrupt):
            return self.dictionary(self.storage.newest_dictionary())
        return None

    def _verified(self, story: str, row: Row) -> str:
        from vstore.objects import text_id  # a log reads no text

        text = self.restored(story, row)
        if text_id(text) != row.text_id:
            raise _damaged(story, row.number, "the restored text is not the one that was kept")
        return text

    def restored(self, story: str, row: Row) -> str:
        """What is stored as a text, be it the right one or not: a whole one, and patches applied to it."""
        from vstore import patch

        deltas: list[str] = []
        number = row.number
        reading = _Reading(self, story, row)
        try:
            while (base := self._texts.get((story, number))) is None:
                before, content = reading.step(number)
                if before is None:
                    base = content
                    break
                if len(deltas) >= LINKS:
                    raise Corrupt("its chain has no end")
                deltas.append(content)
                number = before
            return patch.apply(base, reversed(deltas)) if deltas else base
        except Corrupt as error:
            raise _damaged(story, row.number, error.message) from error

    def pack(self, story: str, number: int, payload: Payload | None) -> Pack | None:
        """A pack at hand; with a payload, the one that this is."""
        from vstore.chain import unpacked
        from vstore.packs import Pack

        if payload is None:
            return self._packs.get((story, number))
        pack = self._packs[story, number] = Pack(unpacked(payload, self.dictionary(payload.dictionary)))
        while len(self._packs) > 1 and sum(each.size for each in self._packs.values()) > PACKS:
            self._packs.popitem(last=False)
        return pack


class _Reading:
    """Reads a chain step by step: within a pack, or from payloads, of which it reads many at once."""

    def __init__(self, shelf: Shelf, story: str, row: Row) -> None:
        self._shelf = shelf
        self._story = story
        self._pack = None if row.pack is None else shelf.pack(story, row.pack, None)
        self._links: dict[int, Link] = {}
        self._steps = int(row.pack is None and row.depth > 1)  # it is known to have more than one

    def step(self, number: int) -> tuple[int | None, str]:
        """The version that one is told from, None for a whole text, and the patch or the text."""
        if self._pack is not None and number in self._pack:
            return self._pack.member(number)
        link = self._link(number)
        if link.pack is None:
            from vstore.chain import content

            return link.base, content(link.payload, self._shelf.dictionary(link.payload.dictionary))
        self._pack = self._shelf.pack(self._story, link.pack, link.payload)
        if self._pack is None or number not in self._pack or self._pack.first != link.pack:
            raise Corrupt(f"its pack does not hold version {number}")
        return self._pack.member(number)

    def _link(self, number: int) -> Link:
        self._steps += 1
        if self._steps > 1 and number not in self._links:
            self._links = self._shelf.storage.links(self._story, number - AHEAD, number)
        link = self._links.get(number) or self._shelf.storage.link(self._story, number)
        if link is None:
            raise Corrupt(f"its chain breaks off at version {number}")
        return link


def _missing(story: str, number: int) -> Corrupt:
    return Corrupt(f"version {number} of {story} is missing", story=story, number=number)


def _damaged(story: str, number: int, why: str) -> Corrupt:
    return Corrupt(f"the text of {story}@{number} is damaged: {why}", story=story, number=number)
