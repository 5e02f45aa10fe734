"""`vstore watch` while files land, and whatever stops it. Issue 7, point 4."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cli_program import Program, environment
from drop_folders import (
    AT_NINE,
    Drop,
    by_stem,
    until,
)

import vstore
from vstore.importing import BATCH_WIRES
from vstore.landings import digest_of, look
from vstore.model import Wire


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    return Drop(tmp_path)


# While it runs


@pytest.fixture
def running(drop: Drop) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(*options: str, settle: float = 0) -> subprocess.Popen[str]:
        started.append(drop.start("--story-from", "stem", *options, settle=settle))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.communicate()


def has(drop: Drop, count: int) -> bool:
    with vstore.open(drop.store) as store:
        return len(list(store.log())) >= count


def test_files_are_taken_as_they_land_until_it_is_stopped(
    drop: Drop, running: Callable[..., subprocess.Popen[str]]
) -> None:
    watching = running()
    for number in range(3):
        drop.land(f"{number}.txt", f"Text {number}.")
        until(partial(has, drop, number + 1))
    drop.land("bad.txt", b"\xe9")
    drop.land("last.txt", "The last.", AT_NINE + 9)
    until(lambda: has(drop, 4))
    watching.send_signal(signal.SIGTERM)
    out, err = watching.communicate(timeout=30)
    assert (watching.returncode, len(out.splitlines()), err.count("bad.txt")) == (7, 4, 1)


def test_ctrl_c_ends_it_in_good_order(drop: Drop, running: Callable[..., subprocess.Popen[str]]) -> None:
    watching = running()
    drop.land("a.txt", "One.")
    until(lambda: has(drop, 1))
    watching.send_signal(signal.SIGINT)
    _, err = watching.communicate(timeout=30)
    assert (watching.returncode, err) == (
        130,
        "vstore: stopped; what was taken is kept, and the rest is taken next time\n",
    )


@pytest.mark.slow
def test_a_file_that_is_still_being_written_is_left_until_it_has_settled(
    drop: Drop, running: Callable[..., subprocess.Popen[str]]
) -> None:
    running(settle=1)
    drop.land("old.txt", "Old enough.")
    with (drop.folder / "a.txt").open("w") as growing:
        for part in range(30):
            growing.write(f"Part {part}.\n")
            growing.flush()
            time.sleep(0.05)
    until(lambda: has(drop, 2))
    assert drop.log("a") == [("a", 1, "".join(f"Part {part}.\n" for part in range(30)))]


def test_a_file_that_was_replaced_by_one_as_long_and_as_old_is_taken(
    drop: Drop, running: Callable[..., subprocess.Popen[str]]
) -> None:
    drop.land("a.txt", "One.")
    running()
    until(lambda: has(drop, 1))
    drop.land(".new", "Two.").replace(drop.folder / "a.txt")
    until(lambda: has(drop, 2))
    assert drop.log() == [("a", 1, "One."), ("a", 2, "Two.")]


def test_a_file_from_the_future_is_taken_too(drop: Drop) -> None:
    drop.land("a.txt", "One.", 33_000_000_000)
    by_stem(drop)
    with vstore.open(drop.store) as store:
        assert str(store.version("a").dated) > "2262"


def test_a_folder_that_is_gone_for_a_while_is_told_once_and_looked_for_again(
    drop: Drop, running: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    watching = running()
    drop.land("a.txt", "One.")
    until(lambda: has(drop, 1))
    drop.folder.rename(tmp_path / "away")
    time.sleep(0.3)
    (tmp_path / "away").rename(drop.folder)
    drop.land("b.txt", "Two.")
    until(lambda: has(drop, 2))
    watching.send_signal(signal.SIGTERM)
    _, err = watching.communicate(timeout=30)
    assert err.count("cannot be read") == 1
    assert drop.log() == [("a", 1, "One."), ("b", 1, "Two.")]


# Killed


MANY = 3 * BATCH_WIRES + 7
"""Items of one file: four transactions."""


def filled(drop: Drop) -> list[tuple[str, int, str]]:
    """Files with all that is hard to take once; what the store has when they are taken once."""
    right: list[tuple[str, int, str]] = []
    for number, text in enumerate(["A.", "B.", "A.", "B.", "A."]):
        drop.land(f"flip{number}.txt", f"---\nstory: flip\ndate: 2019-01-15\n---\n{text}", AT_NINE + number)
        right.append(("flip", number + 1, text))
    lines = [
        {"story": "many", "text": f"{'AB'[number % 2]}.", "date": "2019-01-15"} for number in range(MANY)
    ]
    drop.land("many.jsonl", "".join(json.dumps(line) + "\n" for line in lines), AT_NINE + 10)
    right += [("many", number + 1, f"{'AB'[number % 2]}.") for number in range(MANY)]
    for number in range(20):
        drop.land(
            f"plain{number:02}.txt", f"---\nstory: plain\n---\nText {number % 3}.", AT_NINE + 20 + number
        )
        right.append(("plain", number + 1, f"Text {number % 3}."))
    return sorted(right)


def killed(drop: Drop, seconds: float) -> bool:
    """One run that is killed after a while; False if it came to its end before."""
    watching = drop.start("--once")
    try:
        watching.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        watching.kill()
        watching.communicate()
        return True
    return False


@pytest.mark.slow
def test_killed_at_any_moment_it_takes_nothing_twice_and_loses_nothing(drop: Drop) -> None:
    right = filled(drop)
    chance = random.Random(7)
    for _ in range(12):
        if not killed(drop, chance.uniform(0.15, 0.9)):
            break
    assert drop.look().code == 0
    assert drop.log() == right
    assert drop.look().out == b""


@pytest.mark.parametrize("step", range(1, 12))
def test_killed_at_each_step_of_a_transaction_it_takes_nothing_twice(drop: Drop, step: int) -> None:
    """The program dies at the so-manieth of its statements, commits and notes."""
    for number, text in enumerate(["A.", "B.", "A."]):
        drop.land(f"flip{number}.txt", f"---\nstory: flip\ndate: 2019-01-15\n---\n{text}", AT_NINE + number)
    program = f"""
