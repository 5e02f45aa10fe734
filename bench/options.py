"""What the caller asked of a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """`quick` looks whether all works, on a sample; `full` adds what takes minutes."""

    quick: bool = False
    full: bool = False

    @property
    def runs(self) -> int:
        """Runs of an importer."""
        return 1 if self.quick else 3
