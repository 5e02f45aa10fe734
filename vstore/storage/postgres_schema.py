"""The schema of `vstore.storage.schema` in PostgreSQL's words, whole or distributed by story with Citus.

A story's key is the digest of its story-id, the same in every table, so that all that a story has lies on one
shard. Notes and dictionaries are of the whole store: few, small, on every node.
"""

from __future__ import annotations

import re
from functools import cache

from vstore.storage.database import Dialect
from vstore.storage.schema import FORMAT, TABLES

SHARDED = (
    *("head", "version", "fact", "payload", "sighting", "recount"),
    *("tombstone", "journal", "alias", "origin"),
)
"""Tables whose rows belong to a story, the one with the stories first."""

SHARED = ("note", "dictionary", "moved", "taken")

PAGED = ("shingle",)
"""Tables that are of the whole store and may be large: spread by page."""

WITH_TEXTS = ("fact", "payload", "origin", "dictionary", *PAGED)
"""Tables that hold texts, or something of them."""

LONG = {
    *("clock", "at", "recorded", "first_recorded", "first", "last_seen", "modified"),
    *("text_bytes", "stored_bytes", "size"),
}
"""Columns that hold moments and sums."""

DIALECT = Dialect(
    story="?",
    digest="story",
    parts=(1 << 30, 1 << 30),  # PostgreSQL cuts long values by itself
    new_head=f"INSERT INTO head VALUES ({', '.join('?' * 15)}) ON CONFLICT DO NOTHING RETURNING story",
)


@cache
def statements(*, citus: bool = False) -> tuple[str, ...]:
    """What makes an empty store in the schema that stands first in the search path."""
    tables = re.sub(r"\n\s*digest +BLOB +NOT NULL UNIQUE, -- first 16.*", "", TABLES)
    tables = re.sub(r"\b(\w+)( +)INTEGER\b", _integer, tables)
    tables = tables.replace("BLOB", "bytea").replace("TEXT", "text").replace("IF NOT EXISTS ", "")
    tables = re.sub(r"\) STRICT(, WITHOUT ROWID)?;", ");", tables)
    made = [_tidy(each) for each in re.split(r";\n", tables) if each.strip()]
    made += ["CREATE INDEX journal_by_at ON journal (at)", "CREATE INDEX alias_by_digest ON alias (digest)"]
    made += [
        f"ALTER TABLE {table} ALTER COLUMN body SET STORAGE EXTERNAL"  # it is compressed as it is
        for table in ("payload", "dictionary", "origin", "shingle")
    ]
    if citus:
        made += [f"SELECT create_reference_table('{table}')" for table in SHARED]
        made += ["SELECT create_distributed_table('head', 'story')"]
        made += [
            f"SELECT create_distributed_table('{table}', 'story', colocate_with => 'head')"
            for table in SHARDED[1:]
        ]
        made += [
            f"SELECT create_distributed_table('{table}', 'page', colocate_with => 'none')" for table in PAGED
        ]
    return (*made, f"INSERT INTO note VALUES ('format', '{FORMAT}')")


def script(schema: str, *, citus: bool = False) -> str:
    """What makes an empty store, schema and all, to be read or run by an administrator."""
    quoted = '"' + schema.replace('"', '""') + '"'
    made = (f"CREATE SCHEMA {quoted}", f"SET search_path TO {quoted}", *statements(citus=citus))
    return "".join(f"{statement};\n\n" for statement in ("BEGIN", *made, "COMMIT")).rstrip() + "\n"


def _integer(found: re.Match[str]) -> str:
    name, space = found.groups()
    kind = "bytea" if name == "story" else "bigint" if name in LONG else "integer"
    return f"{name}{space}{kind}"


def _tidy(statement: str) -> str:
    for words, instead in _OF_A_FILE:
        statement = statement.replace(words, instead)
    return statement.strip()


_OF_A_FILE = (
    ("-- 1, 2, 3 …: the story's number inside this file", "-- first 16 bytes of the story-id's SHA-256"),
    (" Stores older than this table get it then.", ""),
    (
        "-- A row fits its page, so that no damage in it can make a later delete free the pages of a text.\n",
        "",
    ),
    (" A body\n-- is cut every 385 bytes, every 790 if it is longer than 8,000:", " A body"),
    (" ten or five such rows fill a page.", "\n-- is in one piece."),
    ("-- 0, 1, 2 …\n", "-- always 0\n"),
    ("PRIMARY KEY (at, story, run)", "PRIMARY KEY (story, at, run)"),
    ("PRIMARY KEY (digest, story)", "PRIMARY KEY (story, digest)"),
)
"""What the schema says of SQLite's file alone, and what it says here."""
