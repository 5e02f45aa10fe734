"""A web page → a reading: its article, as trafilatura extracts it, and what its head says.

The text is the extractor's, each of its lines a paragraph. Which extractor it was is a capture note: the
same bytes give another text under another extractor, and that is no edit.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urlsplit

from vstore import dates
from vstore.errors import BadReference, BadWire
from vstore.readers.charsets import glimpse
from vstore.readers.declared import Decoded, decode_leniently, in_markup
from vstore.readers.reading import Reading

if TYPE_CHECKING:
    from trafilatura.settings import Document

Tree = Any
"""A page as lxml parsed it, which says nothing of its types."""

PAGE_LIMIT = 8 << 20
"""A page has at most this many bytes."""
ELEMENTS = 50_000
"""A page has at most this many elements: the extractor takes up to a third of a millisecond for each."""
ATTRIBUTES = 500
"""A tag has at most this many attributes."""

_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{2 * ATTRIBUTES},}}")
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'")
_LINKED_DATA = re.compile(r"[\"'](datePublished|dateModified)[\"']\s*:\s*[\"']([^\"'<>]{4,40})[\"']")
_CREATED = ("article:published_time", "datepublished", "og:published_time", "dc.date.issued", "date")
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "dc.date.modified")
_RIGHTS = ("copyright", "dc.rights", "dcterms.rights", "dcterms.license")


_WANTED = {
    "with_metadata": True,
    "include_comments": False,
    # No date can be written so, and none is looked for: guessing one takes longer than all the rest.
    "date_extraction_params": {"outputformat": "none"},
}


class Page(NamedTuple):
    """Its bytes, the encoding that the caller says, the one that the HTTP header says, and its address."""

    data: bytes
    encoding: str | None = None
    declared: str | None = None
    url: str | None = None


class Extractor(NamedTuple):
    """The library's name and version, and its two functions that are used here."""

    name: str
    load: Callable[[str], Tree]
    extract: Callable[..., Document | dict[str, Any] | None]


def looks_like_html(beginning: bytes) -> bool:
    """True if bytes open as an HTML page does."""
    return _HTML.match(glimpse(beginning[:8192]).removeprefix("\ufeff")) is not None


@cache
def extractor() -> Extractor:
    """trafilatura, loaded when it is first wanted; BadWire where it is not installed."""
    try:
        import trafilatura
    except ImportError as error:
        raise BadWire("to read HTML there must be more: pip install 'vstore[html]'", extra="html") from error
    for logger in ("trafilatura", "htmldate", "courlan"):
        # Where nobody listens to a library's log, Python prints it on stderr.
        logging.getLogger(logger).addHandler(logging.NullHandler())
    name = f"trafilatura {trafilatura.__version__}"
    return Extractor(name, trafilatura.load_html, trafilatura.bare_extraction)


def read_page(page: Page, reader: str) -> Reading:
    """The article of a page; BadWire if there is none, or too much of anything."""
    if len(page.data) > PAGE_LIMIT:
        raise BadWire(f"the page is too big: at most {PAGE_LIMIT:,} bytes are read", limit=PAGE_LIMIT)
    decoded = decode_leniently(page.data, page.encoding, page.declared or in_markup(page.data))
    tree = _tree(decoded.text)
    head = dict(_head(tree))
    article = _article(tree, page.url)
    text = "\n\n".join(line.rstrip() for line in (article.text or "").split("\n") if line.strip())
    if not text:
        raise _no_article()
    facts = _facts(article, head, page.url)
    _check_replaced(decoded, text, facts)
    return Reading(
        text=text,
        reader=reader,
        date=_date(head, _MODIFIED) or facts.get("first_created"),
        facts=facts,
        charset=decoded.charset,
        digest=hashlib.sha256(page.data).hexdigest(),
        capture={"extractor": extractor().name},
    )


def check_attributes(text: str) -> None:
    """Refuses markup in which a tag has too many attributes, which parsers compare each with each."""
    for tag in _LONG_TAG.finditer(text):
        if len(_VALUE.sub("", tag[0]).split()) > ATTRIBUTES:
            raise BadWire(f"a tag has more than {ATTRIBUTES} attributes")


def _tree(text: str) -> Tree:
    check_attributes(text)
    tree = _guarded(extractor().load, text)
    if tree is None:
        raise _no_article()
    if tree.xpath("count(//*)") > ELEMENTS:
        raise BadWire(f"the page has more than {ELEMENTS:,} elements", limit=ELEMENTS)
    return tree


def _article(tree: Tree, url: str | None) -> Document:
    found = _guarded(extractor().extract, tree, url=url, **_WANTED)
    if found is None:
        raise _no_article()
    return cast("Document", found)


def _guarded(function: Callable[..., Any], *given: Any, **options: Any) -> Any:
    try:
        return function(*given, **options)
    except Exception as error:  # whatever a guest raises, it is about this page and no other
        reason = f"{type(error).__name__}: {error}"[:200]
        raise BadWire(f"the extractor failed at this page ({reason})") from error


def _no_article() -> BadWire:
    return BadWire("there is no article in this page")


def _head(tree: Tree) -> Iterator[tuple[str, str]]:
    """What the page says of itself, by name in lower case; of those that come twice, the first counts."""
    found: dict[str, str] = {"lang": tree.get("lang") or tree.get("xml:lang") or ""}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv")
        if name and meta.get("content"):
            found.setdefault(name.lower(), meta.get("content"))
    for link in tree.iter("link"):
        if link.get("rel") == "canonical" and link.get("href"):
            found.setdefault("canonical", link.get("href"))
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json":
            for name, value in _LINKED_DATA.findall(script.text or ""):
                found.setdefault(name.lower(), value)
    yield from found.items()


def _facts(article: Document, head: dict[str, str], url: str | None) -> dict[str, Any]:
    canonical = head.get("canonical") or article.url
    extra = {
        "description": article.description,
        "categories": article.categories,
        "canonical": canonical if url and canonical != url else None,
        "modified": _date(head, _MODIFIED),
    }
    facts = {
        "source": _site(article, url or canonical),
        "headline": article.title,
        "byline": article.author,
        "url": url or canonical,
        "lang": head["lang"] or head.get("content-language") or head.get("og:locale"),
        "keywords": _words(article.tags),
        "rights": next((head[name] for name in _RIGHTS if name in head), None) or article.license,
        "first_created": _date(head, _CREATED),
        "extra": {name: value for name, value in extra.items() if value},
    }
    return {
        name: value.strip() if isinstance(value, str) else value for name, value in facts.items() if value
    }


def _site(article: Document, url: str | None) -> str | None:
    """The site's name; where it has none, its host, and not what the extractor makes of the address."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        host = None
    name = article.sitename
    return name if name and not (host and host.endswith(name.lower().partition("?")[0])) else host


def _words(tags: list[str] | None) -> list[str]:
    words = (word.strip() for tag in tags or () for word in tag.split(","))
    return list(dict.fromkeys(word for word in words if word))


def _date(head: dict[str, str], names: tuple[str, ...]) -> str | None:
    """The first of these that is a date, as exact as it is given there; a guess from the page is none."""
    for name in names:
        try:
            return dates.parse(head[name].strip()).text
        except (KeyError, BadReference):
            continue
    return None


def _check_replaced(decoded: Decoded, text: str, facts: dict[str, Any]) -> None:
    """Bytes that are no text may stand in the page, for most of it is not kept; but not in the article."""
    if decoded.fault and "\ufffd" in f"{text}{facts}":
        raise decoded.fault
