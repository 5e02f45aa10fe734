"""gc: texts packed anew change nothing that anybody can ask. Issue 4, points 1 to 3."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from archives import changed
from backends import BACKENDS, Clock, open_store
from cli_program import Program
from edited import prose, revised
from hypothesis import given, settings
from hypothesis import strategies as st

import vstore
from bench.histories import KINDS, record
from vstore import chain, dictionaries, repacking
from vstore.errors import Corrupt
from vstore.packs import Member, Pack, joined
from vstore.shelf import Shelf
from vstore.store import Store

STORIES = 40


def fill(store: Store, stories: int = STORIES) -> None:
    """Stories of one to six versions, that say some things alike; one of them long, with returns."""
    dice = random.Random(5)
    standing = prose(dice)
    for number in range(stories):
        text = f"{prose(dice)}\n\n{standing}"
        for _ in range(number % 6 + 1):
            store.add(f"story {number}", text, source=f"Agency {number % 3}")
            text = revised(dice, text, 2)
    long = texts = [prose(dice) for _ in range(3)]
    for turn in range(150):
        if turn % 7:
            texts = [*texts[1:], revised(dice, texts[-1], 1)]
        store.add(
            "long", texts[-1] if turn % 11 else long[0], source=f"Agency {turn % 2}", date=f"{1001 + turn}"
        )


def answers(store: Store) -> list[Any]:
    """All that can be asked of a store, but for how texts are stored."""
    found: list[Any] = []
    for story in store.stories():
        found.append(story)
        for version in store.log(story.story):
            form = version.to_dict()
            del form["base"], form["stored_bytes"]
            found += [form, store.text_of(version)]
    return [*found, store.blame("long"), [version.id for version in store.log()]]


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


# Others at the same store


def test_a_story_that_grows_meanwhile_is_left_to_the_next_gc(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store, vstore.open(tmp_path) as other:
        fill(store, 3)
        moved: list[str] = []

        def meanwhile(row: Any, text: str, source: str | None) -> Any:
            if not moved:
                moved.append(other.add("long", "Meanwhile.").version.story)
            return repacking.Told(row, text, source)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("vstore.collecting.Told", meanwhile)
            done = store.gc()
        assert done.repacked == done.stories - 1
        assert store.text("long") == "Meanwhile."
        assert store.gc().repacked == 1
        assert store.fsck().ok


def test_an_open_store_reads_on_after_another_packed_anew(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store:
        fill(store, 5)
    with vstore.open(tmp_path) as reader, vstore.open(tmp_path) as packer:
        versions = list(reader.log("long"))
        before = [packer.text_of(version) for version in versions]
        packer.gc()
        assert [reader.text_of(version) for version in versions] == before
        assert reader.version("long", 5).base == packer.version("long", 5).base
        reader.add("long", "And on.")
        assert packer.fsck().ok


def test_a_reader_meets_no_damage_where_another_packs_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with vstore.open(tmp_path, create=True) as store, vstore.open(tmp_path) as other:
        fill(store)
        store.gc()
        fill_more(store)
        dictionary = Shelf.dictionary

        def meanwhile(self: Shelf, number: int | None) -> chain.Dictionary | None:
            if number is not None and other._storage.dictionaries() == [1]:
                monkeypatch.undo()
                other.gc()
            return dictionary(self, number)

        with vstore.open(tmp_path) as reader:
            monkeypatch.setattr(Shelf, "dictionary", meanwhile)
            assert reader.text("story 3", 1)
        assert other._storage.dictionaries() == [2]


def test_a_gc_waits_for_no_reader(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store:
        fill(store)
    with vstore.open(tmp_path) as reader, vstore.open(tmp_path, wait=3600) as packer:
        log = reader.log()
        newest = next(log)
        assert packer.gc().repacked == STORIES + 1
        packer.add("story 1", "And on.")
        assert sum(1 for _ in log) + 1 == packer.stats().versions - 1
        assert newest.story == "long"


@pytest.mark.parametrize("seed", range(4))
def test_a_gc_that_is_killed_loses_nothing_and_the_next_one_ends_it(tmp_path: Path, seed: int) -> None:
    with vstore.open(tmp_path, create=True) as store:
        fill(store)
        before = answers(store)
    code = (
        "import os, sys, vstore\n"
        "from vstore import collecting\n"
        "collecting.STORIES_AT_ONCE = 4\n"
        "store = vstore.open(sys.argv[1])\n"
        "left = int(sys.argv[2])\n"
        "def killed(stories):\n"
        "    global left\n"
        "    left -= 1\n"
        "    if not left: os.kill(os.getpid(), 9)\n"
        "store.gc(progress=killed)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path, str(2 * seed + 1)], check=False)
    assert done.returncode == -9
    with vstore.open(tmp_path) as store:
        assert store.fsck().ok
        assert answers(store) == before
        assert 0 < store.gc().repacked < STORIES + 1
        assert answers(store) == before


def test_two_gcs_and_an_import_at_once_disturb_nobody(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store:
        fill(store)
    code = "import sys, vstore; vstore.open(sys.argv[1]).gc()"
    running = [subprocess.Popen([sys.executable, "-c", code, tmp_path]) for _ in range(2)]
    dice = random.Random(9)
    with vstore.open(tmp_path) as store:
        wires = [
            vstore.Wire(story=f"story {number % STORIES}", text=prose(dice), date=f"{1500 + number}")
            for number in range(200)
        ]
        counts = store.import_wires(wires)
    assert [each.wait() for each in running] == [0, 0]
    assert counts.changed == 200
    with vstore.open(tmp_path) as store:
        assert store.fsck().ok
        assert [store.text(wire.story, wire.date) for wire in wires] == [wire.text for wire in wires]
        store.gc()
        assert [store.text(wire.story, wire.date) for wire in wires] == [wire.text for wire in wires]


def test_a_gc_under_way_while_another_trains_anew_loses_nothing(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store, vstore.open(tmp_path) as other:
        fill(store)
        store.gc()
        assert store._storage.dictionaries() == [1]
        fill_more(store)
        done: list[int] = []

        def meanwhile(stories: int) -> None:
            if not done:
                done.append(stories)
                other.gc()

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("vstore.collecting.STORIES_AT_ONCE", 10)
            store.gc(is_light=True, progress=meanwhile)
        assert other._storage.dictionaries() == [2]
        with vstore.open(tmp_path) as fresh:
            assert fresh.fsck().ok
            assert all(fresh.text_of(version) for version in fresh.log())


def fill_more(store: Store) -> None:
    """So many more stories that the next gc trains a dictionary of its own."""
    dice = random.Random(6)
    standing = prose(dice)
    store.import_wires(
        vstore.Wire(story=f"more {number}", text=f"{prose(dice)}\n\n{standing}")
        for number in range(4 * STORIES)
    )


def test_a_light_gc_follows_a_large_import_if_the_settings_say_so(tmp_path: Path) -> None:
    vstore.open(tmp_path, create=True).close()
    (tmp_path / ".vstore" / "config.yaml").write_text("gc_after: 50\n")
    dice = random.Random(1)
    with vstore.open(tmp_path) as store:
        store.import_wires(vstore.Wire(story="s", text=prose(dice)) for _ in range(49))
        assert {row.pack for row in store._storage.rows("s")} == {None}
        store.import_wires(vstore.Wire(story="t", text=prose(dice)) for _ in range(50))
        assert {row.pack for row in store._storage.rows("t")} == {1}
        assert not store._storage.dictionaries()


# Damage


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    with vstore.open(tmp_path, create=True) as store:
        fill(store)
        store.gc()
        assert store._storage.dictionaries()
    return tmp_path


def test_a_damaged_pack_takes_its_own_versions_and_no_others(packed: Path) -> None:
    changed(packed, "UPDATE payload SET body = x'0000000000' WHERE story = 2")
    with vstore.open(packed) as store:
        for number in (1, 2):
            with pytest.raises(Corrupt, match=rf"story 1@{number}"):
                store.text("story 1", number)
        assert store.text("story 2", 1)
        found = {problem.story for problem in store.fsck().problems}
    assert found == {"story 1"}


@pytest.mark.parametrize(
    "sql",
    ["DELETE FROM dictionary", "UPDATE dictionary SET body = x'00'", "UPDATE dictionary SET digest = x'00'"],
)
def test_a_dictionary_that_is_missing_or_damaged_is_named_and_wires_are_kept_on(
    packed: Path, sql: str
) -> None:
    changed(packed, sql)
    with vstore.open(packed) as store:
        with pytest.raises(Corrupt, match=r"story 3@1.*dictionary"):
            store.text("story 3", 1)
        assert not store.fsck().ok
        store.add("new", "It goes on.")
        assert store.text("new") == "It goes on."


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE head SET name = x'ff' WHERE story = 2",
        "UPDATE head SET digest = x'00' WHERE story = 2",
        "INSERT INTO note VALUES ('trained', 'many')",
    ],
)
def test_damage_to_one_story_or_a_note_does_not_stop_a_gc(tmp_path: Path, sql: str) -> None:
    with vstore.open(tmp_path, create=True) as store:
        fill(store)
    changed(tmp_path, sql)
    with vstore.open(tmp_path) as store:
        assert store.gc().repacked >= STORIES
        assert store.text("story 5", 2)


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
