"""The door to stores in PostgreSQL: only here is psycopg loaded, and said to be missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vstore.errors import NoStore, StorageRefused
from vstore.storage.postgres_place import Place, is_url, place

if TYPE_CHECKING:
    from vstore.storage.contract import Storage


def opened(url: str, *, read_only: bool, wait: float) -> tuple[Storage, str]:
    """The storage at a URL, and the URL without secrets. Raises NoStore, WrongFormat, StorageRefused."""
    where = _checked(url)
    with _missing_told(where):
        from vstore.storage.postgres import PostgresDatabase
        from vstore.storage.postgres_storage import PostgresStorage

    return PostgresStorage(PostgresDatabase(url, read_only=read_only, wait=wait)), where.shown


def created(url: str, *, citus: bool = False) -> bool:
    """Make an empty store in the URL's schema; False if there is one."""
    with _missing_told(_checked(url)):
        from vstore.storage.postgres_making import create

    return create(url, citus=citus)


def ddl(url: str, *, citus: bool = False) -> str:
    """What makes an empty store there, as SQL; needs no server."""
    from vstore.storage.postgres_schema import script

    return script(_checked(url).schema, citus=citus)


def _checked(url: str) -> Place:
    if not is_url(url):
        shown = f"{url.partition('://')[0]}://…"  # the rest may hold a password
        raise NoStore(f"no backend of this vstore keeps a store at {shown}", place=shown)
    return place(url)


@contextmanager
def _missing_told(where: Place) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise StorageRefused(
            f"a store at {where.shown} needs psycopg, which cannot be loaded ({error}); "
            "`pip install 'vstore[postgres]'` installs it",
            place=where.shown,
        ) from error
