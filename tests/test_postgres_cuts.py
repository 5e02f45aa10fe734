"""Connections that break off at every point of every transaction. Issue 5, "Many writers".

Each test sends a wire again and again, and cuts its connection a little later each time, until none is cut.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from backends import NEW_YEAR
from postgres_proxy import Direction, proxied
from postgres_servers import Server
from postgres_stores import at_port, made

import vstore
from vstore.errors import StorageRefused, VstoreError
from vstore.model import Wire
from vstore.rows import Head
from vstore.storage.database import InDoubtError
from vstore.storage.postgres_storage import PostgresStorage
from vstore.store import Store

pytestmark = pytest.mark.slow

Act = Callable[[Store, int], object]
DIRECTIONS: tuple[Direction, ...] = ("asked", "answered")


def to_a_new_story(store: Store, number: int) -> None:
    """Again, so that what was kept before the cut would be there twice."""
    added = store.add(f"story {number}", "Text.", again=True)
    assert (added.version.number, added.outcome) == (1, "new")


def to_one_story(store: Store, number: int) -> None:
    added = store.add("s", f"Text {number % 2}.", again=True)
    assert (added.version.number, added.outcome) == (number, "new" if number == 1 else "changed")


def to_a_tip_that_was_seen(store: Store, number: int) -> None:
    assert store.add("s", f"Text {number}.", expect=number - 1).version.number == number


def of_many_stories(store: Store, number: int) -> None:
    wires = [Wire(story=f"story {each}", text=f"Text {number}.") for each in range(4)]
    counts = store.import_wires(wires, again=True)
    assert (counts.new + counts.changed, counts.same) == (4, 0)


def seen_again(store: Store, number: int) -> None:
    if number == 1:
        store.add("s", "Text.")
    assert store.add("s", "Text.").outcome == "same"


ACTS: dict[str, Act] = {
    "a new story": to_a_new_story,
    "a story": to_one_story,
    "a tip that was seen": to_a_tip_that_was_seen,
    "many stories": of_many_stories,
    "the same": seen_again,
}


@contextmanager
def looked_up() -> Iterator[list[bool]]:
    """What was found, each time that nobody had heard how a transaction ended."""
    found: list[bool] = []
    look = PostgresStorage._were_kept

    def noted(self: PostgresStorage, tips: dict[str, Head], doubt: InDoubtError) -> bool:
        found.append(look(self, tips, doubt))
        return found[-1]

    with patch.object(PostgresStorage, "_were_kept", noted):
        yield found


@pytest.mark.parametrize(
    ("direction", "step"),
    [("asked", 5), ("answered", 3)],  # a message's head has five bytes: none goes by uncut
)
@pytest.mark.parametrize("name", ACTS)
def test_wherever_the_connection_breaks_off_a_wire_is_kept_once(
    postgres: Server, name: str, direction: Direction, step: int
) -> None:
    act, url = ACTS[name], made(postgres)
    number, step = 1, 4 * step if name == "many stories" else step
    with (
        proxied(postgres.port) as proxy,
        vstore.open(at_port(url, proxy.port), clock=lambda: NEW_YEAR) as store,
    ):
        act(store, number)
        while number - 1 == proxy.cuts:  # then it came to its end
            proxy.arm(direction, number * step)
            number += 1
            act(store, number)
        assert number > 10
        assert store.fsck().ok
        stats = store.stats()
    if name != "the same":
        assert stats.versions == (4 * number if name == "many stories" else number)


@pytest.mark.parametrize("is_kept", [False, True], ids=["late commit", "lost answer"])
def test_a_commit_of_which_nobody_heard_is_looked_up(postgres: Server, is_kept: bool) -> None:
    """One that reaches the server late must not be looked for too early, and taken for lost."""
    url = made(postgres)
    with (
        proxied(postgres.port) as proxy,
        looked_up() as found,
        vstore.open(at_port(url, proxy.port)) as store,
    ):
        spoil = proxy.lose_answer if is_kept else proxy.hold_commit
        for number in range(1, 4):
            spoil()
            added = store.add("s", f"Text {number % 2}.", again=True, expect=number - 1)
            assert added.version.number == number
            spoil()
            of_many_stories(store, number)
        assert proxy.cuts == 6
        assert store.stats().versions == 15
        assert store.fsck().ok
    assert found == [is_kept] * 6


def test_where_nobody_answers_the_doubt_stays_and_is_told(postgres: Server) -> None:
    url = made(postgres)
    with proxied(postgres.port) as proxy, vstore.open(at_port(url, proxy.port), wait=0.3) as store:
        store.add("s", "One.")
        proxy.hold_commit()
        proxy.close()  # no new connection
        with pytest.raises(StorageRefused, match="it may be kept or not"):
            store.add("s", "Two.")
    with vstore.open(url) as store:
        for _ in range(100):
            if store.version("s").number == 2:  # the server heard of it later
                break
            time.sleep(0.05)
        assert store.text("s") == "Two."
        assert store.add("s", "Two.").outcome == "same"  # so that it may be sent again


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_questions_are_answered_or_refused_wherever_the_connection_breaks_off(
    postgres: Server, direction: Direction
) -> None:
    url = made(postgres)
    with vstore.open(url) as store:
        store.add("s", "One.")
        store.add("s", "One. Two.")
        answers = asked(store)
    with proxied(postgres.port) as proxy, vstore.open(at_port(url, proxy.port)) as store:
        proxy.listen()
        assert asked(store) == answers
        refused = 0
        for after in range(0, proxy.passed[direction], 150):
            with vstore.open(at_port(url, proxy.port)) as another:
                proxy.arm(direction, after)
                try:
                    assert asked(another) == answers
                except StorageRefused as error:
                    assert "cannot be reached" in error.message  # noqa: PT017
                    refused += 1
        assert asked(store) == answers
        assert refused


def asked(store: Store) -> list[object]:
    texts = [store.text("s", number) for number in (1, 2)]
    return [*texts, list(store.log()), list(store.stories()), store.blame("s").hunks, store.diff("s", 2)]


def test_gc_and_fsck_that_are_cut_off_do_no_harm(postgres: Server) -> None:
    url = made(postgres)
    with vstore.open(url) as store:
        for number in range(30):
            store.add("s", "\n".join(f"Line {line} of {number}." for line in range(20, 40 + number)))
        texts = [store.text("s", number) for number in range(1, 31)]
    with proxied(postgres.port) as proxy:
        for after in range(0, 20_000, 700):
            with vstore.open(at_port(url, proxy.port)) as store:
                proxy.arm("asked", after)
                for act in (store.gc, store.fsck):
                    try:
                        act()
                    except VstoreError as error:
                        assert isinstance(error, StorageRefused)  # noqa: PT017
                store.add("s", f"More {after}.")
    with vstore.open(url) as store:
        assert [store.text("s", number) for number in range(1, 31)] == texts
        assert store.fsck().ok
