"""`vstore` run as a program would be: in this process, in a process of its own, or on a terminal."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from vstore.cli import main

ROOT = Path(__file__).parent.parent
OURS = ("VSTORE_", "_VSTORE", "PAGER", "LESS", "NO_COLOR", "CLICOLOR", "FORCE_COLOR", "TERM")


@dataclass(frozen=True)
class Done:
    """A program's answer."""

    code: int
    out: bytes
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.decode().splitlines()

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def objects(self) -> list[Any]:
        return [json.loads(line) for line in self.lines]

    @property
    def error(self) -> Any:
        """The last line on stderr as JSON."""
        return json.loads(self.err.splitlines()[-1])


def environment(**more: str) -> dict[str, str]:
    """This process's, without what steers vstore and its output."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


class Program:
    """Runs in a folder of its own; the answers of stdin are bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *args: str | Path, stdin: bytes = b"", **environ: str) -> Done:
        """In this process."""
        out, err = io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
        with (
            contextlib.chdir(self.folder),
            mock.patch.dict(os.environ, environment(**environ), clear=True),
            mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
            mock.patch.object(sys, "stdout", out),
            mock.patch.object(sys, "stderr", err),
        ):
            code = main([str(arg) for arg in args])
        out.flush()
        err.flush()
        written, said = out.buffer, err.buffer
        assert isinstance(written, io.BytesIO)
        assert isinstance(said, io.BytesIO)
        return Done(code, written.getvalue(), said.getvalue().decode())

    def command(self, *args: str | Path) -> list[str]:
        return [sys.executable, "-m", "vstore", *map(str, args)]

    def apart(self, *args: str | Path, stdin: bytes = b"", **environ: str) -> Done:
        """In a process of its own."""
        done = subprocess.run(
            self.command(*args),
            cwd=self.folder,
            env=environment(**environ),
            input=stdin,
            capture_output=True,
            check=False,
            timeout=60,
        )
        return Done(done.returncode, done.stdout, done.stderr.decode())

    def on_terminal(self, *args: str | Path, typed: bytes = b"", **environ: str) -> tuple[int, bytes]:
        """On a terminal of 80 columns: exit code, and all that showed, line ends as the program sent them."""
        return on_terminal(
            self.command(*args), self.folder, typed, environment(**{"TERM": "xterm", **environ})
        )


def on_terminal(command: list[str], folder: Path, typed: bytes, environ: dict[str, str]) -> tuple[int, bytes]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, cwd=folder, env=environ, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    os.write(ours, typed)
    shown = bytearray()
    try:
        while chunk := _shown_next(ours):
            shown += chunk
    except OSError:
        # Linux says EIO when the last one at the other end has left.
        pass
    finally:
        os.close(ours)
    return process.wait(60), bytes(shown).replace(b"\r\n", b"\n")


def _shown_next(terminal: int) -> bytes:
    """What a program shows within a minute; none at its end."""
    assert select.select([terminal], [], [], 60)[0], "the program waits for something that nobody types"
    return os.read(terminal, 65536)
