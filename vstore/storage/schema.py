"""The schema, as prose: facts first (what they say never changes), then what moves, then what can be rebuilt.

Keys begin with the story, there are no sequences, and every statement is one that PostgreSQL knows
too. `story` is a small number that stands for the story-id inside this file only. Every row carries
`checksum`, the CRC-32 of its story-id and its columns in this order, so that a byte that turned, or
intact bytes under a wrong key, are found; see `docs/format.md`.
"""

from __future__ import annotations

FORMAT, OLDEST = 3, 1
"""The format number of stores as they are made, and the oldest that can be read; others are refused."""

APPLICATION_ID = 0x76737472
"""'vstr' at byte 68 of the file, so that `file` and vstore tell a store from any other database."""

PAGE_SIZE = 4096

ID_PREFIX = 5
"""Bytes of a version's id that are indexed: of ten million versions, some forty share theirs with another."""

_LASTING = """
-- What is true of the whole store: "format", "last_fsck", "last_gc".
CREATE TABLE note (
    name        TEXT NOT NULL PRIMARY KEY, -- such as "last_fsck"
    value       TEXT NOT NULL       -- as text, whatever it is
) STRICT, WITHOUT ROWID;

-- A version: everything but its text. The rows of a story lie together, in order of number.
CREATE TABLE version (
    story       INTEGER NOT NULL,   -- head.story
    number      INTEGER NOT NULL,   -- 1, 2, 3 … in order of arrival, without gaps
    id          BLOB    NOT NULL,   -- 32 bytes: the git commit's SHA-256
    text_id     BLOB    NOT NULL,   -- 32 bytes: the git blob id of the text
    facts_back  INTEGER NOT NULL,   -- how many versions before it had these facts first: fact.number
    dated       TEXT,               -- the date as it was given; Z or ±hh:mm: `at` in this zone; null: none
    at          INTEGER NOT NULL,   -- effective moment: seconds since 1970, UTC; fixed at arrival
    recorded    INTEGER NOT NULL,   -- when this store took it in: microseconds since 1970, UTC
    previous_back INTEGER,          -- how many before it is what it was compared with; null: nothing
    added_words   INTEGER NOT NULL, -- words it has and `previous` has not
    removed_words INTEGER NOT NULL, -- words `previous` has and it has not
    words       INTEGER NOT NULL,   -- words and numbers in the text
    length      INTEGER NOT NULL,   -- bytes of the text in UTF-8
    base_back   INTEGER,            -- how many before it is what the patch is against; null: whole
    depth       INTEGER NOT NULL,   -- patches between this text and a whole one
    stored      INTEGER NOT NULL,   -- bytes of payload.body; in a pack, its share of them
    pack        INTEGER,            -- payload.number of the pack that holds the text; null: its own payload
    capture     BLOB    NOT NULL,   -- capture notes as JSON; empty: none
    checksum    INTEGER NOT NULL,   -- over the story-id and what the columns say
    first_recorded INTEGER,         -- when the first store took it in that had it; null: this one
    PRIMARY KEY (story, number)
) STRICT, WITHOUT ROWID;

-- Facts of a version, kept once where later versions of the story have the same. They are canonical JSON
-- (RFC 8785): as many bytes of the story's first facts as `head` says, then `body`, then as many of the
-- first ones' last bytes as `tail` says. Their id is the git blob id of the whole.
CREATE TABLE fact (
    story       INTEGER NOT NULL,   -- head.story
    number      INTEGER NOT NULL,   -- the version that first had them
    head        INTEGER NOT NULL,   -- bytes taken from the beginning of the facts of version 1
    tail        INTEGER NOT NULL,   -- bytes taken from their end
    body        BLOB    NOT NULL,   -- what stands between; of version 1, all
    checksum    INTEGER NOT NULL,   -- over the story-id, number, id and the facts
    id          BLOB,               -- their id; null: that of what is here, from which nothing was erased
    PRIMARY KEY (story, number)
) STRICT, WITHOUT ROWID;

-- Texts, whole or as patches, alone or several in a pack; kept apart, so that a log never reads them. A body
-- is cut every 385 bytes, every 790 if it is longer than 8,000: ten or five such rows fill a page.
CREATE TABLE payload (
    story       INTEGER NOT NULL,   -- head.story
    number      INTEGER NOT NULL,   -- version.number; of a pack, that of its first version
    part        INTEGER NOT NULL,   -- 0, 1, 2 …
    body        BLOB    NOT NULL,   -- this part of the text, delta or pack, as codec says
    codec       INTEGER,            -- 0 whole, 2 patch; in zstd: 1 whole, 3 patch, 4 pack; null: see part 0
    dictionary  INTEGER,            -- dictionary.number that the frame needs; null: none, or see part 0
    checksum    INTEGER,            -- over story-id, number, codec and the whole body; null: see part 0
    PRIMARY KEY (story, number, part)
) STRICT, WITHOUT ROWID;

-- What zstd needs to unpack payloads: trained from the store's own texts, never changed.
CREATE TABLE dictionary (
    number      INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3 …
    digest      BLOB    NOT NULL UNIQUE, -- SHA-256 of `body`
    body        BLOB    NOT NULL    -- the dictionary, in a zstd frame
) STRICT;

-- What moves: one row a story, changed only by compare-and-set.
CREATE TABLE head (
    story       INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3 …: the story's number inside this file
    digest      BLOB    NOT NULL UNIQUE, -- first 16 bytes of the story-id's SHA-256: finds the row
    name        BLOB    NOT NULL,   -- the story-id in UTF-8
    versions    INTEGER NOT NULL,   -- how many there are: the highest number
    tip         BLOB    NOT NULL,   -- id of the version with the highest number
    clock       INTEGER NOT NULL,   -- its git clock, in seconds
    current     INTEGER NOT NULL,   -- number of the version that is last in the order
    at          INTEGER NOT NULL,   -- its effective moment: the greatest so far
    late        INTEGER NOT NULL,   -- how many late wires there were
    recorded    INTEGER NOT NULL,   -- when the tip was taken in
    text_bytes  INTEGER NOT NULL,   -- sum of version.length
    stored_bytes INTEGER NOT NULL,  -- sum of version.stored
    keyframes   INTEGER NOT NULL,   -- how many texts are stored whole
    repacked    INTEGER NOT NULL,   -- how often gc has chosen payloads anew
    checksum    INTEGER NOT NULL,   -- over the story-id and the columns above
    rewritten   INTEGER NOT NULL DEFAULT 0 -- how often something was erased from it, or its newest taken back
) STRICT;

-- When a version was seen again: the last time.
CREATE TABLE sighting (
    story       INTEGER NOT NULL,   -- head.story
    number      INTEGER NOT NULL,   -- version.number
    last_seen   INTEGER NOT NULL,   -- microseconds since 1970, UTC
    checksum    INTEGER NOT NULL,   -- over the story-id and the columns above
    PRIMARY KEY (story, number)
) STRICT, WITHOUT ROWID;

-- Can be rebuilt: words counted against a previous version that a late wire put there.
CREATE TABLE recount (
    story       INTEGER NOT NULL,   -- head.story
    number      INTEGER NOT NULL,   -- version.number
    previous    INTEGER NOT NULL,   -- version.number that stands before it now
    added_words   INTEGER NOT NULL, -- words it has and `previous` has not
    removed_words INTEGER NOT NULL, -- words `previous` has and it has not
    checksum    INTEGER NOT NULL,   -- over the story-id and the columns above
    PRIMARY KEY (story, number, previous)
) STRICT, WITHOUT ROWID;

-- Finds a version by the beginning of its id, whatever its story.
CREATE INDEX version_by_id ON version (substr(id, 1, 5));

-- The whole store's log, newest first: stories by their newest version.
CREATE INDEX head_by_recorded ON head (recorded);
"""

