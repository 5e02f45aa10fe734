"""Whether a store is in a schema, and how one comes to be there."""

from __future__ import annotations

import psycopg
from psycopg import sql

from vstore.errors import NoStore, StorageRefused, WrongFormat
from vstore.storage.postgres_connections import Connections
from vstore.storage.postgres_errors import connecting_told, refusals_told
from vstore.storage.postgres_place import Place, place
from vstore.storage.postgres_schema import statements
from vstore.storage.schema import FORMAT

_SCHEMA = "SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = %s"


def check(connection: psycopg.Connection, where: Place) -> None:
    """That a store of this format is there."""
    _check_encoding(connection, where)
    try:
        found = connection.execute("SELECT value::text FROM note WHERE name = 'format'").fetchone()
    except psycopg.errors.UndefinedTable as error:
        if connection.execute(_SCHEMA, (where.schema,)).fetchone() == (False,):
            raise StorageRefused(
                f"{where.shown} may not be read by this role: it has no USAGE on the schema",
                place=where.shown,
            ) from error
        raise NoStore(
            f"there is no store at {where.shown}; `vstore --store {where.shown!r} init` makes one",
            place=where.shown,
        ) from error
    except (psycopg.errors.UndefinedColumn, psycopg.errors.CannotCoerce) as error:
        raise _others(where) from error
    if found is None or found[0] != str(FORMAT):
        raise WrongFormat(
            f"{where.shown} has format {found and found[0]}, this vstore knows format {FORMAT} there",
            place=where.shown,
            format=found and found[0],
        )


def create(url: str, *, citus: bool = False, wait: float = 30.0) -> bool:
    """Make an empty store in the URL's schema; False if there is one already. Two at once make one."""
    where = place(url)
    with connecting_told(where.shown):
        connection = Connections(where, wait).made()
    with refusals_told(where.shown), connection:
        if _made(connection, where, citus=citus):
            return True
        check(connection, where)  # what lies there is a store
        return False


def _made(connection: psycopg.Connection, where: Place, *, citus: bool) -> bool:
    _check_encoding(connection, where)
    if citus and not connection.execute("SELECT FROM pg_extension WHERE extname = 'citus'").fetchall():
        raise StorageRefused(
            f"{where.shown} has no Citus; CREATE EXTENSION citus makes it", place=where.shown
        )
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"vstore {where.schema}",))
        if connection.execute(_SCHEMA, (where.schema,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(where.schema)))
        if _has(connection, where, "note"):
            return False
        for statement in statements(citus=citus):
            connection.execute(statement.encode())
        return True


def _has(connection: psycopg.Connection, where: Place, table: str) -> bool:
    question = (
        "SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = %s AND c.relname = %s"
    )
    return connection.execute(question, (where.schema, table)).fetchone() is not None


def _check_encoding(connection: psycopg.Connection, where: Place) -> None:
    found = connection.info.parameter_status("server_encoding")
    if found != "UTF8":
        raise StorageRefused(
            f"{where.shown} is in {found}: a store needs a database in UTF8", place=where.shown
        )


def _others(where: Place) -> StorageRefused:
    return StorageRefused(
        f"{where.shown} has other tables of the same names: a store needs a schema of its own",
        place=where.shown,
    )
