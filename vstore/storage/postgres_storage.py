"""Versions in PostgreSQL: the same statements, and an answer where nobody heard how a transaction ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vstore.errors import ConnectionLost, StorageRefused
from vstore.rows import Entry, Head
from vstore.storage.database import Connection, Dialect
from vstore.storage.postgres import InDoubtError
from vstore.storage.sql import SqlStorage
from vstore.storage.sql_asking import digest
from vstore.storage.sql_writing import Transaction


class PostgresTransaction(Transaction):
    """Remembers the tips that it wrote."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        super().__init__(connection, dialect)
        self.tips: dict[str, Head] = {}

    def append(self, entry: Entry, expected: Head | None) -> None:
        super().append(entry, expected)
        self.tips[entry.head.story] = entry.head

    def drop_dictionaries(self) -> int:
        self._execute("SET LOCAL lock_timeout = '1s'")  # whoever comes meanwhile waits behind this
        self._execute("LOCK TABLE dictionary IN ACCESS EXCLUSIVE MODE")
        return super().drop_dictionaries()


class PostgresStorage(SqlStorage):
    """The storage contract on a schema of a PostgreSQL database."""

    @contextmanager
    def transaction(self) -> Iterator[PostgresTransaction]:
        try:
            with self._database.writing() as connection:
                writer = PostgresTransaction(connection, self._database.dialect)
                yield writer
        except InDoubtError as error:
            if not self._were_kept(writer.tips, error):
                raise ConnectionLost(f"{error.message}; it was not kept", **error.facts) from error

    def _were_kept(self, tips: dict[str, Head], doubt: InDoubtError) -> bool:
        """Whether the versions are there that these tips name, once the other end is gone for certain.

        StorageRefused where nobody answers; ConnectionLost where there is nothing to know it by, which does
        no harm when it is done again.
        """
        if not tips:
            raise ConnectionLost(f"{doubt.message}; it may be kept or not", **doubt.facts) from doubt
        sql = f"SELECT id FROM version WHERE story = {self._story} AND number = ?"
        try:
            if self._ask(_ENDED, SECONDS * 1000, doubt.session) not in ([], [(True,)]):
                raise StorageRefused("the session does not end", **doubt.facts)
            found = [self._ask(sql, digest(story), head.versions) for story, head in tips.items()]
        except StorageRefused as error:
            raise StorageRefused(f"{doubt.message}; it may be kept or not", **doubt.facts) from error
        return found == [[(head.tip,)] for head in tips.values()]


SECONDS = 10
"""How long a session that lost its client may take to end."""

_ENDED = (
    "SELECT pg_terminate_backend(pid, ?) FROM pg_stat_activity WHERE pid = ? AND usename = current_user "
    "AND application_name = current_setting('application_name')"
)
"""Ends a session, which might still come to the COMMIT that was sent to it, and waits for its end."""
