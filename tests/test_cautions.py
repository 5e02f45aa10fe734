"""A killed or withheld story, and a wire under embargo, are told as such: by the order, not by arrival."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import vstore
from vstore import Caution, Questions, Store, dates

Clock = Callable[[str], None]


@pytest.fixture
def moment() -> list[int]:
    """Of the store's clock; set it to move that."""
    return [dates.parse_time("2024-10-02", None, end=False)]


@pytest.fixture
def store(moment: list[int]) -> Iterator[Store]:
    with vstore.open("memory:", clock=lambda: moment[0]) as opened:
        yield opened


def told(store: Questions, number: int | None = None, story: str = "strike") -> list[tuple[object, ...]]:
    """Of a version (the current one): what is said, by which version, and what lifted it."""
    cautions = store.cautions(store.version(story, number))
    return [(caution.state, caution.by.number, caution.lifted_by) for caution in cautions]


def test_most_versions_need_no_caution(store: Store) -> None:
    store.add("strike", "The strike ends.", date="2024-10-01", source="Tideway", kind="update")
    store.add("strike", "The strike has ended.", date="2024-10-02", source="Tideway", kind="correction")
    assert told(store, 1) == told(store, 2) == []


def test_every_version_of_a_killed_story_is_told_as_killed_and_why(store: Store) -> None:
    store.add("strike", "The strike ends.", date="2024-10-01T10:00Z", source="Tideway")
    store.add("strike", "The docks are quiet.", date="2024-10-01T11:00Z", source="Gazette")
    note = "Withdrawn by the desk"
    store.add("strike", "Kill it.", date="2024-10-01T12:00Z", source="Tideway", kind="kill", note=note)
    assert told(store, 1) == told(store, 2) == told(store, 3) == [("kill", 3, None)]
    (caution,) = store.cautions(store.version("strike", 1))
    assert isinstance(caution, Caution)
    form = caution.to_dict()
    assert form.pop("id") == store.version("strike", 3).id
    assert form == {
        "story": "strike",
        "number": 1,
        "state": "kill",
        "by": 3,
        "dated": "2024-10-01T12:00+00:00",
        "at": "2024-10-01T12:00:00Z",
        "source": "Tideway",
        "note": "Withdrawn by the desk",
        "lifted_by": None,
        "until": None,
    }


def test_a_correction_makes_a_killed_story_live_again_and_its_killed_text_stays_killed(store: Store) -> None:
    store.add("strike", "All docks strike.", date="2024-10-01", kind="correction")
    store.add("strike", "Kill it.", date="2024-10-02", kind="kill")
    store.add("strike", "One dock strikes.", date="2024-10-03", kind="correction")
    assert told(store, 3) == []
    assert told(store, 1) == told(store, 2) == [("kill", 2, 3)]
    assert [version.lifts for version in store.log("strike")] == [2, None, None]
    assert [version.state for version in store.log("strike")] == ["correction", "kill", "correction"]
    store.add("strike", "Kill that too.", date="2024-10-04", kind="kill")
    assert told(store, 1) == told(store, 3) == told(store, 4) == [("kill", 4, None)]


def test_a_kill_that_arrives_before_what_it_kills_kills_it(store: Store) -> None:
    store.add("strike", "Kill it.", date="2024-10-02T12:00Z", source="Tideway", kind="kill")
    assert told(store) == [("kill", 1, None)]
    store.add("strike", "The strike ends.", date="2024-10-02T10:00Z", source="Tideway")
    assert told(store, 2) == told(store, 1) == [("kill", 1, None)]
    assert store.version("strike", 2).lifts is None


def test_a_kill_that_arrives_late_kills_what_was_there_and_not_what_came_after(store: Store) -> None:
    store.add("strike", "The strike ends.", date="2024-10-01", source="Tideway")
    store.add("strike", "The strike goes on.", date="2024-10-03", source="Tideway")
    assert told(store) == []
    store.add("strike", "Kill it.", date="2024-10-02", source="Tideway", kind="kill")
    assert told(store, 2) == []
    assert store.version("strike", 2).lifts == 3
    assert told(store, 1) == told(store, 3) == [("kill", 3, 2)]


def test_another_outlets_news_does_not_bring_a_killed_story_back(store: Store) -> None:
    store.add("strike", "The strike ends.", date="2024-10-01", source="Tideway")
    store.add("strike", "Kill it.", date="2024-10-02", source="Tideway", kind="kill")
    store.add("strike", "The strike ended.", date="2024-10-03", source="Gazette")
    assert told(store) == [("kill", 2, None)]
    store.add("strike", "Votes are counted.", date="2024-10-04", source="Tideway")
    assert told(store) == told(store, 3) == []
    assert told(store, 1) == [("kill", 2, 4)]


