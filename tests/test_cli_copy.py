"""`vstore copy`: places, answers and exit codes. Issue 5, "Movement"."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest
from archives import archive, changed
from cli_program import Program, environment
from copies import fill_many, fill_odd, ids

import vstore


@pytest.fixture
def run(tmp_path: Path) -> Program:
    with vstore.open(archive(tmp_path / "src")) as store:
        fill_odd(store)
    return Program(tmp_path)


def held(place: Path) -> dict[str, list[str]]:
    with vstore.open(place, read_only=True) as store:
        return ids(store)


def parted(run: Program) -> None:
    """Both stores go on with a story that was copied, each in its own way."""
    assert run("copy", "src", "dst").code == 0
    for place, text in (("src", b"Three."), ("dst", b"Another three.")):
        assert run("--store", place, "add", "--story", "s", "-", stdin=text).code == 0


def test_a_copy_makes_the_store_and_says_what_it_did(run: Program) -> None:
    done = run("copy", "src", "dst")
    assert (done.code, done.out) == (0, b"")
    assert done.err.splitlines() == [
        "made a store in dst",
        "25 of 25 versions copied; 0 were there; stories verified in both: 9 of 9",
    ]
    assert held(run.folder / "dst") == held(run.folder / "src")
    assert (run.folder / "dst" / ".vstore" / "config.yaml").exists()
    assert run("copy", "src", "dst").err == (
        "0 of 25 versions copied; 25 were there; stories verified in both: 9 of 9\n"
    )


def test_with_json_it_is_one_object(run: Program) -> None:
    form = {"stories": 9, "versions": 25, "copied": 25, "unchanged": 0, "diverged": 0, "damaged": 0}
    done = run("copy", "src", "dst", "--json")
    assert done.json == {**form, "verified": 9, "redacted": 0, "dry_run": False, "made": True}
    assert list(done.json) == [*form, "verified", "redacted", "dry_run", "made"]
    again = run("copy", "src", "dst", "--json", "--jobs", "2")
    assert again.json == {**done.json, "copied": 0, "unchanged": 25, "made": False}


def test_quiet_says_nothing(run: Program) -> None:
    done = run("copy", "-q", "src", "dst")
    assert (done.code, done.out, done.err) == (0, b"", "")


def test_a_dry_run_makes_no_store(run: Program) -> None:
    done = run("copy", "--dry-run", "src", "dst")
    assert (done.code, done.err) == (0, "25 of 25 versions would be copied; 0 were there\n")
    assert not (run.folder / "dst").exists()
    assert run("copy", "--dry-run", "--json", "src", "dst").json["made"] is False
    parted(run)
    before = held(run.folder / "dst")
    done = run("copy", "--dry-run", "src", "dst")
    assert (done.code, done.err.splitlines()[1]) == (
        7,
        "0 of 26 versions would be copied; 25 were there; diverged: 1",
    )
    assert held(run.folder / "dst") == before


def test_a_store_as_it_stood_then_can_be_copied(run: Program) -> None:
    assert run("copy", "--as-of", "2001", "src", "dst", "--json").json["stories"] == 0
    assert run("copy", "--as-of", "9999", "src", "dst", "--json").json["copied"] == 25


def test_a_story_that_diverged_is_told_and_the_rest_goes_in(run: Program) -> None:
    parted(run)
    assert run("--store", "src", "add", "--story", "zz", "-", stdin=b"New.").code == 0
    done = run("copy", "src", "dst", "--json")
    assert done.code == 7
    assert {name: done.json[name] for name in ("copied", "diverged")} == {"copied": 1, "diverged": 1}
    source, target = held(run.folder / "src"), held(run.folder / "dst")
    error = done.error
    assert (error["error"], error["story"], error["common"]) == ("Conflict", "s", 2)
    assert error["from"] == {"number": 3, "id": source["s"][2]}
    assert error["to"] == {"number": 3, "id": target["s"][2]}
    assert target["zz"] == source["zz"]
    told = run("copy", "src", "dst")
    assert source["s"][2][:12] in told.err
    assert target["s"][2][:12] in told.err


def test_damage_is_told_with_story_and_version_and_the_rest_goes_in(run: Program) -> None:
    key = "(SELECT story FROM head WHERE name = CAST('s' AS BLOB))"
    changed(run.folder / "src", f"UPDATE payload SET body = x'00' WHERE number = 2 AND story = {key}")
    done = run("copy", "src", "dst", "--json")
    assert done.code == 6
    assert (done.error["error"], done.error["story"], done.error["number"]) == ("Corrupt", "s", 2)
    assert (done.json["copied"], done.json["damaged"], done.json["verified"]) == (24, 1, 9)
    assert len(held(run.folder / "dst")["s"]) == 1
    assert run("copy", "src", "dst").code == 6
    assert run("--store", "dst", "fsck").code == 0


@pytest.mark.parametrize("same", ["src", "./src/../src", "src/.vstore", "link", "{}/src"])
def test_one_store_twice_is_refused(run: Program, same: str) -> None:
    (run.folder / "link").symlink_to("src")
    for words in (("src", same.format(run.folder)), (same.format(run.folder), "src")):
        done = run("copy", *words)
        assert done.code == 2
        assert "same store" in done.err


def test_what_is_not_there_is_not_copied_and_nothing_is_made_for_it(run: Program) -> None:
    done = run("copy", "nowhere", "dst")
    assert done.code == 3
    assert "no store at nowhere" in done.err
    assert not (run.folder / "dst").exists()


@pytest.mark.parametrize("place", ["memory:", "postgresql-of-tomorrow://host/news"])
def test_places_that_no_backend_keeps_are_not_there(run: Program, place: str) -> None:
    assert run("copy", "src", place).code == 3
    assert run("copy", place, "dst").code == 3
    assert run("copy", "--dry-run", "src", place).code == 3
    assert not (run.folder / "dst").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("src",),
        ("src", "dst", "more"),
        ("src", ""),
        ("", "dst"),
        ("src", "dst", "--store", "src"),
        ("src", "dst", "--jobs", "0"),
        ("src", "dst", "--as-of", "soon"),
        ("src", "dst", "--again"),
    ],
)
def test_wrong_words_are_usage(run: Program, words: tuple[str, ...]) -> None:
    assert run("copy", *words).code == 2


def test_the_store_of_the_environment_is_not_asked(run: Program) -> None:
    assert run("copy", "src", "dst", VSTORE_STORE="nowhere").code == 0


def test_a_target_that_is_no_store_is_refused(run: Program) -> None:
    (run.folder / "file").write_text("mine")
    (run.folder / "odd" / ".vstore").mkdir(parents=True)
    (run.folder / "odd" / ".vstore" / "store.db").write_text("mine as well, and not of SQLite " * 99)
    for place in ("file", "odd"):
        done = run("copy", "src", place)
        assert done.code == 5
        assert "Traceback" not in done.err
    assert (run.folder / "file").read_text() == "mine"


def test_a_locked_target_is_waited_for_only_so_long(run: Program) -> None:
    run("--store", "dst", "init")
    with vstore.open(run.folder / "dst") as other, other._storage.transaction():
        done = run("copy", "src", "dst", "--wait", "0")
    assert done.code == 5
    assert "locked" in done.err
    assert run("copy", "src", "dst").code == 0


@pytest.mark.slow
def test_progress_shows_on_a_terminal_and_leaves_no_trace(run: Program) -> None:
    with vstore.open(run.folder / "src") as store:
        fill_many(store)
    code, shown = run.on_terminal("copy", "src", "dst")
    assert code == 0
    assert b"versions copied\r\x1b[K" in shown
    assert shown.endswith(b"stories verified in both: 1,109 of 1,109\n")
    code, shown = run.on_terminal("copy", "-q", "src", "other")
    assert (code, shown) == (0, b"")


@pytest.mark.slow
def test_an_interrupted_copy_says_that_the_next_goes_on(run: Program) -> None:
    with vstore.open(run.folder / "src") as store:
        fill_many(store, 2_500)
    process = subprocess.Popen(
        run.command("copy", "src", "dst"), cwd=run.folder, env=environment(), stderr=subprocess.PIPE
    )
    log = run.folder / "dst" / ".vstore" / "store.db-wal"
    while not log.exists() or log.stat().st_size < 100_000:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"the next copy goes on" in told
    assert run("copy", "src", "dst").code == 0
    assert held(run.folder / "dst") == held(run.folder / "src")
