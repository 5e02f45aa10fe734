"""A damaged file replaced by a good one, in one transaction of SQLite's, after a copy of it was kept.

A rename would do as well for the file alone. But whoever opened the old one a moment before would go on with
it, beside the new one's write-ahead log, and ruin both. So the pages go into the file that is there, as a
transaction for which all others wait, and which is there or not whenever the power fails.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

import apsw

from vstore.errors import Overtaken, StorageRefused
from vstore.storage.sqlite_backup import synced
from vstore.storage.sqlite_errors import refusals_told

LOG = "-wal"
AT_ONCE = 1 << 20

LASTING = (slice(0, 24), slice(44, 60))
"""Bytes of the header that no two stores differ in, and without which SQLite does not write to a file."""


@contextmanager
def kept_copy(place: str) -> Iterator[str]:
    """A copy of a file and of its log, beside it under a name that was free; or one that is there already.

    One that was made goes again where the block raises before the file was changed. StorageRefused.
    """
    with _told(place):
        copy, is_new = _copy(place)
    try:
        yield copy
    except BaseException:
        with suppress(OSError):
            if is_new and is_copy(place, copy, with_header=True):
                for each in (copy, f"{copy}{LOG}"):
                    Path(each).unlink(missing_ok=True)
        raise


def _copy(place: str) -> tuple[str, bool]:
    """Its name, and whether it was made now."""
    names = (f"{place.removesuffix('.db')}.damaged-{number}.db" for number in count(1))
    for copy in names:
        if os.path.exists(copy) and is_copy(place, copy, with_header=False):
            return copy, False
        if not any(map(os.path.lexists, (copy, f"{copy}{LOG}"))):
            break
    with tempfile.TemporaryDirectory(prefix=".damaged-", dir=os.path.dirname(place) or ".") as scratch:
        _written(place, f"{scratch}/copy")
        if _size(f"{place}{LOG}"):
            _written(f"{place}{LOG}", f"{scratch}/log")
            os.link(f"{scratch}/log", f"{copy}{LOG}")
        os.link(f"{scratch}/copy", copy)  # unlike a rename, this replaces nothing
    synced(os.path.dirname(place) or ".")
    return copy, True


def _written(source: str, target: str) -> None:
    with open(source, "rb") as one, open(target, "xb") as other:
        shutil.copyfileobj(one, other, AT_ONCE)
        other.flush()
        os.fsync(other.fileno())
    shutil.copymode(source, target)


def is_copy(place: str, copy: str, *, with_header: bool) -> bool:
    """Whether a file and its log are, byte for byte, what was copied; lasting parts of the header apart."""
    skipped = () if with_header else LASTING
    return _is_same(place, copy, skipped) and _is_same(f"{place}{LOG}", f"{copy}{LOG}", ())


def _is_same(one: str, other: str, skipped: tuple[slice, ...]) -> bool:
    """Of a log, none is as good as an empty one."""
    if _size(one) != _size(other) or not _size(one):
        return _size(one) == _size(other)
    with open(one, "rb") as first, open(other, "rb") as second:
        return _without(first, skipped) == _without(second, skipped) and all(
            part == second.read(AT_ONCE) for part in iter(lambda: first.read(AT_ONCE), b"")
        )


def _without(file: BinaryIO, skipped: tuple[slice, ...]) -> bytes:
    head = bytearray(file.read(100).ljust(100, b"\0"))
    for part in skipped:
        head[part] = bytes(part.stop - part.start)
    return bytes(head)


def replace(place: str, copy: str, fresh: str, wait: float) -> None:
    """Put the pages of a fresh file in the place of a damaged one's, of which this is a copy.

    Overtaken where it is not any more: somebody else wrote to it. StorageRefused.
    """
    with _told(place), refusals_told(place):
        _mend_header(place, fresh)
        with (
            closing(apsw.Connection(place, flags=apsw.SQLITE_OPEN_READWRITE)) as target,
            closing(apsw.Connection(fresh, flags=apsw.SQLITE_OPEN_READONLY)) as source,
        ):
            target.set_busy_timeout(int(wait * 1000))
            with suppress(apsw.Error):  # it is damaged; but now its log is open
                target.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            # What is on the old pages is nothing to it from here on: https://sqlite.org/c3ref/c_dbconfig_defensive.html
            target.config(apsw.SQLITE_DBCONFIG_RESET_DATABASE, 1)
            target.execute("PRAGMA synchronous = FULL").fetchall()
            with target.backup("main", source, "main") as pages:
                pages.step(1)  # nobody else writes from now on
                if not is_copy(place, copy, with_header=False):
                    raise Overtaken(
                        f"{place} was changed while it was repaired: it was left as it is", place=place
                    )
                pages.step()
            target.config(apsw.SQLITE_DBCONFIG_RESET_DATABASE, 0)
            with suppress(apsw.Error):  # it is done: the log may be emptied another time
                target.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _mend_header(place: str, fresh: str) -> None:
    """So that SQLite keeps a log, and takes the page size for what it is."""
    with open(place, "r+b") as damaged, open(fresh, "rb") as good:
        right = good.read(100)
        found = damaged.read(100)
        if any(found[part] != right[part] for part in LASTING):
            damaged.seek(0)
            damaged.write(b"".join((right[:24], found[24:44].ljust(20, b"\0"), right[44:60])))
            damaged.flush()
            os.fsync(damaged.fileno())


def _size(path: str) -> int:
    with suppress(FileNotFoundError):
        return os.stat(path).st_size
    return 0


@contextmanager
def _told(place: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageRefused(
            f"{place} could not be repaired: {error.strerror or error}", place=place
        ) from error
