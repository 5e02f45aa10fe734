"""Writing to PostgreSQL: what needs no answer is held back and goes out together, a few rows or many.

The heads go first, each by compare-and-set; then the statements, then the rows: a few in one pipeline, more
by COPY into temporary tables. It is all one transaction, so that nothing is kept of what was overtaken.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from vstore.blobs import story_digest
from vstore.errors import Overtaken
from vstore.rows import Entry, Head
from vstore.storage.checksum import Column
from vstore.storage.database import Found
from vstore.storage.postgres_schema import DIALECT
from vstore.storage.sql_writing import Transaction, insertion, moved, moving, opening, overtaken

if TYPE_CHECKING:
    from vstore.storage.postgres import PostgresConnection

FEW = 16
"""Rows that are inserted one by one; more are copied."""

MOST, MOST_BYTES = 4_000, 16_000_000
"""Rows, and bytes of texts, that are held back."""


class _Move(NamedTuple):
    """A story's head, and what it was before the transaction began to move it."""

    expected: Head | None
    head: Head


class PostgresTransaction(Transaction):
    """Holds back what it is to write."""

    def __init__(self, connection: PostgresConnection) -> None:
        super().__init__(connection, DIALECT)
        self._postgres = connection
        self._moves: dict[str, _Move] = {}
        self._statements: list[tuple[str, tuple[Column, ...]]] = []
        self._rows: dict[str, list[tuple[Column, ...]]] = {}
        self._bytes = 0
        self._stories: set[Column] = set()
        self._is_of_all = False
        self.newest_dictionary: int | None = None
        self.knows_dictionaries = False
        self.has_graves = True

    def append(self, entry: Entry, expected: Head | None) -> None:
        story = entry.head.story
        if held := self._moves.get(story):
            if not expected or moved(entry.head, expected) != moved(entry.head, held.head):
                raise overtaken(story)
            expected = held.expected
        self._moves[story] = _Move(expected, entry.head)
        self.tips[story] = entry.head
        self._keep(story_digest(story), entry)
        self._bytes += len(entry.payload.body)
        if sum(map(len, self._rows.values())) > MOST or self._bytes > MOST_BYTES:
            self.write()

    def saw(self, story: str, number: int, moment: int) -> None:
        is_of_all = self._is_of_all
        super().saw(story, number, moment)
        self._is_of_all = is_of_all
        self._stories.add(story_digest(story))

    def add_dictionary(self, body: bytes) -> int:
        number = super().add_dictionary(body)
        self.newest_dictionary = max(number, self.newest_dictionary or 0)  # the newest is never dropped
        return number

    def exclude(self) -> None:
        """Every writer begins with a question that reads notes, and keeps its lock on them."""
        self._do("LOCK TABLE note IN ACCESS EXCLUSIVE MODE")
        self.write()

    def drop_dictionaries(self) -> int:
        self._do("SET LOCAL lock_timeout = '1s'")  # whoever comes meanwhile waits behind this
        self._do("LOCK TABLE dictionary IN ACCESS EXCLUSIVE MODE")
        return super().drop_dictionaries()

    def head(self, story: str) -> Head | None:
        """That of a story whose head is held back."""
        return self._moves[story].head if story in self._moves else None

    def write_before(self, bindings: Sequence[Column]) -> None:
        """Write what a question may be about: one about a story names its digest first."""
        story = bindings[0] if bindings else None
        is_of_one = isinstance(story, bytes) and len(story) == len(story_digest(""))
        if self._is_of_all or not is_of_one or story in self._stories:
            self.write()

    def write(self) -> None:
        """Write what is held back. Raises Overtaken."""
        moves, statements, rows = list(self._moves.values()), self._statements, self._rows
        self._moves, self._statements, self._rows = {}, [], {}
        self._stories, self._is_of_all, self._bytes = set(), False, 0
        if sum(map(len, rows.values())) > FEW:
            self._write_many(moves, statements, rows)
        elif moves or statements or rows:
            self._write_few(moves, statements, rows)

    def _write_few(
        self,
        moves: list[_Move],
        statements: list[tuple[str, tuple[Column, ...]]],
        rows: dict[str, list[tuple[Column, ...]]],
    ) -> None:
        execute = self._postgres.execute
        answers = []
        try:
            with self._postgres.pipeline():
                answers = [(move.head.story, execute(*_compared(move))) for move in moves]
                for sql, bindings in statements:
                    execute(sql, bindings)
                for table, several in rows.items():
                    for columns in several:
                        execute(insertion(table, len(columns)), columns)
        finally:
            for story, answer in answers:
                if answer.rowcount == 0:  # then the rows that came after it may have failed as well
                    raise overtaken(story)

    def _write_many(
        self,
        moves: list[_Move],
        statements: list[tuple[str, tuple[Column, ...]]],
        rows: dict[str, list[tuple[Column, ...]]],
    ) -> None:
        compared = sorted(map(_compared, moves), key=_by_story)  # so that two writers never wait crosswise
        for sql in dict.fromkeys(sql for sql, _ in compared):
            several = [bindings for each, bindings in compared if each == sql]
            if self._postgres.execute_many(sql, several) != len(several):
                raise Overtaken(f"another writer changed one of {len(several)} stories first")
        with self._postgres.pipeline() if statements else nullcontext():
            for sql, bindings in statements:
                self._connection.execute(sql, bindings)
        self._postgres.copy(rows)

    def _all(self, sql: str, *bindings: Column) -> list[Found]:
        self.write()
        return super()._all(sql, *bindings)

    def _do(self, sql: str, *bindings: Column) -> None:
        self._statements.append((sql, bindings))
        self._is_of_all = True

    def _insert(self, table: str, columns: tuple[Column, ...]) -> None:
        self._rows.setdefault(table, []).append(columns)
        self._stories.add(columns[0])


def _compared(move: _Move) -> tuple[str, tuple[Column, ...]]:
    """The statement that moves a head, and its bindings."""
    if move.expected is None:
        return DIALECT.new_head, opening(move.head)
    return moving(DIALECT), moved(move.head, move.expected)


def _by_story(compared: tuple[str, tuple[Column, ...]]) -> bytes:
    """Where all writers begin: with the lowest digest."""
    sql, bindings = compared
    story = bindings[0 if sql == DIALECT.new_head else -4]
    return story if isinstance(story, bytes) else b""
