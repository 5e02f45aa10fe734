"""A store of an older format made one of today, after a backup that was verified."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from vstore.answers import Check, Upgraded
from vstore.checking.run import Listeners, check
from vstore.errors import Corrupt, VstoreError
from vstore.rows import Head
from vstore.storage.schema import FORMAT
from vstore.storage.sql import SqlStorage
from vstore.storage.sqlite import SqliteDatabase
from vstore.storage.sqlite_backup import back_up
from vstore.storage.sqlite_upgrade import upgrade

Progress = Callable[[int], None] | None


def upgraded(place: str, *, wait: float, dry_run: bool, progress: Progress = None) -> Upgraded:
    """Upgrade the file of a store; Corrupt where it, its backup or what became of it does not verify.

    The backup stays. `progress` is told how many stories are verified.
    """
    found = _format(place)
    backup = f"{place.removesuffix('.db')}.format-{found}.db"
    if found == FORMAT:
        return Upgraded(found, FORMAT, None, dry_run)
    verified(place, progress)
    if not dry_run:
        if not _has_all(backup, place, progress):
            back_up(place, backup, lambda copy: verified(copy, progress))
        _upgrade(place, backup, wait)
        verified(place, progress)
    return Upgraded(found, FORMAT, backup, dry_run)


def _upgrade(place: str, backup: str, wait: float) -> None:
    """A backup of what could not be upgraded is in the way of the next try."""
    try:
        upgrade(place, wait)
    except VstoreError:
        with suppress(OSError):
            Path(backup).unlink()
        raise


def _has_all(backup: str, place: str, progress: Progress) -> bool:
    """Whether a backup that an upgrade left behind, when it was killed, is one of the store as it stands."""
    if not Path(backup).exists():
        return False
    try:
        verified(backup, progress)
        return _heads(backup) == _heads(place)
    except VstoreError:
        return False


def _heads(place: str) -> list[Head]:
    storage = SqlStorage(SqliteDatabase(place, read_only=True))
    try:
        return [head for head, _ in storage.heads()]
    finally:
        storage.close()


def _format(place: str) -> int:
    database = SqliteDatabase(place, read_only=True)
    database.close()
    return database.format


def verified(place: str, progress: Progress) -> Check:
    """A store's file, and that it has no problem; Corrupt tells the first."""
    storage = SqlStorage(SqliteDatabase(place, read_only=True))
    try:
        found: Check = check(storage, heard=Listeners(progress))
    finally:
        storage.close()
    if not found.ok:
        first = found.problems[0]
        raise Corrupt(
            f"{place} has {len(found.problems)} problem(s), the first: {first.detail}; nothing was changed",
            story=first.story,
            number=first.number,
            place=place,
        )
    return found
