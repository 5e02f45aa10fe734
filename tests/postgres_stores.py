"""Stores on the throw-away servers, and other ways to get to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from postgres_programs import finished, programs
from postgres_servers import USER, Server, temporary_folder

import vstore
from vstore.storage.postgres_place import place, with_schema


def made(server: Server, schema: str | None = None) -> str:
    """The URL of a new, empty store."""
    url = with_schema(server.url, schema or server.schema())
    assert vstore.init(url)
    return url


def schema_of(url: str) -> str:
    """Its schema, in quotation marks where SQL wants them."""
    return '"' + place(url).schema.replace('"', '""') + '"'


def as_role(url: str, role: str, password: str | None = None) -> str:
    """The same store to another role."""
    user = role if password is None else f"{role}:{quote(password, safe='')}"
    return url.replace(f"//{USER}@", f"//{user}@")


def with_option(url: str, **options: str) -> str:
    """The URL with more parameters."""
    more = "&".join(f"{name}={quote(value, safe='')}" for name, value in options.items())
    return f"{url}{'&' if '?' in url else '?'}{more}"


def at_port(url: str, port: int) -> str:
    """The same store, by way of another port."""
    return re.sub(r":\d+/", f":{port}/", url, count=1)


@contextmanager
def standby_of(primary: Server) -> Iterator[Server]:
    """A hot standby of a server, gone at the end."""
    with temporary_folder() as folder:
        copied = ["-D", str(folder / "data"), "-d", primary.url, "--checkpoint=fast", "--no-sync", "-R"]
        finished([programs() / "pg_basebackup", *copied])
        standby = Server(folder, {"fsync": "off", "hot_standby": "on"})
        try:
            standby.start()
            yield standby
        finally:
            standby.stop("immediate")
