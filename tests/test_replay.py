"""A run repeated, or resumed from its beginning, adds nothing; a return within a run is kept. CONTRACT §5."""

from __future__ import annotations

from arrivals import DAY, texts, wires
from hypothesis import given
from hypothesis import strategies as st

import vstore
from vstore.answers import Imported
from vstore.model import Wire
from vstore.store import Store


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
