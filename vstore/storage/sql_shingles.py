"""Pages of shingles in an SQL engine: derived data, which no question and no write waits or fails for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from vstore.blobs import story_digest
from vstore.errors import Corrupt, VstoreError
from vstore.postings import DIGEST, META, Forgetting, anew, unpacked
from vstore.rows import Head
from vstore.storage import layout
from vstore.storage.checksum import Column, checksum
from vstore.storage.database import Found, Rows
from vstore.storage.layout import HEAD
from vstore.storage.sql_asking import Asking

AT_ONCE = (4, 32, 128, 512)
"""So many pages are asked for by one statement: there should not be too many kinds of it."""

FEW = 64
"""Heads that are read at once."""

FIRST = "SELECT page, body, checksum FROM shingle WHERE page = ?"
ALL_GO = "DELETE FROM shingle"
_ABOVE = "SELECT page, body, checksum FROM shingle WHERE page > ? ORDER BY page LIMIT 512"
_BELOW = "SELECT page, body, checksum FROM shingle WHERE page < ? ORDER BY page DESC LIMIT 512"

Ask = Callable[..., list[Found]]
Do = Callable[..., Any]
"""A statement, and its bindings one by one."""


class Shingles(Asking):
    """The part of the storage contract that speaks of shingles, and of what they are made of."""

    def tips_since(self, moment: int) -> Iterator[Head]:
        sql = f"SELECT {HEAD} FROM head h WHERE h.recorded >= ? ORDER BY h.recorded, h.name"
        first = self._ask(f"{sql} LIMIT {FEW}", moment)
        if len(first) < FEW:  # as it mostly is: no stream is needed
            yield from map(layout.head, first)
            return
        with self._streaming() as connection:
            yield from map(layout.head, connection.execute(sql, (moment,)))

    def names_of(self, digests: Sequence[bytes]) -> dict[bytes, str]:
        column, found = self._database.dialect.digest, dict[bytes, str]()
        for each in digests:
            ends = each.ljust(16, b"\0"), each.ljust(16, b"\xff")
            for (name,) in self._ask(f"SELECT name FROM head WHERE {column} BETWEEN ? AND ?", *ends):
                found[each] = layout.name(name)
        return found

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

    def keep_shingles(self, pages: Mapping[int, bytes], expected: bytes | None, *, anew: bool) -> bool:
        with suppress(VstoreError), self._database.writing_at_once() as connection:

            def do(sql: str, *bindings: Column) -> Rows:
                return connection.execute(sql, bindings)

            if _first(do(FIRST, META).fetchall()) == expected:
                if anew:
                    do(ALL_GO)
                _put_all(do, pages)
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


def forget(ask: Ask, do: Do, stories: Collection[str]) -> None:
    """Take stories out of all pages; where that cannot be done, all pages go."""
    digests = [story_digest(story)[:DIGEST] for story in sorted(stories)]
    meta = unpacked(_first(ask(FIRST, META)))
    if meta is None or not meta.has_room_for(digests):
        forget_all(do)
        return
    forgetting = Forgetting(meta, digests)
    changed: dict[int, bytes] = {}
    for page, body, check in _every(ask):
        if not _is_intact(page, body, check):
            forget_all(do)
            return
        if page != META and (after := forgetting.changed(page, body)) is not None:
            changed[page] = after
    _put_all(do, {**changed, META: forgetting.meta.packed()})


def forget_all(do: Do) -> None:
    """Empty all pages. Never without a first one: whoever expects that there is none must not come second."""
    do(ALL_GO)
    _put_all(do, anew())


def _every(ask: Ask) -> Iterator[Found]:
    """All pages: those of stories come first."""
    for sql, start in ((_BELOW, META), (_ABOVE, META - 1)):
        last = start
        while found := ask(sql, last):
            yield from found
            last = found[-1][0]


def _first(found: list[Found]) -> bytes | None:
    return _intact(found).get(META)


def _put_all(do: Do, pages: Mapping[int, bytes]) -> None:
    """In their order, once the old ones are gone: where most change, they lie close then.

    One that another put there meanwhile is a conflict that PostgreSQL tells of as of any other.
    """
    for page in pages:
        do("DELETE FROM shingle WHERE page = ?", page)
    for page, body in sorted(pages.items()):
        do(
            "INSERT INTO shingle VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            page,
            body,
            checksum("", page, body),
        )


def _intact(found: list[Found]) -> dict[int, bytes]:
    return {page: body for page, body, check in found if _is_intact(page, body, check)}


def _is_intact(page: Any, body: Any, check: Any) -> bool:
    return isinstance(page, int) and isinstance(body, bytes) and check == checksum("", page, body)
