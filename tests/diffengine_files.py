"""Made-up files of DiffEngine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import apsw

SCHEMA = """
CREATE TABLE feed (url VARCHAR(255) NOT NULL PRIMARY KEY,
                   name VARCHAR(255) NOT NULL, created DATETIME NOT NULL);
CREATE TABLE entry (id INTEGER NOT NULL PRIMARY KEY, url VARCHAR(255) NOT NULL, created DATETIME NOT NULL,
                    checked DATETIME NOT NULL);
CREATE TABLE feedentry (id INTEGER NOT NULL PRIMARY KEY, feed_id VARCHAR(255) NOT NULL,
                        entry_id INTEGER NOT NULL, created DATETIME NOT NULL);
CREATE TABLE entryversion (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(255) NOT NULL,
                           url VARCHAR(255) NOT NULL,
                           summary VARCHAR(255) NOT NULL, created DATETIME NOT NULL, archive_url VARCHAR(255),
                           entry_id INTEGER NOT NULL REFERENCES entry (id));
"""
URL = "https://kestrel.example/bridge"
WHEN = "2031-05-02 08:15:10.123456"
FEED = ("https://kestrel.example/rss", "Kestrel Wire", WHEN)
ENTRY = (7, f"{URL}?utm_source=rss", WHEN, WHEN)
FIRST = (1, "Bridge closed", URL, "<p>The bridge is closed.</p><p>Cracks &amp; rust.</p>", WHEN, None, 7)
SECOND = (
    2,
    "Bridge open",
    URL,
    "<p>The bridge is open.</p>",
    "2031-05-03 08:15:10",
    "https://web.example/2",
    7,
)


def made(folder: Path, versions: Iterable[tuple[object, ...]], schema: str = SCHEMA) -> Path:
    """A file with an entry of these versions."""
    path = folder / "diffengine.db"
    path.unlink(missing_ok=True)
    database = apsw.Connection(str(path))
    database.execute(schema)
    if schema == SCHEMA:
        database.execute("INSERT INTO feed VALUES (?, ?, ?)", FEED)
        database.execute("INSERT INTO entry VALUES (?, ?, ?, ?)", ENTRY)
        database.execute("INSERT INTO feedentry VALUES (1, ?, 7, ?)", (FEED[0], WHEN))
        database.executemany("INSERT INTO entryversion VALUES (?, ?, ?, ?, ?, ?, ?)", versions)
    database.close()
    return path
