"""The schema, as prose: facts first (what they say never changes), then what moves, then what can be rebuilt.

Keys begin with the story, there are no sequences, and every statement is one that PostgreSQL knows
too. `story` is a small number that stands for the story-id inside this file only. Every row carries
`checksum`, the CRC-32 of its story-id and its columns in this order, so that a byte that turned, or
intact bytes under a wrong key, are found; see `docs/format.md`.
"""

from __future__ import annotations

FORMAT = 1
"""The format number: a store of another one is refused, never guessed at."""

APPLICATION_ID = 0x76737472
"""'vstr' at byte 68 of the file, so that `file` and vstore tell a store from any other database."""

PAGE_SIZE = 8192

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
    facts_at    INTEGER NOT NULL,   -- fact.number: the version that first had these facts
    dated       TEXT,               -- the date, as precise as the wire gave it; null: undated
    at          INTEGER NOT NULL,   -- effective moment: seconds since 1970, UTC; fixed at arrival
    recorded    INTEGER NOT NULL,   -- when this store took it in: microseconds since 1970, UTC
    previous    INTEGER,            -- what it was compared with at arrival; null: nothing was before it
    added_words   INTEGER NOT NULL, -- words it has and `previous` has not
    removed_words INTEGER NOT NULL, -- words `previous` has and it has not
    words       INTEGER NOT NULL,   -- words and numbers in the text
    length      INTEGER NOT NULL,   -- bytes of the text in UTF-8
    base        INTEGER,            -- version.number that the patch is against; null: a whole text
    depth       INTEGER NOT NULL,   -- patches between this text and a whole one
    stored      INTEGER NOT NULL,   -- bytes of payload.body
    capture     BLOB    NOT NULL,   -- capture notes as JSON; empty: none
    checksum    INTEGER NOT NULL,   -- over the story-id and the columns above
    PRIMARY KEY (story, number)
) STRICT, WITHOUT ROWID;

-- Facts of a version, kept once where later versions of the story have the same.
CREATE TABLE fact (
    story       INTEGER NOT NULL,   -- head.story
    number      INTEGER NOT NULL,   -- the version that first had them
    id          BLOB    NOT NULL,   -- 32 bytes: the git blob id of `body`
    body        BLOB    NOT NULL,   -- canonical JSON (RFC 8785)
    checksum    INTEGER NOT NULL,   -- over the story-id and the columns above
    PRIMARY KEY (story, number)
) STRICT, WITHOUT ROWID;

-- The text of a version, whole or as a patch. Fat rows: kept apart so that a log never reads them.
CREATE TABLE payload (
    story       INTEGER NOT NULL,   -- head.story
    number      INTEGER NOT NULL,   -- version.number
    codec       INTEGER NOT NULL,   -- 0 whole, 1 whole under zstd, 2 patch, 3 patch under zstd
    body        BLOB    NOT NULL,   -- the text or the delta, as codec says
    checksum    INTEGER NOT NULL,   -- over the story-id and the columns above
    PRIMARY KEY (story, number)
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
    checksum    INTEGER NOT NULL    -- over the story-id and the columns above
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
CREATE INDEX version_by_id ON version (substr(id, 1, 8));

-- The whole store's log, newest first.
CREATE INDEX version_by_recorded ON version (recorded);
"""

ORIGIN = """
-- Can be rebuilt: origins, kept when they were asked for. Stores older than this table get it then.
-- A row fits its page, so that no damage in it can make a later delete free the pages of a text.
CREATE TABLE IF NOT EXISTS origin (
    story       INTEGER NOT NULL,   -- head.story
    number      INTEGER NOT NULL,   -- version.number
    kind        INTEGER NOT NULL,   -- 0 the answer for that version, 1 a checkpoint to fold on from
    part        INTEGER NOT NULL,   -- 0, 1, 2 …: long origins are cut every 8,000 bytes
    parts       INTEGER NOT NULL,   -- how many there are
    late        INTEGER NOT NULL,   -- head.late when it was made; with another one it is not true
    algorithm   INTEGER NOT NULL,   -- number of the algorithm that made it; to any other it is nothing
    asked       INTEGER NOT NULL,   -- grows within the story: answers with the lowest are dropped first
    body        BLOB    NOT NULL,   -- this part of the origins, as the algorithm writes them
    checksum    INTEGER NOT NULL,   -- over the story-id and the columns above
    PRIMARY KEY (story, kind, number, part)
) STRICT;
"""

TABLES = _LASTING + ORIGIN
