"""Blame of words that stay. CONTRACT §1: origin, introduced, last touched, hunk."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from backends import Clock, open_store
from edited import pairs, texts
from hypothesis import given, settings
from hypothesis import strategies as st

import vstore
from vstore.answers import Blame
from vstore.errors import BadReference, UnknownParagraph, UnknownVersion
from vstore.store import Store
from vstore.text import paragraphs, tokens


def blamed(*states: str, paragraph: int | tuple[int, int] | None = None) -> Blame:
    """The blame of the last of several texts that came one after the other."""
    with vstore.open("memory:") as store:
        for state in states:
            store.add("s", state)
        return store.blame("s", paragraph=paragraph)


def hunks(*states: str) -> list[tuple[int, str]]:
    return [(hunk.number, hunk.text) for hunk in blamed(*states).hunks]


def touched(*states: str) -> list[tuple[int, int]]:
    """(introduced, last touched) of each paragraph."""
    return [(paragraph.introduced, paragraph.last_touched) for paragraph in blamed(*states).paragraphs]


# Hunks


@given(states=st.lists(texts, min_size=1, max_size=5) | pairs.map(list))
@settings(max_examples=300)
def test_hunks_join_to_the_text(states: list[str]) -> None:
    blame = blamed(*states)
    text = states[-1]
    assert "".join(hunk.text for hunk in blame.hunks) == text
    at = 0
    for hunk in blame.hunks:
        assert (hunk.start, hunk.length) == (at, len(hunk.text))
        at += hunk.length
    numbers = [hunk.number for hunk in blame.hunks]
    assert all(before != after for before, after in pairwise(numbers))
    assert all(hunk.text.strip() for hunk in blame.hunks) or not text.strip()
    assert [(p.start, p.start + p.length) for p in blame.paragraphs] == paragraphs(text)
    assert [p.number for p in blame.paragraphs] == list(range(1, len(blame.paragraphs) + 1))


@given(states=st.lists(texts, min_size=1, max_size=4))
def test_a_hunk_never_begins_within_a_token_or_with_white_space(states: list[str]) -> None:
    starts = {start for start, _ in tokens(states[-1])}
    for hunk in blamed(*states).hunks[1:]:
        assert hunk.start in starts


@given(states=st.lists(texts, min_size=1, max_size=4))
def test_paragraphs_blamed_one_by_one_are_those_of_the_whole(states: list[str]) -> None:
    whole = blamed(*states)
    for paragraph in whole.paragraphs:
        alone = blamed(*states, paragraph=paragraph.number)
        end = paragraph.start + paragraph.length
        assert alone.paragraphs == (paragraph,)
        assert "".join(hunk.text for hunk in alone.hunks) == states[-1][paragraph.start : end]
        for hunk in alone.hunks:
            (around,) = [each for each in whole.hunks if each.start <= hunk.start < each.start + each.length]
            assert around.number == hunk.number


def test_a_first_version_is_all_its_own() -> None:
    assert hunks("Nine are missing.") == [(1, "Nine are missing.")]


def test_words_that_stay_keep_their_origin() -> None:
    assert hunks("Nine are missing.", "Four are missing.", "Four are missing now.") == [
        (2, "Four "),
        (1, "are missing "),
        (3, "now"),
        (1, "."),
    ]


def test_white_space_belongs_to_the_hunk_before_it_and_leading_to_the_first() -> None:
    assert hunks("two", "  one two\n") == [(2, "  one "), (1, "two\n")]
    assert hunks("one three", "one  two\tthree") == [(1, "one  "), (2, "two\t"), (1, "three")]


@pytest.mark.parametrize("blank", ["", " ", "\n\n\t", "\u2028"])
def test_a_blank_text_is_one_hunk_its_own(blank: str) -> None:
    assert hunks("text", blank) == [(2, blank)]
    assert hunks(blank) == [(1, blank)]
    assert blamed(blank).paragraphs == ()


def test_new_white_space_alone_moves_no_origin() -> None:
    assert hunks("one two three", "one\ntwo   three\r\n") == [(1, "one\ntwo   three\r\n")]


def test_new_facts_alone_move_no_origin() -> None:
    with vstore.open("memory:") as store:
        store.add("s", "text")
        store.add("s", "text", headline="New")
        assert [hunk.number for hunk in store.blame("s").hunks] == [1]


def test_a_hunk_tells_who_and_when(store: Store) -> None:
    store.add("s", "One.", date="2019-01-15", source="North")
    store.add("s", "One. Two.", date="2019-01-16", source="South")
    (first, second) = store.blame("s").hunks
    assert (first.source, first.dated, first.at) == ("North", "2019-01-15", "2019-01-15T00:00:00Z")
    assert (second.source, second.id) == ("South", store.version("s", 2).id)


# Introduced, last touched


def test_introduced_wrote_most_letters() -> None:
    assert touched("aaaa bbbb", "aaaa bbbb ccccccccc") == [(2, 2)]
    assert touched("aaaa bbbb", "aaaa bbbb cc") == [(1, 2)]


def test_introduced_gives_ties_to_the_older() -> None:
    assert touched("aaaa", "bbbb aaaa")[0][0] == 1
    assert touched("...", "... !!!")[0][0] == 1


def test_introduced_counts_letters_not_punctuation() -> None:
    assert touched("aaa", "aaa ........ bb")[0][0] == 1


def test_last_touched_counts_what_was_added_changed_or_deleted() -> None:
    text = "The ferry sank at dawn.\n\nNine are missing."
    assert touched(text, text.replace("Nine", "Four")) == [(1, 1), (1, 2)]
    assert touched(text, text.replace(" at dawn", "")) == [(1, 2), (1, 1)]
    assert touched(text, text.replace("sank", "sank fast")) == [(1, 2), (1, 1)]
    assert touched(text, text.replace("The ferry", "Ferry")) == [(1, 2), (1, 1)]


def test_a_deletion_at_either_end_of_a_paragraph_touches_it() -> None:
    text = "Alas. The ferry sank. Again.\n\nNine are missing."
    assert touched(text, text.replace("Alas. ", "")) == [(1, 2), (1, 1)]
    assert touched(text, text.replace(" Again.", "")) == [(1, 2), (1, 1)]


def test_a_deleted_paragraph_touches_no_other() -> None:
    text = "The ferry sank.\n\nNine are missing.\n\nThe search goes on."
    assert touched(text, text.replace("\n\nNine are missing.", "")) == [(1, 1), (1, 1)]
    assert touched(text, text.replace("The ferry sank.\n\n", "")) == [(1, 1), (1, 1)]


def test_white_space_touches_nothing() -> None:
    text = "The ferry  sank.\n\nNine are missing."
    for spaced in (text.replace("  ", " "), text.replace("\n\n", "\n \n\n"), text + "\n", "\r\n" + text):
        assert touched(text, spaced) == [(1, 1), (1, 1)]


def test_a_touch_lasts_until_a_newer_one() -> None:
    states = ["a b c d e.", "a b d e.", "a b d e. f", "a b d f"]
    assert [touched(*states[:count])[0][1] for count in (1, 2, 3, 4)] == [1, 2, 3, 4]
    assert touched("a b c d.\n\ne f", "a b d.\n\ne f", "a b d.\n\ne g") == [(1, 2), (1, 3)]


# Which version is before


def test_a_wire_is_compared_with_the_newest_before_it_of_its_source(store: Store) -> None:
    store.add("s", "The ferry sank off the cape.", source="North")
    store.add("s", "Quite another account of it.", source="South")
    store.add("s", "The ferry sank off the cape at dawn.", source="North")
    found = {hunk.number for hunk in store.blame("s").hunks}
    assert found == {1, 3}


def test_a_late_wire_takes_its_place_in_the_blame(store: Store) -> None:
    store.add("s", "One.", date="2019-01-15")
    store.add("s", "One. Two. Three.", date="2019-01-17")
    assert [(hunk.number, hunk.text) for hunk in store.blame("s").hunks] == [(1, "One. "), (2, "Two. Three.")]
    store.add("s", "One. Two.", date="2019-01-16")
    assert [(hunk.number, hunk.text) for hunk in store.blame("s").hunks] == [
        (1, "One. "),
        (3, "Two. "),
        (2, "Three."),
    ]


def test_an_older_version_is_blamed_as_it_was(store: Store) -> None:
    for text in ("One.", "One. Two.", "One. Two. Three."):
        store.add("s", text)
    assert [hunk.number for hunk in store.blame("s", 2).hunks] == [1, 2]
    assert [hunk.number for hunk in store.blame("s", 1).hunks] == [1]


# Choosing paragraphs


def test_paragraphs_are_chosen_by_number_and_range(store: Store) -> None:
    store.add("s", "One.\n\nTwo.\n\nThree.")
    assert store.blame("s", paragraph=2).hunks[0].text == "Two."
    assert "".join(hunk.text for hunk in store.blame("s", paragraph=(2, 3)).hunks) == "Two.\n\nThree."
    assert [paragraph.number for paragraph in store.blame("s", paragraph=(2, 3)).paragraphs] == [2, 3]


@pytest.mark.parametrize("paragraph", [0, -1, 4, (0, 1), (2, 1), (3, 4)])
def test_a_paragraph_that_is_not_there_is_unknown(store: Store, paragraph: int | tuple[int, int]) -> None:
    store.add("s", "One.\n\nTwo.\n\nThree.")
    with pytest.raises(UnknownParagraph) as caught:
        store.blame("s", paragraph=paragraph)
    assert caught.value.facts["paragraphs"] == 3


@pytest.mark.parametrize("paragraph", ["1", 1.5, (1, 2, 3), (1,), ("1", "2"), True, []])
def test_what_is_no_paragraph_at_all_is_told(store: Store, paragraph: Any) -> None:
    store.add("s", "One.\n\nTwo.\n\nThree.")
    with pytest.raises(BadReference, match="give a number"):
        store.blame("s", paragraph=paragraph)


def test_a_blank_text_has_no_paragraph_one(store: Store) -> None:
    store.add("s", " ")
    with pytest.raises(UnknownParagraph):
        store.blame("s", paragraph=1)


def test_a_version_that_is_not_there_cannot_be_blamed(store: Store) -> None:
    store.add("s", "One.")
    with pytest.raises(UnknownVersion):
        store.blame("s", 2)


@pytest.mark.parametrize("count", [20_000, pytest.param(60_000, marks=pytest.mark.slow)])
def test_a_long_text_losing_every_fifth_word_is_blamed(
    tmp_path_factory: pytest.TempPathFactory, count: int
) -> None:
    words = [f"w{n}" for n in range(count)]
    with open_store("memory", tmp_path_factory.mktemp("s"), Clock()) as store:
        store.add("s", " ".join(words))
        store.add("s", " ".join(word for n, word in enumerate(words) if n % 5))
        assert {hunk.number for hunk in store.blame("s").hunks} == {1}
