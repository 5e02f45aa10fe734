"""Texts into files: at once or not at all, over nothing that is there already, through no symbolic link."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from vstore.errors import Conflict, StorageRefused
from vstore.places import FOLDER, STORE_FILE


def place(path: Path, data: bytes, *, force: bool = False) -> None:
    """This file with these bytes; Conflict where there is another one, unless `force`."""
    if holds(path, data):
        return
    with replacing(path, force=force) as stream:
        stream.write(data)


def make_folder(path: Path, *, below: bool = False) -> None:
    """Makes sure that there is one; one `below` a chosen folder must not be a link, which leads anywhere."""
    with _told(path):
        if below and path.is_symlink():
            raise Conflict(f"{path} is a symbolic link: nothing is written through it", file=str(path))
        try:
            path.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise Conflict(f"{path} is not a folder", file=str(path)) from error


def holds(path: Path, data: bytes) -> bool:
    """True for a regular file of just these bytes."""
    with _told(path):
        found = _status(path)
        is_alike = found is not None and stat.S_ISREG(found.st_mode) and found.st_size == len(data)
        return is_alike and path.read_bytes() == data


@contextmanager
def replacing(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file to write into that takes its place when all is written; nothing is left of one given up."""
    _check(path, force=force)
    with _told(path):
        temporary = path.with_name(f".vstore-{os.getpid()}-{os.urandom(4).hex()}.tmp")
        stream = temporary.open("xb")
        try:
            with stream:
                yield stream
            _move(temporary, path, force=force)
        finally:
            temporary.unlink(missing_ok=True)


def _check(path: Path, *, force: bool) -> None:
    with _told(path):
        found = _status(path)
        is_in_store = path.parent.resolve().name == FOLDER and path.with_name(STORE_FILE).exists()
    if is_in_store:
        raise Conflict(f"{path} lies among a store's own files: nothing is written there", file=str(path))
    if found is None:
        return
    if not force:
        raise _in_the_way(path)
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode)):
        raise Conflict(f"{path} is no regular file: it is not replaced", file=str(path))


def _move(temporary: Path, path: Path, *, force: bool) -> None:
    """A link, unlike a rename, fails where somebody else was quicker."""
    if force:
        temporary.replace(path)
        return
    try:
        path.hardlink_to(temporary)
    except FileExistsError as error:
        raise _in_the_way(path) from error
    except (OSError, NotImplementedError):
        # A file system without hard links: the moment between looking and renaming stays open.
        _check(path, force=False)
        temporary.rename(path)


def _in_the_way(path: Path) -> Conflict:
    return Conflict(f"{path} exists and holds something else; --force replaces it", file=str(path))


def _status(path: Path) -> os.stat_result | None:
    with contextlib.suppress(FileNotFoundError):
        return path.lstat()
    return None


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StorageRefused(f"cannot write {path}: {reason}", file=str(path)) from error
