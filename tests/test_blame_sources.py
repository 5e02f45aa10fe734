"""Blame in stories that several sources tell, and where wires come late. Issue 3, points 2 and 3."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest
from backends import Clock
from lock_story import CHOIR, LOCK, PARKS, TEXT, Sent, keep, page, wrote

import vstore
from vstore.answers import Blame
from vstore.store import Store

AGENCY, COPY = "Agency", "Evening Echo"
UPDATE = page(LOCK[0], LOCK[1].replace("Eleven", "Twelve"), LOCK[2], PARKS, LOCK[3])


def interleaved(*wires: Sent) -> Blame:
    with vstore.open("memory:") as store:
        keep(store, *wires)
        return store.blame("s")


def test_a_copy_by_another_source_is_the_agency_s_but_for_what_it_changed() -> None:
    blame = interleaved(Sent(TEXT, AGENCY), Sent(TEXT.replace("Harlow", "Harlow-on-Rye"), COPY))
    assert wrote(blame, LOCK[2]) == {1}
    assert wrote(blame, "on-Rye") == {2}


def test_an_outlet_s_update_has_its_own_words_from_itself_and_new_ones_from_the_agency() -> None:
    own = "Evening Echo readers may send us their pictures of the dry basin."
    blame = interleaved(
        Sent(TEXT, AGENCY),
        Sent(page(*LOCK[:3], own), COPY),
        Sent(UPDATE, AGENCY),
        Sent(page(LOCK[0], LOCK[1].replace("Eleven", "Twelve"), LOCK[2], own, PARKS, CHOIR), COPY),
    )
    assert [wrote(blame, words) for words in (LOCK[0], own)] == [{1}, {2}]
    assert [wrote(blame, words) for words in ("Twelve", PARKS, CHOIR)] == [{3}, {3}, {4}]


def test_the_agency_s_next_version_does_not_lose_its_words_to_the_copy_between() -> None:
    blame = interleaved(Sent(TEXT, AGENCY), Sent(page(CHOIR, LOCK[1], LOCK[0]), COPY), Sent(UPDATE, AGENCY))
    assert [wrote(blame, words) for words in (LOCK[0], LOCK[3], "Twelve", PARKS)] == [{1}, {1}, {3}, {3}]


def test_a_paragraph_of_an_older_version_of_another_source_is_found() -> None:
    blame = interleaved(
        Sent(TEXT, AGENCY),
        Sent(page(LOCK[0], PARKS), AGENCY),
        Sent(CHOIR, COPY),
        Sent(page(CHOIR, LOCK[2]), COPY),
    )
    assert [wrote(blame, words) for words in (CHOIR, LOCK[2])] == [{3}, {1}]


@pytest.mark.parametrize("count", [2, 3])
def test_wires_of_one_moment_may_arrive_in_any_order(count: int) -> None:
    moment = "2031-03-02T10:00Z"
    base = Sent(TEXT, AGENCY, "2031-03-01")
    same = [
        Sent(UPDATE, AGENCY, moment),
        Sent(page(*LOCK[:3], "Echo staff report from the quay."), COPY, moment),
        Sent(page(LOCK[3], CHOIR, LOCK[0]), "Radio Rye", moment),
    ][:count]
    last = Sent(page(UPDATE, LOCK[2] + " Echo staff report from the quay.", CHOIR), AGENCY, "2031-03-03")
    answers = set()
    for order in permutations(same):
        with vstore.open("memory:") as store:
            keep(store, base, *order, last)
            answers.add(tuple(told(store, wire) for wire in (base, *same, last)))
    assert len(answers) == 1


def test_wires_of_one_moment_differ_only_in_who_is_credited_for_what_both_introduce() -> None:
    moment = "2031-03-02T10:00Z"
    base, last = Sent(TEXT, AGENCY, "2031-03-01"), Sent(page(*LOCK, PARKS, CHOIR), AGENCY, "2031-03-03")
    same = Sent(page(*LOCK, PARKS), AGENCY, moment), Sent(page(*LOCK[:2], PARKS, CHOIR), COPY, moment)
    for order in permutations(same):
        with vstore.open("memory:") as store:
            keep(store, base, *order, last)
            blame = store.blame("s")
            assert wrote(blame, TEXT) == {1}
            assert wrote(blame, CHOIR) == {2 + order.index(same[1])}
            assert wrote(blame, PARKS) == {2}


def told(store: Store, wire: Sent) -> tuple[tuple[str, str], ...]:
    """The blame of the version that a wire became, by texts: numbers tell the order of arrival."""
    (version,) = (each for each in store.log("s") if store.text_of(each) == wire.text)
    found = store.blame_version(version).hunks
    return tuple((store.text("s", hunk.number), hunk.text) for hunk in found)


# Late wires


def test_a_late_wire_takes_the_credit_for_what_it_wrote_first_at_once() -> None:
    with vstore.open("memory:") as store:
        keep(store, Sent(page(LOCK[0], LOCK[1]), AGENCY, "2031-03-02"), Sent(TEXT, COPY, "2031-03-04"))
        assert wrote(store.blame("s"), LOCK[1]) == {1}
        keep(store, Sent(page(LOCK[1], LOCK[2]), "Radio Rye", "2031-03-01"))
        blame = store.blame("s")
        assert [wrote(blame, words) for words in LOCK] == [{1}, {3}, {3}, {2}]
        assert wrote(store.blame("s", 1), LOCK[1]) == {3}
        assert store.version("s", 3).late


def test_as_of_answers_as_before_the_late_wire_came(store: Store, clock: Clock) -> None:
    keep(store, Sent(page(LOCK[0], LOCK[1]), AGENCY, "2031-03-02"), Sent(TEXT, COPY, "2031-03-04"))
    before, then = store.blame("s"), store.version("s", 2).recorded
    clock.pass_by()
    keep(store, Sent(page(LOCK[1], LOCK[2]), "Radio Rye", "2031-03-01"))
    after = store.blame("s")
    assert wrote(after, LOCK[1]) == {3}
    assert store.as_of(then).blame("s") == before
    assert store.blame("s") == after


def test_a_backfill_that_comes_newest_first_ends_as_if_it_had_come_in_order() -> None:
    wires = [Sent(text, source, f"2031-03-{day:02}") for day, (text, source) in enumerate(drafts(), 1)]
    with vstore.open("memory:") as forward, vstore.open("memory:") as backward:
        keep(forward, *wires)
        for wire in reversed(wires):
            keep(backward, wire)
            backward.blame("s")
        for wire in wires:
            assert told(backward, wire) == told(forward, wire)


def drafts() -> Iterator[tuple[str, str]]:
    """Twenty texts, no two alike, of two sources."""
    for draft in range(20):
        kept = [paragraph for place, paragraph in enumerate(LOCK) if (draft + place) % 4]
        own = f"Draft {draft} was read by {draft * 7 + 3} people."
        yield page(*kept, own), COPY if draft % 3 == 0 else AGENCY
