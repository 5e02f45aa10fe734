"""What a parser is attacked with: see `parsers`."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from torture.mutations import mutated


class Grammar(NamedTuple):
    """A parser and its language."""

    valid: Callable[[random.Random], Any]
    """An input that must be read."""
    read: Callable[[Any], object]
    """Reads an input, and asserts that what it says is true to it."""
    refusals: tuple[type[Exception], ...]
    """What may be raised for one that is not."""
    words: Sequence[Any] = ()
    """That stand in such inputs."""
    worse: Callable[[random.Random, Any, Sequence[Any]], Any] = mutated
    """An input with one thing changed."""


def of(*values: Any) -> Callable[[random.Random], Any]:
    """One of these inputs."""
    return lambda dice: dice.choice(values)
