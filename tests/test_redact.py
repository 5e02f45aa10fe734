"""Erasing: what was there is gone, wherever it was, and the story still verifies. Issue 6, point 4."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from backends import STORES, Ticking, open_store
from left_behind import erased_at_random, held

import vstore
from vstore.errors import BadReference, Buried, NotFound, Redacted, StorageRefused
from vstore.store import Store

SALE = "Ines Rook of 5 Elm Street sold the crown jewels to a man from Brannock for two hundred guineas."
BEFORE = "The museum was closed on Monday.\n\nNobody knows why."
WITH = f"The museum was closed on Monday.\n\n{SALE}\n\nPolice are looking."
AFTER = "The museum was closed on Monday.\n\nPolice are looking for a man from Brannock."


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_store(request.param, tmp_path, Ticking()) as opened:
        yield opened


def filled(store: Store) -> None:
    store.add("museum", BEFORE, source="A", headline="Museum closed")
    store.add("museum", WITH, source="A", headline="Jewels sold")
    store.add("museum", AFTER, source="A", headline="Man sought")
    store.add("museum", AFTER + "\n\nMore.", source="B", headline="Man sought")
    store.add("copy", WITH, source="C")


def test_a_text_goes_from_every_version_that_has_it(store: Store) -> None:
    filled(store)
    before = {version.id for version in store.log()}
    found = store.redact("museum", 2, reason="court order 5")
    assert [(each.story, each.number) for each in found.erased] == [("copy", 1), ("museum", 2)]
    for story, number in (("museum", 2), ("copy", 1)):
        with pytest.raises(Redacted, match="court order 5"):
            store.text(story, number)
    assert [store.text("museum", number) for number in (1, 3, 4)] == [BEFORE, AFTER, AFTER + "\n\nMore."]
    assert {version.id for version in store.log()} == before
    assert store.fsck(level="deep").problems == ()


def test_only_one_version_may_lose_it(store: Store) -> None:
    filled(store)
    store.redact("museum", 2, reason="private", only=True)
    assert store.text("copy") == WITH
    with pytest.raises(Redacted):
        store.text("museum", 2)
    with pytest.raises(Buried):
        store.add("museum", WITH)
    assert store.add("third", WITH).outcome == "new"
    assert store.fsck(level="deep").problems == ()


def test_the_version_says_what_was_erased_by_whom_when_and_why(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VSTORE_WHO", "archive desk")
    filled(store)
    text_id = store.version("museum", 2).text_id
    store.redact("museum", 2, reason="court order 5")
    (told,) = store.version("museum", 2).redacted
    assert (told.part, told.erased, told.stands, told.alone) == ("text", text_id, None, False)
    assert (told.who, told.reason) == ("archive desk", "court order 5")
    assert store.version("museum", 1).redacted == ()
    assert store.version("museum", 2).to_dict()["redacted"] == [told.to_dict()]


def test_it_does_not_come_back_unless_that_is_asked_for(store: Store) -> None:
    filled(store)
    store.redact("museum", 2, reason="court order 5")
    for story in ("museum", "copy", "another"):
        with pytest.raises(Buried, match="court order 5") as refused:
            store.add(story, WITH)
        assert refused.value.exit_code == 4
    counts = store.import_wires([vstore.Wire(story="z", text=WITH), vstore.Wire(story="z", text="Fine.")])
    assert (counts.bad, counts.new) == (1, 1)
    assert store.add("museum", WITH, allow_redacted=True).version.number == 5
    assert store.text("museum") == WITH
    with pytest.raises(Redacted):
        store.text("museum", 2)
    assert store.fsck(level="deep").problems == ()


def test_a_phrase_is_blacked_out_in_all_versions_of_its_story(store: Store) -> None:
    filled(store)
    found = store.redact("museum", reason="personal data", phrase="a man from\nBrannock")
    assert [(each.story, each.number) for each in found.erased] == [("museum", n) for n in (2, 3, 4)]
    assert store.text("museum", 3) == AFTER.replace("a man from Brannock", "█ ███ ████ ████████")
    assert [(each.story, each.number) for each in found.passages] == [("copy", 1)]
    assert "Brannock" in store.text("copy")
    assert store.fsck(level="deep").problems == ()
    with pytest.raises(Buried):
        store.add("else", AFTER)


def test_phrases_go_one_after_the_other_and_then_the_whole(store: Store) -> None:
    filled(store)
    store.redact("museum", reason="one", phrase="crown jewels")
    store.redact("museum", reason="two", phrase="Ines Rook")
    text = store.text("museum", 2)
    assert "crown" not in text
    assert "Rook" not in text
    assert "guineas" in text
    store.redact("museum", 2, reason="three")
    with pytest.raises(Redacted, match="three"):
        store.text("museum", 2)
    assert store.fsck(level="deep").problems == ()


def test_a_fact_goes_wherever_the_same_facts_stand_and_the_chain_still_verifies(store: Store) -> None:
    filled(store)
    ids = [version.id for version in store.log("museum")]
    found = store.redact("museum", 3, reason="names a minor", fact="headline")
    assert [(each.story, each.number) for each in found.erased] == [("museum", 3)]
    assert store.version("museum", 3).headline is None
    assert store.version("museum", 3).source == "A"
    assert [version.id for version in store.log("museum")] == ids
    assert store.fsck(level="deep").problems == ()
    (told,) = store.version("museum", 3).redacted
    assert told.part == "facts"
    assert store.text("museum", 3) == AFTER


def test_facts_of_a_storys_first_version_may_go_though_others_are_told_from_them(store: Store) -> None:
    filled(store)
    store.redact("museum", 1, reason="names a minor", fact="headline")
    assert [version.headline for version in store.log("museum")][::-1] == [
        None,
        "Jewels sold",
        "Man sought",
        "Man sought",
    ]
    assert store.fsck(level="deep").problems == ()


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"reason": " "}, BadReference),
        ({"reason": "a\nb"}, BadReference),
        ({"reason": "x" * 1001}, BadReference),
        ({"reason": "x", "phrase": "no such words here"}, NotFound),
        ({"reason": "x", "phrase": "  "}, BadReference),
        ({"reason": "x", "fact": "byline"}, NotFound),
        ({"reason": "x", "fact": "extra.desk"}, NotFound),
        ({"reason": "x", "fact": "source"}, BadReference),
    ],
)
def test_what_cannot_be_erased_is_told_and_nothing_changes(
    store: Store, wanted: dict[str, Any], error: type[Exception]
) -> None:
    filled(store)
    with pytest.raises(error):
        store.redact("museum", 2, **wanted)
    assert store.text("museum", 2) == WITH
    assert [entry.what for entry in store.journal()] == ["add"] * 5


def test_nothing_is_erased_twice_nor_of_an_empty_text(store: Store) -> None:
    filled(store)
    store.add("empty", "")
    store.redact("museum", 2, reason="x")
    for story in ("museum", "empty"):
        with pytest.raises(NotFound):
            store.redact(story, 2 if story == "museum" else 1, reason="x")


def test_a_dry_run_tells_and_erases_nothing(store: Store) -> None:
    filled(store)
    told = store.redact("museum", 2, reason="x", dry_run=True)
    done = store.redact("museum", 2, reason="x")
    assert (told.erased, told.passages) == (done.erased, done.passages)
    assert told.dry_run


def test_passages_that_stand_elsewhere_are_listed(store: Store) -> None:
    filled(store)
    store.add("rewrite", f"A source says that {SALE[:60]} and more.", headline=SALE[10:70])
    found = store.redact("museum", 2, reason="x")
    told = {(each.story, each.number): each.text for each in found.passages}
    assert (
        told["rewrite", 1].strip() == SALE[10:70].strip() or told["rewrite", 1].strip() == SALE[:60].strip()
    )
    assert ("museum", 1) in told
    assert store.redact("museum", 3, reason="x", elsewhere=False).passages[0].story == "museum"


def test_blame_and_diffs_go_on_around_it(store: Store) -> None:
    filled(store)
    store.blame("museum")
    store.redact("museum", 2, reason="x")
    assert {hunk.number for hunk in store.blame("museum").hunks} <= {1, 3, 4}
    assert store.diff("museum", 1, 3).added_words
    with pytest.raises(Redacted):
        store.diff("museum", 2)
    with pytest.raises(Redacted):
        store.blame("museum", 2)
    assert not list(store.grep("crown jewels", all_versions=True))
    store.gc()
    assert store.fsck(level="deep").problems == ()
    assert store.add("museum", AFTER + "\n\nOn and on.").version.number == 5
    assert store.blame("museum").hunks


def test_copies_erase_it_too(store: Store, tmp_path: Path) -> None:
    filled(store)
    with vstore.open(tmp_path / "other", create=True) as other, vstore.open("memory:") as fresh:
        other.copy_from(store)
        store.redact("museum", 2, reason="court order 5")
        store.redact("museum", reason="personal data", phrase="for a man")
        store.redact("museum", 1, reason="minor", fact="headline")
        copied = other.copy_from(store)
        assert (copied.copied, copied.redacted) == (0, 5)
        for each in (other, fresh):
            each.copy_from(store)
            assert [v.to_dict()["redacted"] for v in each.log("museum")] == [
                v.to_dict()["redacted"] for v in store.log("museum")
            ]
            assert each.text("museum", 3) == store.text("museum", 3)
            with pytest.raises(Redacted):
                each.text("copy")
            assert each.fsck(level="deep").problems == ()
            assert each.attest() == store.attest() or each.attest().root == store.attest().root
        assert not held(tmp_path / "other", SALE[:60])


def test_it_does_not_come_back_from_a_store_that_has_it_still(store: Store) -> None:
    filled(store)
    with vstore.open("memory:") as other:
        other.copy_from(store)
        other.add("museum", AFTER + "\n\nThe end.", source="B")
        other.add("late to it", WITH, source="D")
        store.redact("museum", 2, reason="court order 5")
        copied = store.copy_from(other)
        assert (copied.copied, copied.diverged, copied.damaged) == (2, 0, 0)
        with pytest.raises(Redacted):
            store.text("late to it")
        with pytest.raises(Redacted):
            store.text("museum", 2)
        assert store.version("late to it").id == other.version("late to it").id
        assert store.fsck(level="deep").problems == ()


def test_bundles_and_exports_tell_it(store: Store, tmp_path: Path) -> None:
    filled(store)
    with (
        vstore.open("memory:") as had_all,
        vstore.open("memory:") as fresh,
        vstore.open("memory:") as imported,
    ):
        had_all.copy_from(store)
        store.redact("museum", 2, reason="court order 5")
        store.redact("museum", 3, reason="minor", fact="headline")
        lines = b"".join(store.bundle())
        assert SALE.encode() not in lines
        (tmp_path / "all.bundle").write_bytes(lines)
        assert had_all.unbundle(tmp_path / "all.bundle").redacted == 3
        fresh.unbundle(tmp_path / "all.bundle")
        import json

        from vstore.readers import jsonlines

        (tmp_path / "all.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in store.export_jsonl()))
        for _ in range(2):
            with jsonlines.open_lines(tmp_path / "all.jsonl") as stream:
                counts = imported.import_wires(jsonlines.wires(stream))
        assert (counts.same, counts.bad) == (5, 0)
        for each in (had_all, fresh, imported):
            assert {v.id for v in each.log()} == {v.id for v in store.log()}
            with pytest.raises(Redacted):
                each.text("museum", 2)
            assert each.version("museum", 3).headline is None
            assert each.fsck(level="deep").problems == ()


def test_another_open_store_hears_of_it(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store, vstore.open(tmp_path) as other:
        filled(store)
        assert other.text("museum", 2) == WITH
        assert other.blame("museum", 2).hunks
        store.redact("museum", 2, reason="x")
        for ask in (lambda: other.text("museum", 2), lambda: other.blame("museum", 2)):
            with pytest.raises(Redacted):
                ask()
        with pytest.raises(Buried):
            other.add("museum", WITH)


def test_a_reader_that_holds_the_log_is_told_of_and_gc_finishes(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True, wait=0.1) as store:
        filled(store)
        reader = apsw.Connection(str(tmp_path / ".vstore" / "store.db"))
        reader.execute("BEGIN; SELECT count(*) FROM head").fetchall()
        with pytest.raises(StorageRefused):
            store.redact("museum", 2, reason="x")
        with pytest.raises(Redacted):
            store.text("museum", 2)
        reader.close()
        store.gc()
        assert not held(tmp_path, SALE[:60])
        assert store.fsck().problems == ()


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), None], ids=["1", "2", "fresh"])
def test_nothing_is_left_of_what_was_erased(tmp_path: Path, seed: int | None) -> None:
    """Random stories, some packed, under a dictionary; each 20 characters unique to what goes are sought."""
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    print("seed", seed)
    case = erased_at_random(tmp_path, seed)
    assert case.sought
    assert (case.left, case.problems) == ([], [])
