"""CONTRACT §3 and §4: naming a version on the command line, and finding the store."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_program import Done, Program

import vstore

URL = "https://example.org/a?b=1@2"


@pytest.fixture
def run(tmp_path: Path) -> Program:
    with vstore.open(tmp_path, create=True) as store:
        for day, source in (("05", "A"), ("10", "B"), ("15", "A")):
            store.add("talks", f"Talks on the {day}th.", date=f"2019-01-{day}T12:00Z", source=source)
        store.add("talks", "Talks before.", date="2018-12", source="A")
        store.add("talks@1", "A story of that name.")
        store.add("talks~1", "Another one.")
        store.add("1..3", "A third one.")
        store.add(URL, "A page.", date="2019")
    return Program(tmp_path)


def text(run: Program, *words: str) -> str:
    done = run("show", *words)
    assert done.code == 0, done.err
    return done.out.decode()


def number(run: Program, ref: str) -> int:
    found: int = run("show", ref, "--json").json["number"]
    return found


def refused(done: Done, code: int, words: str) -> None:
    assert (done.code, done.out) == (code, b"")
    assert words in done.err


def test_a_story_alone_is_its_current_version_and_tip_the_last_to_arrive(run: Program) -> None:
    refs = ("talks", "talks@tip", "talks@first", "talks@2", "talks~2", "talks~", "talks~0")
    assert [number(run, ref) for ref in refs] == [3, 4, 4, 2, 1, 2, 3]


def test_a_date_is_the_last_version_dated_then_or_earlier_and_means_its_end(run: Program) -> None:
    refs = {
        "talks@2019-01-15": 3,
        "talks@2019-01-15T11:59Z": 2,
        "talks@2019-01-15T13:00+01:00": 3,
        "talks@2019-01-14": 2,
        "talks@2018-12": 4,
        "talks@2019-01": 3,
        "talks@{2018}": 4,
        "talks@{2019-01-14}": 2,
        "talks@{2}": 2,
        "talks@{tip}": 4,
    }
    assert {ref: number(run, ref) for ref in refs} == refs
    refused(run("show", "talks@2018-11"), 3, "no version dated 2018-11 or earlier")


def test_operators_chain(run: Program) -> None:
    refs = {"talks@2019-01-15~1": 2, "talks@3~1~1": 1, "talks@3~2@tip": 4, "talks@{2019-01-15}~1": 2}
    assert {ref: number(run, ref) for ref in refs} == refs


def test_an_id_prefix_takes_four_digits_in_a_story_and_seven_alone(run: Program) -> None:
    shown = run("log", "talks", "--format", "%H").lines
    for version_id in shown:
        letter = next(at for at, digit in enumerate(version_id) if digit.isalpha()) + 1
        prefix = version_id[: max(7, letter)]
        assert run("show", f"talks@{prefix}", "--json").json["id"] == version_id
        assert run("show", f"talks@{prefix.upper()}", "--json").json["id"] == version_id
        assert run("show", version_id[:7], "--json").json["id"] == version_id
    refused(run("show", f"talks@{shown[0][:3]}x"), 2, "cannot read")
    refused(run("show", shown[0][:6]), 3, "there is no story")


def test_every_shown_prefix_can_be_given_back(run: Program) -> None:
    for words in (("log", "talks"), ("log",)):
        for line in run(*words, "--format", "%h %H %(story)").lines:
            prefix, version_id, story = line.split(" ", 2)
            assert any(digit.isalpha() for digit in prefix)
            assert run("show", f"{story}@{prefix}", "--json").json["id"] == version_id


def test_an_exact_story_id_wins_over_the_grammar(run: Program) -> None:
    assert text(run, "talks@1") == "A story of that name."
    assert text(run, "talks~1") == "Another one."
    assert text(run, "1..3") == "A third one."
    assert text(run, "talks@{1}") == "Talks on the 05th."
    assert text(run, URL) == text(run, f"{URL}@1") == "A page."
    refused(run("show", f"{URL}@2"), 3, "no version 2")


def test_story_and_version_name_without_parsing(run: Program) -> None:
    assert text(run, "--story", "talks", "--version", "1") == "Talks on the 05th."
    assert text(run, "--story", "talks", "--version", "2019-01-10") == "Talks on the 10th."
    assert text(run, "--story", "talks@1") == "A story of that name."
    refused(run("show", "--story", "talks@2"), 3, "there is no story 'talks@2'")


def test_a_second_argument_belongs_to_the_first_ones_story_and_dots_are_a_pair(run: Program) -> None:
    for words in (("talks@2", "@3"), ("talks@2..3",), ("--story", "talks", "2", "3"), ("talks@{2}", "talks")):
        diff = run("diff", *words, "--json").json
        assert (diff["story"], diff["from"], diff["to"]) == ("talks", 2, 3)


def test_diff_of_a_late_wire_and_of_the_one_after_it_go_by_the_order_and_the_source(run: Program) -> None:
    told = {ref: run("diff", ref, "--json").json["from"] for ref in ("talks@2", "talks@3", "talks@4")}
    assert told == {"talks@2": 1, "talks@3": 1, "talks@4": None}
    assert run("diff", "talks@{1}", "--json").json["from"] == 4


def test_what_is_not_found_is_told_with_the_nearest_names(run: Program) -> None:
    done = run("show", "talk", "--json")
    assert (done.code, done.error["error"]) == (3, "UnknownStory")
    assert "talks" in done.error["nearest"]
    refused(run("show", "talk"), 3, "did you mean talks")
    refused(run("show", "talks@9"), 3, "it has 1 to 4")


def test_a_bare_prefix_that_two_versions_answer_to_names_both_stories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with vstore.open(tmp_path, create=True) as store:
        version_id = store.add("one", "A.", date="2020").version.id
        store.add("two", "A.", date="2020")
        ((_, row),) = store._storage.find(version_id)
        # Ids that share seven digits are too rare to be made here.
        monkeypatch.setattr(store._storage, "find", lambda _prefix: [("one", row), ("two", row)])
        with pytest.raises(vstore.AmbiguousName) as refusal:
            store.resolve(version_id[:7])
    assert [each["story"] for each in refusal.value.facts["candidates"]] == ["one", "two"]
    assert refusal.value.exit_code == 3


def test_the_store_is_that_of_the_option_then_the_environment_then_the_nearest_above(tmp_path: Path) -> None:
    for name in ("option", "environment", "near"):
        with vstore.open(tmp_path / name, create=True) as store:
            store.add(name, "Text.")
    below = tmp_path / "near" / "below"
    below.mkdir()
    here = Program(below)
    environment = str(tmp_path / "environment")
    assert here("stories", "--json").json["story"] == "near"
    assert here("stories", "--json", VSTORE_STORE=environment).json["story"] == "environment"
    option = here("--store", tmp_path / "option", "stories", "--json", VSTORE_STORE=environment)
    assert option.json["story"] == "option"
    assert here("--store", tmp_path / "option" / ".vstore", "stories", "--json").json["story"] == "option"


def test_a_url_of_a_backend_that_is_not_there_is_told(tmp_path: Path) -> None:
    for words in (("log",), ("init",)):
        refused(Program(tmp_path)("--store", "mysql://db/news", *words), 3, "no backend")
    assert list(tmp_path.iterdir()) == []


def test_memory_is_no_place_for_a_command_to_keep_anything(tmp_path: Path) -> None:
    run = Program(tmp_path)
    refused(run("--store", "memory:", "add", "--story", "s", "-", stdin=b"Text."), 3, "name a folder")
    refused(run("stories", VSTORE_STORE="memory:"), 3, "name a folder")
    refused(run("--store", "memory:", "init"), 3, "no backend")
