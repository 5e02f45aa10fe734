"""HTML pages: the article and what the head says, in the declared character set, or a clear refusal."""

from __future__ import annotations

import hashlib
import logging
from importlib.metadata import version

import pytest
from pages import HEAD, PARAGRAPHS, page

from vstore import readers
from vstore.errors import BadWire
from vstore.readers import webpage

pytest.importorskip("trafilatura", reason="trafilatura is not installed: pip install 'vstore[html]'")

TEXT = "\n\n".join(PARAGRAPHS)


def test_the_article_and_the_facts_of_its_head_are_read() -> None:
    data = page().encode()
    reading = readers.read(data)
    assert reading.text == f"Bridge closed\n\n{TEXT}"
    assert reading.date == "2031-05-02T11:40:00+02:00"
    assert reading.facts == {
        "source": "Kestrel Wire",
        "headline": "Bridge closed",
        "byline": "Ann Reed",
        "url": "https://kestrel.example/bridge",
        "lang": "en",
        "keywords": ["bridge", "Norden"],
        "rights": "Kestrel 2031",
        "first_created": "2031-05-02T08:15:00+02:00",
        "extra": {"description": "Cracks in two piers.", "modified": "2031-05-02T11:40:00+02:00"},
    }
    assert (reading.reader, reading.charset, reading.story) == ("html", "utf-8", None)
    assert reading.digest == hashlib.sha256(data).hexdigest()


def test_the_extractor_and_its_version_are_a_capture_note() -> None:
    reading = readers.read(page().encode())
    assert reading.capture == {"extractor": f"trafilatura {version('trafilatura')}"}
    assert readers.to_wire(reading, "bridge", {}).capture["extractor"] == reading.capture["extractor"]


def test_dates_are_taken_from_linked_data_where_no_meta_has_them() -> None:
    data = '{"@type": "NewsArticle", "datePublished": "2031-05-02T06:15Z", "dateModified": "2031-05-02"}'
    head = f'<meta charset="utf-8"><script type="application/ld+json">{data}</script>'
    reading = readers.read(page(head=head).encode())
    assert (reading.date, reading.facts["first_created"]) == ("2031-05-02", "2031-05-02T06:15+00:00")


def test_a_page_that_says_no_exact_date_is_undated() -> None:
    reading = readers.read(page(head='<meta name="date" content="last Friday">').encode())
    assert reading.date is None
    assert "first_created" not in reading.facts


@pytest.mark.parametrize(
    ("label", "encoding", "charset"),
    [
        ("utf-8", "utf-8", "utf-8"),
        ("iso-8859-1", "cp1252", "cp1252"),
        ("windows-1251", "cp1251", "cp1251"),
        ("gb2312", "gb18030", "gb18030"),
        ("shift_jis", "cp932", "cp932"),
        ("utf-16", "utf-8", "utf-8"),
        ("no-such-set", "utf-8", "utf-8"),
    ],
)
def test_a_page_is_read_in_the_character_set_that_it_declares(
    label: str, encoding: str, charset: str
) -> None:
    words = {"cp1252": "Brücke – €", "cp1251": "Мост", "gb18030": "旧桥", "cp932": "旧橋の通行"}
    paragraph = (
        f"{words.get(encoding, 'Größe 旧')}: the bridge was closed on Friday, as the council said at noon."
    )
    raw = page(paragraph, head=f'<meta http-equiv="Content-Type" content="text/html; charset={label}">')
    reading = readers.read(raw.encode(encoding))
    assert (reading.charset, paragraph in reading.text) == (charset, True)


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_stronger_than_what_is_declared(mark: str) -> None:
    raw = page("Die Brücke über die Aller ist seit Freitag gesperrt, sagte der Rat.")
    reading = readers.read(raw.replace('charset="utf-8"', 'charset="cp1252"').encode(mark))
    assert "Brücke über" in reading.text
    assert reading.reader == "html"


def test_what_declares_nothing_is_detected() -> None:
    paragraph = (
        "El puente está cerrado, señaló el alcalde: el río creció durante la noche y mañana sigue así."
    )
    reading = readers.read(page(paragraph, head="<title>Puente</title>").encode("cp1252"))
    assert (reading.charset, paragraph in reading.text) == ("cp1252", True)


