"""RSS and Atom, each item a wire, by feedparser, which also reads feeds that are not well-formed.

The text is the item's content, or its summary where it has no other. An item whose end is missing is told
and left out; ids that several items share are kept as they are.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, NamedTuple

from vstore.errors import BadWire
from vstore.readers.declared import Decoded, decode_leniently, in_markup
from vstore.readers.feedspans import Span, spans
from vstore.readers.maildates import mail_date, real_date
from vstore.readers.reading import How, Reading, at_item
from vstore.readers.snippets import snippet_text
from vstore.readers.source import Source
from vstore.readers.webpage import check_attributes
from vstore.readers.xmlroot import root_of

NAME = "feed"
ABOUT = "RSS and Atom, each item a wire (extra feeds)"

FEED_LIMIT = 16 << 20
"""A feed has at most so many bytes."""
ITEMS = 50_000
"""And so many items."""

_NOT_EXTRA = {
    *("title", "link", "links", "id", "guidislink", "author", "authors", "publisher", "tags", "content"),
    *("published", "updated", "language", "rights", "source", "href", "base", "feedburner_origlink"),
}
"""Keys of an entry that are facts, or say nothing; other texts go into `extra`."""

Entry = dict[str, Any]


class Feed(NamedTuple):
    """What feedparser made of a feed: its own facts, its items, and the fault if it is not well-formed."""

    facts: Entry
    entries: list[Entry]
    version: str
    fault: object


def sniff(beginning: bytes, _source: Source, /) -> bool:
    """True if the outermost element is that of RSS or Atom."""
    return root_of(beginning) in {"rss", "feed", "RDF"}


def items(source: Source, how: How) -> Iterator[Reading | BadWire]:
    """An item each, in the feed's order; BadWire if it is no feed."""
    data = source.whole(FEED_LIMIT)
    decoded = decode_leniently(data, how.encoding, in_markup(data))
    feed = _parsed(decoded.text)
    found = list(zip(feed.entries, spans(decoded, len(feed.entries)), strict=True))
    for number, (entry, span) in enumerate(found, start=1):
        try:
            yield _reading(entry, span, feed, decoded)
        except BadWire as error:
            yield at_item(number, error)


def _parsed(text: str) -> Feed:
    """The feed, in which nothing may declare entities, which could grow."""
    import feedparser

    check_attributes(text)
    if "<!ENTITY" in text[: 1 << 16]:
        raise BadWire("it declares entities of its own (<!DOCTYPE … [ … ]>), which is refused")
    if text.count("<item") + text.count("<entry") > ITEMS:
        raise BadWire(f"the feed has more than {ITEMS:,} items", limit=ITEMS)
    headers = {"content-type": "application/xml; charset=utf-8"}
    options = {"response_headers": headers, "sanitize_html": False, "resolve_relative_uris": False}
    try:
        found = feedparser.parse(io.BytesIO(text.encode()), **options)
    except Exception as error:  # whatever a guest raises, it is about this feed and no other
        raise BadWire(f"feedparser failed at this feed ({type(error).__name__}: {error})"[:300]) from error
    # As plain dictionaries: those of feedparser answer for keys that are not there.
    entries = [dict(entry) for entry in found["entries"]]
    feed = Feed(dict(found["feed"]), entries, found.get("version", ""), found.get("bozo_exception"))
    if not (feed.entries or feed.version):
        raise BadWire(f"this is no feed ({feed.fault or 'it has no item'})"[:300])
    return feed


def _reading(entry: Entry, span: Span, feed: Feed, decoded: Decoded) -> Reading:
    if not span.is_whole:
        raise BadWire("the feed is cut off in it")
    body = _body(entry)
    updated, published = (_moment(entry.get(name)) for name in ("updated", "published"))
    # RSS has one date, which many move when they update: then nobody knows when it was first there.
    created = {"first_created": published} if updated and published else {}
    reading = Reading(
        text=_text(body),
        reader=NAME,
        date=updated or published,
        facts=_facts(entry, feed.facts, body) | created,
        charset=decoded.charset,
        digest=span.digest,
    )
    if decoded.fault and "\ufffd" in f"{reading.text}{reading.facts}":
        raise decoded.fault
    return reading


def _body(entry: Entry) -> Entry:
    """The content that says most, or the summary, as feedparser describes it: `value`, `type`, `language`."""
    contents = [dict(content) for content in entry.get("content", ()) if content.get("value")]
    summary = dict(entry.get("summary_detail") or {})
    return max(contents, key=lambda content: len(content["value"]), default=summary)


def _text(body: Entry) -> str:
    """Paragraphs of marked-up text; text without any tag keeps its lines."""
    value = str(body.get("value", ""))
    if body.get("type") == "text/plain":
        return value.strip()
    return snippet_text(value)


def _line(detail: Any) -> str:
    """A title or the like, on one line."""
    return " ".join(_text(dict(detail or {})).split())


def _moment(written: Any) -> str | None:
    written = str(written or "").strip()
    return real_date(written) or mail_date(written)


def _facts(entry: Entry, feed: Entry, body: Entry) -> dict[str, Any]:
    source = dict(entry.get("source") or {})
    facts = {
        "source": _line(source.get("title_detail") or feed.get("title_detail")),
        "headline": _line(entry.get("title_detail")),
        "byline": _names(entry) or _names(feed),
        "url": entry.get("feedburner_origlink") or entry.get("link"),
        "guid": entry.get("id"),
        "lang": entry.get("language") or body.get("language") or feed.get("language"),
        "keywords": _keywords(entry),
        "rights": _line(entry.get("rights_detail") or feed.get("rights_detail")),
        "extra": _extra(entry, body),
    }
    return {name: value for name, value in facts.items() if value}


def _names(entry: Entry) -> str:
    names = [author.get("name") or author.get("email") for author in entry.get("authors", ())]
    return ", ".join(filter(None, names)) or str(entry.get("author", ""))


def _keywords(entry: Entry) -> list[str]:
    words = (tag.get("label") or tag.get("term") for tag in entry.get("tags", ()))
    return list(dict.fromkeys(word.strip() for word in words if word and word.strip()))


def _extra(entry: Entry, body: Entry) -> dict[str, Any]:
    """Texts under feedparser's own names, dates that are none, and where enclosures are."""
    extra: dict[str, Any] = {
        name: value for name, value in entry.items() if isinstance(value, str) and name not in _NOT_EXTRA
    }
    summary = dict(entry.get("summary_detail") or {})
    extra["summary"] = "" if summary.get("value") == body.get("value") else _text(summary)
    dates = {name: entry[name] for name in ("published", "updated") if name in entry}
    extra |= {name: written for name, written in dates.items() if not _moment(written)}
    hrefs = (link.get("href") for link in entry.get("links", ()) if link.get("rel") == "enclosure")
    extra["enclosures"] = [href for href in hrefs if href]
    return {name: value for name, value in extra.items() if value}
