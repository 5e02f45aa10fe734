"""References: how they are read, what they refuse, and that an exact story-id always wins."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vstore.errors import BadReference, UnknownStory
from vstore.names import (
    MAX_STEPS,
    Back,
    First,
    Moment,
    Name,
    Number,
    Prefix,
    Step,
    Tip,
    pair,
    parse,
)


def among(*stories: str) -> Callable[[str], bool]:
    return frozenset(stories).__contains__


@pytest.mark.parametrize(
    ("operators", "steps"),
    [
        ("", ()),
        ("@3", (Number(3),)),
        ("@2019", (Number(2019),)),
        ("@{2019}", (Moment("2019"),)),
        ("@{3}", (Number(3),)),
        ("@a1b2", (Prefix("a1b2"),)),
        ("@A1B2", (Prefix("a1b2"),)),
        ("@" + "a" * 64, (Prefix("a" * 64),)),
        ("@2019-01", (Moment("2019-01"),)),
        ("@2019-01-15", (Moment("2019-01-15"),)),
        ("@2019-01-15T14:00Z", (Moment("2019-01-15T14:00Z"),)),
        ("@2019-01-15T14:00+02:00", (Moment("2019-01-15T14:00+02:00"),)),
        ("@{2019-01-15 14:00}", (Moment("2019-01-15 14:00"),)),
        ("@first", (First(),)),
        ("@tip", (Tip(),)),
        ("@{tip}", (Tip(),)),
        ("~", (Back(1),)),
        ("~0", (Back(0),)),
        ("~2", (Back(2),)),
        ("~~", (Back(1), Back(1))),
        ("@2019-01-15~1", (Moment("2019-01-15"), Back(1))),
        ("@{2019}~1@tip", (Moment("2019"), Back(1), Tip())),
    ],
)
def test_every_form_is_read(operators: str, steps: tuple[Step, ...]) -> None:
    assert parse(f"talks{operators}", among("talks")) == Name("talks", steps)


STORIES_THAT_LOOK_LIKE_REFERENCES = [
    "talks@3",
    "talks~2",
    "talks@1..3",
    "@5",
    "~",
    "a1b2c3d",
    "mail@example.org",
    "https://example.org/~kim/2019?a=b@c",
    "tag:example.org,2019:talks",
    "two words {@{x}} 🕊",
]


@pytest.mark.parametrize("story", STORIES_THAT_LOOK_LIKE_REFERENCES)
def test_an_exact_story_id_wins_over_the_grammar(story: str) -> None:
    is_story = among("talks", story)
    assert parse(story, is_story, "talks") == Name(story)
    assert parse(f"{story}@2019-01-15~1", is_story) == Name(story, (Moment("2019-01-15"), Back(1)))
    assert pair(story, is_story) is None


def test_the_longest_story_wins_where_several_would_do() -> None:
    assert parse("talks@3~1", among("talks", "talks@3")) == Name("talks@3", (Back(1),))


def test_a_step_without_a_story_belongs_to_the_default_one() -> None:
    assert parse("@5", among("talks"), "talks") == Name("talks", (Number(5),))
    assert parse("~1", among("talks"), "talks") == Name("talks", (Back(1),))


def test_a_step_without_a_story_is_refused_where_there_is_no_default() -> None:
    with pytest.raises(BadReference, match="'@5' names no story"):
        parse("@5", among("talks"))


def test_the_empty_reference_is_refused() -> None:
    with pytest.raises(BadReference, match="empty"):
        parse("", among("talks"), "talks")


@pytest.mark.parametrize("digits", ["a1b2c3d", "A1B2C3D", "1234567", "0" * 64])
def test_seven_or_more_hex_digits_that_are_no_story_are_an_id(digits: str) -> None:
    assert parse(digits, among("talks")) == Prefix(digits.lower())


@pytest.mark.parametrize("digits", ["a1b2c3", "a" * 65, "a1b2c3g"])
def test_too_few_or_too_many_digits_are_an_unknown_story(digits: str) -> None:
    with pytest.raises(UnknownStory):
        parse(digits, among("talks"))


def test_steps_after_a_bare_id_ask_for_the_story() -> None:
    with pytest.raises(BadReference, match="STORY@a1b2c3d~1"):
        parse("a1b2c3d~1", among("talks"))


@pytest.mark.parametrize(
    ("ref", "story"),
    [
        ("talkz", "talkz"),
        ("talkz@3~1", "talkz"),
        ("mail@example.org", "mail@example.org"),
        ("mail@example.org@3", "mail@example.org"),
        ("@handle", "@handle"),
        ("https://example.org/~kim/talks@{2019}", "https://example.org/~kim/talks"),
    ],
)
def test_an_unknown_story_is_named_without_its_steps(ref: str, story: str) -> None:
    with pytest.raises(UnknownStory) as caught:
        parse(ref, among("talks"))
    assert caught.value.facts == {"story": story}


@pytest.mark.parametrize(
    "operator",
    ["@", "@{}", "@abc", "@1234567890", "@12345678901234", "@last", "@-1", "@٣", "~x", "~-1", "~1234567890"],
)
def test_what_cannot_be_read_is_answered_with_the_forms(operator: str) -> None:
    with pytest.raises(BadReference, match=r"cannot read .* @first, @tip or ~2"):
        parse(f"talks{operator}", among("talks"))


@pytest.mark.parametrize("date", ["2019-02-30", "2019-1-5", "{0000}", "2019-01-15T25:00", "{2019-13}"])
def test_a_date_that_is_no_date_says_why(date: str) -> None:
    with pytest.raises(BadReference, match="is not a date"):
        parse(f"talks@{date}", among("talks"))


def test_sixty_four_steps_are_read_and_no_more() -> None:
    assert len(as_name(parse("talks" + "~" * MAX_STEPS, among("talks"))).steps) == MAX_STEPS
    with pytest.raises(BadReference, match="more than 64 steps"):
        parse("talks" + "~" * (MAX_STEPS + 1), among("talks"))


def as_name(found: Name | Prefix) -> Name:
    assert isinstance(found, Name)
    return found


@pytest.mark.parametrize("ref", ["~" * 100_000, "@" * 100_000, "@{" * 50_000 + "}", "talks" + "~" * 100_000])
def test_a_hostile_reference_is_asked_for_a_bounded_number_of_times(ref: str) -> None:
    asked = 0

    def is_story(name: str) -> bool:
        nonlocal asked
        asked += 1
        return name == "talks"

    with pytest.raises((BadReference, UnknownStory)) as caught:
        parse(ref, is_story)
    assert asked <= 2 * MAX_STEPS
    assert len(caught.value.message) < 300


def test_control_characters_do_not_reach_the_message() -> None:
    with pytest.raises(UnknownStory) as caught:
        parse("talks\x1b[2J\u202e\udc80", among("talks"))
    assert caught.value.message.isprintable()


@settings(derandomize=True, deadline=None)
@given(story=st.text(alphabet="a@~{}:.1 é🕊", min_size=1, max_size=12), number=st.integers(0, 999_999_999))
@example(story="@{", number=1)
@example(story="a@{x", number=1)
def test_any_story_can_be_named_with_a_number(story: str, number: int) -> None:
    assert parse(f"{story}@{number}", among(story)) == Name(story, (Number(number),))
    assert as_name(parse(f"{story}@{{2019}}~2", among(story))).steps == (Moment("2019"), Back(2))


@settings(derandomize=True, deadline=None)
@given(ref=st.text(alphabet="ta@~{}.0123f-T: \n\x00", max_size=30))
def test_any_reference_has_an_answer_or_a_reason(ref: str) -> None:
    is_story = among("t", "t@1", "ta~")
    pair(ref, is_story)
    with contextlib.suppress(BadReference, UnknownStory):
        assert isinstance(parse(ref, is_story, "t"), Name | Prefix)


@pytest.mark.parametrize(
    ("ref", "names"),
    [
        ("talks@1..3", ("talks@1", "talks@3")),
        ("talks@first..tip", ("talks@first", "talks@tip")),
        ("talks@2019-01-15..2019-01-16", ("talks@2019-01-15", "talks@2019-01-16")),
        ("talks@{2019}..{2020}", ("talks@{2019}", "talks@{2020}")),
        ("talks@a1b2..3", ("talks@a1b2", "talks@3")),
        ("talks@3~1..3", ("talks@3~1", "talks@3")),
        ("talkz@1..3", ("talkz@1", "talkz@3")),
    ],
)
def test_a_pair_is_two_references(ref: str, names: tuple[str, str]) -> None:
    assert pair(ref, among("talks")) == names


@pytest.mark.parametrize(
    "ref", ["talks", "talks@1", "talks..3", "talks@1..", "talks@..3", "talks@1..x", "a..b", "@1..3", "..", ""]
)
def test_anything_else_is_no_pair(ref: str) -> None:
    assert pair(ref, among("talks")) is None


def test_a_pair_never_slips_into_another_story() -> None:
    assert pair("talks@1..3", among("talks", "talks@3")) is None
    assert pair("talks@1..3", among("talks", "talks@1")) is None
