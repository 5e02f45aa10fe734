"""A story's order: effective moments, late wires, previous ones, as it stood. CONTRACT §1, §5."""

from __future__ import annotations

import datetime

import pytest
from backends import NEW_YEAR, SECOND, Clock
from hypothesis import given
from hypothesis import strategies as st

import vstore
from vstore.dates import iso_micros
from vstore.errors import BadReference, UnknownStory, UnknownVersion
from vstore.history import History
from vstore.model import Version
from vstore.store import Store


def moments(store: Store, *dates: str | None) -> list[str]:
    """Wires of these dates, one after the other; the effective moment each one got."""
    return [store.add("s", f"text {n}", date=date).version.at for n, date in enumerate(dates)]


def in_order(store: Store) -> list[int]:
    return [version.number for version in store.log("s")][::-1]


def found(store: Store, number: int) -> Version:
    """The version as the log has it, which must be as it is alone."""
    (version,) = [each for each in store.log("s") if each.number == number]
    assert version == store.version("s", number)
    return version


# The effective moment


def test_a_date_to_the_second_is_its_own_moment(store: Store) -> None:
    assert moments(store, "2019-01-15T14:30:05Z", "2019-01-15T14:30:05+02:00", "2019-01-15T14:30:06.5") == [
        "2019-01-15T14:30:05Z",
        "2019-01-15T12:30:05Z",
        "2019-01-15T14:30:06Z",
    ]


def test_a_day_takes_the_moment_within_it_nearest_to_the_greatest_so_far(store: Store) -> None:
    assert moments(store, "2019-01-15", "2019-01-15T14:30:00Z", "2019-01-15", "2019-01-14", "2019-01-16") == [
        "2019-01-15T00:00:00Z",
        "2019-01-15T14:30:00Z",
        "2019-01-15T14:30:00Z",
        "2019-01-14T23:59:59Z",
        "2019-01-16T00:00:00Z",
    ]


@pytest.mark.parametrize(
    ("date", "last"),
    [
        ("2018", "2018-12-31T23:59:59Z"),
        ("2018-02", "2018-02-28T23:59:59Z"),
        ("2016-02", "2016-02-29T23:59:59Z"),
        ("2018-06-07", "2018-06-07T23:59:59Z"),
        ("2018-06-07T08:09", "2018-06-07T08:09:59Z"),
        ("2018-06-07T08:09+01:00", "2018-06-07T07:09:59Z"),
    ],
)
def test_a_late_wire_of_any_precision_stands_at_the_end_of_its_span(
    store: Store, date: str, last: str
) -> None:
    assert moments(store, "2019-01-15", date)[1] == last
    assert in_order(store) == [2, 1]


def test_a_month_or_year_that_holds_the_greatest_moment_takes_it(store: Store) -> None:
    greatest = "2019-01-15T14:30:00Z"
    assert moments(store, greatest, "2019-01", "2019", "2019-01-15T14:30") == [greatest] * 4
    assert in_order(store) == [1, 2, 3, 4]


def test_an_undated_wire_takes_the_greatest_moment(store: Store) -> None:
    assert moments(store, "2019-01-15T14:30:00Z", "2018", None) == [
        "2019-01-15T14:30:00Z",
        "2018-12-31T23:59:59Z",
        "2019-01-15T14:30:00Z",
    ]
    assert in_order(store) == [2, 1, 3]
    assert not found(store, 3).late


def test_an_undated_beginning_makes_nothing_late(store: Store) -> None:
    moments(store, None, None, "1955-08-01", "2019")
    assert in_order(store) == [1, 2, 3, 4]
    assert not any(version.late for version in store.log("s"))
    assert found(store, 1).dated is None


@pytest.mark.parametrize("date", ["1955", "0001-01-01", "9999-12-31T23:59:59Z", "2117-03", "1970-01-01"])
def test_far_dates_are_kept_as_given_and_ordered(store: Store, date: str) -> None:
    store.add("s", "now", date="2019-01-15")
    version = store.add("s", "far", date=date).version
    assert version.dated == date.replace("Z", "+00:00")
    assert version.at[:4] == date[:4]
    assert version.late == (date < "2019")
    assert store.fsck().ok


