"""Bundles: what is kept of them is what was in them, under the same ids, or nothing."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from backends import BACKENDS, Clock, open_store
from cli_program import Program
from copies import fill_many, fill_odd, ids, told

import vstore
from vstore.errors import BadReference, BadWire, Corrupt, UnknownStory, VstoreError
from vstore.store import Store


def written(folder: Path, store: vstore.Questions, *stories: str, since: str | None = None) -> Path:
    file = folder / "a.bundle"
    file.write_bytes(b"".join(store.bundle(stories, recorded_since=since)))
    return file


def test_a_store_from_a_bundle_answers_as_the_one_it_was_made_of(store: Store, tmp_path: Path) -> None:
    fill_odd(store)
    with open_store("memory", tmp_path, Clock()) as other:
        counts = other.unbundle(written(tmp_path, store))
        assert told(other) == told(store)
        versions = sum(map(len, ids(store).values()))
        assert (counts.stories, counts.versions, counts.copied) == (len(ids(store)), versions, versions)
        assert (counts.verified, counts.diverged) == (counts.stories, 0)
        again = other.unbundle(written(tmp_path, store))
        assert (again.copied, again.unchanged) == (0, versions)


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_backend_keeps_a_bundle(backend: str, tmp_path: Path) -> None:
    with open_store("memory", tmp_path, Clock()) as store, open_store(backend, tmp_path, Clock()) as other:
        fill_odd(store)
        fill_many(store, 40)
        other.unbundle(written(tmp_path, store))
        assert ids(other) == ids(store)
        assert other.fsck().ok


def test_a_bundle_of_what_is_new_goes_where_the_rest_is(tmp_path: Path) -> None:
    clock = Clock()
    with open_store("memory", tmp_path, clock) as store, open_store("memory", tmp_path, Clock()) as other:
        store.add("s", "One.")
        store.add("t", "Still.")
        other.unbundle(written(tmp_path, store))
        clock.pass_by(86_400)
        store.add("s", "Two.")
        store.add("u", "New.")
        daily = written(tmp_path, store, since="2026-01-02")
        assert len(daily.read_bytes().splitlines()) == 4
        assert other.unbundle(daily).copied == 2
        assert ids(other) == ids(store)
        refused: list[VstoreError] = []
        with open_store("memory", tmp_path, Clock()) as third:
            counts = third.unbundle(daily, refused=refused.append)
            assert ids(third) == {"u": ids(store)["u"]}
        assert (counts.copied, counts.diverged, counts.verified) == (1, 1, 1)
        assert [error.facts["story"] for error in refused] == ["s"]


def test_only_the_stories_that_were_named_are_in_it(store: Store, tmp_path: Path) -> None:
    fill_odd(store)
    with open_store("memory", tmp_path, Clock()) as other:
        other.unbundle(written(tmp_path, store, "late", "notes"))
        assert sorted(ids(other)) == ["late", "notes"]
    with pytest.raises(UnknownStory):
        list(store.bundle(["nobody"]))
    with pytest.raises(BadReference):
        store.bundle(recorded_since="yesterday")


def test_of_a_bundle_that_is_not_whole_nothing_is_kept(tmp_path: Path) -> None:
    with open_store("memory", tmp_path, Clock()) as store, open_store("memory", tmp_path, Clock()) as other:
        fill_odd(store)
        whole = written(tmp_path, store).read_bytes()
        lines = whole.splitlines(keepends=True)
        wrong = [
            *(whole[:end] for end in range(0, len(whole), 97)),
            *(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(30, len(whole), 131)),
            b"".join(lines[:1] + lines[2:]),
            b"".join([lines[0], lines[2], lines[1], *lines[3:]]),
            whole + b"{}\n",
            whole + whole,
        ]
        for each in wrong:
            (tmp_path / "wrong").write_bytes(each)
            with pytest.raises((Corrupt, BadWire)):
                other.unbundle(tmp_path / "wrong")
        assert ids(other) == {}


def forged(lines: list[dict[str, Any]], **last: Any) -> bytes:
    """A bundle that proves itself, whatever stands in it and in its last line."""
    body = b"".join(json.dumps(line).encode() + b"\n" for line in [{"vstore_bundle": 1}, *lines])
    told = {"stories": 1, "versions": len(lines), "sha256": sha256(body).hexdigest(), **last}
    return body + json.dumps(told).encode() + b"\n"


@pytest.mark.parametrize("stories", [None, "1", 1.0, True, -1, 2, [1]])
def test_a_last_line_that_counts_no_stories_is_damage(tmp_path: Path, stories: Any) -> None:
    """Found by the torture's histories, as a KeyError: the line's hash is over those before it alone."""
    with open_store("memory", tmp_path, Clock()) as store, open_store("memory", tmp_path, Clock()) as other:
        store.add("s", "One.")
        (tmp_path / "forged").write_bytes(forged(list(store.export_jsonl()), stories=stories))
        with pytest.raises(Corrupt):
            other.unbundle(tmp_path / "forged")
        assert ids(other) == {}


@pytest.mark.parametrize("number", [0, -1, -9, 1 << 70])
def test_a_number_that_no_version_has_is_refused_where_its_story_is_known(
    tmp_path: Path, number: int
) -> None:
    with open_store("memory", tmp_path, Clock()) as store:
        store.add("s", "One.")
        store.add("s", "Two.")
        forms = list(store.export_jsonl())
        (tmp_path / "forged").write_bytes(forged([{**forms[1], "number": number}]))
        counts = store.unbundle(tmp_path / "forged")
        assert (counts.unchanged, counts.diverged) == (0, 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "Another text."},
        {"headline": "Another"},
        {"dated": "2031-01-01"},
        {"id": "00" * 32},
        {"id": None},
        {"id": 7},
        {"number": 2},
        {"number": "1"},
        {"parent": "11" * 32},
        {"parent": 3},
        {"story": ""},
        {"text": None},
    ],
)
def test_a_version_that_is_not_what_it_claims_is_not_kept(tmp_path: Path, changed: dict[str, Any]) -> None:
    with open_store("memory", tmp_path, Clock()) as store, open_store("memory", tmp_path, Clock()) as other:
        store.add("s", "One.", headline="H", date="2030-01-01")
        (form,) = store.export_jsonl()
        (tmp_path / "forged").write_bytes(forged([{**form, **changed}]))
        assert other.unbundle(tmp_path / "forged").copied == 0
        (tmp_path / "right").write_bytes(forged([form]))
        assert other.unbundle(tmp_path / "right").copied == 1


def test_the_commands_say_what_they_did(tmp_path: Path) -> None:
    run = Program(tmp_path)
    with vstore.open(tmp_path / "here", create=True) as store:
        fill_many(store, 30)
    run("init", "there")
    assert run("--store", "here", "bundle", "all.bundle").err == "45 versions in all.bundle\n"
    done = run("--store", "there", "unbundle", "all.bundle")
    assert (done.code, done.err) == (0, "45 of 45 versions kept; 0 were there\n")
    assert run("--store", "there", "unbundle", "all.bundle", "--json").json["unchanged"] == 45
    one = run("--store", "here", "bundle", "one.bundle", "many 1", "--json").json
    assert one == {"file": "one.bundle", "versions": 2}
    with vstore.open(tmp_path / "there") as store:
        store.add("many 1", "It went on.")
    with vstore.open(tmp_path / "here") as store:
        store.add("many 1", "It went on otherwise.")
    run("--store", "here", "bundle", "one.bundle", "many 1")
    done = run("--store", "there", "unbundle", "one.bundle")
    assert (done.code, done.err.count("another history")) == (7, 1)


def test_wrong_files_are_told(tmp_path: Path) -> None:
    run = Program(tmp_path)
    run("init")
    (tmp_path / "text").write_text("no bundle", encoding="utf-8")
    (tmp_path / "empty").write_bytes(b"")
    assert [run("unbundle", name).code for name in ("text", "empty", "nowhere", "-")] == [2, 6, 2, 2]
    assert run("bundle", "nowhere/x").code == 5
    assert run("bundle", "x", "nobody").code == 3
    assert not (tmp_path / "x").exists()
