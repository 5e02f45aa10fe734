"""Text as it stands within an item: NITF, XHTML, HTML or plain."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vstore.errors import BadWire
from vstore.readers.elements import Element
from vstore.readers.markup import DROPPED, element_text, html_text
from vstore.readers.reading import How
from vstore.readers.source import Held
from vstore.readers.strictxml import Item, read_items

_ASIDE = DROPPED | {"body.head"}
_TEXTUAL = frozenset(["nitf", "html", "body", "p", "div", "pre", "li"])


def nitf_text(nitf: Element) -> str:
    """Its paragraphs, cross-heads, lists and tables, and what closes the body; no headline and no media."""
    body = nitf.child("body") or nitf
    return element_text(body, _ASIDE)


def xml_text(element: Element) -> str:
    """The text of what an element holds, which may be NITF, XHTML or a piece of either."""
    nitf = next((inner for inner in element.walk() if inner.name == "nitf"), None)
    return nitf_text(nitf) if nitf is not None else element_text(element, _ASIDE)


def is_textual(element: Element) -> bool:
    """True if it holds prose: content without any such element is data, such as results of a match."""
    return any(inner.name.lower() in _TEXTUAL for inner in element.walk())


def written_nitf(text: str) -> str:
    """The text of NITF that is written out within something else."""
    found = next(read_items(Held(text.encode()), How("utf-8"), frozenset({"nitf"})), None)
    if isinstance(found, BadWire):
        raise found
    return nitf_text(found.element) if isinstance(found, Item) else ""


def form_of(content_type: str) -> str | None:
    """plain, html or nitf, for a content type, or the role or suffix that stands in its place; else None."""
    kind = content_type.lower().partition(";")[0].strip()
    if "html" in kind:
        return "html"
    if kind.endswith(("nitf", "nitf+xml")) and kind != "ttnitf":
        return "nitf"
    return "plain" if kind in _PLAIN else None


def best_text(values: Sequence[tuple[str, str]]) -> str:
    """Of some (content type, value) the text of the best that says anything: plain, else HTML, else NITF."""
    for form, read in _READ.items():
        texts = (read(value) for content_type, value in values if form_of(content_type) == form)
        if found := next(filter(str.strip, texts), None):
            return found
    return ""


_PLAIN = frozenset({"", "text", "plain", "text/plain"})
_READ: dict[str, Callable[[str], str]] = {"plain": str, "html": html_text, "nitf": written_nitf}