def test_a_byte_that_is_no_text_may_stand_outside_the_article() -> None:
    raw = page().encode().replace(b"&copy;", b"\xa9")
    assert TEXT in readers.read(raw).text


def test_but_in_the_article_nothing_is_replaced() -> None:
    raw = page().encode().replace("“We".encode(), b"\x93We")
    with pytest.raises(BadWire, match=r"not utf-8: the byte at offset \d+ is 0x93.*--encoding"):
        readers.read(raw)
    sound = raw.replace("”".encode(), b"\x94")
    assert "“We do" in readers.read(sound, encoding="cp1252").text


@pytest.mark.parametrize(
    "text",
    [
        *["<html></html>", "<!DOCTYPE html>", "<html><body><nav><a href=/></a></nav></body></html>"],
        "<html><title>x</title><body><script>var a = 'The bridge was closed';</script></body></html>",
    ],
)
def test_a_page_without_an_article_is_refused(text: str) -> None:
    with pytest.raises(BadWire, match="no article"):
        readers.read(text.encode())


def test_nothing_is_said_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadWire):
        readers.read(b"<html></html>")
    handlers = logging.getLogger("trafilatura").handlers
    assert any(isinstance(handler, logging.NullHandler) for handler in handlers)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("beginning", "known"),
    [
        (b"<!DOCTYPE HTML PUBLIC '-//W3C//DTD'>", True),
        (b'\xef\xbb\xbf\n <html lang="en">', True),
        (b'<?xml version="1.0"?>\n<!-- made by hand -->\n<html xmlns="http://www.w3.org/1999/xhtml">', True),
        (b"<rss version='2.0'>", False),
        (b"<htmlx>", False),
        (b"The <html> tag opens a page.", False),
    ],
)
def test_a_page_is_known_by_its_beginning(beginning: bytes, known: bool) -> None:
    assert webpage.looks_like_html(beginning) is known


def test_a_page_that_is_too_big_is_refused() -> None:
    raw = page("word " * (webpage.PAGE_LIMIT // 5)).encode()
    with pytest.raises(BadWire, match="too big"):
        readers.read(raw)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<p>a" * (webpage.ELEMENTS + 1), "more than 50,000 elements"),
        ("<div " + " ".join(f"a{number}=1" for number in range(20_000)) + ">", "more than 500 attributes"),
        ("<div " + " ".join(f"a{number}='x'" for number in range(20_000)) + ">", "more than 500 attributes"),
    ],
)
def test_what_would_take_the_extractor_long_is_refused(body: str, reason: str) -> None:
    with pytest.raises(BadWire, match=reason):
        readers.read(f"<html><body>{body}</body></html>".encode())


def test_a_long_value_is_not_many_attributes() -> None:
    picture = f'<img src="data:image/png;base64,{"iVBOR w0KGgo " * 1000}">'
    assert TEXT in readers.read(page(PARAGRAPHS[0], picture, *PARAGRAPHS[1:]).encode()).text


@pytest.mark.parametrize("nest", ["<div>", "<b>", "<table><tr><td>", "<ul><li>", "<blockquote>", "<svg>"])
def test_deep_nesting_ends_in_a_reading_or_a_refusal(nest: str) -> None:
    raw = f"<html><head>{HEAD}</head><body>{nest * 10_000}{PARAGRAPHS[0]}</body></html>"
    try:
        found = readers.read(raw.encode()).text
    except BadWire as error:
        found = error.message
    assert PARAGRAPHS[0] in found or "no article" in found or "failed" in found


@pytest.mark.parametrize(
    "head",
    [
        f'<script type="application/ld+json">{"[" * 100_000}</script>',
        f"<title>{'a | ' * 50_000}</title>",
        f'<meta name="author" content="{"by a, " * 50_000}">',
        '<link rel="canonical" href="http://[">',
        '<meta property="article:published_time" content="2031-02-30T00:00:00Z">',
    ],
)
def test_a_hostile_head_does_not_cost_the_article(head: str) -> None:
    assert TEXT in readers.read(page(head=f'<meta charset="utf-8">{head}').encode()).text
