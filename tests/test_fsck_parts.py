"""Parts of a store that `fsck` verifies, and who hears of it. Issue 6, "fsck"."""

from __future__ import annotations

import pytest
from damage import SOON, Damaged, checked, named

from vstore.answers import Check
from vstore.checking.scope import Scope
from vstore.errors import BadReference, UnknownStory
from vstore.store import Store

# Parts of a store


def filled(store: Store) -> list[str]:
    names = [f"story {number}" for number in range(60)] + ["é", "👩‍👩‍👧"]
    for name in names:
        store.add(name, f"{name}.", date="2019-01-01")
    return names


def test_some_stories_are_verified_by_their_names(damaged: Damaged) -> None:
    damaged.cell("version", "words", "s", 3)
    damaged.cell("payload", "body", "other", 1)
    assert named(checked(damaged, "default", stories=["s"])) == {("s", 3, "damaged")}
    assert named(checked(damaged, "default", stories=["other", "long", "other"])) == {("other", 1, "text")}
    assert checked(damaged, "default", stories=["long", "packed", "long"]) == Check(2, 71, ())
    assert checked(damaged, "quick", stories=[]) == Check(0, 0, ())


def test_a_story_that_is_damaged_is_not_unknown(damaged: Damaged) -> None:
    damaged.run("UPDATE head SET tip = zeroblob(32) WHERE name = ?", b"s")
    damaged.run("UPDATE head SET digest = zeroblob(16) WHERE name = ?", b"other")
    for name in ("s", "other"):
        assert named(checked(damaged, "quick", stories=[name])) == {(name, None, "damaged")}
    with pytest.raises(UnknownStory):
        checked(damaged, "quick", stories=["s", "nobody"])


def test_the_parts_of_a_store_make_a_whole(store: Store) -> None:
    names = filled(store)
    for parts in (1, 2, 7, 100):
        counts = [store.fsck(subset=(part, parts)).stories for part in range(1, parts + 1)]
        assert sum(counts) == len(names)
        assert parts in {1, 100} or min(counts) > 0
    assert store.fsck(level="deep", subset=(3, 7)) == store.fsck(level="deep", subset=(3, 7))


def test_which_part_a_story_is_in_never_changes() -> None:
    parts = {name: next(k for k in range(1, 8) if Scope(subset=(k, 7)).has(name)) for name in ("a", "b", "é")}
    assert parts == {"a": 2, "b": 7, "é": 7}


def test_what_belongs_to_no_story_is_verified_with_the_first_part(damaged: Damaged) -> None:
    damaged.run(SOON)
    found = [named(checked(damaged, "default", subset=(part, 3))) for part in (1, 2, 3)]
    assert found == [{(None, None, "note")}, set(), set()]


@pytest.mark.parametrize("subset", [(0, 7), (8, 7), (-1, 7), (1, 0), (1, 1_000_001)])
def test_what_can_be_no_part_is_refused(store: Store, subset: tuple[int, int]) -> None:
    with pytest.raises(BadReference, match="subset"):
        store.fsck(subset=subset)


def test_levels_and_parts_that_there_are_not_are_refused(store: Store) -> None:
    with pytest.raises(BadReference, match="level"):
        store.fsck(level="deeper")  # type: ignore[arg-type]
    with pytest.raises(BadReference):
        store.fsck(stories=["s"], subset=(1, 2))
    with pytest.raises(UnknownStory):
        store.fsck(stories=["s"])


# Who hears of it


def test_only_a_whole_run_that_restored_all_texts_is_noted(store: Store) -> None:
    filled(store)
    store.fsck(level="quick")
    store.fsck(subset=(1, 2))
    store.fsck(level="deep", stories=["é"])
    assert store.stats().last_fsck is None
    store.fsck(subset=(1, 1))
    assert store.stats().last_fsck is not None


def test_a_deep_run_is_noted_and_one_with_problems_is_not(store: Store) -> None:
    with store._storage.transaction() as writer:
        writer.note("last_gc", "soon")
    store.fsck(level="deep")
    assert store.stats().last_fsck is None
    with store._storage.transaction() as writer:
        writer.note("last_gc", "1")
    store.fsck(level="deep")
    assert store.stats().last_fsck is not None


def test_progress_and_problems_are_heard_as_they_come(damaged: Damaged) -> None:
    damaged.cell("version", "words", "s", 3)
    heard: list[object] = []
    check = checked(damaged, "default", progress=heard.append, found=heard.append)
    assert [each for each in heard if not isinstance(each, int)] == list(check.problems)
    assert [each for each in heard if isinstance(each, int)] == [1, 2, 3, 4]
    assert heard[-1] == 4  # `s` is the last by name
    assert heard[-2] in check.problems
