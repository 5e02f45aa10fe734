"""How statements are put to one SQLite file, and the damage that they meet told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

import apsw

from vstore.errors import Corrupt
from vstore.storage.checksum import Column
from vstore.storage.sqlite_connections import Connections, refusals_told

STORY = "(SELECT story FROM head WHERE digest = ?)"
"""A story's number inside the file, by the digest of its id."""


class Asking:
    """Puts statements to a file, on the connection of the thread that asks."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def _all(self, sql: str, *bindings: Column) -> list[tuple]:  # type: ignore[type-arg]
        with damage_told(self._connections.place):
            return self._connections.mine().execute(sql, bindings).fetchall()

    def _streamed(self, sql: str) -> Iterator[tuple]:  # type: ignore[type-arg]
        with self._streaming() as connection:
            yield from connection.execute(sql)

    @contextmanager
    def _streaming(self) -> Iterator[apsw.Connection]:
        """A connection for rows that are taken one by one."""
        with damage_told(self._connections.place), self._connections.streaming() as connection:
            yield connection


@contextmanager
def damage_told(place: str) -> Iterator[None]:
    """Our questions are always the same: what SQLite does not understand in them is damage to its schema."""
    with refusals_told(place):
        try:
            yield
        except (apsw.SQLError, UnicodeDecodeError) as error:
            raise Corrupt(f"{place} is damaged: {error}", place=place) from error


def digest(story: str) -> bytes:
    """What finds a story's head."""
    # A name with half a character is no story's: to be looked for, and not found.
    return sha256(story.encode(errors="surrogatepass")).digest()[:16]
