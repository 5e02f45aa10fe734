"""The examples of a page, run in its order in one shell in a scratch folder, beside what the page says.

    python tests/transcripts.py PAGE...             # says which answers are not the page's
    python tests/transcripts.py --accept PAGE...    # writes the true answers into the page

What is run is told by the words after the three backticks:

    console         each line `$ COMMAND`, carried on by lines `> …`, and then its answer to the letter
    console TOOL    the same, left out where the tool is not at hand
    python          a doctest where it holds `>>>`, else a program that must end well
    python FILE     is not run, but put into the folder under this name

In the folder stand a copy of `fixtures/`, and on the PATH `vstore` and `python`.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
MARK = "\x1e"
OURS = (
    "VSTORE_",
    "_VSTORE",
    "PYTHON",
    "PAGER",
    "LESS",
    "NO_COLOR",
    "CLICOLOR",
    "FORCE_COLOR",
    "GIT_",
    "COLUMNS",
)
FENCE = re.compile(r"^```([a-z]+)(?: ([^\n`]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STORED = re.compile(r"(?<=^Stored: ).*\([\d,]+ bytes\)$", re.MULTILINE)
"""How short zstd packs a text is for each of its versions to say."""
PROMPT = re.compile(r"^\$ (?P<command>.*(?:\n> .*|\n>$)*)\n?", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """A command of a page, where its answer stands there, and the answer."""

    command: str
    start: int
    end: int
    answer: str
    is_shown: bool = True


def steps(page: str) -> Iterator[Step]:
    """Everything that a page runs."""
    for number, fence in enumerate(FENCE.finditer(page)):
        language, word, body = fence.groups()
        if language == "console" and (word is None or shutil.which(word)):
            yield from _commands(body, fence.start(3))
        elif language == "python":
            name = word or f"example_{number}.{'txt' if '>>>' in body else 'py'}"
            yield _hidden(f"printf %s {shlex.quote(body)} > {shlex.quote(name)}")
            if word is None:
                yield _hidden(f"python -m doctest {name}" if ">>>" in body else f"python {name}")


def _hidden(command: str) -> Step:
    return Step(command, 0, 0, "", is_shown=False)


def _commands(body: str, at: int) -> Iterator[Step]:
    prompts = list(PROMPT.finditer(body))
    assert prompts, f"no command in {body!r}"
    assert prompts[0].start() == 0, f"an answer without a question in {body!r}"
    ends = [*(prompt.start() for prompt in prompts[1:]), len(body)]
    for prompt, end in zip(prompts, ends, strict=True):
        command = re.sub(r"\n> ?", "\n", prompt["command"])
        yield Step(command, at + prompt.end(), at + end, body[prompt.end() : end])


def answers(asked: list[Step], folder: Path) -> list[str]:
    """What the shell says to each, stdout and stderr as they come."""
    _furnish(folder)
    lines = ["_code=0"]
    for step in asked:
        lines.append(f"printf '{MARK}'; (exit $_code); eval {shlex.quote(step.command)}; _code=$?")
    script = folder.parent / f"{folder.name}.sh"
    script.write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(
        ["bash", "--norc", str(script)],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=300,
    )
    found = [
        f"{said}\n" if said and said[-1] != "\n" else said for said in done.stdout.decode().split(MARK)[1:]
    ]
    assert len(found) == len(asked), f"the shell left early: {found[-1:]}"
    return found


def _furnish(folder: Path) -> None:
    shutil.copytree(ROOT / "fixtures", folder / "fixtures")
    programs = folder.parent / f"{folder.name}.bin"
    programs.mkdir()
    python = shlex.quote(sys.executable)
    for name, words in {"vstore": f"{python} -m vstore", "python": python}.items():
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
        program.chmod(0o755)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    programs = folder.parent / f"{folder.name}.bin"
    return {
        **kept,
        "PATH": f"{programs}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }


def differences(page: str, folder: Path) -> list[tuple[Step, str]]:
    """The steps whose answer is another than the page's, with that answer."""
    asked = list(steps(page))
    pairs = zip(asked, answers(asked, folder), strict=True)
    return [(step, found) for step, found in pairs if _alike(found) != _alike(step.answer)]


def _alike(answer: str) -> str:
    return STORED.sub(lambda stored: re.sub(r"[\d,]+(?= bytes)", "some", stored[0]), answer)


def accepted(page: str, wrong: list[tuple[Step, str]]) -> str:
    """The page with the true answers; a traceback is none."""
    bugs = [found for step, found in wrong if step.is_shown and "Traceback (most recent" in found]
    assert not bugs, bugs[0]
    for step, found in reversed(wrong):
        if step.is_shown:
            page = page[: step.start] + found + page[step.end :]
    return page


def main(words: list[str]) -> int:
    """As a program; see the head of the module."""
    failed = 0
    for path in (Path(word) for word in words if word != "--accept"):
        page = path.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as scratch:
            wrong = differences(page, Path(scratch) / "folder")
        if "--accept" in words:
            path.write_text(accepted(page, wrong), encoding="utf-8")
            wrong = [(step, found) for step, found in wrong if not step.is_shown]
        failed += len(wrong)
        for step, found in wrong:
            print(f"{path}: $ {step.command}\n--- the page says\n{step.answer}--- the answer is\n{found}")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
