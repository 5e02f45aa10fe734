"""By what else stories are known: given, taken away, listed, said for a story-id, carried, verified."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from backends import STORES, Ticking, open_store

from vstore import aliases, places
from vstore.errors import AmbiguousName, BadReference, Conflict, NotFound, UnknownStory, UnknownVersion
from vstore.opening import open_store as opened
from vstore.opening import upgrade
from vstore.rows import GIVEN, SAID, Alias
from vstore.storage.contract import Writer
from vstore.store import Store

PAGE, ITEM = "https://www.example.org/talks?utm_source=rss", "urn:newsml:example.org:20190115:nk7"
TESTS = Path(__file__).parent


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_store(request.param, tmp_path, Ticking()) as made:
        made.add("talks", "The talks resume.", guid=f"{ITEM}:1", url=PAGE, date="2019-01-15")
        made.add(
            "talks", "The talks go on.", guid=f"{ITEM}:2", url="http://example.org/talks/", date="2019-01-16"
        )
        made.add("bread", "Bread is dearer.", guid="0", date="2019-01-15")
        yield made


def known(store: Store, story: str = "talks") -> list[tuple[str, str]]:
    return [(each.alias, each.by) for each in store.aliases(story)]


# What facts say


def test_a_story_is_known_by_what_its_facts_say_once(store: Store) -> None:
    assert known(store) == [(ITEM, "facts"), ("http://example.org/talks/", "facts")]
    assert known(store, "bread") == []
    with pytest.raises(UnknownStory):
        known(store, "nobody")


def test_a_story_is_found_by_guid_and_url_in_every_form(store: Store) -> None:
    for guid in (ITEM, f"{ITEM}:1", f"{ITEM}:9N"):
        assert store.story_of(guid=guid) == "talks"
    for url in (PAGE, "example://no", "https://amp.example.org/talks#x"):
        assert store.story_of(url=url) == (None if "no" in url else "talks")
    assert store.story_of(guid="0") is None
    assert store.story_of() is None
    assert store.story_of(guid="nothing-77", url=PAGE) == "talks"


def test_a_name_of_two_stories_is_told_with_both_unless_one_has_the_other_name_too(store: Store) -> None:
    store.add("copy", "The talks resume.", guid=ITEM, url="https://example.com/copy")
    with pytest.raises(AmbiguousName, match="known of 2 stories: 'copy', 'talks'") as caught:
        store.story_of(guid=ITEM)
    assert caught.value.facts["candidates"] == [{"story": "copy"}, {"story": "talks"}]
    assert store.story_of(guid=ITEM, url=PAGE) == "talks"


def test_what_was_not_there_then_is_not_known_then(store: Store) -> None:
    then = store.as_of("2025-12-31")
    assert then.story_of(guid=ITEM) is None
    with pytest.raises(UnknownStory):
        then.resolve(ITEM)
    assert store.as_of("2026-01-02").story_of(guid=ITEM) == "talks"


# Given and taken away


def test_what_is_given_is_known_until_it_is_taken_away(store: Store) -> None:
    store.add_alias("bread", "https://example.org/bread?fbclid=1", "loaf", "loaf")
    assert known(store, "bread") == [("https://example.org/bread?fbclid=1", "given"), ("loaf", "given")]
    assert store.story_of(url="http://example.org/bread/") == "bread"
    store.remove_alias("bread", "https://www.example.org/bread")
    assert known(store, "bread") == [("loaf", "given"), ("https://example.org/bread", "taken away")]
    assert store.story_of(url="http://example.org/bread/") is None
    store.add_alias("bread", "https://example.org/bread")
    assert store.story_of(url="http://example.org/bread/") == "bread"


def test_what_was_taken_away_does_not_come_back_with_the_next_version(store: Store) -> None:
    store.remove_alias("talks", f"{ITEM}:2")
    store.add("talks", "The talks end.", guid=f"{ITEM}:3", url=PAGE, date="2019-01-17")
    assert store.story_of(guid=ITEM) is None
    assert known(store) == [("https://www.example.org/talks?utm_source=rss", "facts"), (ITEM, "taken away")]
    assert store.fsck(level="deep").ok
    store.add_alias("talks", ITEM)
    assert store.story_of(guid=ITEM) == "talks"


@pytest.mark.parametrize(
    "alias",
    [
        "",
        " a",
        "a\nb",
        "a\u2028",
        "\ud800",
        "x" * 4097,
        "https://example.org/",
        "https://example.org/?utm_source=x",
    ],
)
def test_what_can_be_no_alias_is_refused(store: Store, alias: str) -> None:
    with pytest.raises(BadReference):
        store.add_alias("bread", "good-alias", alias)
    assert known(store, "bread") == []


def test_an_alias_of_another_story_is_refused_until_it_is_taken_away_there(store: Store) -> None:
    with pytest.raises(Conflict, match="known of 'talks'") as caught:
        store.add_alias("bread", PAGE)
    assert caught.value.facts["story"] == "talks"
    with pytest.raises(Conflict, match="is a story itself"):
        store.add_alias("bread", "talks")
    store.remove_alias("talks", PAGE)
    store.add_alias("bread", PAGE)
    assert store.story_of(url=PAGE) == "bread"


def test_only_of_stories_and_aliases_that_are_there(store: Store) -> None:
    with pytest.raises(UnknownStory):
        store.add_alias("nobody", "loaf")
    with pytest.raises(UnknownStory):
        store.remove_alias("nobody", "loaf")
    with pytest.raises(NotFound, match="'bread' is not known as 'loaf'"):
        store.remove_alias("bread", "loaf")
    store.add_alias("bread", "loaf")
    store.remove_alias("bread", "loaf")
    with pytest.raises(NotFound):
        store.remove_alias("bread", "loaf")


def test_the_journal_tells_what_was_given_and_taken_away(store: Store) -> None:
    store.add_alias("bread", "loaf")
    store.add_alias("bread", "loaf")
    store.remove_alias("bread", "loaf")
    told = [(each.what, each.story, dict(each.detail)) for each in store.journal() if each.what == "alias"]
    assert told == [("alias", "bread", {"taken_away": ["loaf"]}), ("alias", "bread", {"given": ["loaf"]})]


# Said instead of a story-id


def test_an_alias_stands_for_its_story_in_every_reference(store: Store) -> None:
    for name in (ITEM, f"{ITEM}:1", PAGE, "http://example.org/talks"):
        assert store.resolve(name).number == 2
        assert store.resolve(f"{name}@1").number == 1
        assert store.resolve(f"{name}~1").number == 1
        assert store.resolve(f"{name}@2019-01-15").number == 1
        assert store.resolve("@1", story=name).story == "talks"
        pair = store.resolve_pair(f"{name}@1..2")
        assert pair is not None
        assert [version.number for version in pair] == [1, 2]
    with pytest.raises(UnknownVersion):
        store.resolve(f"{PAGE}@9")
    with pytest.raises(UnknownStory):
        store.resolve("https://example.org/other")


def test_a_story_id_wins_over_every_alias(store: Store) -> None:
    store.add_alias("bread", "loaf@1", "20190115123456")
    assert store.resolve("loaf@1").story == "bread"
    assert store.resolve("20190115123456@1").story == "bread"
    store.add("loaf", "A loaf.")
    assert store.resolve("loaf@1").story == "loaf"
    store.add("loaf@1", "A loaf, once more.")
    assert store.resolve("loaf@1").story == "loaf@1"
    assert store.resolve("20190115123456").story == "bread"


def test_an_id_wins_over_an_alias(store: Store) -> None:
    id_ = store.version("talks", 1).id
    store.add_alias("bread", id_[:9])
    assert store.resolve(id_[:9]).story == "talks"


def test_in_the_library_a_story_id_is_a_story_id(store: Store) -> None:
    with pytest.raises(UnknownStory):
        store.version(ITEM)
    assert store.story_named(ITEM) == store.story_named("talks") == "talks"
    with pytest.raises(UnknownStory):
        store.story_named("nobody")


# Taken back, erased, moved


def test_what_is_taken_back_is_known_no_more(store: Store) -> None:
    store.add("talks", "Elsewhere.", url="https://example.com/elsewhere")
    store.undo()
    assert store.story_of(url="https://example.com/elsewhere") is None
    assert store.story_of(url=PAGE) == "talks"
    assert store.fsck(level="deep").ok


def test_an_erased_fact_is_known_no_more(store: Store) -> None:
    store.redact("talks", 1, reason="court", fact="url")
    assert store.story_of(url=PAGE) == "talks"  # version 2 says it too
    store.redact("talks", 2, reason="court", fact="url")
    assert store.story_of(url=PAGE) is None
    assert store.story_of(guid=ITEM) == "talks"
    assert store.fsck(level="deep").ok


def test_a_story_that_is_renamed_keeps_its_aliases_and_is_known_by_its_old_name(store: Store) -> None:
    store.add_alias("talks", "loaf-talks")
    store.remove_alias("talks", ITEM)
    store.rename("talks", "us-nk-talks")
    assert store.resolve("talks@1").story == "us-nk-talks"
    assert store.resolve("loaf-talks").story == store.resolve(PAGE).story == "us-nk-talks"
    assert store.story_of(guid=ITEM) is None
    store.rename("us-nk-talks", "talks")
    assert store.resolve("loaf-talks").story == store.resolve("talks").story == "talks"
    assert store.resolve("us-nk-talks").story == "talks"
    assert store.fsck(level="deep").ok


def test_a_story_that_is_merged_brings_its_aliases(store: Store) -> None:
    store.add_alias("talks", "loaf-talks")
    store.merge("bread", "talks")
    assert {store.resolve(name).story for name in ("talks", "loaf-talks", PAGE, ITEM)} == {"bread"}
    store.split("bread", 2, "talks")
    assert store.resolve(PAGE).story == "talks"
    assert store.fsck(level="deep").ok


def test_a_story_whose_first_version_is_moved_keeps_what_was_given_to_it(store: Store) -> None:
    store.add_alias("talks", "loaf-talks")
    store.move("talks", 1, "bread")
    assert store.resolve("loaf-talks").story == "talks"
    assert store.fsck(level="deep").ok


# Carried


def carried_by_copy(source: Store, target: Store, _folder: Path) -> None:
    target.copy_from(source)


def carried_by_bundle(source: Store, target: Store, folder: Path) -> None:
    (folder / "bundle").write_bytes(b"".join(source.bundle()))
    target.unbundle(folder / "bundle")


@pytest.mark.parametrize("carry", [carried_by_copy, carried_by_bundle])
def test_what_was_given_and_taken_away_goes_where_the_story_goes(
    store: Store, tmp_path: Path, carry: Callable[[Store, Store, Path], None]
) -> None:
    store.add_alias("bread", "loaf", "https://example.org/bread")
    store.remove_alias("talks", ITEM)
    with opened("memory:") as target:
        carry(store, target, tmp_path)
        assert list(target.aliases("bread")) == list(store.aliases("bread"))
        assert list(target.aliases("talks")) == list(store.aliases("talks"))
        assert target.story_of(guid=ITEM) is None
        assert target.fsck(level="deep").ok
        target.remove_alias("bread", "loaf")
        carry(store, target, tmp_path)
        assert target.story_of(guid="loaf") is None


@pytest.mark.parametrize("carry", [carried_by_copy, carried_by_bundle])
def test_what_was_said_here_stands_against_what_is_said_elsewhere(
    store: Store, tmp_path: Path, carry: Callable[[Store, Store, Path], None]
) -> None:
    store.add_alias("bread", "loaf")
    with opened("memory:") as target:
        target.add("other", "Another.", guid="loaf-of-bread")
        target.add_alias("other", "loaf")
        carry(store, target, tmp_path)
        assert target.story_named("loaf") == "other"


def test_a_bundle_tells_aliases_of_no_other_kind(store: Store, tmp_path: Path) -> None:
    store.add_alias("bread", "loaf")
    header, *lines, _ = store.bundle(["bread"])
    (told,) = [json.loads(line) for line in lines]
    assert told["aliases"] == [{"alias": "loaf", "taken_away": False}]
    odds: tuple[Any, ...] = (
        7,
        [7],
        [{}],
        [{"alias": 7}],
        [{"alias": ""}],
        [{"alias": "https://example.org/"}],
        {"alias": "x"},
    )
    for odd in odds:
        body = header + json.dumps({**told, "aliases": odd}).encode() + b"\n"
        last = {"stories": 1, "versions": 1, "sha256": sha256(body).hexdigest()}
        (tmp_path / "odd").write_bytes(body + json.dumps(last).encode() + b"\n")
        with opened("memory:") as target:
            assert target.unbundle(tmp_path / "odd").copied == 1
            assert list(target.aliases("bread")) == []


# Verified


@pytest.mark.parametrize(
    ("damage", "level", "detail"),
    [
        (
            lambda w: w.unname("talks", [aliases.digest(ITEM)]),
            "default",
            "1 of those that its facts say are missing",
        ),
        (lambda w: w.name("bread", [Alias(aliases.digest(ITEM), SAID, "")]), "deep", "its facts do not say"),
        (
            lambda w: w.name("bread", [Alias(aliases.digest("a"), GIVEN, "b")]),
            "default",
            "is not what finds it",
        ),
    ],
)
def test_fsck_tells_what_is_wrong_with_aliases(
    store: Store, damage: Callable[[Writer], None], level: str, detail: str
) -> None:
    assert store.fsck(level="deep").ok
    with store._storage.transaction() as writer:
        damage(writer)
    found = store.fsck(level=level).problems  # type: ignore[arg-type]
    assert [(problem.problem, detail in problem.detail) for problem in found] == [("alias", True)]
    assert store.fsck(level="quick").ok


@pytest.mark.parametrize("number", [1, 2])
def test_an_upgraded_store_knows_its_stories_by_what_their_facts_say(tmp_path: Path, number: int) -> None:
    places.init(tmp_path)
    file = tmp_path / ".vstore" / "store.db"
    file.write_bytes(gzip.decompress((TESTS / f"format_{number}.db.gz").read_bytes()))
    with opened(tmp_path) as old:
        said = {name: version.story for version in old.log() for name in aliases.names(version.facts)}
        assert old.fsck().ok
    upgrade(tmp_path)
    with opened(tmp_path) as new:
        assert new.fsck(level="deep").ok
        for name, story in said.items():
            assert story in {found for found, _ in new._storage.known_as(aliases.digest(name))}
