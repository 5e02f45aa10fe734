"""`vstore fsck`: levels, parts, progress, and how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest
from archives import changed
from cli_program import Program, environment

import vstore


@pytest.fixture
def run(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    program("init")
    for story, text in (("a", "One."), ("a", "Two."), ("b", "One."), ("zürich", "Grüezi.")):
        assert program("add", "--story", story, "--date", "2020", "-", stdin=text.encode()).code == 0
    return program


def damaged(run: Program) -> Program:
    """The second story's text."""
    changed(run.folder, "UPDATE payload SET body = x'00' WHERE story = 2")
    return run


@pytest.mark.parametrize("words", [[], ["--quick"], ["--deep"]])
def test_what_is_whole_is_whole_at_every_level(run: Program, words: list[str]) -> None:
    answer = run("fsck", *words)
    assert (answer.code, answer.out, answer.err) == (0, b"", "3 stories, 4 versions: no problems\n")


def test_a_problem_is_a_line_that_names_story_and_version(run: Program) -> None:
    damaged(run)
    assert run("fsck", "--quick").code == 0
    for words in ([], ["--deep"]):
        answer = run("fsck", *words)
        assert answer.code == 6
        assert answer.lines[0].startswith("b@1: text: ")
    form = run("fsck", "--json").json
    assert list(form) == ["ok", "stories", "versions", "problems"]
    assert [(each["story"], each["number"]) for each in form["problems"]] == [("b", 1)]


def test_stories_and_parts_are_chosen(run: Program) -> None:
    damaged(run)
    assert run("fsck", "--story", "a", "--story", "zürich").err == "2 stories, 3 versions: no problems\n"
    assert run("fsck", "--story", "b").code == 6
    parts = [run("fsck", "--subset", f"{part}/2", "--json") for part in (1, 2)]
    assert sum(part.json["stories"] for part in parts) == 3
    assert sorted(part.code for part in parts) == [0, 6]


@pytest.mark.parametrize(
    "subset", ["0/7", "8/7", "1/0", "7", "1/", "/7", "a/b", "-1/7", "1/7/2", "1/99999999999"]
)
def test_what_can_be_no_part_is_refused_with_exit_code_2(run: Program, subset: str) -> None:
    answer = run("fsck", f"--subset={subset}")
    assert (answer.code, answer.out) == (2, b"")


@pytest.mark.parametrize("words", [["--quick", "--deep"], ["--story", "a", "--subset", "1/7"], ["a"]])
def test_words_that_do_not_go_together_are_refused(run: Program, words: list[str]) -> None:
    assert run("fsck", *words).code == 2


def test_an_unknown_story_is_told_with_its_neighbours(run: Program) -> None:
    answer = run("fsck", "--story", "a", "--story", "zurich", "--json")
    assert (answer.code, answer.error["error"], answer.error["nearest"]) == (3, "UnknownStory", ["zürich"])


def test_only_a_whole_run_counts_as_the_last(run: Program) -> None:
    for words in (["--quick"], ["--subset", "1/2"], ["--story", "a"]):
        assert run("fsck", *words).code == 0
        assert run("stats", "--json").json["last_fsck"] is None
    assert run("fsck", "--deep").code == 0
    assert run("stats", "--json").json["last_fsck"] is not None


@pytest.fixture
def many(run: Program) -> Program:
    lines = [json.dumps({"story": f"s{number:05}", "text": f"Text {number}."}) for number in range(3_000)]
    assert run("import", "-", stdin="\n".join(lines).encode()).code == 0
    return run


def test_ctrl_c_says_how_far_it_came(many: Program) -> None:
    damaged(many)
    process = subprocess.Popen(
        many.command("fsck"),
        cwd=many.folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b"b@1: text: ")  # told at once, long before the end
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.startswith(b"vstore: interrupted; ")
    assert told.endswith(b", 1 problem so far\n")
    with vstore.open(many.folder) as store:
        assert store.stats().last_fsck is None


def test_progress_is_shown_on_a_terminal_and_leaves_no_trace(many: Program) -> None:
    code, shown = many.on_terminal("fsck", "--deep")
    assert code == 0
    assert b" stories verified" in shown
    assert shown.endswith(b"\r\x1b[K3,003 stories, 3,004 versions: no problems\n")
    assert many.apart("fsck").err == "3,003 stories, 3,004 versions: no problems\n"
