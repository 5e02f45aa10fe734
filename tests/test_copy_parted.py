"""Stores that parted, are damaged, or refuse: what can be copied is, the rest is told by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from archives import changed
from copies import copied, fill_many, ids

import vstore
from vstore import importing
from vstore.answers import Copied
from vstore.errors import BadReference, Conflict, Corrupt, StorageRefused
from vstore.store import Store

GOLDEN = Path(__file__).with_name("format_1.db.gz")
BATCH = 50


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several batches of little."""
    monkeypatch.setattr(importing, "BATCH_WIRES", BATCH)


# What parted


def test_a_story_that_diverged_is_told_with_both_heads_and_left_alone(source: Store, target: Store) -> None:
    for text in ("One.", "Two."):
        source.add("s", text)
    copied(source, target)
    source.add("s", "Three here.")
    source.add("s", "Four here.")
    target.add("s", "Three there.")
    source.add("zz", "After it.")
    before = ids(target)["s"]
    counts, (error,) = copied(source, target)
    assert counts == Copied(stories=2, versions=5, copied=1, unchanged=2, diverged=1, verified=1)
    assert isinstance(error, Conflict)
    assert error.facts == {
        "story": "s",
        "common": 2,
        "from": {"number": 4, "id": ids(source)["s"][-1]},
        "to": {"number": 3, "id": before[-1]},
    }
    assert ids(target) == {"s": before, "zz": ids(source)["zz"]}


@pytest.mark.parametrize("common", range(8))
def test_where_two_histories_parted_is_found(source: Store, target: Store, common: int) -> None:
    for number in range(8):
        source.add("s", f"Text {number}.")
        target.add("s", f"Text {number}." if number < common else f"Other {number}.")
    counts, (error,) = copied(source, target)
    assert (error.facts["common"], counts.unchanged, counts.copied) == (common, common, 0)


def test_another_who_writes_to_a_story_meanwhile_never_becomes_a_parent(tmp_path: Path) -> None:
    with (
        vstore.open("memory:") as source,
        vstore.open(tmp_path, create=True) as target,
        vstore.open(tmp_path) as other,
    ):
        for number in range(BATCH + 10):
            source.add("long", f"Text {number}.")
        source.add("next", "Text.")
        written: list[str] = []

        def meanwhile(counts: Copied) -> None:
            if counts.copied == BATCH and not written:
                written.append(other.add("long", "Another's.").version.id)

        counts, (error,) = copied(source, target, progress=meanwhile)
        assert isinstance(error, Conflict)
        assert error.facts["common"] == BATCH
        assert error.facts["to"] == {"number": BATCH + 1, "id": written[0]}
        assert (counts.copied, counts.diverged, counts.verified) == (BATCH + 1, 1, 2)
        assert target.version("next").id == source.version("next").id
        assert target.fsck().ok


def test_two_copies_at_once_make_one(tmp_path: Path) -> None:
    with (
        vstore.open("memory:") as source,
        vstore.open(tmp_path, create=True) as target,
        vstore.open(tmp_path) as other,
    ):
        fill_many(source, 110)
        others: list[Copied] = []

        def meanwhile(counts: Copied) -> None:
            if counts.copied and not others:
                others.append(Copied())  # before it hears of itself
                others[0] = other.copy_from(source)

        counts, refused = copied(source, target, progress=meanwhile)
        assert refused == []
        assert counts.copied + others[0].copied == counts.versions
        assert counts.copied + counts.unchanged == counts.versions
        assert (counts.verified, ids(target)) == (110, ids(source))


