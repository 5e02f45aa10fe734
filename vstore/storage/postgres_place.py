"""Where a store in PostgreSQL is: libpq's URL, with `schema=NAME` for the schema that holds its tables.

The URL is taken apart as libpq does it, which is not as other URLs are: a password may hold `?` and `#`, the
host may be missing, or be several. What stays in it goes to libpq to the letter.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

from vstore.errors import BadReference

SCHEMES = {"postgresql", "postgres"}

SCHEMA = "vstore"
"""The schema where the URL names none."""

LONGEST_NAME = 63
"""Bytes of a name that PostgreSQL keeps; it would cut a longer one."""

SECRETS = {"password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"}

_HOSTS = re.compile(r"(?:(?:\[[\w.:%-]*\]|[^\[\]:,@]*)(?::\d{0,5})?(?:,|$))*")
"""Hosts with their ports; what does not look so may be a part of a password."""

_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")

_UNWRITABLE = re.compile("[\x00-\x20\x7f\ud800-\udfff]")
"""Controls, spaces, and bytes of a command line that were no UTF-8, which cannot be given to libpq."""

_UNREADABLE = (
    "the URL of the store cannot be read: postgresql://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME is the "
    "form; in names and passwords, / @ : % and others are written as %2F %40 %3A %25"
)


class Place(NamedTuple):
    """A place taken apart; `shown` is the URL without its secrets, for messages."""

    url: str
    schema: str
    shown: str


class _Parts(NamedTuple):
    """A URL as libpq takes it apart; nothing is decoded."""

    scheme: str
    user: str | None
    hosts: str
    database: str
    options: list[tuple[str, str]]

    def url(self) -> str:
        user = "" if self.user is None else f"{self.user}@"
        options = "&".join(f"{name}={value}" for name, value in self.options)
        return f"{self.scheme}://{user}{self.hosts}{self.database}{'?' if options else ''}{options}"


def is_url(where: str) -> bool:
    """Whether it names a store in PostgreSQL."""
    return where.partition("://")[0] in SCHEMES and "://" in where


def place(url: str) -> Place:
    """BadReference where it cannot be read; the message holds nothing that may be a password."""
    parts = _taken_apart(url)
    libpq = [(name, value) for name, value in parts.options if name != "schema"]
    told = [(name, value) for name, value in parts.options if unquote(name) not in SECRETS]
    user = parts.user and parts.user.partition(":")[0]
    return Place(
        parts._replace(options=libpq).url(),
        _schema(parts.options),
        parts._replace(user=user, options=told).url(),
    )


def with_schema(url: str, schema: str) -> str:
    """The URL of another schema of the same database."""
    parts = _taken_apart(url)
    options = [(name, value) for name, value in parts.options if name != "schema"]
    return parts._replace(options=[*options, ("schema", quote(schema, safe="", errors="replace"))]).url()


def _taken_apart(url: str) -> _Parts:
    scheme, _, rest = url.partition("://")
    user, at, after = rest.partition("@")
    if "/" in user or not at:  # then no user comes before the hosts
        user, at, after = "", "", rest
    hosts, database, query = _split(after)
    options = [_option(each) for each in query.split("&")] if query else []
    readable = _HOSTS.fullmatch(hosts) and "@" not in database and not _PERCENT.search(rest)
    if not readable or _UNWRITABLE.search(url):
        raise BadReference(_UNREADABLE)
    return _Parts(scheme, user if at else None, hosts, database, options)


def _split(text: str) -> tuple[str, str, str]:
    """Hosts, the database with its slash, and what comes after the question mark."""
    before, _, query = text.partition("?")
    hosts, slash, database = before.partition("/")
    return hosts, slash + database, query


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals) or "=" in value or "@" in name:
        raise BadReference(_UNREADABLE)
    return name, value


def _schema(options: list[tuple[str, str]]) -> str:
    named = [value for name, value in options if name == "schema"]
    schema = unquote(named[-1], errors="surrogateescape") if named else SCHEMA
    try:
        size = len(schema.encode())
    except UnicodeEncodeError:
        raise BadReference("the name of the schema is not UTF-8") from None
    if not 0 < size <= LONGEST_NAME or "\0" in schema:
        raise BadReference(f"a schema has a name of 1 to {LONGEST_NAME} bytes")
    return schema
