"""Throw-away servers for the bench: those of the tests (tests/postgres_servers.py), with fsync on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

TESTS = Path(__file__).parent.parent / "tests"
if str(TESTS) not in sys.path:
    sys.path.append(str(TESTS))

if TYPE_CHECKING:
    from postgres_cluster import Cluster
    from postgres_servers import Server

SETTINGS = {"shared_buffers": "256MB", "max_wal_size": "4GB", "checkpoint_timeout": "1h"}
"""No checkpoint falls into one run and not into the other."""

_numbers = count(1)


def absent() -> str | None:
    """Why PostgreSQL cannot be measured here."""
    if not all(map(find_spec, ("psycopg", "psycopg_pool"))):
        return "There is no psycopg; `pip install -e '.[bench]'` installs it."
    from postgres_programs import NoPostgresError, programs

    try:
        programs()
    except NoPostgresError as error:
        return f"There is no PostgreSQL: {error}"
    return None


@contextmanager
def server(**settings: str) -> Iterator[Server]:
    """One server, durable; `settings` are PostgreSQL's."""
    from postgres_servers import serving

    with serving(fsync=True, **SETTINGS, **settings) as made:
        yield made


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A coordinator and two shards, durable."""
    from postgres_cluster import cluster as serving

    with serving(fsync=True, **SETTINGS) as made:
        yield made


def fresh(made: Server) -> str:
    """The URL of a new, empty store on one server."""
    from vstore.places import init
    from vstore.storage.postgres_place import with_schema

    url = with_schema(made.url, f"bench_{next(_numbers)}")
    init(url)
    return url


def spread(made: Cluster) -> str:
    """The URL of a new, empty store on a cluster."""
    from vstore.storage.postgres_place import with_schema
    from vstore.storage.postgres_schema import statements

    schema = f"bench_{next(_numbers)}"
    made.spread(schema, ";\n".join(statements()))
    return with_schema(made.url, schema)
