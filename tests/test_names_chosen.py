"""Which version the steps of a reference lead to, what there is instead, and how ids are shortened."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vstore.errors import AmbiguousName, UnknownVersion
from vstore.names import (
    Back,
    First,
    Moment,
    Number,
    Place,
    Prefix,
    Step,
    Tip,
    ambiguous,
    nearest,
    select,
)
from vstore.prefixes import shorten
from vstore.rows import Row

DAY = 86_400
JANUARY_15 = 1_547_510_400  # 2019-01-15T00:00:00Z


def place(number: int, at: int, id_hex: str | None = None) -> Place:
    return Place(number, id_hex or f"{number:x}".rjust(4, "a").ljust(64, "0"), at)


# Version 3 came late: it stands before 1 in the order.
ORDER = [
    place(3, JANUARY_15 - DAY, "abcd" + "3" * 60),
    place(1, JANUARY_15 + 3600, "abce" + "1" * 60),
    place(2, JANUARY_15 + 7200, "beef" + "2" * 60),
    place(4, JANUARY_15 + DAY, "0123" + "4" * 60),
]


def chosen(*steps: Step) -> int:
    return select(steps, ORDER, 4, story="talks")


@pytest.mark.parametrize(
    ("steps", "number"),
    [
        ((), 4),
        ((Number(1),), 1),
        ((Prefix("abce"),), 1),
        ((First(),), 3),
        ((Tip(),), 4),
        ((Back(0),), 4),
        ((Back(1),), 2),
        ((Back(3),), 3),
        ((Moment("2019-01-15"),), 2),
        ((Moment("2019"),), 4),
        ((Moment("2019-01-14"),), 3),
        ((Moment("2019-01-15T01:00Z"),), 1),
        ((Moment("2019-01-15T01:00:00.5Z"),), 1),
        ((Moment("2019-01-15T02:00:00"),), 2),
        ((Moment("2019-01-15T02:00:00+01:00"),), 1),
        ((Moment("2019-01-15"), Back(1)), 1),
        ((Number(1), Back(1)), 3),
        ((Back(1), Back(1)), 1),
    ],
)
def test_steps_lead_through_the_order(steps: tuple[Step, ...], number: int) -> None:
    assert chosen(*steps) == number


def test_tip_is_the_last_to_arrive_and_first_the_first_in_the_order() -> None:
    order = [place(2, 0), place(1, 5)]
    assert select([Tip()], order, 1, story="talks") == 2
    assert select([First()], order, 1, story="talks") == 2
    assert select([], order, 1, story="talks") == 1


def test_a_time_without_a_zone_is_one_of_the_zone_given() -> None:
    east = datetime.timezone(datetime.timedelta(hours=1))
    step = [Moment("2019-01-15T02:00")]
    assert select(step, ORDER, 4, story="talks", tz=east) == 1
    assert select(step, ORDER, 4, story="talks") == 2


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (Number(5), "no version 5;"),
        (Number(0), "no version 0;"),
        (Prefix("ffff"), "no version whose id begins with ffff;"),
        (Moment("2019-01-13"), "no version dated 2019-01-13 or earlier;"),
        (Back(4), "no version 4 before 4: 3 stand before it;"),
    ],
)
def test_an_unknown_version_is_told_what_there_is(step: Step, reason: str) -> None:
    with pytest.raises(UnknownVersion) as caught:
        chosen(step)
    dated = ["2019-01-14T00:00:00Z", "2019-01-16T00:00:00Z"]
    assert caught.value.facts == {"story": "talks", "versions": [1, 4], "dated": dated}
    expected = f"'talks' has {reason} it has 1 to 4, dated {dated[0]} to {dated[1]}"
    assert caught.value.message == expected


def test_a_story_without_versions_has_none() -> None:
    with pytest.raises(UnknownVersion, match="has no versions"):
        select([], [], 0, story="talks")


def test_an_ambiguous_prefix_lists_its_candidates() -> None:
    with pytest.raises(AmbiguousName) as caught:
        chosen(Prefix("abc"))
    assert caught.value.facts["candidates"] == [
        {"story": "talks", "number": 3, "id": "abcd" + "3" * 60},
        {"story": "talks", "number": 1, "id": "abce" + "1" * 60},
    ]
    expected = (
        "more than one version's id begins with abc: 'talks' version 3 (abcd333), 'talks' version 1 (abce111)"
    )
    assert caught.value.message == expected


def test_at_most_twenty_candidates_are_listed() -> None:
    order = [place(n, n, f"abcd{n:060x}") for n in range(1, 50)]
    with pytest.raises(AmbiguousName) as caught:
        select([Prefix("abcd")], order, 49, story="talks")
    assert len(caught.value.facts["candidates"]) == 20
    assert caught.value.message.endswith(", and 44 more")


def test_a_prefix_of_the_whole_store_names_the_stories_of_its_candidates() -> None:
    row = Row._make([None] * len(Row._fields))
    found = [
        ("floods", row._replace(number=2, id=b"\xab" * 32)),
        ("talks", row._replace(number=1, id=b"\xac" * 32)),
    ]
    error = ambiguous("a", found)
    assert error.facts["candidates"] == [
        {"story": "floods", "number": 2, "id": "ab" * 32},
        {"story": "talks", "number": 1, "id": "ac" * 32},
    ]
    assert "'floods' version 2 (ababa), 'talks' version 1 (acaca)" in error.message


STORIES = ["us-nk-talks", "us-nk-talks-2", "uk-talks", "storm-leslie", "floods-in-kent"]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("us-nk-talkz", "us-nk-talks"),
        ("US-NK-Talks", "us-nk-talks"),
        ("us_nk_talks", "us-nk-talks"),
        ("leslie", "storm-leslie"),
        ("flods-in-kent", "floods-in-kent"),
    ],
)
def test_the_nearest_name_comes_first(name: str, first: str) -> None:
    assert nearest(name, STORIES)[0] == first


def test_nothing_near_is_no_suggestion() -> None:
    assert nearest("zzz", STORIES) == []
    assert nearest("", STORIES) == []


def test_nearest_names_are_few_and_ties_go_by_name() -> None:
    names = [f"talks-{letter}" for letter in "hgfedcba"]
    assert nearest("talks-z", names, limit=3) == ["talks-a", "talks-b", "talks-c"]
    assert nearest("talks-z", reversed(names), limit=3) == nearest("talks-z", names, limit=3)


@pytest.mark.slow
def test_only_the_first_hundred_thousand_names_are_compared() -> None:
    taken = 0

    def names() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield "x" * 4096

    assert nearest("talks" * 1000, names()) == []
    assert taken == 100_000


IDS = st.lists(st.text(alphabet="0123456789abcdef", min_size=64, max_size=64), unique=True, max_size=8)


@settings(derandomize=True, deadline=None)
@given(ids=IDS, shared=st.text(alphabet="01a", max_size=20))
def test_shown_prefixes_are_unique_and_can_be_read_back(ids: list[str], shared: str) -> None:
    ids = list(dict.fromkeys((shared + hex_id)[:64] for hex_id in ids))
    shown = shorten(ids)
    assert list(shown) == ids
    for hex_id, prefix in shown.items():
        assert [other for other in ids if other.startswith(prefix)] == [hex_id]
        assert len(prefix) >= 7
        assert not prefix.isdecimal() or prefix == hex_id


def test_a_shown_prefix_is_no_longer_than_it_must_be() -> None:
    one, other, digits = "abcdef0" + "0" * 57, "abcdef0" + "1" * 57, "12345678a" + "0" * 55
    assert shorten([one, other, digits, one], 4) == {
        one: "abcdef00",
        other: "abcdef01",
        digits: "12345678a",
    }
