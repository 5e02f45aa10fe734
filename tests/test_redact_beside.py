"""Erasing while others are at it, where the disk fills up, and what is told of it. Issue 6, point 4."""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import apsw
import pytest
from backends import STORES, Ticking, open_store
from cli_program import Program
from left_behind import everything, held
from test_upgrade import GOLDEN
from torture.faulty import Fault, failing

import vstore
from vstore import rewriting
from vstore.arriving import arrive
from vstore.errors import Corrupt, NotFound, Redacted, StorageRefused, Unscrubbed, WrongFormat
from vstore.model import Redaction, Wire
from vstore.readers import jsonlines
from vstore.rows import Deed
from vstore.storage.checksum import checksum
from vstore.store import Store

SPIED = "Agent Quillfeather lives behind the Zyxwvut warehouse, door seventy-seven."
PLAIN = "The mayor opened a new bridge across the river, and nobody came to look at it. " * 3
EVIL = "me\n\x1b[2J\r\u2028\u202e\x85\x00gone"
HARMFUL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_store(request.param, tmp_path, Ticking()) as opened:
        yield opened


def test_what_was_taken_back_is_cleaned_away_by_the_next_erasure(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store:
        store.add("bridge", PLAIN)
        store.add("museum", SPIED)
        store.undo()
        store.add("bridge", f"{PLAIN}And more.")
        store.redact("bridge", 1, reason="something else")
    assert not held(tmp_path, SPIED)


def test_what_was_taken_back_and_is_in_a_dictionary_goes_once_it_is_erased(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store:
        store.add("s", "Before.")
        store.import_wires(
            Wire(story=f"s{number}", text=f"{PLAIN} {SPIED} {number * 7919} " * 6) for number in range(150)
        )
        store.gc()
        assert SPIED[:20].encode() in _contents(store)
        store.undo()
        store.add("museum", SPIED)
        store.redact("museum", 1, reason="an order")
    assert SPIED[:20].encode() not in everything(tmp_path)


def _contents(store: Store) -> bytes:
    numbers = store._storage.dictionaries()
    return b"\0".join(store._shelf.dictionary_content(number) for number in numbers)


@pytest.mark.parametrize(
    ("text", "phrase", "left"),
    [
        ("Say aa bb aa bb aa now.", "aa bb aa", "Say ██ ██ ██ ██ ██ now."),
        ("go go go go go", "go go go", "██ ██ ██ ██ ██"),
        ("No -- -- -- yes", "-- --", "No ██ ██ ██ yes"),
        ("aa bb cc aa\nbb aa bb aa bb cc", "aa bb aa bb", "aa bb cc ██\n██ ██ ██ ██ ██ cc"),
    ],
)
def test_a_phrase_that_overlaps_itself_goes_wherever_it_stands(text: str, phrase: str, left: str) -> None:
    with vstore.open("memory:") as store:
        store.add("s", text)
        store.redact("s", phrase=phrase, reason="x")
        assert store.text("s") == left


def test_of_phrases_that_overlap_the_second_is_not_there_any_more(store: Store) -> None:
    store.add("s", "x a b c y")
    store.redact("s", phrase="a b", reason="x")
    with pytest.raises(NotFound, match="black already"):
        store.redact("s", phrase="b c", reason="x")
    store.redact("s", phrase="c", reason="x")
    assert store.text("s") == "x █ █ █ y"
    assert store.fsck(level="deep").problems == ()


def test_who_did_it_is_one_harmless_line(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSTORE_WHO", EVIL.replace("\0", ""))
    store.add("s", SPIED)
    store.redact("s", 1, reason="an order")
    (told,) = store.version("s").redacted
    assert told.who.startswith("me�")
    for who in (told.who, *(entry.who for entry in store.journal())):
        assert not HARMFUL.search(who)
    monkeypatch.setenv("VSTORE_WHO", " \n ")
    store.add("s", PLAIN)
    assert next(store.journal()).who.strip(" �") == ""


def forged() -> Wire:
    erased = Redaction(
        part="text",
        erased="ab" * 32,
        stands=None,
        alone=False,
        at="2026-01-01T00:00:00.000000Z",
        who=EVIL,
        reason=f"{EVIL}\nRedacted: facts",
    )
    return Wire(story="s", text="", redacted=(erased,))


def test_a_forged_tombstone_is_told_in_one_harmless_line(store: Store, tmp_path: Path) -> None:
    store.add_wire(forged())
    with pytest.raises(Redacted) as refused:
        store.text("s")
    (told,) = store.version("s").redacted
    for words in (refused.value.message, told.who, told.reason):
        assert not HARMFUL.search(words)
    for line in [*store.export_jsonl(), *map(json.loads, store.bundle())]:
        assert not HARMFUL.search(json.dumps(line.get("redacted"), ensure_ascii=False))
    store.export_git(tmp_path / "git")
    assert list(store.unbundle(_bundled(store, tmp_path)).to_dict().values())
    assert not HARMFUL.search(arrive(forged()).tombstones[0].reason)


def _bundled(store: Store, folder: Path) -> Path:
    (folder / "all.bundle").write_bytes(b"".join(store.bundle()))
    return folder / "all.bundle"


def test_what_somebody_forged_in_the_file_is_harmless_on_a_terminal(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store:
        store.add("s", SPIED)
        store.redact("s", 1, reason="an order")
    connection = apsw.Connection(str(tmp_path / ".vstore" / "store.db"))
    columns = "number, part, erased, stands, alone, at"
    told: tuple[Any, ...] = connection.execute(f"SELECT {columns} FROM tombstone").fetchall()[0]
    check = checksum("s", *told, EVIL, EVIL)
    connection.execute("UPDATE tombstone SET who = ?, reason = ?, checksum = ?", (EVIL, EVIL, check))
    deed = Deed(5, b"", b"12345678", "a\x1b[2J", EVIL, None, 0, json.dumps({"reason": EVIL}))
    insert = f"INSERT INTO journal VALUES ({', '.join('?' * 9)})"
    connection.execute(insert, (*deed, checksum("", *deed)))
    connection.close()
    run = Program(tmp_path)
    for command in (["journal"], ["log"], ["show", "s"], ["fsck"], ["stories"]):
        for _, shown in (run.on_terminal(*command), (0, run(*command).out)):
            assert b"\x1b[2J" not in shown
            assert EVIL.encode()[:6] not in shown
    journal = run("journal", "-n", "9").lines
    assert len(journal) == 3


@pytest.mark.parametrize("detail", ["{", "[]", '{"of": [[1]]}', '{"of": 5}', "{}"])
def test_a_forged_line_of_the_journal_is_damage(tmp_path: Path, detail: str) -> None:
    with vstore.open(tmp_path, create=True) as store:
        store.add("s", PLAIN)
    connection = apsw.Connection(str(tmp_path / ".vstore" / "store.db"))
    deed = Deed(1 << 60, b"", b"12345678", "undo", "me", None, 0, detail)
    insert = f"INSERT INTO journal VALUES ({', '.join('?' * 9)})"
    connection.execute(insert, (*deed, checksum("", *deed)))
    connection.close()
    with vstore.open(tmp_path) as store:
        with pytest.raises(Corrupt):
            store.undo()
        with nullcontext() if "of" in detail or detail == "{}" else pytest.raises(Corrupt):
            list(store.journal())


def test_what_is_refused_at_the_end_tells_what_was_done_all_the_same(tmp_path: Path) -> None:
    run = Program(tmp_path)
    assert run("init").code == 0
    for story in ("s", "other"):
        run("add", "--story", story, "-", stdin=f"{SPIED} In {story}.".encode())
    reader = apsw.Connection(str(tmp_path / ".vstore" / "store.db"))
    reader.execute("BEGIN; SELECT count(*) FROM head").fetchall()
    answer = run("--wait", "0.1", "redact", "s", "--reason", "x", "--json")
    reader.close()
    assert answer.code == 5
    assert "the next gc finishes" in answer.err
    assert answer.json["erased"] == [{"story": "s", "number": 1}]
    assert [(each["story"], each["text"]) for each in answer.json["passages"]] == [("other", f"{SPIED} In ")]
    assert run("gc").code == 0
    assert not held(tmp_path, " In s.")


def lost(place: Path) -> bool:
    """Whether the text is erased; else it is all there."""
    with vstore.open(place) as store:
        try:
            assert store.text("s") == SPIED
        except Redacted:
            assert next(store.journal()).what == "redact"
            return True
        assert [entry.what for entry in store.journal()] == ["add", "add"]
        return False


@pytest.mark.slow
def test_a_disk_that_fills_up_loses_nothing_and_the_next_gc_finishes(tmp_path: Path) -> None:
    with vstore.open(tmp_path / "whole", create=True) as store:
        store.add("s", SPIED)
        store.add("other", PLAIN)
    outcomes: set[tuple[str, bool]] = set()
    for at in range(1, 500, 2):
        place = tmp_path / str(at)
        shutil.copytree(tmp_path / "whole", place)
        error: StorageRefused | None = None
        with failing(Fault("ENOSPC", at, is_lasting=True)) as faults, vstore.open(place) as store:
            try:
                store.redact("s", 1, reason="an order")
            except StorageRefused as refused:
                error = refused
        if not faults.failed:
            break
        is_gone = lost(place)
        if error is not None:
            assert is_gone or not isinstance(error, Unscrubbed)
            assert (
                not (is_gone and not isinstance(error, Unscrubbed)) or "may be kept or not" in error.message
            )
        outcomes.add((type(error).__name__, is_gone))
        with vstore.open(place) as store:
            store.gc(is_light=True)
            assert store.text("other") == PLAIN
            assert store.fsck(level="deep").problems == ()
        assert not is_gone or not held(place, SPIED)
    assert {("StorageRefused", False), ("Unscrubbed", True)} <= outcomes


def test_a_store_of_format_2_that_was_upgraded_meanwhile_is_opened_again(tmp_path: Path) -> None:
    folder = tmp_path / ".vstore"
    folder.mkdir()
    (folder / "store.db").write_bytes(gzip.decompress(GOLDEN[2].read_bytes()))
    with vstore.open(tmp_path, read_only=True) as reader:
        text = reader.text("lock", 3)
        versions = reader.log("lock")
        next(versions)
        vstore.upgrade(tmp_path)
        with vstore.open(tmp_path) as writer:
            writer.redact("lock", 3, reason="an order")
            with pytest.raises(Redacted):
                writer.text("lock", 3)
        asked: list[Any] = [
            lambda: reader.text("lock", 3),
            lambda: list(reader.log("lock")),
            lambda: list(reader.stories()),
            lambda: reader.blame("lock", 3),
            lambda: list(reader.grep(text[:20])),
            reader.fsck,
        ]
        for ask in asked:
            with pytest.raises(WrongFormat, match="open it again"):
                ask()
    with vstore.open(tmp_path, read_only=True) as again, pytest.raises(Redacted):
        again.text("lock", 3)


def test_the_mark_of_dictionaries_that_must_go_stays_while_one_of_them_is_needed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gc that began before trains, packs, and drops what nobody needs; one story it does not get at."""
    wires = [Wire(story=f"s{at}", text=f"{SPIED} {_words(at)}") for at in range(60)]
    store.import_wires(wires)
    store.gc()
    assert SPIED[:20].encode() in _contents(store)

    def cut_off(_storage: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rewriting, "finish_erasing", cut_off)
        with pytest.raises(KeyboardInterrupt):
            store.redact("s0", 1, reason="an order", elsewhere=False)
    storage = store._storage
    with storage.transaction() as writer:
        writer.add_dictionary(b"another, trained since")
    with storage.transaction() as writer:
        assert writer.drop_dictionaries() == 0
    assert storage.dictionary(2) == b""
    rewriting.finish_erasing(storage)
    assert SPIED[:20].encode() not in _contents_of_frames(store)
    assert storage.dictionaries() == [3]


def _words(seed: int) -> str:
    rng = random.Random(1)
    return " ".join(f"word{rng.randrange(400)}" for _ in range(500)) + f" {seed}"


def _contents_of_frames(store: Store) -> bytes:
    storage = store._storage
    return b"\0".join(storage.dictionary(number) or b"" for number in storage.dictionaries())


def test_graves_of_many_stories_are_followed_some_at_a_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vstore.following.AT_ONCE", 7)
    with vstore.open("memory:") as other:
        for number in range(40):
            other.add(f"s{number}", f"{SPIED} In {number}.")
            other.add(f"s{number}", f"{SPIED} Later in {number}.")
        store.copy_from(other)
        for number in range(0, 40, 2):
            other.redact(f"s{number}", phrase=f"in {number}" if number % 4 else "Quillfeather", reason="x")
        other.redact("s1", 1, reason="y")
        copied = store.copy_from(other)
        for number in range(40):
            both = [[version.redacted for version in each.log(f"s{number}")] for each in (store, other)]
            assert both[0] == both[1]
        assert copied.redacted == sum(len(version.redacted) for version in other.log())
        assert [store.copy_from(other).redacted for _ in range(2)] == [0, 0]
        batches = [entry for entry in store.journal() if entry.what == "redact"]
        assert len(batches) > 3
        assert store._storage.head("s0").rewritten == 1  # type: ignore[union-attr]
        assert store.fsck(level="deep").problems == ()


def test_lines_of_a_bundle_tell_in_one_pass_more_what_was_erased(tmp_path: Path) -> None:
    with vstore.open("memory:") as other, vstore.open("memory:") as store:
        other.add("s", SPIED)
        store.copy_from(other)
        other.redact("s", 1, reason="x")
        (tmp_path / "b").write_bytes(b"".join(other.bundle()))
        assert [store.unbundle(tmp_path / "b").redacted for _ in range(2)] == [1, 0]
        line = json.dumps({"story": "t", "text": SPIED}).encode()
        assert store.import_wires(jsonlines.wires(BytesIO(line))).bad == 1


WORDS = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
]


def _erase_something(store: Store, dice: random.Random) -> None:
    story = f"s{dice.randrange(3)}"
    number = dice.randrange(store.resolve(story).number) + 1
    ways: list[dict[str, Any]] = [
        {},
        {"only": True},
        {"fact": "headline"},
        {"phrase": " ".join(dice.choices(WORDS, k=dice.randrange(1, 3)))},
    ]
    with suppress(NotFound):
        store.redact(story, number, reason="x", **dice.choice(ways))


@pytest.mark.parametrize("seed", [1, 2, 3, None], ids=str)
def test_whatever_two_stores_erased_in_the_end_both_have_erased_all_of_it(seed: int | None) -> None:
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    print("seed", seed)
    dice = random.Random(seed)
    with vstore.open("memory:") as store, vstore.open("memory:") as other:
        for number in range(10):
            text, headline = " ".join(dice.choices(WORDS, k=12)), dice.choice(WORDS)
            store.add(f"s{number % 3}", text, headline=headline)
        other.copy_from(store)
        for _ in range(6):
            _erase_something(dice.choice([store, other]), dice)
        for _ in range(2):
            store.copy_from(other)
            other.copy_from(store)
        assert (store.copy_from(other).redacted, other.copy_from(store).redacted) == (0, 0)
        both = [
            {(each.story, each.number): (at._stored(each), each.facts) for each in at.log()}
            for at in (store, other)
        ]
        assert both[0] == both[1]
        assert [at.fsck(level="deep").problems for at in (store, other)] == [(), ()]
