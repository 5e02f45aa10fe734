"""An export is a git repository that git itself finds faultless, and whose ids are vstore's."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest
from exported import (
    assert_exported,
    branch_of,
    fill,
    git,
    memory_store,  # noqa: F401  a fixture
    refs,
    repository,  # noqa: F401  a fixture
)
from hypothesis import given, settings
from hypothesis import strategies as st

from vstore.interop.branches import branch_name
from vstore.interop.noted import note
from vstore.model import FACT_NAMES, Facts, Wire
from vstore.opening import open_store
from vstore.store import Store

HOSTILE_STORIES = [
    "plain",
    "two  words and more",
    "..",
    "a..b",
    "@{",
    "@{-1}",
    "🌊 flood 📰",
    "خبر عاجل",
    "x" * 4096,
    "é" * 2048,
    "a",
    "a/b",
    "a/b/c",
    "Case",
    "case",
    "CASE",
    "-x",
    "--all",
    "HEAD",
    "refs/heads/main",
    ".lock",
    "x.lock",
    "/",
    "a//b/",
    "tag:example.org,2019:a?b*[c]^~:\\",
    "K",  # the Kelvin sign, which is `k` in lower case
    "e\u0301",
    "\u00e9",
    "main",
]
HOSTILE_FACTS = [
    {"source": "line\nend\r\n"},
    {"source": "<a@b> <>"},
    {"source": "  both ends  ", "headline": "  kept  "},
    {"source": "nul\0 esc\x1b[31m bell\x07 nel\x85 ls\u2028"},
    {"source": "a\nauthor b <> 0 +0000\n\ncommit refs/heads/x\n"},
    {"headline": "M" * 1_000_000},
    {"headline": "one\ntwo\n\nthree", "byline": "back\\slash"},
    {"extra": {"nested": {"a": [1, 2.5, None, True]}, "line\nend": "\x7f\u2028", "日本": "語"}},
    {"urgency": 5, "keywords": ("a", "b,c", "d\ne")},
    {},
]
HOSTILE_TEXTS = [
    "",
    " ",
    "\n",
    "\r\n",
    "a\r\nb\rc",
    "nul\0nul",
    "\ufeffbom",
    "🌊" * 500,
    "done\n",
    "blob\ndata 5\n",
]
HOSTILE_DATES = [
    None,
    "0001",
    "0001-01-01T00:00:00+23:59",
    "1969-12-31",
    "9999-12-31T23:59:59-23:59",
    "9999",
    None,
]


def test_every_version_is_a_commit_under_its_own_id(store: Store, folder: Path) -> None:
    fill(store)
    fill(store, "election", 5)
    branches = store.export_git(folder)
    assert_exported(store, folder, branches)
    assert list(branches) == ["election", "floods"]


def test_a_branch_is_named_by_a_slug_and_the_digest_of_the_story_id(store: Store, folder: Path) -> None:
    store.add("Überschwemmung: Tag 2!", "Das Wasser steigt.")
    digest = hashlib.sha256("Überschwemmung: Tag 2!".encode()).hexdigest()[:32]
    assert store.export_git(folder) == {"Überschwemmung: Tag 2!": f"uberschwemmung-tag-2-{digest}"}


@pytest.mark.parametrize("story", HOSTILE_STORIES)
def test_a_branch_name_is_ascii_lower_case_and_short(story: str) -> None:
    name = branch_name(story)
    assert re.fullmatch("[a-z0-9](?:[a-z0-9-]{0,79})-[0-9a-f]{32}", name)


def test_a_story_id_without_ascii_letters_gives_a_branch_called_story() -> None:
    assert branch_name("خبر عاجل").startswith("story-")


def test_hostile_story_ids_each_have_a_branch_of_their_own(store: Store, folder: Path) -> None:
    for story in HOSTILE_STORIES:
        store.add(story, f"Text of {story[:20]}", date="2019-01-15", headline="One")
        store.add(story, "Another text", date="2019-01-16", headline="Two")
    branches = store.export_git(folder)
    assert len(set(branches.values())) == len(HOSTILE_STORIES)
    assert_exported(store, folder, branches)


def test_the_story_id_stands_in_the_commit(store: Store, folder: Path) -> None:
    store.add("tag:example.org\\x y", "Text", date="2019-01-15")
    store.export_git(folder)
    assert git(folder, "log", "-1", "--format=%B") == "tag:example.org\\u{5c}x y\n\nDated: 2019-01-15\n\n"


def test_hostile_facts_are_exported_byte_for_byte(store: Store, folder: Path) -> None:
    for facts in HOSTILE_FACTS:
        store.add("hostile", "Text", date="2019-01-15", again=True, **facts)  # type: ignore[arg-type]
    assert_exported(store, folder, store.export_git(folder))


def test_facts_as_long_as_facts_may_be_are_exported(store: Store, folder: Path) -> None:
    longest = "x" * ((1 << 20) - len('{"source":""}'))
    store.add("long", "Text", source=longest)
    assert_exported(store, folder, store.export_git(folder))


def test_hostile_texts_are_exported_byte_for_byte(store: Store, folder: Path) -> None:
    for text in HOSTILE_TEXTS:
        store.add("hostile", text, date="2019-01-15")
    assert_exported(store, folder, store.export_git(folder))


def test_hostile_dates_are_exported_with_their_ids(store: Store, folder: Path) -> None:
    for number, date in enumerate(HOSTILE_DATES):
        store.add("dates", f"Text {number}", date=date)
    assert_exported(store, folder, store.export_git(folder))


def test_a_text_that_returns_is_a_commit_again(store: Store, folder: Path) -> None:
    for text in ("A", "B", "A"):
        store.add("returns", text, date="2019-01-15", headline=text)
    assert_exported(store, folder, store.export_git(folder))


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=12)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "a/b", "A"]),
            st.text(max_size=30),
            st.text(max_size=30),
            st.sampled_from(HOSTILE_DATES),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_versions_keep_their_ids(
    tmp_path_factory: pytest.TempPathFactory, wires: list[tuple[str, str, str, str | None]]
) -> None:
    folder = tmp_path_factory.mktemp("any") / "repository"
    with open_store("memory:") as store:
        for story, text, source, date in wires:
            store.add(story, text, date=date, source=source)
            store.export_git(folder)
        assert_exported(store, folder, store.export_git(folder))


def test_facts_show_in_git_log_as_notes(store: Store, folder: Path) -> None:
    store.add(
        "floods",
        "Text",
        date="2019-01-15",
        headline="Water\x1b rises\\falls\nagain",
        byline="A. Reporter",
        source="Kestrel Wire",
        url="https://example.org/a?b=c",
        provider_version="2",
        urgency=5,
        keywords=("river", "flood"),
        extra={"b": "é\x7f", "a": [1, None]},
    )
    store.export_git(folder)
    shown = git(folder, "log", "--show-notes", "--format=%N")
    assert shown.strip().splitlines() == [
        r"Headline: Water\u{1b} rises\u{5c}falls\u{a}again",
        "Byline: A. Reporter",
        "Source: Kestrel Wire",
        "Url: https://example.org/a?b=c",
        "Provider-version: 2",
        "Urgency: 5",
        "Keywords: river, flood",
        r'Extra: {"a": [1, null], "b": "é\u007f"}',
    ]
    assert "Headline: Water" in git(folder, "log")


def test_extra_in_a_note_is_json() -> None:
    extra = {"text": '\0\x1f\x7f\x85\u2028\\"\n', "日本": [1.5, True, {}]}
    (line,) = note(Facts(extra=extra)).decode().splitlines()
    assert json.loads(line.removeprefix("Extra: ")) == extra


def test_every_fact_stands_in_the_note_as_a_trailer_that_git_reads(store: Store, folder: Path) -> None:
    extra = {"embargoed": "2030-01-01", "desk": "north"}
    plain = {name: f"some {name}\nmore" for name in FACT_NAMES if name not in {"keywords", "kind"}}
    facts = Facts(**plain, kind="Corr.", keywords=("ice, snow", "roads"), extra=extra)
    store.add_wire(Wire(story="floods", text="Text", date="2019-01-15", facts=facts))
    store.export_git(folder)
    shown = git(folder, "log", "-1", "--show-notes", "--format=subject%n%n%N")
    told = [line.split(": ", 1) for line in trailers(folder, shown)]
    assert {name.lower().replace("-", "_") for name, _ in told} == {*FACT_NAMES, "extra", "state"}
    assert dict(told)["State"] == "correction"
    assert dict(told)["First-created"] == r"some first_created\u{a}more"
    assert json.loads(dict(told)["Extra"]) == extra
    assert len(told) == len(FACT_NAMES) + 2


def trailers(folder: Path, message: str) -> list[str]:
    command = ["git", "-C", str(folder), "interpret-trailers", "--parse"]
    done = subprocess.run(command, input=message, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_every_version_has_its_own_notes(store: Store, folder: Path) -> None:
    fill(store, count=3)
    store.add("bare", "No facts at all", date="2019-01-15")
    store.export_git(folder)
    assert git(folder, "log", "--reverse", "--format=%N", *branch_of(folder, "floods")).split("\n\n") == [
        "Headline: Day 1",
        "Headline: Day 2",
        "Headline: Day 3",
        "",
    ]
    assert git(folder, "log", "--format=%N", *branch_of(folder, "bare")).strip() == ""


def test_a_store_without_facts_makes_no_notes(store: Store, folder: Path) -> None:
    store.add("bare", "Text", date="2019-01-15")
    store.export_git(folder)
    assert "refs/notes/commits" not in refs(folder)


def test_progress_counts_versions(store: Store, folder: Path) -> None:
    fill(store)
    fill(store, "election", 2)
    told: list[int] = []
    store.export_git(folder, progress=told.append)
    assert told == [1, 2, 3, 4, 5]


def test_an_empty_store_makes_an_empty_repository(store: Store, folder: Path) -> None:
    assert store.export_git(folder) == {}
    assert refs(folder) == {}
    fill(store)
    assert_exported(store, folder, store.export_git(folder))


def test_an_empty_folder_and_missing_parents_will_do(store: Store, tmp_path: Path) -> None:
    fill(store)
    (tmp_path / "empty").mkdir()
    for where in (tmp_path / "empty", tmp_path / "a" / "b" / "-c"):
        assert_exported(store, where, store.export_git(where))


def test_a_relative_folder_that_looks_like_an_option_will_do(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    monkeypatch.chdir(tmp_path)
    store.export_git(Path("--bare"))
    assert (tmp_path / "--bare" / "HEAD").exists()


def test_settings_of_the_user_and_the_environment_do_not_count(
    store: Store, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[init]\n\tdefaultObjectFormat = sha1\n[core]\n\tbare = maybe\n[fsck]\n\tbroken\n", encoding="utf-8"
    )
    monkeypatch.setenv("HOME", str(home))
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha1")
    branches = store.export_git(folder)
    monkeypatch.undo()
    assert_exported(store, folder, branches)
    assert not (tmp_path / "elsewhere").exists()


def test_hooks_of_the_repository_do_not_run(store: Store, folder: Path) -> None:
    fill(store)
    store.export_git(folder)
    hook = folder / "hooks" / "reference-transaction"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    store.add("floods", "More", date="2019-02-01")
    assert_exported(store, folder, store.export_git(folder))


def test_a_store_on_disk_is_exported_like_one_in_memory(tmp_path: Path, store: Store, folder: Path) -> None:
    fill(store)
    with open_store(tmp_path / "archive", create=True) as kept:
        fill(kept)
        kept.export_git(folder)
    store.export_git(tmp_path / "memory.git")
    assert refs(folder) == refs(tmp_path / "memory.git")
