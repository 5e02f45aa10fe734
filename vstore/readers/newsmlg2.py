"""NewsML-G2: a news item, or a message of them; packages and concepts have no text of their own.

https://iptc.org/standards/newsml-g2/
"""

from __future__ import annotations

from collections.abc import Iterator

from vstore.errors import BadWire
from vstore.readers.elements import Element, each_of, told, words_of
from vstore.readers.finding import Finding
from vstore.readers.inline import best_text, form_of, is_textual, xml_text
from vstore.readers.reading import How, Reading
from vstore.readers.source import Source
from vstore.readers.states import code, publication_status, state_of
from vstore.readers.strictxml import read_items
from vstore.readers.xmlroot import root_of

NAME = "newsml-g2"
ABOUT = "NewsML-G2: a newsItem, or the items of a newsMessage"

_ITEM = "newsItem"
_OTHERS = frozenset(
    ["packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem", "newsMessage"]
)
_PARTS = frozenset(["contentSet", "contentMeta", "itemMeta", "catalogRef", "hopHistory", "groupSet"])
_DROPPED = frozenset(["icon", "hash", "fileName"])

_Properties = dict[str, list[Element]]


def sniff(beginning: bytes, _source: Source) -> bool:
    """True for its outermost elements, those without text and those that are only a part of one too."""
    return root_of(beginning) in {_ITEM, *_OTHERS, *_PARTS}


def items(source: Source, how: How) -> Iterator[Reading | BadWire]:
    """The news items; in a message, those of other kinds are passed over."""
    number = 0
    for item in read_items(source, how, frozenset({_ITEM})):
        number += 1
        if isinstance(item, BadWire):
            yield item
            continue
        try:
            yield _finding(item.element).reading(NAME, item.charset, item.digest)
        except BadWire as error:
            yield item.located(error)
    if not number:
        root = root_of(source.beginning())
        raise BadWire(f"there is no newsItem in it, only a {root}")


def _finding(item: Element) -> Finding:
    """What the metadata say, and the text of the content."""
    properties: _Properties = {}
    for group in ("itemMeta", "contentMeta", "rightsInfo"):
        for element in (inner for part in item.all(group) for inner in part):
            properties.setdefault(element.name, []).append(element)
    genres = each_of(properties.get("genre", []))
    status = _taken(properties, "pubStatus")
    signals = map(_called, properties.get("signal", []))
    item_class = _taken(properties, "itemClass")
    what = code(item_class or "text")
    created = _taken(properties, "firstCreated")
    facts = {
        "guid": item.said("guid"),
        "provider_version": item.said("version"),
        "slug": _taken(properties, "slugline"),
        "headline": _taken(properties, "headline"),
        "byline": _taken(properties, "by") or ", ".join(each_of(properties.get("creator", []))),
        "lang": _taken(properties, "language") or item.said("lang"),
        "urgency": _taken(properties, "urgency"),
        "place": _taken(properties, "located"),
        "keywords": [words for words in map(_called, properties.pop("keyword", [])) if words],
        "note": "\n".join(each_of(properties.pop("edNote", []))),
        "rights": _taken(properties, "copyrightNotice", "copyrightHolder"),
        "source": _source(_taken(properties, "provider")),
        "first_created": created,
        "kind": state_of([status, *signals, *genres])
        or _genre(properties)
        or (None if what == "text" else what),
    }
    date = _taken(properties, "versionCreated") or created
    extra = {name: told(map(_called, them)) for name, them in properties.items() if name not in _DROPPED}
    extra["pubstatus"] = publication_status(status)
    content = [inner for part in item.all("contentSet") for inner in part]
    return Finding(text=_text(content), date=date, facts=facts, extra=extra, what=_what(what, content))


def _taken(properties: _Properties, *names: str) -> str | None:
    """What the first of these properties is called, which is used up; others stay."""
    for name in names:
        for element in properties.get(name, []):
            if found := _called(element):
                properties[name].remove(element)
                return found
    return None


def _called(element: Element) -> str | None:
    """The name of what a property points at, else its words, else its code or link."""
    name = words_of([element.child("name"), element.child("mainConcept", "name")]) or element.own
    return name or element.said("literal", "tag", "qcode", "uri", "href", "residref", "id")


def _source(called: str | None) -> str | None:
    """`nprov:REUTERS` is REUTERS; a link stays one."""
    return code(called) if called and "/" not in called and " " not in called else called


def _genre(properties: _Properties) -> str | None:
    found = _taken(properties, "genre")
    return found and (code(found) if " " not in found else found)


def _text(content: list[Element]) -> str:
    """The text of the best rendition that lies in the item: plain, else NITF or XHTML, else HTML as data."""
    data = [
        (element.said("contenttype") or "", element.written.strip("\r\n"))
        for element in content
        if element.name == "inlineData" and element.said("encoding") is None
    ]
    plain = [pair for pair in data if form_of(pair[0]) == "plain"]
    texts = (xml_text(element) for element in content if element.name == "inlineXML" and is_textual(element))
    return best_text(plain) or next(filter(str.strip, texts), None) or best_text(data)


def _what(item_class: str, content: list[Element]) -> str | None:
    """In a word what an item without text is: its class, or what it holds."""
    if item_class != "text":
        return item_class
    return next((kind for element in content if (kind := element.said("contenttype"))), None)
