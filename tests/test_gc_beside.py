"""gc beside others, killed, and on a damaged store: nothing is lost, and nobody waits for it."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from archives import changed
from edited import prose
from filled import STORIES, answers, fill, fill_more

import vstore
from vstore import chain, repacking
from vstore.errors import Corrupt
from vstore.shelf import Shelf


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A filled store, and the same packed; to be copied, not touched."""
    bare, packed = (tmp_path_factory.mktemp(name) for name in ("bare", "packed"))
    with vstore.open(bare, create=True) as store:
        fill(store)
    shutil.copytree(bare, packed, dirs_exist_ok=True)
    with vstore.open(packed) as store:
        store.gc()
        assert store._storage.dictionaries()
    return bare, packed


@pytest.fixture
def filled(templates: tuple[Path, Path], tmp_path: Path) -> Path:
    """A folder with a filled store."""
    return Path(shutil.copytree(templates[0], tmp_path, dirs_exist_ok=True))


@pytest.fixture
def packed(templates: tuple[Path, Path], tmp_path: Path) -> Path:
    """A folder with the same, packed."""
    return Path(shutil.copytree(templates[1], tmp_path, dirs_exist_ok=True))


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
            patched.setattr("vstore.rewriting.Told", meanwhile)
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
    packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with vstore.open(packed) as store, vstore.open(packed) as other:
        fill_more(store)
        dictionary = Shelf.dictionary

        def meanwhile(self: Shelf, number: int | None) -> chain.Dictionary | None:
            if number is not None and other._storage.dictionaries() == [1]:
                monkeypatch.undo()
                other.gc()
            return dictionary(self, number)

        with vstore.open(packed) as reader:
            monkeypatch.setattr(Shelf, "dictionary", meanwhile)
            assert reader.text("story 3", 1)
        assert other._storage.dictionaries() == [2]


def test_a_gc_waits_for_no_reader(filled: Path) -> None:
    with vstore.open(filled) as reader, vstore.open(filled, wait=3600) as packer:
        log = reader.log()
        newest = next(log)
        assert packer.gc().repacked == STORIES + 1
        packer.add("story 1", "And on.")
        assert sum(1 for _ in log) + 1 == packer.stats().versions - 1
        assert newest.story == "long"


@pytest.mark.parametrize("seed", [0, 3, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_a_gc_that_is_killed_loses_nothing_and_the_next_one_ends_it(filled: Path, seed: int) -> None:
    with vstore.open(filled) as store:
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
    done = subprocess.run([sys.executable, "-c", code, filled, str(2 * seed + 1)], check=False)
    assert done.returncode == -9
    with vstore.open(filled) as store:
        assert store.fsck().ok
        assert answers(store) == before
        assert 0 < store.gc().repacked < STORIES + 1
        assert answers(store) == before


@pytest.mark.slow
def test_two_gcs_and_an_import_at_once_disturb_nobody(filled: Path) -> None:
    code = "import sys, vstore; vstore.open(sys.argv[1]).gc()"
    running = [subprocess.Popen([sys.executable, "-c", code, filled]) for _ in range(2)]
    dice = random.Random(9)
    with vstore.open(filled) as store:
        wires = [
            vstore.Wire(story=f"story {number % STORIES}", text=prose(dice), date=f"{1500 + number}")
            for number in range(200)
        ]
        counts = store.import_wires(wires)
    assert [each.wait() for each in running] == [0, 0]
    assert counts.changed == 200
    with vstore.open(filled) as store:
        assert store.fsck().ok
        assert [store.text(str(wire.story), wire.date) for wire in wires] == [wire.text for wire in wires]
        store.gc()
        assert [store.text(str(wire.story), wire.date) for wire in wires] == [wire.text for wire in wires]


@pytest.mark.slow
def test_a_gc_under_way_while_another_trains_anew_loses_nothing(packed: Path) -> None:
    with vstore.open(packed) as store, vstore.open(packed) as other:
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
        with vstore.open(packed) as fresh:
            assert fresh.fsck().ok
            assert all(fresh.text_of(version) for version in fresh.log())


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
def test_damage_to_one_story_or_a_note_does_not_stop_a_gc(filled: Path, sql: str) -> None:
    changed(filled, sql)
    with vstore.open(filled) as store:
        assert store.gc().repacked >= STORIES
        assert store.text("story 5", 2)