SINCE_3 = """
-- What was erased, when, by whom and why: it does not come back.
CREATE TABLE tombstone (
    story       INTEGER NOT NULL,   -- head.story
    number      INTEGER NOT NULL,   -- version.number
    part        INTEGER NOT NULL,   -- 0 its text, 1 its facts
    erased      BLOB    NOT NULL,   -- 32 bytes: the text id or facts id of what stood there
    stands      BLOB,               -- the id of what stands there now; null: nothing
    alone       INTEGER NOT NULL,   -- 1: other versions may have what was erased here; 0: none may
    at          INTEGER NOT NULL,   -- microseconds since 1970, UTC
    who         TEXT    NOT NULL,   -- who erased it
    reason      TEXT    NOT NULL,   -- and why
    checksum    INTEGER NOT NULL,   -- over the story-id and the columns above
    PRIMARY KEY (story, number, part)
) STRICT, WITHOUT ROWID;

-- What was done to the store: written with the change itself, and never again.
CREATE TABLE journal (
    at          INTEGER NOT NULL,   -- microseconds since 1970, UTC
    story       BLOB    NOT NULL,   -- of one story: first 16 bytes of its story-id's SHA-256; else empty
    run         BLOB    NOT NULL,   -- 8 bytes that stand for a run of the program
    what        TEXT    NOT NULL,   -- add, import, gc, redact, repair …
    who         TEXT    NOT NULL,   -- who did it
    first       INTEGER,            -- version.recorded of the first version that it kept, `at` of the last
    versions    INTEGER NOT NULL,   -- how many versions it kept
    detail      TEXT    NOT NULL,   -- more, as JSON: ids, numbers and reasons, never a text; empty: none
    checksum    INTEGER NOT NULL,   -- over the columns above
    PRIMARY KEY (at, story, run)
) STRICT, WITHOUT ROWID;

-- By what else a story is known: guids and URLs in a normal form.
CREATE TABLE alias (
    digest      BLOB    NOT NULL,   -- first 16 bytes of the SHA-256 of the alias in its normal form
    story       INTEGER NOT NULL,   -- head.story
    kind        INTEGER NOT NULL,   -- 0 facts say it (can be rebuilt), 1 it was given, 2 it was taken away
    name        TEXT    NOT NULL,   -- as it was given; empty where its facts say it
    checksum    INTEGER NOT NULL,   -- over the story-id and the columns above, `story` apart
    PRIMARY KEY (digest, story)
) STRICT, WITHOUT ROWID;

-- Ids that versions had before they were moved to another story.
CREATE TABLE moved (
    id          BLOB    NOT NULL PRIMARY KEY, -- 32 bytes: the id it had
    became      BLOB    NOT NULL,   -- 32 bytes: the id that it got
    checksum    INTEGER NOT NULL    -- over the columns above
) STRICT, WITHOUT ROWID;

-- What was taken in from folders, so that nothing is taken twice: noted with the wires themselves.
CREATE TABLE taken (
    folder      BLOB    NOT NULL,   -- first 16 bytes of the SHA-256 of the folder's path
    file        BLOB    NOT NULL,   -- first 16 bytes of the SHA-256 of the file's path within it
    digest      BLOB    NOT NULL,   -- first 16 bytes of the SHA-256 of what was in it; once all of it is
                                    -- done and some was refused, of these 16 and how it was read
    size        INTEGER NOT NULL,   -- its bytes
    modified    INTEGER NOT NULL,   -- when it was written: nanoseconds since 1970, UTC
    items       INTEGER NOT NULL,   -- how many of its items are done
    refused     INTEGER NOT NULL,   -- how many of these could not be kept
    done        INTEGER NOT NULL,   -- 1: all of them are
    checksum    INTEGER NOT NULL,   -- over the columns above
    PRIMARY KEY (folder, file)
) STRICT, WITHOUT ROWID;

-- What was given to a story, or taken away from it.
CREATE INDEX alias_by_story ON alias (story) WHERE kind > 0;

-- Finds what was erased, so that it does not come back.
CREATE INDEX tombstone_by_erased ON tombstone (alone, erased);
"""
"""What stores of older formats have not."""

