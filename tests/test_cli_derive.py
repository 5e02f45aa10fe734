"""`vstore derive`: a table for people, an object for programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_program import Program

from vstore.cli.derive import percents
from vstore.derivation import DerivedParagraph

LOCK = "The lock at Harlow gave way on Tuesday, an hour after dawn."
MUD = "Eleven barges lie in the mud, and two of them carry grain."
LATER = f"{MUD.replace('Eleven', 'Nine')}\n\nA choir has won the cup in Oslo.\n\n{LOCK}"


@pytest.fixture
def run(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    assert program("init").code == 0
    wires = {"Wire": f"{LOCK}\n\n{MUD}", "Gazette\x1b[31m": LATER}
    for day, (source, text) in enumerate(wires.items(), 1):
        options = ("--story", "lock", "--date", f"2024-01-0{day}", "--source", source)
        assert program("add", *options, "-", stdin=text.encode()).code == 0
    return program


def test_a_table_tells_of_the_whole_of_its_sources_and_of_each_paragraph(run: Program) -> None:
    assert run("derive", "lock").lines == [
        "lock@2  2024-01-02  Gazette\x1b[31m",
        "  32 words: 72 % verbatim, 3 % rewritten, 25 % new",
        "",
        "  from  date        source  verbatim  rewritten",
        "     1  2024-01-01  Wire        72 %        3 %",
        "",
        "   ¶  words  verbatim  rewritten    new  from",
        "   1     12      92 %        8 %    0 %  1     Nine barges lie in the mud, and…",
        "   2      8       0 %        0 %  100 %  -     A choir has won the cup in Oslo.",
        "   3     12     100 %        0 %    0 %  1     The lock at Harlow gave way on T…",
    ]


def test_json_is_one_object(run: Program) -> None:
    found = run("derive", "lock@2", "--json").json
    assert (found["words"], found["verbatim"], found["rewritten"], found["new"]) == (32, 23, 1, 8)
    assert [each["source"] for each in found["sources"]] == ["Wire"]
    assert run("derive", "--story", "lock", "--version", "2", "--json").json == found


def test_without_an_earlier_wire_or_any_word_it_says_so(run: Program) -> None:
    assert run("derive", "lock@1").lines[1:3] == [
        "  24 words: 0 % verbatim, 0 % rewritten, 100 % new",
        "  there is no earlier version to compare it with",
    ]
    assert run("add", "--story", "blank", "--undated", "--allow-empty", "-", stdin=b"").code == 0
    assert run("derive", "blank").lines == [
        "blank@1  undated",
        "  0 words",
        "  there is no earlier version to compare it with",
    ]


def test_what_was_erased_before_it_is_told(run: Program) -> None:
    assert run("redact", "lock@1", "--reason", "an order").code == 0
    assert run("derive", "lock@2").lines[2] == (
        "  erased from 1 earlier version: what came from there counts as new"
    )
    assert run("derive", "lock@2", "--json").json["erased"] == 1


def test_on_a_terminal_control_characters_are_shown_as_signs_and_lines_are_cut(run: Program) -> None:
    code, shown = run.on_terminal("derive", "lock", "--color", "never", VSTORE_PAGER="cat")
    assert code == 0
    lines = shown.decode().splitlines()
    assert lines[0] == "lock@2  2024-01-02  Gazette\\u{1b}[31m"
    assert max(map(len, lines)) <= 80


def test_of_many_versions_the_first_are_listed_and_the_rest_counted(run: Program) -> None:
    sentences = [f"Gauge {n} at lock {n} rose by {n} metres{' more' * n} overnight." for n in range(1, 20)]
    for number in range(1, 20):
        text = "\n\n".join(sentences[:number])
        options = ("--story", "gauges", "--date", f"2024-02-{number:02}", "--source", f"Source {number}")
        assert run("add", *options, "-", stdin=text.encode()).code == 0
    whole = " ".join(sentences)
    assert run("add", "--story", "gauges", "--date", "2024-03", "-", stdin=whole.encode()).code == 0
    lines = run("derive", "gauges").lines
    assert lines[3].startswith("  from")
    assert lines[16].startswith("     … and 7 more")
    assert lines[16].split()[4:] == ["26", "%", "0", "%"]
    assert lines[19].split()[:8] == ["1", "380", "100", "%", "0", "%", "0", "%"]
    assert " 19, 18, 17, …  Gauge 1 at" in lines[19]


def test_what_is_not_there_is_not_derived(run: Program) -> None:
    assert run("derive", "loch").code == 3
    assert run("derive", "lock@9").code == 3
    assert run("derive").code == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((1, 1, 1), (34, 33, 33)),
        ((2, 0, 1), (67, 0, 33)),
        ((0, 0, 0), (0, 0, 0)),
        ((0, 0, 7), (0, 0, 100)),
        ((999, 1, 0), (100, 0, 0)),
        ((1, 199, 200), (0, 50, 50)),
    ],
)
def test_percents_are_a_hundred_together(words: tuple[int, int, int], told: tuple[int, int, int]) -> None:
    verbatim, rewritten, new = words
    paragraph = DerivedParagraph(
        number=1,
        start=0,
        length=0,
        words=sum(words),
        verbatim=verbatim,
        rewritten=rewritten,
        new=new,
        taken=(),
    )
    assert percents(paragraph) == told
