"""What was erased from some versions and stands in others of the same id, or comes back. Issue 6, point 4."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from backends import STORES, Ticking, open_store

import vstore
from vstore import dictionaries, passages
from vstore.errors import NotFound, Redacted
from vstore.model import Wire
from vstore.readers import jsonlines
from vstore.storage.contract import Storage
from vstore.store import Store

FIRST = "The museum was closed on Monday, said Ines Rook of 5 Elm Street. Nobody knows why. " * 2
SECOND = "The mayor opened a new bridge across the river, and nobody came to look at it. " * 2


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_store(request.param, tmp_path, Ticking()) as opened:
        yield opened


@pytest.mark.parametrize("number", [1, 3])
def test_a_copy_may_have_a_text_in_one_version_and_not_in_another(store: Store, number: int) -> None:
    with vstore.open("memory:") as other:
        for text in (FIRST, SECOND, FIRST):
            other.add("museum", text)
        other.redact("museum", number, reason="an order", only=True)
        assert store.copy_from(other).copied == 3
        assert [bool(version.redacted) for version in store.log("museum")] == [
            bool(version.redacted) for version in other.log("museum")
        ]
        assert store.text("museum", 4 - number) == FIRST
        with pytest.raises(Redacted):
            store.text("museum", number)
    assert store.fsck(level="deep").problems == ()


def test_facts_that_came_back_stay_when_others_go(store: Store) -> None:
    store.add("museum", FIRST, headline="Secret")
    store.add("museum", SECOND, headline="Open")
    store.redact("museum", 1, reason="a minor", fact="headline")
    store.add("museum", f"{FIRST}More.", headline="Secret", allow_redacted=True)
    store.redact("museum", 2, reason="a minor", fact="headline")
    assert [version.headline for version in store.log("museum")] == ["Secret", None, None]
    assert store.fsck(level="deep").problems == ()
    with vstore.open("memory:") as other:
        other.copy_from(store)
        assert [version.headline for version in other.log("museum")] == ["Secret", None, None]


def words(seed: int, number: int) -> str:
    """Text that many stories have in common, so that a dictionary pays."""
    rng = random.Random(seed)
    return " ".join(f"word{rng.randrange(400)}" for _ in range(number))


SPIED = "Agent Quillfeather lives behind the Zyxwvut warehouse, door seventy-seven."


def holds_secret(store: Store) -> bool:
    numbers = store._storage.dictionaries()
    return any(SPIED[:20].encode() in store._shelf.dictionary_content(number) for number in numbers)


@pytest.fixture
def sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dictionary is trained from a third of what it takes."""
    monkeypatch.setattr(dictionaries.Samples, "ENOUGH", 128_000)
    monkeypatch.setattr(dictionaries.Samples, "STORIES", 44)


def filled(store: Store, first: int, last: int, secret: str = "") -> None:
    for number in range(first, last):
        store.add(f"s{number}", f"{words(1, 500)} {number} {secret}")


@pytest.mark.usefixtures("sooner")
def test_what_was_erased_while_texts_were_gathered_is_in_no_dictionary(store: Store) -> None:
    filled(store, 0, 22, SPIED)
    for number in range(22):
        store.redact(f"s{number}", reason="an order", elsewhere=False)
    filled(store, 22, 70)
    assert store._storage.dictionaries()
    assert not holds_secret(store)


def test_what_others_erase_while_gc_trains_is_in_no_dictionary(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store, 0, 40, SPIED)
    trained = dictionaries.best

    def overtaken(texts: list[str], stories: int) -> bytes | None:
        frame = trained(texts, stories)
        assert frame
        for number in range(40):
            store.redact(f"s{number}", reason="an order", elsewhere=False)
        return frame

    monkeypatch.setattr(dictionaries, "best", overtaken)
    store.gc()
    assert not holds_secret(store)
    assert store.fsck(level="deep").problems == ()


@pytest.mark.usefixtures("sooner")
def test_gc_finishes_though_a_dictionary_was_trained_since(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store, 0, 50, SPIED)
    store.add("short", "It uses the dictionary that must go: " + words(1, 12))
    assert holds_secret(store)

    def cut_off(_storage: Storage) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("vstore.rewriting.finish_erasing", cut_off)
        for number in range(50):
            with pytest.raises(KeyboardInterrupt):
                store.redact(f"s{number}", reason="an order", elsewhere=False)
    store.import_wires(Wire(story=f"t{number}", text=f"{words(1, 500)} {number}") for number in range(60))
    assert len(store._storage.dictionaries()) == 3
    store.gc()
    assert not holds_secret(store)
    assert store.fsck(level="deep").problems == ()


def test_different_erasures_in_two_stores_meet_once(store: Store) -> None:
    store.add("museum", "one two three four five six")
    with vstore.open("memory:") as other:
        other.copy_from(store)
        store.redact("museum", phrase="two", reason="an order")
        other.redact("museum", phrase="five", reason="another")
        assert [store.copy_from(other).redacted for _ in range(3)] == [1, 0, 0]
        assert [other.copy_from(store).redacted for _ in range(3)] == [1, 0, 0]
        assert store.text("museum") == other.text("museum") == "one ███ three four ████ six"


