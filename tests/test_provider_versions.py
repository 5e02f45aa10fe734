"""What providers' own version numbers say: the order within an item, what was sent before, late wires."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from backends import Clock, Ticking, entry, open_store
from hypothesis import given
from hypothesis import strategies as st

from vstore.answers import Added
from vstore.dates import parse
from vstore.facts import canonical_facts
from vstore.history import History
from vstore.model import Facts, Version, Wire
from vstore.opening import open_store as opened
from vstore.store import Store

ITEM = "urn:newsml:example.org:20190115:nk7"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Store]:
    with open_store("memory", tmp_path, Ticking()) as store:
        yield store


def send(store: Store, text: str, version: str | None, date: str | None = None, **facts: str) -> Added:
    told: dict[str, Any] = {"guid": ITEM, "source": "Agency", "provider_version": version, **facts}
    return store.add("s", text, date=date, **told)


def order(store: Store) -> list[int]:
    return [version.number for version in store.log("s")][::-1]


def test_a_lower_version_that_is_dated_later_is_a_late_wire(store: Store) -> None:
    send(store, "Three.", "3", "2019-01-15T10:00Z")
    late = send(store, "Two.", "2", "2019-01-15T11:30:00Z").version
    assert (late.late, late.at, late.dated) == (True, "2019-01-15T09:59:59Z", "2019-01-15T11:30:00+00:00")
    assert order(store) == [2, 1]
    assert store.text("s") == "Three."


def test_a_lower_version_that_is_dated_earlier_keeps_its_date(store: Store) -> None:
    send(store, "Three.", "3", "2019-01-15T10:00Z")
    assert send(store, "Two.", "2", "2019-01-15T09:00:00Z").version.at == "2019-01-15T09:00:00Z"


def test_a_higher_version_that_is_dated_earlier_follows_the_lower_one(store: Store) -> None:
    send(store, "One.", "1", "2019-01-15T10:00:00Z")
    second = send(store, "Two.", "2", "2019-01-15T08:00:00Z").version
    assert (second.at, second.late) == ("2019-01-15T10:00:00Z", False)
    assert order(store) == [1, 2]


@pytest.mark.parametrize("date", [None, "2019", "2019-01-15", "2019-01-15T10:00:00Z"])
def test_versions_come_in_the_order_of_their_numbers_however_they_arrive(
    memory: Store, date: str | None
) -> None:
    for arrival in itertools.permutations((1, 2, 3)):
        with opened("memory:") as store:
            for version in arrival:
                send(store, f"{version}.", str(version), date)
            texts = [store.text_of(version) for version in store.log("s")][::-1]
            first = texts.index("1."), texts.index("3.")
            assert texts[-1] == "3."
            assert first[0] < first[1]
            assert store.fsck(level="deep").ok


def test_an_undated_lower_version_stands_before_every_year(store: Store) -> None:
    send(store, "Two.", "2")
    assert send(store, "One.", "1").version.at == "0000-12-31T23:59:59Z"
    assert order(store) == [2, 1]


def test_a_date_does_not_find_what_stands_before_its_own_date(store: Store) -> None:
    send(store, "Old.", None, "2019-01-10", guid="another-item-1")
    send(store, "Three.", "3", "2019-01-15")
    send(store, "Two.", "2", "2019-01-15")
    assert [version.at for version in store.log("s")][1] == "2019-01-14T23:59:59Z"
    assert store.text("s", "2019-01-14") == "Old."
    assert store.text("s", "2019-01-15") == "Three."


@pytest.mark.parametrize(
    "facts",
    [
        {"guid": "another-item-1"},
        {"source": "Another agency"},
        {"guid": "0"},
        {"provider_version": "draft"},
        {"provider_version": None},
    ],
)
def test_other_items_other_sources_and_other_ways_to_count_go_by_their_dates(
    store: Store, facts: dict[str, Any]
) -> None:
    send(store, "Three.", "3", "2019-01-15T10:00:00Z")
    told: dict[str, Any] = {"guid": ITEM, "source": "Agency", "provider_version": "2", **facts}
    assert store.add("s", "Two.", date="2019-01-15T11:00:00Z", **told).version.at == "2019-01-15T11:00:00Z"


def test_a_version_in_the_guid_counts_like_one_beside_it(store: Store) -> None:
    send(store, "Three.", None, "2019-01-15T10:00:00Z", guid=f"{ITEM}:3")
    assert send(store, "Two.", None, "2019-01-15T11:00:00Z", guid=f"{ITEM}:2").version.late
    assert send(store, "One.", "1", "2019-01-15T12:00:00Z").version.late


# What was sent before


def test_the_same_version_sent_again_is_the_same_whatever_came_since(store: Store, clock: Clock) -> None:
    send(store, "One.", "1", "2019-01-15T10:00:00Z", extra_key="x")
    send(store, "Two.", "2", "2019-01-15T11:00:00Z")
    clock.pass_by()
    again = send(store, "One.", "1", "2019-01-16T09:00:00Z", extra_key="y")
    assert (again.outcome, again.version.number) == ("same", 1)
    assert again.version.last_seen > again.version.recorded


def test_another_text_under_the_same_version_is_kept(store: Store) -> None:
    for text in ("A.", "B.", "A."):
        outcome = send(store, text, "1", "2019-01-15T10:00:00Z").outcome
    assert outcome == "changed"
    assert len(order(store)) == 3


def test_again_keeps_what_was_sent_before(store: Store) -> None:
    send(store, "One.", "1", "2019-01-15")
    send(store, "Two.", "2", "2019-01-15")
    added = store.add("s", "One.", guid=ITEM, source="Agency", provider_version="1", again=True)
    assert added.outcome == "changed"
    assert added.version.late


WIRES = st.lists(
    st.builds(
        lambda text, version, date, guid: Wire(
            story="s", text=text, date=date, facts=Facts(guid=guid, provider_version=version)
        ),
        st.sampled_from(["A.", "B.", "C."]),
        st.sampled_from([None, "1", "2", "3", "x"]),
        st.sampled_from([None, "2019", "2019-01-15", "2019-01-15T10:00:00Z", "2019-01-16"]),
        st.sampled_from([ITEM, f"{ITEM}:2", "item-2019-77", "0"]),
    ),
    max_size=12,
)


@given(WIRES)
def test_a_run_that_is_repeated_adds_nothing(wires: list[Wire]) -> None:
    with opened("memory:") as store:
        first = store.import_wires(wires)
        second = store.import_wires(wires)
        assert (second.new, second.changed) == (0, 0)
        assert first.same + first.new + first.changed == second.same
        assert store.fsck(level="deep").ok


@given(WIRES)
def test_an_export_and_a_copy_give_the_same_order_and_ids(wires: list[Wire]) -> None:
    with opened("memory:") as store, opened("memory:") as copy:
        store.import_wires(wires)
        copy.copy_from(store)
        assert list(map(placed, copy.log())) == list(map(placed, store.log()))


def placed(version: Version) -> tuple[int, str, str, bool]:
    return version.number, version.id, version.at, version.late


ONE_ITEM = st.lists(
    st.tuples(
        st.sampled_from(["A.", "B.", "C."]),
        st.integers(1, 4),
        st.sampled_from([None, "2019", "2019-01-15", "2019-01-15T10:00:00Z", "2019-01-16"]),
    ),
    min_size=1,
    max_size=12,
)


@given(ONE_ITEM)
def test_the_highest_version_of_an_item_is_current(wires: list[tuple[str, int, str | None]]) -> None:
    with opened("memory:") as store:
        for text, version, date in wires:
            send(store, text, str(version), date)
        highest = max(version for _, version, _ in wires)
        assert store.version("s").facts.provider_version == str(highest)


# As it was found by dates alone


def test_an_order_by_dates_alone_is_no_damage_and_is_copied_as_it_is(memory: Store) -> None:
    """As in stores of formats 1 and 2."""
    send(memory, "Three.", "3", "2019-01-15T10:00:00Z")
    with opened("memory:") as old:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("vstore.sent.Sent.between", lambda *_: (None, None))
            send(old, "Three.", "3", "2019-01-15T10:00:00Z")
            send(old, "Two.", "2", "2019-01-15T11:00:00Z")
        assert old.fsck(level="deep").ok
        with opened("memory:") as copy:
            copy.copy_from(old)
            assert list(map(placed, copy.log())) == list(map(placed, old.log()))


def test_a_bundle_cannot_place_a_version_where_it_likes(store: Store, tmp_path: Path) -> None:
    send(store, "Three.", "3", "2019-01-15T10:00:00Z")
    send(store, "Two.", "2", "2019-01-15T11:00:00Z")
    *lines, last = store.bundle(["s"])
    forged = b"".join(lines).replace(b"2019-01-15T09:59:59Z", b"2031-01-01T00:00:00Z")
    assert b"2031" in forged
    told = {**json.loads(last), "sha256": sha256(forged).hexdigest()}
    (tmp_path / "forged").write_bytes(forged + json.dumps(told).encode() + b"\n")
    with opened("memory:") as copy:
        copy.unbundle(tmp_path / "forged")
        assert list(map(placed, copy.log("s"))) == list(map(placed, store.log("s")))


def test_thousands_of_versions_of_an_item_are_placed_at_once(memory: Store) -> None:
    kept = History("s")
    for number in range(1, 3_001):
        facts = Facts(guid=ITEM, provider_version=str(number))
        row = entry("s", number, at=number, facts=canonical_facts(facts)).row
        assert kept.moment(parse("1970-01-01T00:00:00Z"), facts) == number - 1
        kept.append(row, facts)
    assert kept.moment(parse("2019"), Facts(guid=ITEM, provider_version="1500")) == 1_500
    assert kept.moment(parse("2019"), Facts(guid=ITEM, provider_version="1500"), tip=1_499) == 1_546_300_800
