"""What a shell asks at a tab key, answered: one candidate a line.

The scripts of `vstore completion` call `vstore` with `_VSTORE_COMPLETE` set to the shell's name. A line is
`f` (complete file names), `d` (folders), or `=` and a candidate, for zsh and fish with a tab and its help.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from click.shell_completion import CompletionItem, ShellComplete

from vstore.cli import shellwords
from vstore.cli.frame import Settings, output
from vstore.cli.group import vstore

ASKED = "_VSTORE_COMPLETE"

_OPTION_WITH_VALUE = re.compile(r"--[a-z-]+=")
_FILE_KINDS = {"file": "f", "dir": "d"}


def answer(environ: Mapping[str, str], args: Sequence[str]) -> int:
    """Candidates for the last word of the line (bash), or of the arguments (zsh, fish)."""
    shell = environ[ASKED]
    with output(Settings()) as out:
        for line in _bash(environ) if shell == "bash" else _plain(list(args) or [""]):
            out.line(line)
    return 0


def _bash(environ: Mapping[str, str]) -> Iterator[str]:
    """Bash replaces only what follows its last word break, and takes a candidate as it is to be typed."""
    line = shellwords.read(environ.get("_VSTORE_LINE", ""), environ.get("_VSTORE_BREAKS", ""))
    for item in candidates(line.words[1:]):
        yield _FILE_KINDS.get(item.type) or f"={line.reply(item.value)}"


def _plain(words: list[str]) -> Iterator[str]:
    for item in candidates(words):
        yield _FILE_KINDS.get(item.type) or f"={item.value}\t{item.help or ''}"


def candidates(words: list[str]) -> list[CompletionItem]:
    """What the last of the words after `vstore` may become, each as a whole word."""
    *before, last = words or [""]
    found = ShellComplete(vstore, {}, "vstore", ASKED).get_completions(before, last)
    option = _OPTION_WITH_VALUE.match(last)
    if option is None:
        return found
    return [CompletionItem(option[0] + item.value, type=item.type, help=item.help) for item in found]
