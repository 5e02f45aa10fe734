"""Corrections beside the words that changed, words that changed unannounced, and what headlines were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import vstore
from vstore import Correction, HeadlineChange, Store

LOCK = "The lock at Harlow gave way on Tuesday.\n\nEleven barges lie in the mud."


@pytest.fixture
def store() -> Iterator[Store]:
    with vstore.open("memory:") as opened:
        opened.add(
            "lock", LOCK, date="2024-01-01", source="Wire", headline="Lock fails", note="Pictures follow"
        )
        yield opened


def told(store: Store) -> list[tuple[int, str | None, str | None]]:
    """Of each correction, the newest first: its version, by what it was announced, the note."""
    return [(each.version.number, each.announced, each.note) for each in store.corrections("lock")]


def add(store: Store, old: str, new: str, date: str = "2024-01-02", **facts: Any) -> None:
    """The newest text of the wire's source with some of it otherwise."""
    assert old in LOCK
    given = {"source": "Wire", "headline": "Lock fails", "note": "Pictures follow", **facts}
    store.add("lock", LOCK.replace(old, new), date=date, **given)


def test_a_correction_stands_beside_its_note_and_the_very_words_that_changed(store: Store) -> None:
    add(store, "Eleven", "Nine", kind="correction", note="Nine barges, not eleven")
    (correction,) = store.corrections("lock")
    assert isinstance(correction, Correction)
    assert (correction.announced, correction.note) == ("state", "Nine barges, not eleven")
    changed = [(op, text) for op, text in correction.diff.edits if op != "="]
    assert changed == [("-", "Eleven"), ("+", "Nine")]
    assert (correction.diff.before, correction.diff.after) == (1, 2)
    form = correction.to_dict()
    assert (form["number"], form["announced"], form["noted"]) == (2, "state", "Nine barges, not eleven")
    assert form["diff"] == correction.diff.to_dict() == store.diff("lock", 2).to_dict()


def test_words_that_changed_without_a_note_are_unannounced(store: Store) -> None:
    add(store, "Eleven", "Nine")
    add(store, "Tuesday", "Monday", "2024-01-03", kind="update")
    assert told(store) == [(3, None, None), (2, None, None)]


def test_a_new_note_announces_a_change_and_an_old_one_does_not(store: Store) -> None:
    add(store, "Eleven", "Nine", note="Nine barges, not eleven")
    add(store, "Eleven", "Ten", "2024-01-03", note="Nine barges, not eleven")
    assert told(store) == [(3, None, None), (2, "note", "Nine barges, not eleven")]


def test_a_note_in_the_text_announces_a_change(store: Store) -> None:
    note = "Correction: Nine barges lie in the mud, not eleven."
    store.add("lock", f"{LOCK.replace('Eleven', 'Nine')}\n\n{note}", date="2024-01-02", source="Wire")
    assert told(store) == [(2, "text", note)]
    store.add("lock", f"{LOCK.replace('Eleven', 'Ten')}\n\n{note}", date="2024-01-03", source="Wire")
    assert told(store)[0] == (3, None, None)
    add(store, "Eleven", "Nine", "2024-01-04", kind="correction", note=None)
    assert told(store)[0] == (4, "state", None)


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n\n", "\n \n"), ("Tuesday.", "Tuesday"), ("Tuesday.\n", "“Tuesday”\n"), ("mud", "mu\u00add")],
)
def test_how_a_text_is_set_is_nothing_to_announce(store: Store, old: str, new: str) -> None:
    add(store, old, new)
    assert told(store) == []
    add(store, old, new, "2024-01-03", kind="correction", note="Sets it right")
    assert told(store) == [(3, "state", "Sets it right")]


def test_another_headline_is_a_change_of_words_and_another_byline_is_none(store: Store) -> None:
    add(store, "", "", byline="Iris Cale")
    assert told(store) == []
    add(store, "", "", "2024-01-03", headline="Lock holds")
    assert told(store) == [(3, None, None)]
    add(store, "", "", "2024-01-04", headline="“Lock holds”")
    assert len(told(store)) == 1


def test_what_another_outlet_writes_corrects_nobody(store: Store) -> None:
    store.add("lock", "A lock has failed.", date="2024-01-02", source="Gazette", headline="Mud")
    assert told(store) == []
    store.add("lock", "A lock has burst.", date="2024-01-03", source="Gazette", headline="Mud")
    assert told(store) == [(3, None, None)]
    store.add("lock", "The lock is new.", date="2024-01-04", source="Echo", kind="correction", note="New")
    (correction, _) = store.corrections("lock")
    assert (correction.version.number, correction.diff.before) == (4, 3)


