"""Stdout as data: UTF-8 whatever the locale, byte for byte, with colour and a pager on a terminal only."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from vstore.cli.settings import Settings
from vstore.errors import StorageRefused

if TYPE_CHECKING:
    from pathlib import Path

    from vstore.cli.pager import Pager

STYLES = {
    "bold": "1",
    "dim": "2",
    "italic": "3",
    "underline": "4",
    "strike": "9",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}

BUFFER = 1 << 16

# Tabs and line ends stay, CR only as part of a line end: alone it would write over the line. Those that turn
# the direction of writing can put words where they do not stand, beyond the wire's own.
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)"


def neutralise(text: str) -> str:
    """Control characters made visible as `\\u{1b}`, so that no wire can drive a terminal."""
    return re.sub(_CONTROL, lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def paint(text: str, *styles: str) -> str:
    """In these `STYLES`, line by line, so that a pager that cuts lines keeps them apart."""
    start = f"\x1b[{';'.join(STYLES[style] for style in styles)}m"
    return "\n".join(f"{start}{line}\x1b[0m" if line else line for line in text.split("\n"))


def is_terminal(stream: IO[Any] | None) -> bool:
    """False also for a stream that is closed or missing."""
    return stream is not None and not stream.closed and stream.isatty()


def wants_color(choice: str, environ: Mapping[str, str], terminal: bool) -> bool:
    """`--color` > `NO_COLOR` > `CLICOLOR_FORCE`, `FORCE_COLOR` > a terminal that is not dumb."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in ("", "0") for name in ("CLICOLOR_FORCE", "FORCE_COLOR")):
        return True
    return terminal and environ.get("TERM") != "dumb"


class Out:
    """Where a command's answer goes.

    `terminal`: stdout is one; `color`: colours are wanted; `width`: columns of the terminal, else None.
    """

    def __init__(self, settings: Settings, *, pager: Pager | None = None) -> None:
        self.terminal = is_terminal(sys.stdout)
        self.color = wants_color(settings.color, os.environ, self.terminal)
        self.width = os.get_terminal_size(sys.stdout.fileno()).columns or 80 if self.terminal else None
        self._pager = pager
        self._held = bytearray()

    def write(self, text: str) -> None:
        """Exactly this text as UTF-8."""
        self._send(text.encode())

    def line(self, text: str = "") -> None:
        """This text and a line end."""
        self._send(f"{text}\n".encode())

    def path(self, path: Path) -> None:
        """A line that holds a file's name in the bytes that the file system knows it by."""
        self._send(os.fsencode(path) + b"\n")

    def json(self, value: Mapping[str, Any]) -> None:
        """One object on one line, in ASCII."""
        import json

        self._send(f"{json.dumps(value)}\n".encode())

    def paint(self, text: str, *styles: str) -> str:
        """The text in these styles, or as it is where no colour is wanted."""
        return paint(text, *styles) if self.color and text else text

    def clean(self, text: str) -> str:
        """A wire's words as they may be shown: neutralised on a terminal, untouched elsewhere."""
        return neutralise(text) if self.terminal else text

    def flush(self) -> None:
        """Hand everything over now."""
        data, self._held = bytes(self._held), bytearray()
        if self._pager is not None:
            self._pager.write(data)
        elif data:
            write_all(data)

    def _send(self, data: bytes) -> None:
        self._held += data
        if self.terminal or len(self._held) >= BUFFER:
            self.flush()


def write_all(data: bytes) -> None:
    """All of it to stdout; with `python -u` one write may take only a part."""
    if sys.stdout is None or sys.stdout.closed:
        raise StorageRefused("cannot write to stdout: it is closed")
    left = memoryview(data)
    try:
        sys.stdout.flush()
        while left:
            left = left[sys.stdout.buffer.write(left) or 0 :]
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StorageRefused(f"cannot write to stdout: {error.strerror}") from error


@contextmanager
def output(settings: Settings, *, paged: bool = False) -> Iterator[Out]:
    """An `Out` for one answer; with `paged`, through a pager where stdout is a terminal."""
    if not paged or settings.json or not is_terminal(sys.stdout):
        out = Out(settings)
        yield out
        out.flush()
        return
    from vstore.cli.pager import Pager, PagerQuit

    try:
        with Pager(os.environ, write_all) as pager:
            yield Out(settings, pager=pager)
    except PagerQuit:
        return


def say(settings: Settings, message: str) -> None:
    """Talk on stderr, unless `--quiet`."""
    if not settings.quiet:
        complain(message)


def complain(message: str) -> None:
    """A line on stderr, whatever the settings; a stderr that is gone is no reason to fail."""
    if sys.stderr is None or sys.stderr.closed:
        return
    shown = neutralise(message) if is_terminal(sys.stderr) else message
    try:
        sys.stderr.write(shown + "\n")
        sys.stderr.flush()
    except OSError:
        return


def report(form: Mapping[str, Any], *, as_json: bool) -> None:
    """An error's JSON form on stderr: as it is, or its message as `vstore: message`."""
    if not as_json:
        complain(f"vstore: {form['message']}")
        return
    import json

    complain(json.dumps(form))
