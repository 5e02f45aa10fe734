"""Which story a wire belongs to that names none. Issue 7, point 4; a soft identity merges no strangers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backends import STORES, Clock, open_store
from cli_program import Program
from hypothesis import given
from hypothesis import strategies as st

from vstore import places
from vstore.errors import BadWire
from vstore.homes import MOST
from vstore.model import Facts, Wire
from vstore.opening import open_store as opened
from vstore.store import Store

FERRY = "The ferry to the cape sank at dawn. Nine passengers are missing, the coast guard said on Monday."
LATER = "The ferry to the cape sank at dawn. Four passengers are missing, the coast guard said on Tuesday."
BREAD = "Bakers ask for more: a loaf costs a tenth above last year, and flour is dear since the rains."


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The everyday tests know every backend here: which story a wire comes to is never to differ."""
    with open_store(request.param, tmp_path, Clock()) as opened_store:
        yield opened_store


def home(store: Store, text: str, **facts: Any) -> str:
    return store.add(None, text, date="2019-01-15", **facts).version.story


def test_a_wire_with_a_guid_or_a_url_names_its_story_by_its_words(store: Store) -> None:
    assert home(store, FERRY, guid="item-2019-77", headline="Ferry sinks") == "ferry-sinks-b70d9110"
    assert home(store, BREAD, url="https://example.org/bread").startswith("bakers-ask-for-more-a-loaf")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"guid": "item-2019-77"}, {"guid": "item-2019-77"}),
        ({"guid": "item-2019-77;v=1"}, {"guid": "item-2019-77;v=2"}),
        (
            {"guid": "tag:example.org,2019:nk7abc:1", "provider_version": "1"},
            {"guid": "tag:example.org,2019:nk7abc"},
        ),
        ({"url": "https://example.org/ferry"}, {"url": "http://www.example.org/ferry/?utm_source=rss#top"}),
        ({"guid": "https://example.org/ferry"}, {"url": "https://amp.example.org/ferry"}),
        ({"guid": "item-2019-77", "url": "https://example.org/a"}, {"guid": "item-2019-77"}),
        ({"guid": "item-2019-77", "url": "https://example.org/a"}, {"url": "https://example.org/a"}),
        ({"guid": "0", "url": "https://example.org/a"}, {"guid": "none", "url": "https://example.org/a"}),
    ],
)
def test_a_wire_is_found_by_guid_or_url_whatever_it_says(
    store: Store, first: dict[str, str], second: dict[str, str]
) -> None:
    assert home(store, FERRY, **first) == home(store, BREAD, **second)


@pytest.mark.parametrize(
    "facts",
    [
        {"guid": "0"},
        {"guid": "none"},
        {"guid": "1547"},
        {"guid": "article"},
        {"url": "https://example.org/"},
        {"guid": "https://www.example.org"},
        {"guid": "0", "url": "https://example.org/index.html"},
    ],
)
def test_what_says_nothing_joins_no_strangers(store: Store, facts: dict[str, str]) -> None:
    assert home(store, FERRY, **facts) != home(store, BREAD, **facts)
    assert home(store, FERRY, **facts) == home(store, FERRY, **facts)
    assert len(list(store.stories())) == 2


def test_one_text_from_two_places_is_two_stories_if_nothing_says_more(store: Store) -> None:
    one = home(store, FERRY, guid="0", url="https://example.org/")
    other = home(store, FERRY, guid="0", url="https://example.com/")
    assert other.startswith(f"{one}-")
    assert home(store, FERRY, guid="0", url="https://example.com/") == other


def test_items_of_a_feed_that_gives_all_one_guid_are_told_apart_by_url_and_words(store: Store) -> None:
    feed = {"guid": "feed-2019-01-15"}
    ferry = home(store, FERRY, url="https://example.org/ferry", **feed)
    bread = home(store, BREAD, url="https://example.org/bread", **feed)
    assert ferry != bread
    assert home(store, LATER, url="https://example.org/ferry", **feed) == ferry
    assert home(store, LATER, url="https://example.org/ferry-2", **feed) == ferry
    assert home(store, f"{BREAD} So they say.", **feed) == bread


def test_a_url_that_shows_one_item_after_the_other_joins_none_of_them(store: Store) -> None:
    live = {"url": "https://example.org/live"}
    ferry = home(store, FERRY, guid="item-2019-77", **live)
    bread = home(store, BREAD, guid="item-2019-78", **live)
    assert ferry != bread
    assert home(store, LATER, guid="item-2019-77", **live) == ferry


def test_a_page_that_was_written_anew_under_its_url_is_one_story(store: Store) -> None:
    assert home(store, FERRY, url="https://example.org/a") == home(store, BREAD, url="https://example.org/a")


def test_a_guid_that_came_with_another_url_joins_what_has_its_headline(store: Store) -> None:
    told = {"guid": "item-2019-77", "headline": "Ferry to the cape sinks"}
    first = home(store, FERRY, url="https://example.org/ferry", **told)
    assert home(store, BREAD, url="https://example.org/a-new-slug", **told) == first


def test_a_name_that_many_stories_have_finds_none(store: Store) -> None:
    for number in range(MOST + 1):
        store.add(f"s{number}", f"{BREAD} {number}", guid="feed-2019-01-15")
    assert home(store, FERRY, guid="feed-2019-01-15").startswith("the-ferry")


def test_of_stories_with_one_guid_the_likest_is_chosen(store: Store) -> None:
    store.add("bread", BREAD, guid="item-2019-77")
    store.add("ferry", FERRY, guid="item-2019-77")
    assert home(store, LATER, guid="item-2019-77") == "ferry"


