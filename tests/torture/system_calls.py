"""Real system calls that fail, or are the last ones: strace does that to a process of its own.

This reaches what is not SQLite's: the folder and the settings of a new store, links, renames, exports. What
SQLite keeps to itself, as an error after a COMMIT, stays with it here.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from torture.contents import Acknowledged
from torture.judging import Ended, Ready, judged, ready
from torture.operations import OPERATIONS
from torture.report import Part
from torture.sizes import Sizes
from torture.watched import came_through
from vstore.errors import StorageRefused, VstoreError

CALLS = (
    *("pwrite64", "write", "fsync", "fdatasync", "ftruncate", "mkdir", "link", "linkat", "rename", "unlink"),
    *("rmdir", "fallocate", "copy_file_range", "sendfile"),
)
ENDS = {
    "EIO": "error=EIO:when={at}",
    "EIO from then on": "error=EIO:when={at}+",
    "ENOSPC from then on": "error=ENOSPC:when={at}+",
    "kill -9": "signal=SIGKILL:when={at}",
}
TOLD, BROKE = "told", "broke"


class Call(NamedTuple):
    """One call, and what happens to it."""

    name: str
    at: int
    end: str

    def __str__(self) -> str:
        return f"{self.end} at {self.name} {self.at}"


def attack(part: Part, names: tuple[str, ...], scratch: Path, sizes: Sizes) -> None:
    """Every call of these of every operation ends in every way, or a sample of them."""
    if shutil.which("strace") is None:
        part.count("left out: there is no strace")
        return
    for name in names:
        it = ready(name, scratch / name)
        counted = _counted(it, scratch / "case", scratch / "trace")
        every = [
            Call(call, at + 1, end) for call, times in counted.items() for at in range(times) for end in ENDS
        ]
        for call in sizes.sample(every, random.Random(f"{part.seed} {name}")):
            part.case(name, f"{name}: {call}", _broken(it, call, scratch / "case"))


def _counted(it: Ready, place: Path, trace: Path) -> Counter[str]:
    shutil.copytree(it.template, place)
    _run(it, place, ["-o", str(trace), "-e", f"trace={','.join(CALLS)}"])
    shutil.rmtree(place)
    lines = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    return Counter(line.split("(")[0] for line in lines if line.split("(")[0] in CALLS)


def _broken(it: Ready, call: Call, place: Path) -> list[str]:
    shutil.copytree(it.template, place)
    try:
        inject = f"inject={call.name}:{ENDS[call.end].format(at=call.at)}"
        lines, code = _run(it, place, ["-o", os.devnull, "-e", f"trace={call.name}", "-e", inject])
        words = [line.split(" ", 2) for line in lines]
        told = [StorageRefused(" ".join(each[1:])) for each in words if each[0] == TOLD]
        broke = [" ".join(each) for each in words if each[0] == BROKE]
        if broke or code not in {0, -signal.SIGKILL, 128 + signal.SIGKILL}:
            return [*broke, *([] if broke else [f"the child ended with {code}"])]
        kept = [Acknowledged(each[2], int(each[0]), each[1]) for each in words if each[0].isdigit()]
        return judged(it, place, Ended(kept, told[0] if told else None, is_cut_off=code != 0))
    finally:
        shutil.rmtree(place)


def _run(it: Ready, place: Path, words: list[str]) -> tuple[list[str], int]:
    child = [sys.executable, "-B", "-m", "torture.system_calls", it.name, str(place)]
    done = subprocess.run(
        ["strace", "-qq", *words, *child], stdout=subprocess.PIPE, text=True, check=False, timeout=120
    )
    return done.stdout.splitlines(), done.returncode


def _say(line: str) -> None:
    """By a call that is not one of those above."""
    os.writev(1, [f"{line}\n".encode()])


def main() -> None:
    """Be the child: do an operation, say what was told of, and how it ended."""
    name, place = sys.argv[1:]
    try:
        OPERATIONS[name].run(Path(place), lambda each: _say(f"{each.number} {each.id} {each.story}"))
    except VstoreError as error:
        _say(f"{TOLD} {error.message}")
    except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
        _say(f"{BROKE} {came_through(error)}")


if __name__ == "__main__":
    main()
