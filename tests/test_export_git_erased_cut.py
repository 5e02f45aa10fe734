"""What was erased leaves a repository whatever happens meanwhile, and what is others' stays."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from exported import (
    assert_faultless,
    assert_left,
    branch_of,
    contents,
    fill,
    git,
    held,
    ident,
    memory_store,  # noqa: F401  a fixture
    misbehaving,
    note_of,
    pretend,
    refs,
    repository,  # noqa: F401  a fixture
    snapshot,
    witnesses,
)

from vstore.errors import Conflict, Overtaken, StorageRefused
from vstore.opening import open_store
from vstore.store import Store

REASON = "order 7/19"
GONE = ("witness Tamsin", "Tamsin speaks", "Zeller")


@pytest.fixture(name="erased")
def exported_then_erased(store: Store, folder: Path) -> Store:
    """A repository holds what the store no longer does, and lacks what came since."""
    witnesses(store)
    fill(store)
    store.export_git(folder)
    store.redact("dam", 2, reason=REASON)
    store.redact("dam", 2, reason=REASON, fact="headline")
    store.add("dam", "The mayor Zeller resigned.", date="2019-02-02", headline="Mended")
    store.redact("dam", 5, reason=REASON)
    return store


@pytest.mark.slow
@pytest.mark.parametrize("script", ["exit 137", '"$real" "$@"; exit 137'], ids=["before", "after"])
def test_an_export_cut_off_at_any_command_of_git_is_finished_by_the_next(
    erased: Store, folder: Path, tmp_path: Path, script: str
) -> None:
    count, cuts = tmp_path / "count", 0
    counting = f"n=$(($(cat {count}) - 1)); echo $n > {count}; if [ $n = 0 ]; then {script}; fi"
    start = tmp_path / "start.git"
    folder.rename(start)
    while True:
        subprocess.run(["rm", "-rf", folder], check=True)
        subprocess.run(["cp", "-R", start, folder], check=True)
        count.write_text(str(cuts + 1), encoding="utf-8")
        with pytest.MonkeyPatch.context() as broken:
            pretend(tmp_path, broken, f'{counting}; exec "$real" "$@"')
            try:
                erased.export_git(folder)
            except (StorageRefused, Conflict):
                pass
            else:
                if int(count.read_text(encoding="utf-8")) > 0:
                    break
        assert_faultless(folder)
        assert_left(erased, folder, erased.export_git(folder), *GONE)
        cuts += 1
    assert cuts > 15


def test_an_export_cut_off_while_it_deletes_is_finished_by_the_next(
    erased: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(folder, "repack", "-a", "-d", "-q")
    fill(erased, "more", 1)
    erased.export_git(folder, ["more"])
    unlink = Path.unlink
    for last in range(1, 100):
        deleted: list[Path] = []

        def cut(path: Path, **options: Any) -> None:
            if "objects" in path.parts:
                deleted.append(path)  # noqa: B023  it is called within this turn
                if len(deleted) == last:  # noqa: B023
                    raise KeyboardInterrupt
            unlink(path, **options)

        with monkeypatch.context() as broken:
            broken.setattr(Path, "unlink", cut)
            try:
                erased.export_git(folder)
                break
            except KeyboardInterrupt:
                assert_faultless(folder)
    assert len(deleted) > 2
    assert_left(erased, folder, erased.export_git(folder), *GONE)


def test_what_a_cut_off_export_left_is_gone_once_it_was_erased(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    witnesses(store)
    store.redact("dam", 2, reason=REASON, fact="headline")
    with misbehaving(tmp_path, "update-ref", "exit 1"), pytest.raises(StorageRefused):
        store.export_git(folder)
    assert b"A. Nole" in contents(folder)
    for number in range(1, 5):
        store.redact("dam", number, reason=REASON, fact="byline")
    assert_left(store, folder, store.export_git(folder), "A. Nole")


def test_half_written_files_go_with_what_was_erased(erased: Store, folder: Path) -> None:
    (folder / "objects" / "pack" / "tmp_pack_AbCdEf").write_bytes(b"Tamsin speaks")
    (folder / "objects" / "ab").mkdir(exist_ok=True)
    (folder / "objects" / "ab" / "tmp_obj_AbCdEf").write_bytes(b"Tamsin speaks")
    assert_left(erased, folder, erased.export_git(folder), *GONE)
    assert not list(folder.rglob("tmp_*"))


def test_a_repository_that_git_packed_lets_go_as_well(erased: Store, folder: Path) -> None:
    git(folder, "-c", "core.multiPackIndex=true", "gc", "--quiet", "--aggressive")
    git(folder, "multi-pack-index", "write")
    git(folder, "commit-graph", "write", "--reachable", "--split")
    git(folder, "pack-refs", "--all")
    assert_left(erased, folder, erased.export_git(folder), *GONE)


def test_what_reflogs_lead_to_goes_and_those_of_others_stay(erased: Store, folder: Path) -> None:
    (branch,) = branch_of(folder, "floods")
    git(folder, "config", "core.logAllRefUpdates", "always")
    mine = git(folder, *ident(), "commit-tree", "-m", "mine", f"{branch}^{{tree}}").strip()
    git(folder, *ident(), "update-ref", "refs/heads/mine", mine)
    git(folder, *ident(), "update-ref", "refs/heads/mine", branch)
    fill(erased, "more")
    erased.export_git(folder)
    erased.redact("dam", reason=REASON, phrase="The witness")
    erased.export_git(folder)
    erased.redact("dam", reason=REASON, phrase="saw the dam")
    assert_left(erased, folder, erased.export_git(folder), *GONE, "The witness", "saw the dam")
    assert git(folder, "log", "-1", "--format=%s", "refs/heads/mine@{1}") == "mine\n"


def test_branches_of_others_stay_and_lack_what_was_erased(erased: Store, folder: Path) -> None:
    text = next(each.text_id for each in erased.log("dam", arrival=True) if each.number == 2)
    blob = git(folder, "hash-object", "-w", "--stdin").strip()
    inner = made_tree(folder, f"100644 blob {text}\tcopied\n100644 blob {blob}\tmine\n")
    tree = made_tree(folder, f"040000 tree {inner}\tinner\n")
    mine = git(folder, *ident(), "commit-tree", "-m", "mine", tree).strip()
    git(folder, "update-ref", "refs/heads/mine", mine)
    git(folder, "tag", "note", "refs/heads/mine")
    git(folder, *ident(), "notes", "add", "-m", "a remark", mine)
    assert_left(erased, folder, erased.export_git(folder), *GONE)
    assert refs(folder)["refs/heads/mine"] == refs(folder)["refs/tags/note"] == mine
    assert git(folder, "ls-tree", "-r", "--name-only", mine) == "inner/copied\ninner/mine\n"
    assert git(folder, "show", f"{mine}:inner/mine") == ""
    assert git(folder, "notes", "show", mine) == "a remark\n"
    git(folder, "gc", "--quiet", "--prune=now")
    assert_faultless(folder)
    assert git(folder, "show", f"{mine}:inner/mine") == ""


def made_tree(folder: Path, entries: str) -> str:
    return git(folder, "mktree", given=entries.encode()).strip()


def test_a_remark_below_a_note_stays_while_the_note_is_right(erased: Store, folder: Path) -> None:
    erased.export_git(folder)
    version = erased.version("dam", 2).id
    git(folder, *ident(), "notes", "append", "-m", "a remark", version)
    before = snapshot(folder)
    erased.export_git(folder)
    assert snapshot(folder) == before
    assert note_of(folder, version)[-1] == "a remark"
    erased.redact("dam", 2, reason=REASON, fact="byline")
    assert_left(erased, folder, erased.export_git(folder), *GONE)
    assert "a remark" not in note_of(folder, version)


def test_a_note_of_before_is_gone_even_if_its_branch_was_deleted(erased: Store, folder: Path) -> None:
    (branch,) = branch_of(folder, "dam")
    git(folder, "update-ref", "-d", branch)
    assert_left(erased, folder, erased.export_git(folder), *GONE)


def test_a_note_that_somebody_removed_is_gone_from_the_notes_of_before(erased: Store, folder: Path) -> None:
    git(folder, *ident(), "notes", "remove", erased.version("dam", 2).id)
    assert_left(erased, folder, erased.export_git(folder), *GONE)


def test_what_git_shows_in_place_of_a_version_is_made_again(erased: Store, folder: Path) -> None:
    branches = erased.export_git(folder)
    git(folder, "update-ref", "-d", f"refs/replace/{erased.version('dam', 2).id}")
    assert erased.export_git(folder) == branches
    assert_left(erased, folder, branches, *GONE)


@pytest.mark.parametrize("kind", ["keep", "alternates"])
def test_what_cannot_be_deleted_is_told(erased: Store, folder: Path, tmp_path: Path, kind: str) -> None:
    if kind == "keep":
        git(folder, "repack", "-a", "-d", "-q")
        for path in (folder / "objects" / "pack").glob("*.pack"):
            path.with_suffix(".keep").touch()
    else:
        other = tmp_path / "other.git"
        (folder / "objects").rename(other)
        (folder / "objects" / "info").mkdir(parents=True)
        (folder / "objects" / "pack").mkdir()
        (folder / "objects" / "info" / "alternates").write_text(f"{other}\n", encoding="utf-8")
    with pytest.raises(StorageRefused, match=r"holds what was erased: a pack with a file \.keep has it"):
        erased.export_git(folder)
    assert_faultless(folder)
    for path in (folder / "objects" / "pack").glob("*.keep"):
        path.unlink()
    (folder / "objects" / "info" / "alternates").unlink(missing_ok=True)
    assert_left(erased, folder, erased.export_git(folder), *GONE)


def test_a_damaged_repository_is_told_and_nothing_is_deleted(erased: Store, folder: Path) -> None:
    git(folder, "repack", "-a", "-d", "-q")
    (pack,) = (folder / "objects" / "pack").glob("*.pack")
    git(folder, "unpack-objects", "-q", given=moved(pack))
    lost = erased.version("floods", 1).text_id
    (folder / "objects" / lost[:2] / lost[2:]).unlink()
    with pytest.raises(StorageRefused, match=r"rev-list failed.*missing"):
        erased.export_git(folder)
    assert erased.version("floods", 2).text_id in held(folder)


def moved(pack: Path) -> bytes:
    content = pack.read_bytes()
    for path in pack.parent.glob(f"{pack.stem}.*"):
        path.unlink()
    return content


def test_one_export_at_a_time(erased: Store, folder: Path) -> None:
    told: list[str] = []

    def meanwhile(_done: int) -> None:
        with pytest.raises(Conflict, match="is being exported to by another program") as caught:
            erased.export_git(folder)
        told.append(caught.value.facts["folder"])

    branches = erased.export_git(folder, progress=meanwhile)
    assert told == [str(folder)]
    assert_left(erased, folder, branches, *GONE)


def test_something_erased_while_its_story_is_exported_is_a_conflict(store: Store, folder: Path) -> None:
    fill(store, "a", 1)
    witnesses(store)

    def meanwhile(done: int) -> None:
        if done == 1:
            store.redact("dam", 2, reason=REASON)

    with pytest.raises(Overtaken, match="something was erased from dam while it was exported"):
        store.export_git(folder, progress=meanwhile)
    assert refs(folder) == {}
    assert_left(store, folder, store.export_git(folder), "witness Tamsin")


def test_a_store_on_disk_is_exported_alike(tmp_path: Path, folder: Path) -> None:
    with open_store(tmp_path / "archive", create=True) as store:
        witnesses(store)
        store.export_git(folder)
        store.redact("dam", 2, reason=REASON)
        store.redact("dam", reason=REASON, phrase="saw the dam")
        assert_left(store, folder, store.export_git(folder), "witness Tamsin", "saw the dam")


def test_a_clone_by_path_is_faultless_where_it_is_told(erased: Store, folder: Path, tmp_path: Path) -> None:
    erased.export_git(folder)
    clone = tmp_path / "clone.git"
    subprocess.run(["git", "clone", "--quiet", "--mirror", folder, clone], check=True)
    git(clone, "config", "remote.origin.promisor", "true")
    assert_faultless(clone)
    assert git(clone, "show", f"{erased.version('dam', 2).id}:text") == ""
    other = tmp_path / "other.git"
    url = folder.absolute().as_uri()
    subprocess.run(["git", "clone", "--quiet", "--mirror", "--filter=blob:none", url, other], check=True)
    assert_faultless(other)
    assert "The dam" not in git(other, "log", "-p", *branch_of(other, "dam"))
