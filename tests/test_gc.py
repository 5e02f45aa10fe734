"""gc: texts packed anew change nothing that anybody can ask. Issue 4, points 1 to 3."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from backends import BACKENDS, Clock, open_store
from cli_program import Program
from edited import prose
from filled import STORIES, answers, fill
from hypothesis import given, settings
from hypothesis import strategies as st

import vstore
from bench.histories import KINDS, record
from vstore import chain, dictionaries, repacking
from vstore.errors import Corrupt
from vstore.packs import Member, Pack, joined
from vstore.store import Store


def links(store: Store, story: str) -> list[tuple[int | None, int, int | None]]:
    return [(row.base, row.depth, row.pack) for row in store._storage.rows(story)]


def test_no_answer_changes(store: Store) -> None:
    fill(store)
    before = answers(store)
    done = store.gc()
    assert (done.stories, done.repacked) == (STORIES + 1, STORIES + 1)
    assert done.spared_bytes > 0
    fresh = Store(store._storage, "again")
    assert answers(fresh) == before == answers(store)
    assert fresh.fsck().ok
    assert fresh.stats().last_gc is not None


def test_what_is_packed_already_is_left_alone(store: Store) -> None:
    fill(store, 3)
    store.gc()
    assert store.gc().repacked == 0
    store.add("story 1", "More.")
    assert store.gc().repacked == 1
    assert store.fsck().ok


def test_what_would_take_no_less_stays_as_it_is(store: Store) -> None:
    for number in range(20):
        store.add(f"s{number}", f"No {number}.")
    dice = random.Random(3)
    store.add("noise", "".join(chr(dice.randrange(0x4E00, 0x9FFF)) for _ in range(3_000)))
    done = store.gc()
    assert done.repacked == done.spared_bytes == 0
    assert store.fsck().ok


def test_a_dry_run_tells_what_a_gc_would_spare(store: Store) -> None:
    fill(store, 6)
    before = store.stats()
    told = store.gc(dry_run=True)
    assert told.dry_run
    assert store.stats() == before
    assert store.gc().spared_bytes == told.spared_bytes


def test_wires_go_on_after_a_gc_and_their_chains_stay_short(store: Store) -> None:
    fill(store, 4)
    for turn in range(3):
        store.gc()
        for number in range(100):
            store.add("long", f"{store.text('long')}\n\nAddition {turn} {number}.", date=f"{1200 + turn}")
    assert max(depth for _, depth, _ in links(store, "long")) <= chain.MAX_DEPTH
    assert store.fsck().ok


def test_a_text_is_read_from_its_pack_alone_and_at_most_so_many_patches(store: Store) -> None:
    fill(store, 2)
    store.gc()
    rows = store._storage.rows("long")
    for row in rows:
        assert row.pack is not None
        assert row.depth <= chain.MAX_DEPTH
        assert row.base is None or row.pack <= row.base < row.number
    sizes = [store._storage.link("long", pack).payload for pack in {row.pack or 0 for row in rows}]  # type: ignore[union-attr]
    dictionary = store._shelf.newest_dictionary()
    assert all(len(chain.unpacked(payload, dictionary)) < 2 * repacking.LIMIT for payload in sizes)


def test_a_return_to_an_older_text_is_a_reference(store: Store) -> None:
    dice = random.Random(2)
    one, other = prose(dice), prose(dice)
    for turn in range(40):
        store.add("s", (one, other)[turn % 2], date=f"{1001 + turn}")
    store.gc()
    assert {base for base, _, _ in links(store, "s")[2:]} == {1, 2}
    assert store.stats().stored_bytes < 2 * len(one.encode())


def test_a_long_story_has_several_packs_and_the_full_ones_stay(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repacking, "LIMIT", 3_000)
    fill(store, 1)
    store.gc()
    packs = sorted({pack or 0 for _, _, pack in links(store, "long")})
    assert len(packs) > 2
    store.add("long", "The end.")
    store.gc()
    assert sorted({pack or 0 for _, _, pack in links(store, "long")})[: len(packs)] == packs
    assert store.fsck().ok


@given(seed=st.integers(0, 300), kind=st.sampled_from(KINDS), backend=st.sampled_from(list(BACKENDS)))
@settings(max_examples=15)
def test_any_history_comes_out_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, seed: int, kind: str, backend: str
) -> None:
    with open_store(backend, tmp_path_factory.mktemp("gc"), Clock()) as store:
        steps = record(seed, kind, most=40).steps
        for at, step in enumerate(steps):
            store.add("s", step.text, source=step.source, date=f"{1001 + at}", again=True)
            if at == len(steps) // 2:
                store.gc()
        store.gc()
        store._shelf.clear()
        order = random.Random(seed).sample(range(len(steps)), len(steps))
        assert all(store.text("s", at + 1) == steps[at].text for at in order)


# Packs and dictionaries


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"1\n",
        b"1\n0\n",
        b"x\n0\n4\ntext",
        b"1\n0\n5\ntext",
        b"1\n0 0\n4\ntext",
        b"1\n-1\n4\ntext",
        b"1\n1\n4\ntext",
        b"0\n0 1\n2 2\ntext",
        b"1\n0 0\n6 -2\ntext",
    ],
)
def test_what_is_no_pack_is_corrupt(body: bytes) -> None:
    with pytest.raises(Corrupt):
        Pack(body).member(1)


@given(contents=st.lists(st.text(), min_size=1, max_size=6), first=st.integers(1, 10**6))
def test_a_pack_gives_back_its_members(contents: list[str], first: int) -> None:
    members = [Member(first if at else None, content) for at, content in enumerate(contents)]
    pack = Pack(joined(first, members))
    assert [pack.member(number) for number in pack.numbers] == members
    assert first - 1 not in pack
    assert first + len(members) not in pack


def test_a_dictionary_is_only_made_where_it_pays() -> None:
    dice = random.Random(1)
    noise = [dice.randbytes(2_000).hex() for _ in range(60)]
    assert dictionaries.best(noise, 60) is None
    assert dictionaries.best([], 0) is None
    standing = prose(dice)
    alike = [f"{prose(dice)}\n\n{standing}" * 3 for _ in range(200)]
    assert dictionaries.best(alike, 10_000)


def test_an_import_makes_a_dictionary_once_there_is_enough_to_learn_from(tmp_path: Path) -> None:
    dice = random.Random(1)
    standing = prose(dice)
    wires = [
        vstore.Wire(story=f"s{number}", text=f"{prose(dice)}\n\n{standing}\n\n" * 4) for number in range(300)
    ]
    with vstore.open(tmp_path, create=True) as store:
        store.import_wires(wires)
        assert store._storage.dictionaries() == [1]
        assert store.fsck().ok


# The command


@pytest.fixture
def run(tmp_path: Path) -> Program:
    with vstore.open(tmp_path, create=True) as store:
        fill(store, 3)
    return Program(tmp_path)


def test_the_command_tells_what_it_did(run: Program) -> None:
    assert "4 of 4 stories would be packed" in run("gc", "--dry-run").lines[0]
    assert "4 of 4 stories packed" in run("gc").lines[0]
    (form,) = run("gc", "--json").objects
    assert (form["stories"], form["repacked"], form["spared_bytes"], form["dry_run"]) == (4, 0, 0, False)
    assert run("fsck").code == 0
