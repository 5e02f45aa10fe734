"""DiffEngine's SQLite file: each version that it kept of an entry is a wire, the entry's address the story.

The file is only read. Nothing that its schema says is run: only tables are asked, and only what they hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from vstore.errors import BadWire
from vstore.readers.maildates import real_date
from vstore.readers.reading import How, Reading, at_item
from vstore.readers.snippets import snippet_text
from vstore.readers.source import Source

if TYPE_CHECKING:
    import apsw

NAME = "diffengine"
ABOUT = "DiffEngine's SQLite file: every version, the entry's address as the story"

CELL_LIMIT = 64 << 20
"""A cell has at most so many bytes."""
FEEDS_LIMIT = 1_000_000
"""Of so many entries it is told which feed they came from."""

_MAGIC = b"SQLite format 3\x00"
_TABLES = ("entry", "entryversion")
_VERSIONS = """
SELECT v.id, v.entry_id, cast(e.url AS blob), cast(v.url AS blob), cast(v.title AS blob),
       cast(v.summary AS blob), cast(v.created AS blob), cast(v.archive_url AS blob)
FROM entryversion AS v LEFT JOIN entry AS e ON e.id = v.entry_id
ORDER BY v.id
"""
_FEEDS = (
    "SELECT m.entry_id, cast(f.name AS blob) FROM feedentry AS m JOIN feed AS f ON f.url = m.feed_id LIMIT ?"
)


def sniff(beginning: bytes, _source: Source, /) -> bool:
    """True for an SQLite file whose schema has DiffEngine's table of versions."""
    names = ("entryversion".encode(charset) for charset in ("utf-8", "utf-16-le", "utf-16-be"))
    return beginning.startswith(_MAGIC) and any(name in beginning for name in names)


def items(source: Source, _how: How) -> Iterator[Reading | BadWire]:
    """A version each, in the order in which they were captured."""
    import apsw

    if source.path is None:
        raise BadWire("an SQLite file is read where it lies, not from stdin")
    try:
        with closing(_opened(source.path)) as database:
            charset = _charset(database)
            feeds = _feeds(database, charset)
            for row in database.execute(_VERSIONS):
                try:
                    yield _reading(row, feeds, charset)
                except BadWire as error:
                    yield at_item(row[0] if isinstance(row[0], int) else 0, error)
    except apsw.Error as error:
        raise BadWire(f"{source.name} cannot be read as a file of DiffEngine: {error}"[:300]) from error


def _opened(path: Path) -> apsw.Connection:
    import apsw

    # Without a log beside it nobody writes to it, and it can be read where nothing can be written.
    is_alone = not any(path.with_name(f"{path.name}-{log}").exists() for log in ("wal", "journal"))
    uri = f"file:{quote(str(path.absolute()))}?{'immutable=1' if is_alone else 'mode=ro'}"
    database = apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    database.limit(apsw.SQLITE_LIMIT_LENGTH, CELL_LIMIT)
    for setting in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
        database.execute(f"PRAGMA {setting}")
    found = {
        name
        for (name,) in database.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        )
    }
    if missing := [name for name in _TABLES if name not in found]:
        database.close()
        raise BadWire(f"it is no file of DiffEngine: there is no table {missing[0]}")
    return database


def _charset(database: apsw.Connection) -> str:
    ((written,),) = database.execute("PRAGMA encoding")
    return str(written).replace("UTF-16le", "utf-16-le").replace("UTF-16be", "utf-16-be").lower()


def _feeds(database: apsw.Connection, charset: str) -> dict[Any, str]:
    """The name of the first feed that an entry came from."""
    import apsw

    found: dict[Any, str] = {}
    try:
        for entry, name in database.execute(_FEEDS, (FEEDS_LIMIT,)):
            found.setdefault(entry, _text(name, charset))
    except (apsw.Error, BadWire):
        return found  # it does without
    return found


def _reading(row: tuple[Any, ...], feeds: dict[Any, str], charset: str) -> Reading:
    number, entry, *cells = row
    story, url, title, summary, created, archived = (_text(cell, charset) for cell in cells)
    facts = {
        "source": feeds.get(entry),
        "headline": " ".join(title.split()),
        "url": url,
        "extra": {"archive_url": archived} if archived else None,
    }
    if not story:
        raise BadWire("the entry that it belongs to is missing")
    # DiffEngine writes UTC without saying so.
    date = real_date(f"{created}+00:00") or real_date(created)
    if date is None:
        raise BadWire(f"its date {created[:60]!r} is none")
    return Reading(
        text=snippet_text(summary),
        reader=NAME,
        story=story,
        date=date,
        facts={name: value for name, value in facts.items() if value},
        charset=charset,
        digest=hashlib.sha256(cells[3] or b"").hexdigest(),
        capture={"crawled": date, "row": number},
    )


def _text(cell: bytes | None, charset: str) -> str:
    try:
        return (cell or b"").decode(charset)
    except UnicodeDecodeError as error:
        raise BadWire(f"its text is not {charset}: byte {error.start + 1} of a cell") from error
