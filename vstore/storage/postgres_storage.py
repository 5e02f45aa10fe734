"""Versions in PostgreSQL: the same statements, and an answer where nobody heard how a transaction ended."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, cast

from vstore.blobs import story_digest
from vstore.notes import number_of
from vstore.rows import Head
from vstore.storage.checksum import Column
from vstore.storage.database import Connection, Found
from vstore.storage.layout import HEAD
from vstore.storage.postgres import PostgresDatabase
from vstore.storage.postgres_schema import DIALECT
from vstore.storage.postgres_writing import PostgresTransaction
from vstore.storage.sql import SqlStorage, head_of

if TYPE_CHECKING:
    from vstore.storage.postgres import PostgresConnection

_FIRST = (
    "SELECT d.newest, EXISTS (SELECT FROM note WHERE name = 'graves'), "
    "(SELECT value FROM note WHERE name = 'gone'), "
    f"{HEAD} FROM (SELECT max(number) AS newest FROM dictionary) AS d "
    f"LEFT JOIN head h ON h.{DIALECT.digest} = ?"
)
"""What every writer wants to know first, in one question."""


class PostgresStorage(SqlStorage):
    """The storage contract on a schema of a PostgreSQL database."""

    def __init__(self, database: PostgresDatabase) -> None:
        super().__init__(database)
        self._ask = self._asked
        self._mine = threading.local()

    def head(self, story: str) -> Head | None:
        writer = self._writer()
        if writer is None or writer.knows_dictionaries:
            return (writer and writer.head(story)) or super().head(story)
        ((number, has_graves, gone, *head),) = self._ask(_FIRST, story_digest(story))
        writer.newest_dictionary, writer.knows_dictionaries = number, True
        writer.has_graves, writer.gone = has_graves, number_of(gone) or 0
        return None if head[0] is None else head_of(story, tuple(head))

    def has_graves(self) -> bool:
        writer = self._writer()
        if writer and writer.knows_dictionaries:
            return writer.has_graves
        return super().has_graves()

    def gone(self) -> int:
        writer = self._writer()
        if writer and writer.knows_dictionaries:
            return writer.gone
        return super().gone()

    def newest_dictionary(self) -> int | None:
        writer = self._writer()
        if writer and writer.knows_dictionaries:
            return writer.newest_dictionary
        return super().newest_dictionary()

    @contextmanager
    def _writing(self, connection: Connection) -> Iterator[PostgresTransaction]:
        writer = PostgresTransaction(cast("PostgresConnection", connection))
        self._mine.writer = writer, os.getpid()
        try:
            yield writer
            writer.settle()
            writer.write()
        finally:
            self._mine.writer = None

    def _streaming(self) -> AbstractContextManager[Connection]:
        self._write_before()
        return super()._streaming()

    def _writer(self) -> PostgresTransaction | None:
        """Of this thread's transaction; none in a child that was forked in it."""
        writer, process = getattr(self._mine, "writer", None) or (None, 0)
        return writer if process == os.getpid() else None

    def _write_before(self, *bindings: Column) -> None:
        """Questions see what this thread's transaction wrote."""
        if writer := self._writer():
            writer.write_before(bindings)

    def _asked(self, sql: str, *bindings: Column) -> list[Found]:
        self._write_before(*bindings)
        return self._database.ask(sql, *bindings)
