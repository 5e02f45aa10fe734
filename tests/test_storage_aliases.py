"""The storage contract of aliases: what every backend answers alike."""

from __future__ import annotations

import pytest
from backends import entry, keep

from vstore.aliases import digest
from vstore.errors import Corrupt
from vstore.rows import GIVEN, SAID, TAKEN_AWAY, Alias, Repack
from vstore.storage.contract import Storage

PAGE, ITEM = digest("https://example.org/a"), digest("item-2019-77")


def said(found: bytes) -> Alias:
    return Alias(found, SAID, "")


def named(storage: Storage, story: str, *found: bytes, number: int = 1) -> None:
    after = storage.head(story)
    keep(storage, entry(story, number, after=after)._replace(aliases=found), after=after)


def test_a_storage_without_aliases_knows_of_none(storage: Storage) -> None:
    keep(storage, entry("s", 1))
    assert (storage.known_as(PAGE), storage.alias("s", PAGE)) == ([], None)
    assert (storage.given("s"), list(storage.aliases()), list(storage.all_given())) == ([], [], [])


def test_what_a_version_says_is_kept_with_it_and_once(storage: Storage) -> None:
    named(storage, "s", PAGE, ITEM)
    named(storage, "s", PAGE, number=2)
    named(storage, "t", ITEM)
    assert storage.known_as(PAGE) == [("s", said(PAGE))]
    assert storage.known_as(ITEM) == [("s", said(ITEM)), ("t", said(ITEM))]
    assert storage.alias("t", ITEM) == said(ITEM)
    assert storage.alias("t", PAGE) is None
    everything = [("s", said(PAGE)), ("s", said(ITEM)), ("t", said(ITEM))]
    assert list(storage.aliases()) == sorted(everything, key=lambda each: (each[1].digest, each[0]))
    assert storage.given("s") == []


def test_what_is_given_stands_in_the_place_of_what_was_said(storage: Storage) -> None:
    named(storage, "s", PAGE)
    given, taken = Alias(PAGE, GIVEN, "https://Example.org/a/"), Alias(ITEM, TAKEN_AWAY, "item-2019-77")
    with storage.transaction() as writer:
        writer.name("s", [given, taken])
        writer.name("nobody", [given])
    named(storage, "s", PAGE, ITEM, number=2)
    assert storage.given("s") == sorted([given, taken])
    assert storage.known_as(PAGE) == [("s", given)]
    assert list(storage.all_given()) == [("s", each) for each in sorted([given, taken])]
    with storage.transaction() as writer:
        writer.name("s", [said(PAGE)])
        writer.unname("s", [ITEM, digest("never there")])
    assert list(storage.aliases()) == [("s", said(PAGE))]


def test_a_transaction_sees_the_aliases_that_it_wrote(storage: Storage) -> None:
    with storage.transaction() as writer:
        writer.append(entry("s", 1)._replace(aliases=(PAGE,)), None)
        assert storage.known_as(PAGE) == [("s", said(PAGE))]
        writer.name("s", [Alias(ITEM, GIVEN, "item-2019-77")])
        assert [story for story, _ in storage.known_as(ITEM)] == ["s"]
        assert storage.alias("s", PAGE) == said(PAGE)
        assert len(storage.given("s")) == 1


def test_aliases_of_a_transaction_that_raises_are_gone(storage: Storage) -> None:
    keep(storage, entry("s", 1))
    with pytest.raises(KeyboardInterrupt), storage.transaction() as writer:  # noqa: PT012
        writer.append(entry("t", 1)._replace(aliases=(PAGE,)), None)
        writer.name("s", [Alias(ITEM, GIVEN, "item-2019-77")])
        raise KeyboardInterrupt
    assert list(storage.aliases()) == []


def test_many_aliases_of_many_stories_are_told_apart(storage: Storage) -> None:
    with storage.transaction() as writer:
        for number in range(60):
            own = digest(f"item-{number}")
            writer.append(entry(f"s{number:02}", 1)._replace(aliases=(PAGE, own, own)), None)
    assert [story for story, _ in storage.known_as(PAGE)] == [f"s{number:02}" for number in range(20)]
    assert storage.known_as(digest("item-41")) == [("s41", said(digest("item-41")))]
    assert len(list(storage.aliases())) == 120


def test_what_is_taken_back_or_erased_takes_its_aliases_along(storage: Storage) -> None:
    named(storage, "s", PAGE)
    first = storage.head("s")
    named(storage, "s", ITEM, number=2)
    second = storage.head("s")
    assert first is not None
    assert second is not None
    back = first._replace(repacked=1, rewritten=1)
    with storage.transaction() as writer:
        writer.take_back(Repack(back, second, {}, [], (ITEM,)))
    assert list(storage.aliases()) == [("s", said(PAGE))]
    with storage.transaction() as writer:
        writer.take_back(Repack(back._replace(versions=0, repacked=2), back, {}, [], (PAGE,)))
    assert list(storage.aliases()) == []
    assert list(storage.problems()) == []


def test_damage_in_an_alias_is_told_and_finds_nobody(storage: Storage) -> None:
    ask = getattr(storage, "_database", None)
    if ask is None or "sqlite" not in type(ask).__name__.lower():
        pytest.skip("the bytes of this backend are not ours to damage")
    named(storage, "s", PAGE)
    with storage.transaction() as writer:
        writer.name("s", [Alias(ITEM, GIVEN, "item-2019-77")])
    with ask.writing() as connection:
        connection.execute("UPDATE alias SET kind = 2 - kind")
    assert storage.known_as(PAGE) == []
    for everything in (storage.aliases(), storage.all_given()):
        found = [alias for _, alias in everything]
        assert (len(found), found.count(None)) == (2, 1)
    for question in (lambda: storage.alias("s", PAGE), lambda: storage.given("s")):
        with pytest.raises(Corrupt, match="an alias of s is damaged"):
            question()
