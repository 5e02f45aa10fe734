"""What was erased and what was done, in an SQL engine: tombstones and the journal."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from vstore.blobs import story_digest
from vstore.errors import Corrupt
from vstore.notes import number_of
from vstore.rows import GONE, GRAVES, Deed, Tombstone
from vstore.storage import layout
from vstore.storage.checksum import checksum
from vstore.storage.database import Found
from vstore.storage.sql_apart import JOURNAL, MOVED
from vstore.storage.sql_asking import Asking

AT_ONCE = 500
"""Ids, or deeds, that are asked for at once."""

MOST_MOVES = 20
"""Old ids that are answered."""

_TOMBSTONE = ", ".join(f"t.{name}" for name in Tombstone._fields)
_DEED = ", ".join(Deed._fields)


class Erased(Asking):
    """The part of the storage contract that speaks of what is no longer there, and of the journal."""

    def tombstones(self, story: str) -> list[Tombstone]:
        sql = (
            f"SELECT {_TOMBSTONE}, t.checksum FROM tombstone t WHERE t.story = {self._story} "
            "ORDER BY t.number, t.part"
        )
        return [_tombstone(story, found) for found in self._ask(sql, story_digest(story))]

    def buried(self, ids: Collection[bytes]) -> dict[bytes, tuple[str, Tombstone]]:
        found: dict[bytes, tuple[str, Tombstone]] = {}
        wanted = sorted(ids)
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            sql = (
                f"SELECT h.name, {_TOMBSTONE}, t.checksum FROM tombstone t JOIN head h ON h.story = t.story "
                f"WHERE t.alone = 0 AND t.erased IN ({', '.join('?' * len(some))}) "
                "ORDER BY h.name, t.number, t.part"
            )
            for raw, *columns in self._ask(sql, *some):
                story = layout.name(raw)
                tombstone = _tombstone(story, tuple(columns))
                found[tombstone.erased] = story, tombstone
        return found

    def has_graves(self) -> bool:
        return bool(self._ask("SELECT 1 FROM note WHERE name = ?", GRAVES))

    def gone(self) -> int:
        found = self._ask("SELECT value FROM note WHERE name = ?", GONE)
        return (number_of(found[0][0]) if found else None) or 0

    def having(self, text_ids: Collection[bytes]) -> list[tuple[bytes, str, int]]:
        found: list[Found] = []
        wanted = sorted(text_ids)
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            sql = (
                "SELECT h.name, v.number, v.text_id FROM version v JOIN head h ON h.story = v.story "
                f"WHERE v.text_id IN ({', '.join('?' * len(some))})"
            )
            found += self._ask(sql, *some)
        return [(text_id, layout.name(raw), number) for raw, number, text_id in sorted(found)]

    def users(self, dictionary: int) -> list[str]:
        sql = (
            "SELECT DISTINCT h.name FROM payload p JOIN head h ON h.story = p.story WHERE p.dictionary = ? "
            "ORDER BY h.name"
        )
        return [layout.name(raw) for (raw,) in self._ask(sql, dictionary)]

    def named(self, digest: bytes) -> str | None:
        sql = f"SELECT name FROM head WHERE {self._database.dialect.digest} = ?"
        found = self._ask(sql, digest)
        return layout.name(found[0][0]) if found else None

    def moves(self, prefix: str) -> list[tuple[bytes, bytes]]:
        low, high = bytes.fromhex(prefix.ljust(64, "0")), bytes.fromhex(prefix.ljust(64, "f"))
        sql = "SELECT id, became, checksum FROM moved WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"
        found = self._ask(sql, low, high, MOST_MOVES)
        if not all(map(MOVED.is_intact, found)):
            raise Corrupt("the row of an id that was moved is damaged")
        return [(old, new) for old, new, _ in found]

    def deeds(self) -> Iterator[Deed]:
        sql = f"SELECT {_DEED}, checksum FROM journal ORDER BY at DESC, story DESC, run DESC"
        with self._database.streaming() as connection:
            for found in connection.execute(sql):
                if not JOURNAL.is_intact(found):
                    raise Corrupt("a line of the journal is damaged")
                yield Deed(*found[:-1])


def _tombstone(story: str, found: Found) -> Tombstone:
    *columns, check = found
    made = Tombstone(*columns)
    if check != checksum(story, *made):
        raise Corrupt(f"a tombstone of {story} is damaged", story=story, number=made.number)
    return made
