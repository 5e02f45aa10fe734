"""What was tried, and what broke a promise."""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

SILENT = 60.0
"""Seconds after which a part tells how far it is."""

SHOWN = 10
"""Findings of a part that are printed; the JSON has them all."""


class Part:
    """One part of the torture: its seed, its counts, its findings."""

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        self.seed = seed
        self.counts: dict[str, int] = {}
        self.findings: list[str] = []
        self._began = time.monotonic()
        self.seconds = 0.0
        self._said = self._began
        print(f"{name}: seed {seed}", flush=True)

    def case(self, kind: str, about: str, wrong: list[str]) -> None:
        """One more that was tried; `wrong` names the promises that it broke."""
        self.count(kind)
        self.tell(str(self.counts))
        for each in wrong:
            self.findings.append(f"{about}: {each}")
            if len(self.findings) <= SHOWN:
                print(f"  BROKEN  {self.findings[-1]}", flush=True)

    def tell(self, how_far: str) -> None:
        """Now and then, how far it is."""
        if time.monotonic() - self._said > SILENT:
            self._said = time.monotonic()
            print(f"  so far {how_far}, {len(self.findings)} broken promises", flush=True)

    def count(self, kind: str, times: int = 1) -> None:
        """Something that is worth to be told how often it was."""
        self.counts[kind] = self.counts.get(kind, 0) + times

    def end(self) -> None:
        """It is over: print the counts."""
        self.seconds = time.monotonic() - self._began
        for kind, times in self.counts.items():
            print(f"  {times:>9,}  {kind}")
        kinds = Counter(re.sub(r"\d+", "N", each) for each in self.findings)
        for kind, times in kinds.most_common(SHOWN):
            print(f"  {times:>9,}  BROKEN  {kind[:300]}")
        print(f"  {len(self.findings):>9,}  broken promises, in {self.seconds:.0f} s", flush=True)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "part": self.name,
            "seed": self.seed,
            "seconds": round(self.seconds, 1),
            "counts": self.counts,
            "findings": self.findings,
        }


def fresh() -> int:
    """A seed that nobody knows yet."""
    return random.SystemRandom().randrange(1 << 32)


def write(place: Path, parts: list[Part]) -> None:
    """All parts as JSON."""
    place.write_text(json.dumps([part.to_dict() for part in parts], indent=1) + "\n", encoding="utf-8")
