"""Pages of shingles in an SQL engine: derived data, which no question and no write waits or fails for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from vstore.blobs import story_digest
from vstore.errors import Corrupt, VstoreError
from vstore.postings import DIGEST, META, TODO_MOST, Forgetting, unpacked
from vstore.storage.checksum import checksum
from vstore.storage.database import Connection, Found
from vstore.storage.sql_asking import Asking

AT_ONCE = (4, 32, 128, 512)
"""So many pages are asked for by one statement: there should not be too many kinds of it."""

_ABOVE = "SELECT page, body, checksum FROM shingle WHERE page > ? ORDER BY page LIMIT 512"
_BELOW = "SELECT page, body, checksum FROM shingle WHERE page < ? ORDER BY page DESC LIMIT 512"

Ask = Callable[..., list[Found]]
Do = Callable[..., Any]
"""A statement, and its bindings one by one."""


class Shingles(Asking):
    """The part of the storage contract that speaks of shingles."""

    def shingles(self, pages: Sequence[int]) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        with suppress(Corrupt):  # or a store older than the table: they can be made again
            for start in range(0, len(pages), AT_ONCE[-1]):
                found |= _intact(self._some(pages[start : start + AT_ONCE[-1]]))
        return found

    def _some(self, pages: Sequence[int]) -> list[Found]:
        size = next(size for size in AT_ONCE if size >= len(pages))
        marks = ", ".join("?" * size)
        asked = (*pages, *[pages[0]] * (size - len(pages)))
        return self._ask(f"SELECT page, body, checksum FROM shingle WHERE page IN ({marks})", *asked)

    def keep_shingles(self, pages: Mapping[int, bytes], expected: bytes | None) -> bool:
        with suppress(VstoreError), self._database.writing_at_once() as connection:
            if _is_as_expected(connection, pages[META], expected):
                _put_all(lambda sql, *bindings: connection.execute(sql, bindings), pages)
                return True
        return False

    def shingle_bytes(self) -> int:
        with suppress(VstoreError):
            ((total,),) = self._ask("SELECT coalesce(sum(length(body)), 0) FROM shingle")
            return int(total)
        return 0

    def shingles_damaged(self) -> list[int]:
        if "shingle" not in self._database.tables():
            return []
        damaged = [page for page, body, check in _every(self._ask) if not _is_intact(page, body, check)]
        return sorted(page for page in damaged if isinstance(page, int))


def forget(ask: Ask, do: Do, story: str) -> None:
    """Take a story out of all pages; where that cannot be done, they all go."""
    digest = story_digest(story)[:DIGEST]
    meta = unpacked(_intact(ask("SELECT page, body, checksum FROM shingle WHERE page = ?", META)).get(META))
    forgetting = Forgetting(meta, digest) if meta and len(meta.todo) < TODO_MOST else None
    changed: dict[int, bytes] = {}
    for page, body, check in _every(ask):
        if forgetting is None or not _is_intact(page, body, check):
            do("DELETE FROM shingle")
            return
        if page != META and (after := forgetting.changed(page, body)) is not None:
            changed[page] = after
    if forgetting:
        _put_all(do, {**changed, META: forgetting.meta.packed()})


def _every(ask: Ask) -> Iterator[Found]:
    """All pages: those of stories come first."""
    for sql, start in ((_BELOW, META), (_ABOVE, META - 1)):
        last = start
        while found := ask(sql, last):
            yield from found
            last = found[-1][0]


def _is_as_expected(connection: Connection, meta: bytes, expected: bytes | None) -> bool:
    """Whether page 0 is; nobody else can change it then. For those who expect nothing all pages go."""
    if expected is None:
        connection.execute("DELETE FROM shingle")
        return True
    sql = "UPDATE shingle SET body = ?, checksum = ? WHERE page = ? AND body = ? RETURNING page"
    return bool(connection.execute(sql, (meta, checksum("", META, meta), META, expected)).fetchall())


def _put_all(do: Do, pages: Mapping[int, bytes]) -> None:
    """In their order, once the old ones are gone: where most change, they lie close then."""
    for page in pages:
        do("DELETE FROM shingle WHERE page = ?", page)
    for page, body in sorted(pages.items()):
        do("INSERT INTO shingle VALUES (?, ?, ?)", page, body, checksum("", page, body))


def _intact(found: list[Found]) -> dict[int, bytes]:
    return {page: body for page, body, check in found if _is_intact(page, body, check)}


def _is_intact(page: Any, body: Any, check: Any) -> bool:
    return isinstance(page, int) and isinstance(body, bytes) and check == checksum("", page, body)
