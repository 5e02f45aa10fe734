"""A wire becomes a version: same, expect, dry runs, what is refused. CONTRACT §1, §5."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest
from arrivals import DAY, numbers, wires
from backends import NEW_YEAR, SECOND, Clock

import vstore
from vstore.answers import Imported
from vstore.dates import iso_micros
from vstore.errors import BadReference, BadWire, Conflict
from vstore.model import Facts, Wire
from vstore.store import Store

# New, changed, same


def test_the_first_wire_of_a_story_is_new_and_the_next_one_changed(store: Store) -> None:
    assert store.add("s", "one").outcome == "new"
    assert store.add("s", "two").outcome == "changed"
    assert store.add("t", "two").outcome == "new"


def test_what_was_kept_reads_back_exactly(store: Store) -> None:
    for number, text in enumerate(
        ["", " \n", "a\0b\r\nc\rd", "\ufeffé e\u0301", "😀👩‍👩‍👧\u202e", "東京。\u2028"], 1
    ):
        assert store.add("s", text).version.number == number
        assert store.text("s", number) == text


@pytest.mark.parametrize("date", [None, "2019", DAY, "2019-01-15T12:00:00+02:00"])
def test_a_wire_sent_again_is_same_and_its_version_is_seen_again(
    store: Store, clock: Clock, date: str | None
) -> None:
    first = store.add("s", "text", date=date, source="Northern Wire").version
    assert first.last_seen == first.recorded == iso_micros(NEW_YEAR)
    clock.pass_by(60)
    again = store.add("s", "text", date=date, source="Northern Wire")
    assert (again.outcome, again.version.number) == ("same", 1)
    assert again.version.last_seen == iso_micros(NEW_YEAR + 60 * SECOND)
    assert again.version.recorded == first.recorded
    assert store.version("s") == again.version
    assert numbers(store) == [1]


def test_a_later_date_alone_makes_no_version(store: Store) -> None:
    store.add("s", "text", date="2019-01-15")
    assert store.add("s", "text", date="2019-01-16").outcome == "same"
    assert store.version("s").dated == "2019-01-15"


PAGE = {"digest": "d1", "charset": "utf-8", "reader": "html", "extractor": "trafilatura 2.0"}


def extracted(text: str, headline: str, **notes: str) -> Wire:
    """A page, or what an extractor made of it."""
    return Wire(story="s", text=text, facts=Facts(headline=headline), capture={**PAGE, **notes})


def test_another_extractor_of_an_unchanged_page_makes_no_version(store: Store, clock: Clock) -> None:
    store.add_wire(extracted("The bridge.", "Bridge"))
    clock.pass_by(60)
    again = store.add_wire(
        extracted("The bridge.\n\nShare this", "Bridge | Kestrel", extractor="trafilatura 2.1")
    )
    assert (again.outcome, store.text("s")) == ("same", "The bridge.")
    assert again.version.last_seen == iso_micros(NEW_YEAR + 60 * SECOND)
    assert store.version("s").capture == PAGE


@pytest.mark.parametrize(
    "notes",
    [
        {"digest": "d2", "extractor": "trafilatura 2.1"},
        {"charset": "cp1251", "extractor": "trafilatura 2.1"},
        {},
    ],
)
def test_a_changed_page_is_a_version_whatever_extracts_it(store: Store, notes: dict[str, str]) -> None:
    store.add_wire(extracted("The bridge.", "Bridge"))
    assert store.add_wire(extracted("The other bridge.", "Bridge", **notes)).outcome == "changed"


def test_what_no_extractor_made_is_compared_by_what_it_says(store: Store) -> None:
    plain = {"digest": "d1", "charset": "utf-8", "reader": "plain"}
    store.add_wire(Wire(story="s", text="The bridge.", capture=plain))
    assert store.add_wire(extracted("A bridge.", "Bridge")).outcome == "changed"
    assert store.add_wire(Wire(story="s", text="No bridge.", capture=plain)).outcome == "changed"


def test_it_is_the_version_before_its_place_that_an_extractor_is_compared_with(store: Store) -> None:
    first = extracted("The bridge.", "Bridge")
    store.add_wire(dataclasses.replace(first, date="2019-01-15T10:00Z"))
    store.add_wire(dataclasses.replace(extracted("Open.", "Bridge", digest="d2"), date="2019-01-15T12:00Z"))
    late = dataclasses.replace(extracted("The bridge!", "B", extractor="x 2"), date="2019-01-15T11:00Z")
    assert store.add_wire(late).outcome == "same"
    last = dataclasses.replace(late, date="2019-01-15T13:00Z")
    assert store.add_wire(last).outcome == "changed"


def test_extra_alone_makes_no_version(store: Store) -> None:
    store.add("s", "text", extra={"hits": 1})
    assert store.add("s", "text", extra={"hits": 2}).outcome == "same"
    assert store.add("s", "text").outcome == "same"
    assert store.version("s").facts.extra == {"hits": 1}


def test_capture_notes_alone_make_no_version(store: Store) -> None:
    store.add("s", "text", capture={"reader": "plain"})
    assert store.add("s", "text", capture={"reader": "seed"}).outcome == "same"
    assert store.version("s").capture == {"reader": "plain"}


@pytest.mark.parametrize(
    "fact", ["source", "headline", "byline", "note", "urgency", "keywords", "first_created"]
)
def test_any_other_fact_makes_a_version(store: Store, fact: str) -> None:
    facts: dict[str, Any] = {fact: "7"}
    store.add("s", "text")
    added = store.add("s", "text", **facts)
    assert (added.outcome, added.version.changed) == ("changed", (fact,))
    assert store.add("s", "text", **facts).outcome == "same"


def test_an_empty_fact_is_not_an_absent_one(store: Store) -> None:
    store.add("s", "text")
    assert store.add("s", "text", headline="").outcome == "changed"


@pytest.mark.parametrize("pair", [("é", "e\u0301"), ("a\r\n", "a\n"), ("a", "a "), ("", "\0"), ("A", "a")])
def test_texts_are_compared_as_they_are(store: Store, pair: tuple[str, str]) -> None:
    store.add("s", pair[0])
    assert store.add("s", pair[1]).outcome == "changed"


def test_same_looks_at_the_version_just_before_the_place_not_at_the_last_one(store: Store) -> None:
    store.add("s", "morning", date="2019-01-15")
    store.add("s", "evening", date="2019-01-17")
    assert store.add("s", "morning", date="2019-01-16").outcome == "same"
    assert store.add("s", "evening", date="2019-01-16").outcome == "changed"
    assert numbers(store) == [1, 3, 2]


def test_a_wire_that_only_the_version_after_its_place_equals_is_kept(store: Store) -> None:
    store.add("s", "text", date="2019-01-17")
    added = store.add("s", "text", date="2019-01-15")
    assert (added.outcome, added.version.late) == ("changed", True)


def test_again_keeps_a_wire_that_equals_a_version(store: Store) -> None:
    store.add("s", "text")
    again = store.add("s", "text", again=True)
    assert (again.outcome, again.version.number, again.version.changed) == ("changed", 2, ())
    assert store.import_wires(wires("text", "text"), again=True) == Imported(changed=2)


# The clock of the store


def test_recorded_never_falls_within_a_story(store: Store, clock: Clock) -> None:
    store.add("s", "one")
    clock.pass_by(-3600)
    assert store.add("s", "two").version.recorded == iso_micros(NEW_YEAR)
    assert store.add("s", "two").version.last_seen == iso_micros(NEW_YEAR)
    assert store.add("t", "one").version.recorded == iso_micros(NEW_YEAR - 3600 * SECOND)


def test_the_clock_is_in_no_id(store: Store, clock: Clock) -> None:
    first = store.add("s", "text").version.id
    with vstore.open("memory:") as other:
        assert other.add("s", "text").version.id == first


# Compare and set


def test_expect_takes_the_tip_by_number_id_or_prefix(store: Store) -> None:
    first = store.add("s", "one", expect=0).version
    second = store.add("s", "two", expect=1).version
    third = store.add("s", "three", expect=second.id).version
    store.add("s", "four", expect=third.id[:9].upper())
    assert first.number == 1
    assert numbers(store) == [1, 2, 3, 4]


@pytest.mark.parametrize("expect", [0, 1, 3, "", "zz", "0" * 64])
def test_another_tip_than_expected_is_a_conflict_and_keeps_nothing(store: Store, expect: int | str) -> None:
    store.import_wires(wires("one", "two"))
    with pytest.raises(Conflict) as caught:
        store.add("s", "three", expect=expect)
    assert caught.value.facts["number"] == 2
    assert numbers(store) == [1, 2]


def test_the_tip_is_the_highest_number_also_after_a_late_wire(store: Store) -> None:
    store.add("s", "one", date="2019-01-17")
    late = store.add("s", "late", date="2019-01-15").version
    assert store.version("s").number == 1
    store.add("s", "two", date="2019-01-18", expect=2)
    assert late.late


def test_expect_is_asked_even_of_a_wire_that_is_same(store: Store) -> None:
    store.add("s", "one")
    with pytest.raises(Conflict):
        store.add("s", "one", expect=0)


# Trying without keeping


def test_a_dry_run_answers_as_if_and_keeps_nothing(store: Store) -> None:
    store.add("s", "one")
    would = store.add("s", "two", dry_run=True)
    assert (would.outcome, would.version.number) == ("changed", 2)
    assert numbers(store) == [1]
    assert store.add("s", "two").version.id == would.version.id
    assert store.add("new", "x", dry_run=True).outcome == "new"
    assert [story.story for story in store.stories()] == ["s"]


# Bad wires


BAD_STORIES = ["", " s", "s\n", "a\0b", "a\u2028b", "x" * 4097, "é" * 2049, "a\ud800"]


@pytest.mark.parametrize("story", BAD_STORIES, ids=range(len(BAD_STORIES)))
def test_a_bad_story_id_is_refused_and_nothing_kept(store: Store, story: str) -> None:
    with pytest.raises(BadWire):
        store.add(story, "text")
    assert list(store.stories()) == []


def test_story_ids_are_taken_as_they_are(store: Store) -> None:
    ids = [
        "x" * 4096,
        "a@1",
        "a~2",
        "A",
        "a",
        "é",
        "e\u0301",
        "https://example.org/a?b=c#d",
        "tag:example.org,2019:x",
    ]
    for story in ids:
        assert store.add(story, story).outcome == "new"
    assert [store.text(story) for story in ids] == ids


@pytest.mark.parametrize("date", ["2019-02-30", "0000", "15.1.2019", "2019-01-15T24:00", "", "yesterday"])
def test_a_date_that_is_none_is_a_bad_wire(store: Store, date: str) -> None:
    with pytest.raises(BadWire):
        store.add("s", "text", date=date)
    assert store.import_wires(wires("text", date=date)) == Imported(bad=1)
    assert list(store.stories()) == []


def test_a_datetime_without_a_zone_is_an_error_unless_a_zone_is_given(store: Store) -> None:
    naive = datetime.datetime(2019, 1, 15, 14, 30)
    with pytest.raises((BadWire, BadReference)):
        store.add("s", "text", date=naive)
    assert store.add("s", "text", date=naive, tz="+02:00").version.dated == "2019-01-15T14:30:00+02:00"
    assert store.add("t", "text", date=datetime.date(2019, 1, 15)).version.dated == "2019-01-15"


@pytest.mark.parametrize(
    "facts",
    [
        {"extra": {"n": float("nan")}},
        {"extra": {"big": 2**53}},
        {"note": "\udfff"},
        {"note": "x" * (1 << 20)},
        {"source": ["a"]},
    ],
    ids=["nan", "big", "surrogate", "long", "type"],
)
def test_facts_that_json_cannot_hold_are_refused(store: Store, facts: dict[str, Any]) -> None:
    with pytest.raises(BadWire):
        store.add("s", "text", **facts)
    assert list(store.stories()) == []


def test_a_lone_surrogate_in_the_text_is_refused(store: Store) -> None:
    with pytest.raises(BadWire, match="surrogate"):
        store.add("s", "a\ud83db")


def test_capture_notes_that_are_no_json_or_too_long_are_refused(store: Store) -> None:
    for notes in ({"x": object()}, {"x": float("inf")}, {"x": "y" * 70_000}):
        with pytest.raises(BadWire):
            store.add("s", "text", capture=notes)


@pytest.mark.parametrize(("story", "text"), [("s", b"bytes"), ("s", None), (7, "text")])
def test_what_is_no_string_is_refused(store: Store, story: Any, text: Any) -> None:
    with pytest.raises(BadWire):
        store.add(story, text)


def test_capture_notes_that_are_no_mapping_are_refused(store: Store) -> None:
    with pytest.raises(BadWire):
        store.add("s", "text", capture="x")  # type: ignore[arg-type]
