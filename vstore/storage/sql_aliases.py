"""By what else stories are known, in the table of an SQL engine."""

from __future__ import annotations

from collections.abc import Iterator

from vstore.blobs import story_digest
from vstore.errors import Corrupt
from vstore.rows import SAID, Alias
from vstore.storage import layout
from vstore.storage.checksum import Column, checksum
from vstore.storage.database import Found
from vstore.storage.sql_asking import Asking

KNOWN_MOST = 20
_ALIAS = "a.digest, a.kind, a.name, a.checksum"


class Aliases(Asking):
    """The part of the storage contract that is about aliases."""

    def known_as(self, digest: bytes) -> list[tuple[str, Alias]]:
        sql = (
            f"SELECT h.name, {_ALIAS} FROM alias a JOIN head h ON h.story = a.story WHERE a.digest = ? "
            f"ORDER BY h.name LIMIT {KNOWN_MOST}"
        )
        found = ((layout.name(raw), columns) for raw, *columns in self._ask(sql, digest))
        return [(story, Alias(*columns[:3])) for story, columns in found if is_intact(story, columns)]

    def alias(self, story: str, named: bytes) -> Alias | None:
        sql = f"SELECT {_ALIAS} FROM alias a WHERE a.story = {self._story} AND a.digest = ?"
        found = self._ask(sql, story_digest(story), named)
        return _read(story, found[0]) if found else None

    def given(self, story: str) -> list[Alias]:
        those = f"a.story = {self._story} AND a.kind > {SAID}"
        sql = f"SELECT {_ALIAS} FROM alias a WHERE {those} ORDER BY a.digest"
        return [_read(story, found) for found in self._ask(sql, story_digest(story))]

    def all_given(self) -> Iterator[tuple[str, Alias | None]]:
        return self._told(f"WHERE a.kind > {SAID} ORDER BY h.name, a.digest")

    def aliases(self) -> Iterator[tuple[str, Alias | None]]:
        return self._told("ORDER BY a.digest, h.name")

    def _told(self, which: str) -> Iterator[tuple[str, Alias | None]]:
        sql = f"SELECT h.name, {_ALIAS} FROM alias a JOIN head h ON h.story = a.story {which}"
        with self._streaming() as connection:
            for raw, *columns in connection.execute(sql):
                story = layout.name(raw)
                yield story, Alias(*columns[:3]) if is_intact(story, columns) else None


def columns_of(story: str, alias: Alias) -> tuple[Column, ...]:
    """An alias as columns: its story's key comes after the first."""
    return (*alias, checksum(story, *alias))


def _read(story: str, found: Found | list[Column]) -> Alias:
    if not is_intact(story, found):
        raise Corrupt(f"an alias of {story} is damaged", story=story)
    return Alias(*found[:3])


def is_intact(story: str, found: Found | list[Column]) -> bool:
    """Whether an alias is what was kept."""
    *columns, check = found
    kinds = [type(column) for column in columns]
    return kinds == [bytes, int, str] and check == checksum(story, *columns)
