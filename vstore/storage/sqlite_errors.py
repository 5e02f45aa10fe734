"""SQLite's errors as ours, at the one place where they are known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from vstore.errors import Conflict, Corrupt, StorageRefused, VstoreError, WrongFormat

_REFUSALS: tuple[tuple[type[apsw.Error], type[VstoreError], str], ...] = (
    (apsw.BusyError, StorageRefused, "is locked by another writer (see --wait)"),
    (apsw.LockedError, StorageRefused, "is locked by another writer (see --wait)"),
    (apsw.FullError, StorageRefused, "has no room left: the disk is full"),
    (apsw.ReadOnlyError, StorageRefused, "is read-only"),
    (apsw.PermissionsError, StorageRefused, "may not be read or written (no permission)"),
    (apsw.CantOpenError, StorageRefused, "cannot be opened"),
    (apsw.IOError, StorageRefused, "could not be read or written"),
    (apsw.NoMemError, StorageRefused, "needs more memory than there is"),
    (apsw.ProtocolError, StorageRefused, "is locked by others"),
    (apsw.CorruptError, Corrupt, "is damaged"),
    # Our questions are always the same: what SQLite does not understand in them is damage.
    (apsw.SQLError, Corrupt, "is damaged"),
    (apsw.MismatchError, Corrupt, "is damaged"),
    (apsw.TooBigError, Corrupt, "is damaged"),
    (apsw.NotADBError, WrongFormat, "is no vstore store"),
    (apsw.ConstraintError, Conflict, "was changed by another writer first"),
)


@contextmanager
def refusals_told(place: str) -> Iterator[None]:
    """SQLite's errors as ours, at the one place where they are known."""
    try:
        yield
    except apsw.Error as error:
        for theirs, ours, what in _REFUSALS:
            if isinstance(error, theirs):
                raise ours(f"{place} {what}: {error}", place=place) from error
        raise


@contextmanager
def damage_told(place: str) -> Iterator[None]:
    """As `refusals_told`, and what should be text and is none is damage too."""
    with refusals_told(place):
        try:
            yield
        except UnicodeDecodeError as error:
            raise Corrupt(f"{place} is damaged: {error}", place=place) from error
