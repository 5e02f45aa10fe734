"""`grep`, `log -S` and `blame --match`: words looked for on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from cli_program import Program
from render_values import PLAIN, blame

from vstore.answers import Match, Paragraph
from vstore.cli.excerpts import MOST, excerpts, lines
from vstore.cli.grep import Page
from vstore.cli.look import Look
from vstore.cli.matches import holding, only
from vstore.cli.output import Out
from vstore.cli.progress import ProgressLine
from vstore.cli.settings import Settings
from vstore.cli.width import width
from vstore.errors import BadReference

FIRST = "Dockers went on strike.\n\nTalks may resume\nas soon as this week, the “union” said.\n"
SECOND = FIRST.replace("as soon as this week", "soon")
LONG = "The owners said nothing about it for a long while. "


@pytest.fixture
def run(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    assert program("init").code == 0
    for text, options in (
        (FIRST, ("--date", "2019-01-15", "--source", "Northern Wire")),
        (SECOND, ("--date", "2019-01-16", "--source", "Eastern Press")),
        (SECOND + "\nRain.", ("--date", "2019-01-17T10:00Z", "--source", "Eastern Press")),
    ):
        assert program("add", "--story", "strike", *options, "-", stdin=text.encode()).code == 0
    text = LONG * 2 + "It will rain as soon as this week; so they -said- on Monday. " + LONG
    assert program("add", "--story", "weather", "--date", "2019", "-", stdin=text.encode()).code == 0
    return program


# grep


def test_matches_stand_below_their_story_with_number_date_and_paragraph(run: Program) -> None:
    assert run("grep", "said").lines == [
        "strike",
        "  @3  2019-01-17 10:00 UTC  ¶2 │ Talks may resume soon, the “union” said.",
        "weather",
        "  @1  2019  ¶1 │ The owners said nothing about it for a long while. The owners…",
        "               │ …The owners said nothing about it for a long while. It will ra…",
        "               │ …week; so they -said- on Monday. The owners said nothing about…",
    ]


def test_all_versions_of_one_story_are_searched(run: Program) -> None:
    done = run("grep", "as soon as this week", "strike", "--all-versions")
    assert done.lines == [
        "strike",
        "  @1  2019-01-15  ¶2 │ Talks may resume as soon as this week, the “union” said.",
    ]


def test_line_breaks_quotation_marks_and_dashes_do_not_hide_a_match(run: Program) -> None:
    assert run("grep", 'the "union"', "strike").code == 0
    assert run("grep", "they — said", "weather").code == 0
    assert run("grep", "resume as soon", "--all-versions", "strike").code == 0
    assert run("grep", "--exact", 'the "union"', "strike").code == 1
    assert run("grep", "--exact", "resume as soon", "--all-versions", "strike").code == 1


def test_nothing_found_is_a_negative_answer(run: Program) -> None:
    done = run("grep", "owner")
    assert (done.code, done.out, done.err) == (1, b"", "")
    assert run("grep", "said", "--source", "Nobody").code == 1


@pytest.mark.parametrize("words", [("",), (" \n",), ("--exact", " "), ("--", "\u200b")])
def test_a_blank_text_is_a_mistake(run: Program, words: tuple[str, ...]) -> None:
    done = run("grep", *words)
    assert done.code == 2
    assert "blank" in done.err
    assert run("grep").code == 2


def test_a_text_that_begins_with_a_dash_goes_after_two(run: Program) -> None:
    assert run("grep", "--exact", "--", "-said-", "weather").code == 0
    assert run("grep", "--", "-said", "weather", "--exact").code == 3
    assert run("grep", "-said").code == 2


def test_a_story_that_is_not_there_has_neighbours(run: Program) -> None:
    done = run("grep", "said", "strik")
    assert done.code == 3
    assert "did you mean strike?" in done.err


def test_as_json_each_match_is_an_object(run: Program) -> None:
    (found,) = run("grep", "as soon as this week", "strike", "--all-versions", "--json").objects
    text = "Talks may resume\nas soon as this week, the “union” said."
    assert {name: found[name] for name in ("story", "number", "dated", "at", "source", "paragraph")} == {
        "story": "strike",
        "number": 1,
        "dated": "2019-01-15",
        "at": "2019-01-15T00:00:00Z",
        "source": "Northern Wire",
        "paragraph": 2,
    }
    assert (found["start"], found["length"], found["text"]) == (25, len(text), text)
    assert found["occurrences"] == [[17, 20]]
    assert len(found["id"]) == 64


def test_the_store_is_searched_as_it_stood(run: Program) -> None:
    assert run("grep", "said", "--as-of", "2001").code == 1
    assert run("grep", "said", "--as-of", "2999").out == run("grep", "said").out


def test_on_a_terminal_the_words_are_marked(run: Program) -> None:
    code, shown = run.on_terminal("grep", "union", "strike", VSTORE_PAGER="cat")
    assert code == 0
    assert "the “\x1b[1;31munion\x1b[0m” said" in shown.decode()
    code, shown = run.on_terminal("grep", "union", "strike", VSTORE_PAGER="cat", NO_COLOR="1")
    assert b"\x1b" not in shown


class Seen(ProgressLine):
    """Says all that it is told."""

    def __init__(self) -> None:
        super().__init__(Settings())
        self.said: list[str] = []

    def show(self, message: Callable[[], str]) -> None:
        self.said.append(message())


def test_until_something_is_found_it_says_how_far_it_is() -> None:
    line, out = Seen(), Out(Settings(json=True))
    page = Page(Settings(json=True), out, None, line)
    page.turn(1)
    page.turn(2)
    page.tell([every("a match", "match")])
    page.turn(3)
    assert line.said == ["stories searched: 1", "stories searched: 2"]


def test_matches_before_a_damaged_version_are_told(run: Program) -> None:
    connection = apsw.Connection(str(run.folder / ".vstore" / "store.db"))
    connection.execute("UPDATE payload SET body = x'00' WHERE story = 2")
    connection.close()
    for form in ((), ("--json",)):
        done = run("grep", "said", *form)
        assert done.code == 6
        assert b"strike" in done.out


# Excerpts


def match(text: str, *occurrences: tuple[int, int], number: int = 1, paragraph: int = 1) -> Match:
    return Match(
        story="s",
        number=number,
        id="a" * 64,
        dated="2019-01-15",
        at="2019-01-15T00:00:00Z",
        source=None,
        paragraph=paragraph,
        start=0,
        length=len(text),
        text=text,
        occurrences=occurrences,
    )


def every(text: str, word: str, **places: int) -> Match:
    starts = [at for at in range(len(text)) if text.startswith(word, at)]
    return match(text, *((start, len(word)) for start in starts), **places)


@pytest.mark.parametrize("room", [20, 21, 40, 41, 57])
@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("One two three four five six seven eight nine ten match one two three four five six seven", "match"),
        ("match one two three four five six seven eight nine ten eleven twelve thirteen", "match"),
        ("one two three four five six seven eight nine ten eleven twelve thirteen match", "match"),
        ("x" * 200 + "match" + "y" * 200, "match"),
        ("a" * 40 + "m" * 100 + "z", "m" * 100),
        ("旅客请留意站内广播并为因此延误的旅客免费改签渡轮" * 4, "渡轮"),
        ("旅客请留意站内广播并为因此延误的旅客免费改签渡轮" * 4, "请留"),
        ("e\u0301" * 60 + " match " + "e\u0301" * 60, "match"),
        ("غرقت سفينة كبيرة قبالة الساحل ليلة أمس وأنقذ كل من كان على متنها بسلام", "الساحل"),
        ("match " * 60, "match"),
    ],
    ids=["middle", "start", "end", "unspaced", "long", "end-wide", "start-wide", "marks", "rtl", "many"],
)
def test_an_excerpt_fits_and_holds_the_words(room: int, text: str, word: str) -> None:
    found = list(excerpts(every(text, word), room, PLAIN))
    assert all(width(line) <= room for line in found)
    assert all(word in line or width(word) > room for line in found[:MOST])
    assert all("… and" in line for line in found[MOST:])


def test_a_short_passage_is_shown_whole_on_one_line() -> None:
    assert list(excerpts(every("One match\r\nand another match.", "match"), 40, PLAIN)) == [
        "One match and another match."
    ]


def test_an_excerpt_begins_with_a_whole_word_and_uses_the_room_it_has() -> None:
    text = "The first sentence of a paragraph. The second one ends in a match."
    (found,) = excerpts(every(text, "match"), 40, PLAIN)
    assert found == "…The second one ends in a match."


def test_many_places_in_one_paragraph_are_counted_in_the_end() -> None:
    found = list(excerpts(every("match and so on for quite a while; " * 20, "match"), 40, PLAIN))
    assert len(found) == MOST + 1
    assert found[-1].startswith("… and 1")


def test_lines_of_any_story_fit_into_eighty_columns() -> None:
    text = LONG * 3
    found = list(
        lines([every(text, "owners", number=12345, paragraph=321), every("旅客" * 60, "旅")], None, PLAIN)
    )
    assert max(map(width, found)) <= 80
    assert found[0].startswith("  @12345  2019-01-15  ¶321 │ The owners said")
    assert any(line.startswith("      @1  2019-01-15  ¶1   │ ") for line in found)


def test_control_characters_are_signs_on_a_terminal() -> None:
    look = Look(color=False, columns=80, clean=lambda text: text.replace("\x1b", "\\u{1b}"))
    assert list(excerpts(every("a \x1b[2J match", "match"), 40, look)) == ["a \\u{1b}[2J match"]


# log -S


def numbers(run: Program, *words: str) -> list[int]:
    return [found["number"] for found in run("log", *words, "--json").objects]


def test_log_tells_the_versions_in_which_words_came_and_went(run: Program) -> None:
    done = run("log", "strike", "-S", "as soon as this week", "--oneline")
    assert [line.split()[1] for line in done.lines[::2]] == ["2", "1"]
    assert done.lines[1::2] == ["  occurrences: 1 -> 0", "  occurrences: 0 -> 1"]


def test_the_long_form_has_one_line_more(run: Program) -> None:
    found = run("log", "strike", "-S", "Rain").lines
    assert found[0].startswith("version 3")
    assert found[-1] == "  occurrences: 0 -> 1"
    assert [*found[:-1]] == run("log", "strike", "-n", "1").lines


def test_a_format_of_one_s_own_is_left_alone(run: Program) -> None:
    assert run("log", "strike", "-S", "soon", "--format", "%N").lines == ["1"]


def test_log_for_words_goes_with_the_other_options(run: Program) -> None:
    wanted = ("strike", "-S", "as soon as this week")
    assert numbers(run, *wanted) == [2, 1]
    assert numbers(run, *wanted, "--reverse") == [1, 2]
    assert numbers(run, *wanted, "-n", "1") == [2]
    assert numbers(run, *wanted, "-n", "1", "--reverse") == [2]
    assert numbers(run, *wanted, "--arrival") == [2, 1]
    assert numbers(run, *wanted, "--source", "Northern Wire") == [1]
    assert numbers(run, *wanted, "--until", "2019-01-15") == [1]
    assert numbers(run, "strike@1", "-S", "as soon as this week") == [1]
    assert numbers(run, "--story", "strike", "-S", "Rain") == [3]
    assert b"[-as" in run("log", *wanted, "-p", "-n", "1").out
    assert b"paragraphs (" in run("log", *wanted, "--stat").out


def test_as_json_a_version_has_the_two_counts(run: Program) -> None:
    first, second = run("log", "strike", "-S", "as soon as this week", "--json").objects
    assert (first["occurrences"], second["occurrences"]) == ([1, 0], [0, 1])
    assert {**second, "occurrences": None} == {
        **run("log", "strike@1", "--json").objects[0],
        "occurrences": None,
    }
    (patched,) = run("log", "strike", "-S", "Rain", "--json", "-p").objects
    assert patched["diff"]["to"] == 3


def test_without_a_story_the_whole_store_is_asked(run: Program) -> None:
    found = run("log", "-S", "as soon as this week", "--json").objects
    assert {(version["story"], version["number"]) for version in found} == {
        ("strike", 1),
        ("strike", 2),
        ("weather", 1),
    }


def test_words_that_never_came_are_a_negative_answer(run: Program) -> None:
    assert run("log", "strike", "-S", "never").code == 1
    assert run("log", "strike", "-S", "“union", "--exact").code == 0
    assert run("log", "strike", "-S", '"union', "--exact").code == 1


def test_log_for_nothing_is_a_mistake(run: Program) -> None:
    assert run("log", "strike", "-S", " ").code == 2
    done = run("log", "strike", "--exact")
    assert done.code == 2
    assert "-S" in done.err
    assert run("log", "weather", "-S", "-said-").code == 0


# blame --match


def test_blame_shows_the_paragraphs_that_a_phrase_stands_in() -> None:
    text = "“One” two.\n\nThree – four.\n\nFive."
    spans = ((1, 0, 10), (2, 12, 13), (3, 27, 5))
    units = tuple(
        Paragraph(number=number, start=start, length=length, introduced=1, last_touched=1)
        for number, start, length in spans
    )
    answer = blame((1, text), paragraphs=units)
    assert holding(answer, '"One" two') == [1]
    assert holding(answer, "three") == []
    assert holding(answer, "Three -- four. Five") == [2, 3]
    assert holding(answer, "hree", exact=True) == [2]
    assert holding(only(answer, [2, 3]), "four.") == [2]
    with pytest.raises(BadReference):
        holding(answer, " ")
