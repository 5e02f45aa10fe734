"""What the caller asked of a run."""

from __future__ import annotations

from dataclasses import dataclass

LONG = 2_000
"""How much is read of the story that is very long, unless the caller says."""


@dataclass(frozen=True, slots=True)
class Options:
    """`quick` looks whether all works, on a sample; `full` adds what takes minutes.

    `parts` are those of a bench that were named, none for all. `seed` is of the fresh histories, None for
    one by chance; `versions` is how much is read of the story that is very long; `stories` are the sizes of
    the stores that are compared by size, none for the usual ones.
    """

    quick: bool = False
    full: bool = False
    parts: tuple[str, ...] = ()
    seed: int | None = None
    versions: int = LONG
    stories: tuple[int, ...] = ()

    @property
    def runs(self) -> int:
        """Runs of an importer."""
        return 1 if self.quick else 3
