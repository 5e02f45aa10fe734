"""Origins are found alike from the start, from checkpoints, and as they were kept. Issue 3, point 5."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import apsw
import pytest
from archives import changed
from backends import BACKENDS, Clock, open_store
from hypothesis import given, settings
from hypothesis import strategies as st
from lock_story import CHOIR, LOCK, PARKS, TEXT, fill, page, wrote

import vstore
from bench.histories import KINDS, record
from vstore import tracing
from vstore.answers import Blame
from vstore.dates import iso_micros
from vstore.errors import Corrupt
from vstore.model import Facts, Wire
from vstore.origins.checkpoints import ALGORITHM
from vstore.origins.columns import MOST, packed
from vstore.origins.trace import Trace
from vstore.questions import Questions
from vstore.rows import ANSWER, CHECKPOINT, Kept
from vstore.store import Store

DRAFTS = [page(*LOCK[: n % 4 + 1], f"Draft {n}, read by {n * 7 + 3} people.") for n in range(30)]


@pytest.fixture(autouse=True)
def _short_stories_leave_checkpoints() -> Iterator[None]:
    with patch.object(tracing, "LONG", 3), patch.object(tracing, "SHARE", 0.001):
        yield


# Incremental equals from scratch


class Ask(NamedTuple):
    """A question: of which version, as the store stood with how many, both as parts of all that there are."""

    version: float
    stood: float
    reverse: bool


class Desk:
    """A store, and the wires that it took in with the moments at which it did."""

    def __init__(self, backend: str, folder: Path) -> None:
        self.backend, self.folder, self.clock = backend, folder, Clock()
        self.store = open_store(backend, folder, self.clock)
        self.arrived: list[tuple[Wire, int]] = []

    def add(self, wire: Wire) -> None:
        self.clock.pass_by()
        self.store.add_wire(wire, again=True)
        self.arrived.append((wire, self.clock.moment))

    def reopen(self) -> None:
        """Nothing is at hand any more but what is kept."""
        if self.backend == "sqlite":
            self.store.close()
            self.store = open_store(self.backend, self.folder, self.clock)
        else:
            self.store = Store(self.store._storage, self.backend, clock=self.clock)

    def lose(self, sql: str) -> None:
        if self.backend == "sqlite":
            with apsw.Connection(str(self.folder / "store.db")) as connection:
                connection.execute(sql)

    def ask(self, ask: Ask) -> None:
        count = 1 + int(ask.stood * (len(self.arrived) - 1))
        number = 1 + int(ask.version * (count - 1))
        stood: Questions = self.store
        if count < len(self.arrived):
            stood = self.store.as_of(iso_micros(self.arrived[count - 1][1]))
        answer = stood.blame("s", number, reverse=ask.reverse)
        assert answer == scratch([wire for wire, _ in self.arrived[:count]], number, reverse=ask.reverse)


def scratch(wires: list[Wire], number: int, *, reverse: bool) -> Blame:
    """From a store that was asked nothing before."""
    with vstore.open("memory:") as fresh:
        for wire in wires:
            fresh.add_wire(wire, again=True)
        return fresh.blame("s", number, reverse=reverse)


LOSSES = [
    "DELETE FROM origin WHERE kind = {} AND number % 3 = {}",
    "UPDATE origin SET body = x'00' WHERE kind = {} AND number % 3 = {}",
    "UPDATE origin SET late = late + 1 WHERE kind = {} AND number % 3 = {}",
    "DELETE FROM origin",
]
PARTS = st.floats(0, 1)
ASKS = st.builds(Ask, PARTS, st.just(1.0) | PARTS, st.booleans())
MOVES = st.sampled_from(["add", "add", "hold", "late", "reopen"])
LOST = st.builds(
    str.format, st.sampled_from(LOSSES), st.sampled_from([ANSWER, CHECKPOINT]), st.integers(0, 2)
)


@pytest.mark.slow
@given(
    seed=st.integers(0, 400),
    kind=st.sampled_from(KINDS),
    plan=st.lists(MOVES | LOST | ASKS | ASKS, min_size=12, max_size=40),
    backend=st.sampled_from(list(BACKENDS)),
)
@settings(max_examples=25)
def test_whatever_is_kept_or_lost_the_answer_is_the_one_from_scratch(
    tmp_path_factory: pytest.TempPathFactory, seed: int, kind: str, plan: list[str | Ask], backend: str
) -> None:
    desk = Desk(backend, tmp_path_factory.mktemp("desk"))
    waiting, held = wires_of(seed, kind), list[Wire]()
    desk.add(waiting.pop(0))
    for step in [*plan, Ask(1, 1, reverse=False), Ask(0, 1, reverse=True)]:
        if isinstance(step, Ask):
            desk.ask(step)
        elif step == "add":
            _pass_on(waiting, desk)
        elif step == "hold":
            held += waiting[:1]
            del waiting[:1]
        elif step == "late":
            _pass_on(held, desk)
        elif step == "reopen":
            desk.reopen()
        else:
            desk.lose(step)
    desk.store.close()


def wires_of(seed: int, kind: str) -> list[Wire]:
    return [
        Wire(story="s", text=step.text, date=f"2031-03-{day:02}", facts=Facts(source=step.source))
        for day, step in enumerate(record(seed, kind, most=12).steps, 1)
    ]


def _pass_on(wires: list[Wire], desk: Desk) -> None:
    if wires:
        desk.add(wires.pop(0))


# What is kept


def test_nothing_is_folded_when_a_wire_comes(store: Store, taken: list[str]) -> None:
    fill(store, *DRAFTS[:5])
    assert taken == []
    assert store.stats().origin_bytes == 0


def test_what_was_asked_before_is_folded_no_more(store: Store, taken: list[str]) -> None:
    fill(store, *DRAFTS[:5])
    before = store.blame("s", 4)
    assert taken == DRAFTS[:4]
    assert Store(store._storage, "again").blame("s", 4) == before
    assert taken == DRAFTS[:4]


def test_a_story_is_followed_from_its_last_checkpoint(store: Store, taken: list[str]) -> None:
    fill(store, *DRAFTS)
    for number in (8, 20):
        store.blame("s", number)
    taken.clear()
    answer = Store(store._storage, "again").blame("s", 27)
    assert taken == DRAFTS[20:27]
    assert answer == blamed_alike(DRAFTS[:27])


def blamed_alike(texts: list[str]) -> Blame:
    with vstore.open("memory:") as store:
        fill(store, *texts)
        return store.blame("s")


def test_where_there_is_no_room_nothing_is_kept_and_the_answer_is_the_same(store: Store) -> None:
    fill(store, *DRAFTS)
    with patch.object(tracing, "SHARE", 10**9):
        for number in (8, 20, 30, 20):
            assert store.blame("s", number) == blamed_alike(DRAFTS[:number])
    assert store.stats().origin_bytes == 0


def test_a_short_story_leaves_answers_and_no_checkpoints(store: Store) -> None:
    fill(store, *DRAFTS[:8])
    with patch.object(tracing, "LONG", 9):
        store.blame("s")
    assert [each.number for each in store._storage.kept_all("s", ANSWER)] == [8]
    assert store._storage.kept_all("s", CHECKPOINT) == []


def test_a_long_story_leaves_checkpoints_on_the_way_in_the_room_that_it_has(tmp_path: Path) -> None:
    sentences = [f"Barge {number} lies in the mud of the lower basin since Tuesday." for number in range(40)]
    with vstore.open(tmp_path, create=True) as store:
        for turn in range(1_000):
            sentences[turn % 40] = f"Barge {turn} was towed out on day {turn} by the tug of the canal board."
            store.add("s", "\n\n".join(sentences), date=f"{1001 + turn}")
        with patch.multiple(tracing, LONG=64, SHARE=5):
            store.blame("s")
        stats, kept = store.stats(), store._storage.kept_all("s", CHECKPOINT)
    assert [each.number for each in kept] == [248, 496, 744, 992]
    assert stats.origin_bytes <= (stats.stored_bytes + tracing.ROW * stats.versions) // 5


def test_the_past_is_followed_from_the_last_checkpoint_before_it(
    store: Store, clock: Clock, taken: list[str]
) -> None:
    for text in DRAFTS:
        store.add("s", text, date=f"{1001 + store.stats().versions}")
        clock.pass_by()
    for number in (8, 20, 30):
        store.blame("s", number)
    kept = store._storage.kept_all("s", CHECKPOINT)
    taken.clear()
    then = Store(store._storage, "again").as_of(store.version("s", 27).recorded)
    answer = then.blame("s")
    assert taken == DRAFTS[20:27]
    assert answer.number == 27
    assert answer.hunks == store.blame("s", 27).hunks
    assert store._storage.kept_all("s", CHECKPOINT) == kept


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"junk",
        zlib.compress(b""),
        zlib.compress(bytes(MOST + 1), 1),
        packed([]),
        packed([[1]] * 4),
        packed([[10**9]] * 4),
        packed([[1, 2]] * 14),
        packed([[], [0, 3], *([[2**32 - 1]] * 12)]),
    ],
    ids=range(9),
)
@pytest.mark.parametrize("kind", [ANSWER, CHECKPOINT])
def test_a_forged_body_is_found_anew(store: Store, body: bytes, kind: int) -> None:
    fill(store, *DRAFTS[:9])
    expected = blamed_alike(DRAFTS[:9])
    forged = Kept(9, kind, 0, ALGORITHM, body)
    assert store._storage.keep("s", [forged], 10**9)
    assert store.blame("s").hunks == expected.hunks


def test_what_another_algorithm_kept_counts_for_nothing(store: Store, taken: list[str]) -> None:
    fill(store, *DRAFTS[:8])
    before = store.blame("s")
    taken.clear()
    with patch.object(tracing, "ALGORITHM", ALGORITHM + 1):
        assert Store(store._storage, "again").blame("s") == before
        assert {each.algorithm for each in store._storage.kept_all("s", ANSWER)} == {ALGORITHM + 1}
    assert taken == DRAFTS[:8]


def test_a_story_that_is_at_hand_and_grows_is_followed_on(store: Store, taken: list[str]) -> None:
    for count, text in enumerate(DRAFTS[:12], 1):
        store.add("s", text, date=f"2031-03-{count:02}", source=("Agency", "Echo")[count % 3 == 0])
        assert store.blame("s") == blamed_alike(DRAFTS[:count])
        del taken[-count:]
    assert taken == DRAFTS[:12]


def test_a_read_only_store_answers_the_same_and_keeps_nothing(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store:
        fill(store, *DRAFTS)
    with vstore.open(tmp_path, read_only=True) as store:
        for number in (30, 11, 30):
            assert store.blame("s", number) == blamed_alike(DRAFTS[:number])
        assert store.blame("s", 5, reverse=True).reverse
        assert store.stats().origin_bytes == 0


# Late wires, and what comes between


def test_a_late_wire_puts_aside_all_that_was_kept(store: Store, taken: list[str]) -> None:
    fill(store, *DRAFTS[:9])
    store.blame("s")
    store.add("s", page(*LOCK, CHOIR), date="2031-02-01", source="Radio Rye")
    taken.clear()
    assert wrote(store.blame("s", 9), LOCK[0]) == {10}
    assert taken == [page(*LOCK, CHOIR), *DRAFTS[:9]]


def test_a_late_wire_that_another_program_sends_meanwhile_disturbs_no_answer(tmp_path: Path) -> None:
    take, late = Trace.take, [Wire(story="s", text=page(LOCK[0], PARKS), date="2031-02-01")]
    with vstore.open(tmp_path, create=True) as store, vstore.open(tmp_path) as other:
        fill(store, *DRAFTS[:9])

        def interrupted(self: Trace, text: str, text_id: bytes, source: str | None) -> None:
            if len(self) == 4 and late:
                other.add_wire(late.pop())
            take(self, text, text_id, source)

        with patch.object(Trace, "take", interrupted):
            answer = store.blame("s", 9)
        after = store.blame("s", 9)
        assert (wrote(answer, LOCK[0]), wrote(after, LOCK[0])) == ({1}, {10})
    with vstore.open(tmp_path) as again:
        assert again.blame("s", 9) == after


# Reverse


def test_reverse_names_the_last_version_that_has_the_words(store: Store) -> None:
    fill(store, TEXT, page(*LOCK[:3]), page(LOCK[2], LOCK[0]), page(LOCK[0], CHOIR))
    blame = store.blame("s", 1, reverse=True)
    assert [(hunk.number, hunk.text.strip()) for hunk in blame.hunks] == [
        (4, LOCK[0]),
        (2, LOCK[1]),
        (3, LOCK[2]),
        (1, LOCK[3]),
    ]
    assert blame.reverse


def test_reverse_reaches_to_words_that_went_and_came_back_moved_in_another_source(store: Store) -> None:
    fill(store, TEXT, CHOIR, page(PARKS, LOCK[1]))
    assert {hunk.number for hunk in store.blame("s", 1, reverse=True).hunks} == {1, 3}


def test_reverse_of_the_last_version_is_itself(store: Store) -> None:
    fill(store, *DRAFTS[:6])
    assert {hunk.number for hunk in store.blame("s", reverse=True).hunks} == {6}


@given(seed=st.integers(0, 200), kind=st.sampled_from(KINDS), at=PARTS)
@settings(max_examples=20)
def test_reverse_is_what_looking_for_each_token_in_every_version_finds(
    seed: int, kind: str, at: float
) -> None:
    wires = wires_of(seed, kind)
    number = 1 + int(at * (len(wires) - 1))
    trace = Trace(lambda rank: wires[rank].text)
    for wire in wires:
        trace.take(wire.text, wire.text.encode(), wire.facts.source)
    last = {token: rank + 1 for rank in range(len(wires)) for token in trace.fold.numbers(rank)}
    found = scratch(wires, number, reverse=True)
    starts = [start for start, _ in vstore.text.tokens(wires[number - 1].text)]
    said = [hunk.number for start in starts for hunk in found.hunks if _holds(hunk.start, hunk.length, start)]
    assert said == [last[token] for token in trace.fold.numbers(number - 1)]


def _holds(start: int, length: int, at: int) -> bool:
    return start <= at < start + length


# Damage


def test_a_damaged_text_is_named_and_nothing_wrong_is_answered(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store:
        fill(store, *[page(text, CHOIR * n) for n, text in enumerate(DRAFTS[:9])])
        right = [store.blame("s", number) for number in range(1, 10)]
    changed(tmp_path, "DELETE FROM origin; UPDATE payload SET body = x'00' WHERE number = 5")
    with vstore.open(tmp_path) as store:
        for _ in range(2):
            assert [store.blame("s", number) for number in (4, 1)] == [right[3], right[0]]
            with pytest.raises(Corrupt) as caught:
                store.blame("s", 9)
            assert (caught.value.facts["story"], caught.value.facts["number"]) == ("s", 5)
