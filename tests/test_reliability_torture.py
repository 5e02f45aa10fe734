"""A sample of the torture, every day; `make torture` runs all of it. Issue 6, "Tests to build"."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from backends import ROOT

SHM = Path("/dev/shm")  # noqa: S108  a folder in memory, where there is one
FIXED = "6"
DAILY = [f"--operation={name}" for name in ("init", "add", "import", "blame", "gc", "copy", "export")]
FEWER = {"repairs": ["--share=0.4"]}
"""Of the cases of a part that takes longer than the others."""


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


def slow(part: str) -> object:
    """A part of which other tests have fixed examples, or which takes some seconds."""
    return pytest.param(part, marks=pytest.mark.slow)


@pytest.mark.parametrize("part", ["parsers", slow("histories")])
def test_nothing_comes_through_and_all_answers_are_those_of_memory(part: str) -> None:
    told = tortured(part, f"--seed={FIXED}", f"--seed={fresh()}")
    assert told.count(" 0  broken promises") == 2
    if part == "histories":
        assert told.count(" 1,000  histories") == 2


def fresh() -> str:
    return str(int.from_bytes(os.urandom(4)))


@pytest.mark.parametrize(
    "part", [slow("io-errors"), "kills", "power", slow("damage"), slow("repairs"), "together"]
)
def test_no_promise_is_broken_by_what_was_tried_before(part: str) -> None:
    assert " 0  broken promises" in tortured(part, f"--seed={FIXED}", *DAILY, *FEWER.get(part, []))


@pytest.mark.slow
@pytest.mark.parametrize("part", ["io-errors", "kills", "power", "damage", "repairs", "together"])
def test_no_promise_is_broken_by_what_nobody_has_tried(part: str) -> None:
    """One operation of the daily ones, another every time: so all have their turn, in a second each."""
    operation = random.SystemRandom().choice(DAILY)  # Hypothesis has the other one draw the same every day
    assert " 0  broken promises" in tortured(part, f"--seed={fresh()}", "--share=0.2", operation)
