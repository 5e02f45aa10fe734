"""`vstore attest` and `vstore prove`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_program import Program


@pytest.fixture
def run(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    program("init")
    for story, text in (("b", "One."), ("a", "One."), ("a", "Two."), ("zürich", "Grüezi.")):
        assert program("add", "--story", story, "--date", "2020", "-", stdin=text.encode()).code == 0
    return program


@pytest.fixture
def proof(run: Program, tmp_path: Path) -> Path:
    path = tmp_path / "proof.json"
    path.write_bytes(run("prove", "a", "--json").out)
    return path


def test_attest_prints_one_line_to_publish(run: Program) -> None:
    form = run("attest", "--json").json
    assert list(form) == ["root", "tree_size", "versions", "last_recorded"]
    assert (form["tree_size"], form["versions"]) == (3, 4)
    (line,) = run("attest").lines
    assert line == f"{form['root']}  3 stories  4 versions  {form['last_recorded']}"
    assert run("attest", "--as-of", form["last_recorded"]).lines == [line]


def test_of_one_version_and_of_none_the_line_is_right_as_well(run: Program, tmp_path: Path) -> None:
    first = run("log", "b", "--json").json["recorded"]
    assert "  1 story  1 version  " in run("attest", "--as-of", first).lines[0]
    assert run("attest", "--as-of", "2001").lines[0].endswith("b855  0 stories  0 versions  never")


def test_a_proof_has_its_fields_and_people_read_the_same(run: Program) -> None:
    form = run("prove", "a", "--json").json
    fields = ["story", "number", "id", "leaf_index", "tree_size", "audit_path", "root"]
    assert list(form) == fields
    assert (form["story"], form["number"], form["leaf_index"], form["tree_size"]) == ("a", 2, 0, 3)
    assert form["root"] == run("attest", "--json").json["root"]
    told = [line.split() for line in run("prove", "a").lines]
    assert told == [
        ["story", "a"],
        ["tip", form["id"], "version", "2"],
        ["leaf", "index", "0"],
        ["tree", "size", "3"],
        ["audit", "path", form["audit_path"][0]],
        [form["audit_path"][1]],
        ["root", form["root"]],
    ]


def test_a_proof_is_checked_without_any_store(run: Program, proof: Path, tmp_path: Path) -> None:
    root = json.loads(proof.read_bytes())["root"]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    alone = Program(elsewhere)
    told = alone("prove", "--check", proof)
    assert told.code == 0
    assert told.lines[0].startswith("holds: a with the tip ")
    assert "compare it with the one that was published" in told.lines[0]
    told = alone("prove", "--check", "-", "--root", root.upper(), stdin=proof.read_bytes())
    assert (told.code, told.lines[0].endswith(f"under {root}: the root that was given")) == (0, True)
    form = alone("--store", "nowhere", "prove", "--check", proof, "--json").json
    assert (form["ok"], form["story"], form["root"]) == (True, "a", root)


def test_a_proof_that_does_not_hold_is_told_with_exit_code_1(run: Program, proof: Path) -> None:
    form = json.loads(proof.read_bytes())
    other = run("prove", "--check", proof, "--root", "0" * 64)
    assert (other.code, other.lines[0][:15]) == (1, "does not hold: ")
    proof.write_text(json.dumps({**form, "story": "b"}), encoding="utf-8")
    assert run("prove", "--check", proof).code == 1
    answer = run("prove", "--check", proof, "--json")
    assert (answer.code, answer.json["ok"]) == (1, False)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"story": "a"', "null", '{"story": "a", "story": "a"}'])
def test_what_is_no_proof_is_refused_with_exit_code_2(run: Program, tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content, encoding="utf-8")
    answer = run("prove", "--check", path)
    assert (answer.code, answer.out) == (2, b"")
    assert "other.json: " in answer.err
    assert run("prove", "--check", "-", stdin=content.encode()).code == 2


def test_words_that_do_not_go_together_are_refused(run: Program, proof: Path) -> None:
    for words in (
        [],
        ["a", "--check", proof],
        ["--check", proof, "--as-of", "2020"],
        ["a", "--root", "0" * 64],
        ["--root", "0" * 64],
        ["--check", proof, "--root", "00"],
        ["--check", "missing.json"],
        ["--check", "."],
    ):
        assert run("prove", *words).code == 2, words


def test_a_story_that_is_not_there_is_told_with_its_neighbours(run: Program) -> None:
    answer = run("prove", "zurich", "--json")
    assert (answer.code, answer.error["error"], answer.error["nearest"]) == (3, "UnknownStory", ["zürich"])
    assert run("prove", "a", "--as-of", "2001").code == 3
