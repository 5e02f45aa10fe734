"""An export that cannot be made is told in a sentence, moves no branch, and is finished by the next."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from exported import (
    assert_exported,
    fill,
    memory_store,  # noqa: F401  a fixture
    misbehaving,
    pretend,
    refs,
    repository,  # noqa: F401  a fixture
    snapshot,
)

from vstore import objects
from vstore.errors import Conflict, Corrupt, StorageRefused, UnknownStory
from vstore.interop import commits, writing
from vstore.store import Store


def test_an_unknown_story_is_named_and_nothing_is_made(store: Store, folder: Path) -> None:
    fill(store)
    with pytest.raises(UnknownStory) as caught:
        store.export_git(folder, ["floods", "flods"])
    assert caught.value.facts == {"story": "flods"}
    assert not folder.exists()


@pytest.mark.parametrize("kind", ["file", "files", "sha1", "working tree", "no repository"])
def test_a_folder_that_holds_something_else_is_a_conflict(store: Store, folder: Path, kind: str) -> None:
    fill(store)
    if kind == "file":
        folder.write_text("mine", encoding="utf-8")
    elif kind == "sha1":
        subprocess.run(["git", "init", "-q", "--bare", "--object-format=sha1", folder], check=True)
    elif kind == "working tree":
        subprocess.run(["git", "init", "-q", "--object-format=sha256", folder], check=True)
    else:
        folder.mkdir()
        for name in ["mine.txt"] if kind == "files" else ["HEAD", "config", "objects"]:
            (folder / name).write_text("mine", encoding="utf-8")
    before = snapshot(folder.parent)
    with pytest.raises(Conflict) as caught:
        store.export_git(folder)
    assert caught.value.facts == {"folder": str(folder)}
    assert snapshot(folder.parent) == before


def test_an_init_that_was_cut_off_is_finished(store: Store, folder: Path) -> None:
    fill(store)
    (folder / "refs" / "heads").mkdir(parents=True)
    assert_exported(store, folder, store.export_git(folder))


def test_a_folder_that_cannot_be_made_is_refused(store: Store, tmp_path: Path) -> None:
    fill(store)
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(Conflict):
        store.export_git(tmp_path / "file" / "inside")
    with pytest.raises(StorageRefused, match="cannot use"):
        store.export_git(tmp_path / ("n" * 300))


def test_without_git_an_export_is_refused_with_a_sentence(
    store: Store, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StorageRefused, match=r"needs git 2\.29 or newer, and there is none here"):
        store.export_git(folder)
    assert not folder.exists()


@pytest.mark.parametrize("said", ["git version 2.28.9", "git version 1.9", "not git at all", ""])
def test_a_git_that_is_too_old_is_refused(
    store: Store, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    fill(store)
    pretend(tmp_path, monkeypatch, f'echo "{said}"')
    with pytest.raises(StorageRefused, match=r"needs git 2\.29 or newer; here is"):
        store.export_git(folder)
    assert not folder.exists()


def test_a_dying_fast_import_is_told_with_its_last_words(store: Store, tmp_path: Path, folder: Path) -> None:
    dying = 'head -c 200 > /dev/null; echo "fatal: write error: No space left on device" >&2; exit 128'
    store.add("long", "x" * 5_000_000, date="2019-01-15", headline="Long")
    with (
        misbehaving(tmp_path, "fast-import", dying),
        pytest.raises(StorageRefused, match="fatal: write error: No space left on device"),
    ):
        store.export_git(folder)
    assert refs(folder) == {}
    assert_exported(store, folder, store.export_git(folder))


def test_an_export_that_a_full_disk_cut_off_is_finished_by_the_next(
    store: Store, tmp_path: Path, folder: Path
) -> None:
    fill(store)
    store.export_git(folder)
    noise = "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(40_000))
    store.add("floods", noise, date="2019-02-01", headline="Noise")
    before = refs(folder)
    with (
        misbehaving(tmp_path, "fast-import", 'ulimit -f 1000; exec "$real" "$@"'),
        pytest.raises(StorageRefused, match="git fast-import failed"),
    ):
        store.export_git(folder)
    assert refs(folder) == before
    assert_exported(store, folder, store.export_git(folder))
    assert not list(folder.glob("fast_import_crash_*"))


def test_an_interrupted_export_moves_no_branch_and_the_next_one_finishes_it(
    store: Store, folder: Path
) -> None:
    fill(store, count=5)

    def interrupt(done: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.export_git(folder, progress=interrupt)
    assert refs(folder) == {}
    assert not list(folder.glob("fast_import_crash_*"))
    assert_exported(store, folder, store.export_git(folder))


def test_objects_that_no_branch_reached_are_taken_up_by_the_next_export(
    store: Store, tmp_path: Path, folder: Path
) -> None:
    fill(store)
    with (
        misbehaving(tmp_path, "update-ref", "exit 1"),
        pytest.raises(StorageRefused, match="git update-ref failed"),
    ):
        store.export_git(folder)
    assert refs(folder) == {}
    assert_exported(store, folder, store.export_git(folder))


def test_a_commit_that_git_knows_by_another_id_is_never_given_a_branch(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    with monkeypatch.context() as broken:
        broken.setattr(writing, "commit_bytes", lambda commit: objects.commit_bytes(commit) + b"more\n")
        with pytest.raises(Corrupt, match="under another id"):
            store.export_git(folder)
    assert refs(folder) == {}


def test_a_version_whose_id_does_not_follow_from_its_row_stops_the_export(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    monkeypatch.setattr(commits, "version_id", lambda _commit: bytes(32))
    with pytest.raises(Corrupt, match="the id of floods@1 does not follow") as caught:
        store.export_git(folder)
    assert caught.value.facts == {"story": "floods", "number": 1}
    assert refs(folder) == {}


def test_another_program_that_moves_a_branch_meanwhile_is_a_conflict(
    store: Store, tmp_path: Path, folder: Path
) -> None:
    racing = '"$real" update-ref refs/heads/$RACED $RACER; exec "$real" "$@"'
    fill(store)
    (branch,) = store.export_git(folder).values()
    first = store.version("floods", 1).id
    store.add("floods", "More", date="2019-02-01", headline="More")
    with (
        misbehaving(tmp_path, "update-ref", racing, RACED=branch, RACER=first),
        pytest.raises(Conflict, match="another program changed"),
    ):
        store.export_git(folder)
    assert refs(folder)[f"refs/heads/{branch}"] == first
    assert_exported(store, folder, store.export_git(folder))
