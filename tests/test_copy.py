"""A store copied into another, on every pair of backends. Issue 5, "Movement"."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from backends import Clock
from copies import copied, fill_many, fill_odd, ids, told
from filled import fill
from hypothesis import given, settings
from hypothesis import strategies as st

import vstore
from vstore import importing
from vstore.answers import Copied
from vstore.errors import WrongFormat
from vstore.storage.contract import Storage
from vstore.store import Store

GOLDEN = Path(__file__).with_name("format_1.db.gz")


# What is equal


def test_a_copy_answers_every_question_as_its_source(source: Store, target: Store, clock: Clock) -> None:
    fill_odd(source)
    clock.pass_by(100)
    counts, refused = copied(source, target)
    versions = sum(story.versions for story in source.stories())
    assert counts == Copied(stories=7, versions=versions, copied=versions, verified=7)
    assert refused == []
    assert told(target) == told(source)
    assert target.fsck().ok


@pytest.mark.slow
def test_a_packed_source_makes_no_difference(source: Store, target: Store) -> None:
    fill(source)
    assert source.gc().repacked
    counts, _ = copied(source, target)
    assert counts.copied == counts.versions > 250
    assert told(target, blamed=False) == told(source, blamed=False)
    assert target.fsck().ok


def test_with_two_processes_the_same_is_kept(
    source: Store, target: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH_WIRES", 50)
    fill_odd(source)
    fill_many(source, 40)
    target.copy_from(source, jobs=2)
    assert told(target, blamed=False) == told(source, blamed=False)
    assert target.fsck().ok


def test_an_empty_store_is_copied_too(source: Store, target: Store) -> None:
    assert copied(source, target) == (Copied(), [])


def test_a_store_of_an_older_format_is_copied_as_it_lies(tmp_path: Path, target: Store) -> None:
    (tmp_path / "old" / ".vstore").mkdir(parents=True)
    place = tmp_path / "old" / ".vstore" / "store.db"
    place.write_bytes(gzip.decompress(GOLDEN.read_bytes()))
    with vstore.open(tmp_path / "old", read_only=True) as old:
        counts, refused = copied(old, target)
        assert (counts.copied, counts.verified, refused) == (counts.versions, counts.stories, [])
        assert told(target) == told(old)
    assert target.fsck().ok
    target.add("new", "More.")
    with vstore.open(tmp_path / "old") as old, pytest.raises(WrongFormat, match="vstore upgrade"):
        old.copy_from(target)


def test_recorded_is_the_clock_of_the_copy_and_sightings_stay_behind(target: Store, tmp_path: Path) -> None:
    with vstore.open(tmp_path / "source", create=True) as source:
        source.add("s", "One.")
        source.add("s", "One.")
        copied(source, target)
    version = target.version("s")
    assert version.recorded == version.last_seen == "2026-01-01T00:00:00.000000Z"


def test_a_store_as_it_stood_is_copied_as_it_stood(source: Store, target: Store, clock: Clock) -> None:
    source.add("s", "One.")
    source.add("s", "One. Two.")
    clock.pass_by(60)
    source.add("s", "Three.")
    source.add("later", "Text.")
    counts = target.copy_from(source.as_of("2026-01-01T00:00:30Z"))
    assert counts == Copied(stories=1, versions=2, copied=2, verified=1)
    assert ids(target) == {"s": ids(source)["s"][:2]}
    assert target.copy_from(source).copied == 2


WIRES = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from(["", "A b c.", "A b d.\n\nE.", "nul\0", "👩‍👩‍👧 é"]),
        st.sampled_from([None, "2018", "2019-01-15T10:00", "2019-01-15T10:00:00.5+02:00"]),
        st.sampled_from([None, "X", "Y"]),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=100)
@given(WIRES, st.integers(0, 12))
def test_whatever_came_in_and_whatever_was_copied_before_a_copy_is_equal(
    wires: list[tuple[str, str, str | None, str | None, bool]], before: int
) -> None:
    with vstore.open("memory:") as source, vstore.open("memory:") as target:
        for number, (story, text, date, agency, again) in enumerate(wires):
            if number == before:
                target.copy_from(source)
            source.add(story, text, date=date, source=agency, again=again)
        counts, refused = copied(source, target)
        assert counts.copied + counts.unchanged == counts.versions == sum(map(len, ids(source).values()))
        assert (counts.verified, refused) == (counts.stories, [])
        assert told(target) == told(source)


# Again, and after a stop


def reads(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stories of which it reads rows or payloads from now on."""
    found: list[str] = []
    for name in ("rows", "link", "links"):
        ask = getattr(storage, name)

        def noted(story: str, *rest: int, ask: Callable[..., object] = ask) -> object:
            found.append(story)
            return ask(story, *rest)

        monkeypatch.setattr(storage, name, noted)
    return found


