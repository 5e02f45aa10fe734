"""How statements are put to an engine, whatever it is."""

from __future__ import annotations

from contextlib import AbstractContextManager

from vstore.storage.database import Connection, Database


class Asking:
    """Puts statements to a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ask = database.ask
        self._story = database.dialect.story

    def _streaming(self) -> AbstractContextManager[Connection]:
        """For lists of the whole store."""
        return self._database.streaming()