def test_moments_beyond_the_calendar_are_brought_to_its_ends(store: Store) -> None:
    assert moments(store, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00") == [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ]
    assert [version.dated for version in store.log("s")] == [
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
    ]


def test_equal_moments_are_ordered_by_number(store: Store) -> None:
    moments(store, "2019-01-15T10:00:00Z", "2019-01-15T11:00:00+01:00", "2019-01-15T10:00:00.9Z")
    assert in_order(store) == [1, 2, 3]
    assert found(store, 3).dated == "2019-01-15T10:00:00.9+00:00"


# Current, tip, parent


def test_current_is_last_in_the_order_and_tip_the_last_to_arrive(store: Store) -> None:
    moments(store, "2019-01-15", "2019-01-17", "2019-01-16")
    (story,) = store.stories()
    assert (story.current, story.tip, story.versions, story.at) == (2, 3, 3, "2019-01-17T00:00:00Z")
    assert store.version("s").number == 2
    assert store.text("s") == "text 1"
    assert store.resolve("s@tip").number == 3
    assert store.resolve("s@first").number == 1


def test_the_parent_is_the_version_that_arrived_before(store: Store) -> None:
    moments(store, "2019-01-15", "2019-01-17", "2019-01-16")
    ids = {version.number: version.id for version in store.log("s")}
    assert {version.number: version.parent for version in store.log("s")} == {1: None, 2: ids[1], 3: ids[2]}


def test_the_log_goes_by_the_order_or_by_arrival(store: Store) -> None:
    moments(store, "2019-01-15", "2019-01-17", "2019-01-16")
    assert [version.number for version in store.log("s")] == [2, 3, 1]
    assert [version.number for version in store.log("s", arrival=True)] == [3, 2, 1]


# Late wires and previous ones


def test_only_a_wire_whose_place_was_before_the_last_is_late_and_stays_so(store: Store) -> None:
    moments(store, "2019-01-15", "2019-01-17", "2019-01-16", "2019-01-16", "2019-01-18")
    assert {version.number for version in store.log("s") if version.late} == {3, 4}


def test_a_late_wire_becomes_the_previous_one_and_words_are_counted_anew(store: Store) -> None:
    store.add("s", "one", date="2019-01-15")
    before = store.add("s", "one two three", date="2019-01-17").version
    assert (before.previous, before.added_words, before.removed_words) == (1, 2, 0)
    late = store.add("s", "one two nine", date="2019-01-16").version
    assert (late.previous, late.added_words, late.removed_words) == (1, 2, 0)
    after = found(store, 2)
    assert (after.previous, after.added_words, after.removed_words) == (3, 1, 1)
    assert after.id == before.id


def test_a_late_wire_before_all_others_has_no_previous_one(store: Store) -> None:
    store.add("s", "one two", date="2019-01-15")
    late = store.add("s", "one", date="2018").version
    assert (late.previous, late.changed, late.added_words, late.late) == (None, (), 1, True)
    first = found(store, 1)
    assert (first.previous, first.added_words, first.changed) == (2, 1, ("text",))


def test_several_late_wires_count_words_against_the_newest_before(store: Store) -> None:
    for text, day in [("a", 10), ("a b c d", 20), ("a b", 12), ("a b c", 14), ("a z", 13)]:
        store.add("s", text, date=f"2019-01-{day}")
    counted = {v.number: (v.previous, v.added_words, v.removed_words) for v in store.log("s")}
    assert counted == {1: (None, 1, 0), 3: (1, 1, 0), 5: (3, 1, 1), 4: (5, 2, 1), 2: (4, 1, 0)}


def test_previous_is_the_newest_earlier_one_of_the_same_source(store: Store) -> None:
    for text, source in [("a", "North"), ("b", "South"), ("a c", "North"), ("b d", "South"), ("e", "West")]:
        store.add("s", text, source=source)
    assert {v.number: v.previous for v in store.log("s")} == {1: None, 2: 1, 3: 1, 4: 2, 5: 4}


def test_a_late_wire_moves_the_previous_of_its_own_source_and_of_a_source_s_first(store: Store) -> None:
    for text, source, day in [("a", "North", 10), ("b", "South", 20), ("a b", "North", 21)]:
        store.add("s", text, source=source, date=f"2019-01-{day}")
    assert {v.number: v.previous for v in store.log("s")} == {1: None, 2: 1, 3: 1}
    store.add("s", "late", source="North", date="2019-01-15")
    assert {v.number: v.previous for v in store.log("s")} == {1: None, 4: 1, 2: 4, 3: 4}


ARRIVALS = st.lists(
    st.tuples(
        st.sampled_from(["", "a", "a b", "b c", "a b c.", "c\n\nd"]),
        st.sampled_from(
            [None, "2018", "2019-01", "2019-01-15", "2019-01-15T10:00:00Z", "2019-01-16", "2020"]
        ),
        st.sampled_from([None, "North", "South"]),
    ),
    min_size=1,
    max_size=9,
)


@given(arrivals=ARRIVALS)
def test_words_are_counted_against_the_previous_one_however_wires_arrived(
    arrivals: list[tuple[str, str | None, str | None]],
) -> None:
    with vstore.open("memory:") as store:
        for text, date, source in arrivals:
            store.add("s", text, date=date, source=source)
        for version in store.log("s"):
            diff = store.diff("s", version.number)
            assert (version.added_words, version.removed_words) == (diff.added_words, diff.removed_words)
            assert diff.before == version.previous
            before = store.version("s", version.previous).words if version.previous else 0
            assert version.words == before + version.added_words - version.removed_words


@given(arrivals=ARRIVALS)
def test_a_late_wire_s_counts_are_kept_where_they_became_necessary(
    arrivals: list[tuple[str, str | None, str | None]],
) -> None:
    """So that a log never needs a diff: whatever the previous one is, its count is stored."""
    with vstore.open("memory:") as store:
        for text, date, source in arrivals:
            store.add("s", text, date=date, source=source)
        rows = store._storage.rows("s")
        recounts = store._storage.recounts("s")
        previous = History("s", rows).previous_numbers()
        for row in rows:
            now = previous[row.number]
            assert row.previous == now or now is None or (row.number, now) in recounts


@given(arrivals=ARRIVALS)
def test_a_history_tells_the_previous_one_alike_alone_and_in_one_pass(
    arrivals: list[tuple[str, str | None, str | None]],
) -> None:
    with vstore.open("memory:") as store:
        for text, date, source in arrivals:
            store.add("s", text, date=date, source=source)
        history = History("s", store._storage.rows("s"))
        for number, previous in history.previous_numbers().items():
            row = history.row(number)
            alone = history.previous((row.at, number), history.source(number))
            assert (alone.number if alone else None) == previous


# As of


def test_as_of_answers_as_before_a_late_wire_came(store: Store, clock: Clock) -> None:
    store.add("s", "one", date="2019-01-15")
    store.add("s", "one two three", date="2019-01-17")
    then = [version.to_dict() for version in store.log("s")]
    clock.pass_by(60)
    store.add("s", "one two", date="2019-01-16")
    stood = store.as_of(iso_micros(NEW_YEAR))
    assert [version.to_dict() for version in stood.log("s")] == then
    assert stood.version("s", 2).previous == 1
    assert store.version("s", 2).previous == 3
    with pytest.raises(UnknownVersion):
        stood.version("s", 3)


def test_as_of_knows_neither_stories_nor_versions_that_came_later(store: Store, clock: Clock) -> None:
    store.add("s", "one", headline="First")
    clock.pass_by(60)
    later = store.add("s", "two", headline="Second").version
    store.add("t", "text")
    stood = store.as_of(iso_micros(NEW_YEAR + 59 * SECOND))
    assert [(story.story, story.versions, story.headline) for story in stood.stories()] == [("s", 1, "First")]
    assert [version.number for version in stood.log()] == [1]
    assert stood.text("s") == "one"
    assert stood.blame("s").number == 1
    with pytest.raises(UnknownStory):
        stood.text("t")
    with pytest.raises(UnknownVersion):
        stood.resolve(later.id)


def test_as_of_shows_no_sighting_that_came_later(store: Store, clock: Clock) -> None:
    store.add("s", "one")
    clock.pass_by(60)
    store.add("s", "one")
    assert store.version("s").last_seen == iso_micros(NEW_YEAR + 60 * SECOND)
    assert store.as_of(iso_micros(NEW_YEAR)).version("s").last_seen == iso_micros(NEW_YEAR)


def test_as_of_a_moment_takes_in_that_very_microsecond(store: Store, clock: Clock) -> None:
    store.add("s", "one")
    just_then = datetime.datetime.fromtimestamp(NEW_YEAR / SECOND, datetime.UTC)
    assert store.as_of(just_then).version("s").number == 1
    with pytest.raises(UnknownStory):
        store.as_of(just_then - datetime.timedelta(microseconds=1)).version("s")


def test_as_of_a_day_means_its_end(store: Store, clock: Clock) -> None:
    clock.pass_by(3600)
    store.add("s", "one")
    clock.pass_by(24 * 3600)
    store.add("s", "two")
    assert store.as_of("2026-01-01").text("s") == "one"
    assert store.as_of("2026").text("s") == "two"


def test_as_of_before_the_store_began_knows_nothing(store: Store) -> None:
    store.add("s", "one")
    stood = store.as_of("2019")
    assert list(stood.stories()) == []
    assert list(stood.log()) == []


def test_as_of_what_is_no_moment_is_refused(store: Store) -> None:
    with pytest.raises(BadReference):
        store.as_of("yesterday")


# Naming in the library


def test_a_version_is_named_by_number_id_prefix_date_or_datetime(store: Store) -> None:
    moments(store, "2019-01-15", "2019-01-16T12:00:00Z", "2019-01-17")
    second = store.version("s", 2)
    prefix = next(second.id[:length] for length in range(4, 64) if not second.id[:length].isdigit())
    for which in (
        2,
        second.id,
        prefix,
        prefix.upper(),
        "2019-01-16",
        "2019-01-16T12:00Z",
        datetime.date(2019, 1, 16),
        datetime.datetime(2019, 1, 16, 12, tzinfo=datetime.UTC),
    ):
        assert store.version("s", which) == second
    assert store.version("s", datetime.datetime(2019, 1, 16, 11, tzinfo=datetime.UTC)).number == 1


@pytest.mark.parametrize("which", [0, -1, 4, "2018", "ffffffff", "f" * 64, datetime.date(2018, 1, 1)])
def test_a_version_that_is_not_there_is_unknown(store: Store, which: int | str | datetime.date) -> None:
    moments(store, "2019-01-15", "2019-01-16", "2019-01-17")
    with pytest.raises(UnknownVersion) as caught:
        store.version("s", which)
    assert caught.value.facts["story"] == "s"


def test_a_story_id_is_never_parsed(store: Store) -> None:
    store.add("s", "one")
    store.add("s@1", "two")
    assert store.text("s@1") == "two"
    with pytest.raises(UnknownStory):
        store.text("s@2")
    with pytest.raises(UnknownStory):
        store.text("s~0")


def test_nothing_can_be_asked_of_a_story_that_is_not_there(store: Store) -> None:
    store.add("s", "one")
    for ask in (store.log, store.version, store.text, store.blame, lambda story: store.diff(story, 1)):
        with pytest.raises(UnknownStory):
            ask("t")
