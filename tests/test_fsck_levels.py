"""What each level of `fsck` promises, found in stores that were damaged for it. Issue 6, "fsck"."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from backends import NEW_YEAR, SECOND, Clock, entry, open_store
from damage import Damaged, checked, named, text

from vstore.blobs import blob_id
from vstore.checking.scope import Level
from vstore.dates import LOWEST
from vstore.errors import Corrupt
from vstore.objects import Commit, text_id, version_id
from vstore.origins.checkpoints import ALGORITHM
from vstore.origins.columns import packed, unpacked
from vstore.rows import ANSWER, CHECKPOINT, Kept
from vstore.storage.schema import PAGE_SIZE
from vstore.store import Store

LEVELS: tuple[Level, ...] = ("quick", "default", "deep")


CHECKPOINT_OF_LONG = ("long", None, "origins")
"""At which version one was left, only the program knows."""

Damage = Callable[[Damaged], object]

QUICK: dict[str, tuple[Damage, set[tuple[str | None, int | None, str]]]] = {
    "a row": (lambda d: d.cell("version", "text_id", "s", 3), {("s", 3, "damaged")}),
    "two rows": (
        lambda d: d.run("UPDATE version SET words = 1 WHERE story = 1 AND number IN (2, 5)"),
        {("s", 2, "damaged"), ("s", 5, "damaged")},
    ),
    "a row that is gone": (
        lambda d: d.run("DELETE FROM version WHERE story = 1 AND number = 4"),
        {("s", 4, "damaged")},
    ),
    "facts": (lambda d: d.cell("fact", "body", "s", 2), {("s", 2, "damaged")}),
    "an id": (lambda d: d.forge("s", 3, id=bytes(32)), {("s", 3, "id"), ("s", 4, "id")}),
    "a text id": (lambda d: d.forge("s", 3, text_id=bytes(32)), {("s", 3, "id")}),
    "a date": (lambda d: d.forge("s", 3, dated="2019-02-30"), {("s", 3, "row")}),
    "a clock that went back": (lambda d: d.forge("s", 3, recorded=5), {("s", 3, "recorded")}),
    "a head": (lambda d: d.forge_head("s", late=7), {("s", None, "head")}),
    "a head's bytes": (
        lambda d: d.run("UPDATE head SET tip = zeroblob(32) WHERE story = 1"),
        {("s", None, "damaged")},
    ),
    "a sighting": (lambda d: d.cell("sighting", "last_seen", "s", 3), {("s", 3, "sighting")}),
    "a sighting of no version": (
        lambda d: d.put("sighting", "s", 9, NEW_YEAR * 2),
        {("s", 9, "sighting")},
    ),
    "a sighting before its time": (
        lambda d: d.put("sighting", "s", 3, NEW_YEAR - SECOND),
        {("s", 3, "sighting")},
    ),
    "a recount": (
        lambda d: d.run("UPDATE recount SET added_words = added_words + 1 WHERE number = 3"),
        {("s", 3, "recount")},
    ),
    "a recount of no version": (lambda d: d.put("recount", "s", 9, 1, 0, 0), {("s", 9, "recount")}),
    "a payload of no version": (
        lambda d: d.run("UPDATE payload SET number = 99 WHERE number = 1 AND story = 3"),
        {("other", 99, "storage")},
    ),
    "rows without a head": (
        lambda d: d.run("DELETE FROM head WHERE name = ?", b"other"),
        {(None, None, "storage")},
    ),
    "an index": (
        lambda d: d.run(
            "UPDATE sqlite_schema SET sql = replace(sql, 'substr(id, 1, 5)', 'substr(id, 2, 5)') "
            "WHERE name = 'version_by_id'"
        ),
        {(None, None, "storage")},
    ),
    "the index of heads": (
        lambda d: d.run("UPDATE head SET digest = zeroblob(16) WHERE name = ?", b"other"),
        {("other", None, "damaged")},
    ),
    "a note": (
        lambda d: d.run("UPDATE note SET value = 'soon' WHERE name = 'last_gc'"),
        {(None, None, "note")},
    ),
}

DEFAULT: dict[str, tuple[Damage, set[tuple[str | None, int | None, str]]]] = {
    "a stored text": (lambda d: d.cell("payload", "body", "other", 1), {("other", 1, "text")}),
    "a stored text's codec": (lambda d: d.cell("payload", "codec", "other", 1), {("other", 1, "text")}),
    "a stored text that is gone": (
        lambda d: d.run("DELETE FROM payload WHERE story = 3"),
        {("other", 1, "text")},
    ),
    "another text in its place": (
        lambda d: d.payload("other", 1, 0, b"Something happened."),
        {("other", 1, "text")},
    ),
    "a pack": (
        lambda d: d.cell("payload", "body", "packed", 1),
        {("packed", number, "text") for number in (1, 2, 3)},
    ),
    "a length": (
        lambda d: d.forge_both("other", {"length": 5}, {"text_bytes": 5}),
        {("other", 1, "length")},
    ),
    "origins": (lambda d: d.cell("origin", "late", "s", 4), {("s", 4, "origins")}),
    "a dictionary": (
        lambda d: d.run("INSERT INTO dictionary VALUES (7, zeroblob(32), x'00')"),
        {(None, None, "dictionary")},
    ),
}

DEEP: dict[str, tuple[Damage, set[tuple[str | None, int | None, str]]]] = {
    "a payload that nobody needs": (lambda d: d.payload("packed", 2, 0, b"Old."), {("packed", 2, "payload")}),
    "one that cannot be unpacked": (lambda d: d.payload("packed", 2, 1, b"Old."), {("packed", 2, "payload")}),
    "a codec that there is not": (lambda d: d.payload("packed", 2, 9, b"Old."), {("packed", 2, "payload")}),
    "a base that the pack does not know": (
        lambda d: d.forge("packed", 3, base=1, depth=1),
        {("packed", 3, "payload")},
    ),
    "bytes": (
        lambda d: d.forge_both("other", {"stored": 5}, {"stored_bytes": 5}),
        {("other", 1, "payload")},
    ),
    "a depth": (lambda d: d.forge("packed", 2, depth=7), {("packed", 2, "depth")}),
    "words": (lambda d: d.forge("s", 1, words=1), {("s", 1, "words")}),
    "words that were added": (lambda d: d.forge("s", 4, added_words=1), {("s", 4, "words")}),
    "words counted again": (lambda d: d.put("recount", "s", 3, 5, 1, 1), {("s", 3, "recount")}),
    "a previous version": (lambda d: d.forge("s", 6, previous=1), {("s", 6, "previous")}),
    "a moment": (lambda d: d.forge("s", 2, at=1_546_423_201), {("s", 2, "at")}),
    "capture notes": (lambda d: d.forge("s", 2, capture=b"[]"), {("s", 2, "capture")}),
    "capture notes that are no JSON": (lambda d: d.forge("s", 2, capture=b"{"), {("s", 2, "capture")}),
    "an answer": (lambda d: origins(d, "s", 4, ANSWER), {("s", 4, "origins")}),
    "an answer that cannot be read": (lambda d: origins(d, "s", 4, ANSWER, b"x"), {("s", 4, "origins")}),
    "a checkpoint": (lambda d: origins(d, "long", None, CHECKPOINT), {CHECKPOINT_OF_LONG}),
}


def origins(damaged: Damaged, story: str, number: int | None, kind: int, body: bytes | None = None) -> None:
    """Kept origins with a right checksum that say something else."""
    with open_store("sqlite", damaged.place.parent, Clock()) as store:
        kept = store._storage.kept_all(story, kind)
        old = next(each for each in kept if number in {None, each.number})
        if body is None:
            columns = [list(column) for column in unpacked(old.body)]
            at = 2 if kind == ANSWER else 3  # who wrote it; which version was the first to have a word
            columns[at][-1] = columns[at][-1] - 1 if columns[at][-1] else 1
            body = packed(columns)
        late = len(store._shelf.history(story).late)
        assert store._storage.keep(story, [Kept(old.number, kind, late, ALGORITHM, body)], 1_000_000)


def found_by(level: Level, promised: Level) -> bool:
    return LEVELS.index(level) >= LEVELS.index(promised)


CASES = [
    pytest.param(promised, damage, problems, id=f"{promised}: {name}")
    for promised, cases in zip(LEVELS, (QUICK, DEFAULT, DEEP), strict=True)
    for name, (damage, problems) in cases.items()
]


@pytest.mark.parametrize(("promised", "damage", "problems"), CASES)
def test_damage_is_found_and_named_by_the_level_that_promises_it(
    damaged: Damaged, promised: Level, damage: Damage, problems: set[tuple[str | None, int | None, str]]
) -> None:
    damage(damaged)
    for level in LEVELS:
        found = named(checked(damaged, level))
        if not found_by(level, promised):
            assert not found, level
            continue
        stories = {story for story, *_ in problems}
        assert {story for story, *_ in found} == stories or promised == "quick"
        assert {each for each in problems if each != CHECKPOINT_OF_LONG} <= found
        assert found


def test_facts_that_are_not_canonical_are_found_by_the_deep_level(store: Store) -> None:
    """Nobody can keep such facts through the front door."""
    facts = b'{"source": "A"}'
    commit = Commit(
        story="s",
        text_id=text_id("One."),
        facts_id=blob_id(facts),
        parent=None,
        source="A",
        clock=0,
        dated=None,
    )
    made = entry("s", 1, at=LOWEST, facts=facts, body=b"One.")
    row = made.row._replace(
        id=version_id(commit), text_id=commit.text_id, added_words=1, words=1, length=4, stored=4
    )
    head = made.head._replace(tip=row.id, clock=0, text_bytes=4, stored_bytes=4, keyframes=1)
    with store._storage.transaction() as writer:
        writer.append(made._replace(row=row, head=head), None)
    assert store.fsck().ok
    assert named(store.fsck(level="deep")) == {("s", 1, "facts")}


def test_every_level_notices_a_damaged_page_of_the_rows(damaged: Damaged) -> None:
    """Bytes in the file itself, where SQLite keeps the order of its pages."""
    ((page,),) = damaged.run("SELECT rootpage FROM sqlite_schema WHERE name = 'version'")
    with damaged.place.open("r+b") as file:
        file.seek((page - 1) * PAGE_SIZE)
        file.write(b"\xff" * 64)
    for level in LEVELS:
        assert {(None, None, "storage"), (None, None, "damaged")} & named(checked(damaged, level))


@pytest.mark.parametrize("seed", range(20))
def test_whatever_bytes_turn_fsck_tells_what_it_finds(made: Path, damaged: Damaged, seed: int) -> None:
    """It ends with no error, and a deeper level finds no less; unless the store cannot even be opened."""
    dice = random.Random(seed)
    raw = bytearray((made / "store.db").read_bytes())
    page = dice.randrange(1, len(raw) // PAGE_SIZE) * PAGE_SIZE
    at = page + dice.choice([0, 8, dice.randrange(PAGE_SIZE)])
    junk = dice.randbytes(dice.choice([1, 8, 100]))
    raw[at : at + len(junk)] = junk
    damaged.place.write_bytes(raw[: (made / "store.db").stat().st_size])
    try:
        store = open_store("sqlite", damaged.place.parent, Clock())
    except Corrupt:
        return
    with store:
        found = [store.fsck(level=level).ok for level in LEVELS]
        assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_whole_has_no_problems_at_any_level(store: Store, clock: Clock, level: Level) -> None:
    for number in range(30):
        clock.pass_by(1)
        day = 30 - number if number % 5 == 0 else number + 1
        store.add("s", text(number % 8) * (number % 3), date=f"2019-01-{day:02}", source="ABC"[number % 3])
    for number in range(90):
        store.add("long", text(number), source="AB"[number % 2])
    for number in range(1, 91, 7):
        store.blame("long", number)
    for number in range(1, 31, 4):
        store.blame("s", number)
    assert store.fsck(level=level).problems == ()
    store.gc()
    store.add("s", "One more.", date="2019-01-31", extra={"ratio": 1e20, "é": [1, {"a": None}]})
    assert store.fsck(level=level).problems == ()


def test_checkpoints_that_were_gone_on_from_are_true_as_well(store: Store) -> None:
    for number in range(200):
        store.add("long", text(number * 7 % 50), source="AB"[number % 2])
        if number % 40 == 39:
            fresh = Store(store._storage, "again", clock=store._clock)
            fresh.blame("long")
            fresh.blame("long", number // 2)
    assert len(store._storage.kept_all("long", CHECKPOINT)) > 1
    assert store.fsck(level="deep").problems == ()


def test_a_store_of_format_1_is_verified_by_every_level(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(
        gzip.decompress(Path(__file__).with_name("format_1.db.gz").read_bytes())
    )
    for level in LEVELS:
        assert checked(Damaged(tmp_path / "store.db"), level).problems == ()
