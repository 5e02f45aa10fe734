"""NITF: a news article in XML, of any version 2 or 3. https://iptc.org/standards/nitf/"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vstore import dates
from vstore.errors import BadWire
from vstore.readers.elements import Element, each_of, told, words_of
from vstore.readers.finding import Finding
from vstore.readers.inline import nitf_text
from vstore.readers.reading import How, Reading
from vstore.readers.source import Source
from vstore.readers.stamps import stamp
from vstore.readers.states import publication_status, state_of
from vstore.readers.strictxml import read_items
from vstore.readers.xmlroot import root_of

NAME = "nitf"
ABOUT = "NITF, the XML of a news article"

_USED = frozenset(
    ["doc-id", "urgency", "date.issue", "ed-msg", "doc.copyright", "doc.rights", "key-list", "correction"]
)
"""What of `docdata` is told by facts or apart."""
_USUAL = frozenset(["news", "current"])
"""Types that say nothing."""


def sniff(beginning: bytes, _source: Source) -> bool:
    """True if its outermost element is `nitf`."""
    return root_of(beginning) == "nitf"


def items(source: Source, how: How) -> Iterator[Reading | BadWire]:
    """The one article; where several stand in another element, each."""
    for item in read_items(source, how, frozenset({"nitf"})):
        if isinstance(item, BadWire):
            yield item
            continue
        try:
            yield _finding(item.element).reading(NAME, item.charset, item.digest)
        except BadWire as error:
            yield item.located(error)


def _finding(nitf: Element) -> Finding:
    """What head and body say."""
    data = nitf.child("head", "docdata") or Element("docdata", {})
    heading = nitf.child("body", "body.head") or Element("body.head", {})
    issued = _given(data, "date.issue", "norm") or _given(heading, "dateline", "story.date", "norm")
    facts = {
        "guid": _given(data, "doc-id", "id-string"),
        "provider_version": _given(data, "du-key", "version"),
        "slug": _given(data, "du-key", "key"),
        "headline": words_of(
            [*heading.all("hedline", "hl1"), heading.child("hedline"), nitf.child("head", "title")]
        ),
        "byline": "; ".join(each_of(heading.all("byline"))),
        "lang": nitf.said("lang"),
        "url": _given(nitf, "head", "pubdata", "ex-ref"),
        "urgency": _given(data, "urgency", "ed-urg"),
        "place": words_of(heading.all("dateline", "location")) or _given(data, "evloc", "city"),
        "keywords": [key for word in data.all("key-list", "keyword") if (key := word.said("key"))],
        "note": "\n".join([*_messages(data), *each_of(heading.all("note"))]),
        "rights": words_of([heading.child("rights"), heading.child("copyrite")]) or _copyright(data),
        "source": words_of(heading.all("distributor")) or _given(data, "doc-id", "regsrc"),
        "kind": _kind(nitf, data),
    }
    date = issued or _given(nitf, "head", "pubdata", "date.publication")
    extra = {**_extra(nitf, data, heading), "embargoed": _embargo(data, issued)}
    return Finding(text=nitf_text(nitf), date=date, facts=facts, extra=extra)


def _given(element: Element, *path: str) -> str | None:
    """The attribute, last in the path, of the first element at the end of the rest that has it."""
    return next((value for found in element.all(*path[:-1]) if (value := found.said(path[-1]))), None)


def _messages(data: Element) -> list[str]:
    """What the editors say to their colleagues."""
    told = (part.said("info") for part in data if part.name in ("ed-msg", "correction"))
    return [info for info in told if info]


def _copyright(data: Element) -> str | None:
    """Year and holder, or the owner of whatever rights there are."""
    parts = (_given(data, "doc.copyright", "year"), _given(data, "doc.copyright", "holder"))
    return " ".join(filter(None, parts)) or _given(data, "doc.rights", "owner")


def _kind(nitf: Element, data: Element) -> str | None:
    """The state that the management status, a correction or a message tells; else what it is, if not news."""
    properties = [
        found.said("tobject.property.type") for found in nitf.all("head", "tobject", "tobject.property")
    ]
    types = [*properties, _given(nitf, "head", "tobject", "tobject.type")]
    corrected = "correction" if data.child("correction") else None
    messages = [found.said("msg-type") for found in data.all("ed-msg")]
    scopes = [found.said("scope") for found in data.all("doc-scope")]
    state = state_of([data.said("management-status"), corrected, *messages, *scopes, *types])
    return state or next((kind for kind in types if kind and kind.lower() not in _USUAL), None)


def _embargo(data: Element, issued: str | None) -> str | None:
    """Until when it may not be published: its release, if that is told to be one or comes after its issue."""
    release = stamp("date.release", _given(data, "date.release", "norm"))
    if release is None or publication_status(data.said("management-status")) == "embargoed":
        return release
    begins = dates.span(dates.parse(stamp("date.issue", issued) or release))[0]
    return release if dates.span(dates.parse(release))[0] > begins else None


def _extra(nitf: Element, data: Element, heading: Element) -> dict[str, Any]:
    """What else head and heading hold, by the names of the elements."""
    found: dict[str, Any] = {"pubstatus": publication_status(data.said("management-status"))}
    others: dict[str, list[Element]] = {}
    for part in data:
        others.setdefault(part.name, []).append(part)
    found.update((name, told(map(_attributes, parts))) for name, parts in others.items() if name not in _USED)
    metas = {part.said("name"): part.said("content") for part in nitf.all("head", "meta")}
    subjects = nitf.all("head", "tobject", "tobject.subject")
    found["meta"] = {name: content for name, content in metas.items() if name and content}
    found["tobject.subject"] = told(map(_subject, subjects))
    found["revision-history"] = told(map(_attributes, nitf.all("head", "revision-history")))
    found["pubdata"] = told(map(_attributes, nitf.all("head", "pubdata")))
    found["hl2"] = told(each_of(heading.all("hedline", "hl2")))
    found["abstract"] = told(each_of(heading.all("abstract")))
    found["dateline"] = told(each_of(heading.all("dateline")))
    found["management-doc-idref"] = data.said("management-doc-idref")
    return found


def _subject(subject: Element) -> str | None:
    """The finest name of a subject, else its number."""
    names = ("detail", "matter", "type", "refnum")
    return subject.said(*(f"tobject.subject.{name}" for name in names))


def _attributes(element: Element) -> str | None:
    """What an empty element says: its one attribute, or several as name=value."""
    said = {
        name: value.strip() for name, value in element.attributes.items() if name != "id" and value.strip()
    }
    if len(said) < 2:
        return next(iter(said.values()), None) or element.words or None
    return " ".join(f"{name}={value}" for name, value in said.items())
