"""An export into a repository that is there goes on where the last one, or someone else, left it."""

from __future__ import annotations

from pathlib import Path

import pytest
from exported import (
    assert_exported,
    fill,
    git,
    ident,
    memory_store,  # noqa: F401  a fixture
    refs,
    repository,  # noqa: F401  a fixture
    snapshot,
)

from vstore.errors import Conflict
from vstore.store import Store


def test_the_same_store_gives_the_same_refs_wherever_and_whenever(store: Store, tmp_path: Path) -> None:
    fill(store)
    store.export_git(tmp_path / "one")
    store.export_git(tmp_path / "two")
    assert refs(tmp_path / "one") == refs(tmp_path / "two")


def test_a_second_export_changes_nothing_when_nothing_is_new(store: Store, folder: Path) -> None:
    fill(store)
    first = store.export_git(folder)
    before = snapshot(folder)
    assert store.export_git(folder) == first
    assert snapshot(folder) == before


def test_a_second_export_adds_what_is_new(store: Store, folder: Path) -> None:
    fill(store, count=2)
    store.add("undated", "One")
    store.export_git(folder)
    store.add("floods", "The river fell.", headline="Day 3")
    store.add("floods", "The river is gone.", date="2018", headline="Late")
    store.add("other", "New")
    branches = store.export_git(folder)
    assert_exported(store, folder, branches)
    assert git(folder, "rev-list", "--count", "refs/notes/commits").strip() == "2"


def test_notes_are_the_same_tree_in_one_export_and_in_many(store: Store, tmp_path: Path) -> None:
    for number in range(300):  # more than git keeps in one level of the notes' tree
        store.add("long", f"Text {number}", date="2019-01-15", headline=f"Headline {number}")
        if number % 90 == 0:
            store.export_git(tmp_path / "many")
    for name in ("many", "one"):
        store.export_git(tmp_path / name)
    one, many = (git(tmp_path / name, "rev-parse", "refs/notes/commits^{tree}") for name in ("one", "many"))
    assert one == many
    assert len(git(tmp_path / "one", "notes", "list").splitlines()) == 300


def test_some_stories_can_be_exported_and_the_others_later(store: Store, folder: Path) -> None:
    fill(store)
    fill(store, "election")
    assert list(store.export_git(folder, ["floods", "floods"])) == ["floods"]
    assert len(refs(folder)) == 2
    assert_exported(store, folder, store.export_git(folder))


def test_head_points_at_a_branch_that_exists(store: Store, folder: Path) -> None:
    fill(store)
    fill(store, "election")
    branches = store.export_git(folder, ["floods"])
    assert git(folder, "symbolic-ref", "HEAD").strip() == f"refs/heads/{branches['floods']}"
    store.export_git(folder)
    assert git(folder, "symbolic-ref", "HEAD").strip() == f"refs/heads/{branches['floods']}"


def test_a_branch_is_found_by_its_digits_whatever_its_slug(store: Store, folder: Path) -> None:
    fill(store)
    (branch,) = store.export_git(folder).values()
    renamed = f"a/nicer/name-{branch[-32:]}"
    git(folder, "branch", "-m", branch, renamed)
    store.add("floods", "The river fell.", date="2019-02-01")
    assert store.export_git(folder) == {"floods": renamed}
    assert_exported(store, folder, {"floods": renamed})
    assert len(refs(folder)) == 2


def test_a_branch_that_was_put_back_is_continued(store: Store, folder: Path) -> None:
    fill(store, count=4)
    (branch,) = store.export_git(folder).values()
    git(folder, "update-ref", f"refs/heads/{branch}", store.version("floods", 2).id)
    assert_exported(store, folder, store.export_git(folder))


def test_a_branch_that_someone_else_went_on_with_is_a_conflict(store: Store, folder: Path) -> None:
    fill(store)
    fill(store, "election", 1)
    (branch,) = store.export_git(folder, ["floods"]).values()
    foreign = git(folder, *ident(), "commit-tree", "-m", "mine", "-p", branch, f"{branch}^{{tree}}").strip()
    git(folder, "update-ref", f"refs/heads/{branch}", foreign)
    before = snapshot(folder)
    with pytest.raises(Conflict) as caught:
        store.export_git(folder)
    assert caught.value.facts == {"story": "floods", "ref": f"refs/heads/{branch}", "tip": foreign}
    assert snapshot(folder) == before


def test_branches_and_notes_of_others_are_left_alone(store: Store, folder: Path) -> None:
    fill(store)
    (branch,) = store.export_git(folder).values()
    foreign = git(folder, *ident(), "commit-tree", "-m", "mine", f"{branch}^{{tree}}").strip()
    git(folder, "update-ref", "refs/heads/mine", foreign)
    git(folder, *ident(), "notes", "add", "-m", "a remark", foreign)
    fill(store, "election")
    store.export_git(folder)
    assert refs(folder)["refs/heads/mine"] == foreign
    assert git(folder, "notes", "show", foreign) == "a remark\n"
