"""Progress of long work: one line on stderr, on a terminal only, that leaves no trace."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Self

from vstore.cli.output import is_terminal
from vstore.cli.settings import Settings

INTERVAL = 0.1
"""Seconds between two looks: a terminal over a slow line must not hold the work up."""


class ProgressLine:
    """Shows the latest of many short messages; silent with `--quiet`, with `--json` and off a terminal."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._shows = is_terminal(sys.stderr) and not (settings.quiet or settings.json)
        self._clock = clock
        # Nothing is shown for work that is over at once.
        self._next = clock() + INTERVAL
        self._is_dirty = False

    def show(self, message: Callable[[], str]) -> None:
        """The message is only made when it is time for one."""
        if not self._shows or (now := self._clock()) < self._next:
            return
        self._next = now + INTERVAL
        self._is_dirty = True
        sys.stderr.write(f"\r\x1b[K{message()}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Before anything else is said."""
        if self._is_dirty:
            self._is_dirty = False
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.clear()
