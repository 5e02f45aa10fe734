"""The questions on a terminal: colour, width, pager, header, control characters made harmless."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import NamedTuple

import pytest

import vstore

ROOT = Path(__file__).parent.parent
STORY = "harbour-strike"


class Shown(NamedTuple):
    code: int
    screen: str
    err: str


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with vstore.open(tmp_path, create=True) as store:
        store.add(
            STORY, "The dockers went home.", date="2019-01-15", source="Northern Wire", headline="Strike"
        )
        store.add(
            STORY, "The dockers came \x1b[2J back. " * 9, date="2019-01-16", headline="End of\x1b[31m it"
        )
    return tmp_path


def show(folder: Path, *words: str, columns: int = 60, pager: str = "cat") -> Shown:
    """Runs `vstore` with stdout on a terminal of that many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environ = {**os.environ, "VSTORE_PAGER": pager, "TERM": "xterm", "PYTHONPATH": str(ROOT)}
    for name in ("NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "VSTORE_STORE"):
        environ.pop(name, None)
    command = [sys.executable, "-m", "vstore", "--store", str(folder), *words]
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE, env=environ) as process:
        os.close(theirs)
        screen = drained(ours)
        err = process.communicate()[1]
    return Shown(process.returncode, screen.replace("\r\n", "\n"), err.decode())


def drained(ours: int) -> str:
    """All that reaches the screen until the other side lets go of it."""
    found = bytearray()
    try:
        while data := os.read(ours, 65536):
            found += data
    except OSError:
        pass
    finally:
        os.close(ours)
    return found.decode()


def test_show_tells_what_it_shows_and_ends_the_line(folder: Path) -> None:
    answer = show(folder, "show", f"{STORY}@1")
    assert answer.screen == "The dockers went home.\n"
    first, headline, *_ = answer.err.splitlines()
    assert first.startswith("harbour-strike@1  ")
    assert first.endswith("  2019-01-15  Northern Wire")
    assert headline == "Strike"


def test_quiet_show_tells_nothing(folder: Path) -> None:
    assert show(folder, "show", f"{STORY}@1", "-q").err == ""


@pytest.mark.parametrize(
    "words", [("show",), ("show", "--numbered"), ("diff",), ("diff", "--unified"), ("blame",), ("log",)]
)
def test_no_wire_can_drive_the_terminal(folder: Path, words: tuple[str, ...]) -> None:
    answer = show(folder, words[0], STORY, *words[1:], "--color", "never")
    assert "\x1b" not in answer.screen + answer.err
    assert "\\u{1b}" in answer.screen


def test_numbered_paragraphs_are_wrapped_to_the_terminal(folder: Path) -> None:
    lines = show(folder, "show", STORY, "--numbered", "--color", "never", columns=40).screen.splitlines()
    assert lines[0].startswith("  1  The dockers")
    assert lines[1].startswith("     ")
    assert max(map(len, lines)) <= 40


def test_blame_fits_into_the_terminal(folder: Path) -> None:
    lines = show(folder, "blame", STORY, "--color", "never", columns=64).screen.splitlines()
    assert 50 < max(map(len, lines)) <= 64


def test_stories_and_one_line_logs_are_cut(folder: Path) -> None:
    for words in (("stories",), ("log", "--oneline")):
        lines = show(folder, *words, "--color", "never", columns=44).screen.splitlines()
        assert max(map(len, lines)) <= 44


def test_a_diff_has_colours_on_a_terminal(folder: Path) -> None:
    assert "\x1b[31;9mwent" in show(folder, "diff", STORY).screen
    assert "[-went" in show(folder, "diff", STORY, "--color", "never").screen


def test_leaving_the_pager_early_is_quiet(folder: Path) -> None:
    answer = show(folder, "log", "-p", pager="head -n 1")
    assert answer.code == 0
    assert answer.screen.startswith("\x1b[33mversion harbour-strike@2  ")
    assert len(answer.screen.splitlines()) == 1
    assert answer.err == ""