import os, signal
from vstore.storage import sqlite, sql_writing
from vstore.cli import main
left = [{step}]
def dying(function):
    def once(*args, **kwargs):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        found = function(*args, **kwargs)
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    return once
writing = sql_writing.Transaction
for kind, name in ((writing, "take"), (writing, "append"), (sqlite.SqliteDatabase, "_commit")):
    setattr(kind, name, dying(getattr(kind, name)))
main(["--store", {str(drop.store)!r}, "watch", "--once", "--settle", "0", {str(drop.folder)!r}])
"""
    died = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, check=False
    )
    assert died.returncode == -signal.SIGKILL
    assert drop.look().code == 0
    assert [text for _, _, text in drop.log()] == ["A.", "B.", "A."]


@pytest.mark.slow
def test_two_that_watch_one_folder_take_each_file_once(drop: Drop) -> None:
    right = filled(drop)
    both = [drop.start("--once"), drop.start("--once")]
    for each in both:
        each.communicate(timeout=120)
    assert drop.look().code == 0
    assert drop.log() == right


@pytest.mark.parametrize("turns", ["001", "0110", "01101", "01001", "10110"])
def test_two_that_take_turns_take_no_return_for_a_replay(drop: Drop, turns: str) -> None:
    paths = [
        drop.land(f"{number}.jsonl", json.dumps({"story": "flip", "text": text, "date": "2019-01-15"}))
        for number, text in enumerate("ABABA"[: len(turns)])
    ]
    with vstore.open(drop.store) as store:
        both = [store.watch(drop.folder), store.watch(drop.folder)]
        for path, turn in zip(paths, map(int, turns), strict=True):
            landing = look(path, drop.folder)
            assert landing is not None
            wire = Wire(story="flip", text=json.loads(path.read_text())["text"], date="2019-01-15")
            for watched in (both[turn], both[1 - turn]):  # the other one looks, and finds it taken
                left = watched.left(landing, partial(digest_of, path))
                if not left.is_over:
                    watched.take([wire], left, lambda _: None, lambda: False)
    assert [text for _, _, text in drop.log()] == list("ABABA"[: len(turns)])


def test_what_was_taken_can_be_taken_back_and_is_not_taken_again(drop: Drop) -> None:
    drop.land("a.txt", "One.")
    by_stem(drop)
    drop.land("b.txt", "Two.")
    by_stem(drop)
    assert Program(drop.store)("undo").code == 0
    assert drop.log() == [("a", 1, "One.")]
    assert by_stem(drop).out == b""


def test_the_journal_tells_that_it_was_watched(drop: Drop) -> None:
    drop.land("a.txt", "One.")
    by_stem(drop)
    told: list[Any] = Program(drop.store)("journal", "--json").objects
    assert [(each["what"], each["story"], each["versions"]) for each in told] == [("watch", "a", 1)]
