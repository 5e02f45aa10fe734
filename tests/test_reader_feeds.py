"""RSS and Atom: an item is a wire with its own date, id and digest; broken feeds give what is whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from crawls import found
from feed_items import ITEM, rss

from vstore import readers
from vstore.readers import feeds
from vstore.readers.declared import Decoded
from vstore.readers.feedspans import spans
from vstore.readers.maildates import mail_date
from vstore.readers.reading import How
from vstore.readers.source import Held

pytest.importorskip("feedparser", reason="feedparser is not installed: pip install 'vstore[feeds]'")

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Kestrel</title><rights>frei</rights>
<author><name>Redaktion</name></author>
<entry><id>tag:kestrel.example,2031:1</id><title type="html">Br&amp;uuml;cke &amp;lt; F&amp;auml;hre</title>
<updated>2031-05-02T08:15:00.50Z</updated><published>2031-05-01T20:00+02:00</published>
<link href="https://kestrel.example/1"/><author><name>Ida Brandt</name></author>
<author><name>Ann Reed</name></author>
<summary>Kurz.</summary><source><title>Nordpress</title></source>
<content type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml"><p>Die Brücke</p><p>ist zu.</p></div></content></entry>
<entry><id>tag:kestrel.example,2031:2</id><title>Zwei</title><updated>gestern</updated>
<content type="text">Erste Zeile
  zweite &lt;Zeile&gt;</content></entry>
</feed>"""


def test_an_item_of_rss_is_a_wire(tmp_path: Path) -> None:
    data = rss(ITEM).encode()
    (reading,), bad = found(data, tmp_path, "feed")
    assert bad == []
    assert reading.text == "The bridge is closed.\n\nThe ferry runs & is free."
    assert (reading.date, reading.reader, reading.story) == ("2031-05-02T08:15+02:00", "feed", None)
    assert reading.facts == {
        "source": "Kestrel Wire",
        "headline": "Bridge & ferry",
        "byline": "Ann Reed",
        "url": "https://kestrel.example/bridge?x=1&y=2",
        "guid": "kestrel-17",
        "lang": "en-gb",
        "keywords": ["bridges", "Norden"],
        "rights": "Kestrel 2031",
        "extra": {
            "summary": "Cracks in two piers.",
            "credit": "Ida Brandt",
            "made_up": "as it is",
            "enclosures": ["https://kestrel.example/bridge.jpg"],
        },
    }


def test_entries_of_atom_are_wires(tmp_path: Path) -> None:
    (first, second), bad = found(ATOM.encode(), tmp_path, "feed")
    assert bad == []
    assert (first.text, first.date) == ("Die Brücke\n\nist zu.", "2031-05-02T08:15:00.50+00:00")
    assert first.facts["headline"] == "Brücke < Fähre"
    assert first.facts["source"] == "Nordpress"
    assert first.facts["byline"] == "Ida Brandt, Ann Reed"
    assert first.facts["first_created"] == "2031-05-01T20:00+02:00"
    assert (first.facts["guid"], first.facts["rights"]) == ("tag:kestrel.example,2031:1", "frei")
    assert (second.text, second.date) == ("Erste Zeile\n  zweite <Zeile>", None)
    assert (second.facts["byline"], second.facts["lang"]) == ("Redaktion", "de")
    assert second.facts["extra"] == {"updated": "gestern"}


