"""The histories of the blame bench are what they say: whoever grades others must be right first."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from bench import graded
from bench import histories_edits as edits
from bench.histories import FEWEST, KINDS, ORDINARY, PURE, History, record
from bench.histories_desk import Desk, is_apart
from bench.histories_doubts import is_doubtful, is_impure
from bench.histories_pages import Layout, Page, Word, rendered
from bench.histories_prose import LANGUAGES, Values, Writer, cut

ROOT = Path(__file__).parent.parent
MOST = 16

every_kind = pytest.mark.parametrize("kind", KINDS)
every_language = pytest.mark.parametrize("language", list(LANGUAGES))


@cache
def some(kind: str) -> list[History]:
    return [record(seed, kind, most=MOST) for seed in range(6)]


@every_kind
def test_truth_has_one_origin_for_each_token(kind: str) -> None:
    for history in some(kind):
        assert all(len(step.truth) == len(cut(step.text)) for step in history.steps)


@every_kind
def test_no_origin_lies_in_the_future(kind: str) -> None:
    for history in some(kind):
        assert all(min(step.truth) >= 0 and max(step.truth) <= at for at, step in enumerate(history.steps))


@every_kind
def test_each_version_differs_from_the_one_before(kind: str) -> None:
    for history in some(kind):
        assert FEWEST <= len(history.steps) <= MOST
        assert all(before.text != after.text for before, after in pairwise(history.steps))


@every_kind
def test_the_same_seed_writes_the_same_history(kind: str) -> None:
    assert record(7, kind, most=MOST) == record(7, kind, most=MOST)
    assert record(7, kind, most=MOST) != record(8, kind, most=MOST)


def test_another_process_writes_the_same_history() -> None:
    program = "from bench.histories import record; print(ascii(record(5, most=30)))"
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert said == {f"{record(5, most=30)!a}\n"}


@pytest.mark.parametrize("kind", list(PURE))
def test_a_pure_history_holds_only_its_operation_after_its_first_versions(kind: str) -> None:
    ordinary, wanted = ({each.__name__ for each in weights} for weights in (ORDINARY, PURE[kind]))
    for history in some(kind):
        first = 4 if kind == "reverts" else 3
        assert ordinary.issuperset(name for step in history.steps[1:first] for name in step.operations)
        assert wanted.issuperset(name for step in history.steps[first:] for name in step.operations)
        assert len(history.steps) > first


@pytest.mark.parametrize("kind", ["rewraps", "splits", "merges"])
def test_where_only_the_layout_changes_the_tokens_stay_in_order(kind: str) -> None:
    for history in some(kind):
        assert len({(cut(step.text), step.truth) for step in history.steps[2:]}) == 1


def test_where_things_only_move_the_tokens_are_the_same_in_some_order() -> None:
    for history in some("moves"):
        tokens = [sorted(zip(cut(step.text), step.truth, strict=True)) for step in history.steps[2:]]
        assert tokens.count(tokens[0]) == len(tokens)


def test_where_things_are_only_reverted_nothing_is_new() -> None:
    for history in some("reverts"):
        assert all(max(step.truth) <= 3 for step in history.steps)


def test_where_things_are_only_deleted_and_restored_nothing_is_new() -> None:
    for history in some("restores"):
        assert all(max(step.truth) <= 2 for step in history.steps)


def test_a_syndicated_history_has_several_sources_and_the_others_one() -> None:
    histories = [record(seed, most=MOST) for seed in range(20)]
    for history in histories:
        sources = {step.source for step in history.steps}
        assert len(sources) <= (4 if history.mix == "syndicated" else 1)
    assert max(len({step.source for step in history.steps}) for history in histories) > 1


@every_language
def test_a_copy_keeps_what_the_other_source_wrote(language: str) -> None:
    copies = [
        (before, step)
        for seed in range(16)
        for history in [record(seed, language=language, most=MOST)]
        for before, step in pairwise(history.steps)
        if history.mix == "syndicated" and before.source != step.source
    ]
    assert copies
    assert all(min(step.truth) == 0 for _, step in copies)


# What is typed again


@pytest.fixture
def desk() -> Desk:
    chance = Random(1)
    return Desk(chance, Writer(LANGUAGES["english"], chance), source="agency")


LINE, OTHER = cut("Reporting by Anna Lind."), cut("The dam burst on Monday.")


def page(desk: Desk, *lines: Values) -> Page:
    return Page(tuple((desk.new(line),) for line in lines), Layout())


def test_a_line_typed_while_its_like_stands_is_a_new_one(desk: Desk) -> None:
    first = page(desk, OTHER, LINE)
    desk.keep(first)
    desk.rank = 1
    assert [word.origin for word in desk.typed(first, LINE)[0]] == [1] * len(LINE)


def test_a_line_typed_after_its_like_went_is_that_one(desk: Desk) -> None:
    first = page(desk, OTHER, LINE)
    desk.keep(first)
    desk.rank = 1
    without = first.replaced(1)
    assert desk.typed(without, LINE)[0] is first.paragraphs[1][0]


def test_of_two_lines_that_went_the_oldest_comes_back_first(desk: Desk) -> None:
    first = page(desk, OTHER, LINE)
    desk.keep(first)
    desk.rank = 1
    second = first.replaced(2, desk.typed(first, LINE), count=0)
    desk.keep(second)
    typed = desk.typed(second.replaced(2).replaced(1), LINE, LINE, LINE)
    assert [sentence[0].origin for sentence in typed] == [0, 1, 1]
    assert typed[2] is not typed[1]


def test_a_word_that_stood_there_before_is_not_written_as_a_new_one(desk: Desk) -> None:
    first = page(desk, OTHER)
    desk.keep(first)
    (sentence,) = first.paragraphs[0]
    edited = (*sentence[:1], Word("dike", 1), *sentence[2:])
    assert not desk.is_told_apart(edited, 1, 2, ("dam",))
    assert not desk.is_told_apart(edited, 1, 2, ("burst",))
    assert desk.is_told_apart(edited, 1, 2, ("wall",))


def test_words_are_not_taken_out_where_nobody_could_say_which_went(desk: Desk) -> None:
    sentence = desk.new(cut("a dam a dike burst"))
    assert not is_apart(sentence, 0, 2)
    assert not is_apart(sentence, 1, 3)
    assert is_apart(sentence, 1, 2)


def test_a_paragraph_goes_back_to_an_earlier_state(desk: Desk) -> None:
    first = page(desk, OTHER)
    desk.keep(first)
    (sentence,) = first.paragraphs[0]
    desk.keep(first.replaced(0, ((*sentence[:1], Word("wall", 1), *sentence[2:]),)))
    edited = desk.pages["agency"][-1]
    results = {edits.revert_paragraph(desk, edited) for _ in range(20)}
    assert results == {None, first}


# What nobody could tell


def edited(desk: Desk, before: Page, at: int, *words: Word) -> Page:
    """The page after the third and fourth word of a paragraph gave way to others."""
    (sentence,) = before.paragraphs[at]
    return before.replaced(at, ((*sentence[:2], *words, *sentence[4:]),))


@pytest.fixture
def first(desk: Desk) -> Page:
    written = page(desk, OTHER, LINE)
    desk.keep(written)
    desk.rank = 1
    return written


def test_an_edit_with_other_words_is_beyond_doubt(desk: Desk, first: Page) -> None:
    assert not is_doubtful(desk, first, edited(desk, first, 0, Word("broke", 1)))


def test_a_word_written_where_the_same_word_went_is_doubtful(desk: Desk, first: Page) -> None:
    assert is_doubtful(desk, first, edited(desk, first, 0, Word("at", 1), Word("burst", 1)))


def test_a_line_typed_while_its_like_stands_in_part_is_doubtful(desk: Desk, first: Page) -> None:
    after = edited(desk, first, 0, Word("broke", 1))
    assert is_doubtful(desk, first, after.replaced(2, desk.typed(after, OTHER), count=0))


def test_a_line_that_moves_while_its_like_is_typed_is_doubtful(desk: Desk, first: Page) -> None:
    after = first.replaced(2, desk.typed(first, OTHER), count=0)
    assert not is_doubtful(desk, first, after)
    desk.moved = list(first.paragraphs[0])
    assert is_doubtful(desk, first, after)


def test_in_a_pure_history_no_line_repeats(desk: Desk, first: Page) -> None:
    assert not is_impure(desk, first, first)
    assert is_impure(desk, first, first.replaced(2, desk.typed(first, OTHER), count=0))


# As text


@every_language
@pytest.mark.parametrize("width", [0, 12, 60])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_no_layout_changes_a_token(language: str, width: int, end: str) -> None:
    chance = Random(2)
    desk = Desk(chance, Writer(LANGUAGES[language], chance))
    written = page(desk, *(desk.writer.sentence() for _ in range(30)))
    text = rendered(written._replace(layout=Layout(width, end, "  ")), spaced=desk.writer.language.spaced)
    assert cut(text) == tuple(word.text for word in written.words)


def test_the_last_of_the_sampled_versions_is_always_the_last() -> None:
    for count in range(1, 40):
        asked = graded.sampled(count)
        assert asked == sorted(set(asked))
        assert asked[-1] == count - 1
        assert len(asked) == min(count, graded.SAMPLE)


def test_only_characters_of_words_are_graded() -> None:
    step = record(3, language="english", most=MOST).steps[0]
    letters = sum(len(token) for token in cut(step.text) if any(map(str.isalnum, token)))
    characters = len("".join(step.text.split()))
    assert graded.wrong(step, [0] * characters) == (0, letters)
    assert graded.wrong(step, [9] * characters) == (letters, letters)
    assert graded.wrong(step, None) == (letters, letters)
