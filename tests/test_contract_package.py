"""What goes out of the door: the source archive is whole, the package says what it is."""

from __future__ import annotations

import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from cli_program import ROOT, Program

import vstore

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_source_archive_holds_everything_that_is_kept_in_git() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone: there is no git to ask what is kept")
    listed = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, check=True, text=True)
    included = {name.strip("/") for name in PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]}
    # hatchling puts these in by itself.
    included |= {"pyproject.toml", ".gitignore"}
    assert {name.split("/")[0] for name in listed.stdout.splitlines()} <= included


def test_the_package_is_typed_and_licensed() -> None:
    assert (Path(vstore.__file__).parent / "py.typed").is_file()
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["project"]["requires-python"] == ">=3.11"


def test_the_version_is_told_alike_everywhere(tmp_path: Path) -> None:
    version = PROJECT["project"]["version"]
    assert metadata.version("vstore") == vstore.__version__ == version
    assert Program(tmp_path).apart("--version").out.decode() == f"vstore {version}\n"
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_an_error_is_a_vstore_error_with_the_exit_code_of_the_table() -> None:
    codes = {
        vstore.BadWire: 2,
        vstore.BadReference: 2,
        vstore.UnknownStory: 3,
        vstore.UnknownVersion: 3,
        vstore.UnknownParagraph: 3,
        vstore.AmbiguousName: 3,
        vstore.NoStore: 3,
        vstore.Conflict: 4,
        vstore.StorageRefused: 5,
        vstore.WrongFormat: 5,
        vstore.Corrupt: 6,
    }
    assert {error: error.exit_code for error in codes} == codes
    assert all(issubclass(error, vstore.VstoreError) for error in codes)


def test_the_library_s_example_works_as_the_contract_writes_it() -> None:
    text, later = "The ferry sails on Monday.\n", "The ferry sails on Friday.\n"
    with vstore.open("memory:") as store:
        added = store.add(
            "us-nk-talks",
            text,
            date="2019-01-15",
            source="Reuters",
            headline="Talks",
            extra={"desk": 1},
            expect=None,
        )
        assert (added.version.number, added.outcome) == (1, "new")
        wire = vstore.Wire(story="us-nk-talks", text=later, date="2019-01-16")
        assert store.import_wires(iter([wire]), progress=None) == vstore.Imported(changed=1)
        assert [version.number for version in store.log("us-nk-talks")] == [2, 1]
        assert [version.number for version in store.log()] == [2, 1]
        assert [story.story for story in store.stories()] == ["us-nk-talks"]
        for which in (1, added.version.id, added.version.id[:12], "2019-01-15"):
            assert store.text("us-nk-talks", which) == text
            assert store.version("us-nk-talks", which) == added.version
        assert store.diff("us-nk-talks", 1, 2).facts["headline"] == ("Talks", None)
        assert store.blame("us-nk-talks", paragraph=1).hunks[0].number == 1
        assert store.resolve("us-nk-talks@1") == added.version
    edits = vstore.diff(text, later).edits
    assert [tuple(edit) for edit in edits if edit.op != "="] == [("-", "Monday"), ("+", "Friday")]
