"""What was taken in from folders, in the table of an SQL engine."""

from __future__ import annotations

from vstore.errors import Corrupt
from vstore.rows import Taken
from vstore.storage.sql_apart import TAKEN
from vstore.storage.sql_asking import Asking

COLUMNS = ", ".join(Taken._fields)


class Takings(Asking):
    """The part of the storage contract that is about what was taken in."""

    def taken(self, folder: bytes, file: bytes) -> Taken | None:
        sql = f"SELECT {COLUMNS}, checksum FROM taken WHERE folder = ? AND file = ?"
        found = self._ask(sql, folder, file)
        if found and not TAKEN.is_intact(found[0]):
            raise Corrupt("what is noted of a file that was taken in is damaged")
        return Taken(*found[0][:-1]) if found else None

    def has_taken(self, folder: bytes) -> bool:
        return bool(self._ask("SELECT 1 FROM taken WHERE folder = ? LIMIT 1", folder))
