"""`vstore init` and `vstore add`."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

import pytest
from cli_program import Program

from vstore import places


@pytest.fixture
def run(tmp_path: Path) -> Program:
    """A folder with an empty store and three files."""
    places.init(tmp_path)
    (tmp_path / "us-talks_001.txt").write_bytes(b"Talks begin.\r\n")
    (tmp_path / "us-talks_002.txt").write_bytes(b"Talks resume.\n")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "front.txt").write_text(
        "---\nstory: from-front\nheadline: In it\ndate: 2019-01-15\nguid: g-7\ndesk: sport\n---\nText.\n"
    )
    return Program(tmp_path)


def test_init_makes_a_store_and_twice_is_a_no_op_that_says_so(tmp_path: Path) -> None:
    run = Program(tmp_path)
    first, second = run("init", "archive"), run("init", "archive")
    assert (first.code, first.out, first.err) == (0, b"", "made a store in archive\n")
    assert (second.code, second.err) == (0, "there is a store already in archive\n")
    assert (tmp_path / "archive/.vstore/store.db").exists()
    assert "#wait: 30" in (tmp_path / "archive/.vstore/config.yaml").read_text()


def test_init_makes_it_where_store_says(tmp_path: Path) -> None:
    run = Program(tmp_path)
    assert run("--store", tmp_path / "x", "init", "--json").json == {
        "store": str(tmp_path / "x"),
        "made": True,
    }
    assert (tmp_path / "x/.vstore/store.db").exists()
    assert run("init", "y", "--store", "z").code == 2


def test_init_in_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert Program(tmp_path)("init", "file/below").code == 5


def test_a_line_a_file_tells_what_became_of_it(run: Program) -> None:
    answer = run("add", "--story", "us-talks", "us-talks_001.txt", "us-talks_002.txt", "us-talks_002.txt")
    assert (answer.code, answer.err) == (0, "")
    patterns = [
        r"us-talks@1  [0-9a-f]{7,}  new  us-talks_001\.txt",
        r"us-talks@2  [0-9a-f]{7,}  changed  us-talks_002\.txt",
        r"us-talks@2  [0-9a-f]{7,}  same  us-talks_002\.txt",
    ]
    assert all(re.fullmatch(*pair) for pair in zip(patterns, answer.lines, strict=True))
    assert run("show", "us-talks@1").out == b"Talks begin.\r\n"


def test_with_json_the_add_form_and_its_input(run: Program) -> None:
    form = run("add", "--story", "us-talks", "us-talks_001.txt", "--json").json
    assert form.keys() == {"story", "number", "id", "text_id", "outcome", "input"}
    assert (form["number"], form["outcome"], form["input"]) == (1, "new", "us-talks_001.txt")


def test_quiet_says_nothing(run: Program) -> None:
    answer = run("add", "-q", "--story", "a", "us-talks_001.txt")
    assert (answer.code, answer.out, answer.err) == (0, b"", "")


def test_stdin_is_a_file_too(run: Program) -> None:
    assert run("add", "--story", "a", "-", stdin=b"From a pipe.").code == 0
    assert run("show", "a").out == b"From a pipe."
    assert run("add", "--story", "a", "-", "-").code == 2


def test_options_override_what_the_file_says(run: Program) -> None:
    facts = ["source", "headline", "byline", "url", "kind", "guid", "lang"]
    options = [word for name in facts for word in (f"--{name}", f"the {name}")]
    assert run("add", "front.txt", "--story", "other", "--date", "2020", *options).code == 0
    version = run("log", "other", "--json").json
    assert all(version[name] == f"the {name}" for name in facts)
    assert version["dated"] == "2020"
    assert version["extra"] == {"desk": "sport"}


def test_set_gives_any_fact(run: Program) -> None:
    sets = [
        "keywords=a, b,c",
        "urgency=3",
        "desk=city",
        "extra.place=Extra",
        "place=Oslo",
        "note=a=b",
        "desk=x",
    ]
    answer = run("add", "front.txt", *[word for each in sets for word in ("--set", each)])
    assert answer.code == 0
    version = run("log", "from-front", "--json").json
    assert version["keywords"] == ["a", "b", "c"]
    assert (version["urgency"], version["place"], version["note"]) == (3, "Oslo", "a=b")
    assert version["extra"] == {"desk": "x", "place": "Extra"}


@pytest.mark.parametrize("setting", ["note", "=x", "story=x", "text=x", "extra=x"])
def test_a_setting_that_cannot_be_is_refused(run: Program, setting: str) -> None:
    answer = run("add", "--story", "a", "us-talks_001.txt", "--set", setting)
    assert answer.code == 2
    assert "--set" in answer.err


def test_a_wire_without_a_date_is_dated_now_to_the_second_unless_undated(run: Program) -> None:
    assert run("add", "--story", "a", "us-talks_001.txt").code == 0
    dated = run("log", "a", "--json").json["dated"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", dated)
    assert run("add", "--story", "b", "us-talks_001.txt", "--undated").code == 0
    assert run("log", "b", "--json").json["dated"] is None
    assert run("add", "front.txt", "--undated").code == 0
    assert run("log", "from-front", "--json").json["dated"] == "2019-01-15"
    assert run("add", "--story", "c", "us-talks_001.txt", "--undated", "--date", "2019").code == 2


@pytest.mark.parametrize("place", ["option", "file"])
def test_a_naive_date_is_read_in_the_zone(run: Program, place: str) -> None:
    (run.folder / "naive.txt").write_text("---\ndate: 2019-07-15T12:00\n---\nText.\n")
    options = ["--date", "2019-07-15T12:00"] if place == "option" else []
    assert run("add", "--story", "a", "naive.txt", "--tz", "Europe/Berlin", *options).code == 0
    assert run("log", "a", "--json").json["dated"] == "2019-07-15T12:00+02:00"


def test_a_date_that_is_none_is_refused(run: Program) -> None:
    answer = run("add", "--story", "a", "--date", "2019-02-30", "us-talks_001.txt")
    assert answer.code == 2
    assert "2019-02-30" in answer.err
    assert run("stories").lines == []


@pytest.mark.parametrize(
    ("story_from", "file", "story"),
    [
        ("stem", "us-talks_001.txt", "us-talks_001"),
        (r"^(.+)_\d+", "us-talks_001.txt", "us-talks"),
        (r"[a-z]+", "us-talks_001.txt", "us"),
        ("stem", "front.txt", "from-front"),
    ],
)
def test_the_file_or_its_name_tells_the_story(run: Program, story_from: str, file: str, story: str) -> None:
    assert run("add", "--story-from", story_from, file, "--json").json["story"] == story


@pytest.mark.parametrize(("field", "story"), [("guid", "g-7"), ("desk", "sport"), ("headline", "In it")])
def test_a_field_tells_the_story(run: Program, field: str, story: str) -> None:
    file = run.folder / "front.txt"
    file.write_text(file.read_text().replace("story: from-front\n", ""))
    assert run("add", "--story-from", f"field:{field}", "front.txt", "--json").json["story"] == story


@pytest.mark.parametrize("options", [[], ["--story-from", "field:nothing"], ["--story-from", "(?:zz)+"]])
def test_a_file_that_names_no_story_is_refused_with_a_sentence_that_says_how(
    run: Program, options: list[str]
) -> None:
    answer = run("add", "us-talks_001.txt", *options)
    assert answer.code == 2
    assert "--story ID" in answer.err
    assert "--story-from stem|field:NAME|REGEX" in answer.err
    assert run("add", "--story-from", "stem", "-", stdin=b"x").code == 2


def test_a_pattern_that_cannot_be_read_or_is_too_long_is_refused(run: Program) -> None:
    for pattern in ("(", "x" * 1001, "x{99999999999}"):
        answer = run("add", "--story-from", pattern, "us-talks_001.txt")
        assert answer.code == 2
        assert "REGEX" in answer.err


def test_an_empty_file_is_refused_without_allow_empty(run: Program) -> None:
    answer = run("add", "--story", "a", "empty.txt")
    assert answer.code == 2
    assert "empty.txt" in answer.err
    assert "--allow-empty" in answer.err
    assert run("add", "--story", "a", "empty.txt", "--allow-empty").code == 0
    assert run("show", "a").out == b""


@pytest.mark.parametrize("blank", [b"\n", b" ", b"\x00", b"\xef\xbb\xbf"])
def test_a_blank_text_is_a_text(run: Program, blank: bytes) -> None:
    assert run("add", "--story", "a", "-", stdin=blank).code == 0
    assert run("show", "a").out == blank


def test_a_bad_file_is_told_by_its_name_and_the_rest_goes_in(run: Program) -> None:
    answer = run("add", "--story", "a", "us-talks_001.txt", "empty.txt", "missing.txt", "us-talks_002.txt")
    assert answer.code == 7
    assert [line.split()[-1] for line in answer.lines] == ["us-talks_001.txt", "us-talks_002.txt"]
    first, second, counts = answer.err.splitlines()
    assert first.startswith("vstore: empty.txt: ")
    assert second == "vstore: there is no file missing.txt"
    assert counts == "1 new, 1 changed, 0 same, 2 bad"


def test_with_json_each_bad_file_is_an_object(run: Program) -> None:
    answer = run("add", "--story", "a", "us-talks_001.txt", "empty.txt", "missing.txt", "--json")
    *errors, counts = [json.loads(line) for line in answer.err.splitlines()]
    assert [(error["error"], error["input"]) for error in errors] == [
        ("BadWire", "empty.txt"),
        ("BadWire", "missing.txt"),
    ]
    assert counts == {"new": 1, "changed": 0, "same": 0, "bad": 2}


def test_if_all_are_bad_the_exit_code_is_that_of_the_first(run: Program) -> None:
    answer = run("add", "--story", "a", "empty.txt", "missing.txt")
    assert (answer.code, answer.out) == (2, b"")
    assert answer.err.splitlines()[2:] == ["0 new, 0 changed, 0 same, 2 bad"]


def test_what_is_no_readable_file_is_refused(run: Program) -> None:
    os.mkfifo(run.folder / "pipe")
    (run.folder / "latin.txt").write_bytes(b"caf\xe9")
    for file in ("pipe", "latin.txt", "missing.txt"):
        answer = run("add", "--story", "a", file)
        assert (answer.code, answer.out) == (2, b""), file
        assert file in answer.err
    assert run("stories").lines == []


def test_unreadable_permissions_are_told(run: Program) -> None:
    file = run.folder / "us-talks_001.txt"
    file.chmod(0)
    if os.access(file, os.R_OK):
        file.chmod(stat.S_IRUSR)
        pytest.skip("this user may read everything")
    assert run("add", "--story", "a", file.name).code == 2


def test_an_encoding_and_a_reader_can_be_named(run: Program) -> None:
    (run.folder / "latin.txt").write_bytes(b"caf\xe9")
    assert run("add", "--story", "a", "--encoding", "latin-1", "latin.txt").code == 0
    assert run("show", "a").out == "café".encode()
    assert run("add", "--story", "b", "--reader", "plain", "front.txt").code == 0
    assert run("show", "b").out.startswith(b"---\nstory:")
    assert run("add", "--story", "c", "--reader", "nonsense", "front.txt").code == 2
    assert run("add", "--story", "c", "--encoding", "nonsense", "front.txt").code == 2


def test_a_dry_run_keeps_nothing_and_says_so(run: Program) -> None:
    answer = run("add", "--story", "a", "us-talks_001.txt", "--dry-run")
    assert answer.code == 0
    assert "new" in answer.lines[0]
    assert "nothing was kept" in answer.err
    assert run("stories").lines == []


def test_again_keeps_what_says_nothing_new(run: Program) -> None:
    for options, outcome in (([], "new"), ([], "same"), (["--again"], "changed")):
        assert run("add", "--story", "a", "us-talks_001.txt", *options, "--json").json["outcome"] == outcome


def test_a_run_repeated_adds_nothing_and_a_return_to_an_older_text_is_a_version(run: Program) -> None:
    files = ["us-talks_001.txt", "us-talks_002.txt", "us-talks_001.txt"]
    first = run("add", "--story", "a", "--date", "2019", *files, "--json")
    again = run("add", "--story", "a", "--date", "2019", *files, "--json")
    assert [form["outcome"] for form in first.objects] == ["new", "changed", "changed"]
    assert [form["outcome"] for form in again.objects] == ["same", "same", "same"]
    assert [form["number"] for form in again.objects] == [1, 2, 3]


def test_expect_keeps_it_only_at_the_tip_that_was_seen(run: Program) -> None:
    first = run("add", "--story", "a", "us-talks_001.txt", "--expect", "0", "--json")
    assert first.code == 0
    stale = run("add", "--story", "a", "us-talks_002.txt", "--expect", "0", "--json")
    assert (stale.code, stale.error["error"]) == (4, "Conflict")
    assert run("add", "--story", "a", "us-talks_002.txt", "--expect", first.json["id"][:12]).code == 0
    assert run("add", "--story", "a", "us-talks_001.txt", "--expect", "2").code == 0
    assert run("add", "--story", "a", "us-talks_001.txt", "us-talks_002.txt", "--expect", "3").code == 2


@pytest.mark.parametrize("story", ["", "x" * 4097, "a\tb", " a"])
def test_a_story_id_that_cannot_be_is_refused(run: Program, story: str) -> None:
    assert run("add", "--story", story, "us-talks_001.txt").code == 2
