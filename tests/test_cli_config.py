"""What `config.yaml` says holds wherever an option does not say otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_program import Program

import vstore
from vstore.config import DEFAULTS
from vstore.dates import zone


@pytest.fixture
def run(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    program("init")
    (tmp_path / ".vstore" / "config.yaml").write_text("tz: '+02:00'\npager: false\n", encoding="utf-8")
    (tmp_path / "wire.txt").write_text("The river rose.", encoding="utf-8")
    return program


def add(run: Program, *options: str) -> None:
    assert run("add", "--story", "floods", "--date", "2019-01-15T10:00", *options, "wire.txt").code == 0


def dated(run: Program) -> str:
    found: str = run("log", "floods", "--json").json["dated"]
    return found


def test_a_time_without_a_zone_is_one_of_the_configured_zone(run: Program) -> None:
    add(run)
    assert dated(run) == "2019-01-15T10:00+02:00"


def test_the_option_wins_over_the_configured_zone(run: Program) -> None:
    add(run, "--tz", "UTC")
    assert dated(run) == "2019-01-15T10:00+00:00"


def test_a_wires_own_date_is_read_in_the_configured_zone(run: Program) -> None:
    wire = "---\ndate: 2019-01-15 10:00\n---\nThe river rose."
    (run.folder / "wire.md").write_text(wire, encoding="utf-8")
    run("add", "--story", "floods", "wire.md")
    assert dated(run) == "2019-01-15T10:00+02:00"


def test_imported_times_are_read_in_the_configured_zone(run: Program) -> None:
    line = json.dumps({"story": "floods", "text": "The river rose.", "date": "2019-01-15T10:00"})
    run("import", "-", stdin=line.encode())
    assert dated(run) == "2019-01-15T10:00+02:00"


def test_references_and_filters_are_read_in_the_configured_zone(run: Program) -> None:
    add(run)
    assert run("show", "floods@2019-01-15T10:00").code == 0
    assert run("show", "floods@2019-01-15T10:00", "--tz", "+03:00").code == 3
    assert run("log", "floods", "--since", "2019-01-15T10:00").code == 0
    assert run("log", "floods", "--since", "2019-01-15T10:00", "--tz", "UTC").code == 1


def test_dates_are_shown_in_the_configured_zone(run: Program) -> None:
    add(run, "--tz", "UTC")
    assert "Date:     2019-01-15 12:00 +02:00" in run("log", "floods").lines
    assert "Date:     2019-01-15 13:00 +03:00" in run("log", "floods", "--tz", "+03:00").lines
    assert "2019-01-15 12:00 +02:00" in run("stories").out.decode()
    assert "2019-01-15 12:00 +02:00" in run("blame", "floods").out.decode()


@pytest.mark.slow
@pytest.mark.parametrize("configured", [True, False])
def test_no_pager_comes_where_none_is_wanted(run: Program, configured: bool) -> None:
    add(run)
    if configured:
        (run.folder / ".vstore" / "config.yaml").unlink()
    for command in ("stories", "log", "show", "diff", "blame"):
        words = (command, *(["floods"] if command != "stories" else []))
        _, shown = run.on_terminal(*words, VSTORE_PAGER="sed s/^/paged:/")
        assert (b"paged:" in shown) == configured, command


def test_a_store_tells_its_zone_and_its_settings(run: Program) -> None:
    with vstore.open(run.folder) as store:
        assert store.tz == zone("+02:00")
        assert not store.settings.pager
        assert store.as_of("2019").tz == store.tz
        assert store.as_of("2019").settings == store.settings
    with vstore.open(run.folder, tz="UTC") as store:
        assert store.tz == zone("UTC")
    with vstore.open("memory:") as store:
        assert (store.tz, store.settings) == (None, DEFAULTS)
