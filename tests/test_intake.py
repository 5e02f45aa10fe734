"""A wire becomes a version: same, replay, expect, what is stored of it. CONTRACT §1, §5."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from backends import NEW_YEAR, SECOND, Clock, open_store
from hypothesis import given
from hypothesis import strategies as st

import vstore
from vstore import chain
from vstore.answers import Imported
from vstore.dates import iso_micros
from vstore.errors import BadReference, BadWire, Conflict
from vstore.importing import BATCH_WIRES, Progress
from vstore.model import Facts, Wire
from vstore.store import Store

DAY = "2019-01-15"
LONG = "\n".join(
    f"Paragraph {n}: the harbour board met on day {n} and put its decision off." for n in range(40)
)


def wires(*texts: str, story: str = "s", date: str | None = None) -> list[Wire]:
    return [Wire(story=story, text=text, date=date) for text in texts]


def numbers(store: Store, story: str = "s") -> list[int]:
    """In the order, the oldest first."""
    return [version.number for version in store.log(story)][::-1]


def texts(store: Store, story: str = "s") -> list[str]:
    return [store.text(story, number) for number in range(1, len(numbers(store, story)) + 1)]


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


# Replay


def test_a_b_a_in_one_run_are_three_versions(store: Store) -> None:
    assert store.import_wires(wires("A", "B", "A")) == Imported(new=1, changed=2)
    assert texts(store) == ["A", "B", "A"]


def test_a_b_a_added_through_one_open_store_are_three_versions(store: Store) -> None:
    assert [store.add("s", text).outcome for text in "ABA"] == ["new", "changed", "changed"]


RUNS = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from([None, "2019", DAY, "2019-01-15T10:00", "2019-01-16"])),
    max_size=9,
)


def _without_resends(run: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    """A run none of whose wires was `same` when it was first taken in."""
    with vstore.open("memory:") as fresh:
        return [wire for wire in run if fresh.add("s", wire[0], date=wire[1]).outcome != "same"]


@given(run=RUNS)
def test_a_run_of_versions_repeated_adds_nothing(run: list[tuple[str, str | None]]) -> None:
    kept = _without_resends(run)
    run_wires = [Wire(story="s", text=text, date=date) for text, date in kept]
    with vstore.open("memory:") as store:
        store.import_wires(run_wires)
        for _ in range(2):
            assert store.import_wires(run_wires) == Imported(same=len(kept))


@given(run=RUNS, cut=st.integers(0, 9))
def test_a_run_resumed_from_its_beginning_adds_only_what_is_missing(
    run: list[tuple[str, str | None]], cut: int
) -> None:
    kept = _without_resends(run)
    run_wires = [Wire(story="s", text=text, date=date) for text, date in kept]
    with vstore.open("memory:") as whole, vstore.open("memory:") as resumed:
        whole.import_wires(run_wires)
        resumed.import_wires(run_wires[:cut])
        resumed.import_wires(run_wires)
        ids = [[v.id for v in each.log("s")] if kept else [] for each in (whole, resumed)]
        assert ids[0] == ids[1]


@given(run=RUNS)
def test_a_run_with_resends_in_it_repeated_adds_nothing(run: list[tuple[str, str | None]]) -> None:
    """CONTRACT §5: "so a run repeated, or resumed from its beginning, adds nothing"."""
    run_wires = [Wire(story="s", text=text, date=date) for text, date in run]
    with vstore.open("memory:") as store:
        store.import_wires(run_wires)
        again = store.import_wires(run_wires)
        assert (again.new, again.changed) == (0, 0)


def test_a_run_with_a_wire_sent_twice_repeated_adds_nothing(store: Store) -> None:
    run = wires("A", "A", "B")
    assert store.import_wires(run) == Imported(new=1, changed=1, same=1)
    assert store.import_wires(run) == Imported(same=3)


def test_a_return_in_a_later_run_is_kept_when_its_date_is_new(store: Store) -> None:
    store.import_wires([*wires("A", date="2019-01-15"), *wires("B", date="2019-01-16")])
    assert store.import_wires(wires("A", date="2019-01-17")) == Imported(changed=1)


def test_a_replay_is_matched_story_by_story(store: Store) -> None:
    run = [wire for text in "ABA" for story in ("s", "t") for wire in wires(text, story=story)]
    assert store.import_wires(run) == Imported(new=2, changed=4)
    assert store.import_wires(run) == Imported(same=6)


def test_a_dry_run_does_not_count_as_a_match(store: Store) -> None:
    store.import_wires(wires("A", "B", "A"))
    store.add("s", "A", dry_run=True)
    assert [store.add("s", text).outcome for text in "ABA"] == ["same", "same", "same"]


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


def test_a_dry_import_counts_and_keeps_nothing(store: Store) -> None:
    run: list[Wire | BadWire] = [*wires("A", "B", "B"), BadWire("broken", line=4)]
    assert store.import_wires(run, dry_run=True) == Imported(new=1, changed=1, same=1, bad=1)
    assert list(store.stories()) == []
    assert store.import_wires(run) == Imported(new=1, changed=1, same=1, bad=1)


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


# Import


def test_a_bad_wire_in_the_middle_is_counted_and_the_rest_goes_in(store: Store) -> None:
    run: list[Wire | BadWire] = [
        *wires("A"),
        BadWire("broken", line=2),
        *wires("B", date="2019-02-30"),
        *wires("C"),
    ]
    assert store.import_wires(run) == Imported(new=1, changed=1, bad=2)
    assert texts(store) == ["A", "C"]


def test_a_strict_import_raises_the_first_bad_wire_and_keeps_nothing(store: Store) -> None:
    run: list[Wire | BadWire] = [*wires("A", "B"), BadWire("broken", line=3), BadWire("later", line=4)]
    with pytest.raises(BadWire, match="broken"):
        store.import_wires(run, strict=True)
    assert list(store.stories()) == []
    assert store.import_wires(run[:2], strict=True) == Imported(new=1, changed=1)


def test_a_strict_import_keeps_nothing_of_earlier_batches(store: Store) -> None:
    run = [Wire(story=f"s{n}", text="x") for n in range(BATCH_WIRES + 5)]
    with pytest.raises(BadWire):
        store.import_wires([*run, BadWire("broken")], strict=True)
    assert list(store.stories()) == []


def test_progress_tells_of_every_item_with_the_counts_so_far(store: Store) -> None:
    told: list[Progress] = []
    run: list[Wire | BadWire] = [*wires("A", "A"), BadWire("broken", line=3), *wires("B")]
    counts = store.import_wires(run, progress=told.append)
    assert [sum(each.counts.to_dict().values()) for each in told] == [1, 2, 3, 4]
    assert told[-1].counts == counts
    answers = [each.answer for each in told]
    assert [answer.message if isinstance(answer, BadWire) else answer.outcome for answer in answers] == [
        "new",
        "same",
        "broken",
        "changed",
    ]


def test_wires_are_taken_from_any_iterable_in_batches(store: Store) -> None:
    taken = count()
    run = (Wire(story=f"s{next(taken) % 7}", text=f"text {n}") for n in range(BATCH_WIRES + 10))
    safe: list[int] = []
    store.import_wires(run, progress=lambda _: safe.append(next(taken)))
    assert safe[0] == BATCH_WIRES, "the first batch was told of before the second one was read"
    assert sum(story.versions for story in store.stories()) == BATCH_WIRES + 10


def test_an_iterable_that_raises_leaves_the_batches_before_it(store: Store) -> None:
    def broken() -> Iterator[Wire]:
        yield from (Wire(story=f"s{n}", text="x") for n in range(BATCH_WIRES + 10))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.import_wires(broken())
    assert len(list(store.stories())) == BATCH_WIRES
    assert store.fsck().ok


def test_an_export_imported_into_an_empty_store_gives_equal_ids(store: Store) -> None:
    store.import_wires(wires("A", "B", "A"))
    store.add("s", "late", date="2018", source="x", extra={"k": [1, None]})
    store.add("t", "", date="2117-12")
    exported = list(store.export_jsonl())
    with vstore.open("memory:") as other:
        for row in exported:
            facts = {name: row[name] for name in (*Facts().to_dict(), "extra") if row[name] is not None}
            other.add(row["story"], row["text"], date=row["dated"], **facts)
        assert [version["id"] for version in other.export_jsonl()] == [row["id"] for row in exported]


# What is stored


def test_a_revision_is_a_patch_and_costs_little(store: Store) -> None:
    store.add("s", LONG)
    version = store.add("s", LONG.replace("day 7 ", "day 8 ")).version
    assert version.base == 1
    assert version.stored_bytes < 40
    assert store.stats().patches == 1


def test_a_return_to_an_older_text_costs_a_reference(store: Store) -> None:
    other = LONG.upper()
    for text in (LONG, other, LONG, other, LONG):
        version = store.add("s", text).version
    assert version.base == 1
    assert version.stored_bytes < 10
    assert [store.text("s", number) for number in range(1, 6)] == [LONG, other, LONG, other, LONG]


def test_new_facts_alone_cost_a_reference(store: Store) -> None:
    store.add("s", LONG)
    assert store.add("s", LONG, headline="Harbour").version.stored_bytes < 10


def test_the_shorter_of_patch_and_whole_text_is_stored(store: Store) -> None:
    store.add("s", LONG)
    assert store.add("s", "Short.").version.base is None
    assert store.add("t", LONG).version.base is None
    assert store.add("t", LONG + " And more.").version.base == 1


@pytest.mark.parametrize("returns", [False, True], ids=["straight", "with returns"])
def test_a_chain_of_patches_has_a_bound(store: Store, returns: bool) -> None:
    words = [f"word{n}" for n in range(300)]
    for n in range(chain.MAX_DEPTH + 12):
        words[n] = f"new{n}"
        store.add("s", " ".join(words))
        if returns:
            store.add("s", "Killed.")
            store.add("s", " ".join(words))
    rows = store._storage.rows("s")
    assert max(row.depth for row in rows) <= chain.MAX_DEPTH
    assert all(row.depth == (rows[row.base - 1].depth + 1 if row.base else 0) for row in rows)
    assert store.text("s") == " ".join(words)
    assert store.fsck().ok


@given(
    st.lists(
        st.tuples(st.sampled_from(["a b", "a c b", "b", "", "x " * 60]), st.none() | st.just(DAY)), max_size=8
    )
)
def test_a_base_always_arrived_before(run: list[tuple[str, str | None]]) -> None:
    with vstore.open("memory:") as store:
        for text, date in run:
            store.add("s", text, date=date)
        for version in store.log("s") if run else ():
            assert version.base is None or version.base < version.number


def test_stores_of_both_kinds_give_equal_ids(store: Store, tmp_path_factory: pytest.TempPathFactory) -> None:
    run = [*wires("A", "B", "A"), *wires("C", date="2018")]
    store.import_wires(run)
    for backend in ("memory", "sqlite"):
        with open_store(backend, tmp_path_factory.mktemp("other"), Clock()) as other:
            other.import_wires(run)
            assert [version.to_dict() for version in other.log("s")] == [
                version.to_dict() for version in store.log("s")
            ]
