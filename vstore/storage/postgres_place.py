"""Where a store in PostgreSQL is: libpq's URL, with `schema=NAME` for the schema that holds its tables."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from vstore.errors import BadReference

SCHEMES = {"postgresql", "postgres"}

SCHEMA = "vstore"
"""The schema where the URL names none."""

LONGEST_NAME = 63
"""Bytes of a name that PostgreSQL keeps; it would cut a longer one."""

SECRETS = {"password", "sslpassword"}


class Place(NamedTuple):
    """A place taken apart; `shown` is the URL without its secrets, for messages."""

    url: str
    schema: str
    shown: str


def is_url(where: str) -> bool:
    """Whether it names a store in PostgreSQL."""
    return where.partition("://")[0] in SCHEMES and "://" in where


def place(url: str) -> Place:
    """BadReference where it cannot be read; the message holds nothing that may be a password."""
    try:
        scheme, netloc, path, query, _ = urlsplit(url)
        options = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise BadReference("the URL of the store cannot be read") from None
    schema = next((value for name, value in reversed(options) if name == "schema"), SCHEMA)
    if not 0 < len(schema.encode(errors="replace")) <= LONGEST_NAME or "\0" in schema:
        raise BadReference(f"a schema has a name of 1 to {LONGEST_NAME} bytes")
    libpq = [(name, value) for name, value in options if name != "schema"]
    told = [(name, value) for name, value in options if name not in SECRETS]
    user, at, hosts = netloc.rpartition("@")
    shown = user.partition(":")[0] + at + hosts
    return Place(
        urlunsplit((scheme, netloc, path, urlencode(libpq), "")),
        schema,
        urlunsplit((scheme, shown, path, urlencode(told), "")),
    )


def with_schema(url: str, schema: str) -> str:
    """The URL of another schema of the same database."""
    scheme, netloc, path, query, _ = urlsplit(url)
    options = [(name, value) for name, value in parse_qsl(query) if name != "schema"]
    return urlunsplit((scheme, netloc, path, urlencode([*options, ("schema", schema)]), ""))
