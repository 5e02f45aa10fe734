"""PostgreSQL's errors as ours, at the one place where they are known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Error, InterfaceError, OperationalError, errors

from vstore.errors import ConnectionLost, Corrupt, NoStore, Overtaken, StorageRefused, VstoreError

_REFUSALS: tuple[tuple[type[Exception], type[VstoreError], str], ...] = (
    (errors.SerializationFailure, Overtaken, "was changed by another writer first"),
    (errors.DeadlockDetected, Overtaken, "was changed by another writer first"),
    (errors.IntegrityError, Overtaken, "was changed by another writer first"),
    (errors.LockNotAvailable, StorageRefused, "is locked by another writer"),
    (errors.QueryCanceled, StorageRefused, "took longer than the server allows"),
    (errors.IdleInTransactionSessionTimeout, StorageRefused, "took longer than the server allows"),
    (errors.PipelineAborted, StorageRefused, "refused"),
    (errors.ReadOnlySqlTransaction, StorageRefused, "is read-only"),
    (errors.InsufficientPrivilege, StorageRefused, "may not be read or written so by this role"),
    (errors.DiskFull, StorageRefused, "has no room left"),
    (errors.OutOfMemory, StorageRefused, "needs more memory than the server has"),
    (errors.ProgramLimitExceeded, StorageRefused, "cannot hold anything so large"),
    (errors.InvalidSchemaName, NoStore, "holds no store"),
    (errors.InvalidCatalogName, NoStore, "is no database"),
    (errors.DuplicateTable, StorageRefused, "has other tables of the same names"),
    (errors.UndefinedTable, Corrupt, "is damaged"),
    (errors.UndefinedColumn, Corrupt, "is damaged"),
    (errors.DataCorrupted, Corrupt, "is damaged"),
    (errors.IndexCorrupted, Corrupt, "is damaged"),
    (errors.FeatureNotSupported, StorageRefused, "cannot do what a store needs"),
    (OperationalError, ConnectionLost, "cannot be reached"),
    (InterfaceError, ConnectionLost, "cannot be reached"),
    (Error, StorageRefused, "refused"),
)
"""The first that fits counts."""


@contextmanager
def refusals_told(place: str) -> Iterator[None]:
    """Whatever the driver raises, as one of ours. `place` holds no secret, and neither do the messages."""
    try:
        yield
    except Error as error:
        for theirs, ours, what in _REFUSALS:
            if isinstance(error, theirs):
                raise ours(f"{place} {what}: {first_line(error)}", place=place) from error


@contextmanager
def connecting_told(place: str) -> Iterator[None]:
    """As `refusals_told`, where a connection is made: the server's own words are all that it tells of why."""
    with refusals_told(place):
        try:
            yield
        except OperationalError as error:
            said = str(error)
            if "database" in said and "does not exist" in said:
                raise NoStore(f"{place} is no database: {first_line(error)}", place=place) from error
            raise StorageRefused(f"{place} cannot be reached: {first_line(error)}", place=place) from error


def first_line(error: Exception) -> str:
    """Of what the server or its library said."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
