"""The normal form of URLs: one page has one name, and no two pages have the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstore import urls

PAGE = "https://example.org/2019/01/talks"


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        "http://example.org/2019/01/talks",
        "HTTPS://WWW.Example.ORG/2019/01/talks",
        "//example.org/2019/01/talks/",
        " https://example.org:443/2019/01/talks\n",
        "http://example.org:80/2019/01/talks",
        "https://example.org./2019/01/talks",
        "https://desk:secret@example.org/2019/01/talks",
        "https://example.org/2019/01/talks?",
        "https://example.org/2019/01/talks#comments",
        "https://example.org/2019/01/talks?utm_source=rss&UTM_Medium=feed&fbclid=x1",
        "https://example.org/2019/01/talks?utm_source=rss&amp;gclid=7",
        "https://example.org/2019/./02/../01/%74alks",
        "https://example.org/2019/01/talks;jsessionid=1F2E",
        "https://amp.example.org/2019/01/talks",
        "https://example.org/amp/2019/01/talks",
        "https://example.org/2019/01/talks/amp/",
        "https://example.org/2019/01/talks.amp?amp=1",
        "https://www.google.com/amp/s/www.example.org/2019/01/talks",
        "https://example-org.cdn.ampproject.org/c/s/example.org/2019/01/talks?usqp=mq331",
        "feed://example.org/2019/01/talks",
    ],
)
def test_one_page_has_one_name(url: str) -> None:
    assert urls.normal(url) == PAGE


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/2019/01/Talks",
        "https://example.org/2019/01/talks?page=2",
        "https://example.org:8080/2019/01/talks",
        "https://m.example.org/2019/01/talks",
        "https://example.org/2019/01/talks#!/live",
        "https://example.org/2019/01%2Ftalks",
        "https://example.org/2019//01/talks",
        "https://example.org/2019/01/talks.html",
        "https://news.example.org/2019/01/talks",
        "https://example.com/2019/01/talks",
    ],
)
def test_another_page_has_another_name(url: str) -> None:
    assert urls.normal(url) not in {None, PAGE}


def test_the_order_of_parameters_does_not_matter_their_values_do() -> None:
    one, other = "https://example.org/a?id=7&x=1&x=2", "https://example.org/a?x=1&id=7&x=2"
    assert urls.normal(one) == urls.normal(other) == "https://example.org/a?id=7&x=1&x=2"
    assert urls.normal(one) != urls.normal("https://example.org/a?id=7&x=2&x=1")


def test_a_host_of_any_script_and_a_path_of_any_script_have_one_form() -> None:
    assert urls.normal("https://Zeitung-MÜNCHEN.de/ä b") == "https://xn--zeitung-mnchen-osb.de/%C3%A4%20b"
    assert urls.normal("https://xn--zeitung-mnchen-osb.de/%c3%a4%20b") == urls.normal(
        "https://zeitung-münchen.de/ä b"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://example.org/",
        "https://www.example.org/index.html?utm_source=rss",
        "https://example.org/default.aspx",
        "https://example.org/#top",
    ],
)
def test_the_front_page_of_a_site_is_no_story(url: str) -> None:
    assert urls.normal(url) is None


def test_a_front_page_with_a_parameter_may_be_one() -> None:
    assert urls.normal("https://example.org/?p=123") == "https://example.org/?p=123"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "urn:newsml:example.org:20190115:a1:1",
        "mailto:desk@example.org",
        "example.org/2019",
        "https://",
        "https:///path",
        "https://exa mple.org/a",
        "https://[::1/a",
        "https://example.org:99999999/a",
        "https://" + "ä" * 300 + ".org/a",
        "https://example.org/" + "a" * urls.LONGEST,
    ],
)
def test_what_is_no_url_has_no_normal_form(name: str) -> None:
    assert urls.normal(name) is None


def test_an_amp_page_of_an_amp_page_ends() -> None:
    assert urls.normal("https://google.com" + "/amp/s/google.com" * 400 + "/amp/s/example.org/a") is None


ODD = st.text(st.sampled_from("ab/.%?&=#;:@[]2f é\ud800\0\nAMPamp-_~"), max_size=60)


@given(ODD, ODD)
def test_a_normal_form_is_its_own(host: str, rest: str) -> None:
    found = urls.normal(f"https://{host}.org/{rest}")
    assert found is None or urls.normal(found) == found


PARTS = st.lists(st.sampled_from(["a", "b-2", "2019", "talks", "index", "home", "story_1", "~x"]), max_size=5)


@given(st.sampled_from(["https://", "http://"]), st.booleans(), PARTS, st.sampled_from(["", "/", ".html"]))
def test_the_short_way_for_usual_urls_leads_where_the_long_one_does(
    scheme: str, has_www: bool, parts: list[str], end: str
) -> None:
    url = f"{scheme}{'www.' if has_www else ''}example.org/{'/'.join(parts)}{end}"
    assert urls.normal(url) == urls.normal(f"{url}#elsewhere")
