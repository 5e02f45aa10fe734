"""What is there of a story, row by row, by the key that stands for it in the tables, damaged or not."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from typing import NamedTuple

from vstore.rows import Payload
from vstore.storage import layout
from vstore.storage.checksum import Column
from vstore.storage.database import Database, Found
from vstore.storage.layout import FACT, HEAD, PAYLOAD, VERSION

SIGHTING = "number, last_seen, checksum"
RECOUNT = "number, previous, added_words, removed_words, checksum"

AT_ONCE = 500
"""Stories whose keys are read at once."""

MOST_SPARE = 64
"""Ways to put the parts of a payload together that are tried."""


SINCE_3 = ("version", "fact", "head")
"""Tables that got another column behind their checksum."""


class Remains(NamedTuple):
    """The rows of a story as they lie there: those of `head`, as HEAD has them, those of `version` …"""

    heads: list[Found]
    versions: list[Found]
    facts: list[Found]
    sightings: list[Found]
    recounts: list[Found]
    payloads: list[int]
    digests: list[Column]
    """What leads to it."""
    leads: list[int]
    """Versions that are not there, though an index leads to them."""
    graves: list[Column]
    """Versions from which something was erased."""


class SqlRemains:
    """Reads them; of a store made from a damaged file, `spare` has what found no place in its tables."""

    def __init__(self, database: Database) -> None:
        self._ask = database.ask
        self._digest = database.dialect.digest
        self._has_spare = "spare" in database.tables()

    def stories(self) -> Iterator[tuple[Column, bytes, Column]]:
        """(key, name, what should find it) of every story that has a head, by key."""
        columns = f"SELECT story, name, {self._digest} FROM head"
        found = self._ask(f"{columns} ORDER BY story LIMIT ?", AT_ONCE)
        while found:
            yield from ((key, name, digest) for key, name, digest in found)
            found = self._ask(f"{columns} WHERE story > ? ORDER BY story LIMIT ?", found[-1][0], AT_ONCE)

    def headless(self) -> list[Column]:
        """The keys of stories that have no head: versions or indexes know of them."""
        tables = ["version t WHERE true"]
        if self._has_spare:
            tables.append("spare t WHERE name IN ('version', 'lead', 'digest')")
        headless = "NOT EXISTS (SELECT 1 FROM head h WHERE h.story = t.story)"
        sql = " UNION ".join(f"SELECT story FROM {table} AND {headless}" for table in tables)
        return [key for (key,) in self._ask(f"{sql} ORDER BY story")]

    def gaps(self) -> tuple[int, int]:
        """The highest key of a head, where keys are numbers, and how many below it nobody has."""
        ((highest, count),) = self._ask("SELECT coalesce(max(story), 0), count(*) FROM head")
        return highest, highest - count

    def without_versions(self) -> list[bytes]:
        """The names of stories that have a head and nothing else."""
        sql = "SELECT h.name FROM head h WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.story = h.story)"
        return [name for (name,) in self._ask(sql)]

    def dictionaries(self) -> list[tuple[int, bytes]]:
        """(number, SHA-256) of every dictionary, as it lies."""
        return [(number, hashed) for number, hashed in self._ask("SELECT number, digest FROM dictionary")]

    def is_needed(self, dictionary: int) -> bool:
        """Whether a payload says so."""
        return bool(self._ask("SELECT 1 FROM payload WHERE dictionary = ? LIMIT 1", dictionary))

    def of(self, key: Column) -> Remains:
        """All rows of a story but payloads, of which the numbers."""
        payloads = "SELECT DISTINCT number FROM payload WHERE story = ? ORDER BY number"
        digests = f"SELECT {self._digest} FROM head WHERE story = ?"
        return Remains(
            heads=self._all("head", f"SELECT {HEAD} FROM head h WHERE h.story = ?", key),
            versions=self._all("version", f"SELECT {VERSION} FROM version v WHERE v.story = ?", key),
            facts=self._all("fact", f"SELECT {FACT} FROM fact f WHERE f.story = ?", key),
            sightings=self._all("sighting", f"SELECT {SIGHTING} FROM sighting WHERE story = ?", key),
            recounts=self._all("recount", f"SELECT {RECOUNT} FROM recount WHERE story = ?", key),
            payloads=[number for (number,) in self._ask(payloads, key)],
            digests=[each for (each,) in self._all("digest", digests, key)],
            leads=[number for (number,) in self._spare("lead", key)],
            graves=[each for (each,) in self._ask("SELECT number FROM tombstone WHERE story = ?", key)],
        )

    def _all(self, table: str, sql: str, key: Column) -> list[Found]:
        return self._ask(sql, key) + self._spare(table, key)

    def _spare(self, table: str, key: Column, number: int | None = None) -> list[Found]:
        if not self._has_spare:
            return []
        sql = "SELECT columns FROM spare WHERE name = ? AND story = ?" + " AND number = ?" * (
            number is not None
        )
        bindings = (table, key) if number is None else (table, key, number)
        start = 2 if table == "head" else 1  # the key, and the digest, are known
        found = [tuple(marshal.loads(raw))[start:] for (raw,) in self._ask(sql, *bindings)]  # noqa: S302
        return [_as_asked(each) for each in found] if table in SINCE_3 else found

    def spare_apart(self, table: str) -> list[Found]:
        """Rows that belong to no story and found no place in their table."""
        if not self._has_spare:
            return []
        found = self._ask("SELECT columns FROM spare WHERE name = ?", table)
        return [tuple(marshal.loads(raw)) for (raw,) in found]  # noqa: S302

    def lying_payload(self, key: Column, number: int) -> tuple[Payload, int] | None:
        """A payload as it lies, and the checksum that stands beside it; None where parts are missing."""
        sql = f"SELECT {PAYLOAD} FROM payload p WHERE p.story = ? AND p.number = ? ORDER BY p.part"
        found = self._ask(sql, key, number)
        if [each[-1] for each in found] != list(range(len(found))):
            return None
        _, codec, dictionary, check, _ = found[0]
        if not (type(codec) is type(check) is int) or not all(type(each[0]) is bytes for each in found):
            return None
        return Payload(codec, b"".join(each[0] for each in found), dictionary), check

    def spare_payloads(self, story: str, key: Column) -> Iterator[tuple[int, Payload]]:
        """Payloads that are whole only with parts that found no place in the table, by number."""
        numbers = {row[0] for row in self._spare("payload", key) if type(row[0]) is int}
        for number in sorted(numbers):
            sql = f"SELECT {PAYLOAD} FROM payload p WHERE p.story = ? AND p.number = ? ORDER BY p.part"
            choices: dict[int, list[Found]] = {}
            spare = self._spare("payload", key, number)
            for found in [*self._ask(sql, key, number), *((*row[2:], row[1]) for row in spare)]:
                choices.setdefault(found[-1], []).append(found)
            if (payload := layout.whole_payload(story, number, choices, MOST_SPARE)) is not None:
                yield number, payload


def _as_asked(row: Found) -> Found:
    """The columns of a table in the order in which they are asked for: the checksum last."""
    *columns, check, newer = row
    return (*columns, newer, check)
