"""The tab key."""

from __future__ import annotations

import os
import pty
import select
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from cli_program import Program, environment

from vstore import places
from vstore.cli import shellwords
from vstore.cli.completing import candidates
from vstore.cli.completion import SCRIPTS

STORIES = ("us-nk-talks", "us-trade", "tag:example.org,2019:talks", "a@b", "it's $HOME", "北京")
BREAKS = " \t\n\"'@><=;|&(:"


@pytest.fixture
def run(tmp_path: Path) -> Program:
    """A store with stories that are hard to type, and a `vstore` on the path."""
    places.init(tmp_path)
    for story in STORIES:
        Program(tmp_path)("add", "--story", story, "-", stdin=b"A text.")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/vstore"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m vstore "$@"\n')
    program.chmod(0o755)
    return Program(tmp_path)


def path(run: Program) -> str:
    return f"{run.folder}/bin:{os.environ['PATH']}"


def completed(run: Program, line: str, breaks: str = BREAKS) -> list[str]:
    """What bash gets for this line, the cursor at its end."""
    return run("x", _VSTORE_COMPLETE="bash", _VSTORE_LINE=line, _VSTORE_BREAKS=breaks).lines


@pytest.mark.parametrize("shell", SCRIPTS)
def test_every_shell_has_a_script(run: Program, shell: str) -> None:
    answer = run("completion", shell)
    assert (answer.code, answer.out.decode()) == (0, SCRIPTS[shell])
    assert run("completion", "tcsh").code == 2


@pytest.mark.parametrize(
    ("line", "replies"),
    [
        ("vstore st", ["=stories", "=story", "=stats"]),
        ("vstore --js", ["=--json"]),
        ("vstore log --one", ["=--oneline"]),
        ("vstore completion z", ["=zsh"]),
        ("vstore --color ne", ["=never"]),
        ("vstore --color=ne", ["=never"]),
        ("vstore log us", ["=us-nk-talks", "=us-trade"]),
        ("vstore show --story us-t", ["=us-trade"]),
        ("vstore show --story=us-t", ["=us-trade"]),
        ("vstore log tag", ["=tag:example.org,2019:talks"]),
        ("vstore log tag:ex", ["=example.org,2019:talks"]),
        ("vstore log tag:example.org,2019:", ["=talks"]),
        ("vstore log a@", ["=@b"]),
        ("vstore log 'tag:ex", ["=tag:example.org,2019:talks"]),
        ('vstore log "tag:ex', ["=tag:example.org,2019:talks"]),
        (r"vstore log tag\:ex", ["=tag:example.org,2019:talks"]),
        ("vstore log it", [r"=it\'s\ \$HOME"]),
        ("vstore log 'it", [r"=it'\''s $HOME"]),
        ('vstore log "it', [r"=it's \$HOME"]),
        ("vstore log 北", ["=北京"]),
        ("vstore log nothing", []),
        ("vstore add x", ["f"]),
        ("vstore checkout us-trade --into x", ["f"]),
        ("vstore init x", ["d"]),
    ],
)
def test_what_bash_puts_in(run: Program, line: str, replies: list[str]) -> None:
    assert completed(run, line) == replies


def test_without_word_breaks_the_whole_word_is_put_in(run: Program) -> None:
    assert completed(run, "vstore log tag:ex", " ") == ["=tag:example.org,2019:talks"]
    assert completed(run, "vstore show --story=us-t", " ") == ["=--story=us-trade"]


def test_the_store_on_the_line_is_asked(run: Program, tmp_path: Path) -> None:
    other = tmp_path / "other store"
    places.init(other)
    Program(other)("add", "--story", "elsewhere", "-", stdin=b"x")
    assert completed(run, f"vstore --store '{other}' log e") == ["=elsewhere"]
    assert completed(run, f"vstore --store {tmp_path}/nowhere log e") == []


