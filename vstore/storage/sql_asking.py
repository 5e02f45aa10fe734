"""How statements are put to an engine, whatever it is."""

from __future__ import annotations

from vstore.storage.database import Database


class Asking:
    """Puts statements to a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ask = database.ask
        self._story = database.dialect.story
