"""log, show and checkout of stories that were killed, withheld or corrected, or are under embargo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_program import Program

KILLED = "vstore: strike was killed by version 2 (Tideway, 2024-10-02 17:25 UTC): Withdrawn by the desk\n"
HELD = "vstore: pay@1 is under embargo until 9999-01-01 06:00 UTC: For Friday's papers\n"


def add(run: Program, story: str, text: str, *options: str) -> None:
    assert run("add", "--story", story, *options, "-", stdin=text.encode()).code == 0


@pytest.fixture
def run(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    assert program("init").code == 0
    first = ("--date", "2024-10-02T16:40Z", "--source", "Tideway", "--headline", "Strike ends")
    kill = ("--date", "2024-10-02T17:25Z", "--source", "Tideway", "--kind", "Kill")
    add(program, "strike", "The strike ends.", *first, "--byline", "Ansel Roe")
    add(program, "strike", "Please kill the strike.", *kill, "--set", "note=Withdrawn by\nthe desk")
    note = ("--set", "note=For Friday's papers")
    add(program, "pay", "Pay rises.", "--date", "2024-10-01", "--set", "embargoed=9999-01-01T06:00Z", *note)
    add(program, "past", "Rain fell.", "--date", "2024-10-01", "--set", "embargoed=2024-10-01T06:00Z")
    return program


def revive(run: Program) -> None:
    headline = ("--headline", "Votes are counted", "--byline", "Iris Cale")
    third = ("--date", "2024-10-03", "--source", "Tideway", "--kind", "correction")
    add(run, "strike", "Votes are counted.", *third, *headline)


def test_show_of_a_killed_story_gives_the_text_and_warns_who_killed_it_when_and_why(run: Program) -> None:
    for name in ("strike", "strike@1", "strike@2"):
        done = run("show", name)
        assert (done.code, done.err) == (0, KILLED)
    assert run("show", "strike@1").out == b"The strike ends."
    assert run("show", "strike@1", "-q").err == ""
    assert run("show", "strike@1", "--as-of", "2001").code == 3


def test_a_warning_is_an_object_on_stderr_where_json_is_wanted(run: Program) -> None:
    done = run("show", "strike@1", "--json")
    assert done.json["text"] == "The strike ends."
    warning = done.error
    assert (warning["warning"], warning["by"], warning["note"]) == ("kill", 2, "Withdrawn by\nthe desk")
    assert warning["message"] == KILLED[len("vstore: ") : -1]


def test_a_story_that_lives_again_warns_of_its_killed_texts_only(run: Program) -> None:
    revive(run)
    assert run("show", "strike").err == ""
    told = "vstore: strike@1 was killed by version 2 (Tideway, 2024-10-02 17:25 UTC): Withdrawn by the desk"
    assert run("show", "strike@1").err == f"{told}; the story lives again with version 3\n"


def test_an_embargoed_wire_warns_until_its_hour(run: Program) -> None:
    assert run("show", "pay").err == HELD
    assert run("show", "past").err == ""


def test_a_withheld_story_warns(run: Program) -> None:
    add(run, "strike", "Hold it.", "--date", "2024-10-04", "--set", "pubstatus=withheld")
    assert run("show", "strike").err == "vstore: strike is withheld by version 3 (2024-10-04)\n"


def test_checkout_writes_and_warns(run: Program) -> None:
    done = run("checkout", "strike@1")
    assert (done.out, done.err) == (b"strike@1.txt\n", KILLED)
    assert (run.folder / "strike@1.txt").read_bytes() == b"The strike ends."
    done = run("checkout", "strike@1", "-o", "-")
    assert (done.out, done.err) == (b"The strike ends.", KILLED)


def test_checkout_of_many_says_each_thing_once(run: Program) -> None:
    done = run("checkout", "--all", "--into", "texts")
    assert sorted(done.err.splitlines(keepends=True)) == sorted([HELD, KILLED])
    done = run("checkout", "strike", "--all-versions", "--into", "all")
    assert (len(done.lines), done.err) == (2, KILLED)


def test_log_marks_what_versions_say_they_are(run: Program) -> None:
    revive(run)
    lines = run("log", "strike", "--oneline").lines
    assert [line.partition("  (")[2] for line in lines] == ["correction, lives again)", "kill)", ""]
    assert run("log", "strike", "-n", "1").lines[1:7] == [
        "Date:     2024-10-03",
        "Source:   Tideway",
        "Headline: Votes are counted",
        "Byline:   Iris Cale",
        "Changed:  text, headline, byline, kind, note (since version 2)",
        "Words:    +3 -4 (3)",
    ]
    assert run("log", "strike@2", "-n", "1").lines[3:8] == [
        "Headline: (none)",
        "  was:    Strike ends",
        "Byline:   (none)",
        "  was:    Ansel Roe",
        "Note:     Withdrawn by the desk",
    ]
    assert run("log", "pay").lines[2:4] == [
        "Embargo:  until 9999-01-01 06:00 UTC",
        "Note:     For Friday's papers",
    ]


def test_log_of_headlines_is_a_line_a_change_and_an_object_a_change(run: Program) -> None:
    revive(run)
    lines = run("log", "strike", "--headlines").lines
    assert [line.partition(" ")[2] for line in lines] == [
        "3  2024-10-03  Tideway  headline: Votes are counted  (correction, lives again)",
        "3  2024-10-03  Tideway  byline: Iris Cale  (correction, lives again)",
        "2  2024-10-02 17:25 UTC  Tideway  headline: (none)  (kill)",
        "2  2024-10-02 17:25 UTC  Tideway  byline: (none)  (kill)",
        "1  2024-10-02 16:40 UTC  Tideway  headline: Strike ends",
        "1  2024-10-02 16:40 UTC  Tideway  byline: Ansel Roe",
    ]
    objects = run("log", "strike", "--headlines", "--json").objects
    assert [(each["number"], each["fact"], each["new"]) for each in objects][:3] == [
        (3, "headline", "Votes are counted"),
        (3, "byline", "Iris Cale"),
        (2, "headline", None),
    ]
    assert len(run("log", "--headlines", "-n", "1").lines) == 2
    assert run("log", "--headlines", "--reverse").lines[-1].partition(" ")[2].startswith("strike@3")
    assert run("log", "pay", "--headlines").code == 1


def test_log_of_corrections_shows_notes_beside_words_and_what_was_not_announced(run: Program) -> None:
    revive(run)
    add(run, "strike", "Votes are recounted.", "--date", "2024-10-04", "--source", "Tideway")
    note = ("--kind", "corrected", "--set", "note=Votes were not\nrecounted")
    add(run, "strike", "Votes are counted.", "--date", "2024-10-05", "--source", "Tideway", *note)
    lines = [line for line in run("log", "strike", "--corrections").lines if line]
    assert [line.partition(" ")[2] if "2024-" in line else line for line in lines] == [
        "5  2024-10-05  +1 -1  Tideway  (correction)",
        "  note: Votes were not recounted",
        "Votes are [-recounted-]{+counted+}.",
        "4  2024-10-04  +1 -1  Tideway",
        "  unannounced",
        "headline: Votes are counted -> (none)",
        "byline: Iris Cale -> (none)",
        "Votes are [-counted-]{+recounted+}.",
        "3  2024-10-03  +3 -4  Tideway: Votes are counted  (correction, lives again)",
        "  without a note",
        "  compared with version 1",
        "headline: Strike ends -> Votes are counted",
        "byline: Ansel Roe -> Iris Cale",
        "[-The strike ends-]{+Votes are counted+}.",
    ]
    told = [(each["announced"], each["noted"]) for each in run("log", "--corrections", "--json").objects]
    assert told == [("state", "Votes were not\nrecounted"), (None, None), ("state", None)]
    assert len(run("log", "strike", "--corrections", "--oneline").lines) == 7
    assert run("log", "strike", "--corrections", "--format", "%N").lines == ["5", "4", "3"]
    assert run("log", "strike@4", "--corrections", "-n", "1", "--stat").lines[2].startswith("  1 paragraph")
    assert run("log", "pay", "--corrections").code == 1


def test_a_correction_that_is_a_storys_first_version_has_nothing_beside_it(run: Program) -> None:
    add(run, "rain", "Rain fell.", "--date", "2024-10-01", "--kind", "correction", "--set", "note=It did")
    assert run("log", "rain", "--corrections").lines[1:] == [
        "  note: It did",
        "  there is no earlier version to compare it with",
    ]


@pytest.mark.parametrize(
    "options",
    [
        ("--headlines", "--corrections"),
        ("--headlines", "--oneline"),
        ("--headlines", "-p"),
        ("--corrections", "-S", "word"),
        ("--corrections", "-L", "1"),
    ],
)
def test_options_that_look_for_different_things_are_refused(run: Program, options: tuple[str, ...]) -> None:
    assert run("log", "strike", *options).code == 2


def test_states_stand_in_the_json_form_and_in_formats(run: Program) -> None:
    revive(run)
    told = [(found["state"], found["lifts"]) for found in run("log", "strike", "--json").objects]
    assert told == [("correction", 2), ("kill", None), (None, None)]
    assert run("log", "strike", "--format", "%N %(state) %(lifts)").lines == [
        "3 correction 2",
        "2 kill ",
        "1  ",
    ]


def test_an_export_with_states_goes_in_again_with_equal_ids(run: Program) -> None:
    revive(run)
    lines = run("export", "--jsonl", "-").out
    assert run("--store", "copy", "init").code == 0
    assert run("--store", "copy", "import", "-", stdin=lines).code == 0
    ids = [json.loads(line)["id"] for line in lines.splitlines()]
    again = run("--store", "copy", "export", "--jsonl", "-").out
    assert [json.loads(line)["id"] for line in again.splitlines()] == ids