def test_zsh_and_fish_ask_with_words_and_get_help_too(run: Program) -> None:
    for shell in ("zsh", "fish"):
        assert run("sta", _VSTORE_COMPLETE=shell).lines == ["=stats\tShow the store in figures."]
        assert run("log", "tag:ex", _VSTORE_COMPLETE=shell).lines == ["=tag:example.org,2019:talks\t"]
        assert run("add", "", _VSTORE_COMPLETE=shell).lines == ["f"]
        answer = run("show", "--story=us-t", _VSTORE_COMPLETE=shell)
        assert answer.lines == ["=--story=us-trade\t"]


def test_candidates_are_bounded(run: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vstore.cli.frame.MOST_COMPLETIONS", 2)
    monkeypatch.chdir(run.folder)
    assert len(candidates(["log", ""])) == 2


def test_a_tab_key_loads_nothing_heavy(run: Program) -> None:
    program = (
        "import sys; from vstore.cli import main; main();"
        "heavy = {'rapidfuzz', 'diff_match_patch', 'yaml', 'rfc8785', 'backports.zstd'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=run.folder,
        env=environment(_VSTORE_COMPLETE="bash", _VSTORE_LINE="vstore log us-t", _VSTORE_BREAKS=BREAKS),
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout.splitlines() == ["=us-trade", "[]"]


def test_words_are_read_as_bash_reads_them() -> None:
    line = shellwords.read(r"""vstore a\ b "c d"'e' '' 'f\g' h:i""", BREAKS)
    assert line == (["vstore", "a b", "c de", "", r"f\g", "h:i"], 2, "")
    assert shellwords.read("vstore ", BREAKS).words == ["vstore", ""]
    assert shellwords.read("a 'b c", BREAKS) == (["a", "b c"], 0, "'")


class Bash:
    """A bash that a person sits at."""

    def __init__(self, run: Program) -> None:
        self._ours, theirs = pty.openpty()
        known = environment(PATH=path(run), TERM="dumb", PS1="$ ", HISTFILE="/dev/null", INPUTRC="/dev/null")
        self._process = subprocess.Popen(
            ["bash", "--norc", "--noprofile", "-i"],
            cwd=run.folder,
            env={**known, "LC_ALL": "C.UTF-8"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.type(
            'bind "set enable-bracketed-paste off"; eval "$(vstore completion bash)"; echo rea""dy\n',
            b"ready",
        )

    def type(self, keys: str, until: bytes) -> bytes:
        """All that shows until these bytes do."""
        os.write(self._ours, keys.encode())
        shown = b""
        while until not in shown:
            assert select.select([self._ours], [], [], 30)[0], shown
            shown += os.read(self._ours, 4096)
        return shown

    def leave(self) -> None:
        os.write(self._ours, b"\x03exit\n")
        os.close(self._ours)
        self._process.kill()
        self._process.wait(30)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("log us-t", ["log", "us-trade"]),
        ("log tag:ex", ["log", "tag:example.org,2019:talks"]),
        ("log tag:example.org,2019:", ["log", "tag:example.org,2019:talks"]),
        ("log a@", ["log", "a@b"]),
        ("log 'tag:ex", ["log", "tag:example.org,2019:talks"]),
        ("log it", ["log", "it's $HOME"]),
        ("show --story=us-t", ["show", "--story=us-trade"]),
        ("fs", ["fsck"]),
        ("add bi", ["add", "bin/"]),
    ],
)
def test_a_person_at_bash_gets_the_whole_word(run: Program, typed: str, words: list[str]) -> None:
    bash = Bash(run)
    try:
        # A function in the program's place shows the words that bash makes of the completed line.
        bash.type('show_words() { printf \'<%s>\' "$@"; echo en""d; }\n', b"$ ")
        bash.type("alias vstore=show_words; echo do''ne\n", b"done")
        shown = bash.type(f"vstore {typed}\t\n", b"end")
    finally:
        bash.leave()
    assert "".join(f"<{word}>" for word in words).encode() in shown
