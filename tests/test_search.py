"""grep and occurrences (vstore/search.py): where words stand in a store, and when they came and went."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from backends import NEW_YEAR, Clock
from hypothesis import given
from hypothesis import strategies as st

import vstore
from vstore.answers import Match
from vstore.dates import iso_micros
from vstore.errors import BadReference, Corrupt, UnknownStory
from vstore.search import BLOCK
from vstore.store import Store

TALKS = "Talks began.\n\nThe ferry may sail\nas soon as this week, the union said.\n\nRain fell."
SAILED = TALKS.replace("may sail\nas soon as this week", "sailed")


@pytest.fixture
def harbour(store: Store) -> Store:
    """Three stories; ferry has two sources, which take turns."""
    store.add("ferry", TALKS, date="2019-01-14", source="Northern Wire")
    store.add("ferry", TALKS + " It fell as soon as this week.", date="2019-01-15", source="Eastern Press")
    store.add("ferry", SAILED, date="2019-01-16", source="Northern Wire")
    store.add("émeute", "Not as soon as this week.", date="2019-01-10")
    store.add("bridge", "A bridge.", date="2019-01-10")
    return store


def places(matches: Iterator[Match]) -> list[tuple[str, int, int]]:
    return [(match.story, match.number, match.paragraph) for match in matches]


def test_the_current_version_of_every_story_is_searched_by_name(harbour: Store) -> None:
    harbour.add("zoo", "It opens as soon as this week.")
    assert places(harbour.grep("as soon as this week")) == [("zoo", 1, 1), ("émeute", 1, 1)]


def test_all_versions_come_newest_first_in_the_story_s_order(harbour: Store) -> None:
    harbour.add("ferry", "Late: as soon as this week.", date="2019-01-14T12:00Z", source="Web")
    found = harbour.grep("as soon as this week", ["ferry"], all_versions=True)
    assert places(found) == [("ferry", 2, 2), ("ferry", 2, 3), ("ferry", 4, 1), ("ferry", 1, 2)]


def test_a_source_is_asked_for_its_own_newest_version(harbour: Store) -> None:
    assert places(harbour.grep("said", source="Eastern Press")) == [("ferry", 2, 2)]
    assert places(harbour.grep("said", source="Northern Wire")) == [("ferry", 3, 2)]
    both = harbour.grep("said", source="Northern Wire", all_versions=True)
    assert places(both) == [("ferry", 3, 2), ("ferry", 1, 2)]
    assert places(harbour.grep("said", source="Nobody")) == []


def test_named_stories_are_searched_once_each_by_name(harbour: Store) -> None:
    found = harbour.grep("as soon as", ["émeute", "ferry", "émeute"], all_versions=True)
    assert [match.story for match in found] == ["ferry", "ferry", "ferry", "émeute"]


def test_one_story_may_be_named_by_itself_and_none_is_not_all(harbour: Store) -> None:
    assert places(harbour.grep("as soon as", "ferry", all_versions=True)) == places(
        harbour.grep("as soon as", ["ferry"], all_versions=True)
    )
    assert places(harbour.grep("as soon as", [])) == []


def test_a_story_that_is_not_there_and_a_blank_text_are_told_at_once(harbour: Store) -> None:
    with pytest.raises(UnknownStory):
        harbour.grep("as", ["ferry", "feery"])
    with pytest.raises(BadReference):
        harbour.grep(" \n")
    with pytest.raises(BadReference):
        harbour.occurrences("")
    with pytest.raises(UnknownStory):
        harbour.occurrences("as", "feery")


def test_a_match_says_where_it_stands(harbour: Store) -> None:
    match = next(harbour.grep("soon as this week", ["ferry"], source="Eastern Press"))
    version = harbour.version("ferry", 2)
    assert match.to_dict() == {
        "story": "ferry",
        "number": 2,
        "id": version.id,
        "dated": "2019-01-15",
        "at": version.at,
        "source": "Eastern Press",
        "paragraph": 2,
        "start": 14,
        "length": 56,
        "text": "The ferry may sail\nas soon as this week, the union said.",
        "occurrences": [[22, 17]],
    }


def test_a_match_may_run_on_into_the_next_paragraph(harbour: Store) -> None:
    match = next(harbour.grep("union said. Rain", ["ferry"]))
    assert match.paragraph == 2
    assert match.text == "The ferry sailed, the union said.\n\nRain fell."
    exact = next(harbour.grep("\n\nRain", ["ferry"], exact=True))
    assert (exact.paragraph, exact.text, exact.occurrences) == (3, "\n\nRain fell.", ((0, 6),))


def test_every_occurrence_of_a_paragraph_is_told(store: Store) -> None:
    store.add("s", "the one, the two.\n\nthe three")
    assert [match.occurrences for match in store.grep("the")] == [((0, 3), (9, 3)), ((0, 3),)]


def test_the_past_knows_nothing_of_later_versions(store: Store, clock: Clock) -> None:
    store.add("ferry", TALKS, date="2019-01-14")
    clock.pass_by(60)
    store.add("ferry", SAILED, date="2019-01-15")
    store.add("later", TALKS)
    then = store.as_of(iso_micros(NEW_YEAR))
    assert places(then.grep("as soon as")) == [("ferry", 1, 2)]
    assert places(store.grep("as soon as")) == [("later", 1, 2)]
    assert [each.after for each in then.occurrences("as soon as")] == [1]


def test_progress_is_told_the_stories_that_are_done(harbour: Store) -> None:
    done: list[int] = []
    assert list(harbour.grep("nowhere", progress=done.append)) == []
    assert done == [1, 2, 3]


# When words came and went


def changes(store: Store, text: str, story: str | None = None) -> list[tuple[int, int, int]]:
    found = store.occurrences(text, story)
    return [(each.version.number, each.before, each.after) for each in found]


def test_a_phrase_appears_and_vanishes(harbour: Store) -> None:
    # 2 is the first of its source: its previous is 1. That of 3, of the same source, is 1 as well.
    assert changes(harbour, "as soon as this week", "ferry") == [(3, 1, 0), (2, 1, 2), (1, 0, 1)]
    assert changes(harbour, "rain fell", "ferry") == []
    assert changes(harbour, "Rain fell", "ferry") == [(1, 0, 1)]


def test_what_only_moves_or_is_pointed_otherwise_changes_nothing(store: Store) -> None:
    for text in ('"Never again."\n\nRain.', "Rain.\n\n“Never\nagain.”", "Rain - “Never  again.”"):
        store.add("s", text)
    assert changes(store, '"Never again') == [(1, 0, 1)]
    assert [each.version.number for each in store.occurrences('"Never', "s", exact=True)] == [2, 1]


def test_a_late_wire_changes_the_answer_at_once(store: Store) -> None:
    store.add("s", "A storm.", date="2019-01-15")
    store.add("s", "A storm.\n\nNo harm.", date="2019-01-16")
    assert changes(store, "storm") == [(1, 0, 1)]
    store.add("s", "The first storm: a storm.", date="2019-01-14")
    assert changes(store, "storm", "s") == [(1, 2, 1), (3, 0, 2)]


def test_the_whole_store_is_told_newest_recorded_first(harbour: Store) -> None:
    found = [(each.version.story, each.after) for each in harbour.occurrences("as soon as this week")]
    logged = [version.story for version in harbour.log() if version.story != "bridge"]
    assert [story for story, _ in found] == logged


def test_only_among_the_given_versions(harbour: Store) -> None:
    among = [harbour.version("ferry", 1), harbour.version("ferry", 3)]
    found = [each.version.number for each in harbour.occurrences("as soon as", among=among)]
    assert found == [1, 3]
    form = next(harbour.occurrences("as soon as", among=among)).to_dict()
    assert form == {**among[0].to_dict(), "occurrences": [0, 1]}


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "a b", "b a a", "c"]), st.sampled_from("XY"), st.integers(1, 9)),
        max_size=12,
    )
)
def test_both_ways_of_asking_agree(wires: list[tuple[str, str, int]]) -> None:
    with vstore.open("memory:") as store:
        for text, source, day in wires:
            store.add("s", text, source=source, date=f"2019-01-0{day}", again=True)
        held = {match.number: len(match.occurrences) for match in store.grep("a", all_versions=True)}
        expected = [
            (version.number, before, after)
            for version in store.log()
            if (after := held.get(version.number, 0)) != (before := held.get(version.previous or 0, 0))
        ]
        assert changes(store, "a") == expected


# Long stories and damaged ones


LENGTH = BLOCK * 2 + 5


@pytest.fixture
def long(tmp_path: Path) -> Iterator[Store]:
    """A word comes in version 8 and goes in the next to last."""
    texts = ["A long story." + " And so on." * number for number in range(1, LENGTH + 1)]
    with vstore.open(tmp_path, create=True) as store:
        for number, text in enumerate(texts, 1):
            store.add("s", text + " Indeed." * (8 <= number < LENGTH - 1), date=f"{1900 + number}")
        yield store


def test_a_long_story_is_told_in_its_order(long: Store) -> None:
    assert changes(long, "Indeed", "s") == [(LENGTH - 1, 1, 0), (8, 0, 1)]
    numbers = [match.number for match in long.grep("Indeed", all_versions=True)]
    assert numbers == list(range(LENGTH - 2, 7, -1))


def test_what_comes_before_a_damaged_version_is_told(long: Store, tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / ".vstore" / "store.db"))
    connection.execute("UPDATE payload SET body = x'00' WHERE number = 20")
    connection.close()
    found: list[int] = []
    with vstore.open(tmp_path) as store, pytest.raises(Corrupt, match=r"s@\d+"):
        found.extend(match.number for match in store.grep("Indeed", all_versions=True))
    assert found == list(range(LENGTH - 2, found[-1] - 1, -1))