def test_a_copy_again_adds_nothing_and_reads_no_text(
    source: Store, target: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_odd(source)
    first, _ = copied(source, target)
    seen = [version.last_seen for version in target.log()]
    read = reads(source._storage, monkeypatch)
    again, refused = copied(source, target)
    assert again == Copied(
        stories=first.stories, versions=first.versions, unchanged=first.versions, verified=first.stories
    )
    assert (read, refused) == ([], [])
    assert [version.last_seen for version in target.log()] == seen


def test_a_story_goes_on_from_what_both_have(
    source: Store, target: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_odd(source)
    copied(source, target)
    source.add("late", "Later still.", date="2020")
    source.add("late", "Late again.", date="2019-01-12")
    read = reads(source._storage, monkeypatch)
    counts, _ = copied(source, target)
    assert (counts.copied, counts.unchanged) == (2, counts.versions - 2)
    assert set(read) == {"late"}
    assert told(target) == told(source)


def test_a_target_that_is_ahead_is_left_as_it_is(source: Store, target: Store) -> None:
    source.add("s", "One.")
    copied(source, target)
    target.add("s", "Two.")
    target.add("own", "Only here.")
    before = told(target)
    assert copied(source, target) == (Copied(stories=1, versions=1, unchanged=1, verified=1), [])
    assert told(target) == before


class StopError(Exception):
    pass


def test_a_copy_that_is_stopped_at_any_batch_goes_on_where_it_was(
    source: Store, target: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH_WIRES", 20)
    fill_many(source, 44)
    stops = 0
    while True:
        start = sum(map(len, ids(target).values()))

        def stop(counts: Copied) -> None:
            if counts.copied:
                raise StopError

        try:
            counts, _ = copied(source, target, progress=stop)
        except StopError:
            stops += 1
            held = sum(map(len, ids(target).values()))
            assert 0 < held - start <= 20
            assert target.fsck().ok
        else:
            break
    assert stops == -(-66 // 20)
    assert (counts.copied, counts.unchanged, counts.verified) == (0, 66, 44)
    assert ids(target) == ids(source)


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_copy_that_is_stopped_within_a_story_goes_on_within_it(
    target: Store, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH_WIRES", 50)
    with vstore.open("memory:") as source:
        source.import_wires(vstore.Wire(story="s", text=f"Text {n}. " * 20) for n in range(120))

        def stop(counts: Copied) -> None:
            if counts.copied >= after * 50 - 30:
                raise StopError

        with pytest.raises(StopError):
            copied(source, target, progress=stop)
        held = target.version("s").number
        counts, _ = copied(source, target)
        assert (counts.unchanged, counts.copied) == (held, 120 - held)
        assert ids(target) == ids(source)


def test_progress_tells_what_was_done_so_far(source: Store, target: Store) -> None:
    fill_odd(source)
    heard: list[Copied] = []
    counts, _ = copied(source, target, progress=heard.append)
    assert heard[-1] == counts
    for name in ("stories", "versions", "copied", "verified"):
        figures = [getattr(each, name) for each in heard]
        assert figures == sorted(figures)


def test_a_dry_run_tells_keeps_nothing_and_reads_no_text(
    source: Store, target: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_odd(source)
    target.add("twins", "Another.")
    read = reads(source._storage, monkeypatch)
    expected, _ = copied(source, target, dry_run=True)
    assert (list(ids(target)), read) == (["twins"], [])
    done, _ = copied(source, target)
    assert (expected.dry_run, expected.verified) == (True, 0)
    assert (expected.copied, expected.diverged) == (done.copied, done.diverged) == (19, 1)
