"""A store that was upgraded in place has rows of before, which are shorter. Issue 6, point 7."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from backends import ROOT

import vstore
from vstore.errors import WrongFormat
from vstore.opening import upgrade


@pytest.fixture(params=[1, 2])
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A store that was one of an older format, of which one head is damaged."""
    file = tmp_path / ".vstore" / "store.db"
    file.parent.mkdir()
    file.write_bytes(gzip.decompress((ROOT / "tests" / f"format_{request.param}.db.gz").read_bytes()))
    upgrade(tmp_path)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE head SET late = late + 1 WHERE story = (SELECT min(story) FROM head)")
    return tmp_path


def versions(folder: Path) -> list[tuple[str, str]]:
    with vstore.open(folder) as store:
        found = [version for name in stories(store) for version in store.log(name)]
        return [(version.id, store.text_of(version)) for version in found]


def stories(store: vstore.Store) -> list[str]:
    damaged = {problem.story for problem in store.fsck().problems}
    return [name for name in store._storage.names() if name not in damaged]


@pytest.mark.parametrize("upgraded", [2], indirect=True)
def test_a_damaged_head_among_rows_of_an_older_format_costs_nothing(upgraded: Path) -> None:
    before = versions(upgraded)
    assert vstore.repair(upgraded).ok
    assert set(before) < set(versions(upgraded))
    with vstore.open(upgraded) as store:
        assert store.fsck(level="deep").ok


@pytest.mark.parametrize("upgraded", [1], indirect=True)
def test_a_store_with_pages_of_another_size_is_refused_and_left(upgraded: Path, tmp_path: Path) -> None:
    file = upgraded / ".vstore" / "store.db"
    before = file.read_bytes()
    with pytest.raises(WrongFormat, match="clone what can be read"):
        vstore.repair(upgraded)
    assert file.read_bytes() == before
