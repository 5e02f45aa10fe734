"""By what a wire is known: guids with and without versions, URLs, and those that say nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstore import aliases
from vstore.model import Facts


def name(guid: str, version: str | None = None) -> str | None:
    return aliases.guid_name(Facts(guid=guid, provider_version=version))


@pytest.mark.parametrize(
    "guid",
    [
        *("", " ", "0", "1", "-", "none", "None", "NULL", "n/a", "N/A", "undefined", "id", "guid", "12345"),
        *("article", "Startseite", "not-available", "no guid", "00000000-0000-0000-0000-000000000000"),
        *("1547560800", "https://example.org/", "https://example.org/index.php", "------", "статья"),
    ],
)
def test_a_guid_that_many_would_give_says_nothing(guid: str) -> None:
    assert name(guid) is None
    assert aliases.names(Facts(guid=guid)) == ()


@pytest.mark.parametrize(
    "guid",
    [
        *("1CG4P2", "L3N1ZF2A1", "20190115123456", "us-nk-talks", "tag:example.org,2023:7"),
        *("550e8400-e29b-41d4-a716-446655440000", "https://example.org/?p=123", "urn:uuid:1-2", "会談-2019"),
    ],
)
def test_any_other_guid_is_a_name(guid: str) -> None:
    assert name(guid) == guid


@pytest.mark.parametrize(
    ("guid", "version", "item", "number"),
    [
        ("urn:newsml:example.org:20190115:nk7:3", None, "urn:newsml:example.org:20190115:nk7", 3),
        ("urn:newsml:example.org:20190115:nk7:3U", None, "urn:newsml:example.org:20190115:nk7", 3),
        ("URN:NEWSML:example.org:20190115:nk:7:12", None, "URN:NEWSML:example.org:20190115:nk:7", 12),
        ("tag:reuters.com,2019:newsml_L3N1ZF2A1:3", None, "tag:reuters.com,2019:newsml_L3N1ZF2A1", 3),
        ("item-2019-77;v=2", None, "item-2019-77", 2),
        ("item-2019-77#version:2", None, "item-2019-77", 2),
        ("item-2019-77-v2", "2", "item-2019-77", 2),
        ("item-2019-77/rev.2", "2", "item-2019-77", 2),
        ("tag:example.org,2019:nk7abc:2", "2", "tag:example.org,2019:nk7abc", 2),
        ("item-2019-77", "2", "item-2019-77", 2),
    ],
)
def test_a_version_at_its_end_is_no_part_of_a_guid(
    guid: str, version: str | None, item: str, number: int
) -> None:
    found = aliases.item(Facts(guid=guid, provider_version=version, source="A"))
    assert found == aliases.Item("A", item, str(number), number)


@pytest.mark.parametrize(
    ("guid", "version"),
    [
        ("tag:example.org,2023:7", "7"),  # the seventh item of the year, as it happens in its version 7
        ("item-2019-7", "7"),
        ("item-2019-77-v2", None),
        ("item-2019-77-v2", "3"),
        ("urn:newsml:example.org:20190115:77", None),
        ("tag:example.org,2019:nk7abc:2", None),
        ("falcon-9", "9"),
    ],
)
def test_a_number_that_may_be_the_item_s_own_stays(guid: str, version: str | None) -> None:
    assert name(guid, version) == guid


def test_a_provider_may_count_as_it_likes() -> None:
    found = aliases.item(Facts(guid="item-2019-77", provider_version="2019-01-15T14:00Z"))
    assert found is not None
    assert (found.version, found.number) == ("2019-01-15T14:00Z", None)
    assert aliases.item(Facts(guid="item-2019-77")) is None
    assert aliases.item(Facts(guid="0", provider_version="2")) is None


def test_guid_and_url_of_a_feed_are_one_name_if_they_are_one_page() -> None:
    facts = Facts(guid="http://example.org/a/", url="https://www.example.org/a?utm_source=rss")
    assert aliases.names(facts) == ("https://example.org/a",)
    assert len(aliases.digests(facts)) == 1


def test_a_guid_is_what_stands_between_white_space() -> None:
    assert name("\n  item-2019-77 \n") == "item-2019-77"


GUIDS = st.text(st.sampled_from("ab19:;#v=-/. \0é\ud800"), max_size=30) | st.sampled_from(
    ["urn:newsml:a.b:20190115:x1:2", "https://example.org/a", "item-77;v=2"]
)


@given(GUIDS, st.none() | st.sampled_from(["1", "2", "x"]), GUIDS, st.none() | st.sampled_from(["1", "2"]))
def test_wires_that_are_named_alike_have_the_same_names(
    guid: str, version: str | None, other: str, later: str | None
) -> None:
    one, two = (Facts(guid=g, provider_version=v) for g, v in ((guid, version), (other, later)))
    if aliases.is_named_alike(one, two):
        assert aliases.names(one) == aliases.names(two)


@given(GUIDS)
def test_whoever_says_a_name_means_it(guid: str) -> None:
    meant = set(aliases.said(guid.strip()))
    assert set(aliases.names(Facts(guid=guid))) <= meant
