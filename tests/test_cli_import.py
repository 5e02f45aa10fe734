"""`vstore import`."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cli_program import Program, environment

from vstore import places
from vstore.importing import BATCH_WIRES


@pytest.fixture
def run(tmp_path: Path) -> Program:
    """A folder with an empty store."""
    places.init(tmp_path)
    return Program(tmp_path)


def lines(*wires: dict[str, Any] | str) -> bytes:
    return "".join((wire if isinstance(wire, str) else json.dumps(wire)) + "\n" for wire in wires).encode()


FOUR = lines(
    {"story": "a", "text": "one", "date": "2019-01-15"},
    {"story": "a", "text": "two", "date": "2019-01-16", "headline": "H"},
    {"story": "b", "text": "one"},
    {"story": "a", "text": "two", "date": "2019-01-17", "headline": "H"},
)


def test_an_import_ends_with_its_counts_on_stderr(run: Program) -> None:
    answer = run("import", "-", stdin=FOUR)
    assert (answer.code, answer.out, answer.err) == (0, b"", "2 new, 1 changed, 1 same, 0 bad\n")


def test_with_json_the_counts_are_an_object(run: Program) -> None:
    answer = run("import", "-", "--json", stdin=FOUR)
    assert (answer.code, answer.out) == (0, b"")
    assert json.loads(answer.err) == {"new": 2, "changed": 1, "same": 1, "bad": 0}


def test_verbose_tells_every_wire(run: Program) -> None:
    (run.folder / "four.jsonl").write_bytes(FOUR)
    answer = run("import", "four.jsonl", "-v")
    assert [line.split()[::2] for line in answer.lines] == [
        ["a@1", "new"],
        ["a@2", "changed"],
        ["b@1", "new"],
        ["a@2", "same"],
    ]
    forms = run("import", "four.jsonl", "-v", "--json").objects
    assert [form["outcome"] for form in forms] == ["same"] * 4
    assert forms[0].keys() == {"story", "number", "id", "text_id", "outcome", "input"}
    assert forms[0]["input"] == "four.jsonl"


def test_a_wire_without_a_date_stays_undated(run: Program) -> None:
    run("import", "-", stdin=FOUR)
    assert run("log", "b", "--json").json["dated"] is None


def test_a_bad_line_is_told_by_its_number_and_the_rest_goes_in(run: Program) -> None:
    answer = run(
        "import",
        "-",
        stdin=lines({"story": "a", "text": "one"}, "{broken", {"text": "x"}, {"story": "b", "text": "two"}),
    )
    assert answer.code == 7
    said = answer.err.splitlines()
    assert said[0].startswith("vstore: line 2: ")
    assert said[1].startswith("vstore: line 3: ")
    assert said[2] == "2 new, 0 changed, 0 same, 2 bad"
    assert len(run("stories").lines) == 2


def test_with_json_a_bad_line_is_an_object(run: Program) -> None:
    answer = run("import", "-", "--json", stdin=lines("{broken", {"story": "a", "text": "one"}))
    bad, counts = [json.loads(line) for line in answer.err.splitlines()]
    assert (bad["error"], bad["line"]) == ("BadWire", 1)
    assert counts["bad"] == 1


def test_quiet_tells_errors_alone(run: Program) -> None:
    assert run("import", "-", "-q", stdin=FOUR).err == ""
    answer = run("import", "-", "-q", stdin=b"{broken\n")
    assert len(answer.err.splitlines()) == 1


def test_strict_stops_at_the_first_bad_line_and_keeps_nothing(run: Program) -> None:
    answer = run("import", "-", "--strict", stdin=FOUR + b"{broken\n")
    assert answer.code == 2
    assert answer.err.startswith("vstore: line 5: ")
    assert run("stories").lines == []
    assert run("import", "-", "--strict", stdin=FOUR).code == 0


def test_a_dry_run_keeps_nothing(run: Program) -> None:
    answer = run("import", "-", "--dry-run", stdin=FOUR)
    assert (answer.code, answer.err) == (0, "2 new, 1 changed, 1 same, 0 bad (a dry run: nothing was kept)\n")
    assert run("stories").lines == []


def test_again_keeps_what_says_nothing_new(run: Program) -> None:
    assert "2 new, 2 changed, 0 same" in run("import", "-", "--again", stdin=FOUR).err


def test_run_again_it_adds_nothing(run: Program) -> None:
    wires = lines(*({"story": "a", "text": text, "date": "2019"} for text in "ABA"))
    assert "1 new, 2 changed" in run("import", "-", stdin=wires).err
    assert "0 new, 0 changed, 3 same" in run("import", "-", stdin=wires).err


def test_other_peoples_keys_can_be_mapped(run: Program) -> None:
    wire = {"guid": "g-7", "body": "Text.", "published": "2019-01-15", "section": "sport"}
    answer = run("import", "-", "--map", "story=guid,text=body,date=published", stdin=lines(wire))
    assert answer.code == 0
    version = run("log", "g-7", "--json").json
    assert (version["dated"], version["extra"]["section"]) == ("2019-01-15", "sport")


@pytest.mark.parametrize("given", ["story", "=x", "story=", "nonsense=x"])
def test_a_map_that_cannot_be_read_is_refused(run: Program, given: str) -> None:
    assert run("import", "-", "--map", given, stdin=FOUR).code == 2


def test_naive_times_are_read_in_the_zone(run: Program) -> None:
    run("import", "-", "--tz", "+02:00", stdin=lines({"story": "a", "text": "x", "date": "2019-01-15T10:00"}))
    assert run("log", "a", "--json").json["dated"] == "2019-01-15T10:00+02:00"


def test_packed_lines_are_read(run: Program) -> None:
    (run.folder / "four.jsonl.gz").write_bytes(gzip.compress(FOUR))
    assert run("import", "four.jsonl.gz").code == 0


def test_lines_that_are_cut_off_are_told(run: Program) -> None:
    packed = gzip.compress(FOUR)
    (run.folder / "four.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    assert run("import", "four.jsonl.gz").code in (2, 7)


def test_a_missing_file_is_told(run: Program) -> None:
    answer = run("import", "missing.jsonl")
    assert (answer.code, answer.err) == (2, "vstore: there is no file missing.jsonl\n")


def test_ctrl_c_keeps_what_was_committed_and_says_how_many(run: Program) -> None:
    process = subprocess.Popen(
        run.command("import", "-"),
        cwd=run.folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    wires = BATCH_WIRES + 1000
    process.stdin.write(lines(*({"story": f"s{number}", "text": "x"} for number in range(wires))))
    process.stdin.flush()
    while not run("stories").lines:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    kept = len(run("stories").lines)
    assert 0 < kept < wires
    assert said.decode() == (
        f"vstore: interrupted; what was done is kept: {kept:,} new, 0 changed, 0 same, 0 bad\n"
    )
    assert run("fsck").code == 0


@pytest.mark.slow
def test_progress_shows_on_a_terminal_alone_and_is_erased(run: Program) -> None:
    (run.folder / "many.jsonl").write_bytes(
        lines(*({"story": f"s{number}", "text": f"text {number}"} for number in range(6000)))
    )
    code, shown = run.on_terminal("import", "many.jsonl")
    assert code == 0
    assert b"\r\x1b[K" in shown
    assert shown.rpartition(b"\x1b[K")[2] == b"6,000 new, 0 changed, 0 same, 0 bad\n"
    assert run.apart("import", "many.jsonl").err == "0 new, 0 changed, 6,000 same, 0 bad\n"


def test_an_export_imported_into_an_empty_store_gives_equal_ids(run: Program, tmp_path: Path) -> None:
    run("import", "-", stdin=FOUR)
    places.init(tmp_path / "other")
    other = Program(tmp_path / "other")
    assert other("import", "-", stdin=run("export", "--jsonl", "-").out).code == 0
    ids = [version["id"] for version in run("log", "--json").objects]
    assert sorted(version["id"] for version in other("log", "--json").objects) == sorted(ids)
