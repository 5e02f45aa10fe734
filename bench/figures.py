"""Medians, percentiles and ratios of runs."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import TypeVar

T = TypeVar("T")


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of our cost in theirs, round by round: the machine's load at the time falls out."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def timed(function: Callable[[], T]) -> tuple[float, T]:
    """Microseconds that a call took, and its answer."""
    start = perf_counter_ns()
    answer = function()
    return (perf_counter_ns() - start) / 1000, answer
