"""What an SQL engine has to offer for a store to be kept in it; the statements are the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, NamedTuple, Protocol

from vstore.errors import StorageRefused
from vstore.storage.checksum import Column

Found = tuple[Any, ...]


class InDoubtError(StorageRefused):
    """A transaction failed, or broke off, as it was to be kept: it may be kept or not."""

    refused: ClassVar[type[StorageRefused]] = StorageRefused
    """What it is once nothing was kept for certain."""
    session = 0
    """A server's number of what was at the other end."""


class Dialect(NamedTuple):
    """In what engines differ."""

    story: str
    """What stands for a story in its rows, as an expression over one binding: the digest of its story-id."""
    digest: str
    """The column of `head` that holds this digest."""
    parts: tuple[int, int]
    """Bytes at which short and long payloads are cut; see `layout.payload_columns`."""
    new_head: str
    """Inserts the head of a new story, unless there is one, and returns its key; bindings as of `head`."""
    derived: str = ""
    """Makes the tables that may be missing, as they can be rebuilt; empty where they are always there."""


class Rows(Protocol):
    """What a statement answers."""

    def __iter__(self) -> Iterator[Found]: ...

    def fetchall(self) -> list[Found]: ...


class Connection(Protocol):
    """Takes one statement after the other."""

    def execute(self, sql: str, bindings: Sequence[Column] = (), /) -> Rows: ...


class Database(Protocol):
    """An engine's tables, as threads share them. All errors are ours: Corrupt, Conflict, StorageRefused."""

    place: str
    dialect: Dialect

    def ask(self, sql: str, *bindings: Column) -> list[Found]:
        """A statement's answer; within a transaction or snapshot of this thread, as that sees it."""

    def streaming(self) -> AbstractContextManager[Connection]:
        """For rows that are taken one by one, while this thread may do other things."""

    def reading(self) -> AbstractContextManager[None]:
        """All that this thread asks within sees one state of the store."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction: commits at the end of the block, rolls back when it raises."""

    def writing_at_once(self) -> AbstractContextManager[Connection]:
        """As `writing`, for what can be rebuilt: StorageRefused rather than to wait."""

    def settling(self, doubt: InDoubtError) -> AbstractContextManager[Connection]:
        """For whoever looks how a transaction ended: what is found there is so, and stays so.

        StorageRefused, at the end at the latest, where that cannot be known.
        """

    def findings(self, *, quick: bool) -> Iterator[str]:
        """What the engine's own integrity check finds; a quick one leaves out texts and origins."""

    def tables(self) -> set[str]:
        """The names of the tables that are there."""

    def size(self) -> int:
        """Bytes on disk."""

    def scrub(self) -> None:
        """Leave nothing of what is no longer there, as far as the engine can; StorageRefused else."""

    def compact(self) -> None:
        """Give room that is not needed any more back."""

    def close(self) -> None:
        """Let go of everything; idempotent."""
