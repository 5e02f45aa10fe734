"""Where stores are: what a place is called, which one is meant, and how one is made there."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TypeGuard

from vstore import config
from vstore.errors import BadReference, NoStore, StorageRefused

FOLDER = ".vstore"
STORE_FILE = "store.db"
CONFIG_FILE = "config.yaml"

MEMORY = "memory:"
"""The place of a store that goes when it is closed."""


def init(where: str | os.PathLike[str] = ".", *, citus: bool = False) -> bool:
    """Make an empty store at a folder's `.vstore/`; False if there is one already, which stays as it is.

    Or in the schema that a `postgresql://` URL names; with `citus` its tables are distributed by story.
    """
    if is_url(where):
        from vstore.storage import postgres_opening

        return postgres_opening.created(where, citus=citus)
    if citus:
        raise BadReference("only a store in PostgreSQL can be distributed with Citus")
    from vstore.storage.sqlite import SqliteDatabase, create

    folder = within(where)
    try:
        os.makedirs(folder, exist_ok=True)
        made = create(f"{folder}/{STORE_FILE}")
        settings = f"{folder}/{CONFIG_FILE}"
        if made and not os.path.exists(settings):
            with open(settings, "w", encoding="utf-8") as file:
                file.write(config.TEMPLATE)
        SqliteDatabase(f"{folder}/{STORE_FILE}", read_only=True).close()  # what lies there is a store
        if made:
            _sync(folder)
    except OSError as error:
        reason = error.strerror or error
        raise StorageRefused(f"cannot make a store at {folder}: {reason}", place=folder) from error
    return made


def _sync(folder: str) -> None:
    """Put on the disk that there is such a folder, and what it holds: SQLite sees to its files only."""
    path = os.path.abspath(folder)
    for each in (path, os.path.dirname(path), os.path.dirname(os.path.dirname(path))):
        with suppress(OSError):  # not every file system can, and not every folder is ours
            opened = os.open(each, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


def is_url(where: str | os.PathLike[str] | None) -> TypeGuard[str]:
    """Whether a place is at a server."""
    return isinstance(where, str) and "://" in where


def is_folder(place: str) -> bool:
    """True where the name of a store is that of a folder, be there one or not."""
    return "://" not in place and place != MEMORY


def is_one(place: str, other: str) -> bool:
    """Whether two open stores of these places are one, by whatever path they were opened."""
    try:
        return os.path.samefile(f"{place}/{STORE_FILE}", f"{other}/{STORE_FILE}")
    except OSError:  # one that is no folder
        return is_url(place) and place == other


def folder(where: str | os.PathLike[str] | None, *, create: bool) -> str:
    """The `.vstore` folder meant."""
    if where is None:
        return _nearest(os.getcwd())
    folder = within(where)
    if create:
        init(where)
    if not os.path.exists(f"{folder}/{STORE_FILE}"):
        raise NoStore(
            f"there is no store at {where}; `vstore --store {where} init` makes one", place=str(where)
        )
    return folder


def _nearest(start: str) -> str:
    """The nearest `.vstore` folder at or above another."""
    here, below = start, ""
    while here != below:
        if os.path.isdir(folder := os.path.join(here, FOLDER)):
            return folder
        here, below = os.path.dirname(here), here
    raise NoStore(f"there is no store at or above {start}; `vstore init` makes one", place=start)


def within(where: str | os.PathLike[str]) -> str:
    """The `.vstore` folder of a folder, or that folder itself; NoStore where it is none."""
    path = os.fspath(where)
    if not is_folder(path):
        raise NoStore(f"no backend of this vstore keeps a store at {path}", place=path)
    path = path.rstrip(os.sep) or path
    return path if os.path.basename(path) == FOLDER else os.path.join(path, FOLDER)


def others(place: str) -> list[str]:
    """Files beside a store's own that may hold all that it once held: backups of upgrades, damaged ones."""
    if not os.path.isfile(f"{place}/{STORE_FILE}"):
        return []
    ours = {STORE_FILE, f"{STORE_FILE}-wal", f"{STORE_FILE}-shm", CONFIG_FILE}
    return sorted(f"{place}/{name}" for name in os.listdir(place) if name not in ours)
