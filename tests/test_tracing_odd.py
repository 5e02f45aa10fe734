"""Origins of stories out of the ordinary, and the room that a story has to keep them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from lock_story import LOCK, PARKS, TEXT, blamed, fill, page

import vstore
from bench.histories import record
from vstore import tracing
from vstore.rows import ANSWER, CHECKPOINT
from vstore.store import Store


@pytest.fixture
def rewritten(tmp_path: Path) -> Iterator[Path]:
    """A story of which so much is rewritten that its checkpoints fill their room."""
    drafts = record(1, "mixed", language="english", most=200, is_clear=False)
    with vstore.open(tmp_path, create=True) as store, patch.multiple(tracing, LONG=64, SHARE=5):
        for turn in range(100):
            words = " ".join(f"word{turn * 7 % 50 + k}" for k in range(30))
            text = f"{drafts.steps[turn % len(drafts.steps)].text}\n\nDraft {turn}: {words}."
            store.add("s", text, date=f"{1001 + turn}")
        yield tmp_path


def test_checkpoints_leave_room_for_answers(rewritten: Path, taken: list[str]) -> None:
    with vstore.open(rewritten) as store:
        before = store.blame("s")
        origins = store._storage
        assert origins.kept_all("s", CHECKPOINT)
        assert origins.kept_all("s", ANSWER)
    taken.clear()
    with vstore.open(rewritten) as store:
        assert store.blame("s") == before
    assert taken == []


def test_a_story_of_one_version_is_its_own_either_way(store: Store) -> None:
    fill(store, TEXT)
    for reverse in (False, True):
        assert [hunk.number for hunk in store.blame("s", reverse=reverse).hunks] == [1]


def test_two_texts_in_turn_are_the_first_two_versions(store: Store) -> None:
    for turn in range(200):
        store.add("s", page(LOCK[0], PARKS) if turn % 2 else TEXT, date=f"{2031 + turn}", again=True)
    assert {hunk.number for hunk in store.blame("s").hunks} == {1, 2}
    assert {hunk.number for hunk in store.blame("s", 1, reverse=True).hunks} == {199, 200}


@pytest.mark.parametrize("blank", ["", " \n\n\t"])
def test_blank_texts_between_take_nothing_away(store: Store, blank: str) -> None:
    fill(store, blank, TEXT, blank, TEXT.replace("Eleven", "Twelve"), blank)
    assert {hunk.number for hunk in store.blame("s", 4).hunks} == {2, 4}
    assert [(hunk.number, hunk.text) for hunk in store.blame("s", 3).hunks] == [(3, blank)]
    assert [(hunk.number, hunk.text) for hunk in store.blame("s", 1, reverse=True).hunks] == [(1, blank)]


def test_one_word_repeated_and_texts_that_are_wholly_new_are_taken_as_they_are() -> None:
    assert {hunk.number for hunk in blamed("no " * 500, "no " * 700).hunks} == {1, 2}
    strangers = [" ".join(f"w{n}x{k}" for k in range(40)) for n in range(30)]
    assert {hunk.number for hunk in blamed(*strangers).hunks} == {30}
