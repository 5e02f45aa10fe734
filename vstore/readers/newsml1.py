"""NewsML 1.0 to 1.2: news items with their components, of which one is the text.

https://iptc.org/standards/newsml-1/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from vstore.errors import BadWire
from vstore.readers.elements import Element, each_of, told, words_of
from vstore.readers.finding import Finding
from vstore.readers.inline import best_text, is_textual, xml_text
from vstore.readers.reading import How, Reading
from vstore.readers.source import Source
from vstore.readers.states import publication_status, state_of
from vstore.readers.strictxml import read_items
from vstore.readers.xmlroot import root_of

NAME = "newsml1"
ABOUT = "NewsML 1.0 to 1.2: each NewsItem that has a text"

_ITEMS, _ENVELOPE = frozenset({"NewsItem"}), frozenset({"NewsEnvelope"})
_MAIN = frozenset(["main", "main text", "maintext", "body", "text", "story", "article"])
_OTHER_ROLES = (
    "headline subheadline stylesheet contact caption abstract summary teaser lead logo photo picture video "
    "audio graphic link byline dateline thumbnail preview quicklook"
)
_ASIDE = frozenset(_OTHER_ROLES.split())
_USUAL = frozenset(["news", "text"])
_LINES = ("SubHeadLine", "CreditLine", "SeriesLine", "DateLine", "RightsLine", "NewsLineText")
_CODES = ("OfInterestTo", "SubjectMatter", "Subject", "SubjectDetail", "NewsProduct", "NewsService")


def sniff(beginning: bytes, _source: Source) -> bool:
    """True if its outermost element is `NewsML`."""
    return root_of(beginning) == "NewsML"


def items(source: Source, how: How) -> Iterator[Reading | BadWire]:
    """Each item; of one that is made of others, these."""
    envelope = Element("NewsEnvelope", {})
    for item in read_items(source, how, _ITEMS, _ENVELOPE):
        if isinstance(item, BadWire):
            yield item
        elif item.element.name == "NewsEnvelope":
            envelope = item.element
        else:
            for element in _innermost(item.element):
                try:
                    yield _finding(element, envelope).reading(NAME, item.charset, item.digest)
                except BadWire as error:
                    yield item.located(error)


def _innermost(item: Element) -> list[Element]:
    """The items in an item that have no others in them; the item itself, if there are none."""
    found = [element for element in item.walk() if element.name == "NewsItem"]
    return [each for each in found if sum(inner.name == "NewsItem" for inner in each.walk()) == 1]


def _finding(item: Element, envelope: Element) -> Finding:
    """What identification, management and the lines of the components say."""
    parts = item.catalogue()
    identifier, revision = _identifier(item, parts)
    management = item.child("NewsManagement") or Element("NewsManagement", {})
    status = _code(management.all("Status"))
    types = [
        *_codes(management.all("Instruction")),
        _code(management.all("NewsItemType")),
        _code(parts.get("Genre")),
    ]
    facts = {
        "guid": identifier,
        "provider_version": revision,
        "slug": _line(parts, "SlugLine", "NameLabel"),
        "headline": _line(parts, "HeadLine"),
        "byline": _line(parts, "ByLine"),
        "lang": _code(parts.get("Language")) or item.said("lang"),
        "urgency": _code(management.all("Urgency")) or _code(management.all("Priority")),
        "place": _place(parts),
        "keywords": each_of(parts.get("KeywordLine", [])),
        "note": _line(parts, "EditorialNote", "InstructionLine"),
        "rights": _line(parts, "CopyrightLine", "CopyrightHolder", "RightsLine"),
        "source": _party(parts, "Provider")
        or _code(envelope.all("SentFrom", "Party"))
        or _party(parts, "Source"),
        "first_created": words_of(management.all("FirstCreated")),
        "kind": state_of([status, *types])
        or next((kind for kind in types if kind and kind.lower() not in _USUAL), None),
    }
    date = words_of([*management.all("ThisRevisionCreated"), *envelope.all("DateAndTime")])
    extra = {
        **_extra(parts),
        "pubstatus": publication_status(status),
        "embargoed": _embargo(management, status),
    }
    return Finding(text=_text(item), date=date, facts=facts, extra=extra)


def _identifier(item: Element, parts: dict[str, list[Element]]) -> tuple[str | None, str | None]:
    """The public identifier without the revision that ends it, and the revision."""
    revision = words_of(item.all("Identification", "NewsIdentifier", "RevisionId"))
    public = words_of(item.all("Identification", "NewsIdentifier", "PublicIdentifier"))
    if public is None:
        names = (words_of(parts.get(name, [])) for name in ("ProviderId", "DateId", "NewsItemId"))
        known = [name for name in names if name]
        return (f"urn:newsml:{':'.join(known)}" if len(known) == 3 else None), revision
    update = next((update for found in parts.get("RevisionId", []) if (update := found.said("Update"))), "")
    for ending in (f":{revision}{update}", f":{revision}"):
        if revision and public.endswith(ending):
            return public.removesuffix(ending), revision
    return public, revision


def _code(elements: Iterable[Element] | None) -> str | None:
    return next(iter(_codes(elements or ())), None)


def _codes(elements: Iterable[Element]) -> list[str]:
    return [said for element in elements if (said := element.said("FormalName") or element.words)]


def _line(parts: dict[str, list[Element]], *names: str) -> str | None:
    return words_of(element for name in names for element in parts.get(name, []))


def _party(parts: dict[str, list[Element]], name: str) -> str | None:
    return _code(party for element in parts.get(name, []) for party in element.all("Party"))


def _place(parts: dict[str, list[Element]]) -> str | None:
    """The city of the location, or whatever is the finest that it tells, else the place of the date line."""
    told_of = {
        found.said("FormalName"): found.said("Value")
        for location in parts.get("Location", [])
        for found in location.all("Property")
    }
    named = (told_of.get(name) for name in ("City", "CityName", "Region", "Country", "CountryName"))
    return next(filter(None, named), None) or _line(parts, "DateLine")


def _embargo(management: Element, status: str | None) -> str | None:
    """When the status changes, if it is an embargo."""
    changes = words_of(management.all("StatusWillChange", "DateAndTime"))
    return changes if publication_status(status) == "embargoed" else None


def _extra(parts: dict[str, list[Element]]) -> dict[str, Any]:
    """Other lines and codes, by the names of their elements, and properties by theirs."""
    found: dict[str, Any] = {name: told(each_of(parts.get(name, []))) for name in _LINES}
    found.update((name, told(_codes(parts.get(name, [])))) for name in _CODES)
    found["Source"] = _party(parts, "Source")
    found["PublicIdentifier"] = _line(parts, "PublicIdentifier")
    found["AssociatedWith"] = told(link.said("NewsItem") for link in parts.get("AssociatedWith", []))
    properties: dict[str, list[str | None]] = {}
    for element in parts.get("Metadata", []):
        for inner in element.all("Property"):
            properties.setdefault(inner.said("FormalName") or "Property", []).append(inner.said("Value"))
    return {**found, **{name: told(values) for name, values in properties.items()}}


def _text(item: Element) -> str:
    """The first text of a component that is the main one, else of one whose role is not another's."""
    contents = list(_contents(item, ""))
    main = (_content_text(content) for role, content in contents if role in _MAIN)
    others = (_content_text(content) for role, content in contents if role not in _MAIN | _ASIDE)
    return next((text for text in (*main, *others) if text.strip()), "")


def _contents(element: Element, role: str) -> Iterator[tuple[str, Element]]:
    """Each piece of content with the role of the component that it is in."""
    for inner in element:
        if inner.name == "ContentItem":
            yield role, inner
        elif inner.name in {"NewsComponent", "NewsItemRef"}:
            yield from _contents(inner, (_code(inner.all("Role")) or role).lower())


def _content_text(content: Element) -> str:
    """The text of its data, which are XML, or written in the format that is named."""
    data = content.child("DataContent")
    if data is None:  # or it is encoded: Base64
        return ""
    if any(True for _ in data):
        return xml_text(data) if is_textual(data) else ""
    kind = _code(content.all("MimeType")) or _code(content.all("Format")) or ""
    return best_text([(kind, data.written.strip("\r\n"))])
