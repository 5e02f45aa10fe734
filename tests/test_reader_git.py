"""Git repositories: every commit of a path is a version; nothing of a stranger's repository is run."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest
from repositories import Made

from vstore import readers
from vstore.errors import BadWire
from vstore.readers import gitobjects
from vstore.readers.reading import How

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def read(folder: Path, encoding: str | None = None) -> tuple[list[readers.Reading], list[BadWire]]:
    items = list(readers.items(readers.named(str(folder)), How(encoding), "git"))
    readings = [item for item in items if isinstance(item, readers.Reading)]
    return readings, [item for item in items if isinstance(item, BadWire)]


def told(folder: Path) -> list[tuple[str | None, str]]:
    readings, bad = read(folder)
    assert bad == []
    return [(reading.story, reading.text) for reading in readings]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "repository")


def test_every_commit_of_a_path_is_a_version_dated_by_its_author(made: Made) -> None:
    made.commit("First\n\nWith a body", {"notes/bridge.txt": "closed\n"}, date="2031-05-02T08:00:00+02:00")
    second = made.commit("Second", {"notes/bridge.txt": "\ufeffopen\r\n"}, author="Ida Brandt")
    (first_read, second_read), bad = read(made.folder)
    assert bad == []
    assert (first_read.story, first_read.text) == ("notes/bridge.txt", "closed\n")
    assert (first_read.date, first_read.reader) == ("2031-05-02T08:00:00+02:00", "git")
    assert first_read.facts == {"source": "Ann Reed", "extra": {"message": "First\n\nWith a body"}}
    assert first_read.digest == hashlib.sha256(b"closed\n").hexdigest()
    assert (second_read.text, second_read.facts["source"]) == ("\ufeffopen\r\n", "Ida Brandt")
    assert second_read.capture == {"commit": second, "path": "notes/bridge.txt"}


def test_what_was_deleted_is_no_version_and_a_rename_a_new_story(made: Made) -> None:
    made.commit("a", {"a.txt": "one", "b.txt": "two"})
    made.commit("b", {"a.txt": None, "b.txt": None, "c.txt": "two"})
    made.commit("c", {"a.txt": "three"})
    assert told(made.folder) == [("a.txt", "one"), ("b.txt", "two"), ("c.txt", "two"), ("a.txt", "three")]


def test_a_merge_is_taken_once(made: Made) -> None:
    made.commit("base", {"a.txt": "base", "b.txt": "base"})
    made.git("checkout", "--quiet", "-b", "side")
    made.commit("side", {"a.txt": "side", "b.txt": "side"})
    made.git("checkout", "--quiet", "main")
    made.commit("main", {"b.txt": "main"})
    with pytest.raises(Exception, match="merge"):
        made.git("merge", "side")
    made.commit("merged", {"b.txt": "both"})
    assert told(made.folder)[2:] == [
        ("a.txt", "side"),
        ("b.txt", "side"),
        ("b.txt", "main"),
        ("b.txt", "both"),
    ]


def test_links_and_submodules_are_passed_over(made: Made) -> None:
    made.commit("a", {"a.txt": "text"})
    (made.folder / "link.txt").symlink_to("/etc/passwd")
    head = made.git("rev-parse", "HEAD")
    made.git("update-index", "--add", "--cacheinfo", f"160000,{head},module")
    made.git("add", "link.txt")
    made.git("commit", "--quiet", "-m", "b", GIT_AUTHOR_NAME="x")
    assert told(made.folder) == [("a.txt", "text")]


def test_what_is_no_text_is_told_once(made: Made) -> None:
    made.commit("a", {"picture.png": b"\x89PNG\0", "a.txt": "text"})
    made.commit("b", {"picture.png": b"\x89PNG\0\0"})
    readings, (bad,) = read(made.folder)
    assert [reading.story for reading in readings] == ["a.txt"]
    assert bad.facts["path"] == "picture.png"
    assert bad.message.startswith(f"picture.png at {bad.facts['commit'][:10]}: it is no text")


def test_blobs_in_other_character_sets_are_detected_or_read_as_named(made: Made) -> None:
    text = "Die Brücke über die Aller ist seit Freitag gesperrt, sagte die Bürgermeisterin.\n" * 3
    made.commit("a", {"a.txt": text.encode("cp1252")})
    for readings in (read(made.folder)[0], read(made.folder, encoding="cp1252")[0]):
        assert [reading.text for reading in readings] == [text]
    assert read(made.folder, encoding="utf-8")[1][0].facts["path"] == "a.txt"


def test_a_path_that_is_not_utf_8_is_told(made: Made) -> None:
    made.commit("a", {"a.txt": "text", os.fsdecode(b"\xff.txt"): "other"})
    readings, (bad,) = read(made.folder)
    assert [reading.story for reading in readings] == ["a.txt"]
    assert "not UTF-8" in bad.message


def test_paths_and_messages_of_any_kind_are_told_apart(made: Made) -> None:
    names = ["ä b\t.txt", ":100644 100644 a b M", "a" * 40, '"quoted"']
    made.commit(":100644 000000 message\n\n" + "b" * 40, dict.fromkeys(names, "text"))
    made.git("commit", "--quiet", "--allow-empty", "--allow-empty-message", "-m", "", GIT_AUTHOR_NAME="x")
    made.commit("last", {"z": "end"})
    assert sorted(told(made.folder)) == sorted([*((name, "text") for name in names), ("z", "end")])


def test_too_big_a_file_costs_no_other(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gitobjects, "BLOB_LIMIT", 100_000)
    made.commit("a", {"a.txt": "x" * 100_001, "b.txt": "text"})
    readings, (bad,) = read(made.folder)
    assert ([reading.story for reading in readings], bad.facts["limit"]) == (["b.txt"], 100_000)


# Repositories of every shape


def test_bare_ones_and_working_trees_are_read_alike(made: Made, tmp_path: Path) -> None:
    made.commit("a", {"a.txt": "text"})
    made.git("clone", "--quiet", "--bare", str(made.folder), str(tmp_path / "bare"))
    made.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    made.git("pack-refs", "--all")
    for folder in (made.folder, made.folder / ".git", tmp_path / "bare", tmp_path / "linked"):
        source = readers.named(str(folder))
        assert readers.choose(source, How()) is readers.reader("git")
        assert told(folder) == [("a.txt", "text")]


def test_sha_256_is_read(tmp_path: Path) -> None:
    made = Made(tmp_path / "wide", "--object-format=sha256")
    commit = made.commit("a", {"a.txt": "text"})
    (reading,), _ = read(made.folder)
    assert (reading.text, len(commit), reading.capture["commit"]) == ("text", 64, commit)


def test_a_shallow_clone_is_read_from_where_it_begins(made: Made, tmp_path: Path) -> None:
    made.commit("a", {"a.txt": "one", "b.txt": "other"})
    made.commit("b", {"a.txt": "two"})
    made.git("clone", "--quiet", "--depth=1", f"file://{made.folder}", str(tmp_path / "shallow"))
    assert told(tmp_path / "shallow") == [("a.txt", "two"), ("b.txt", "other")]


HEADS = ("", "ref: refs/heads/absent\n", "ref: ../../secret\n", "ref: refs/../../x\n", "x" * 9999)


@pytest.mark.parametrize("head", HEADS)
def test_a_repository_without_a_commit_is_refused(made: Made, head: str) -> None:
    if head:
        (made.folder / ".git" / "HEAD").write_text(head)
    readings, (bad,) = read(made.folder)
    assert (readings, "no commit" in bad.message) == ([], True)


def test_a_ref_that_names_itself_is_refused(made: Made) -> None:
    (made.folder / ".git" / "refs" / "heads" / "main").write_text("ref: refs/heads/main\n")
    assert "no commit" in read(made.folder)[1][0].message


@pytest.mark.parametrize("inside", ["gitdir: .", "gitdir: ../repository", "gitdir: /nowhere", "junk"])
def test_a_folder_that_only_says_to_be_one_is_none(tmp_path: Path, inside: str) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / ".git").write_text(inside)
    assert gitobjects.folder_of(folder) is None
    assert len(read(folder)[1]) == 1


def test_missing_objects_are_told(made: Made) -> None:
    made.commit("a", {"a.txt": "one", "b.txt": "two"})
    blob = made.git("rev-parse", "HEAD:a.txt")
    objects = made.folder / ".git" / "objects"
    (objects / blob[:2] / blob[2:]).unlink()
    readings, (bad,) = read(made.folder)
    assert ([reading.story for reading in readings], "missing" in bad.message) == (["b.txt"], True)
    tree = made.git("rev-parse", "HEAD^{tree}")
    (objects / tree[:2] / tree[2:]).unlink()
    readings, (bad,) = read(made.folder)
    assert (readings, "git cannot read on" in bad.message) == ([], True)


def test_damaged_objects_are_told(made: Made) -> None:
    made.commit("a", {"a.txt": "one"})
    blob = made.git("rev-parse", "HEAD:a.txt")
    path = made.folder / ".git" / "objects" / blob[:2] / blob[2:]
    path.chmod(0o644)
    path.write_bytes(b"junk")
    assert read(made.folder)[1]


EVIL = """
[core]\n fsmonitor = {evil}\n pager = {evil}\n sshCommand = {evil}\n attributesFile = {pipe}
[pager]\n log = {evil}
[gpg]\n program = {evil}
[log]\n showSignature = true
[diff]\n external = {evil}\n orderFile = {pipe}
[diff "evil"]\n textconv = {evil}\n command = {evil}
[filter "evil"]\n smudge = {evil}
[mailmap]\n file = {pipe}
[include]\n path = {pipe}
"""
"""Settings that run a program, or wait for a pipe to which nobody writes."""


def test_nothing_of_a_repository_is_run(made: Made, tmp_path: Path) -> None:
    made.commit("a", {"a.txt": "one", ".gitattributes": "*.txt diff=evil filter=evil\n"})
    made.commit("b", {"a.txt": "two"})
    evil, proof = tmp_path / "evil", tmp_path / "proof"
    evil.write_text(f"#!/bin/sh\ntouch {proof}\n")
    evil.chmod(0o755)
    os.mkfifo(tmp_path / "pipe")
    config = made.folder / ".git" / "config"
    config.write_text(config.read_text() + EVIL.format(evil=evil, pipe=tmp_path / "pipe"))
    assert [text for story, text in told(made.folder) if story == "a.txt"] == ["one", "two"]
    assert not proof.exists()


def test_settings_of_the_caller_count_for_nothing(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    made.commit("a", {"a.txt": "one"})
    for name, value in {"GIT_DIR": "/nowhere", "GIT_EXTERNAL_DIFF": "false", "GIT_TRACE": "1"}.items():
        monkeypatch.setenv(name, value)
    assert told(made.folder) == [("a.txt", "one")]


def test_git_ends_with_whoever_stops_reading(made: Made) -> None:
    made.commit("a", {f"{number}.txt": "text" for number in range(50)})
    items = readers.items(readers.named(str(made.folder)), name="git")
    assert isinstance(next(items), readers.Reading)
    items.close()  # type: ignore[attr-defined]
    assert next(items, None) is None


def test_without_git_it_says_so(made: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made.commit("a", {"a.txt": "one"})
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git must be installed" in read(made.folder)[1][0].message


# Other keepers


def test_articles_of_newsdiffs_are_stories_by_their_address(made: Made) -> None:
    path = "www.kestrel.example/2031/05/02/bridge.html"
    made.commit(
        f"Adding file {path}", {path: "May 2, 2031\nBridge closed\nBy Ann Reed\nThe bridge.\n\nIs closed.\n"}
    )
    made.commit(
        f"Change to {path}", {path: "May 3, 2031\nBridge open\nBy Ann Reed\nThe bridge.\n\nIs open.\n"}
    )
    made.commit(f"Change to {path}", {path: "torn\n"})
    first, second, third = read(made.folder)[0]
    assert (first.story, first.text) == (f"http://{path}", "The bridge.\n\nIs closed.\n")
    assert first.facts == {
        "source": "Ann Reed",
        "url": f"http://{path}",
        "headline": "Bridge closed",
        "byline": "By Ann Reed",
        "extra": {"date": "May 2, 2031", "message": f"Adding file {path}"},
    }
    assert (second.facts["headline"], second.date) == ("Bridge open", "2031-05-02T08:02:00+02:00")
    assert (third.text, third.story) == ("torn\n", first.story)


def test_terms_are_stories_by_service_and_document(made: Made) -> None:
    made.commit(
        "First record of Kestrel Privacy Policy\n\nSnapshot: 1", {"Kestrel/Privacy Policy.md": "# Privacy\n"}
    )
    made.commit("Record new changes of Kestrel Privacy Policy", {"Kestrel/Privacy Policy.md": "# More\n"})
    made.commit("Update Kestrel Terms", {"Kestrel/Terms #2.md": "# Terms\n"})
    made.commit(
        "Update the guide", {"docs/guide.md": "# Guide\n", "Kestrel/deep/Terms.md": "x", "Kestrel/x.txt": "y"}
    )
    readings, _ = read(made.folder)
    assert [reading.story for reading in readings] == [
        *("Kestrel/Privacy Policy", "Kestrel/Privacy Policy", "Kestrel/Terms #2"),
        *("Kestrel/deep/Terms.md", "Kestrel/x.txt", "docs/guide.md"),
    ]
    assert readings[0].facts["source"] == "Kestrel"
    assert readings[0].facts["headline"] == "Privacy Policy"
    assert readings[2].facts["headline"] == "Terms"
    assert readings[0].text == "# Privacy\n"
