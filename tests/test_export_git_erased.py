"""What was erased from a store is not in what is exported of it, and git finds no fault with what is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from exported import (
    assert_exported,
    assert_faultless,
    assert_left,
    branch_of,
    cat,
    contents,
    fill,
    git,
    held,
    memory_store,  # noqa: F401  a fixture
    note_of,
    reachable,
    repository,  # noqa: F401  a fixture
    snapshot,
    witnesses,
)

from vstore.store import Store

REASON = "order 7/19"


@pytest.fixture(params=[False, True], ids=["exported after", "exported before"])
def filled(request: pytest.FixtureRequest, store: Store, folder: Path) -> Store:
    """A store of which something will be erased, exported before that or not."""
    witnesses(store)
    fill(store)
    if request.param:
        store.export_git(folder)
    return store


def test_an_erased_text_is_not_exported(filled: Store, folder: Path) -> None:
    filled.redact("dam", 2, reason=REASON)
    branches = filled.export_git(folder)
    assert_left(filled, folder, branches, "witness Tamsin")
    version = filled.version("dam", 2)
    assert version.text_id not in held(folder)
    (erased,) = version.redacted
    assert note_of(folder, version.id) == [
        "Headline: Tamsin speaks",
        "Byline: A. Nole",
        f"Redacted: text, {erased.at}, by {erased.who}: {REASON}",
    ]


def test_an_erased_phrase_is_black_in_all_versions(filled: Store, folder: Path) -> None:
    filled.redact("dam", reason=REASON, phrase="saw the dam break")
    branches = filled.export_git(folder)
    assert_left(filled, folder, branches, "saw the dam", "dam break")
    (branch,) = branch_of(folder, "dam")
    assert "The witness Orrell ███ ███ ███ █████.\n" in git(folder, "show", f"{branch}~1:text")
    assert "part of the text" in note_of(folder, filled.version("dam", 1).id)[-1]
    assert "Redacted" not in git(folder, "notes", "show", filled.version("dam", 4).id)


def test_an_erased_fact_is_neither_in_facts_nor_in_notes(filled: Store, folder: Path) -> None:
    filled.redact("dam", 2, reason=REASON, fact="headline")
    branches = filled.export_git(folder)
    assert_left(filled, folder, branches, "Tamsin speaks")
    version = filled.version("dam", 2)
    assert version.facts_id not in held(folder)
    byline, told = note_of(folder, version.id)
    assert (byline, told.partition(",")[0]) == ("Byline: A. Nole", "Redacted: facts")


def test_text_and_fact_of_one_version_can_both_be_gone(filled: Store, folder: Path) -> None:
    filled.redact("dam", 2, reason=REASON)
    filled.redact("dam", 2, reason="and this", fact="headline")
    assert_left(filled, folder, filled.export_git(folder), "Tamsin")
    assert [line.partition(",")[0] for line in note_of(folder, filled.version("dam", 2).id)] == [
        "Byline: A. Nole",
        "Redacted: text",
        "Redacted: facts",
    ]


def test_the_first_version_can_be_gone(filled: Store, folder: Path) -> None:
    filled.redact("dam", 1, reason=REASON)
    assert_left(filled, folder, filled.export_git(folder), "witness Quillon")


def test_the_last_version_can_be_gone(filled: Store, folder: Path) -> None:
    filled.redact("dam", 4, reason=REASON)
    assert_left(filled, folder, filled.export_git(folder), "All was withdrawn")


def test_every_version_can_be_gone(filled: Store, folder: Path) -> None:
    for number in range(1, 5):
        filled.redact("dam", number, reason=REASON)
    assert_left(filled, folder, filled.export_git(folder), "witness", "withdrawn.")


def test_git_shows_the_changes_of_a_branch_of_which_something_was_erased(filled: Store, folder: Path) -> None:
    filled.redact("dam", 2, reason=REASON)
    filled.redact("dam", reason=REASON, phrase="the dam")
    filled.export_git(folder)
    (branch,) = branch_of(folder, "dam")
    shown = git(folder, "log", "-p", branch)
    assert "+The witness Orrell saw ███ ███ break." in shown
    assert "Tamsin saw" not in shown


def test_a_second_export_changes_nothing(filled: Store, folder: Path) -> None:
    filled.redact("dam", 2, reason=REASON)
    filled.redact("floods", 1, reason=REASON, fact="headline")
    first = filled.export_git(folder)
    before = snapshot(folder)
    assert filled.export_git(folder) == first
    assert snapshot(folder) == before


@pytest.mark.slow
def test_a_branch_grows_after_something_was_erased(filled: Store, folder: Path) -> None:
    filled.redact("dam", 4, reason=REASON)
    filled.export_git(folder)
    filled.add("dam", "The dam is mended.", date="2019-02-01", headline="Mended")
    filled.add("dam", "The mayor Zeller resigned.", date="2019-02-02", headline="Mended")
    filled.redact("dam", 6, reason=REASON)
    filled.add("dam", "The dam holds.", date="2019-02-03", headline="Holds")
    assert_left(filled, folder, filled.export_git(folder), "All was withdrawn", "Zeller")


@pytest.mark.slow
def test_more_is_erased_from_what_was_left(filled: Store, folder: Path) -> None:
    for phrase in ("saw the dam", "The witness"):
        filled.redact("dam", reason=REASON, phrase=phrase)
        branches = filled.export_git(folder)
    assert_left(filled, folder, branches, "saw the dam", "The witness")
    filled.redact("dam", 2, reason=REASON, fact="headline")
    filled.export_git(folder)
    filled.redact("dam", 2, reason=REASON, fact="byline")
    assert_left(filled, folder, filled.export_git(folder), "Tamsin speaks")
    assert [line.partition(",")[0] for line in note_of(folder, filled.version("dam", 2).id)] == [
        "Redacted: part of the text",
        "Redacted: facts",
    ]
    filled.redact("dam", 2, reason=REASON)
    assert_left(filled, folder, filled.export_git(folder), "of day 2")


def test_the_same_text_in_another_story_goes_too(filled: Store, folder: Path) -> None:
    filled.add("copy", filled.text("dam", 2), date="2019-01-02", headline="A copy")
    filled.redact("dam", 2, reason=REASON)
    assert_left(filled, folder, filled.export_git(folder), "witness Tamsin")


def test_a_text_that_another_version_still_has_stays(filled: Store, folder: Path) -> None:
    filled.add("copy", filled.text("dam", 2), date="2019-01-02", headline="A copy")
    filled.add("dam", filled.text("dam", 2), date="2019-01-20", headline="Again")
    filled.redact("dam", 2, reason=REASON, only=True)
    branches = filled.export_git(folder)
    assert_left(filled, folder, branches)
    assert cat(folder, filled.version("copy", 1).text_id) == filled.text("copy", 1).encode()
    before = snapshot(folder)
    filled.export_git(folder)
    assert snapshot(folder) == before


def test_a_text_that_came_back_is_exported(filled: Store, folder: Path) -> None:
    text = filled.text("dam", 2)
    filled.redact("dam", 2, reason=REASON)
    filled.export_git(folder)
    filled.add("dam", text, date="2019-01-20", headline="Again", allow_redacted=True)
    branches = filled.export_git(folder)
    assert_left(filled, folder, branches)
    assert text.encode() in contents(folder)


def test_what_is_left_of_one_version_may_be_what_was_erased_of_another(filled: Store, folder: Path) -> None:
    filled.add("dam", "Seven", date="2019-01-20", byline="A. Nole")
    filled.export_git(folder)
    filled.redact("dam", 5, reason=REASON, fact="byline")
    filled.redact("dam", 2, reason=REASON, fact="headline")
    assert_left(filled, folder, filled.export_git(folder), "Tamsin speaks")
    assert "A. Nole" in git(folder, "show", f"{filled.version('dam', 2).id}:facts")


def test_a_note_that_reads_like_an_erased_text_is_still_shown(filled: Store, folder: Path) -> None:
    filled.add("dam", "Headline: Twin\n", date="2019-01-20")
    filled.add("dam", "Eight", date="2019-01-21", headline="Twin")
    filled.export_git(folder)
    filled.redact("dam", 5, reason=REASON)
    assert_left(filled, folder, filled.export_git(folder))
    assert note_of(folder, filled.version("dam", 6).id) == ["Headline: Twin"]
    before = snapshot(folder)
    filled.export_git(folder)
    assert snapshot(folder) == before


def test_some_stories_are_exported_and_the_others_stay_as_they_are(filled: Store, folder: Path) -> None:
    filled.export_git(folder)
    filled.redact("dam", 2, reason=REASON)
    before = snapshot(folder)
    filled.export_git(folder, ["floods"])
    assert snapshot(folder) == before
    assert_left(filled, folder, filled.export_git(folder, ["dam"]), "witness Tamsin")
    assert_left(filled, folder, filled.export_git(folder), "witness Tamsin")


@pytest.mark.slow
def test_an_export_as_of_an_earlier_moment_lacks_what_was_erased_later(
    filled: Store, folder: Path, tmp_path: Path
) -> None:
    moment = filled.version("dam", 2).recorded
    filled.redact("dam", 2, reason=REASON)
    then = filled.as_of(moment)
    for where in (folder, tmp_path / "then.git"):
        then.export_git(where, ["dam"])
        assert_faultless(where)
        assert b"witness Tamsin" not in contents(where)
    (branch,) = branch_of(tmp_path / "then.git", "dam")
    assert git(tmp_path / "then.git", "rev-list", "--count", branch).strip() == "2"
    assert_left(filled, tmp_path / "then.git", filled.export_git(tmp_path / "then.git"), "witness Tamsin")


def test_a_branch_without_anything_erased_is_exported_as_ever(filled: Store, folder: Path) -> None:
    filled.redact("dam", 2, reason=REASON)
    branches = filled.export_git(folder)
    del branches["dam"]
    assert_exported(filled, folder, branches)


def test_gc_of_git_leaves_what_is_there(filled: Store, folder: Path) -> None:
    filled.redact("dam", 2, reason=REASON)
    filled.redact("dam", 3, reason=REASON, fact="headline")
    branches = filled.export_git(folder)
    before = reachable(folder)
    git(folder, "gc", "--quiet", "--prune=now")
    assert reachable(folder) == before
    assert_left(filled, folder, branches, "witness Tamsin", "Orrell speaks")
    filled.add("dam", "The dam is mended.", date="2019-02-01")
    assert_left(filled, folder, filled.export_git(folder), "witness Tamsin", "Orrell speaks")
