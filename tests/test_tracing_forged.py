"""Checkpoints that are none of the story's: found by the torture. A right checksum proves no body."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from lock_story import KILL, LOCK, PARKS, fill, page

import vstore
from vstore import tracing
from vstore.answers import Blame
from vstore.errors import Corrupt
from vstore.origins.checkpoints import ALGORITHM
from vstore.origins.columns import packed, unpacked
from vstore.rows import CHECKPOINT, Kept
from vstore.store import Store

DRAFTS = [page(*LOCK[: n % 4 + 1], f"Draft {n}, read by {n * 7 + 3} people.") for n in range(9)]
STRANGE = [page(PARKS, f"Plan {n} of {n * 3}.", *[KILL] * (n % 3)) for n in range(9)]
CHANGES = 8
"""The column that tells layouts as changes of others: base, start, blocks, end."""


@pytest.fixture(autouse=True)
def _short_stories_leave_checkpoints() -> Iterator[None]:
    with patch.object(tracing, "LONG", 3), patch.object(tracing, "SHARE", 0.001):
        yield


def checkpoints(*texts: str) -> list[bytes]:
    """What a story of these texts leaves, followed at once."""
    with vstore.open("memory:") as store:
        fill(store, *texts)
        store.blame("s")
        return [each.body for each in store._storage.kept_all("s", CHECKPOINT)]


def blames(store: Store) -> list[Blame]:
    return [store.blame("s", number, reverse=reverse) for number in (9, 4) for reverse in (False, True)]


def anew() -> list[Blame]:
    with vstore.open("memory:") as store, patch.object(tracing, "LONG", 99):
        fill(store, *DRAFTS)
        return blames(store)


def forged(store: Store, *bodies: bytes) -> None:
    """The story, with these checkpoints."""
    fill(store, *DRAFTS)
    kept = [Kept(number, CHECKPOINT, 0, ALGORITHM, body) for number, body in enumerate(bodies, 1)]
    assert store._storage.keep("s", kept, 1 << 30)


def with_extent(body: bytes, start: int, end: int) -> bytes:
    words, _, *columns = unpacked(body)
    return packed([words, [start, end], *columns])


def test_those_of_another_story_count_for_nothing(store: Store) -> None:
    forged(store, *checkpoints(*STRANGE))
    assert [each.hunks for each in blames(store)] == [each.hunks for each in anew()]


def test_a_log_of_paragraphs_that_cannot_do_without_them_is_refused(store: Store) -> None:
    forged(store, *checkpoints(*(f"{text}\n\nOne more." for text in STRANGE)))
    with pytest.raises(Corrupt, match="kept origins"):
        list(store.trace_paragraphs("s", paragraph=1))
    assert not store.fsck(level="deep").ok


def test_those_that_lead_back_are_not_followed_round_and_round(store: Store) -> None:
    body = checkpoints(*DRAFTS)[0]
    forged(store, *(with_extent(body, *extent) for extent in ((0, 8), (8, 1), (1, 8))))
    assert [each.hunks for each in blames(store)] == [each.hunks for each in anew()]


@pytest.mark.parametrize("rank", range(9))
def test_a_layout_from_a_later_one_counts_for_nothing(rank: int) -> None:
    right = [each.hunks for each in anew()]
    (body,) = checkpoints(*DRAFTS)
    for base in (rank + 1, 10, 11, 1 << 31):
        columns = [list(column) for column in unpacked(body)]
        columns[CHANGES][4 * rank] = base
        with vstore.open("memory:") as store:
            forged(store, packed(columns))
            assert [each.hunks for each in blames(store)] == right
