"""A disk that fails at the k-th call: SQLite's files, by way of a VFS that is the default one meanwhile.

apsw raises what a method of a VFS in Python raises, even where SQLite itself goes on: when a checkpoint after
a COMMIT fails, the product hears of an error that a disk would not tell it. Only where a connection is closed
is that held back, since no error is possible there.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import apsw

WRITES = frozenset({"write", "truncate", "sync", "create", "delete"})
READS = frozenset({"read", "open", "size", "access", "lock"})

KINDS: dict[str, frozenset[str]] = {
    "EIO": WRITES | READS,
    "ENOSPC": frozenset({"write", "create", "sync"}),
    "short write": frozenset({"write"}),
}
KILL, TORN = "kill -9", "kill -9 in the midst of a write"
"""What ends the process itself, ..."""
DEATHS: dict[str, frozenset[str]] = {KILL: WRITES, TORN: frozenset({"write"})}
"""Which calls a fault counts, and fails."""

_EXTENDED = {
    "write": apsw.SQLITE_IOERR_WRITE,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "delete": apsw.SQLITE_IOERR_DELETE,
    "read": apsw.SQLITE_IOERR_READ,
    "size": apsw.SQLITE_IOERR_FSTAT,
    "access": apsw.SQLITE_IOERR_ACCESS,
    "lock": apsw.SQLITE_IOERR_LOCK,
}


class Fault(NamedTuple):
    """The call of this number fails, or it and all that come after."""

    kind: str
    at: int
    is_lasting: bool

    def __str__(self) -> str:
        return f"{self.kind} {'from' if self.is_lasting else 'at'} call {self.at}"


class Faults:
    """Counts calls, and knows which one fails."""

    def __init__(self, fault: Fault | None) -> None:
        self.fault = fault
        self.calls = 0
        self.names: list[str] = []
        self.failed: list[str] = []
        self.counted = {**KINDS, **DEATHS}[fault.kind] if fault else WRITES | READS

    def check(self, call: str, name: str, half: Callable[[], object] | None = None) -> None:
        """Raise what SQLite makes of a failed call; a short write does `half` of it first."""
        if call not in self.counted:
            return
        self.calls += 1
        self.names.append(f"{call} {Path(name).name}")
        fault = self.fault
        if fault and (self.calls == fault.at or (fault.is_lasting and self.calls > fault.at)):
            self.failed.append(self.names[-1])
            if fault.kind in {"short write", TORN} and half:
                half()
            if fault.kind in DEATHS:
                os.kill(os.getpid(), signal.SIGKILL)
            raise _refusal(fault.kind, call)


def _refusal(kind: str, call: str) -> apsw.Error:
    if call in {"open", "create"}:
        return apsw.CantOpenError(f"{kind}, made up, at {call}")
    if kind != "EIO" and call == "write":
        return apsw.FullError(f"{kind}, made up")
    error = apsw.IOError(f"{kind}, made up, at {call}")
    error.extendedresult = _EXTENDED[call]  # type: ignore[attr-defined]
    return error


class FaultyFile(apsw.VFSFile):
    """A file on that disk."""

    def __init__(self, faults: Faults, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._faults = faults
        self._name = file_name(name)
        super().__init__("unix", name, flags)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802  the names are SQLite's
        self._faults.check("read", self._name)
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        def half() -> None:
            super(FaultyFile, self).xWrite(bytes(data)[: len(data) // 2], offset)

        self._faults.check("write", self._name, half)
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._faults.check("sync", self._name)
        super().xSync(flags)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._faults.check("truncate", self._name)
        super().xTruncate(newsize)

    def xFileSize(self) -> int:  # noqa: N802
        self._faults.check("size", self._name)
        return super().xFileSize()

    def xLock(self, level: int) -> None:  # noqa: N802
        self._faults.check("lock", self._name)
        super().xLock(level)


class FaultyDisk(apsw.VFS):
    """The disk; it is SQLite's default while it is registered."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        super().__init__("vstore-torture", base="unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> FaultyFile:  # noqa: N802
        call = "create" if flags[0] & apsw.SQLITE_OPEN_CREATE else "open"
        self._faults.check(call, file_name(name))
        return FaultyFile(self._faults, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self._faults.check("delete", filename)
        super().xDelete(filename, syncdir)

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802
        self._faults.check("access", pathname)
        return super().xAccess(pathname, flags)


def file_name(name: str | apsw.URIFilename | None) -> str:
    """As SQLite opens it; temporary files have none."""
    return name.filename() if isinstance(name, apsw.URIFilename) else name or ""


class _Connection(apsw.Connection):
    """Is closed whatever its files say, as one is without Python in between."""

    def close(self, force: bool = False) -> None:
        with suppress(apsw.IOError, apsw.FullError, apsw.CantOpenError):
            super().close(force)


def _unheard(_: object) -> None:
    """What nobody could be told."""


@contextmanager
def failing(fault: Fault | None) -> Iterator[Faults]:
    """All that SQLite opens meanwhile lies on such a disk."""
    faults = Faults(fault)
    with using(FaultyDisk(faults)):
        yield faults


@contextmanager
def using(disk: apsw.VFS) -> Iterator[None]:
    """A disk that is the default one, until it is given up."""
    try:
        with patch.object(apsw, "Connection", _Connection), patch.object(sys, "unraisablehook", _unheard):
            yield
    finally:
        disk.unregister()