ORIGIN = """
-- Can be rebuilt: origins, kept when they were asked for. Stores older than this table get it then.
-- A row fits its page, so that no damage in it can make a later delete free the pages of a text.
CREATE TABLE IF NOT EXISTS origin (
    story       INTEGER NOT NULL,   -- head.story
    number      INTEGER NOT NULL,   -- version.number
    kind        INTEGER NOT NULL,   -- 0 the answer for that version, 1 a checkpoint to fold on from
    part        INTEGER NOT NULL,   -- 0, 1, 2 …: long origins are cut every 1,900 bytes
    parts       INTEGER NOT NULL,   -- how many there are
    late        INTEGER NOT NULL,   -- head.late when it was made; with another one it is not true
    algorithm   INTEGER NOT NULL,   -- number of the algorithm that made it; to any other it is nothing
    asked       INTEGER NOT NULL,   -- grows within the story: answers with the lowest are dropped first
    body        BLOB    NOT NULL,   -- this part of the origins, as the algorithm writes them
    checksum    INTEGER NOT NULL,   -- over the story-id and the columns above
    PRIMARY KEY (story, kind, number, part)
) STRICT;
"""

SHINGLE = """
-- Can be rebuilt: which stories have which shingles, to find the story of a wire.
CREATE TABLE IF NOT EXISTS shingle (
    page        INTEGER NOT NULL PRIMARY KEY, -- 0: what the others hold; 1, 2, 3 … keys; -1, -2 … stories
    body        BLOB    NOT NULL,   -- as the algorithm writes it, which the first byte of page 0 tells
    checksum    INTEGER NOT NULL    -- over the columns above
) STRICT;
"""

