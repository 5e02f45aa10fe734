"""What git says of an exported repository, and a git that misbehaves; used by the tests of `export --git`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vstore.facts import canonical_facts
from vstore.opening import open_store
from vstore.store import Store


@pytest.fixture(name="store")
def memory_store() -> Iterator[Store]:
    """A store whose clock is a second further on whenever it is asked."""
    ticks = iter(range(1_700_000_000_000_000, 1_800_000_000_000_000, 1_000_000))
    with open_store("memory:", clock=lambda: next(ticks)) as made:
        yield made


@pytest.fixture(name="folder")
def repository(tmp_path: Path) -> Path:
    return tmp_path / "news.git"


def fill(store: Store, story: str = "floods", count: int = 3) -> None:
    for number in range(1, count + 1):
        store.add(story, f"The river rose {number} m.", date=f"2019-01-{number:02}", headline=f"Day {number}")


def git(folder: Path, *arguments: str, given: bytes = b"") -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    none = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", f"--git-dir={folder}", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, check=False, env={**kept, **none})
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def refs(folder: Path) -> dict[str, str]:
    lines = git(folder, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return dict(line.split(" ") for line in lines)


def assert_exported(store: Store, folder: Path, branches: dict[str, str]) -> None:
    """Every branch ends with its story's tip, every commit is a version, every blob is its text or facts."""
    assert_faultless(folder)
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


def assert_faultless(folder: Path) -> None:
    check = ["git", f"--git-dir={folder}", "fsck", "--strict", "--full", "--no-dangling", "--no-progress"]
    found = subprocess.run(check, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert (found.returncode, found.stdout) == (0, b"")


def cat(folder: Path, name: str) -> bytes:
    command = ["git", f"--git-dir={folder}", "cat-file", "blob", name]
    return subprocess.run(command, capture_output=True, check=True).stdout


def branch_of(folder: Path, slug: str) -> list[str]:
    return [ref for ref in refs(folder) if ref.startswith(f"refs/heads/{slug}-")]


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def ident() -> tuple[str, ...]:
    return ("-c", "user.name=Someone", "-c", "user.email=someone@example.org")


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


@contextmanager
def misbehaving(tmp_path: Path, command: str, script: str, **environment: str) -> Iterator[None]:
    """A git that does something else at one of its commands."""
    with pytest.MonkeyPatch.context() as broken:
        pretend(tmp_path, broken, f'case " $* " in *" {command} "*) {script};; *) exec "$real" "$@";; esac')
        for name, value in environment.items():
            broken.setenv(name, value)
        yield


def witnesses(store: Store) -> None:
    """A story of which something will be erased."""
    for number, name in enumerate(["Quillon", "Tamsin", "Orrell"], 1):
        text = f"The witness {name} saw the dam break.\nNothing else is known of day {number}."
        store.add("dam", text, date=f"2019-01-{number:02}", headline=f"{name} speaks", byline="A. Nole")
    store.add("dam", "All was withdrawn.", date="2019-01-09", headline="Withdrawn", byline="A. Nole")


def contents(folder: Path) -> bytes:
    """All objects, loose or packed, whether a ref leads to them or not."""
    command = ["git", f"--git-dir={folder}", "cat-file", "--batch-all-objects", "--batch", "--buffer"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def held(folder: Path) -> set[str]:
    listing = git(folder, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    return set(listing.split())


def assert_left(store: Store, folder: Path, branches: dict[str, str], *words: str) -> None:
    """Ids are those of the store, fsck is content, git shows what is left, and nothing holds these words."""
    assert_faultless(folder)
    names = refs(folder)
    for story, branch in branches.items():
        versions = list(store.log(story, arrival=True))
        assert names[f"refs/heads/{branch}"] == versions[0].id
        chain = git(folder, "--no-replace-objects", "rev-list", branch).split()
        assert chain == [each.id for each in versions]
        for version in versions:
            tree = git(folder, "--no-replace-objects", "ls-tree", version.id).splitlines()
            ids = [f"100644 blob {version.facts_id}\tfacts", f"100644 blob {version.text_id}\ttext"]
            assert tree == ids
            gone = any(each.part == "text" and each.stands is None for each in version.redacted)
            text = "" if gone else store.text_of(version)
            assert cat(folder, f"{version.id}:text") == text.encode()
            assert cat(folder, f"{version.id}:facts") == canonical_facts(version.facts)
    found = contents(folder)
    assert [word for word in words if word.encode() in found] == []
    assert not (folder / "vstore-unfinished").exists()


def note_of(folder: Path, version: str) -> list[str]:
    return git(folder, "notes", "show", version).splitlines()


def reachable(folder: Path) -> set[str]:
    """What refs lead to; a question mark before what is not there."""
    walk = ("rev-list", "--objects", "--no-object-names", "--missing=print", "--all")
    return set(git(folder, "--no-replace-objects", *walk).split())
