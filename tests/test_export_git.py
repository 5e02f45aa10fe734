"""An export is a git repository that git itself finds faultless, and whose ids are vstore's."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vstore import objects
from vstore.errors import Conflict, Corrupt, StorageRefused, UnknownStory
from vstore.facts import canonical_facts
from vstore.interop import git as interop
from vstore.model import Facts
from vstore.store import Store, open_store

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


def git(folder: Path, *arguments: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    none = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", f"--git-dir={folder}", *arguments]
    done = subprocess.run(command, capture_output=True, check=False, env={**kept, **none})
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def refs(folder: Path) -> dict[str, str]:
    lines = git(folder, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return dict(line.split(" ") for line in lines)


def assert_exported(store: Store, folder: Path, branches: dict[str, str]) -> None:
    """Every branch ends with its story's tip, every commit is a version, every blob is its text or facts."""
    check = ["git", f"--git-dir={folder}", "fsck", "--strict", "--full", "--no-dangling", "--no-progress"]
    found = subprocess.run(check, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert (found.returncode, found.stdout) == (0, b"")
    names = refs(folder)
    for story, branch in branches.items():
        versions = list(store.log(story, arrival=True))
        assert names[f"refs/heads/{branch}"] == versions[0].id
        assert git(folder, "rev-list", f"refs/heads/{branch}").split() == [each.id for each in versions]
        for version in versions:
            tree = git(folder, "ls-tree", version.id).splitlines()
            assert tree == [
                f"100644 blob {version.facts_id}\tfacts",
                f"100644 blob {version.text_id}\ttext",
            ]
            assert cat(folder, version.text_id) == store.text_of(version).encode()
            assert cat(folder, version.facts_id) == canonical_facts(version.facts)


def cat(folder: Path, name: str) -> bytes:
    command = ["git", f"--git-dir={folder}", "cat-file", "blob", name]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.fixture
def store() -> Iterator[Store]:
    ticks = iter(range(1_700_000_000_000_000, 1_800_000_000_000_000, 1_000_000))
    with open_store("memory:", clock=lambda: next(ticks)) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "news.git"


def fill(store: Store, story: str = "floods", count: int = 3) -> None:
    for number in range(1, count + 1):
        store.add(story, f"The river rose {number} m.", date=f"2019-01-{number:02}", headline=f"Day {number}")


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
    name = interop.branch_name(story)
    assert re.fullmatch("[a-z0-9](?:[a-z0-9-]{0,79})-[0-9a-f]{32}", name)


def test_a_story_id_without_ascii_letters_gives_a_branch_called_story() -> None:
    assert interop.branch_name("خبر عاجل").startswith("story-")


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
    (line,) = interop.note(Facts(extra=extra)).decode().splitlines()
    assert json.loads(line.removeprefix("Extra: ")) == extra


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


def branch_of(folder: Path, slug: str) -> list[str]:
    return [ref for ref in refs(folder) if ref.startswith(f"refs/heads/{slug}-")]


def test_a_store_without_facts_makes_no_notes(store: Store, folder: Path) -> None:
    store.add("bare", "Text", date="2019-01-15")
    store.export_git(folder)
    assert "refs/notes/commits" not in refs(folder)


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


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


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


def test_an_unknown_story_is_named_and_nothing_is_made(store: Store, folder: Path) -> None:
    fill(store)
    with pytest.raises(UnknownStory) as caught:
        store.export_git(folder, ["floods", "flods"])
    assert caught.value.facts == {"story": "flods"}
    assert not folder.exists()


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


def ident() -> tuple[str, ...]:
    return ("-c", "user.name=Someone", "-c", "user.email=someone@example.org")


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


def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program of this name before the real git; `$real` in it is that."""
    real = subprocess.run(
        ["sh", "-c", "command -v git"], capture_output=True, text=True, check=True
    ).stdout.strip()
    program = tmp_path / "bin" / "git"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nreal="{real}"\n{script}\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


DYING = """
case " $* " in
*" fast-import "*) head -c 200 > /dev/null; echo "fatal: write error: No space left on device" >&2; exit 128;;
*) exec "$real" "$@";;
esac
"""


def test_a_dying_fast_import_is_told_with_its_last_words(
    store: Store, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add("long", "x" * 5_000_000, date="2019-01-15", headline="Long")
    with monkeypatch.context() as broken:
        pretend(tmp_path, broken, DYING)
        with pytest.raises(StorageRefused, match="fatal: write error: No space left on device"):
            store.export_git(folder)
    assert refs(folder) == {}
    assert_exported(store, folder, store.export_git(folder))


FULL_DISK = """
case " $* " in
*" fast-import "*) ulimit -f 1000; exec "$real" "$@";;
*) exec "$real" "$@";;
esac
"""


def test_an_export_that_a_full_disk_cut_off_is_finished_by_the_next(
    store: Store, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    store.export_git(folder)
    noise = "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(40_000))
    store.add("floods", noise, date="2019-02-01", headline="Noise")
    before = refs(folder)
    with monkeypatch.context() as broken:
        pretend(tmp_path, broken, FULL_DISK)
        with pytest.raises(StorageRefused, match="git fast-import failed"):
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
    store: Store, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    with monkeypatch.context() as broken:
        pretend(tmp_path, broken, 'case " $* " in *" update-ref "*) exit 1;; *) exec "$real" "$@";; esac')
        with pytest.raises(StorageRefused, match="git update-ref failed"):
            store.export_git(folder)
    assert refs(folder) == {}
    assert_exported(store, folder, store.export_git(folder))


def test_a_commit_that_git_knows_by_another_id_is_never_given_a_branch(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    with monkeypatch.context() as broken:
        broken.setattr(interop, "commit_bytes", lambda commit: objects.commit_bytes(commit) + b"more\n")
        with pytest.raises(Corrupt, match="under another id"):
            store.export_git(folder)
    assert refs(folder) == {}


def test_a_version_whose_id_does_not_follow_from_its_row_stops_the_export(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    monkeypatch.setattr(interop, "version_id", lambda _commit: bytes(32))
    with pytest.raises(Corrupt, match="the id of floods@1 does not follow") as caught:
        store.export_git(folder)
    assert caught.value.facts == {"story": "floods", "number": 1}
    assert refs(folder) == {}


RACING = """
case " $* " in
*" update-ref "*) "$real" update-ref refs/heads/$RACED $RACER; exec "$real" "$@";;
*) exec "$real" "$@";;
esac
"""


def test_another_program_that_moves_a_branch_meanwhile_is_a_conflict(
    store: Store, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    (branch,) = store.export_git(folder).values()
    first = store.version("floods", 1).id
    store.add("floods", "More", date="2019-02-01", headline="More")
    with monkeypatch.context() as raced:
        pretend(tmp_path, raced, RACING)
        raced.setenv("RACED", branch)
        raced.setenv("RACER", first)
        with pytest.raises(Conflict, match="another program changed"):
            store.export_git(folder)
    assert refs(folder)[f"refs/heads/{branch}"] == first
    assert_exported(store, folder, store.export_git(folder))


def test_a_store_on_disk_is_exported_like_one_in_memory(tmp_path: Path, store: Store, folder: Path) -> None:
    fill(store)
    with open_store(tmp_path / "archive", create=True) as kept:
        fill(kept)
        kept.export_git(folder)
    store.export_git(tmp_path / "memory.git")
    assert refs(folder) == refs(tmp_path / "memory.git")