def test_rss_1_is_read_too(tmp_path: Path) -> None:
    data = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Kestrel</title></channel>
    <item rdf:about="https://kestrel.example/1"><title>One</title><dc:date>2031-05-02</dc:date>
    <description>Text.</description></item></rdf:RDF>"""
    (reading,), _ = found(data.encode(), tmp_path, "feed")
    assert (reading.text, reading.date, reading.facts["headline"]) == ("Text.", "2031-05-02", "One")


def test_the_digest_is_that_of_the_item(tmp_path: Path) -> None:
    other = "<item><title>Two</title><description>Über &lt;item> und <![CDATA[</item>]]></description></item>"
    for charset in ("utf-8", "iso-8859-1"):
        data = rss(ITEM, "<!-- <item> -->", other, declared=charset).encode(charset)
        (first, second), _ = found(data, tmp_path, "feed")
        assert first.digest == hashlib.sha256(ITEM.encode()).hexdigest()
        assert second.digest == hashlib.sha256(other.encode(charset)).hexdigest()


def test_items_with_equal_ids_are_all_kept(tmp_path: Path) -> None:
    readings, bad = found(
        rss(ITEM, ITEM.replace("ferry", "bus"), "<item><guid></guid></item>").encode(), tmp_path, "feed"
    )
    assert [reading.facts.get("guid") for reading in readings] == ["kestrel-17", "kestrel-17", None]
    assert bad == []


def test_an_item_without_text_is_read_as_one(tmp_path: Path) -> None:
    (reading,), bad = found(rss("<item><title>Only a headline</title></item>").encode(), tmp_path, "feed")
    assert (reading.text, reading.facts["headline"], bad) == ("", "Only a headline", [])


def test_a_summary_without_tags_keeps_its_lines(tmp_path: Path) -> None:
    data = rss("<item><description>One &amp;amp; two.\n\nThree.</description></item>").encode()
    (reading,), _ = found(data, tmp_path, "feed")
    assert reading.text == "One & two.\n\nThree."


def test_a_feed_that_is_cut_off_gives_the_items_that_are_whole(tmp_path: Path) -> None:
    second = ITEM.replace("kestrel-17", "kestrel-18")
    data = rss(ITEM, second).encode()
    start = data.index(b"kestrel-18")
    for cut in range(start, data.rindex(b"</item>") + 6, 23):
        readings, (bad,) = found(data[:cut], tmp_path, "feed")
        assert [reading.facts["guid"] for reading in readings] == ["kestrel-17"]
        assert bad.facts == {"item": 2}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("&amp;y=2", "&y=2"), ("<category>bridges</category>", "<br>"), ("</dc:creator>", "</a>")],
)
def test_a_feed_that_is_not_well_formed_is_read(tmp_path: Path, wrong: str, right: str) -> None:
    readings, bad = found(rss(ITEM.replace(wrong, right), ITEM).encode(), tmp_path, "feed")
    assert [reading.facts["guid"] for reading in readings] == ["kestrel-17", "kestrel-17"]
    assert ("The bridge is closed." in readings[0].text, bad) == (True, [])


@pytest.mark.parametrize(
    "data", [b"", b"junk", b"<html><body><p>Not found</p></body></html>", b"<rss", b"\x00\xff\xfe", b"<a/>"]
)
def test_what_is_no_feed_is_refused(tmp_path: Path, data: bytes) -> None:
    readings, bad = found(data, tmp_path, "feed")
    assert (readings, len(bad)) == ([], 1)


def test_a_feed_without_items_holds_nothing(tmp_path: Path) -> None:
    assert found(rss().encode(), tmp_path, "feed") == ([], [])


# Character sets


def test_the_declared_character_set_is_heeded(tmp_path: Path) -> None:
    item = "<item><description>Größe – €</description></item>"
    (reading,), _ = found(rss(item, declared="iso-8859-1").encode("cp1252"), tmp_path, "feed")
    assert (reading.text, reading.charset) == ("Größe – €", "cp1252")


def test_bytes_that_are_no_text_cost_the_item_that_they_are_in(tmp_path: Path) -> None:
    data = rss(ITEM, ITEM.replace("ferry", "f\xe4hre")).encode("latin-1")
    readings, (bad,) = found(data, tmp_path, "feed")
    assert len(readings) == 1
    assert bad.facts["item"] == 2
    assert "not utf-8" in bad.message


def test_the_option_is_stronger_than_the_declaration() -> None:
    data = rss("<item><description>Größe</description></item>").encode("cp1252")
    (reading,) = readers.items(Held(data), How(encoding="cp1252"), "feed")
    assert isinstance(reading, readers.Reading)
    assert reading.text == "Größe"


# Hostile feeds


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a SYSTEM "http://192.0.2.1/x.dtd"> %a;',
    ],
)
def test_a_feed_that_declares_entities_is_refused(tmp_path: Path, declaration: str) -> None:
    data = rss("<item><title>&a;</title></item>").replace("?>", f"?><!DOCTYPE rss [{declaration}]>", 1)
    readings, (bad,) = found(data.encode(), tmp_path, "feed")
    assert readings == []
    assert "entities of its own" in bad.message


@pytest.mark.parametrize(
    "content",
    [
        "<a>" * 5_000,
        "<item>" * 5_000,
        "<![CDATA[" * 50_000,
        "<!--" * 50_000,
        "&" * 100_000,
        "<" * 100_000,
        "<item " * 10_000,
        '<a b="' * 50_000,
        "<pubDate>" + "Mon, " * 50_000 + "</pubDate>",
        "<author>" + "a@(" * 50_000 + "</author>",
        "<link>http://[</link>",
    ],
)
def test_a_hostile_item_does_not_cost_the_one_before_it(tmp_path: Path, content: str) -> None:
    readings, bad = found(rss(ITEM, f"<item>{content}").encode(), tmp_path, "feed")
    assert readings[0].facts["guid"] == "kestrel-17"
    assert "bridge is closed" in readings[0].text
    assert len(readings) + len(bad) >= 2


def test_what_would_take_the_parser_long_is_refused(tmp_path: Path) -> None:
    tag = "<item " + " ".join(f'a{number}="1"' for number in range(20_000)) + "/>"
    _, (bad,) = found(rss(tag).encode(), tmp_path, "feed")
    assert "attributes" in bad.message
    _, (bad,) = found(b"<rss>" + bytes(feeds.FEED_LIMIT), tmp_path, "feed")
    assert "too big" in bad.message
    _, (bad,) = found(rss("<item>" * (feeds.ITEMS + 1)).encode(), tmp_path, "feed")
    assert "more than 50,000 items" in bad.message


@pytest.mark.parametrize("part", ["<![CDATA[", "<!--", "<item ", "<item>", "</item>", "<entry/>"])
def test_spans_are_found_in_one_pass(part: str) -> None:
    assert len(spans(Decoded(part * 200_000, "utf-8"), 3)) == 3


def test_feeds_are_known_by_their_outermost_element() -> None:
    for data in (rss(), ATOM, '<?xml version="1.0"?><!-- x --><rdf:RDF xmlns:rdf="x">'):
        assert readers.choose(Held(data.encode()), How()) is readers.reader("feed")
    assert not feeds.sniff(b"<html>", Held(b""))
    assert not feeds.sniff(b"an <rss> feed", Held(b""))


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("Fri, 02 May 2031 08:15:10 +0200", "2031-05-02T08:15:10+02:00"),
        ("Fri, 02 May 2031 08:15 GMT", "2031-05-02T08:15+00:00"),
        ("2 May 31 08:15:10 EST", "2031-05-02T08:15:10-05:00"),
        ("Fri, 02 May 2031 08:15:10 -0330 (NST)", "2031-05-02T08:15:10-03:30"),
        ("Fri, 02 May 2031 08:15:10 -0000", "2031-05-02T08:15:10"),
        ("Fri, 02 May 2031 08:15:10", "2031-05-02T08:15:10"),
        ("Fri, 02 May 2031 08:15:10 CEST", "2031-05-02"),
        ("2 May 2031 8:15 PM", "2031-05-02"),
        *[
            (written, None)
            for written in ("", "x", "Fri, 31 Feb 2031 08:15 GMT", "Fri, 02 May 2031 25:15 GMT")
        ],
        *[
            (written, None)
            for written in ("Fri, 02 May 2031 08:15 +9999", "Fri, 02 May 99999 08:15 GMT", "1" * 10**6)
        ],
    ],
)
def test_dates_of_mail_are_as_precise_as_they_are_written(written: str, date: str | None) -> None:
    assert mail_date(written) == date
