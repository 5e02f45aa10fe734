"""A sample of the torture, every day; `make torture` runs all of it. Issue 6, "Tests to build"."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from backends import ROOT

SHM = Path("/dev/shm")  # noqa: S108  a folder in memory, where there is one
FIXED = "6"
DAILY = [f"--operation={name}" for name in ("init", "add", "import", "blame", "gc", "copy", "export")]
QUICK = [f"--operation={name}" for name in ("add", "import", "gc")] + ["--share=0.4"]
"""Of all operations these, so that it stays within some seconds."""


def tortured(part: str, *words: str) -> str:
    """What it prints; it names the seed, which pytest shows where the test fails."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    scratch = [f"--scratch={SHM}"] if SHM.is_dir() else []
    done = subprocess.run(
        [sys.executable, "-m", "torture", part, "--everyday", *scratch, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    print(done.stdout, done.stderr)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    return done.stdout


@pytest.mark.parametrize("part", ["parsers", "histories"])
def test_nothing_comes_through_and_all_answers_are_those_of_memory(part: str) -> None:
    told = tortured(part, f"--seed={FIXED}", f"--seed={fresh()}")
    assert told.count(" 0  broken promises") == 2
    if part == "histories":
        assert told.count(" 1,000  histories") == 2


def fresh() -> str:
    return str(int.from_bytes(os.urandom(4)))


@pytest.mark.parametrize("part", ["io-errors", "kills", "power", "damage", "repairs", "together"])
def test_no_promise_is_broken_by_what_was_tried_before(part: str) -> None:
    assert " 0  broken promises" in tortured(part, f"--seed={FIXED}", *DAILY)


@pytest.mark.parametrize("part", ["io-errors", "kills", "power", "damage", "repairs", "together"])
def test_no_promise_is_broken_by_what_nobody_has_tried(part: str) -> None:
    assert " 0  broken promises" in tortured(part, f"--seed={fresh()}", *QUICK)