def test_a_source_that_grows_meanwhile_is_copied_as_it_was_found(tmp_path: Path, target: Store) -> None:
    with vstore.open(tmp_path, create=True) as source, vstore.open(tmp_path) as other:
        fill_many(source, 110)

        seen = set[tuple[int, ...]]()

        def meanwhile(counts: Copied) -> None:
            steps = (counts.stories // 30, counts.copied, counts.verified // 30)
            if steps not in seen:
                seen.add(steps)
                other.add("many 0", f"Text {len(seen)}.")

        counts, refused = copied(source, target, progress=meanwhile)
        assert (counts.verified, refused) == (110, [])
        assert copied(source, target)[0].copied > 0
        assert ids(target) == ids(source)


# What is damaged


def damaged(place: Path, sql: str) -> Store:
    """Three stories, of which the middle one was damaged; it has eight versions."""
    with vstore.open(place, create=True) as store:
        store.add("a", "Before it.")
        for number in range(8):
            store.add("s", f"A text with some words, of which the last is {number}.")
        store.add("z", "After it.")
    changed(place, sql)
    return vstore.open(place, read_only=True)


KEY = "story = (SELECT story FROM head WHERE name = CAST('s' AS BLOB))"
DAMAGE = {
    "text": (f"UPDATE payload SET body = x'00' WHERE number = 5 AND {KEY}", 4),
    "row": (f"UPDATE version SET words = 99 WHERE number = 5 AND {KEY}", 4),
    "first": (f"UPDATE version SET words = 99 WHERE number = 1 AND {KEY}", 0),
    "missing": (f"DELETE FROM version WHERE number = 6 AND {KEY}", 5),
    "facts": (f"UPDATE fact SET body = x'7b2261223a317d' WHERE number = 1 AND {KEY}", 0),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_version_is_named_and_what_came_before_it_is_kept(
    tmp_path: Path, target: Store, kind: str
) -> None:
    sql, good = DAMAGE[kind]
    with damaged(tmp_path, sql) as source:
        counts, (error,) = copied(source, target)
    assert isinstance(error, Corrupt)
    assert (error.facts["story"], error.facts["number"]) == ("s", good + 1)
    assert f"{good + 1}" in error.message
    assert (counts.copied, counts.damaged, counts.verified) == (good + 2, 1, 2 + bool(good))
    assert sorted(ids(target)) == ["a", *["s"] * bool(good), "z"]
    assert len(ids(target).get("s", [])) == good
    assert target.fsck().ok


def test_a_damaged_head_costs_its_story_only(tmp_path: Path, target: Store) -> None:
    with damaged(tmp_path, f"UPDATE head SET versions = 7 WHERE {KEY}") as source:
        counts, (error,) = copied(source, target)
    assert isinstance(error, Corrupt)
    assert error.facts["story"] == "s"
    assert (counts.copied, counts.damaged, sorted(ids(target))) == (2, 1, ["a", "z"])


def test_a_version_whose_id_does_not_follow_from_what_it_says_is_not_kept(target: Store) -> None:
    with vstore.open("memory:") as source:
        for text in ("One.", "Two.", "Three.", "Four."):
            source.add("s", text)
        source.add("z", "After it.")
        kept = source._storage._stories["s"]  # type: ignore[attr-defined]
        kept.rows[2] = kept.rows[2]._replace(dated="2019-01-15")
        counts, (error,) = copied(source, target)
        assert isinstance(error, Corrupt)
        assert (error.facts["story"], error.facts["number"]) == ("s", 3)
        assert (counts.copied, counts.damaged, counts.verified) == (3, 1, 2)
        assert ids(target)["s"] == ids(source)["s"][:2]
    assert target.fsck().ok


def test_a_damaged_target_ends_the_copy(tmp_path: Path) -> None:
    with damaged(tmp_path, DAMAGE["row"][0]):
        pass
    with vstore.open("memory:") as source, vstore.open(tmp_path) as target:
        copied(target, source)
        for number in range(8):
            source.add("t", f"Text {number}.")
        changed(tmp_path, f"UPDATE head SET versions = 7 WHERE {KEY}")
        with pytest.raises(Corrupt):
            copied(source, target)


# What refuses


def test_a_target_that_is_full_keeps_what_was_kept_and_a_rerun_completes_it(tmp_path: Path) -> None:
    with vstore.open("memory:") as source:
        fill_many(source, 600)
        with vstore.open(tmp_path, create=True) as target:
            connection = target._storage._database.mine()  # type: ignore[attr-defined]
            connection.execute("PRAGMA max_page_count = 60").fetchall()
            with pytest.raises(StorageRefused, match="no room"):
                copied(source, target)
        with vstore.open(tmp_path) as target:
            held = sum(map(len, ids(target).values()))
            assert held > 0
            assert target.fsck().ok
            counts, _ = copied(source, target)
            assert (counts.unchanged, counts.copied) == (held, 900 - held)
            assert ids(target) == ids(source)


def test_a_target_that_is_only_read_refuses(tmp_path: Path) -> None:
    vstore.open(tmp_path, create=True).close()
    with vstore.open("memory:") as source, vstore.open(tmp_path, read_only=True) as target:
        source.add("s", "Text.")
        with pytest.raises(StorageRefused, match="read-only"):
            target.copy_from(source)


def test_a_store_is_not_copied_into_itself(source: Store, tmp_path: Path) -> None:
    with pytest.raises(BadReference, match="same store"):
        source.copy_from(source)
    vstore.open(tmp_path / "one", create=True).close()
    (tmp_path / "link").symlink_to(tmp_path / "one")
    with vstore.open(tmp_path / "one") as one, vstore.open(tmp_path / "link") as other:
        with pytest.raises(BadReference, match="same store"):
            one.copy_from(other)
        with pytest.raises(BadReference, match="same store"):
            one.copy_from(other.as_of("2019"))


def test_jobs_that_are_none_are_refused(source: Store, target: Store) -> None:
    with pytest.raises(BadReference, match="jobs"):
        target.copy_from(source, jobs=0)


def test_the_source_is_not_written_to_and_no_transaction_stands_open_on_it(
    tmp_path: Path, target: Store
) -> None:
    with vstore.open(tmp_path, create=True) as source:
        fill_many(source, 110)
    place = tmp_path / ".vstore" / "store.db"
    before = place.read_bytes()
    with vstore.open(tmp_path, read_only=True) as source:

        def reset(_: Copied) -> None:
            connection = source._storage._database.mine()  # type: ignore[attr-defined]
            assert not connection.in_transaction
            assert len(source._storage._database._all) == 1  # type: ignore[attr-defined]

        copied(source, target, progress=reset)
    assert place.read_bytes() == before
