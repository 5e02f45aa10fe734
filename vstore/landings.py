"""Files that land in a folder: found again and again, and told apart from those still being written."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from vstore.errors import BadWire
from vstore.readers.files import open_file, shown

UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")
"""How the names of files end that others are writing, and will rename."""

_CHUNK = 1 << 20


LATEST = (1 << 63) - 1
"""Nanoseconds since 1970, in the year 2262: what files are dated later counts as of then."""


class State(NamedTuple):
    """What a file looks like from outside; another one means that it was written to, or is another file."""

    size: int
    modified: int
    """Nanoseconds since 1970."""
    inode: int


class Landing(NamedTuple):
    """A file in a folder."""

    path: Path
    name: str
    """Its path within the folder, exactly: of bytes that are no text, each is a surrogate."""
    state: State


def landings(folder: Path, besides: Path | None = None) -> Iterator[Landing | BadWire]:
    """The files in a folder and in those within it, the one that was written first coming first.

    Not hidden ones, nor those whose names say that they are not finished, nor what links lead to folders, nor
    what is in `besides`. A BadWire for a folder that cannot be looked into.
    """
    found, bad = list[Landing](), list[BadWire]()
    waiting = [folder]
    while waiting:
        try:
            waiting += _looked_into(waiting.pop(), folder, besides, found)
        except OSError as error:
            name = shown(error.filename or folder)
            bad.append(BadWire(f"{name} cannot be read: {error.strerror or error}", file=name))
    yield from bad
    yield from sorted(found, key=lambda landing: (landing.state.modified, landing.name))


def _looked_into(inner: Path, folder: Path, besides: Path | None, found: list[Landing]) -> list[Path]:
    """Adds the files of one folder; the folders in it."""
    folders = []
    with os.scandir(inner) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.endswith(UNFINISHED):
                continue
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                folders += [path] if path != besides else []
            elif landing := look(path, folder):
                found.append(landing)
    return folders


def look(path: Path, folder: Path) -> Landing | None:
    """A file as it is now; None where it is gone, or is no regular file."""
    with suppress(OSError):
        now = path.stat()
        if stat.S_ISREG(now.st_mode):
            modified = min(max(now.st_mtime_ns, -LATEST), LATEST)
            state = State(now.st_size, modified, now.st_ino)
            return Landing(path, str(path.relative_to(folder)), state)
    return None


def digest_of(path: Path) -> bytes:
    """The first 16 bytes of the SHA-256 of what is in a file; BadWire where it cannot be read."""
    found = sha256()
    try:
        with open_file(path) as stream:
            while chunk := stream.read(_CHUNK):
                found.update(chunk)
    except OSError as error:
        raise BadWire(f"{shown(path)} cannot be read: {error.strerror or error}", file=shown(path)) from error
    return found.digest()[:16]


class Settling:
    """Which files nobody has written to for so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._since: dict[str, tuple[State, float]] = {}

    def has_settled(self, landing: Landing, now: float, clock: float) -> bool:
        """Whether it may be taken: `now` by a clock that only goes forward, `clock` by the one of files.

        A file that was not written to for long when it is first seen has settled; one that is dated in the
        future, by its writer's clock, is watched from when it was seen.
        """
        state, since = self._since.get(landing.name, (None, now))
        if state != landing.state:
            since = now
            self._since[landing.name] = landing.state, now
        age = clock - landing.state.modified / 1e9
        return now - since >= self.seconds or age >= self.seconds

    def forget(self, names: set[str]) -> None:
        """Those that are not among these names any more."""
        self._since = {name: seen for name, seen in self._since.items() if name in names}