def test_what_was_given_to_a_story_finds_it_before_all_else(store: Store) -> None:
    store.add("bread", BREAD, guid="item-2019-77")
    store.add("ferry", FERRY, url="https://example.org/ferry")
    store.add_alias("bread", "https://example.org/bread")
    assert home(store, LATER, guid="item-2019-77", url="https://example.org/bread") == "bread"
    store.remove_alias("bread", "item-2019-77", "https://example.org/bread")
    assert home(store, LATER, guid="item-2019-77").startswith("the-ferry")


def test_a_wire_with_neither_story_nor_guid_nor_url_is_refused(store: Store) -> None:
    with pytest.raises(BadWire, match="names no story"):
        store.add(None, FERRY)
    with pytest.raises(BadWire, match="names no story"):
        store.add(None, FERRY, guid=" ", url="")
    with pytest.raises(BadWire, match="the story-id is empty"):
        store.add("", FERRY, guid="item-2019-77")


def test_wires_of_one_batch_find_one_another(store: Store) -> None:
    wires = [
        Wire(story=None, text=text, date="2019-01-15", facts=Facts(guid=guid))
        for text, guid in ((FERRY, "item-2019-77"), (BREAD, "item-2019-78"), (LATER, "item-2019-77"))
    ]
    counts = store.import_wires([*wires, Wire(story=None, text=FERRY)])
    assert (counts.new, counts.changed, counts.bad) == (2, 1, 1)
    assert store.import_wires(wires).same == 3


def test_an_import_with_several_jobs_finds_the_same(store: Store) -> None:
    wires = [
        Wire(story=None, text=f"{FERRY} {number}", facts=Facts(guid=f"item-2019-{number % 7}"))
        for number in range(60)
    ]
    assert store.import_wires(wires, jobs=2).new == 7
    with opened("memory:") as other:
        other.import_wires(wires)
        assert {version.id for version in other.log()} == {version.id for version in store.log()}


def test_a_dry_run_finds_and_keeps_nothing(store: Store) -> None:
    wire = Wire(story=None, text=FERRY, facts=Facts(guid="item-2019-77"))
    assert store.add_wire(wire, dry_run=True).outcome == "new"
    assert list(store.stories()) == []
    assert store.story_of(guid="item-2019-77") is None


NAMES = st.sampled_from(
    [None, "", "0", "item-2019-77", "item-2019-78;v=1", "https://example.org/", "https://example.org/a"]
)
TEXTS = st.sampled_from([FERRY, LATER, BREAD, "", "Yes."])


@given(st.lists(st.tuples(TEXTS, NAMES, NAMES), max_size=12))
def test_a_run_that_is_repeated_adds_nothing(told: list[tuple[str, str | None, str | None]]) -> None:
    wires = [
        Wire(story=None, text=text, date="2019", facts=Facts(guid=guid, url=url)) for text, guid, url in told
    ]
    with opened("memory:") as store:
        first = store.import_wires(wires)
        again = store.import_wires(wires)
        assert (again.new, again.changed, again.bad) == (0, 0, first.bad)
        assert store.fsck(level="deep").ok


# On the command line


@pytest.fixture
def run(tmp_path: Path) -> Program:
    places.init(tmp_path)
    return Program(tmp_path)


def lines(*wires: dict[str, Any]) -> bytes:
    return "".join(json.dumps(wire) + "\n" for wire in wires).encode()


def test_add_finds_the_story_of_a_wire_with_a_guid(run: Program) -> None:
    first = run("add", "--guid", "item-2019-77", "--headline", "Ferry sinks", "-", stdin=FERRY.encode())
    assert first.lines[0].startswith("ferry-sinks-b70d9110@1")
    second = run("add", "--json", "--guid", "item-2019-77", "-", stdin=LATER.encode())
    assert (second.json["story"], second.json["number"]) == ("ferry-sinks-b70d9110", 2)
    third = run("add", "--url", "https://example.org/", "-", stdin=BREAD.encode())
    assert third.lines[0].startswith("bakers-ask")


def test_add_says_how_to_name_the_story_of_a_wire_that_has_neither(run: Program) -> None:
    answer = run("add", "-", stdin=FERRY.encode())
    assert (answer.code, "which story does it belong to?" in answer.err) == (2, True)
    answer = run("add", "--story-from", "field:slug", "--guid", "item-2019-77", "-", stdin=FERRY.encode())
    assert (answer.code, "which story does it belong to?" in answer.err) == (2, True)


def test_import_needs_stories_unless_it_is_to_find_them(run: Program) -> None:
    wires = lines(
        {"text": FERRY, "guid": "item-2019-77", "headline": "Ferry sinks"},
        {"text": LATER, "url": "https://example.org/ferry", "guid": "item-2019-77"},
        {"text": BREAD},
        {"story": "bread", "text": BREAD, "url": "https://example.org/bread"},
        {"story": None, "text": BREAD, "url": "https://example.org/bread?utm_source=x"},
        {"story": "", "text": BREAD, "guid": "item-2019-79"},
    )
    assert run("import", "-", stdin=wires).err.endswith("1 new, 0 changed, 0 same, 5 bad\n")
    answer = run("import", "--find", "-v", "-", stdin=wires)
    assert answer.code == 7
    assert answer.err.endswith("1 new, 2 changed, 1 same, 2 bad\n")
    assert [line.split("  ")[0] for line in answer.lines] == [
        *("ferry-sinks-b70d9110@1", "ferry-sinks-b70d9110@2", "bread@1", "bread@2")
    ]
    assert "line 3: 'story' is missing" in answer.err
    assert "line 6: the story-id is empty" in answer.err