@pytest.mark.parametrize(
    "forged",
    [
        {"alone": 10**30},
        {"alone": 7},
        {"at": 5},
        {"part": []},
        {"who": 5},
        {"who": "w" * 10**5},
        {"reason": {}},
        {"erased": ""},
        {"stands": "ab"},
        {"more": 1},
    ],
    ids=str,
)
def test_a_forged_tombstone_makes_its_line_a_bad_one(store: Store, forged: dict[str, Any]) -> None:
    assert imported(store, [{**ERASED, **forged}]) == (0, 1)


def test_a_tombstone_that_comes_twice_makes_its_line_a_bad_one(store: Store) -> None:
    assert imported(store, [ERASED, ERASED]) == (0, 1)
    assert imported(store, [ERASED]) == (1, 0)


ERASED = {
    "part": "text",
    "erased": "ab" * 32,
    "stands": None,
    "alone": False,
    "at": "2026-01-01T00:00:00.000000Z",
    "who": "desk",
    "reason": "an order",
}


def imported(store: Store, redacted: list[dict[str, Any]]) -> tuple[int, int]:
    """How many versions, and how many bad lines."""
    line = json.dumps({"story": "museum", "text": "", "redacted": redacted}).encode()
    counts = store.import_wires(jsonlines.wires(BytesIO(line)))
    return counts.new, counts.bad


@pytest.mark.parametrize("fact", ["headline.x", "source.x", "extra.", "extra.x.y", ""])
def test_a_name_that_is_no_facts_is_told(store: Store, fact: str) -> None:
    store.add("museum", FIRST, headline="Secret", source="A", foo="bar")
    with pytest.raises(NotFound):
        store.redact("museum", 1, reason="x", fact=fact)
    assert store.redact("museum", 1, reason="x", fact="extra.foo").erased


def test_what_a_phrase_leaves_of_itself_is_listed(store: Store) -> None:
    store.add("museum", "Ines Rook came to Ines Rook's house.")
    found = store.redact("museum", phrase="Ines Rook", reason="personal data")
    assert store.text("museum") == "████ ████ came to Ines Rook's house."
    assert [(each.number, each.text) for each in found.passages] == [(1, "Ines Rook")]


def test_the_same_text_in_a_later_version_and_a_fact_in_its_own_text_are_listed(store: Store) -> None:
    for text in (FIRST, SECOND, FIRST):
        store.add("museum", text, headline="Nobody came to look at it")
    alone = store.redact("museum", 1, reason="x", only=True)
    assert [(each.number, each.text) for each in alone.passages] == [(3, FIRST)]
    store.add("bridge", "Nobody came to look at it, they say.", headline="Nobody came to look at it")
    fact = store.redact("bridge", 1, reason="x", fact="headline", elsewhere=False)
    assert [each.text for each in fact.passages] == ["Nobody came to look at it"]


@pytest.mark.parametrize(("before", "after"), [("", ""), ("Ahead. ", " Behind."), ("x" * 50, "y" * 50)])
def test_a_run_that_two_texts_share_is_found_whole(before: str, after: str) -> None:
    for text in (FIRST, SPIED, "short"):
        windows = passages._windows(text)
        assert passages.longest(text, windows, f"{before}{text}{after}") == text
        assert passages.longest(text, windows, f"{before}{text[3:]}{after}").strip() in {text[3:].strip(), ""}
        assert passages.longest(text, windows, "a" * 10) == ""


@pytest.mark.slow
def test_passages_of_a_text_of_megabytes_are_found() -> None:
    text = words(7, 300_000)
    assert passages.longest(text, passages._windows(text), f"{text} and on") == text
    other = passages.longest(text, passages._windows(text), words(8, 300_000))
    assert len(other) < 200


def test_what_stays_in_other_versions_notes_of_how_they_came_in_is_listed(store: Store) -> None:
    store.add("museum", SPIED)
    store.add("bridge", FIRST, capture={"seen": f'É: "{SPIED}"'})
    found = store.redact("museum", 1, reason="an order")
    assert [(each.story, each.text) for each in found.passages] == [("bridge", SPIED)]


def test_a_phrase_that_was_erased_takes_only_itself_from_the_same_text_of_another_story() -> None:
    text = "The mayor met Ines Rook on Monday.\n\nNothing else is known."
    with vstore.open("memory:") as store, vstore.open("memory:") as other:
        for each in (store, other):
            each.add("s", text)
        other.add("z", text)
        store.redact("s", reason="personal data", phrase="Ines Rook")
        store.copy_from(other)
        assert store.text("z") == store.text("s") == text.replace("Ines Rook", "████ ████")
        assert store.fsck(level="deep").problems == ()
        assert other.copy_from(store).redacted == 2
        assert other.text("z") == store.text("s")
