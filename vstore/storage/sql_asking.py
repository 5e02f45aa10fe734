"""How statements are put to an engine, whatever it is."""

from __future__ import annotations

from hashlib import sha256

from vstore.storage.database import Database


class Asking:
    """Puts statements to a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ask = database.ask
        self._story = database.dialect.story


def digest(story: str) -> bytes:
    """What finds a story's head."""
    # A name with half a character is no story's: to be looked for, and not found.
    return sha256(story.encode(errors="surrogatepass")).digest()[:16]
