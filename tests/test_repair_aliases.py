"""What `repair` does with aliases: what facts say is found again, what was given stays, damage goes."""

from __future__ import annotations

from pathlib import Path

import pytest

import vstore
from vstore import aliases
from vstore.storage.sqlite import SqliteDatabase

ITEM, PAGE = "urn:newsml:example.org:20190115:nk7", "https://example.org/talks"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with vstore.open(tmp_path, create=True) as store:
        store.add("talks", "The talks resume.", guid=ITEM, url=PAGE, date="2019-01-15")
        store.add("bread", "Bread is dearer.", date="2019-01-15")
        store.add_alias("talks", "us-nk")
        store.add_alias("bread", "loaf")
    return tmp_path


@pytest.mark.parametrize(
    ("damage", "level"),
    [
        ("DELETE FROM alias WHERE kind = 0", "default"),
        ("UPDATE alias SET checksum = 7 WHERE kind = 0", "default"),
        (
            f"UPDATE alias SET digest = x'{'00' * 16}' WHERE digest = x'{aliases.digest(ITEM).hex()}'",
            "deep",
        ),
        ("UPDATE alias SET kind = 0 WHERE name = 'loaf'", "deep"),
        ("UPDATE alias SET name = 'leaf' WHERE name = 'loaf'", "default"),
        ("DELETE FROM version WHERE story = 1", "default"),
    ],
)
def test_after_a_repair_stories_are_known_as_before_or_as_far_as_is_left(
    folder: Path, damage: str, level: str
) -> None:
    database = SqliteDatabase(folder / ".vstore" / "store.db")
    with database.writing() as connection:
        connection.execute(damage)
    database.close()
    with vstore.open(folder) as store:
        is_whole = store.fsck(level=level).ok  # type: ignore[arg-type]
    done = vstore.repair(folder, level=level)  # type: ignore[arg-type]
    with vstore.open(folder) as store:
        left = [problem for problem in store.fsck(level="deep").problems if problem.problem == "alias"]
        assert left == []
        if "DELETE FROM version" not in damage:
            assert store.story_of(guid=ITEM) == store.story_of(url=PAGE) == "talks"
            assert store.story_named("us-nk") == "talks"
        found = store._storage.known_as(aliases.digest("loaf"))
        assert [story for story, _ in found] == ([] if "loaf" in damage else ["bread"])
    assert is_whole is False or done.before.ok
