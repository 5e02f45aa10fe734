"""Kept origins (vstore/storage/contract.py), answered alike by every backend. Issue 3, "Instant"."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from backends import BACKENDS, entry
from hypothesis import given, settings
from hypothesis import strategies as st

from vstore.rows import ANSWER, CHECKPOINT, Head, Kept
from vstore.storage.contract import Storage

MUCH = 1_000_000


def grown(storage: Storage, story: str, ats: list[int], after: Head | None = None) -> Head:
    """A story whose versions have these moments; one that is before the greatest is late."""
    with storage.transaction() as writer:
        for number, at in enumerate(ats, after.versions + 1 if after else 1):
            each = entry(story, number, at=at, after=after)
            late = (after.late if after else 0) + each.head.late
            each = each._replace(head=each.head._replace(late=late))
            writer.append(each, after)
            after = each.head
    assert after is not None
    return after


@pytest.fixture
def grown_storage(storage: Storage) -> Storage:
    """One story `s` of five versions, none of them late."""
    grown(storage, "s", [1, 2, 3, 4, 5])
    return storage


def answer(number: int, body: bytes = b"origins", late: int = 0, algorithm: int = 1) -> Kept:
    return Kept(number, ANSWER, late, algorithm, body)


def checkpoint(number: int, body: bytes = b"origins", late: int = 0, algorithm: int = 1) -> Kept:
    return Kept(number, CHECKPOINT, late, algorithm, body)


def answers(storage: Storage) -> list[int]:
    return [each.number for each in storage.kept_all("s", ANSWER)]


# What is kept


def test_where_nothing_was_kept_there_is_nothing(grown_storage: Storage) -> None:
    for story in ("s", "nobody's", "\ud800"):
        assert grown_storage.kept(story, 1, ANSWER) is None
        assert grown_storage.kept_all(story, CHECKPOINT) == []
        assert grown_storage.kept_damaged(story) == []
    assert grown_storage.kept_bytes() == 0


def test_what_was_kept_comes_back_byte_for_byte(grown_storage: Storage) -> None:
    every = bytes(range(256)) * 400
    assert grown_storage.keep("s", [answer(2, every), checkpoint(2, b"")], MUCH)
    assert grown_storage.kept("s", 2, ANSWER) == answer(2, every)
    assert grown_storage.kept("s", 2, CHECKPOINT) == checkpoint(2, b"")
    assert grown_storage.kept("s", 3, ANSWER) is None
    assert grown_storage.kept_bytes() == len(every)


def test_all_of_a_kind_come_by_number(grown_storage: Storage) -> None:
    grown_storage.keep("s", [checkpoint(4), answer(3), checkpoint(1)], MUCH)
    grown_storage.keep("s", [checkpoint(2)], MUCH)
    assert grown_storage.kept_all("s", CHECKPOINT) == [checkpoint(1), checkpoint(2), checkpoint(4)]
    assert grown_storage.kept_all("s", ANSWER) == [answer(3)]


def test_what_is_kept_again_stands_in_place_of_the_old(grown_storage: Storage) -> None:
    grown_storage.keep("s", [answer(1, b"old"), checkpoint(1, b"segment")], MUCH)
    grown_storage.keep("s", [answer(1, b"newer"), answer(1, b"newest")], MUCH)
    assert grown_storage.kept_all("s", ANSWER) == [answer(1, b"newest")]
    assert grown_storage.kept_all("s", CHECKPOINT) == [checkpoint(1, b"segment")]
    assert grown_storage.kept_bytes() == len(b"newest") + len(b"segment")


def test_stories_keep_origins_of_their_own(grown_storage: Storage) -> None:
    grown(grown_storage, "t", [1])
    grown_storage.keep("s", [answer(1, b"of s")], MUCH)
    grown_storage.keep("t", [answer(1, b"of t")], MUCH)
    grown_storage.keep("t", [answer(1, b"of t", algorithm=2)], 0)
    assert grown_storage.kept("s", 1, ANSWER) == answer(1, b"of s")
    assert grown_storage.kept("t", 1, ANSWER) is None


def test_nothing_is_kept_of_a_story_that_is_not_there(storage: Storage) -> None:
    assert storage.keep("nobody's", [answer(1)], MUCH) is False
    assert storage.kept_bytes() == 0


# Late wires and other algorithms


def test_a_wire_that_is_not_late_leaves_kept_origins_as_they_are(storage: Storage) -> None:
    head = grown(storage, "s", [1, 2])
    storage.keep("s", [answer(2), checkpoint(1)], MUCH)
    grown(storage, "s", [3, 4], after=head)
    assert storage.kept("s", 2, ANSWER) == answer(2)
    assert storage.kept_all("s", CHECKPOINT) == [checkpoint(1)]


def test_a_late_wire_writes_nothing_and_the_next_to_keep_drops_what_it_outdates(storage: Storage) -> None:
    head = grown(storage, "s", [10, 20])
    storage.keep("s", [answer(1), answer(2), checkpoint(1)], MUCH)
    head = grown(storage, "s", [5], after=head)
    assert head.late == 1
    assert storage.kept("s", 2, ANSWER) == answer(2, late=0)
    assert storage.keep("s", [answer(3, late=1)], MUCH)
    assert storage.kept_all("s", ANSWER) == [answer(3, late=1)]
    assert storage.kept_all("s", CHECKPOINT) == []


@pytest.mark.parametrize("late", [0, 2])
def test_origins_of_another_order_than_the_story_s_are_not_kept(storage: Storage, late: int) -> None:
    grown(storage, "s", [10, 20, 5])
    storage.keep("s", [answer(1, late=1)], MUCH)
    assert storage.keep("s", [answer(2, late=late)], MUCH) is False
    assert storage.kept_all("s", ANSWER) == [answer(1, late=1)]


def test_another_algorithm_drops_what_the_one_before_it_kept(grown_storage: Storage) -> None:
    grown_storage.keep("s", [answer(1), checkpoint(1)], MUCH)
    assert grown_storage.keep("s", [answer(2, algorithm=2)], MUCH)
    assert grown_storage.kept_all("s", ANSWER) == [answer(2, algorithm=2)]
    assert grown_storage.kept_all("s", CHECKPOINT) == []


# The budget


def test_answers_kept_longest_ago_make_room_first(grown_storage: Storage) -> None:
    for number in (3, 1, 2):
        grown_storage.keep("s", [answer(number, b"x" * 10)], 30)
    assert answers(grown_storage) == [1, 2, 3]
    grown_storage.keep("s", [answer(3, b"x" * 10)], 30)
    grown_storage.keep("s", [answer(4, b"x" * 10)], 30)
    assert answers(grown_storage) == [2, 3, 4]


def test_of_those_kept_at_once_the_last_stay_longest(grown_storage: Storage) -> None:
    grown_storage.keep("s", [answer(2, b"x" * 10), answer(1, b"x" * 10)], 15)
    assert answers(grown_storage) == [1]


def test_checkpoints_count_but_are_not_dropped(grown_storage: Storage) -> None:
    grown_storage.keep("s", [checkpoint(1, b"x" * 10), answer(1, b"x" * 10)], 25)
    grown_storage.keep("s", [checkpoint(2, b"x" * 10)], 25)
    assert grown_storage.kept_all("s", ANSWER) == []
    assert grown_storage.kept_bytes() == 20


def test_an_answer_over_the_budget_does_not_stay(grown_storage: Storage) -> None:
    grown_storage.keep("s", [answer(1, b"x" * 10)], 30)
    assert grown_storage.keep("s", [answer(2, b"x" * 31)], 30)
    assert answers(grown_storage) == []


def test_keeping_nothing_only_minds_the_budget(grown_storage: Storage) -> None:
    grown_storage.keep("s", [answer(1, b"x" * 10), answer(2, b"x" * 10)], 30)
    assert grown_storage.keep("s", [], 10)
    assert answers(grown_storage) == [2]


_KEPT = st.builds(
    Kept,
    number=st.integers(1, 5),
    kind=st.sampled_from([ANSWER, CHECKPOINT]),
    late=st.just(0),
    algorithm=st.integers(1, 2),
    body=st.binary(max_size=12),
)
_STEPS = st.lists(st.tuples(st.lists(_KEPT, max_size=4), st.integers(0, 60)), max_size=12)


@pytest.mark.slow
@given(steps=_STEPS)
@settings(max_examples=30)
def test_every_backend_keeps_and_drops_alike(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[list[Kept], int]]
) -> None:
    folder = tmp_path_factory.mktemp("alike")
    storages = [opened(folder) for opened in BACKENDS.values()]
    for storage in storages:
        grown(storage, "s", [1, 2, 3, 4, 5])
    for kept, budget in steps:
        alike = [each._replace(algorithm=kept[0].algorithm) for each in kept]
        first, *others = [stood(storage, alike, budget) for storage in storages]
        assert all(other == first for other in others)
    for storage in storages:
        assert list(storage.problems()) == []
        storage.close()


def stood(storage: Storage, kept: list[Kept], budget: int) -> tuple[bool, list[Kept], list[Kept], int]:
    """What can be asked of it after one step."""
    done = storage.keep("s", kept, budget)
    return done, storage.kept_all("s", ANSWER), storage.kept_all("s", CHECKPOINT), storage.kept_bytes()


# Never in anybody's way


def test_nothing_is_kept_within_a_snapshot_or_a_transaction(grown_storage: Storage) -> None:
    with grown_storage.snapshot():
        assert grown_storage.keep("s", [answer(1)], MUCH) is False
        with grown_storage.snapshot():
            assert grown_storage.keep("s", [answer(1)], MUCH) is False
        assert grown_storage.keep("s", [answer(1)], MUCH) is False
    with grown_storage.transaction():
        assert grown_storage.keep("s", [answer(1)], MUCH) is False
    assert grown_storage.kept("s", 1, ANSWER) is None
    assert grown_storage.keep("s", [answer(1)], MUCH) is True


def test_what_was_kept_is_read_within_a_snapshot_and_a_transaction(grown_storage: Storage) -> None:
    grown_storage.keep("s", [answer(1)], MUCH)
    with grown_storage.snapshot():
        assert grown_storage.kept("s", 1, ANSWER) == answer(1)
    with grown_storage.transaction():
        assert grown_storage.kept_all("s", ANSWER) == [answer(1)]


def test_while_another_thread_writes_nobody_waits(grown_storage: Storage) -> None:
    answered: list[bool] = []
    with grown_storage.transaction() as writer:
        writer.note("last_fsck", "1")
        keeping = threading.Thread(target=lambda: answered.append(grown_storage.keep("s", [answer(1)], MUCH)))
        keeping.start()
        keeping.join(5)
        assert len(answered) == 1
    assert answered == [grown_storage.kept("s", 1, ANSWER) is not None]
    assert grown_storage.notes()["last_fsck"] == "1"


def test_a_transaction_that_raises_takes_no_kept_origins_with_it(grown_storage: Storage) -> None:
    grown_storage.keep("s", [answer(1)], MUCH)
    with pytest.raises(KeyError), grown_storage.transaction() as writer:  # noqa: PT012
        writer.append(entry("s", 6, at=6), grown_storage.head("s"))
        raise KeyError
    assert grown_storage.kept("s", 1, ANSWER) == answer(1)


def test_threads_that_keep_at_once_leave_whole_origins(grown_storage: Storage) -> None:
    def work(nth: int) -> None:
        for number in (1, 2, 3, 4, 5) * 5:
            grown_storage.keep("s", [answer(number, bytes([nth]) * 1000)], 3500)
            for each in grown_storage.kept_all("s", ANSWER):
                assert each.body == each.body[:1] * 1000

    threads = [threading.Thread(target=work, args=(nth,)) for nth in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 < grown_storage.kept_bytes() <= 3500
    assert grown_storage.kept_damaged("s") == []
    assert list(grown_storage.problems()) == []


def test_what_was_kept_is_there_when_the_store_is_opened_again(tmp_path: Path) -> None:
    storage = BACKENDS["sqlite"](tmp_path)
    grown(storage, "s", [1])
    storage.keep("s", [answer(1)], MUCH)
    storage.close()
    again = BACKENDS["sqlite"](tmp_path)
    assert again.kept("s", 1, ANSWER) == answer(1)
    again.close()
