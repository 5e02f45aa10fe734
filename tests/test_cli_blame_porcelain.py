"""Blame for scripts: the lines say all, and their texts join to the text."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pytest
from cli_program import Program
from hypothesis import given
from hypothesis import strategies as st
from render_values import blame

import vstore
from vstore.answers import Blame, Paragraph
from vstore.cli.matches import only
from vstore.cli.porcelain import porcelain
from vstore.text import paragraphs

HOSTILE = (
    "line\nend\r\nand\rtab\tbackslash \\u{a} \\ NUL \0 \x85\u2028\u2029\x0b\x0c\x1c\x1e é 東 \U0001f600\u202e"
)


class Record(NamedTuple):
    start: int
    length: int
    number: int
    id: str
    paragraph: int
    text: str


def plain(escaped: str) -> str:
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), escaped)


def records(lines: list[str]) -> list[Record]:
    """What a script makes of it; words that it does not know it leaves out."""
    found = []
    for line, behind in zip(lines, [*lines[1:], ""], strict=True):
        word, *fields = line.split(" ")
        if word == "hunk":
            start, length, number, version, paragraph = fields
            found.append(
                Record(int(start), int(length), int(number), version, int(paragraph), plain(behind[1:]))
            )
    return found


def told(*runs: tuple[int, str]) -> Blame:
    spans = paragraphs("".join(text for _, text in runs))
    return blame(
        *runs,
        paragraphs=tuple(
            Paragraph(number=number, start=start, length=end - start, introduced=1, last_touched=1)
            for number, (start, end) in enumerate(spans, 1)
        ),
    )


def test_it_reads_as_its_page_promises() -> None:
    answer = told((1, "The dockers "), (2, "return.\n\nThe "), (1, "owners\\"))
    assert list(porcelain(answer)) == [
        "porcelain 1",
        "story harbour-strike",
        f"blamed 1 {'d' * 64} {'e' * 64}",
        "direction forward",
        "paragraph 1 0 19 1 1",
        "paragraph 2 21 11 1 1",
        f"version 1 {1:064x}",
        "at 2019-01-01T00:00:00Z",
        "dated 2019-01-01",
        "source Northern Wire",
        f"hunk 0 12 1 {1:064x} 1",
        "\tThe dockers ",
        f"version 2 {2:064x}",
        "at 2019-01-02T00:00:00Z",
        "dated 2019-01-02",
        "source Northern Wire",
        f"hunk 12 9 2 {2:064x} 1",
        "\treturn.\\u{a}\\u{a}",
        f"hunk 21 4 2 {2:064x} 2",
        "\tThe ",
        f"hunk 25 7 1 {1:064x} 2",
        "\towners\\u{5c}",
    ]


def test_a_script_puts_the_text_together_again() -> None:
    lines = list(porcelain(told((1, HOSTILE), (2, HOSTILE))))
    assert "".join(record.text for record in records(lines)) == HOSTILE * 2
    assert all(len(line.splitlines()) == 1 for line in lines)


def test_a_source_cannot_write_lines_of_its_own() -> None:
    answer = blame((1, "Words."), paragraphs=(), source="A\nhunk 0 6 9 bad 1\n\tlies \\")
    lines = list(porcelain(answer))
    assert "source A\\u{a}hunk 0 6 9 bad 1\\u{a}\\u{9}lies \\u{5c}" in lines
    assert [record.number for record in records(lines)] == [1]


def test_chosen_paragraphs_keep_their_places() -> None:
    answer = only(told((1, "One.\n\nTwo.\n\n"), (2, "Three.")), [1, 3])
    assert [record[:3] + record[4:] for record in records(list(porcelain(answer)))] == [
        (0, 4, 1, 1, "One."),
        (12, 6, 2, 3, "Three."),
    ]


@pytest.mark.parametrize(("text", "paragraph"), [("", 0), (" \n", 0), ("\n\n Words.\n\n", 1)])
def test_white_space_belongs_to_the_paragraph_before_it_or_to_the_first(text: str, paragraph: int) -> None:
    (record,) = records(list(porcelain(told((1, text)))))
    assert record[:3] + record[4:] == (0, len(text), 1, paragraph, text)


pieces = st.lists(
    st.tuples(
        st.integers(1, 4), st.text(st.sampled_from(HOSTILE) | st.characters(exclude_categories=["Cs"]))
    ),
    min_size=1,
    max_size=8,
)


@given(pieces)
def test_any_text_comes_out_as_it_went_in(runs: list[tuple[int, str]]) -> None:
    answer = told(*runs)
    lines = list(porcelain(answer))
    found = records(lines)
    text = "".join(words for _, words in runs)
    assert "".join(record.text for record in found) == text
    assert all(text[record.start : record.start + record.length] == record.text for record in found)
    assert [number for number, _ in groupby(record.paragraph for record in found)] == sorted(
        {record.paragraph for record in found}
    )
    assert len([line for line in lines if line.startswith("version ")]) == len({run[0] for run in runs})


def test_what_a_program_prints_is_what_the_library_knows(tmp_path: Path) -> None:
    texts = (HOSTILE, "More. " + HOSTILE, HOSTILE + "\n\nLess.")
    with vstore.open(tmp_path, create=True) as store:
        for day, text in enumerate(texts, 1):
            store.add("hostile", text, date=f"2020-01-0{day}")
        answer = store.blame("hostile")
    run = Program(tmp_path)
    lines = run("blame", "hostile", "--porcelain").out.decode().split("\n")[:-1]
    found = records(lines)
    assert "".join(record.text for record in found) == texts[-1]
    assert "source" not in {line.split(" ")[0] for line in lines}
    versions = {hunk.number: hunk.id for hunk in answer.hunks}
    assert {record.number: record.id for record in found} == versions


def test_in_reverse_it_says_so(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store:
        store.add("short", "Words.", date="2020")
    assert "direction reverse" in Program(tmp_path)("blame", "short", "--porcelain", "--reverse").lines
