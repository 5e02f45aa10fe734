"""Unified diffs: what `patch` and `git apply` make of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from render_values import PLAIN, edits

from vstore.answers import Edit
from vstore.cli.look import Look
from vstore.cli.reading import newer, older
from vstore.cli.unified import unified

NAMES = ("a/text.txt", "b/text.txt")


def lines(given: Sequence[Edit], look: Look = PLAIN) -> list[str]:
    return list(unified(given, NAMES, look))


def applied(before: str, patch: Sequence[str]) -> str:
    """A strict `patch`: every context line and every count must fit."""
    rest = [line for line in re.split(r"(?<=\n)", before) if line]
    out: list[str] = []
    done = 0
    for place, line in enumerate(patch[2:], 2):
        if found := re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line):
            start = int(found[1]) - (found[2] != "0")
            out += rest[done:start]
            done = start
            assert len(out) == int(found[3]) - (found[4] != "0")
        elif line[0] in " -+":
            ended = patch[place + 1 : place + 2] != ["\\ No newline at end of file"]
            text = line[1:] + ("\n" if ended else "")
            if line[0] != "+":
                assert rest[done] == text
                done += 1
            out += [] if line[0] == "-" else [text]
    return "".join(out + rest[done:])


def test_a_changed_line_has_three_lines_of_context() -> None:
    answer = edits(("=", "1\n2\n3\n4\n5 "), ("-", "old"), ("+", "new"), ("=", "\n6\n7\n8\n9\n"))
    assert lines(answer) == [
        "--- a/text.txt",
        "+++ b/text.txt",
        "@@ -2,7 +2,7 @@",
        *(" 2", " 3", " 4", "-5 old", "+5 new", " 6", " 7", " 8"),
    ]


def test_changes_far_apart_are_hunks_of_their_own() -> None:
    middle = "".join(f"{number}\n" for number in range(7))
    answer = edits(("-", "a"), ("+", "b"), ("=", "\n" + middle), ("+", "c\n"))
    assert [line for line in lines(answer) if line.startswith("@@")] == ["@@ -1,4 +1,4 @@", "@@ -6,3 +6,4 @@"]


def test_a_missing_line_end_is_told() -> None:
    assert lines(edits(("=", "a\nb"), ("+", "\n")))[2:] == [
        "@@ -1,2 +1,2 @@",
        *(" a", "-b", "\\ No newline at end of file", "+b"),
    ]


def test_an_inserted_line_is_one_line_wherever_its_line_end_stands() -> None:
    assert lines(edits(("=", "a"), ("+", "\nx"), ("=", "\nb\n")))[3:] == [" a", "+x", " b"]


def test_equal_texts_give_nothing() -> None:
    assert lines(edits(("=", "a\nb"))) == []


def test_an_empty_side_has_no_lines() -> None:
    assert lines(edits(("+", "a\n")))[2:] == ["@@ -0,0 +1 @@", "+a"]
    assert lines(edits(("-", "a\n")))[2:] == ["@@ -1 +0,0 @@", "-a"]


def test_carriage_returns_are_kept() -> None:
    answer = edits(("=", "a\r\nb "), ("-", "c"), ("+", "d"), ("=", "\r\ne\rf"))
    assert lines(answer)[3:] == [" a\r", "-b c\r", "+b d\r", " e\rf", "\\ No newline at end of file"]


def test_only_a_line_feed_ends_a_line() -> None:
    answer = edits(("=", "a\x0bb\x85c\u2028d "), ("+", "e"), ("=", "\n"))
    assert lines(answer)[3:] == ["-a\x0bb\x85c\u2028d ", "+a\x0bb\x85c\u2028d e"]


def test_colours_do_not_reach_into_what_is_applied() -> None:
    painted = lines(edits(("-", "a\n"), ("+", "b\n")), Look(color=True))
    assert painted[3:] == ["\x1b[31m-a\x1b[0m", "\x1b[32m+b\x1b[0m"]


EDITS = st.lists(
    st.builds(Edit, st.sampled_from(["=", "=", "-", "+"]), st.text(alphabet="ab\n\n\r", max_size=9)),
    max_size=14,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(EDITS)
def test_a_strict_patch_turns_one_text_into_the_other(given: list[Edit]) -> None:
    assert applied(older(given), lines(given)) == newer(given)


CASES = {
    "plain": edits(("=", "One.\nTwo "), ("-", "old"), ("+", "new"), ("=", " men.\nThree.\n")),
    "no line end": edits(("=", "One.\nTwo"), ("-", "."), ("+", "!\nThree")),
    "crlf": edits(("=", "One.\r\n"), ("-", "Two."), ("+", "Zwei."), ("=", "\r\nLast\r\n")),
    "from empty": edits(("+", "One.\n\nTwo.")),
    "signs": edits(("=", "--- a\n"), ("-", "-- b\n"), ("+", "++ b\n"), ("=", "@@ -1 +1 @@\n")),
    "scripts": edits(("=", "港口\n"), ("-", "罢工"), ("+", "复工"), ("=", "\nميناء\n🚢\n")),
}


@pytest.mark.parametrize("program", ["git apply", "patch -s --binary -p1"])
@pytest.mark.parametrize("case", CASES)
def test_real_programs_apply_it(program: str, case: str, tmp_path: Path) -> None:
    words = program.split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed here")
    given = CASES[case]
    target = tmp_path / "text.txt"
    target.write_bytes(older(given).encode())
    patch = "".join(f"{line}\n" for line in lines(given)).encode()
    subprocess.run(words, input=patch, cwd=tmp_path, check=True)
    assert target.read_bytes() == newer(given).encode()
