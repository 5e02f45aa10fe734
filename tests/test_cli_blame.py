"""`vstore blame` as a program: its options, forms and refusals."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli_program import Program

import vstore

FIRST = (
    "The dockers of Northport went on strike over pay at noon.\n\n"
    "The owners of the port said nothing about it so far.\n\nRain fell all day.\n"
)
SECOND = FIRST.replace("went on", "ended a").replace("nothing", "little")
THIRD = SECOND + "\nTalks – “long ones” – go on\nin Easton."
STORY = "harbour-strike"


@pytest.fixture
def run(tmp_path: Path) -> Program:
    with vstore.open(tmp_path, create=True) as store:
        store.add(STORY, FIRST, date="2019-01-15T10:00Z", source="Northern Wire", headline="Strike")
        store.add(STORY, SECOND, date="2019-01-16T10:00Z", source="Northern Wire", headline="Strike ends")
        store.add(STORY, THIRD, date="2019-01-17", source="Eastern Press", lang="en")
    return Program(tmp_path)


def test_in_monochrome_it_fits_into_eighty_columns(run: Program) -> None:
    assert run("blame", STORY).lines == [
        " 1  1  2019-01-15 10:00 UTC  Northern Wire │ The dockers of Northport",
        "    2  2019-01-16 10:00 UTC  Northern Wire │ ended a",
        "    1  2019-01-15 10:00 UTC  Northern Wire │ strike over pay at noon.",
        "",
        " 2  1  2019-01-15 10:00 UTC  Northern Wire │ The owners of the port said",
        "    2  2019-01-16 10:00 UTC  Northern Wire │ little",
        "    1  2019-01-15 10:00 UTC  Northern Wire │ about it so far.",
        "",
        " 3  1  2019-01-15 10:00 UTC  Northern Wire │ Rain fell all day.",
        "",
        " 4  3  2019-01-17            Eastern Press │ Talks – “long ones” – go on in",
        "                                           │ Easton.",
    ]


def test_l_is_another_name_of_p(run: Program) -> None:
    assert run("blame", STORY, "-L", "2,3").out == run("blame", STORY, "-p", "2,3").out
    assert run("blame", STORY, "-L", "3").out == run("blame", STORY, "--paragraph", "3").out


def test_match_forgives_signs_and_exact_does_not(run: Program) -> None:
    words = ("blame", STORY, "--match", "Talks - 'long ones' - go on in")
    assert [each["number"] for each in run(*words, "--json").json["paragraphs"]] == [4]
    answer = run(*words, "--exact")
    assert (answer.code, answer.out) == (1, b"")
    assert "holds these characters" in answer.err
    assert run("blame", STORY, "--exact", "--match", "go on\nin").code == 0


def test_a_match_of_nothing_is_a_negative_answer(run: Program) -> None:
    for form in ([], ["--json"], ["--html"], ["--porcelain"], ["--reverse"]):
        answer = run("blame", STORY, "--match", "no such words", *form)
        assert (answer.code, answer.out) == (1, b"")
        assert answer.err == "vstore: no paragraph of harbour-strike@3 holds these words\n"


@pytest.mark.parametrize("form", [[], ["--json"], ["--html"], ["--porcelain"], ["--reverse"]])
def test_a_paragraph_that_is_not_there_says_how_many_there_are(run: Program, form: list[str]) -> None:
    for wanted in ("5", "3,5", "0", "9" * 30):
        answer = run("blame", STORY, "-p", wanted, *form)
        assert (answer.code, answer.out) == (3, b"")
        assert "it has 4" in answer.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--html", "--json"], "--html and --json are two forms of one answer: choose one"),
        (["--html", "--porcelain"], "--html and --porcelain are two forms"),
        (["--porcelain", "--json"], "--porcelain and --json are two forms"),
        (["--by", "introduced", "--html"], "--by and --html do not go together"),
        (["--by", "introduced", "--porcelain"], "--by and --porcelain do not go together"),
        (["--by", "introduced", "--reverse"], "--by and --reverse do not go together"),
        (["--color-by", "age", "--json"], "--color-by and --json do not go together"),
        (["--color-by", "age", "--porcelain"], "--color-by and --porcelain do not go together"),
        (["--exact"], "give --match TEXT too"),
        (["--match", " \n"], "--match needs a word"),
        (["--match", ""], "--match needs a word"),
        (["-p", "3,1"], "ends before it begins"),
    ],
)
def test_what_contradicts_itself_is_refused_in_a_sentence(
    run: Program, words: list[str], sentence: str
) -> None:
    answer = run("blame", STORY, *words)
    assert (answer.code, answer.out) == (2, b"")
    assert sentence in answer.err


def test_by_as_json_tells_both_answers(run: Program) -> None:
    answer = run("blame", STORY, "--by", "introduced", "--json", "-p", "1").json
    assert answer["paragraphs"][0] == {
        "number": 1,
        "start": 0,
        "length": 57,
        "introduced": 1,
        "last_touched": 2,
    }


def test_the_json_form_is_as_promised_with_its_direction_behind(run: Program) -> None:
    forward, reverse = (run("blame", STORY, "--json", *way).json for way in ([], ["--reverse"]))
    promised = ["story", "number", "id", "text_id", "hunks", "paragraphs"]
    assert list(forward) == list(reverse) == [*promised, "reverse"]
    assert (forward["reverse"], reverse["reverse"]) == (False, True)
    assert "".join(hunk["text"] for hunk in forward["hunks"]) == THIRD


def test_in_reverse_the_margin_tells_until_when_words_last(run: Program) -> None:
    assert run("blame", f"{STORY}@1", "--reverse").lines == [
        " 1  3  still there                         │ The dockers of Northport",
        "    1  2019-01-15 10:00 UTC  Northern Wire │ went on",
        "    3  still there                         │ strike over pay at noon.",
        "",
        " 2  3  still there                         │ The owners of the port said",
        "    1  2019-01-15 10:00 UTC  Northern Wire │ nothing",
        "    3  still there                         │ about it so far.",
        "",
        " 3  3  still there                         │ Rain fell all day.",
    ]


def test_in_reverse_all_of_the_current_version_is_still_there(run: Program) -> None:
    answer = run("blame", STORY, "--reverse", "-p", "3")
    assert answer.lines == [" 3  3  still there │ Rain fell all day."]


def test_the_page_holds_the_diff_that_brought_each_version(run: Program) -> None:
    text = run("blame", STORY, "--html").out.decode()
    assert '<html lang="en">' in text
    assert "<del>went on</del><ins>ended a</ins>" in text
    assert re.findall(r'<details id="v(\d)">', text) == ["3", "2", "1"]
    assert run("blame", STORY, "--html", "--color-by", "source").out.count(b'<body class="source">') == 1


def test_the_page_of_chosen_paragraphs_tells_of_their_versions_alone(run: Program) -> None:
    text = run("blame", STORY, "--html", "-p", "3").out.decode()
    assert re.findall(r'<details id="v(\d)">', text) == ["1"]
    assert '<p dir="auto" id="p3" data-n="3">' in text


def test_the_page_in_reverse_holds_the_diff_that_came_after(run: Program) -> None:
    text = run("blame", f"{STORY}@1", "--html", "--reverse", "-p", "1").out.decode()
    assert "last in <b" in text
    assert "<del>went on</del><ins>ended a</ins>" in text
    assert 'title="still there"' in text


def test_a_version_whose_diff_has_no_room_is_told_with_a_command_that_works(
    run: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vstore.cli.blame_html.MOST_SHOWN", 10)
    text = run("blame", STORY, "--html").out.decode()
    assert "<code>vstore diff --story=harbour-strike 1 2</code>" in text
    for numbers in (["1", "2"], ["1"]):
        assert run("diff", f"--story={STORY}", *numbers).code == 0


def test_colour_is_asked_for_or_not_there(run: Program) -> None:
    assert b"\x1b" not in run("blame", STORY).out
    assert b"\x1b[38;5;" in run("blame", STORY, "--color", "always").out
    by_source = run("blame", STORY, "--color", "always", "--color-by", "source").out
    assert by_source != run("blame", STORY, "--color", "always").out
    for form in ("--html", "--porcelain", "--json"):
        assert b"\x1b" not in run("blame", STORY, form, "--color", "always").out


def test_on_a_terminal_there_is_colour_unless_the_reader_wants_none(run: Program) -> None:
    code, shown = run.on_terminal("blame", STORY, VSTORE_PAGER="cat")
    assert code == 0
    assert b"\x1b[38;5;" in shown
    plain = run.on_terminal("blame", STORY, VSTORE_PAGER="cat", NO_COLOR="1")[1]
    assert plain == run("blame", STORY).out


def test_on_a_terminal_a_pager_shows_it(run: Program) -> None:
    code, shown = run.on_terminal("blame", STORY, VSTORE_PAGER="head -n 1", NO_COLOR="1")
    assert (code, shown.decode().splitlines()) == (0, run("blame", STORY).lines[:1])
    assert run.on_terminal("blame", STORY, "--json", VSTORE_PAGER="false")[1].startswith(b'{"story"')


def test_a_blank_text_has_an_answer_in_every_form(run: Program) -> None:
    with vstore.open(run.folder) as store:
        store.add("blank", " \n", date="2020")
    assert run("blame", "blank").out == b""
    assert run("blame", "blank", "--reverse").out == b""
    assert run("blame", "blank", "--by", "introduced").out == b""
    assert b"hunk 0 2 1 " in run("blame", "blank", "--porcelain").out
    assert run("blame", "blank", "--html").code == 0
