"""The command line: words of commands that only read, in this process, against a store with some stories."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

from torture.grammar_wires import ENCODINGS
from torture.grammar_words import DATE_WORDS, DATES, OPERATORS
from torture.grammars import Grammar
from torture.operations import filled
from vstore.cli.boundary import run

PARTED = "\x1e"
"""Stands between the words of a command."""

COMMANDS = (
    "show story 1@2",
    "show --story|story 2|--version|2",
    "log story 1@first --oneline",
    "log -n|3 --since|2019-01-15 --format|%N %h %(source)",
    "log story 1 -S|ferry",
    "log story 0 -L|1,2",
    "diff story 1@1 @2 --words",
    "diff story 0@1..2 --stat",
    "diff story 2 --json",
    "blame story 1 -p|1",
    "blame story 2@tip --by|introduced",
    "blame story 1~1 --reverse --json",
    "grep ferry --story|story 1",
    "stories --match|story* --sort|story -n|2",
    "stats --as-of|2026-01-15T14:00Z",
    "prove story 1 --json",
    "attest --tz|Europe/Berlin",
    "fsck --quick --subset|1/3",
    "prove --check|-",
    "diff story 1 --file|-",
)
WORDS = (
    *DATES,
    *DATE_WORDS,
    *OPERATORS,
    *ENCODINGS,
    *(
        "--",
        "-",
        "-p",
        "--json",
        "--as-of",
        "--tz",
        "--version",
        "%(",
        "%",
        "%(extra.",
        "*",
        "[",
        "?",
        "1,",
        ",1",
        "/",
    ),
    *(
        "--wait",
        "nan",
        "inf",
        "-1e999",
        "--color",
        "=",
        "--story=",
        PARTED,
        PARTED * 3,
        "--help",
        "-qv",
        "--match",
    ),
)


def _words(dice: random.Random) -> str:
    """A command that can be read: what it asks for may not be there."""
    told = dice.choice(COMMANDS).replace("story ", "story\xa0").replace(" ", PARTED).replace("|", PARTED)
    return told.replace("\xa0", " ")


def _run(folder: Path, value: str) -> None:
    """The exit code is one that is promised; stdout is text, and JSON where that was asked for."""
    given = value.replace("\0", "").encode(errors="surrogatepass").decode(errors="surrogateescape")
    words = given.split(PARTED)  # as an operating system hands them over
    out, err = io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
    with _streams(folder, out, err):
        code = run(words)
        out.flush()
    told = out.buffer.getvalue().decode()
    assert code in range(6), code
    if "--json" in words and code == 0 and "--help" not in words and "-h" not in words:
        for line in told.splitlines():
            json.loads(line)


@contextlib.contextmanager
def _streams(folder: Path, out: io.TextIOWrapper, err: io.TextIOWrapper) -> Iterator[None]:
    stdin = io.TextIOWrapper(io.BytesIO(b'{"story": "a"}'))
    with (
        patch.object(sys, "stdin", stdin),
        patch.object(sys, "stdout", out),
        patch.object(sys, "stderr", err),
        patch.dict(os.environ, {"VSTORE_STORE": str(folder)}),
    ):
        yield


def grammars(scratch: Path) -> dict[str, Grammar]:
    """By name."""
    folder = scratch / "asked"
    if not folder.exists():
        filled(folder)
    return {"the command line": Grammar(_words, partial(_run, folder), (), WORDS)}
