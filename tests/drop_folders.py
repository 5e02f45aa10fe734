"""A folder in which files land, and a store that watches it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cli_program import Done, Program, environment

import vstore
from vstore import places

NINE = "2019-01-15T09:00:00+00:00"
AT_NINE = 1_547_542_800
"""The same, as files are dated."""


class Drop:
    """A store, and a folder in which files land."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "store"
        self.store.mkdir()
        places.init(self.store)
        self.folder = folder / "drop"
        self.folder.mkdir()
        self._run = Program(folder)

    def land(self, name: str, text: str | bytes, modified: int = AT_NINE) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        os.utime(path, (modified, modified))
        return path

    def look(self, *options: str) -> Done:
        return self._run(
            "--store", str(self.store), "watch", "--once", "--settle", "0", *options, str(self.folder)
        )

    def start(self, *options: str, settle: float = 0) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "vstore", "--store", str(self.store), "watch", "--every", "0.05"]
        return subprocess.Popen(
            [*command, "--settle", str(settle), *options, str(self.folder)],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def log(self, story: str | None = None) -> list[tuple[str, int, str]]:
        with vstore.open(self.store) as store:
            assert store.fsck(level="deep").ok
            versions = sorted(store.log(story), key=lambda version: (version.story, version.number))
            return [(version.story, version.number, store.text_of(version)) for version in versions]


def until(is_so: Callable[[], bool]) -> None:
    """Waits; a test that waits in vain fails by what it asserts then."""
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.05)


def by_stem(drop: Drop, *options: str) -> Done:
    return drop.look("--story-from", "stem", *options)
