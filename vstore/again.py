"""What may be tried again: a transaction that another writer overtook, or whose connection broke off."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from vstore.errors import ConnectionLost, Overtaken

TRIES = 100
PAUSE, LONGEST_PAUSE = 0.001, 0.1
"""Seconds before the second try; each time twice as many, up to the longest."""

Kept = TypeVar("Kept")


def until_kept(attempt: Callable[[], Kept]) -> Kept:
    """What an attempt answers, made anew while others come first; after so many tries the error stands."""
    for number in range(TRIES - 1):
        try:
            return attempt()
        except (Overtaken, ConnectionLost):
            time.sleep(min(LONGEST_PAUSE, PAUSE * 2**number))
    return attempt()
