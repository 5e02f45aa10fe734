"""A diff for reading: paragraphs, marks, folds, facts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from render_values import PLAIN, diff, edits

from vstore.answers import Diff, Edit
from vstore.cli.look import Look
from vstore.cli.output import neutralise
from vstore.cli.reading import newer, older, paragraph_counts, passages
from vstore.cli.words import stat, words


def read(given: Diff, look: Look = PLAIN) -> str:
    return "\n".join(words(given, look))


def test_words_are_marked_as_git_marks_them() -> None:
    answer = diff(("=", "The "), ("-", "five"), ("+", "seven"), ("=", " ships sailed."))
    assert read(answer) == "The [-five-]{+seven+} ships sailed."


def test_spaces_stand_outside_of_the_marks() -> None:
    answer = diff(
        ("=", "The "), ("-", "old "), ("+", "tall "), ("=", "ship "), ("-", "slowly "), ("=", "sank.")
    )
    assert read(answer) == "The [-old-] {+tall+} ship [-slowly-] sank."


def test_in_colour_what_goes_is_struck_through_in_red_and_what_comes_is_green() -> None:
    answer = diff(("-", "five"), ("+", "seven"), ("=", " ships"))
    assert read(answer, Look(color=True)) == "\x1b[31;9mfive\x1b[0m\x1b[32mseven\x1b[0m ships"


def test_paragraphs_far_from_a_change_are_folded() -> None:
    answer = diff(("=", "A one.\n\nB two.\n\nC three.\n\nD four.\n\nE "), ("+", "and "), ("=", "five.\n"))
    assert read(answer).splitlines() == [
        "  … 3 paragraphs unchanged …",
        "",
        "D four.",
        "",
        "E {+and+} five.",
    ]


def test_a_paragraph_that_comes_stands_on_a_line_of_its_own() -> None:
    answer = diff(("=", "One.\n\n"), ("+", "Two.\n\n"), ("=", "Three."))
    assert read(answer) == "One.\n\n{+Two.+}\n\nThree."


def test_a_paragraph_that_replaces_another_stands_below_it() -> None:
    answer = diff(("=", "One.\n\n"), ("-", "Old."), ("+", "New."), ("=", "\n\nThree."))
    assert read(answer) == "One.\n\n[-Old.-]\n\n{+New.+}\n\nThree."


def test_a_change_across_a_gap_is_shown_in_both_of_its_paragraphs() -> None:
    answer = diff(
        ("=", "It is the "), ("-", "issue.\n\nThey"), ("+", "talk.\n\nBoth"), ("=", " are expected to go.")
    )
    assert read(answer) == "It is the [-issue.-]{+talk.+}\n\n[-They-]{+Both+} are expected to go."


def test_paragraphs_that_come_before_a_changed_opening_are_not_mixed_with_it() -> None:
    answer = diff(("=", "One.\n\n"), ("-", "A day"), ("+", "Two came.\n\nThis week"), ("=", " was calm."))
    assert read(answer) == "One.\n\n{+Two came.+}\n\n[-A day-]{+This week+} was calm."


def test_a_full_stop_that_goes_with_the_next_paragraph_and_comes_again_is_no_change() -> None:
    answer = diff(("=", "Last week"), ("-", ".\n\nIn Seoul they met."), ("+", "."), ("=", "\n"))
    assert read(answer) == "Last week.\n\n[-In Seoul they met.-]"


def test_broken_lines_are_shown_as_one() -> None:
    answer = diff(("=", "He said\n, with a "), ("-", "smile"), ("+", "grin"), ("=", "\r\n, no."))
    assert read(answer) == "He said , with a [-smile-]{+grin+} , no."


def test_other_line_ends_and_gaps_are_no_clutter() -> None:
    answer = diff(("=", "One."), ("-", "\n"), ("+", "\r\n\r\n"), ("=", "Two "), ("+", "big "), ("=", "men."))
    assert read(answer) == "One.\n\nTwo {+big+} men."


def test_white_space_alone_is_told_in_a_sentence() -> None:
    assert (
        read(diff(("=", "One."), ("-", "\n"), ("+", "\n\n"), ("=", "Two."))) == "  only white space differs"
    )


def test_no_difference_is_told() -> None:
    assert read(diff(("=", "One."))) == "  no difference"
    assert read(diff()) == "  no difference"


def test_facts_come_first() -> None:
    facts = {"headline": ("Old", "New"), "byline": (None, "M. Okafor"), "keywords": (["a"], ["a", "b"])}
    answer = diff(("=", "Same."), facts=facts)
    assert read(answer).splitlines() == [
        "headline: Old -> New",
        "byline: (none) -> M. Okafor",
        "keywords: a -> a, b",
        "  the text is the same",
    ]


def test_an_object_among_the_facts_is_shown_as_json() -> None:
    answer = diff(("=", "Same."), facts={"extra": ({}, {"b": 1, "a": "é"})})
    assert read(answer).splitlines()[0] == 'extra: (none) -> {"a": "é", "b": 1}'


def test_a_fact_of_two_lines_stays_a_line() -> None:
    answer = diff(("=", "Same."), facts={"note": ("One\nTwo", None)})
    assert read(answer).splitlines()[0] == "note: One Two -> (none)"


def test_control_characters_of_wires_do_not_reach_a_terminal() -> None:
    answer = diff(("=", "A"), ("+", "\x1b[2J"), ("=", "b"), facts={"headline": (None, "\x1b]0;x\x07")})
    assert "\x1b" not in read(answer, Look(clean=neutralise))
    assert "\x1b[2J" in read(answer)


def test_stat_counts_words_and_paragraphs() -> None:
    answer = diff(
        *(("=", "One.\n\n"), ("-", "Two.\n\n"), ("=", "Three "), ("+", "big "), ("=", "men.")),
        added_words=1200,
        facts={"headline": ("a", "b")},
    )
    assert list(stat(answer)) == [
        "words       +1,200 -1",
        "paragraphs  +1 -2  (1 unchanged)",
        "facts       headline",
    ]


def test_a_moved_or_rewrapped_paragraph_counts_as_kept() -> None:
    assert paragraph_counts("One a.\n\nTwo b.", "Two\nb.\n\nOne a.") == (2, 0, 0)


TEXTS = st.text(alphabet="ab. \n,", max_size=12)
EDITS = st.lists(st.builds(Edit, st.sampled_from(["=", "-", "+"]), TEXTS), max_size=12)


@settings(derandomize=True, deadline=None)
@given(EDITS)
def test_a_reading_holds_every_word_of_both_texts(given: list[Edit]) -> None:
    read = [run for passage in passages(given) for run in (*passage, Edit("=", "\n"))]
    assert squeezed(newer(read)) == squeezed(newer(given))
    assert squeezed(older(read)) == squeezed(older(given))


def squeezed(text: str) -> str:
    return "".join(text.split())


@settings(derandomize=True, deadline=None)
@given(EDITS)
def test_a_passage_is_one_line_without_spaces_at_the_ends_of_its_changes(given: list[Edit]) -> None:
    for passage in passages(given):
        assert "\n" not in "".join(run.text for run in passage)
        assert all(run.text == run.text.strip() for run in passage if run.op != "=")


def test_equal_texts_are_one_fold() -> None:
    assert [len(passage) for passage in passages(edits(("=", "One.\n\nTwo.")))] == [1, 1]
