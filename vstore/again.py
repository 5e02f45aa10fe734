"""What may be tried again: a transaction that another writer overtook, or whose connection broke off."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from vstore.errors import ConnectionLost, Overtaken

SECONDS = 30.0
"""For so long an attempt is made again, ..."""

TRIES = 20
"""... and so often at least, however long each one takes."""

PAUSE, LONGEST_PAUSE = 0.001, 0.1
"""Seconds before the second try; each time up to twice as many, of which chance takes some."""

Kept = TypeVar("Kept")


def until_kept(attempt: Callable[[], Kept]) -> Kept:
    """What an attempt answers, made anew while others come first; after so long the error stands."""
    until = time.monotonic() + SECONDS
    tries = 0
    while True:
        try:
            return attempt()
        except (Overtaken, ConnectionLost):
            tries += 1
            if tries >= TRIES and time.monotonic() > until:
                raise
        import random  # seldom: nobody pays for it who is not overtaken

        longest = min(LONGEST_PAUSE, PAUSE * 2 ** min(tries, 10))
        time.sleep(random.uniform(0, longest))  # noqa: S311  so that those who met do not meet again
