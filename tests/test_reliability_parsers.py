"""The parts of the torture that read and that play histories find what is there to be found."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from torture import parsers
from torture.grammars import Grammar, of
from torture.histories import Player, Step, small, tried
from torture.mutations import LONGEST, columns_mutated, mutated
from torture.parsers import Reader, attack_one
from torture.report import Part
from torture.sizes import EVERYDAY

from vstore.errors import BadReference
from vstore.questions import Questions
from vstore.storage.sql import SqlStorage

SIZES = EVERYDAY._replace(inputs=40)


def _never(text: str) -> None:
    raise BadReference(text)


def _index(text: str) -> None:
    if text != "valid":
        raise IndexError(text)


def _crash(text: str) -> None:
    if text != "valid":
        os.kill(os.getpid(), signal.SIGKILL)


def _hang(text: str) -> None:
    while text != "valid":
        time.sleep(1)


def _fill(text: str) -> None:
    if text != "valid":
        assert bytearray(2 * parsers.MOST_MEMORY)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("read", "found"),
    [
        (_never, "a valid input was refused"),
        (_index, "IndexError came through"),
        (_crash, "a crash"),
        (_hang, "a hang"),
        (_fill, "MemoryError came through"),
    ],
)
def test_a_parser_that_breaks_its_promise_is_found_with_its_input(
    read: Callable[[str], None], found: str
) -> None:
    part = Part("parsers", 1)
    reader = Reader("p", Grammar(of("valid"), read, (BadReference,)), 1)
    silence = 0.5 if read is _hang else parsers.SILENCE
    with patch.object(parsers, "SILENCE", silence), patch.object(parsers, "CHUNK", 20):
        attack_one(part, reader, SIZES)
    assert part.findings
    assert all(found in each for each in part.findings)
    number = int(part.findings[0].split("input ")[1].split(":")[0])
    assert repr(reader.made(number)[0]) in part.findings[0]


def test_a_parser_that_keeps_its_promise_is_told_so() -> None:
    part = Part("parsers", 1)
    attack_one(part, Reader("p", Grammar(of("valid"), lambda _: None, ()), 1), SIZES)
    assert part.findings == []
    assert part.counts["p: read"] == SIZES.inputs


@pytest.mark.parametrize("value", ["", "é 7 \U0001f600", b"", b"\x00 12 \xff"])
def test_inputs_made_worse_stay_of_their_kind_and_within_bounds(value: Any) -> None:
    dice = random.Random(1)
    kinds = {type(mutated(dice, value, [value[:1]])) for _ in range(500)}
    assert kinds == {type(value)}
    assert sum(len(mutated(dice, value * 999, [])) > LONGEST for _ in range(500)) < 5


def test_columns_stay_numbers_that_fit() -> None:
    dice, columns = random.Random(1), [[1, 2], [], [(1 << 32) - 1]]
    for _ in range(500):
        columns = columns_mutated(dice, columns, ()) or [[1]]
        assert all(0 <= number < 1 << 32 for column in columns for number in column)
        columns = [column[:50] for column in columns[:50]]


def test_an_answer_that_is_not_that_of_memory_is_found_and_made_short(tmp_path: Path) -> None:
    with patch.object(SqlStorage, "sightings", lambda _self, _story: {}), small():
        player = Player(tmp_path)
        found = [wrong for number in range(40) for wrong in tried(player, 9, 3, number)[1]]
    assert any("shortest" in each for each in found)


def test_a_text_that_both_sides_lost_is_found(tmp_path: Path) -> None:
    player, steps = Player(tmp_path), [Step("add", number) for number in range(6)]
    assert player.played(steps) == []
    with patch.object(Questions, "_stored", lambda *_: "another"):
        assert "is not what was acknowledged" in player.played(steps)[0]
