"""What a storage keeps, as plain tuples: ids are 32 bytes, facts are bytes.

What is derived (order, previous, late, changed) is not stored; `vstore.history` computes it.
"""

from __future__ import annotations

from typing import NamedTuple

ANSWER, CHECKPOINT = 0, 1
"""Kinds of kept origins: those of one version, and what a fold can go on from."""


WHOLE, WHOLE_ZSTD, PATCH, PATCH_ZSTD, PACK_ZSTD = range(5)
"""Codecs of a payload: a text or a patch, as it is or under zstd; several of both, under zstd."""


SAID, GIVEN, TAKEN_AWAY = range(3)
"""Kinds of aliases: facts say it, somebody gave it, somebody took it away."""


SHORT = 4_000
"""Bytes of patches that are read ahead, at most."""


class Row(NamedTuple):
    """A version as stored: everything but its text. Only `base`, `depth`, `stored` and `pack` ever change."""

    number: int
    id: bytes
    text_id: bytes
    facts_id: bytes
    facts: bytes
    """Canonical JSON (RFC 8785)."""
    dated: str | None
    at: int
    """The effective moment: seconds since 1970, UTC."""
    recorded: int
    """When this store took it in: microseconds since 1970, UTC; never falls within a story."""
    previous: int | None
    """The previous version when this one arrived; a late wire may come between them afterwards."""
    added_words: int
    removed_words: int
    words: int
    length: int
    """Bytes of the text in UTF-8."""
    base: int | None
    """The version that the payload is a patch against; None for a whole text."""
    depth: int
    """How many patches lie between this text and a whole one: 0 for a whole text."""
    stored: int
    """Bytes of the payload; in a pack, its share of the pack's."""
    pack: int | None
    """The number of the payload that holds the text with others; None if it has one of its own."""
    capture: bytes
    """Capture notes as JSON, empty for none."""
    first_recorded: int | None = None
    """When the first of the stores took it in that it came through; None if that was this one."""


class Payload(NamedTuple):
    """A text as stored, or several; what `codec` means is said in `vstore.chain`."""

    codec: int
    body: bytes
    dictionary: int | None = None
    """The number of the zstd dictionary that the body needs."""

    @property
    def is_patch(self) -> bool:
        """True for a patch, False for a whole text and for a pack."""
        return self.codec in {PATCH, PATCH_ZSTD}


class Link(NamedTuple):
    """Where a version's text is: the payload that holds it, and what is said of it there."""

    base: int | None
    pack: int | None
    payload: Payload


class Head(NamedTuple):
    """What moves as a story grows."""

    story: str
    versions: int
    """Also the tip: numbers have no gaps."""
    tip: bytes
    """The id of the version with the highest number."""
    clock: int
    """The git clock of the tip, which an undated version takes over."""
    current: int
    """The number of the version that is last in the order."""
    at: int
    """The current version's effective moment: the greatest so far."""
    late: int
    """How many late wires the story has had."""
    recorded: int
    text_bytes: int
    stored_bytes: int
    keyframes: int
    repacked: int = 0
    """How often the payloads of the story were chosen anew."""
    rewritten: int = 0
    """How often something was erased from the story, or its newest version taken back; also before it began
    anew under this story-id."""

    @property
    def order(self) -> int:
        """Grows whenever other texts come to stand before a version, and never falls.

        What is known of a story holds for one of them.
        """
        return self.late + self.rewritten


class Recount(NamedTuple):
    """Words of `number` counted against a `previous` that a late wire put before it."""

    number: int
    previous: int
    added_words: int
    removed_words: int


PARTS = TEXT, FACTS, NOTES = range(3)
"""Parts of a version that can be erased; of capture notes no id and no tombstone speaks."""

LOST = "lost_stories"
"""The note that says how many keys of stories are in no use, as was told or as is meant."""

GRAVES = "graves"
"""The note that there is something that no version may have any more: 1."""

GONE = "gone"
"""The note of the greatest order of a story that is gone, which one that begins goes on from."""


class Tombstone(NamedTuple):
    """What was erased of a version."""

    number: int
    part: int
    """TEXT or FACTS."""
    erased: bytes
    """The text id or facts id of what stood there."""
    stands: bytes | None
    """The id of what stands there now; None: nothing."""
    alone: int
    """1: other versions may have what was erased here; 0: none may."""
    at: int
    """Microseconds since 1970, UTC."""
    who: str
    reason: str


class Deed(NamedTuple):
    """What was done to a store, for its journal: ids and numbers, never a text."""

    at: int
    """Microseconds since 1970, UTC."""
    story: bytes
    """The digest of the story-id where it was done to one story; else empty."""
    run: bytes
    """Eight bytes that stand for a run of the program."""
    what: str
    who: str
    first: int | None
    """`recorded` of the first version that it kept; `at` is that of the last one."""
    versions: int
    """How many versions it kept."""
    detail: str
    """More, as JSON; empty for none."""


class Alias(NamedTuple):
    """By what else a story is known, or is not to be."""

    digest: bytes
    """16 bytes: what finds it, of its normal form; see `vstore.aliases`."""
    kind: int
    """SAID, GIVEN or TAKEN_AWAY."""
    name: str
    """As it was given; empty where facts say it."""


class Taken(NamedTuple):
    """How far a file that landed in a folder was taken in."""

    folder: bytes
    """The first 16 bytes of the SHA-256 of the folder's path."""
    file: bytes
    """The same of the file's path within it."""
    digest: bytes
    """The same of what was in it; once all is done and some was refused, of that and how it was read."""
    size: int
    modified: int
    """Nanoseconds since 1970."""
    items: int
    """So many of its items are done."""
    refused: int
    """So many of these could not be kept."""
    done: int
    """1: all of them are."""


class Entry(NamedTuple):
    """All that one kept wire writes, in one step."""

    row: Row
    payload: Payload
    head: Head
    facts_at: int
    """The version that first had these facts: they are stored once a story."""
    recounts: tuple[Recount, ...] = ()
    first_facts: bytes | None = None
    """The facts of the story's version 1, where they are at hand: later ones are told from them."""
    tombstones: tuple[Tombstone, ...] = ()
    """What was erased of the version in the store that it comes from."""
    aliases: tuple[bytes, ...] = ()
    """Digests of what its facts say that the story is known by, unless that is there already."""


class Repack(NamedTuple):
    """What becomes of a story: its head as it will be and was, its new payloads, and their versions' rows."""

    head: Head
    before: Head
    payloads: dict[int, Payload]
    rows: list[Row]
    unnamed: tuple[bytes, ...] = ()
    """Digests of aliases that go: no facts say them any more."""


class Kept(NamedTuple):
    """Origins as kept: derived data, which may be dropped at any time and made again."""

    number: int
    """The version that it speaks of."""
    kind: int
    """ANSWER or CHECKPOINT."""
    late: int
    """The story's count of late wires when it was made: the order that it is true of."""
    algorithm: int
    """The number of the algorithm that made it."""
    body: bytes


class Finding(NamedTuple):
    """What a storage finds wrong with itself: in a story, in its version of this number, or in neither."""

    story: str | None
    number: int | None
    detail: str
