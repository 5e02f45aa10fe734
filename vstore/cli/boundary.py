"""The one place where errors become words on stderr and an exit code."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from vstore.cli.group import vstore
from vstore.cli.nearby import did_you_mean
from vstore.cli.output import complain, report
from vstore.errors import StorageRefused, VstoreError

BROKEN_PIPE = 141
INTERRUPTED = 130


def run(args: Sequence[str]) -> int:
    """One command from its words to its exit code. Bugs are not caught: they show a traceback."""
    _speak_utf8()
    try:
        return _flushed(_invoke(list(args)))
    except VstoreError as error:
        return _tell(args, error.to_dict(), error.exit_code)
    except click.UsageError as error:
        return _tell(args, _usage_form(error), error.exit_code)
    except KeyboardInterrupt as error:
        message = str(error) or "interrupted"
        return _tell(args, {"error": "Interrupted", "message": message}, INTERRUPTED)
    except BrokenPipeError:
        _let_go_of_stdout()
        return BROKEN_PIPE
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        refused = StorageRefused(f"cannot write: {error.strerror}")
        return _tell(args, refused.to_dict(), refused.exit_code)


def _invoke(args: list[str]) -> int:
    try:
        with vstore.make_context("vstore", args) as ctx:
            return int(vstore.invoke(ctx) or 0)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code


def _flushed(code: int) -> int:
    """What still lies in Python's buffer may fail to be written as well."""
    if sys.stdout is None or sys.stdout.closed:
        return code
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StorageRefused(f"cannot write to stdout: {error.strerror}") from error
    return code


def _usage_form(error: click.UsageError) -> dict[str, Any]:
    form = {"error": type(error).__name__, "message": _sentence(error)}
    if error.ctx is not None:
        form["help"] = f"{error.ctx.command_path} --help"
    return form


def _sentence(error: click.UsageError) -> str:
    """Click's words, as a part of ours; its own suggestions are left out."""
    if isinstance(error, click.NoSuchOption):
        options = [] if error.ctx is None else _options(error.ctx)
        return f"no such option: {error.option_name}{did_you_mean(error.option_name, options)}"
    message = error.format_message()
    return message[:1].lower() + message[1:]


def _options(ctx: click.Context) -> list[str]:
    return [name for param in ctx.command.get_params(ctx) for name in param.opts if name.startswith("--")]


def _tell(args: Sequence[str], form: dict[str, Any], code: int) -> int:
    """On stderr; as an object if `--json` stands anywhere: parsing may have failed before it came to it."""
    if code == StorageRefused.exit_code:
        _let_go_of_stdout()
    as_json = "--json" in args
    report(form, as_json=as_json)
    if "help" in form and not as_json:
        complain(f"Try '{form['help']}'.")
    return code


def _speak_utf8() -> None:
    """Whatever the locale says; stderr can also tell of what is no Unicode."""
    for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors=errors, newline="\n")


def _let_go_of_stdout() -> None:
    """So that the interpreter does not try, and fail, to write the rest when it shuts down."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
