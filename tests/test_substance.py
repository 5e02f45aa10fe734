"""What says the same, however it is set, and what does not; and notes of correction within a text."""

from __future__ import annotations

import pytest

from vstore.substance import is_substance, note_in

TEXT = "The “Vega” - a ferry - won't sail: 1,200 wait, he said."


@pytest.mark.parametrize(
    "other",
    [
        TEXT,
        TEXT.replace("“", '"').replace("”", '"'),
        TEXT.replace("“", "«").replace("”", "»"),
        TEXT.replace("'", "’"),
        TEXT.replace(" - ", " – "),
        TEXT.replace(" - ", "—"),
        TEXT.replace(" ", "\n\n"),
        TEXT.replace(" ", "\u00a0"),
        TEXT.replace("ferry", "fer\u00adry"),
        TEXT.replace(",", ""),
        TEXT.replace("sail:", "sail."),
        f"({TEXT}) …",
        f"\ufeff{TEXT}\r\n",
    ],
)
def test_how_a_text_is_set_is_no_substance(other: str) -> None:
    assert not is_substance(TEXT, other.replace("1200", "1,200"))
    assert not is_substance(other.replace("1200", "1,200"), TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Zoë", "Zoe\u0308"),
        ("a ﬁsh", "a fish"),
        ("ＴＯＫＹＯ", "TOKYO"),
        ("a high-level talk", "a high level talk"),
        ("pages 10-12", "pages 10–12"),
        ("-5 degrees", "−5 degrees"),
        ("", " \n"),
        ("", "…"),
    ],
)
def test_nor_is_how_its_letters_are_encoded_and_its_compounds_written(old: str, new: str) -> None:
    assert not is_substance(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("injuring 14 people", "injuring 17 people"),
        ("the Mayor", "the mayor"),
        ("its", "it's"),
        ("1,200", "1.200"),
        ("$5", "€5"),
        ("5 %", "5"),
        ("-5 degrees", "5 degrees"),
        ("–5 degrees", "5 degrees"),
        ("he did not say", "he did say"),
        ("a b", "b a"),
        ("", "x"),
        ("三名", "五名"),
        ("don't", "dont"),
    ],
)
def test_every_word_is_substance_and_so_is_its_case(old: str, new: str) -> None:
    assert is_substance(old, new)
    assert is_substance(new, old)


@pytest.mark.parametrize(
    "note",
    [
        "Correction: An earlier version gave another figure.",
        "CORRECTION (May 15): The bridge opened in 1961.",
        "(This version corrects the spelling of a name.)",
        "(Corrects number of injured in first paragraph)",
        "Editor's note: The vote was on Tuesday.",
        "EDITORS' NOTE: The vote was on Tuesday.",
        "Editor’s note: The vote was on Tuesday.",
        "Clarification: The vote was on Tuesday.",
        "Corrections and clarifications: The vote was on Tuesday.",
        "This article was amended on 3 May to give the date.",
        "An earlier version of this article misstated the date.",
        "[Corrected to say that nobody was hurt]",
    ],
)
def test_a_note_that_a_text_brings_is_found(note: str) -> None:
    assert note_in("The lock is shut.", f"The lock is shut.\n\n{note}") == note
    assert note_in(f"A.\n\n{note}", f"The lock is shut.\n\n{note}") is None
    assert note_in("The lock is shut.", f"{note.replace(' ', '  ')}\n\nThe lock is shut.") == note


@pytest.mark.parametrize(
    "plain",
    [
        "Corrections officers went on strike on Monday.",
        "Correction of the course took an hour.",
        "This version of the ferry carries 400 cars.",
        "This story began in 1961.",
        "Corrected figures are due on Friday.",
        "Editors noted the date.",
        "",
    ],
)
def test_other_paragraphs_are_none(plain: str) -> None:
    assert note_in("The lock is shut.", f"The lock is shut.\n\n{plain}") is None


def test_a_long_hostile_text_is_read_in_no_time() -> None:
    assert not is_substance("( " * 200_000, "[ " * 200_000)
    assert note_in("", "this article " * 100_000) is None
    assert note_in("", "(" * 300_000) is None
