"""What is different on a terminal: colour, pager, progress, control characters shown as signs."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from unittest import mock

import pytest
from cli_program import Program

from vstore import places
from vstore.cli.pager import command
from vstore.cli.progress import INTERVAL, ProgressLine
from vstore.cli.settings import Settings


@pytest.fixture
def run(tmp_path: Path) -> Program:
    """A folder with a store of one story, whose text would drive a terminal."""
    places.init(tmp_path)
    program = Program(tmp_path)
    text = b"before \x1b]0;owned\x07 after\n"
    assert program("add", "--story", "a", "--date", "2019-01-15", "-", stdin=text).code == 0
    return program


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, ["less", "-FRX"]),
        ({"PAGER": "more"}, ["more"]),
        ({"PAGER": "more", "VSTORE_PAGER": "less -S"}, ["less", "-S"]),
        ({"PAGER": "more", "VSTORE_PAGER": ""}, []),
        ({"PAGER": ""}, []),
        ({"PAGER": "cat"}, []),
        ({"PAGER": "'broken"}, []),
    ],
)
def test_which_pager(environ: dict[str, str], words: list[str]) -> None:
    assert command(environ) == words


def test_control_characters_of_a_wire_are_signs_on_a_terminal_alone(run: Program) -> None:
    code, shown = run.on_terminal("show", "a", PAGER="")
    assert code == 0
    assert b"before \\u{1b}]0;owned\\u{7} after\n" in shown
    assert b"\x1b]0" not in shown
    assert run("show", "a").out == b"before \x1b]0;owned\x07 after\n"


def test_an_error_on_a_terminal_holds_no_control_characters(run: Program) -> None:
    _, shown = run.on_terminal("add", "--story", "a\x1b[31mb", "-", typed=b"x\x04\x04")
    assert b"\x1b" not in shown


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        (["add", "--story", "b", "-"], b"x\x04\x04"),
        (["add", "--story", "b", "-"], b"a line\n\x04"),
        (["add", "--story", "b", "--format", "plain", "-"], b"a line\n\x04"),
        (["add", "--story", "b", "-"], b"a longer line of several words\n" * 3_000 + b"\x04"),
        (["import", "-"], b'{"story": "b", "text": "x"}\n\x04'),
    ],
)
def test_what_is_typed_ends_at_the_first_ctrl_d(run: Program, words: list[str], typed: bytes) -> None:
    code, _ = run.on_terminal(*words, typed=typed)
    assert code == 0
    assert run("log", "b", "--json").json["story"] == "b"


def test_colour_comes_on_a_terminal_alone(run: Program) -> None:
    assert b"\x1b[" in run.on_terminal("log", "a", PAGER="")[1]
    assert b"\x1b[" not in run.on_terminal("log", "a", PAGER="", NO_COLOR="1")[1]
    assert b"\x1b[" not in run.on_terminal("log", "a", "--color", "never", PAGER="")[1]
    assert b"\x1b[" not in run("log", "a").out
    assert b"\x1b[" in run("log", "a", "--color", "always").out


def test_the_pager_gets_what_a_terminal_would(run: Program) -> None:
    code, shown = run.on_terminal("log", "a", VSTORE_PAGER="sed s/^/paged:/")
    assert code == 0
    assert all(line.startswith(b"paged:") for line in shown.splitlines())
    assert b"\x1b[" in shown


def test_there_is_no_pager_in_a_pipe_nor_for_json(run: Program) -> None:
    assert b"paged:" not in run("log", "a", VSTORE_PAGER="sed s/^/paged:/").out
    _, shown = run.on_terminal("log", "a", "--json", VSTORE_PAGER="sed s/^/paged:/")
    assert json.loads(shown)["story"] == "a"


def test_a_pager_that_is_left_early_is_quiet(run: Program) -> None:
    run("add", "--story", "long", "-", stdin=b"line\n" * 200_000)
    code, shown = run.on_terminal("show", "long", VSTORE_PAGER="head -n 3")
    assert code == 0
    assert b"Traceback" not in shown
    assert shown.count(b"line\n") == 3


def test_without_the_pager_program_the_terminal_gets_it(run: Program) -> None:
    code, shown = run.on_terminal("show", "a", VSTORE_PAGER="/no/such/pager")
    assert code == 0
    assert b"before" in shown


def test_an_error_starts_no_pager(run: Program) -> None:
    code, shown = run.on_terminal("show", "nothing", VSTORE_PAGER="sed s/^/paged:/")
    assert code == 3
    assert b"paged:" not in shown


class Screen(io.StringIO):
    """A terminal that remembers."""

    def isatty(self) -> bool:
        return True


def told(settings: Settings, *moments: float) -> str:
    """All that shows of one message at each moment, the first apart, at which it begins."""
    clock = iter(moments)
    with mock.patch.object(sys, "stderr", Screen()) as screen:
        with ProgressLine(settings, lambda: next(clock)) as line:
            for number in range(1, len(moments)):
                line.show(f"message {number}".__str__)
        return screen.getvalue()


def test_progress_shows_ten_times_a_second_at_most_and_leaves_no_trace() -> None:
    shown = told(Settings(), 0.0, INTERVAL / 2, INTERVAL, INTERVAL * 1.5, INTERVAL * 2)
    assert shown == "\r\x1b[Kmessage 2\r\x1b[Kmessage 4\r\x1b[K"


def test_progress_of_what_is_over_at_once_is_not_shown() -> None:
    assert told(Settings(), 0.0, INTERVAL / 2) == ""


@pytest.mark.parametrize("settings", [Settings(quiet=True), Settings(json=True)])
def test_progress_is_silent_when_told_to_be(settings: Settings) -> None:
    assert told(settings, 0.0, INTERVAL) == ""


def test_progress_is_silent_in_a_pipe() -> None:
    with mock.patch.object(Screen, "isatty", return_value=False):
        assert told(Settings(), 0.0, INTERVAL) == ""


def test_a_dumb_terminal_gets_no_colour(run: Program) -> None:
    assert b"\x1b[" not in run.on_terminal("log", "a", PAGER="", TERM="dumb")[1]
