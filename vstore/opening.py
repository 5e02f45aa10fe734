"""Doors to stores: opened, or, where they cannot be opened as they are, upgraded or repaired."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from vstore import config, dates, places
from vstore.errors import BadReference
from vstore.store import Store

if TYPE_CHECKING:
    from vstore.answers import Problem, Repaired, Upgraded
    from vstore.checking.scope import Level
    from vstore.questions import Questions
    from vstore.storage.sql import SqlStorage


def open_store(  # noqa: PLR0913  the face that callers see, keyword by keyword
    where: str | os.PathLike[str] | None = None,
    *,
    create: bool = False,
    read_only: bool = False,
    wait: float | None = None,
    tz: datetime.tzinfo | str | None = None,
    clock: Callable[[], int] | None = None,
) -> Store:
    """Open a store: a folder that holds (or is) `.vstore/`, or "memory:" for one that goes when it is closed.

    Or a `postgresql://` URL, in which `schema=NAME` names the schema ("vstore"). Without `where`:
    $VSTORE_STORE, else the nearest `.vstore/` at or above the current folder. `create` makes one that is not
    there. `wait`: seconds to wait for another writer, or for the server (default 30). `tz`: zone of times
    given without one. `clock`: microseconds since 1970, for `recorded`. Raises NoStore, WrongFormat,
    StorageRefused.
    """
    zone = dates.zone(tz) if isinstance(tz, str) else tz
    where = where or os.environ.get("VSTORE_STORE")
    if where == places.MEMORY:
        from vstore.storage.memory import MemoryStorage
        from vstore.storage.schema import FORMAT

        return Store(MemoryStorage({"format": str(FORMAT)}), places.MEMORY, tz=zone, clock=clock)
    if places.is_url(where):
        from vstore.storage import postgres_opening

        if create:
            postgres_opening.created(where)
        seconds = config.DEFAULTS.wait if wait is None else wait
        storage, shown = postgres_opening.opened(where, read_only=read_only, wait=seconds)
        return Store(storage, shown, tz=zone, clock=clock)
    folder = places.folder(where, create=create)
    settings = config.read(f"{folder}/{places.CONFIG_FILE}")
    from vstore.storage.sql import SqlStorage
    from vstore.storage.sqlite import SqliteDatabase

    database = SqliteDatabase(
        f"{folder}/{places.STORE_FILE}",
        read_only=read_only,
        wait=settings.wait if wait is None else wait,
        synchronous=settings.durability.upper(),
    )
    return Store(
        SqlStorage(database),
        folder,
        tz=zone or (dates.zone(settings.tz) if settings.tz else None),
        clock=clock,
        settings=settings,
    )


def upgrade(
    where: str | os.PathLike[str] | None = None,
    *,
    dry_run: bool = False,
    wait: float = 30.0,
    progress: Callable[[int], None] | None = None,
) -> Upgraded:
    """Make a store of an older format one of today; `where` as for `open_store`.

    It is verified first, and a backup is made beside it and verified, which stays. The upgrade itself is one
    transaction. Raises Corrupt, Conflict where the backup is there already, StorageRefused; the store is then
    as it was.
    """
    from vstore.upgrading import upgraded

    where = where or os.environ.get("VSTORE_STORE")
    if places.is_url(where):
        from vstore.answers import Upgraded
        from vstore.storage.schema import FORMAT

        open_store(where, read_only=True, wait=wait).close()  # there is no older format there
        return Upgraded(FORMAT, FORMAT, None, dry_run)
    folder = places.folder(where, create=False)
    return upgraded(f"{folder}/{places.STORE_FILE}", wait=wait, dry_run=dry_run, progress=progress)


def repair(  # noqa: PLR0913  the face that callers see, keyword by keyword
    where: str | os.PathLike[str] | None = None,
    *,
    other: Questions | None = None,
    level: Level = "default",
    wait: float | None = None,
    progress: Callable[[int], None] | None = None,
    found: Callable[[Problem], None] | None = None,
) -> Repaired:
    """Repair what `fsck` of this level finds; `where` as for `open_store`. What cannot be repaired is told.

    `other` is an open store that may have what is damaged: versions, texts and facts are taken from it where
    their ids prove them. A store in a folder is copied first, to `store.damaged-N.db` beside its file, and
    is replaced as a whole, in one transaction; in PostgreSQL whatever would lose something is left as it is.
    `progress` is told how many stories are done, `found` of each problem that there was. Nothing is changed
    where nothing is wrong. Raises Corrupt and WrongFormat where no story can be read, Conflict where others
    wrote meanwhile, StorageRefused; the store is then as it was.
    """
    from vstore.checking.run import Listeners
    from vstore.repairing import Options, repaired_file, repaired_in_place

    where = where or os.environ.get("VSTORE_STORE")
    options = Options(level, other._storage if other else None, heard=Listeners(progress, found))
    if where == places.MEMORY:
        raise BadReference("a store in memory loses no bytes: there is nothing to repair")
    if places.is_url(where):
        with open_store(where, wait=wait) as store:
            _check_other(store.place, other)
            return repaired_in_place(cast("SqlStorage", store._storage), options)
    folder = places.folder(where, create=False)
    _check_other(folder, other)
    seconds = config.read(f"{folder}/{places.CONFIG_FILE}").wait if wait is None else wait
    return repaired_file(f"{folder}/{places.STORE_FILE}", options._replace(wait=seconds))


def _check_other(place: str, other: Questions | None) -> None:
    if other and places.is_one(place, other.place):
        raise BadReference(f"{other.place} is the store that is to be repaired", place=other.place)
