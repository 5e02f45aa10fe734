"""What two texts have in common (vstore/shared.py)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vstore.shared import Passage, Words, covered
from vstore.shingles import WIDTH, words

STORY = words("the ferry sails on monday from the old harbour at nine said the office")
FEW = st.lists(st.sampled_from("abc"), max_size=40)


def shared(story: list[str], other: list[str]) -> list[str]:
    return [" ".join(story[place : place + length]) for place, _, length in Words(story).passages(other)]


def test_a_text_is_one_passage_of_itself() -> None:
    assert Words(STORY).passages(STORY) == [Passage(0, 0, len(STORY))]


def test_passages_go_as_far_as_the_words_are_the_same() -> None:
    other = words("news the ferry sails on monday at nine from the old harbour at ten")
    assert shared(STORY, other) == ["the ferry sails on monday", "from the old harbour at"]
    assert Words(STORY).passages(other)[1] == Passage(5, 8, 5)


def test_fewer_words_than_a_run_are_chance() -> None:
    assert Words(STORY).passages(words("the ferry sails from the old quay")) == []
    assert Words(STORY[:3]).passages(STORY[:3]) == []
    assert Words([]).passages([]) == []


def test_a_passage_that_is_said_twice_is_covered_once() -> None:
    passages = Words(STORY).passages([*STORY[:6], "and", "again", *STORY[:5]])
    assert [each.length for each in passages] == [6, 5]
    assert covered(passages) == 6


def test_a_word_said_again_and_again_takes_no_time() -> None:
    assert covered(Words(["same"] * 50_000).passages(["same"] * 50_000)) == 50_000


@given(FEW, FEW)
def test_what_is_shared_is_in_both_and_in_the_other_only_once(story: list[str], other: list[str]) -> None:
    passages = Words(story).passages(other)
    end = 0
    for place, start, length in passages:
        assert length >= WIDTH
        assert start >= end
        assert story[place : place + length] == other[start : start + length]
        end = start + length
    assert bool(passages) == any(
        story[i : i + WIDTH] == other[j : j + WIDTH]
        for i in range(len(story) - WIDTH + 1)
        for j in range(len(other) - WIDTH + 1)
    )
    assert covered(passages) == len({place + k for place, _, n in passages for k in range(n)})
