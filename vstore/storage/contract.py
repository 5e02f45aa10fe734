"""What every backend answers alike.

`memory.py` is the executable specification; the contract suite and the state machine in the tests
demand that every other backend answers exactly as it does, error types included.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from vstore.rows import (
    Alias,
    Deed,
    Entry,
    Finding,
    Head,
    Kept,
    Link,
    Payload,
    Recount,
    Repack,
    Row,
    Taken,
    Tombstone,
)


class Writer(Protocol):
    """An open transaction: everything in it is kept, or nothing."""

    def append(self, entry: Entry, expected: Head | None) -> None:
        """Keep a version, if the story's head is still `expected` (None: there is no such story yet).

        Raises Overtaken when another writer came first.
        """

    def repack(
        self, head: Head, expected: Head, payloads: Mapping[int, Payload], rows: Sequence[Row]
    ) -> None:
        """Put these payloads, by number, in place of those that the rows had.

        Raises Overtaken, and writes nothing, when the story's head is not `expected` any more, or a
        dictionary that they need is not there: another gc may have dropped it meanwhile.
        """

    def erase(self, repack: Repack, tombstones: Sequence[Tombstone]) -> None:
        """As `repack`, of all of a story's versions, with facts and notes that are written anew.

        Tombstones take the place of those of the same version and part; kept origins are dropped, and where
        a text was erased all pages of shingles: whoever makes some of what stood there cannot keep them.
        """

    def take_back(self, repack: Repack) -> None:
        """As `repack`, and drops the versions after the head's last: the story itself where it has none.

        Its kept origins are dropped, and its shingles are, which lets nobody keep older ones either.
        """

    def move(self, ids: Sequence[tuple[bytes, bytes]]) -> None:
        """Note which ids versions had, and which they have now; those that stayed the same are not noted."""

    def exclude(self) -> None:
        """From now on, and until the transaction ends, nobody else writes; first thing in a transaction."""

    def record(self, deed: Deed) -> None:
        """Write in the journal."""

    def retire(self) -> None:
        """Have no dictionary be the newest one any more: what comes is packed without, until there is one."""

    def add_dictionary(self, body: bytes) -> int:
        """Keep a dictionary, unless it is there; its number."""

    def drop_dictionaries(self) -> int:
        """Let go of the dictionaries that no payload needs; how many there were.

        The newest stays, and the mark of those that were retired while one of them is needed.
        """

    def saw(self, story: str, number: int, moment: int) -> None:
        """A version was seen again at this moment (microseconds); earlier moments change nothing."""

    def name(self, story: str, aliases: Sequence[Alias]) -> None:
        """Set aliases of a story, each in place of the one with its digest."""

    def unname(self, story: str, digests: Sequence[bytes]) -> None:
        """Let go of these aliases of a story, of whatever kind."""

    def take(self, taken: Taken, expected: Taken | None) -> None:
        """Note how far a file was taken in, if what is noted is still `expected` (None: nothing).

        Raises Overtaken where somebody else took of it meanwhile.
        """

    def note(self, key: str, value: str) -> None:
        """Set a store-wide note, such as "last_fsck"."""


class Storage(Protocol):
    """Where versions are kept. Reads see a consistent state; a story's rows come in order of number."""

    def head(self, story: str) -> Head | None:
        """What moves of a story; None where there is no such story."""

    def heads(self) -> Iterator[tuple[Head, Row]]:
        """Every story's head with the row of its current version, by story-id in UTF-8 order."""

    def tips(self) -> Iterator[Head]:
        """Every story's head alone, by story-id in UTF-8 order: no version is read."""

    def names(self) -> Iterator[str]:
        """Every story-id, in UTF-8 order; Corrupt after the last one if some could not be read."""

    def rows(self, story: str, after: int = 0) -> list[Row]:
        """A story's rows with a number greater than `after`; empty where there is none."""

    def row(self, story: str, number: int) -> Row | None:
        """A version's row; None where there is none."""

    def recent(self) -> Iterator[tuple[str, Row]]:
        """Every (story-id, row): newest recorded first, then by story-id, then the higher number."""

    def find(self, prefix: str) -> list[tuple[str, Row]]:
        """Versions whose id begins with these hex digits, at most 20, by id."""

    def link(self, story: str, number: int) -> Link | None:
        """The payload that holds a text, and the version it is a patch against."""

    def links(self, story: str, first: int, last: int) -> dict[int, Link]:
        """The same of several versions at once, by number: of those that have a short patch of their own.

        Damaged ones are left out; `link` tells of them. What is short, `rows.SHORT` says.
        """

    def payloads(self, story: str) -> list[int]:
        """The numbers of all payloads of a story, rising, whether a version needs them or not."""

    def payload(self, story: str, number: int) -> Payload:
        """The payload of this number; Corrupt where it is damaged or not there."""

    def dictionary(self, number: int) -> bytes | None:
        """A dictionary as it was given; None where there is none."""

    def dictionaries(self) -> list[int]:
        """The numbers of all dictionaries, rising."""

    def newest_dictionary(self) -> int | None:
        """The highest of them; None where there is none."""

    def sightings(self, story: str) -> dict[int, int]:
        """When versions were seen again: number → microseconds; only those that were."""

    def recounts(self, story: str) -> dict[tuple[int, int], Recount]:
        """Word counts that late wires made necessary, by (number, previous)."""

    def kept(self, story: str, number: int, kind: int) -> Kept | None:
        """Origins kept of a version; None where there are none, or none that can be read undamaged."""

    def kept_all(self, story: str, kind: int) -> list[Kept]:
        """All origins of this kind that are kept of a story, by number, but for damaged ones."""

    def keep(self, story: str, kept: Sequence[Kept], budget: int) -> bool:
        """Keep origins, all of one `late` and `algorithm`, in place of those of the same number and kind.

        Drops the story's origins with another of the two, then answers, those kept longest ago first, until
        the bodies of the story fit the budget. Never waits and never raises for the storage: False, and
        nothing changed, where it would wait for another writer, the storage refuses, this thread is within a
        snapshot or a transaction, or the story is not there or has had another number of late wires.
        """

    def kept_bytes(self) -> int:
        """Bytes of the bodies of all kept origins; 0 where they cannot be read."""

    def kept_damaged(self, story: str) -> list[int]:
        """Numbers of the versions whose kept origins are damaged; Corrupt where they cannot even be read."""

    def known_as(self, digest: bytes) -> list[tuple[str, Alias]]:
        """Stories with this alias, taken away ones too: at most 20, by story-id in UTF-8 order.

        Damaged ones are left out; `aliases` tells of them.
        """

    def alias(self, story: str, digest: bytes) -> Alias | None:
        """A story's alias; None where it has none of this digest. Corrupt where it is damaged."""

    def given(self, story: str) -> list[Alias]:
        """What was given to a story or taken away from it, by digest."""

    def all_given(self) -> Iterator[tuple[str, Alias | None]]:
        """The same of every story, by story-id in UTF-8 order; None for a damaged one."""

    def aliases(self) -> Iterator[tuple[str, Alias | None]]:
        """Every alias of the store, by digest, then by story-id in UTF-8 order; None for a damaged one."""

    def taken(self, folder: bytes, file: bytes) -> Taken | None:
        """What is noted of a file; None where nothing was taken from it. Corrupt where it is damaged."""

    def has_taken(self, folder: bytes) -> bool:
        """Whether anything was ever taken from a folder."""

    def tombstones(self, story: str) -> list[Tombstone]:
        """What was erased from a story, by number and part; Corrupt where one is damaged."""

    def buried(self, ids: Collection[bytes]) -> dict[bytes, tuple[str, Tombstone]]:
        """Of these text ids and facts ids those that no version may have any more: whose, and why."""

    def has_graves(self) -> bool:
        """Whether there is anything that no version may have any more."""

    def gone(self) -> int:
        """The greatest order of a story that is gone, 0 where none is."""

    def having(self, text_ids: Collection[bytes]) -> list[tuple[bytes, str, int]]:
        """The versions that came with these texts, by story-id in UTF-8 order and number; reads them all."""

    def users(self, dictionary: int) -> list[str]:
        """The stories that need a dictionary, by story-id in UTF-8 order."""

    def named(self, digest: bytes) -> str | None:
        """The story-id of which this is the digest; None where there is no such story."""

    def moves(self, prefix: str) -> list[tuple[bytes, bytes]]:
        """Old ids that begin with these hex digits, at most 20, with those that they became, by old id."""

    def deeds(self) -> Iterator[Deed]:
        """The journal, the newest deed first; Corrupt where one is damaged."""

    def tips_since(self, moment: int) -> Iterator[Head]:
        """Heads of the stories whose tip was recorded at this moment or later, oldest first."""

    def names_of(self, digests: Sequence[bytes]) -> dict[bytes, str]:
        """Story-ids by the first 8 or more bytes of their digests (`blobs.story_digest`), those there are."""

    def shingles(self, pages: Sequence[int]) -> dict[int, bytes]:
        """These pages of `vstore.postings` as they stand at one moment; not those damaged or missing."""

    def keep_shingles(self, pages: Mapping[int, bytes], expected: bytes | None, *, anew: bool) -> bool:
        """Put pages, page 0 among them, in their places, or `anew` in place of all.

        As with `keep`: False where page 0 is not the expected one any more (None: there is none that could
        be read), and where the storage would have to wait or refuses.
        """

    def shingle_bytes(self) -> int:
        """Bytes of all these pages; 0 where they cannot be read."""

    def shingles_damaged(self) -> list[int]:
        """The numbers of damaged pages; Corrupt where they cannot even be read."""

    def notes(self) -> dict[str, str]:
        """Store-wide notes; "format" is always there."""

    def size(self) -> int:
        """Bytes on disk, 0 in memory."""

    def problems(self, *, quick: bool = False) -> Iterator[Finding]:
        """What the engine's own integrity check finds, and rows that belong to no story or version.

        A quick one has the engine look at what every row needs, indexes too, and not at texts.
        """

    def snapshot(self) -> AbstractContextManager[None]:
        """All reads within see the store as it stood at the first of them."""

    def transaction(self) -> AbstractContextManager[Writer]:
        """Write: commits at the end of the block, rolls back when it raises. Not nested.

        Writers take turns; or several write at once, and of those that meet in a story all but one are
        Overtaken. Of a block that raised nothing is kept.
        """

    def scrub(self) -> None:
        """Leave nothing of what is no longer there, as far as the engine can.

        StorageRefused where others are at it: then some may be left.
        """

    def compact(self) -> None:
        """Give room that is not needed any more back to the file system."""

    def close(self) -> None:
        """Let go of files; idempotent."""
