"""`vstore add --match`. Issue 7, "Matching"."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from cli_program import Program, environment
from coined import beginning, retyped, wire
from crawls import response
from pages import page

import vstore
from vstore.slugs import slug

PARTLY = f"{wire(50, 20)} {beginning(wire(1), 0.18)}"
"""Shares a fifth with a story."""


@pytest.fixture
def run(tmp_path: Path) -> Program:
    """A store of ten stories, and wires of several kinds in files."""
    with vstore.open(tmp_path, create=True) as store:
        for number in range(10):
            store.add(f"s{number}", wire(number))
    wires = {"copy": retyped(wire(3), 0.1), "new": wire(77), "partly": PARTLY, "short": "Vote delayed."}
    for name, text in wires.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    (tmp_path / "front.txt").write_text(f"---\nstory: own\n---\n{wire(4)}", encoding="utf-8")
    return Program(tmp_path)


def test_a_copy_goes_to_its_story_and_why_is_told(run: Program) -> None:
    done = run("add", "--match", "copy.txt")
    assert done.code == 0
    assert done.out.startswith(b"s3@2  ")
    assert done.out.endswith(b"  changed  copy.txt\n")
    assert done.err.startswith("copy.txt: matched s3@1, 0.")
    assert " of the words; " in done.err
    assert "as in “" in done.err


def test_another_wire_makes_a_story_with_a_name_of_its_own(run: Program) -> None:
    name = slug(wire(77))
    done = run("add", "--match", "new.txt")
    assert (done.code, done.err) == (0, f"new.txt: a new story, {name}\n")
    assert done.out.decode().startswith(f"{name}@1  ")
    again = run("add", "--match", "new.txt")
    assert again.out.endswith(b"  same  new.txt\n")


def test_the_headline_names_it(run: Program) -> None:
    done = run("add", "--match", "--headline", "Ferry sails again", "new.txt")
    assert done.lines[0].startswith("ferry-sails-again-")
    (run.folder / "front.txt").write_text(f"---\nheadline: Talks resume\n---\n{wire(78)}", encoding="utf-8")
    assert run("add", "--match", "front.txt").lines[0].startswith("talks-resume-")


def test_two_copies_in_one_run_find_each_other(run: Program) -> None:
    (run.folder / "new2.txt").write_text(beginning(wire(77), 0.5), encoding="utf-8")
    done = run("add", "--match", "new.txt", "new2.txt")
    assert [line.split("@")[0] for line in done.lines] == [slug(wire(77))] * 2
    assert [line.split()[2] for line in done.lines] == ["new", "changed"]


def test_a_file_that_names_its_story_is_not_matched(run: Program) -> None:
    done = run("add", "--match", "front.txt", "--json")
    assert done.json["story"] == "own"
    assert "matched" not in done.json
    assert run("add", "--match", "--story-from", "stem", "copy.txt").out.startswith(b"copy@1  ")


def test_json_tells_what_was_found(run: Program) -> None:
    copy, new, own = run("add", "--match", "--json", "copy.txt", "new.txt", "front.txt").objects
    assert (copy["story"], copy["matched"]["verdict"]) == ("s3", "sure")
    assert copy["matched"]["nearest"]["number"] == 1
    assert copy["matched"]["nearest"]["passages"]
    assert (new["matched"]["verdict"], new["matched"]["story"]) == ("new", new["story"])
    assert "matched" not in own


def test_a_dry_run_tells_the_same_and_keeps_nothing(run: Program) -> None:
    done = run("add", "--match", "--dry-run", "copy.txt", "new.txt")
    assert [line.split("@")[0] for line in done.lines] == ["s3", slug(wire(77))]
    with vstore.open(run.folder) as store:
        assert store.stats().versions == 10


# Neither sure nor none


def test_where_nobody_can_be_asked_it_becomes_a_new_story(run: Program) -> None:
    done = run("add", "--match", "partly.txt")
    assert (done.code, done.lines[0].split("@")[0]) == (0, slug(PARTLY))
    assert "a new story, " in done.err
    assert "it may belong to s1@1, 0." in done.err


def test_best_and_new_decide(run: Program) -> None:
    assert (
        run("add", "--match", "--ambiguous", "new", "--dry-run", "partly.txt")
        .lines[0]
        .startswith(slug(PARTLY))
    )
    best = run("add", "--match", "--ambiguous", "best", "partly.txt")
    assert best.out.startswith(b"s1@2  ")
    assert best.err.startswith("partly.txt: matched s1@1, 0.")


def test_what_is_skipped_is_not_kept_and_told(run: Program) -> None:
    done = run("add", "--match", "--ambiguous", "skip", "partly.txt")
    assert (done.code, done.out) == (2, b"")
    assert "it may belong to s1, 0." in done.err
    both = run("add", "--match", "--ambiguous", "skip", "--json", "partly.txt", "copy.txt")
    assert (both.code, both.json["story"]) == (7, "s3")
    told = [json.loads(line) for line in both.err.splitlines()]
    assert [line.get("error") for line in told] == ["BadWire", None]
    assert (told[0]["story"], told[0]["input"]) == ("s1", "partly.txt")
    assert told[1] == {"new": 0, "changed": 1, "same": 0, "bad": 1}


@pytest.mark.parametrize(("typed", "story"), [(b"best\n", "s1@2"), (b"maybe\nnew\n", slug(PARTLY)[:20])])
def test_on_a_terminal_it_is_asked(run: Program, typed: bytes, story: str) -> None:
    code, shown = run.on_terminal("add", "--match", "partly.txt", typed=typed)
    assert code == 0
    assert b"partly.txt: may belong to s1@1, 0." in shown
    assert b"(new, skip, best)" in shown
    assert story.encode() in shown


def test_on_a_terminal_it_may_be_skipped(run: Program) -> None:
    code, shown = run.on_terminal("add", "--match", "partly.txt", typed=b"skip\n")
    assert code == 2
    assert b"skipped" in shown


# Guid and URL come first


GUID, OTHER = "urn:newsml:kestrel.example:20310502:nk17", "urn:newsml:kestrel.example:20310502:nk18"


def test_a_guid_that_is_known_leads_where_it_leads_and_nothing_is_matched(run: Program) -> None:
    run("add", "--story", "s5", "--guid", GUID, "short.txt")
    done = run("add", "--match", "--json", "--guid", GUID, "copy.txt")
    assert (done.json["story"], "matched" in done.json, done.err) == ("s5", False, "")


def test_a_guid_that_is_not_known_is_no_reason_to_match_nothing(run: Program) -> None:
    done = run("add", "--match", "--json", "--guid", GUID, "copy.txt")
    assert (done.json["story"], done.json["matched"]["verdict"]) == ("s3", "sure")
    assert run("add", "--match", "--json", "--guid", GUID, "short.txt").json["story"] == "s3"


def test_the_same_few_words_under_two_guids_stay_two_stories(run: Program) -> None:
    first = run("add", "--match", "--json", "--guid", GUID, "short.txt").json["story"]
    other = run("add", "--match", "--json", "--guid", OTHER, "short.txt").json["story"]
    assert first == slug("Vote delayed.")
    assert other.startswith(f"{first}-")


def test_where_story_from_tells_nothing_it_is_matched(run: Program) -> None:
    done = run("add", "--match", "--story-from", "^(new)", "copy.txt", "new.txt")
    assert [line.split("@")[0] for line in done.lines] == ["s3", "new"]


# Files of many items, and folders


def land(run: Program, name: str, *texts: str) -> None:
    """A file of JSON lines, an item each."""
    items = ({"text": text, "headline": f"Item {at}"} for at, text in enumerate(texts))
    (run.folder / name).write_text("".join(f"{json.dumps(item)}\n" for item in items), encoding="utf-8")


def test_each_item_is_kept_before_the_next_is_matched(run: Program) -> None:
    texts = (wire(60), retyped(wire(3), 0.1), retyped(wire(60), 0.1), wire(61))
    land(run, "many.jsonl", *texts)
    done = run("add", "--match", "--json", "many.jsonl")
    assert done.code == 0, done.err
    new, other = (slug(texts[at], f"Item {at}") for at in (0, 3))
    assert [(form["story"], form["item"]) for form in done.objects] == [
        (new, 1),
        ("s3", 2),
        (new, 3),
        (other, 4),
    ]
    assert [form["matched"]["verdict"] for form in done.objects] == ["new", "sure", "sure", "new"]
    assert done.objects[2]["matched"]["nearest"]["story"] == new
    again = run("add", "--match", "--json", "many.jsonl")
    assert [form["outcome"] for form in again.objects] == ["same"] * 4


def test_items_are_told_by_their_numbers_and_counted_with_those_that_are_skipped(run: Program) -> None:
    land(run, "many.jsonl", wire(60), PARTLY, retyped(wire(3), 0.1))
    done = run("add", "--match", "--ambiguous", "skip", "many.jsonl")
    assert done.code == 7
    assert "many.jsonl  item 1: a new story, " in done.err
    assert "many.jsonl  item 3: matched s3@1, " in done.err
    assert "it may belong to s1, " in done.err
    assert done.err.endswith("1 new, 1 changed, 0 same, 1 bad\n")


def test_what_came_with_one_file_is_taken_back_together(run: Program) -> None:
    land(run, "many.jsonl", wire(60), retyped(wire(60), 0.1))
    run("add", "--match", "many.jsonl")
    assert len(run("stories").lines) == 11
    run("undo")
    assert len(run("stories").lines) == 10


def test_a_dry_run_of_many_keeps_nothing(run: Program) -> None:
    land(run, "many.jsonl", wire(60), retyped(wire(3), 0.1))
    done = run("add", "--match", "--dry-run", "many.jsonl")
    assert (done.code, len(done.lines)) == (0, 2)
    assert done.lines[1].startswith("s3@2  ")
    assert len(run("log", "--oneline").lines) == 10


def test_a_folder_is_matched_file_by_file(run: Program) -> None:
    (run.folder / "in").mkdir()
    for name, text in {"a": wire(60), "b": retyped(wire(60), 0.1), "c": retyped(wire(3), 0.1)}.items():
        (run.folder / "in" / f"{name}.txt").write_text(text, encoding="utf-8")
    done = run("add", "--match", "in")
    assert [line.split("  ")[0] for line in done.lines] == [
        f"{slug(wire(60))}@1",
        f"{slug(wire(60))}@2",
        "s3@2",
    ]


def feed(*texts: str) -> str:
    entries = "".join(
        f"<item><title>T{at}</title><guid>urn:x-wire:desk:{2000 + at}</guid>"
        f"<description>{text}</description></item>"
        for at, text in enumerate(texts)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{entries}</channel></rss>'


def test_items_of_a_feed_are_matched_where_their_guids_are_new(run: Program) -> None:
    pytest.importorskip("feedparser")
    (run.folder / "feed.xml").write_text(feed(wire(60), retyped(wire(3), 0.1)), encoding="utf-8")
    done = run("add", "--match", "--json", "feed.xml")
    assert done.code == 0, done.err
    assert [form["matched"]["verdict"] for form in done.objects] == ["new", "sure"]
    assert done.objects[1]["story"] == "s3"
    again = run("add", "--match", "--json", "feed.xml")
    assert [("matched" in form, form["outcome"]) for form in again.objects] == [(False, "same")] * 2


def test_pages_of_a_crawl_are_matched(run: Program) -> None:
    pytest.importorskip("warcio")
    pytest.importorskip("trafilatura")
    pages = {"https://a.example/1": wire(60), "https://b.example/2": retyped(wire(3), 0.1)}
    record(run.folder / "crawl.warc", pages)
    done = run("add", "--match", "--json", "crawl.warc")
    assert done.code == 0, done.err
    assert [form["matched"]["verdict"] for form in done.objects] == ["new", "sure"]
    assert done.objects[1]["story"] == "s3"


def record(place: Path, pages: dict[str, str]) -> None:
    """A crawl of articles."""
    head = "<title>Wire</title>"
    written = [response(page(*text.split("\n\n"), head=head), url=url) for url, text in pages.items()]
    place.write_bytes(b"".join(written))


# What does not go together


@pytest.mark.parametrize(
    "options", [["--ambiguous", "best"], ["--match", "--story", "s"], ["--match", "--ambiguous", "maybe"]]
)
def test_options_that_contradict_each_other_are_refused(run: Program, options: list[str]) -> None:
    assert run("add", *options, "copy.txt").code == 2


def test_without_it_a_file_without_a_story_is_refused_and_told_of_it(run: Program) -> None:
    done = run("add", "copy.txt")
    assert done.code == 2
    assert "--match" in done.err


def test_an_empty_file_is_refused_as_ever(run: Program) -> None:
    (run.folder / "empty.txt").touch()
    assert run("add", "--match", "empty.txt").code == 2
    done = run("add", "--match", "--allow-empty", "empty.txt")
    assert done.code == 2
    assert "which story does it belong to?" in done.err


# Several at once


def test_of_the_same_new_wire_added_by_several_at_once_comes_one_story(run: Program) -> None:
    commands = [
        subprocess.Popen(
            run.command("add", "--match", "--date", "2031-01-01", "new.txt", "short.txt"),
            cwd=run.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(5)
    ]
    outs = [command.communicate(timeout=60)[0].decode().splitlines() for command in commands]
    assert [command.returncode for command in commands] == [0] * 5
    outcomes = sorted(line.split()[2] for lines in outs for line in lines)
    assert outcomes == ["new"] * 2 + ["same"] * 8
    with vstore.open(run.folder) as store:
        assert len(list(store.stories())) == 12
