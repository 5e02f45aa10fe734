"""Erasing: each run of 20 characters that only what goes had is sought in all bytes of a store."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from left_behind import erased_at_random

from torture.report import Part
from torture.sizes import Sizes


def attack(part: Part, scratch: Path, sizes: Sizes) -> None:
    """A store after the other."""
    dice = random.Random(part.seed)
    for _ in range(sizes.redactions):
        seed = dice.randrange(1 << 32)
        case = erased_at_random(scratch / "store", seed)
        shutil.rmtree(scratch / "store")
        wrong = [*(f"left: {run!r}" for run in case.left), *case.problems]
        part.case("stores in which something was erased", f"store {seed}", wrong)
        part.count("runs that nothing else had, sought", case.sought)
