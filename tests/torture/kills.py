"""kill -9: at every write and sync of every operation, and at any moment under load.

The child is forked from a process that has no store open, and writes each acknowledgement to a pipe.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import vstore
from torture.contents import Acknowledged, contents, gaps, unsound
from torture.faulty import DEATHS, Fault, failing
from torture.judging import Ended, Ready, calls_of, judged, ready
from torture.report import Part
from torture.sizes import Sizes

KILLS_A_STORE = 25
"""A store that is killed at under load is then made anew, so that verifying it stays quick."""

LONGEST = 0.12
"""Seconds that a child under load lives at most."""

Write = Callable[[str], None]


def attack_calls(part: Part, names: tuple[str, ...], scratch: Path, sizes: Sizes) -> None:
    """Every write and sync of every operation is its last one; or a sample of them."""
    for name in names:
        it = ready(name, scratch / name)
        dice = random.Random(f"{part.seed} {name}")
        for kind in DEATHS:
            calls = range(1, calls_of(it, scratch / "case", kind) + 1)
            for at in sizes.sample(calls, dice):
                fault = Fault(kind, at, is_lasting=False)
                part.case(name, f"{name}: {fault}", _cut_off(it, fault, scratch / "case"))


def _cut_off(it: Ready, fault: Fault, place: Path) -> list[str]:
    shutil.copytree(it.template, place)

    def work(write: Write) -> None:
        with failing(fault):
            it.operation.run(place, lambda each: write(f"{each.number} {each.id} {each.story}"))

    try:
        lines, code = child(work)
        if code not in {0, -signal.SIGKILL}:
            return [f"the child ended with {code}"]
        told = [line.split(" ", 2) for line in lines]
        acknowledged = [Acknowledged(story, int(number), name) for number, name, story in told]
        return judged(it, place, Ended(acknowledged, is_cut_off=code != 0))
    finally:
        shutil.rmtree(place)


def child(work: Callable[[Write], None], kill_after: float | None = None) -> tuple[list[str], int]:
    """What a child wrote, in whole lines, until it ended or was killed; and how it ended."""
    pid, reading = fork(work)
    timer = threading.Timer(kill_after, os.kill, (pid, signal.SIGKILL)) if kill_after is not None else None
    if timer:
        timer.start()
    with os.fdopen(reading, "rb") as stream:
        *lines, _ = stream.read().split(b"\n")
    if timer:
        timer.join()  # a child that ended before is there to be killed until it is waited for
    _, status = os.waitpid(pid, 0)
    return [line.decode() for line in lines], os.waitstatus_to_exitcode(status)


def fork(work: Callable[[Write], None]) -> tuple[int, int]:
    """A child that does this, and the pipe that it writes lines to."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_child(work, reading, writing)
    os.close(writing)
    return pid, reading


def _be_child(work: Callable[[Write], None], reading: int, writing: int) -> None:
    code = 1
    try:
        os.close(reading)
        work(lambda line: (os.write(writing, f"{line}\n".encode()), None)[1])
        code = 0
    except BaseException:  # noqa: BLE001  told on stderr, and by the exit code
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def attack_load(part: Part, scratch: Path, kills: int) -> None:
    """A writer that is killed at any moment, begins again, and is killed again."""
    dice = random.Random(part.seed)
    for first in range(0, kills, KILLS_A_STORE):
        place = scratch / f"load-{first}"
        vstore.init(place)
        kept: set[str] = set()
        for nth in range(first, min(first + KILLS_A_STORE, kills)):
            after = dice.uniform(0, LONGEST)
            lines, _ = child(_load(place, nth), after)
            part.case("kills under load", f"kill {nth} after {after:.4f} s", _held(place, kept, lines, part))
        shutil.rmtree(place)


def _load(place: Path, nth: int) -> Callable[[Write], None]:
    """Adds wires without end: to a few stories, some of them long; now and then a gc, a question."""

    def work(write: Write) -> None:
        dice = random.Random(nth)
        with vstore.open(place) as store:
            for at in range(1_000_000):
                text = f"{nth} {at} " + "word " * dice.choice([3, 30, 3_000])
                write(f"begin {text}")
                story = f"story {dice.randrange(4)}"
                store.add(story, text)
                write(f"done {text}")
                if at % 17 == 16:
                    store.gc()
                if at % 7 == 6:
                    store.blame(story)

    return work


def _held(place: Path, kept: set[str], lines: list[str], part: Part) -> list[str]:
    """Acknowledged ⊆ stored ⊆ acknowledged and the one in flight."""
    done = {line.removeprefix("done ") for line in lines if line.startswith("done ")}
    begun = {line.removeprefix("begin ") for line in lines if line.startswith("begin ")}
    part.count("wires acknowledged before a kill", len(done))
    found = contents(place) or {}
    texts = {text for _, text in found.values()}
    wrong = [f"lost: {text[:20]}" for text in (kept | done) - texts]
    wrong += [f"never sent: {text[:20]}" for text in texts - kept - begun]
    part.count("wires in flight that were kept", len(texts - kept - done))
    kept |= texts
    return [*wrong, *gaps(found), *unsound(place)]