def test_a_withheld_story_is_told_as_withheld_until_it_is_sent_again(store: Store) -> None:
    store.add("strike", "The strike ends.", date="2024-10-01")
    store.add("strike", "The strike ends.", date="2024-10-02", extra={"pubstatus": "withheld"})
    store.add("strike", "Stand by for more.", date="2024-10-03", kind="advisory")
    assert told(store, 1) == told(store, 2) == told(store, 3) == [("withhold", 2, None)]
    store.add("strike", "The strike ends.", date="2024-10-04")
    assert told(store, 1) == told(store, 2) == told(store, 4) == []


def test_a_kill_and_then_a_withhold_are_both_told(store: Store) -> None:
    store.add("strike", "The strike ends.", date="2024-10-01")
    store.add("strike", "Kill it.", date="2024-10-02", kind="kill")
    store.add("strike", "Hold all.", date="2024-10-03", kind="hold")
    assert told(store, 1) == [("kill", 2, None), ("withhold", 3, None)]
    assert told(store, 3) == [("withhold", 3, None)]


def test_an_advisory_was_not_killed(store: Store) -> None:
    store.add("strike", "A vote is due.", date="2024-10-01", kind="advisory")
    store.add("strike", "Kill it.", date="2024-10-02", kind="kill")
    store.add("strike", "The strike ends.", date="2024-10-03")
    assert told(store, 1) == []


def test_an_embargo_lasts_until_its_hour_by_the_stores_clock(store: Store, moment: list[int]) -> None:
    store.add("strike", "The strike will end.", date="2024-10-01", extra={"embargoed": "2024-10-02T06:00Z"})
    store.add("strike", "The strike has ended.", date="2024-10-02T07:00Z")
    moment[0] = dates.parse_time("2024-10-02T05:59:59.999999Z", None, end=False)
    (caution,) = store.cautions(store.version("strike", 1))
    assert (caution.state, caution.by.number, caution.until) == ("embargo", 1, "2024-10-02T06:00Z")
    assert told(store, 2) == []
    moment[0] += 1
    assert told(store, 1) == []


def test_an_embargo_without_an_hour_that_can_be_read_does_not_end(store: Store, moment: list[int]) -> None:
    store.add("strike", "The strike will end.", date="2024-10-01", kind="embargo")
    store.add("pay", "Pay will rise.", date="2024-10-01", extra={"embargoed": "after the vote"})
    moment[0] = dates.parse_time("9999-12-31", None, end=True)
    assert told(store) == [("embargo", 1, None)]
    (caution,) = store.cautions(store.version("pay"))
    assert caution.until == "after the vote"


def test_an_hour_without_a_zone_is_one_of_the_stores_zone() -> None:
    six = dates.parse_time("2024-10-02T04:00Z", None, end=False)
    facts = vstore.Facts(extra={"embargoed": "2024-10-02T06:00"})
    wire = vstore.Wire(story="strike", text="The strike will end.", date="2024-10-01", facts=facts)
    with vstore.open("memory:", tz="Europe/Berlin", clock=lambda: six) as store:
        store.add_wire(wire)
        assert told(store) == []
    with vstore.open("memory:", clock=lambda: six) as store:
        store.add_wire(wire)
        assert told(store) == [("embargo", 1, None)]


def test_as_of_then_the_kill_was_not_known(store: Store, moment: list[int]) -> None:
    store.add("strike", "The strike ends.", date="2024-10-01")
    before = dates.iso_micros(moment[0])
    moment[0] += 1_000_000
    store.add("strike", "Kill it.", date="2024-10-01", kind="kill")
    assert told(store.as_of(before), 1) == []
    assert told(store, 1) == [("kill", 2, None)]


def test_a_story_that_is_killed_again_and_again_by_many_is_answered_in_one_pass(store: Store) -> None:
    wires = [
        vstore.Wire(story="strike", text=f"Text {n}.", facts=vstore.Facts(source=f"S{n % 500}", kind=kind))
        for n in range(2_000)
        for kind in ["kill" if n % 2 else None]
    ]
    store.import_wires(wires)
    versions = list(store.log("strike"))
    assert len(versions) == 2_000
    assert sum(version.state == "kill" for version in versions) == 1_000
    assert [len(store.cautions(version)) for version in versions[:2]] == [250, 250]


def strike(**extra: str) -> vstore.Wire:
    return vstore.Wire(story="strike", text="The strike ends.", facts=vstore.Facts(extra=extra))


@pytest.mark.parametrize(
    "marked",
    [
        strike(pubstatus="canceled"),
        strike(pubstatus="withheld"),
        strike(embargoed="2030-01-01T06:00Z"),
        strike(embargoed=""),
    ],
)
def test_a_status_that_changes_alone_is_no_resend_and_is_kept(store: Store, marked: vstore.Wire) -> None:
    assert store.add_wire(strike(desk="north")).outcome == "new"
    assert store.add_wire(marked).outcome == "changed"
    assert len(told(store)) == 1
    assert store.add_wire(marked).outcome == "same"
    assert store.add_wire(strike(pubstatus="usable")).outcome == "changed"
    assert told(store) == []
    assert store.add_wire(strike(desk="south")).outcome == "same"
