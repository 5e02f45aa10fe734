"""The pager: started at the first word, quiet when it is left early."""

from __future__ import annotations

import contextlib
import shlex
import subprocess
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

DEFAULT = "less -FRX"


class PagerQuit(Exception):  # noqa: N818  (leaving a pager is no error)
    """The reader has seen enough."""


def command(environ: Mapping[str, str]) -> list[str]:
    """`VSTORE_PAGER` > `PAGER` > `less -FRX`; no words where no pager is wanted (empty, or `cat`)."""
    chosen = environ.get("VSTORE_PAGER", environ.get("PAGER", DEFAULT))
    try:
        words = shlex.split(chosen)
    except ValueError:
        return []
    return [] if words == ["cat"] else words


class Pager:
    """Takes bytes; without a pager program they go to `stdout`, as they are."""

    def __init__(self, environ: Mapping[str, str], stdout: Callable[[bytes], None]) -> None:
        self._environ = environ
        self._stdout = stdout
        self._process: subprocess.Popen[bytes] | None = None
        self._words = command(environ)

    def write(self, data: bytes) -> None:
        """PagerQuit once the reader has left."""
        process = self._started()
        if process is None or process.stdin is None:
            self._stdout(data)
            return
        try:
            process.stdin.write(data)
            process.stdin.flush()
        except BrokenPipeError as error:
            raise PagerQuit from error

    def _started(self) -> subprocess.Popen[bytes] | None:
        if self._process is None and self._words:
            # As git does: a bare `less` or `lv` in PAGER must show colours too.
            environ = {"LESS": "FRX", "LV": "-c", **self._environ}
            try:
                self._process = subprocess.Popen(self._words, stdin=subprocess.PIPE, env=environ)
            except OSError:
                self._words = []
        return self._process

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stays until the reader has left, whatever Ctrl-C says: it was meant for the pager."""
        if self._process is None or self._process.stdin is None:
            return
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        while True:
            try:
                self._process.wait()
                return
            except KeyboardInterrupt:
                continue