def test_words_to_editors_are_no_corrections_and_nothing_is_compared_with_them(store: Store) -> None:
    store.add("lock", "Please kill it.", date="2024-01-02", source="Wire", kind="kill", note="Wrong lock")
    store.add("lock", "More to come.", date="2024-01-03", source="Wire", kind="advisory")
    assert told(store) == []
    store.add("lock", LOCK, date="2024-01-04", source="Wire", headline="Lock fails", note="Pictures follow")
    assert told(store) == []
    store.add("lock", "Hold it.", date="2024-01-05", source="Wire", kind="hold")
    add(store, "Harlow", "Barlow", "2024-01-06", kind="correction", note="Barlow, not Harlow")
    (correction,) = store.corrections("lock")
    assert (correction.diff.before, correction.version.previous) == (4, 5)
    assert [text for op, text in correction.diff.edits if op != "="] == ["Harlow", "Barlow"]


def test_a_correction_with_nothing_before_it_is_told_with_all_its_words(store: Store) -> None:
    store.add("dam", "The dam holds.", source="Wire", kind="correction", note="It holds")
    (correction,) = store.corrections("dam")
    assert (correction.diff.before, correction.note, correction.diff.facts) == (None, "It holds", {})
    assert [op for op, _ in correction.diff.edits] == ["+"]


def test_corrections_of_the_whole_store_and_of_chosen_versions(store: Store) -> None:
    add(store, "Eleven", "Nine")
    store.add("dam", "The dam holds.", source="Wire", kind="correction")
    assert {each.version.story for each in store.corrections()} == {"dam", "lock"}
    assert list(store.corrections(among=[store.version("lock", 1)])) == []
    with pytest.raises(vstore.UnknownStory):
        list(store.corrections("loch"))


def headlines(store: Store) -> list[tuple[int, str, str | None, str | None]]:
    found = store.headlines("lock")
    return [(change.version.number, change.fact, change.old, change.new) for change in found]


def test_each_headline_and_byline_is_told_with_the_version_that_brought_it(store: Store) -> None:
    add(store, "Eleven", "Nine")
    add(store, "", "", "2024-01-03", headline="Lock holds", byline="Iris Cale")
    add(store, "", "", "2024-01-04", headline=None, byline="Iris Cale")
    assert headlines(store) == [
        (4, "headline", "Lock holds", None),
        (3, "headline", "Lock fails", "Lock holds"),
        (3, "byline", None, "Iris Cale"),
        (1, "headline", None, "Lock fails"),
    ]
    change = next(store.headlines("lock"))
    assert isinstance(change, HeadlineChange)
    form = change.to_dict()
    assert form.pop("id") == store.version("lock", 4).id
    assert form == {
        "story": "lock",
        "number": 4,
        "dated": "2024-01-04",
        "at": "2024-01-04T00:00:00Z",
        "source": "Wire",
        "previous": 3,
        "fact": "headline",
        "old": "Lock holds",
        "new": None,
    }


def test_an_outlet_without_a_headline_takes_none_away_and_equal_ones_are_told_once(
    store: Store,
) -> None:
    store.add("lock", "A lock.", date="2024-01-02", source="Gazette")
    store.add("lock", "A lock!", date="2024-01-03", source="Echo", headline="Lock fails")
    store.add("lock", "A lock?", date="2024-01-04", source="Ledger", headline="Mud")
    assert headlines(store)[:2] == [(4, "headline", "Lock fails", "Mud"), (3, "headline", None, "Lock fails")]


def test_a_late_wire_takes_its_place_among_the_headlines(store: Store) -> None:
    add(store, "", "", "2023-12-31", headline="Lock creaks")
    assert headlines(store) == [
        (1, "headline", "Lock creaks", "Lock fails"),
        (2, "headline", None, "Lock creaks"),
    ]


def test_corrections_go_on_around_what_was_erased(store: Store) -> None:
    add(store, "Eleven", "Twelve", date="2024-01-02")
    add(store, "Eleven", "Nine", date="2024-01-03")
    store.redact("lock", 2, reason="an order")
    assert [(each.version.number, each.diff.before) for each in store.corrections("lock")] == [(3, 1)]