DERIVED = ORIGIN + SHINGLE
"""Whoever wants may drop these tables."""

TABLES = _LASTING + SINCE_3 + DERIVED

OWNERS = {
    **dict.fromkeys(("version", "sighting", "recount", "alias"), "head"),
    **dict.fromkeys(("fact", "payload", "origin", "tombstone"), "version"),
}
"""What each row belongs to. That sightings and recounts are of a version, whoever reads them sees."""

NUMBERED = OWNERS.keys() - {"alias"}
"""Those whose rows are each of a version."""

_SIGNED = "checksum - ((checksum >> 31) << 32) AS checksum"

_OF_1 = {
    "note": "name, value",
    "version": "story, number, id, text_id, number - facts_at AS facts_back, dated, at, recorded, "
    "number - previous AS previous_back, added_words, removed_words, words, length, "
    f"number - base AS base_back, depth, stored, NULL AS pack, capture, {_SIGNED}, NULL AS first_recorded",
    "fact": f"story, number, 0 AS head, 0 AS tail, body, {_SIGNED}, NULL AS id",
    "payload": f"story, number, 0 AS part, body, codec, NULL AS dictionary, {_SIGNED}",
    "head": "story, digest, name, versions, tip, clock, current, at, late, recorded, text_bytes, "
    f"stored_bytes, keyframes, 0 AS repacked, {_SIGNED}, 0 AS rewritten",
    "sighting": f"story, number, last_seen, {_SIGNED}",
    "recount": f"story, number, previous, added_words, removed_words, {_SIGNED}",
}

_OF_2 = {
    "version": "*, NULL AS first_recorded",
    "fact": "*, NULL AS id",
    "head": "*, 0 AS rewritten",
}

TODAY: dict[int, dict[str, str]] = {1: _OF_1, 2: _OF_2}
"""The columns of each table of an older format that was another then, as those of today."""

_NEW_IN_2 = {
    "dictionary": "0 AS number, x'' AS digest, x'' AS body",
    "origin": "0 AS story, 0 AS number, 0 AS kind, 0 AS part, 0 AS parts, 0 AS late, 0 AS algorithm, "
    "0 AS asked, x'' AS body, 0 AS checksum",
}

_NEW_IN_3 = {
    "tombstone": "0 AS story, 0 AS number, 0 AS part, x'' AS erased, x'' AS stands, 0 AS alone, 0 AS at, "
    "'' AS who, '' AS reason, 0 AS checksum",
    "journal": "0 AS at, x'' AS story, x'' AS run, '' AS what, '' AS who, 0 AS first, 0 AS versions, "
    "'' AS detail, 0 AS checksum",
    "alias": "x'' AS digest, 0 AS story, 0 AS kind, '' AS name, 0 AS checksum",
    "taken": "x'' AS folder, x'' AS file, x'' AS digest, 0 AS size, 0 AS modified, 0 AS items, 0 AS refused, "
    "0 AS done, 0 AS checksum",
    "moved": "x'' AS id, x'' AS became, 0 AS checksum",
    "shingle": "0 AS page, x'' AS body, 0 AS checksum",
}


def as_today(format_: int) -> str:
    """Shows a store of an older format as one of today, to a connection that only reads."""
    new = {**_NEW_IN_3, **(_NEW_IN_2 if format_ == 1 else {})}  # what was kept of origins then, is not shown
    views = {table: f"{columns} FROM main.{table}" for table, columns in TODAY[format_].items()}
    views |= {table: f"{columns} WHERE 0" for table, columns in new.items()}
    return "".join(f"CREATE TEMP VIEW {table} AS SELECT {shown};" for table, shown in views.items())
