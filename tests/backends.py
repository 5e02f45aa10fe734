"""The backends that every contract test runs on, and the clock they are given.

A new backend adopts the storage contract with one line in `BACKENDS`: how to open an empty one in a folder.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from postgres_servers import running

from vstore.blobs import blob_id
from vstore.rows import Entry, Head, Payload, Row
from vstore.storage.contract import Storage
from vstore.storage.memory import MemoryStorage
from vstore.storage.postgres_place import place, with_schema
from vstore.storage.postgres_schema import PAGED, SHARDED
from vstore.storage.schema import FORMAT
from vstore.storage.sql import SqlStorage
from vstore.storage.sqlite import SqliteDatabase, create
from vstore.store import Store

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"

SECOND = 1_000_000
NEW_YEAR = 1_767_225_600 * SECOND
"""2026-01-01T00:00:00Z in microseconds."""


class Clock:
    """Microseconds since 1970, as the test says; it stands still between."""

    def __init__(self, moment: int = NEW_YEAR) -> None:
        self.moment = moment

    def __call__(self) -> int:
        return self.moment

    def pass_by(self, seconds: float = 1) -> None:
        self.moment += int(seconds * SECOND)


class Ticking(Clock):
    """A second later each time."""

    def __call__(self) -> int:
        self.pass_by()
        return self.moment


def _memory(folder: Path) -> Storage:
    return MemoryStorage({"format": str(FORMAT)})


def _sqlite(folder: Path) -> Storage:
    create(folder / "store.db")
    return SqlStorage(SqliteDatabase(folder / "store.db", wait=10, synchronous="OFF"))


def _postgres(folder: Path) -> Storage:
    """In a schema that no other open store is in; emptied and used again, since to make one takes long."""
    from vstore.storage import postgres, postgres_making
    from vstore.storage.postgres_storage import PostgresStorage

    class Lent(PostgresStorage):
        """Gives its schema back."""

        def close(self) -> None:
            super().close()
            if url not in _SCHEMAS:
                _SCHEMAS.append(url)

    server = running()
    if _SCHEMAS:
        url = _SCHEMAS.pop()
        with server.connect() as connection:
            connection.execute(postgres_emptied(place(url).schema))
    else:
        url = with_schema(server.url, server.schema())
        postgres_making.create(url)
    return Lent(postgres.PostgresDatabase(url, wait=10))


def postgres_emptied(schema: str) -> bytes:
    """What leaves a store's tables as they were made."""
    tables = "".join(
        f"DELETE FROM {schema}.{table};" for table in ("dictionary", "moved", "taken", *PAGED, *SHARDED)
    )
    note = f"DELETE FROM {schema}.note; INSERT INTO {schema}.note VALUES ('format', '{FORMAT}')"
    return (tables + note).encode()


_SCHEMAS: list[str] = []
"""URLs of schemas that are free."""

BACKENDS: dict[str, Callable[[Path], Storage]] = {"memory": _memory, "sqlite": _sqlite, "postgres": _postgres}

STORES = [pytest.param(name, marks=[pytest.mark.slow] * (name == "postgres")) for name in BACKENDS]
"""PostgreSQL is asked the questions of storage every day, those of a store with the slow tests."""


def open_store(backend: str, folder: Path, clock: Clock) -> Store:
    return Store(BACKENDS[backend](folder), backend, clock=clock)


def shared(*parts: str) -> Path:
    """A path of ../shared, which is beside the project on some machines only."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"../shared/{'/'.join(parts)} is not on this machine; the project does not depend on it.")
    return path


def entry(  # every column that a contract test looks at
    story: str,
    number: int,
    *,
    after: Head | None = None,
    at: int = 0,
    recorded: int = NEW_YEAR,
    facts: bytes = b"{}",
    facts_at: int | None = None,
    body: bytes = b"text",
    base: int | None = None,
) -> Entry:
    """What a wire writes, made up: nothing but the columns' consistency with each other is true of it."""
    row = Row(
        number=number,
        id=mark(f"{story} {number} id"),
        text_id=mark(f"{story} {number} text"),
        facts_id=blob_id(facts),
        facts=facts,
        dated=None if number % 2 else "2019-01-15",
        at=at,
        recorded=recorded,
        previous=number - 1 or None,
        added_words=number,
        removed_words=0,
        words=10 + number,
        length=len(body),
        base=base,
        depth=1 if base else 0,
        stored=len(body),
        pack=None,
        capture=b'{"reader":"plain"}' if number % 2 else b"",
    )
    leads = after is None or at >= after.at
    head = Head(
        story=story,
        versions=number,
        tip=row.id,
        clock=number * 100,
        current=number if leads or after is None else after.current,
        at=at if leads or after is None else after.at,
        late=0 if leads else 1,
        recorded=recorded,
        text_bytes=number * 4,
        stored_bytes=number * 4,
        keyframes=number,
    )
    return Entry(row, Payload(2 if base else 0, body), head, facts_at or number)


def mark(name: str) -> bytes:
    """Thirty-two bytes that stand for a name."""
    return sha256(name.encode()).digest()


def keep(storage: Storage, *entries: Entry, after: Head | None = None) -> Head:
    """Entries of one story, each upon the one before; the last one's head."""
    with storage.transaction() as writer:
        for each in entries:
            writer.append(each, after)
            after = each.head
    assert after is not None
    return after
