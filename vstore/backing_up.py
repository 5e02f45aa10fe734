"""A store copied as it is, page by page, while others write to it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from vstore import places
from vstore.answers import BackedUp, Check
from vstore.errors import StorageRefused
from vstore.storage.sqlite_backup import back_up
from vstore.upgrading import verified


def backed_up(
    folder: str, target: str | os.PathLike[str], progress: Callable[[int], None] | None
) -> BackedUp:
    """Copy the store in a `.vstore` folder to another folder; the copy is verified before it is there.

    Conflict where a store is there already, Corrupt where the copy does not verify, StorageRefused.
    """
    here, there = Path(folder), Path(places.within(target))
    found: list[Check] = []
    try:
        there.mkdir(parents=True, exist_ok=True)
        back_up(
            str(here / places.STORE_FILE),
            str(there / places.STORE_FILE),
            lambda copy: found.append(verified(copy, progress)),
        )
        if (here / places.CONFIG_FILE).exists() and not (there / places.CONFIG_FILE).exists():
            (there / places.CONFIG_FILE).write_bytes((here / places.CONFIG_FILE).read_bytes())
        size = (there / places.STORE_FILE).stat().st_size
    except OSError as error:
        raise StorageRefused(
            f"cannot write to {there}: {error.strerror or error}", place=str(there)
        ) from error
    return BackedUp(str(there), found[0].stories, found[0].versions, size)
