"""CONTRACT §5, JSON forms: each has the fields that were promised, by name, type and order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_program import Program

_FACTS = (
    "source headline byline url guid provider_version kind lang slug urgency keywords place note rights "
    "first_created"
)
_BEFORE = (
    "story number id text_id facts_id parent dated at recorded last_seen late previous changed "
    "added_words removed_words words state lifts"
)
_AFTER = "extra capture base stored_bytes first_recorded redacted"
FACTS = _FACTS.split()
VERSION = [*_BEFORE.split(), *FACTS, *_AFTER.split()]


@pytest.fixture
def run(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    assert program("init").code == 0
    first = ("--date", "2020-01-01", "--source", "A", "--headline", "Ferry")
    told = {b"The ferry sails on Monday.\n": first}
    told[b"The ferry sails on Friday.\n"] = ("--date", "2020-01-05T10:00Z", "--source", "B", "--kind", "x")
    told[b"The ferry sailed in spring.\n"] = ("--date", "2019-04", "--source", "A", "--set", "urgency=4")
    for text, options in told.items():
        assert program("add", "--story", "ferry", *options, "-", stdin=text).code == 0
    assert program("add", "--story", "zürich", "--undated", "-", stdin="Grüezi.".encode()).code == 0
    return program


def by_number(run: Program) -> dict[int, dict[str, Any]]:
    return {found["number"]: found for found in run("log", "ferry", "--json").objects}


def test_a_version_has_every_promised_field_and_null_for_what_is_not_known(run: Program) -> None:
    for version in run("log", "--json").objects:
        assert list(version) == VERSION
    undated = run("show", "zürich", "--json").json
    assert list(undated) == [*VERSION, "text"]
    absent = {name: undated[name] for name in ("dated", "parent", "previous", "base", *FACTS)}
    assert absent == dict.fromkeys(absent)
    assert (undated["extra"], undated["changed"], undated["late"]) == ({}, [], False)


def test_ids_are_64_hex_digits_and_a_parent_is_the_version_that_arrived_before(run: Program) -> None:
    versions = by_number(run)
    for version in versions.values():
        for name in ("id", "text_id", "facts_id"):
            assert len(bytes.fromhex(version[name])) == 32
    assert [versions[number]["parent"] for number in (1, 2, 3)] == [
        None,
        versions[1]["id"],
        versions[2]["id"],
    ]


def test_dated_is_as_precise_as_known_and_at_is_always_to_the_second(run: Program) -> None:
    versions = by_number(run)
    assert [versions[number]["dated"] for number in (1, 2, 3)] == [
        "2020-01-01",
        "2020-01-05T10:00+00:00",
        "2019-04",
    ]
    assert [versions[number]["at"] for number in (1, 2, 3)] == [
        "2020-01-01T00:00:00Z",
        "2020-01-05T10:00:00Z",
        "2019-04-30T23:59:59Z",
    ]


def test_words_and_changes_are_told_against_previous(run: Program) -> None:
    versions = by_number(run)
    told = {
        number: (found["previous"], found["added_words"], found["removed_words"], found["late"])
        for number, found in versions.items()
    }
    assert told == {1: (3, 3, 3, False), 2: (1, 1, 1, False), 3: (None, 5, 0, True)}
    assert versions[2]["changed"] == ["text", "source", "headline", "kind"]
    assert versions[1]["changed"] == ["text", "headline", "urgency"]
    assert versions[3]["urgency"] == 4


def test_capture_notes_tell_digest_character_set_and_reader(run: Program) -> None:
    notes = run("show", "zürich", "--json").json["capture"]
    assert {"digest", "charset", "reader"} <= set(notes)


def test_add_answers_with_five_fields_and_its_input(run: Program) -> None:
    fields = ["story", "number", "id", "text_id", "outcome", "input"]
    wires = [
        ("new", ("--story", "tram", "--date", "2020")),
        ("same", ("--story", "tram", "--date", "2020")),
        ("changed", ("--story", "tram", "--date", "2020", "--lang", "en")),
    ]
    for outcome, options in wires:
        answer = run("add", *options, "-", "--json", stdin=b"The tram.").json
        assert list(answer) == fields
        assert (answer["outcome"], answer["input"]) == (outcome, "-")


def test_import_answers_alike_with_v_and_ends_with_its_counts(run: Program) -> None:
    lines = b'{"story": "bus", "text": "The bus."}\n{"story": "bus"}\n'
    done = run("import", "-", "--json", "-v", stdin=lines)
    assert [list(found) for found in done.objects] == [
        ["story", "number", "id", "text_id", "outcome", "input"]
    ]
    assert list(done.error.items()) == [("new", 1), ("changed", 0), ("same", 0), ("bad", 1)]
    assert run("import", "-", "--json", stdin=lines).out == b""


def test_a_story_has_seven_fields_and_numbers_for_current_and_tip(run: Program) -> None:
    ferry, zurich = run("stories", "--json").objects
    assert ferry == {
        "story": "ferry",
        "versions": 3,
        "current": 2,
        "tip": 3,
        "at": "2020-01-05T10:00:00Z",
        "headline": None,
        "source": "B",
    }
    assert list(zurich) == list(ferry)


def test_lists_are_an_object_a_line_and_single_answers_one_object_in_ascii(run: Program) -> None:
    for words in (("stories",), ("log",), ("show", "zürich"), ("export", "--jsonl", "-")):
        out = run(*words, "--json").out
        assert out.isascii()
        assert out.endswith(b"\n")
        assert all(isinstance(json.loads(line), dict) for line in out.splitlines())
    assert b"z\\u00fcrich" in run("stories", "--json").out


def test_a_diff_has_seven_fields_and_its_edits_join_to_both_texts(run: Program) -> None:
    diff = run("diff", "ferry@1", "@2", "--json").json
    assert diff == {
        "story": "ferry",
        "from": 1,
        "to": 2,
        "edits": [["=", "The ferry sails on "], ["-", "Monday"], ["+", "Friday"], ["=", ".\n"]],
        "added_words": 1,
        "removed_words": 1,
        "facts": {"source": ["A", "B"], "headline": ["Ferry", None], "kind": [None, "x"]},
    }


def test_a_diff_from_nothing_or_to_a_file_has_null_there(run: Program) -> None:
    first = run("diff", "ferry@3", "--json").json
    assert (first["from"], first["to"], first["facts"]) == (None, 3, {})
    file = run("diff", "ferry@1", "--file", "-", "--json", stdin=b"Another.").json
    assert (file["story"], file["from"], file["to"]) == ("ferry", 1, None)


def test_a_blame_has_hunks_in_code_points_and_paragraphs_by_number(run: Program) -> None:
    blame = run("blame", "ferry@2", "--json").json
    assert list(blame) == ["story", "number", "id", "text_id", "hunks", "paragraphs", "reverse"]
    for hunk in blame["hunks"]:
        assert list(hunk) == ["start", "length", "text", "number", "id", "dated", "at", "source"]
        assert len(hunk["text"]) == hunk["length"]
    assert "".join(hunk["text"] for hunk in blame["hunks"]) == "The ferry sails on Friday.\n"
    assert [hunk["start"] for hunk in blame["hunks"]] == sorted(hunk["start"] for hunk in blame["hunks"])
    (paragraph,) = blame["paragraphs"]
    assert list(paragraph) == ["number", "start", "length", "introduced", "last_touched"]
    assert (paragraph["number"], paragraph["start"], paragraph["length"]) == (1, 0, 26)
    assert paragraph["last_touched"] == 2


def test_a_blank_text_is_one_hunk_its_own_and_has_no_paragraphs(run: Program) -> None:
    for text in (b"", b" \n"):
        run("add", "--story", "ferry", "--date", "2021", "--allow-empty", "-", stdin=text)
        blame = run("blame", "ferry", "--json").json
        (hunk,) = blame["hunks"]
        assert (hunk["start"], hunk["length"], hunk["text"]) == (0, len(text), text.decode())
        assert hunk["number"] == blame["number"]
        assert blame["paragraphs"] == []


def test_fsck_and_stats_have_their_fields(run: Program) -> None:
    assert run("fsck", "--json").json == {"ok": True, "stories": 2, "versions": 4, "problems": []}
    stats = run("stats", "--json").json
    promised = "stories versions text_bytes stored_bytes origin_bytes keyframes patches format"
    moments = "last_recorded last_gc last_fsck"
    assert {*promised.split(), *moments.split()} <= set(stats)
    assert (stats["stories"], stats["versions"], stats["keyframes"] + stats["patches"]) == (2, 4, 4)
    assert (stats["format"], stats["last_gc"]) == (3, None)
    assert stats["last_fsck"] is not None


def test_an_error_is_one_object_with_its_class_and_message(run: Program) -> None:
    asked = {
        "UnknownStory": ("show", "nope"),
        "UnknownVersion": ("show", "ferry@9"),
        "UnknownParagraph": ("blame", "ferry", "-p", "9"),
        "BadReference": ("show", "ferry@2019-02-30"),
        "NoStore": ("--store", "nowhere", "log"),
        "UsageError": ("show",),
    }
    for error, words in asked.items():
        done = run(*words, "--json")
        assert done.out == b""
        assert list(done.error)[:2] == ["error", "message"]
        assert done.error["error"] == error
