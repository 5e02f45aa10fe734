"""Other processes, timed from outside: wall and processor time, and the most memory they held.

The kernel's `ru_maxrss` lets a child begin with its parent's peak of memory. So this process stays small:
whatever holds a corpus is `work` in a child, which says itself what it held.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

MEGABYTE = 1_000_000
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process cost, and what it printed."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    output: str

    @property
    def answer(self) -> dict[str, Any]:
        """What a piece of `work` answered."""
        found: dict[str, Any] = json.loads(self.output)["answer"]
        return found


def run(*command: str, stdin: Path | None = None, cwd: Path = ROOT) -> Spent:
    """Run a command to its end; CalledProcessError with what it complained of if it failed."""
    with ExitStack() as files:
        given = files.enter_context(stdin.open("rb")) if stdin else subprocess.DEVNULL
        out, complaints = (files.enter_context(tempfile.TemporaryFile()) for _ in range(2))
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=given, stdout=out, stderr=complaints, cwd=cwd, env=environment()
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        complaints.seek(0)
        output = out.read().decode()
        if process.returncode:
            print(complaints.read().decode(errors="replace"), file=sys.stderr)
            raise subprocess.CalledProcessError(process.returncode, command)
    return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / MEGABYTE, output)


def work(function: str, **arguments: Any) -> Spent:
    """Run `module:function` of this package in a fresh Python; it answers with a JSON object."""
    spent = run(sys.executable, "-m", "bench.work", function, json.dumps(arguments, default=str))
    return replace(spent, peak_mb=json.loads(spent.output)["peak_mb"] or spent.peak_mb)


def vstore(*arguments: str | Path) -> tuple[str, ...]:
    """The command as users run it: the installed script beside this Python, else the module."""
    script = Path(sys.executable).with_name("vstore")
    command = (str(script),) if script.exists() else (sys.executable, "-m", "vstore")
    return (*command, *map(str, arguments))


def environment() -> dict[str, str]:
    """The caller's, without what would change an answer or its cost."""
    unwanted = ("VSTORE_STORE", "GIT_", "PYTHONDONTWRITEBYTECODE", "FORCE_COLOR", "CLICOLOR_FORCE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def disk_mb(folder: Path) -> float:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / MEGABYTE
