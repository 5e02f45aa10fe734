"""stories, log, show, diff and blame against a store, as a program would run them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import vstore
from vstore.cli import main

FIRST = (
    "The dockers of Northport\nwent on strike\n, the union said.\n\nThe owners said nothing.\n\nRain fell.\n"
)
SECOND = (
    "The dockers of Northport\nended a strike\n, the union said.\n\nThe owners said little.\n\nRain fell.\n"
)
THIRD = SECOND + "\nTalks go on in Easton."
STORY = "harbour-strike"
URL = "https://example.org/a?b@2"


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


class Ask:
    """Runs a command on a store."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.folder = folder
        self.capture = capture

    def __call__(self, *words: str) -> Answer:
        self.capture.readouterr()
        code = main(["--store", str(self.folder), *words])
        out, err = self.capture.readouterr()
        return Answer(code, out.decode(), err.decode())


@pytest.fixture
def ask(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Ask:
    for name in ("CLICOLOR_FORCE", "FORCE_COLOR", "NO_COLOR", "VSTORE_STORE"):
        monkeypatch.delenv(name, raising=False)
    with vstore.open(tmp_path, create=True) as store:
        store.add(STORY, FIRST, date="2019-01-15T10:00Z", source="Northern Wire", headline="Strike")
        store.add(STORY, SECOND, date="2019-01-16T10:00Z", source="Northern Wire", headline="Strike ends")
        store.add(STORY, THIRD, date="2019-01-17", source="Eastern Press", kind="update")
        store.add(STORY, "Strike looms.", date="2019-01-14", source="Eastern Press")
        store.add(URL, "A page.\r\n", source="Web", headline="A page")
    return Ask(tmp_path, capsysbinary)


def test_stories_are_listed_by_name(ask: Ask) -> None:
    assert ask("stories").lines == [
        "harbour-strike             4  2019-01-17  Eastern Press",
        "https://example.org/a?b@2  1  undated     Web            A page",
    ]


def test_stories_as_json_have_the_promised_fields(ask: Ask) -> None:
    first = ask("stories", "--json").objects[0]
    assert first == {
        "story": STORY,
        "versions": 4,
        "current": 3,
        "tip": 4,
        "at": "2019-01-17T00:00:00Z",
        "headline": None,
        "source": "Eastern Press",
    }


def test_stories_can_be_chosen_and_sorted(ask: Ask) -> None:
    def names(*words: str) -> list[str]:
        return [story["story"] for story in ask("stories", "--json", *words).objects]

    assert names("--source", "Web") == [URL]
    assert names("--since", "2019-01-17") == [STORY]
    assert names("--match", "https:*") == [URL]
    assert names("--sort", "at") == [STORY, URL]
    assert names("--sort", "versions", "-n", "1") == [STORY]


def test_nothing_found_is_a_negative_answer(ask: Ask) -> None:
    assert ask("stories", "--match", "x*")[:2] == (1, "")
    assert ask("log", "--since", "2030")[:2] == (1, "")
    assert ask("log", STORY, "--kind", "kill")[:2] == (1, "")
    assert ask("blame", STORY, "--match", "no such words").code == 1


def test_an_empty_store_is_no_failure(tmp_path: Path, ask: Ask) -> None:
    empty = tmp_path / "empty"
    vstore.open(empty, create=True).close()
    assert ask("--store", str(empty), "stories")[:2] == (0, "")
    assert ask("--store", str(empty), "log")[:2] == (0, "")


def numbers(answer: Answer) -> list[int]:
    return [version["number"] for version in answer.objects]


def test_log_is_newest_first_in_the_order_of_dates(ask: Ask) -> None:
    assert numbers(ask("log", STORY, "--json")) == [3, 2, 1, 4]
    assert numbers(ask("log", STORY, "--json", "--arrival")) == [4, 3, 2, 1]
    assert numbers(ask("log", STORY, "--json", "--reverse")) == [4, 1, 2, 3]
    assert numbers(ask("log", STORY, "--json", "-n", "2", "--reverse")) == [2, 3]


def test_log_without_story_is_newest_recorded_first(ask: Ask) -> None:
    told = [(version["story"], version["number"]) for version in ask("log", "--json").objects]
    assert told == [(URL, 1), (STORY, 4), (STORY, 3), (STORY, 2), (STORY, 1)]


def test_log_filters_by_date_source_and_kind(ask: Ask) -> None:
    assert numbers(ask("log", STORY, "--json", "--since", "2019-01-16")) == [3, 2]
    assert numbers(ask("log", STORY, "--json", "--until", "2019-01-15")) == [1, 4]
    assert numbers(ask("log", STORY, "--json", "--until", "2019-01-15T09:59Z")) == [4]
    assert numbers(ask("log", STORY, "--json", "--source", "Eastern Press")) == [3, 4]
    assert numbers(ask("log", STORY, "--json", "--kind", "update")) == [3]
    assert numbers(ask("log", STORY, "--json", "--recorded-since", "2019")) == [3, 2, 1, 4]
    assert ask("log", STORY, "--json", "--recorded-since", "9999").code == 1


def test_a_naive_date_of_an_option_is_one_of_the_readers_zone(ask: Ask) -> None:
    assert numbers(ask("log", STORY, "--json", "--since", "2019-01-16T11:00", "--tz", "+01:00")) == [3, 2]
    assert numbers(ask("log", STORY, "--json", "--since", "2019-01-16T11:00")) == [3]


def test_log_goes_back_from_a_version_that_is_named(ask: Ask) -> None:
    assert numbers(ask("log", f"{STORY}@2", "--json")) == [2, 1, 4]
    assert numbers(ask("log", f"{STORY}~1", "--json", "--arrival")) == [2, 1]


def test_a_story_id_is_never_parsed_where_it_is_one(ask: Ask) -> None:
    assert numbers(ask("log", URL, "--json")) == [1]
    assert numbers(ask("log", "--story", URL, "--json")) == [1]


def test_log_in_words_marks_what_is_late(ask: Ask) -> None:
    blocks = ask("log", STORY).out.split("\n\n")
    assert len(blocks) == 4
    assert blocks[3].startswith("version 4  ")
    assert blocks[3].splitlines()[0].endswith("  (late)")
    assert "Changed:  text, headline (since version 1)" in blocks[1]


def test_log_on_one_line(ask: Ask) -> None:
    lines = ask("log", STORY, "--oneline").lines
    assert [line.split()[1] for line in lines] == ["3", "2", "1", "4"]
    assert lines[1].endswith("Northern Wire: Strike ends")


def test_log_shows_dates_in_the_readers_zone(ask: Ask) -> None:
    assert "Date:     2019-01-15 12:00 +02:00" in ask("log", STORY, "--tz", "+02:00").lines
    assert (
        ask("log", f"{STORY}@1", "--tz", "+02:00", "--json").objects[0]["dated"] == "2019-01-15T10:00+00:00"
    )


def test_log_by_format(ask: Ask) -> None:
    assert ask("log", STORY, "-n", "2", "--format", "%N|%an|%s|%(words)").lines == [
        "3|Eastern Press||21",
        "2|Northern Wire|Strike ends|16",
    ]


def test_an_unknown_placeholder_is_a_usage_error_even_when_nothing_would_be_shown(ask: Ask) -> None:
    assert ask("log", "--format", "%q", "--since", "2030").code == 2


def test_log_with_patches_shows_the_words_of_each_change(ask: Ask) -> None:
    out = ask("log", f"{STORY}@2", "-p", "-n", "1").out
    assert "[-went on-]{+ended a+}" in out
    assert "headline: Strike -> Strike ends" in out
    assert ask("log", f"{STORY}@2", "-p", "-n", "1", "--json").objects[0]["diff"]["from"] == 1


def test_log_with_counts(ask: Ask) -> None:
    assert "  3 paragraphs (+2 -2), 16 words" in ask("log", STORY, "--stat").lines


def test_an_unknown_story_is_told_with_its_neighbours(ask: Ask) -> None:
    answer = ask("log", "harbor-strike")
    assert answer.code == 3
    assert STORY in answer.err


def test_show_gives_the_text_byte_for_byte(ask: Ask) -> None:
    assert ask("show", f"{STORY}@3").out == THIRD
    assert ask("show", URL).out == "A page.\r\n"
    assert ask("show", "--story", STORY, "--version", "1").out == FIRST
    assert ask("show", URL).err == ""


def test_show_numbers_paragraphs(ask: Ask) -> None:
    assert ask("show", f"{STORY}@1", "--numbered").lines == [
        "  1  The dockers of Northport went on strike , the union said.",
        "  2  The owners said nothing.",
        "  3  Rain fell.",
    ]


def test_show_as_json_is_a_version_with_its_text(ask: Ask) -> None:
    (form,) = ask("show", f"{STORY}@1", "--json").objects
    assert (form["number"], form["text"], form["headline"]) == (1, FIRST, "Strike")


def test_diff_of_one_is_against_its_previous(ask: Ask) -> None:
    answer = ask("diff", f"{STORY}@2")
    assert answer.code == 0
    assert answer.lines == [
        "harbour-strike  1 -> 2   2019-01-15 10:00 UTC -> 2019-01-16 10:00 UTC   +3 -3 words",
        "headline: Strike -> Strike ends",
        "",
        "The dockers of Northport [-went on-]{+ended a+} strike , the union said.",
        "",
        "The owners said [-nothing-]{+little+}.",
        "",
        "Rain fell.",
    ]


def test_diff_names_a_pair_in_every_way(ask: Ask) -> None:
    wanted = ask("diff", f"{STORY}@1", f"{STORY}@3", "--json").out
    for words in (
        (f"{STORY}@1", "@3"),
        (f"{STORY}@1..3",),
        ("--story", STORY, "1", "3"),
        ("--story", STORY, "@1", "@3"),
    ):
        assert ask("diff", *words, "--json").out == wanted
    assert json.loads(wanted)["from"] == 1
    assert json.loads(wanted)["to"] == 3


def test_diff_of_a_first_version_is_against_nothing(ask: Ask) -> None:
    assert ask("diff", URL).lines[0].startswith(f"{URL}  (nothing) -> 1   undated   +2 -0 words")


def test_diff_between_stories_names_both(ask: Ask) -> None:
    assert ask("diff", f"{STORY}@4", URL).lines[0].startswith(f"{STORY}@4 -> {URL}@1   2019-01-14 -> undated")


def test_diff_with_exit_code_counts_facts(ask: Ask, tmp_path: Path) -> None:
    with vstore.open(tmp_path) as store:
        store.add(STORY, THIRD, date="2019-01-18", source="Eastern Press", kind="final")
    assert ask("diff", f"{STORY}@3", "@5", "--exit-code").code == 1
    assert ask("diff", f"{STORY}@3", "@3", "--exit-code").code == 0
    assert ask("diff", f"{STORY}@1", "@3").code == 0


def test_diff_against_a_file_reads_it_as_add_does(ask: Ask, tmp_path: Path) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_bytes(b" date 2019-01-20 " + FIRST.replace("Rain", "Snow").encode())
    lines = ask("diff", f"{STORY}@1", "--file", str(draft)).lines
    assert lines[0] == f"harbour-strike  1 -> {draft}   2019-01-15 10:00 UTC   +1 -1 words"
    assert lines[-1] == "[-Rain-]{+Snow+} fell."
    assert ask("diff", f"{STORY}@1", "--file", str(tmp_path / "none.txt")).code == 2


def test_diff_with_a_file_takes_no_second_version(ask: Ask) -> None:
    assert ask("diff", f"{STORY}@1", "@2", "--file", "-").code == 2
    assert ask("diff").code == 2


def test_unified_applies_to_what_checkout_wrote(ask: Ask, tmp_path: Path) -> None:
    patch = ask("diff", f"{STORY}@1..3", "--unified").out
    assert patch.startswith("--- a/harbour-strike.txt\n+++ b/harbour-strike.txt\n@@ ")
    (tmp_path / "harbour-strike.txt").write_bytes(FIRST.encode())
    subprocess.run(["git", "apply"], input=patch.encode(), cwd=tmp_path, check=True)
    assert (tmp_path / "harbour-strike.txt").read_bytes() == THIRD.encode()


def test_delta_is_one_that_the_official_library_reads(ask: Ask) -> None:
    from diff_match_patch import diff_match_patch

    delta = ask("diff", f"{STORY}@1..3", "--delta").out.removesuffix("\n")
    library = diff_match_patch()
    assert library.diff_text2(library.diff_fromDelta(FIRST, delta)) == THIRD


def test_html_and_stat_are_other_forms(ask: Ask) -> None:
    assert ask("diff", f"{STORY}@2", "--html").out.startswith("<!DOCTYPE html>")
    assert ask("diff", f"{STORY}@2", "--stat").lines[1:] == [
        "words       +3 -3",
        "paragraphs  +2 -2  (1 unchanged)",
        "facts       headline",
    ]


def test_blame_credits_each_word(ask: Ask) -> None:
    assert ask("blame", f"{STORY}@2", "-p", "2").lines == [
        " 2  1  2019-01-15 10:00 UTC  Northern Wire │ The owners said",
        "    2  2019-01-16 10:00 UTC  Northern Wire │ little",
        "    1  2019-01-15 10:00 UTC  Northern Wire │ .",
    ]


def test_blame_as_json_joins_to_the_text(ask: Ask) -> None:
    (form,) = ask("blame", f"{STORY}@2", "--json").objects
    assert "".join(hunk["text"] for hunk in form["hunks"]) == SECOND
    assert [paragraph["number"] for paragraph in form["paragraphs"]] == [1, 2, 3]
    assert set(form) == {"story", "number", "id", "text_id", "hunks", "paragraphs", "reverse"}


def test_blame_finds_paragraphs_by_their_words(ask: Ask) -> None:
    (form,) = ask("blame", f"{STORY}@2", "--match", "strike, the   union", "--json").objects
    assert [paragraph["number"] for paragraph in form["paragraphs"]] == [1]
    assert "".join(hunk["text"] for hunk in form["hunks"]) == SECOND.split("\n\n")[0]


def test_blame_by_paragraph_tells_one_line_each(ask: Ask) -> None:
    assert ask("blame", f"{STORY}@2", "--by", "last-touched", "-p", "2,3").lines == [
        " 2  2  2019-01-16 10:00 UTC  Northern Wire │ The owners said little.",
        " 3  1  2019-01-15 10:00 UTC  Northern Wire │ Rain fell.",
    ]


def test_a_paragraph_that_is_not_there_says_how_many_there_are(ask: Ask) -> None:
    answer = ask("blame", f"{STORY}@2", "-p", "9")
    assert answer.code == 3
    assert "3" in answer.err
    assert ask("blame", f"{STORY}@2", "-p", "2,9").code == 3


@pytest.mark.parametrize(
    "words", [("-p", "x"), ("-p", "3,1"), ("-p", "-1"), ("--match", "  "), ("--by", "me")]
)
def test_blame_refuses_what_it_cannot_read(ask: Ask, words: tuple[str, str]) -> None:
    assert ask("blame", STORY, *words).code == 2


def test_every_question_can_be_asked_of_the_past(ask: Ask) -> None:
    past = ("--as-of", "2001-01-01")
    assert ask("stories", *past)[:2] == (0, "")
    assert ask("log", *past)[:2] == (0, "")
    for question in ("log", "show", "diff", "blame"):
        assert ask(question, STORY, *past).code == 3
        assert ask(question, STORY, "--as-of", "2999").code == 0


@pytest.mark.parametrize("command", ["stories", "log", "show", "diff", "blame"])
def test_every_question_has_examples_in_its_help(ask: Ask, command: str) -> None:
    answer = ask(command, "--help")
    assert answer.code == 0
    assert f"  vstore {command}" in answer.out.partition("Examples:")[2]


def test_log_and_stories_load_no_library_for_diffs(ask: Ask) -> None:
    program = (
        "import sys; from vstore.cli import main; code = main(sys.argv[1:]);"
        "heavy = {'rapidfuzz', 'diff_match_patch', 'vstore.align', 'vstore.cli.reading'} & set(sys.modules);"
        "sys.exit(f'loaded {heavy}' if heavy or code else 0)"
    )
    for words in (["log"], ["log", STORY, "--oneline"], ["stories"], ["show", STORY]):
        run = [sys.executable, "-c", program, "--store", str(ask.folder), *words]
        subprocess.run(run, check=True, stdout=subprocess.DEVNULL, cwd=Path(__file__).parent.parent)


@pytest.mark.parametrize("command", ["log", "stories"])
def test_a_count_beyond_all_counting_is_refused(ask: Ask, command: str) -> None:
    assert ask(command, "-n", "9" * 20).code == 2
