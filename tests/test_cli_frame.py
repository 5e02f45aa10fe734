"""What holds for every command: options, help, errors, exit codes, output."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from cli_program import Program, environment

from vstore import places, store
from vstore.cli.group import COMMANDS, vstore
from vstore.cli.output import neutralise, paint, wants_color
from vstore.cli.settings import Command, merge

SILENT: dict[str, Any] = {"stderr": subprocess.PIPE, "check": False, "text": True}


@pytest.fixture
def run(tmp_path: Path) -> Program:
    """A folder with an empty store."""
    places.init(tmp_path)
    return Program(tmp_path)


def add(run: Program, story: str, text: str, *options: str) -> None:
    """Keeps a text that was read from stdin."""
    assert run("add", "--story", story, *options, "-", stdin=text.encode()).code == 0


def loaded(name: str) -> click.Command:
    found = vstore.get_command(click.Context(vstore), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_the_one_line_help_in_the_list_is_the_commands_own(name: str) -> None:
    assert (loaded(name).help or "").splitlines()[0] == COMMANDS[name]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_help_has_examples_a_line_each(run: Program, name: str, option: str) -> None:
    answer = run(name, option)
    command = loaded(name)
    assert isinstance(command, Command)
    assert answer.code == 0
    assert command.examples
    shown = [line.strip() for line in answer.lines[answer.lines.index("Examples:") + 1 :]]
    assert shown == [line.strip() for line in command.examples]


def test_the_help_of_all_names_every_command(run: Program) -> None:
    answer = run("--help")
    assert answer.code == 0
    assert all(any(line.split()[:1] == [name] for line in answer.lines) for name in COMMANDS)


def test_no_command_at_all_is_a_usage_error_that_shows_the_help(run: Program) -> None:
    answer = run()
    assert (answer.code, answer.out) == (2, b"")
    assert "Commands:" in answer.err


def test_the_programs_own_version_is_told(run: Program) -> None:
    answer = run("--version")
    assert answer.code == 0
    assert answer.lines[0].startswith("vstore ")


def test_global_options_work_before_and_after_the_command(run: Program) -> None:
    assert run("--json", "stats").json == run("stats", "--json").json


def test_the_option_after_the_command_wins(run: Program, tmp_path: Path) -> None:
    answer = run("--store", tmp_path / "nowhere", "stats", "--json", "--store", tmp_path)
    assert answer.json["stories"] == 0


def test_options_merge_into_settings() -> None:
    settings = merge({"store": "a", "json": True, "tz": None}, {"store": "b", "quiet": True, "other": 1})
    assert (settings.store, settings.json, settings.quiet, settings.tz) == ("b", True, True, None)


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "86401"])
def test_a_wait_that_is_no_bounded_time_is_refused(run: Program, seconds: str) -> None:
    assert run("stats", "--wait", seconds).code == 2


def test_a_zone_that_is_none_is_refused_wherever_it_is_given(run: Program) -> None:
    assert run("stats", "--tz", "Mars/Olympus").code == 2
    assert run("--tz", "Mars/Olympus", "stats").code == 2


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["lgo"], "vstore: no such command: lgo (did you mean log?)"),
        (["xyzzy"], "vstore: no such command: xyzzy"),
        (["stats", "--jsno"], "vstore: no such option: --jsno (did you mean --json?)"),
        (["--stor", "x", "stats"], "vstore: no such option: --stor (did you mean --store?)"),
        (["add", "--sorce", "x", "-"], "vstore: no such option: --sorce (did you mean --source?)"),
        (["stats", "--qqqqqqqqq"], "vstore: no such option: --qqqqqqqqq"),
    ],
)
def test_an_unknown_word_is_told_with_its_neighbour(run: Program, args: list[str], message: str) -> None:
    answer = run(*args)
    assert answer.code == 2
    assert answer.err.splitlines()[0] == message


def test_a_usage_error_says_where_help_is(run: Program) -> None:
    assert run("stats", "extra").err.splitlines()[-1] == "Try 'vstore stats --help'."


def test_with_json_a_usage_error_is_one_object(run: Program) -> None:
    answer = run("stats", "--jsno", "--json")
    assert answer.code == 2
    assert json.loads(answer.err)["error"] == "NoSuchOption"
    assert json.loads(run("--json", "lgo").err)["error"] == "UsageError"


def test_an_error_is_told_in_words_with_the_exit_code_of_its_class(run: Program) -> None:
    answer = run("show", "nothing")
    assert (answer.code, answer.out) == (3, b"")
    assert answer.err.startswith("vstore: ")


def test_with_json_an_error_is_one_object_with_its_facts(run: Program) -> None:
    add(run, "us-nk-talks", "A text.")
    error = json.loads(run("show", "us-nk-talk", "--json").err)
    assert error["error"] == "UnknownStory"
    assert error["nearest"] == ["us-nk-talks"]
    assert "did you mean us-nk-talks" in error["message"]


def test_a_missing_store_is_told(tmp_path: Path) -> None:
    answer = Program(tmp_path)("stats", "--store", tmp_path / "nowhere")
    assert answer.code == 3
    assert "vstore" in answer.err


def test_the_store_is_that_of_the_option_then_the_environment_then_the_nearest(tmp_path: Path) -> None:
    stories = {}
    for name in ("a", "b", "c"):
        (tmp_path / name / "deep").mkdir(parents=True)
        places.init(tmp_path / name)
        add(Program(tmp_path / name), name, "A text.")
        stories[name] = tmp_path / name
    deep = Program(stories["c"] / "deep")
    assert deep("stories", "--json").json["story"] == "c"
    assert deep("stories", "--json", VSTORE_STORE=str(stories["b"])).json["story"] == "b"
    given = deep("stories", "--json", "--store", stories["a"], VSTORE_STORE=str(stories["b"]))
    assert given.json["story"] == "a"


def test_a_story_and_a_version_can_be_named_without_parsing(run: Program) -> None:
    add(run, "a@1", "first")
    add(run, "a@1", "second")
    assert run("show", "--story", "a@1", "--version", "1").out == b"first"
    assert run("show", "--story", "a@1").out == b"second"
    assert run("show", "--story", "a@1", "@1").out == b"first"
    assert run("show", "a@1", "--version", "1").code == 2
    assert run("show").code == 2


def test_dates_in_references_are_read_in_the_zone(run: Program) -> None:
    add(run, "a", "first", "--date", "2019-01-15T10:00Z")
    add(run, "a", "second", "--date", "2019-01-15T12:00Z")
    assert run("show", "a@2019-01-15T11:30").out == b"first"
    assert run("show", "a@2019-01-15T11:30", "--tz", "-02:00").out == b"second"


def test_output_is_utf8_whatever_the_locale(run: Program) -> None:
    add(run, "a", "Ärger um Öl – 北京 😀")
    locales: list[dict[str, Any]] = [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "latin-1"}]
    for locale in locales:
        assert run.apart("show", "a", **locale).out == "Ärger um Öl – 北京 😀".encode()
        assert "no story '北'" in run.apart("show", "北", **locale).err


def test_words_that_are_not_utf8_are_refused(run: Program) -> None:
    for args in (["show", "\udcff"], ["stories", "--source", "\udcff"], ["add", "--set", "note=\udcff", "x"]):
        answer = run(*args)
        assert answer.code == 2
        assert "is not UTF-8" in answer.err
    assert run("\udcff").code == 2


def test_file_names_may_be_any_bytes(run: Program) -> None:
    name = os.fsdecode(b"\xff.txt")
    try:
        (run.folder / name).write_bytes(b"A text.")
    except OSError:
        pytest.skip("this file system knows only UTF-8")
    assert run("add", "--story", "a", name).lines[0].endswith(r"new  \xff.txt")
    assert run("checkout", "a", "-o", name).out == b"\xff.txt\n"


def test_json_is_ascii(run: Program) -> None:
    add(run, "北京", "Ä")
    assert run("stories", "--json").out.isascii()


def test_line_ends_and_control_characters_pass_through_a_pipe(run: Program) -> None:
    text = "a\r\nb\rc\nd\x1b[31me\x00\ufeff\u2028"
    add(run, "a", text)
    assert run("show", "a").out == text.encode()
    assert run("show", "a", "--json").json["text"] == text


def test_a_reader_that_leaves_early_is_no_error(run: Program) -> None:
    add(run, "a", "x" * 1_000_000)
    shell = f'{sys.executable} -m vstore show a | head -c 1; echo " ${{PIPESTATUS[0]}}"'
    done = subprocess.run(
        ["bash", "-c", shell], cwd=run.folder, env=environment(), capture_output=True, check=True, text=True
    )
    assert done.stdout.split() == ["x", "141"]
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_under_stdout_is_told_once(run: Program) -> None:
    add(run, "a", "A text.")
    for buffering in ("", "1"):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                run.command("show", "a"),
                cwd=run.folder,
                env=environment(PYTHONUNBUFFERED=buffering),
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
                text=True,
            )
        assert done.returncode == 5
        assert done.stderr == "vstore: cannot write to stdout: No space left on device\n"


def test_help_on_a_full_disk_is_told_too(run: Program) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            run.command("--help"),
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
    assert done.returncode == 5
    assert "Traceback" not in done.stderr


def test_a_closed_stdout_is_told(run: Program) -> None:
    add(run, "a", "A text.")
    shell = f"{sys.executable} -m vstore show a >&-"
    done = subprocess.run(
        ["bash", "-c", shell],
        cwd=run.folder,
        env=environment(),
        stderr=subprocess.PIPE,
        check=False,
        text=True,
    )
    assert done.returncode == 5
    assert done.stderr == "vstore: cannot write to stdout: it is closed\n"


def test_ctrl_c_ends_with_130(run: Program) -> None:
    reading, writing = os.pipe()
    process = subprocess.Popen(
        run.command("add", "--story", "a", "-"),
        cwd=run.folder,
        env=environment(),
        stdin=reading,
        stderr=subprocess.PIPE,
    )
    os.close(reading)
    _wait_until_it_reads(process.pid)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    os.close(writing)
    assert process.returncode == 130
    assert said == b"vstore: interrupted\n"


def _wait_until_it_reads(pid: int) -> None:
    """Until the kernel says that it waits for its pipe."""
    waiting = Path(f"/proc/{pid}/wchan")
    if not waiting.exists():
        pytest.skip("this system does not tell what a process waits for")
    for _ in range(100_000):
        if "pipe" in waiting.read_text():
            return
    pytest.fail("it never came to read stdin")


def test_bugs_are_not_hidden(run: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_options: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(store.Store, "stats", broken)
    with pytest.raises(ZeroDivisionError):
        run("stats")


@pytest.mark.parametrize(
    ("choice", "environ", "terminal", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"CLICOLOR_FORCE": "0"}, False, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_who_decides_on_colour(choice: str, environ: dict[str, str], terminal: bool, wanted: bool) -> None:
    assert wants_color(choice, environ, terminal) is wanted


def test_colour_is_set_anew_on_each_line() -> None:
    assert paint("a\n\nb", "bold", "red") == "\x1b[1;31ma\x1b[0m\n\n\x1b[1;31mb\x1b[0m"


def test_control_characters_are_made_visible() -> None:
    assert neutralise("\x1b]0;owned\x07\x9b31m\x7f") == "\\u{1b}]0;owned\\u{7}\\u{9b}31m\\u{7f}"
    assert neutralise("gnp.\u202eexe\u2066") == "gnp.\\u{202e}exe\\u{2066}"


def test_tabs_and_line_ends_are_no_control_characters_but_a_lone_cr_is() -> None:
    assert neutralise("a\tb\r\nc\nd\re") == "a\tb\r\nc\nd\\u{d}e"
