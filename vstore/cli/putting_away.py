"""Files that were taken, moved elsewhere: each whole, nothing replaced, and none that was not taken."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

from vstore.landings import Landing, look


def put_away(landing: Landing, folder: Path, to: Path) -> None:
    """To the same place in `to`, under a name that nothing has there yet: `nk17.xml`, `nk17.xml.1` ….

    A file that somebody wrote to since it was looked at stays where it is. Raises OSError.
    """
    wanted = to / landing.path.relative_to(folder)
    wanted.parent.mkdir(parents=True, exist_ok=True)
    place = _reserved(wanted)
    is_renamed = is_there = False
    try:
        is_renamed = _renamed(landing.path, place)
        is_there = is_renamed or _copied(landing, place)
    finally:
        if not is_there:
            place.unlink()
    if is_renamed:
        _check(landing, place)


def _reserved(wanted: Path) -> Path:
    """An empty file of that name, or of that name and a number, so that nobody else takes it."""
    while True:
        place = _free(wanted)
        with suppress(FileExistsError):
            os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            return place


def _free(wanted: Path) -> Path:
    """A name that nothing has: there may be very many of the same, so they are not tried one by one."""
    if not os.path.lexists(wanted):
        return wanted
    below, above = 0, 1
    while os.path.lexists(_numbered(wanted, above)):
        below, above = above, 2 * above
    while above - below > 1:
        middle = (below + above) // 2
        is_taken = os.path.lexists(_numbered(wanted, middle))
        below, above = (middle, above) if is_taken else (below, middle)
    return _numbered(wanted, above)


def _numbered(wanted: Path, number: int) -> Path:
    return wanted.with_name(f"{wanted.name}.{number}")


def _renamed(path: Path, place: Path) -> bool:
    """False where that is on another file system."""
    try:
        path.replace(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True


def _check(landing: Landing, place: Path) -> None:
    """What was put under the file's name at the last moment goes back, unless something newer is there."""
    found = look(place, place.parent)
    if place.is_symlink() or (found and found.state == landing.state):
        return
    with suppress(FileExistsError):
        os.link(place, landing.path)
        place.unlink()


def _copied(landing: Landing, place: Path) -> bool:
    """To another file system; under another name until it is whole."""
    part = place.with_name(f".{os.getpid()}.part")
    try:
        shutil.copy2(landing.path, part)
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        now = look(landing.path, landing.path.parent)
        if now is None or now.state != landing.state:
            return False
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
    landing.path.unlink()
    return True
