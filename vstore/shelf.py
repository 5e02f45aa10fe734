"""What a storage holds, read, verified and kept at hand: histories and texts."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from vstore.errors import Corrupt, Redacted
from vstore.history import History
from vstore.oneline import one_line
from vstore.rows import TEXT, Head, Link, Payload, Row, Tombstone

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


class _AtHand(NamedTuple):
    """What is stored as a text, and the id of the text that came."""

    text_id: bytes
    text: str


class Shelf:
    """Reads one storage for one thread; `as_of` (microseconds) hides what was taken in later."""

    def __init__(self, storage: Storage, as_of: int | None = None) -> None:
        self.storage = storage
        self.as_of = as_of
        self._histories: OrderedDict[str, tuple[Head, History]] = OrderedDict()
        self._counted: dict[str, int] = {}
        self._past: History | None = None
        self._rows = 0
        self._texts: OrderedDict[tuple[str, int], _AtHand] = OrderedDict()
        self._characters = 0
        self._erased: dict[tuple[str, int], Tombstone] = {}
        self._graves: dict[str, dict[int, Tombstone]] = {}
        self._rewritten: dict[str, int] = {}
        self._packs: OrderedDict[tuple[str, int], Pack] = OrderedDict()
        self._dictionaries: dict[int, Dictionary] = {}

    def history(self, story: str) -> History:
        """A story's history as it stands, or stood; empty where there is no such story."""
        kept, _ = self.standing(story)
        if self.as_of is None or not kept or kept.rows[-1].recorded <= self.as_of:
            return kept
        past = self._past
        if past is None or (past.story, past.rewritten) != (story, kept.rewritten):
            past = self._past = kept.as_of(self.as_of)
        return past

    def standing(self, story: str) -> tuple[History, Head | None]:
        """A story's history and head as they stand now.

        It takes no snapshot: versions and facts are only ever added, and of a gc that comes in between one
        sees where texts are now, for which nobody relies on it.
        """
        head = self.storage.head(story)
        if head is None:
            return History(story), None
        known, kept = self._histories.get(story, (None, History(story)))
        if head != known:
            self._see(head)
            if known and not _is_grown(known, head):
                kept = History(story)
            if head.rewritten and not kept:
                kept = History(story, rewritten=head.rewritten, tombstones=self.storage.tombstones(story))
            kept = self._grown(kept, head)
            self.keep(kept, head)
        return kept, head

    def refresh(self, story: str) -> None:
        """Let go of the story's texts at hand if something was erased from it since."""
        head = self.storage.head(story)
        if head is not None:
            self._see(head)

    def _see(self, head: Head) -> None:
        if head.rewritten != self._rewritten.get(head.story, 0):
            self._rewritten[head.story] = head.rewritten
            self._forget_texts(head.story)

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

    def _forget_texts(self, story: str) -> None:
        for key in [key for key in self._texts if key[0] == story]:
            self._characters -= len(self._texts.pop(key).text)
            self._erased.pop(key, None)
        for key in [key for key in self._packs if key[0] == story]:
            del self._packs[key]
        self._graves.pop(story, None)

    def clear(self) -> None:
        """Let go of everything: what was written did not come to stay."""
        self._histories.clear()
        self._counted.clear()
        self._texts.clear()
        self._erased.clear()
        self._graves.clear()
        self._packs.clear()
        self._dictionaries.clear()
        self._rows = self._characters = 0

    def text(self, story: str, row: Row) -> str:
        """A version's exact text; a phrase that was erased is blacked out. Redacted where all was."""
        text = self.stored(story, row)
        if not text and (found := self._erased.get((story, row.number))):
            raise redacted(story, found)
        return text

    def stored(self, story: str, row: Row) -> str:
        """What is stored as a version's text, verified by its id, or by that of what was left of it.

        Empty where the whole was erased. Corrupt names the version where it cannot be had.
        """
        found = self._texts.get((story, row.number))
        if found and found.text_id == row.text_id:
            self._texts.move_to_end((story, row.number))
            return found.text
        try:
            text = self._verified(story, row)
        except Corrupt:  # unless others changed what it is told from meanwhile, or dropped what that needs
            self._forget_texts(story)
            with self.storage.snapshot():
                text = self._verified(story, row)
        self.hold(story, row, text)
        return text

    def hold(self, story: str, row: Row, text: str) -> None:
        """Put a text at hand."""
        key = (story, row.number)
        old = self._texts.pop(key, None)
        self._characters += len(text) - (len(old.text) if old else 0)
        self._texts[key] = _AtHand(row.text_id, text)
        while self._characters > CHARACTERS and len(self._texts) > 1:
            _, dropped = self._texts.popitem(last=False)
            self._characters -= len(dropped.text)

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

    def dictionary_content(self, number: int) -> bytes:
        """What a dictionary holds of texts."""
        if not self.storage.dictionary(number):  # none, or the mark of those that were retired
            return b""
        found = self.dictionary(number)
        return found.content if found else b""

    def newest_dictionary(self) -> Dictionary | None:
        """What new payloads are packed with; None where none can be read, or all are retired."""
        with suppress(Corrupt):
            return self.dictionary(self.storage.newest_dictionary())
        return None

    def _verified(self, story: str, row: Row) -> str:
        from vstore.objects import text_id  # a log reads no text

        text = self.restored(story, row)
        found = text_id(text)
        if found != row.text_id:
            erased = self._tombstone(story, row.number)
            if erased is None or (text if erased.stands is None else found != erased.stands):
                raise _damaged(story, row.number, "the restored text is not the one that was kept")
            self._erased[story, row.number] = erased
        return text

    def _tombstone(self, story: str, number: int) -> Tombstone | None:
        """Of a version's text."""
        if story not in self._graves:
            found = self.storage.tombstones(story)
            self._graves = {story: {each.number: each for each in found if each.part == TEXT}}
        return self._graves[story].get(number)

    def restored(self, story: str, row: Row) -> str:
        """What is stored as a text, be it the right one or not: a whole one, and patches applied to it."""
        from vstore import patch

        deltas: list[str] = []
        number = row.number
        reading = _Reading(self, story, row)
        try:
            while (held := self._texts.get((story, number))) is None:
                before, content = reading.step(number)
                if before is None:
                    break
                if len(deltas) >= LINKS:
                    raise Corrupt("its chain has no end")
                deltas.append(content)
                number = before
            base = held.text if held else content
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
        is_near = (story, row.base) in shelf._texts
        self._steps = int(row.pack is None and row.depth > 1 and not is_near)  # it will have more than one

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


def _is_grown(known: Head, head: Head) -> bool:
    """Whether a story only got more versions since its head was known."""
    if (known.repacked, known.rewritten) != (head.repacked, head.rewritten):
        return False
    return known.versions < head.versions or known.tip == head.tip


def redacted(story: str, erased: Tombstone) -> Redacted:
    """That the text of a version is no longer there."""
    from vstore.dates import iso_micros

    when = iso_micros(erased.at)
    who, reason = one_line(erased.who), one_line(erased.reason)
    message = f"the text of {story}@{erased.number} was erased by {who}, {when}: {reason}"
    facts = {"number": erased.number, "text_id": erased.erased.hex(), "at": when}
    return Redacted(message, story=story, who=who, reason=reason, **facts)


def _missing(story: str, number: int) -> Corrupt:
    return Corrupt(f"version {number} of {story} is missing", story=story, number=number)


def _damaged(story: str, number: int, why: str) -> Corrupt:
    return Corrupt(f"the text of {story}@{number} is damaged: {why}", story=story, number=number)
