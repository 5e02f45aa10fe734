"""The storage contract (vstore/storage/contract.py): what every backend answers alike."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest
from backends import NEW_YEAR, SECOND, entry, keep

from vstore.errors import Conflict
from vstore.rows import Head, Link, Payload, Recount
from vstore.storage.contract import Storage
from vstore.storage.schema import FORMAT

HOSTILE_NAMES = ["a", "a/b", "A", "é", "e\u0301", "👩‍👩‍👧", "𝐝", "\uffee", "x" * 4096, "s' --", "%_", "\\"]


def several(storage: Storage, story: str, count: int, first: int = 1, after: Head | None = None) -> Head:
    return keep(
        storage, *(entry(story, number, at=number) for number in range(first, first + count)), after=after
    )


class UnluckyError(Exception):
    """Not of vstore."""


# What is not there


def test_an_empty_storage_answers_everything_with_nothing(storage: Storage) -> None:
    assert storage.head("s") is None
    assert list(storage.heads()) == []
    assert list(storage.tips()) == []
    assert list(storage.names()) == []
    assert storage.rows("s") == []
    assert list(storage.recent()) == []
    assert storage.find("abcd") == []
    assert storage.link("s", 1) is None
    assert storage.sightings("s") == {}
    assert storage.recounts("s") == {}
    assert list(storage.problems()) == []


def test_the_format_is_always_noted(storage: Storage) -> None:
    assert storage.notes() == {"format": str(FORMAT)}


# What was kept


def test_a_row_comes_back_column_for_column(storage: Storage) -> None:
    kept = entry("s", 1, at=-5, facts=b'{"source":"Northern Wire"}')
    keep(storage, kept)
    assert storage.rows("s") == [kept.row]
    assert storage.head("s") == kept.head
    assert storage.link("s", 1) == Link(None, None, Payload(0, b"text"))


def test_the_ends_of_every_number_are_kept(storage: Storage) -> None:
    first = entry("s", 1, at=-62_135_596_800, recorded=1)
    second = entry("s", 2, at=253_402_300_799, recorded=2**62, body=b"", base=1)
    keep(storage, first, second)
    assert storage.rows("s") == [first.row, second.row]
    assert storage.link("s", 2) == Link(1, None, Payload(2, b""))


def test_bytes_of_any_kind_are_kept(storage: Storage) -> None:
    body = bytes(range(256)) * 5000
    keep(storage, entry("s", 1, body=body))
    assert storage.link("s", 1) == Link(None, None, Payload(0, body))


def test_rows_come_in_order_of_number_from_where_they_are_asked_for(storage: Storage) -> None:
    several(storage, "s", 12)
    assert [row.number for row in storage.rows("s")] == list(range(1, 13))
    assert [row.number for row in storage.rows("s", after=9)] == [10, 11, 12]
    assert storage.rows("s", after=12) == []
    assert storage.rows("s", after=99) == []


def test_facts_that_are_kept_once_stand_in_every_row_that_has_them(storage: Storage) -> None:
    one, other = b'{"source":"A"}', b'{"source":"B"}'
    keep(
        storage,
        entry("s", 1, facts=one),
        entry("s", 2, facts=other),
        entry("s", 3, facts=one, facts_at=1),
        entry("s", 4, facts=other, facts_at=2),
    )
    assert [row.facts for row in storage.rows("s")] == [one, other, one, other]
    assert storage.rows("s")[2].facts_id == storage.rows("s")[0].facts_id


def test_a_link_that_is_not_there_is_none(storage: Storage) -> None:
    several(storage, "s", 2)
    assert storage.link("s", 0) is None
    assert storage.link("s", 3) is None
    assert storage.link("t", 1) is None


# Stories beside each other


@pytest.mark.parametrize("order", [HOSTILE_NAMES, HOSTILE_NAMES[::-1]], ids=["forwards", "backwards"])
def test_stories_come_in_the_order_of_their_bytes(storage: Storage, order: list[str]) -> None:
    for name in order:
        several(storage, name, 1)
    right = sorted(HOSTILE_NAMES, key=str.encode)
    assert list(storage.names()) == right
    assert [head.story for head, _ in storage.heads()] == right
    assert [head for head, _ in storage.heads()] == list(storage.tips())


def test_each_story_has_rows_of_its_own(storage: Storage) -> None:
    for name in HOSTILE_NAMES:
        several(storage, name, 2)
    for name in HOSTILE_NAMES:
        assert storage.rows(name) == [entry(name, 1, at=1).row, entry(name, 2, at=2).row]
        assert storage.head(name) == entry(name, 2, at=2).head


def test_heads_bring_the_row_of_the_current_version(storage: Storage) -> None:
    first = entry("s", 1, at=100)
    late = entry("s", 2, at=50, after=first.head)
    keep(storage, first, late)
    ((head, row),) = storage.heads()
    assert (head, row) == (late.head, first.row)


def test_recent_goes_from_the_newest_recorded_then_by_story_then_by_higher_number(storage: Storage) -> None:
    early, later = NEW_YEAR, NEW_YEAR + SECOND
    keep(storage, entry("b", 1, recorded=early), entry("b", 2, recorded=later), entry("b", 3, recorded=later))
    keep(storage, entry("é", 1, recorded=later))
    keep(storage, entry("a", 1, recorded=early), entry("a", 2, recorded=early))
    assert [(story, row.number) for story, row in storage.recent()] == [
        ("b", 3),
        ("b", 2),
        ("é", 1),
        ("a", 2),
        ("a", 1),
        ("b", 1),
    ]


# Finding by id


def test_a_version_is_found_by_any_beginning_of_its_id(storage: Storage) -> None:
    several(storage, "s", 3)
    row = storage.rows("s")[1]
    for length in (4, 5, 16, 17, 63, 64):
        assert ("s", row) in storage.find(row.id.hex()[:length])
    assert storage.find(row.id.hex()) == [("s", row)]


def test_an_id_that_is_none_is_not_found(storage: Storage) -> None:
    several(storage, "s", 3)
    assert storage.find("f" * 64) == []


def test_findings_come_by_id_and_are_twenty_at_most(storage: Storage) -> None:
    for name in "abcdefghij":
        several(storage, name, 40)
    ids = sorted(row.id for name in "abcdefghij" for row in storage.rows(name))
    for digit in "0123456789abcdef":
        right = [found for found in ids if found.hex().startswith(digit)]
        assert [row.id for _, row in storage.find(digit)] == right[:20]


# Compare and set


def test_a_story_is_opened_once(storage: Storage) -> None:
    first = keep(storage, entry("s", 1))
    with pytest.raises(Conflict), storage.transaction() as writer:
        writer.append(entry("s", 1), None)
    assert storage.head("s") == first
    assert len(storage.rows("s")) == 1


def test_a_story_that_is_not_there_cannot_be_continued(storage: Storage) -> None:
    with pytest.raises(Conflict), storage.transaction() as writer:
        writer.append(entry("s", 2), entry("s", 1).head)
    assert storage.head("s") is None
    assert list(storage.names()) == []


def test_a_writer_who_saw_an_older_tip_conflicts(storage: Storage) -> None:
    first = keep(storage, entry("s", 1))
    keep(storage, entry("s", 2), after=first)
    with pytest.raises(Conflict) as caught, storage.transaction() as writer:
        writer.append(entry("s", 2), first)
    assert caught.value.facts["story"] == "s"
    assert [row.number for row in storage.rows("s")] == [1, 2]


def test_a_lost_race_takes_the_whole_transaction_back(storage: Storage) -> None:
    keep(storage, entry("s", 1))
    with pytest.raises(Conflict), storage.transaction() as writer:  # noqa: PT012
        writer.append(entry("t", 1), None)
        writer.saw("s", 1, NEW_YEAR)
        writer.append(entry("s", 1), None)
    assert storage.head("t") is None
    assert storage.sightings("s") == {}


# All or nothing


def test_within_a_transaction_every_question_sees_what_it_wrote(storage: Storage) -> None:
    one, other = entry("s", 1), entry("t", 1)
    for ask in (storage.names, storage.heads, storage.tips, storage.recent):
        with pytest.raises(UnluckyError), storage.transaction() as writer:  # noqa: PT012
            writer.append(one, None)
            writer.append(other, None)
            assert len(list(ask())) == 2
            assert (storage.head("s"), storage.rows("t")) == (one.head, [other.row])
            raise UnluckyError


@pytest.mark.parametrize("error", [UnluckyError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_transaction_that_raises_leaves_no_trace(storage: Storage, error: type[BaseException]) -> None:
    first = keep(storage, entry("s", 1))
    before = (list(storage.heads()), storage.rows("s"), storage.notes())
    with pytest.raises(error), storage.transaction() as writer:  # noqa: PT012
        second = entry("s", 2, at=5)
        writer.append(second._replace(recounts=(Recount(1, 2, 3, 4),)), first)
        writer.append(entry("t", 1), None)
        writer.saw("s", 1, NEW_YEAR)
        writer.note("last_fsck", "1")
        writer.note("format", "9")
        raise error
    assert (list(storage.heads()), storage.rows("s"), storage.notes()) == before
    assert storage.head("s") == first
    assert storage.sightings("s") == {}
    assert storage.recounts("s") == {}
    assert list(storage.names()) == ["s"]
    assert [row.number for _, row in storage.recent()] == [1]
    assert storage.link("s", 2) is None


def test_after_a_transaction_that_raised_the_next_one_is_kept(storage: Storage) -> None:
    with pytest.raises(UnluckyError), storage.transaction() as writer:  # noqa: PT012
        writer.append(entry("s", 1), None)
        raise UnluckyError
    assert several(storage, "s", 2) == storage.head("s")


def test_a_transaction_reads_what_it_wrote(storage: Storage) -> None:
    with storage.transaction() as writer:
        writer.append(entry("s", 1), None)
        assert [row.number for row in storage.rows("s")] == [1]
        assert storage.head("s") == entry("s", 1).head
        with storage.snapshot():
            assert storage.link("s", 1) == Link(None, None, Payload(0, b"text"))


# What moves


def test_a_sighting_moves_forward_only(storage: Storage) -> None:
    several(storage, "s", 2)
    for moment in (NEW_YEAR, NEW_YEAR + 5, NEW_YEAR + 2):
        with storage.transaction() as writer:
            writer.saw("s", 2, moment)
    assert storage.sightings("s") == {2: NEW_YEAR + 5}


def test_sightings_of_a_story_are_not_another_s(storage: Storage) -> None:
    several(storage, "s", 2)
    several(storage, "t", 2)
    with storage.transaction() as writer:
        writer.saw("s", 1, NEW_YEAR)
        writer.saw("s", 2, NEW_YEAR + 1)
        writer.saw("t", 1, NEW_YEAR + 2)
    assert storage.sightings("s") == {1: NEW_YEAR, 2: NEW_YEAR + 1}
    assert storage.sightings("t") == {1: NEW_YEAR + 2}


def test_recounts_are_found_by_version_and_previous(storage: Storage) -> None:
    first = keep(storage, entry("s", 1, at=10))
    late = entry("s", 2, at=5, after=first)._replace(recounts=(Recount(1, 2, 7, 8),))
    second = keep(storage, late, after=first)
    later = entry("s", 3, at=6, after=second)._replace(recounts=(Recount(1, 3, 1, 0), Recount(2, 3, 0, 2)))
    keep(storage, later, after=second)
    assert storage.recounts("s") == {
        (1, 2): Recount(1, 2, 7, 8),
        (1, 3): Recount(1, 3, 1, 0),
        (2, 3): Recount(2, 3, 0, 2),
    }


def test_a_note_is_replaced(storage: Storage) -> None:
    for value in ("1", "22", "3"):
        with storage.transaction() as writer:
            writer.note("last_fsck", value)
    assert storage.notes() == {"format": str(FORMAT), "last_fsck": "3"}


# Reading while others write


def test_a_reader_sees_one_state_from_its_first_read_on(storage: Storage) -> None:
    head = several(storage, "s", 1)
    with storage.snapshot():
        assert storage.head("s") == head
        writing = threading.Thread(target=several, args=(storage, "s", 3, 2, head))
        writing.start()
        writing.join(0.05)
        assert [row.number for row in storage.rows("s")] == [1]
        assert [found.versions for found, _ in storage.heads()] == [1]
        assert [found.versions for found in storage.tips()] == [1]
        assert [row.number for _, row in storage.recent()] == [1]
    writing.join()
    assert [row.number for row in storage.rows("s")] == [1, 2, 3, 4]


def test_snapshots_may_lie_within_each_other(storage: Storage) -> None:
    several(storage, "s", 1)
    with storage.snapshot():
        with storage.snapshot():
            assert storage.head("s")
        assert storage.head("s")


def test_a_snapshot_that_raises_is_over(storage: Storage) -> None:
    with pytest.raises(UnluckyError), storage.snapshot():  # noqa: PT012
        storage.head("s")
        raise UnluckyError
    several(storage, "s", 1)


def in_threads(work: Iterable[tuple[Storage, str]]) -> None:
    threads = [threading.Thread(target=several, args=(storage, name, 20)) for storage, name in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_that_write_take_turns(storage: Storage) -> None:
    in_threads((storage, name) for name in "abcdefgh")
    assert {head.story: head.versions for head, _ in storage.heads()} == dict.fromkeys("abcdefgh", 20)
    assert list(storage.problems()) == []


def test_an_iteration_that_began_may_be_left(storage: Storage) -> None:
    several(storage, "s", 5)
    several(storage, "t", 5)
    for reading in (storage.names(), storage.heads(), storage.tips(), storage.recent()):
        next(iter(reading))
    several(storage, "u", 1)


def test_what_is_written_within_an_iteration_does_not_end_or_repeat_it(storage: Storage) -> None:
    several(storage, "s", 5)
    seen = []
    for story, row in storage.recent():
        seen.append((story, row.number))
        several(storage, f"new {len(seen)}", 1)
    assert [each for each in seen if each[0] == "s"] == [("s", number) for number in (5, 4, 3, 2, 1)]
    assert len(seen) == len(set(seen))


def test_a_storage_can_be_closed_twice(storage: Storage) -> None:
    several(storage, "s", 1)
    storage.close()
    storage.close()


def test_the_bytes_on_disk_are_counted(storage: Storage) -> None:
    before = storage.size()
    keep(storage, entry("s", 1, body=b"x" * 5_000_000))  # more than was ever given back
    assert before == storage.size() == 0 or storage.size() >= max(before, 5_000_000)


def test_a_name_with_half_a_character_is_no_story_s(storage: Storage) -> None:
    assert (storage.head("\ud800"), storage.rows("\ud800")) == (None, [])
