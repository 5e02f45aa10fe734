"""ninjs 1 to 3: news in JSON, one item, a list of items, or item after item.

Names are read without their case, which version 3 changed. The text is a plain body where there is one that
says anything, else HTML, else NITF. https://www.iptc.org/std/ninjs/
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterator
from typing import Any

from vstore.errors import BadWire
from vstore.readers import strictjson
from vstore.readers.charsets import decode, glimpse
from vstore.readers.finding import Finding
from vstore.readers.inline import best_text, form_of
from vstore.readers.markup import html_text
from vstore.readers.reading import How, Reading, at_item
from vstore.readers.source import Source
from vstore.readers.states import code, publication_status, state_of

NAME = "ninjs"
ABOUT = "ninjs 1 to 3, the JSON of news agencies: an item, a list of items, or item after item"

_JSON = re.compile(r'\ufeff?\s*(?:\[\s*)?\{\s*"')
_KNOWN = frozenset(
    ["uri", "bodies", "body_text", "body_xhtml", "body_html", "headline", "headlines", "versioncreated"]
)
_DROPPED = frozenset(
    ["standard", "$standard", "$schema", "renditions", "bodies", "charcount", "wordcount", "associations"]
)
"""Names that say nothing of the text; of associations the guids are kept."""


def sniff(beginning: bytes, _source: Source) -> bool:
    """True for any JSON that is an object or a list of them: what is no ninjs is told so."""
    return _JSON.match(glimpse(beginning)) is not None


def items(source: Source, how: How) -> Iterator[Reading | BadWire]:
    """Each object that is an item; one that is none does not end the rest."""
    data = source.whole()
    text, charset = decode(data, how.encoding)
    found = strictjson.read_objects(text.removeprefix("\ufeff"))
    some = list(itertools.islice(found, 2))
    if not some:
        raise BadWire("there is no item in it")
    if len(some) == 1:
        yield _reading(some[0][1], charset, data)
        return
    for number, (written, item) in enumerate(itertools.chain(some, found), 1):
        try:
            yield _reading(item, charset, written.encode(charset))
        except BadWire as error:
            yield at_item(number, error)


def _reading(item: dict[str, Any] | BadWire, charset: str, data: bytes) -> Reading:
    if isinstance(item, BadWire):
        raise item
    if "$schema" in item and item.keys() & {"properties", "$defs", "allOf"}:
        raise BadWire("it is a JSON schema, and no item")
    fields = {key.lower(): value for key, value in item.items()}
    if len(fields) < len(item):
        raise BadWire("a name is given twice in it, in upper and lower case")
    if not fields.keys() & _KNOWN:
        raise BadWire("it is JSON, but no ninjs: it has no uri and no body; --format plain keeps it as text")
    return _finding(fields).reading(NAME, charset, hashlib.sha256(data).hexdigest())


def _finding(fields: dict[str, Any]) -> Finding:
    """What the fields say; facts are taken out, and what is left is `extra`."""
    what, text, kind = fields.get("type"), best_text(_bodies(fields)), _kind(fields)
    created = _taken(fields, "firstcreated")
    date = _taken(fields, "versioncreated") or created
    if date is not None and not isinstance(date, str):
        raise BadWire(f"its versioncreated is {strictjson.kind(date)}, not a string")
    facts = {
        "guid": _taken(fields, "uri"),
        "provider_version": _taken(fields, "version"),
        "slug": _taken(fields, "slugline"),
        "headline": _headline(fields),
        "byline": _taken(fields, "byline", "by"),
        "lang": _taken(fields, "language"),
        "url": _taken(fields, "url"),
        "urgency": _taken(fields, "urgency"),
        "place": _taken(fields, "located"),
        "keywords": _taken(fields, "keywords"),
        "note": _taken(fields, "ednote"),
        "rights": _taken(fields, "copyrightnotice", "usageterms"),
        "source": _source(fields),
        "first_created": created,
        "kind": kind,
    }
    is_told = isinstance(what, str) and what != "text"
    return Finding(text=text, date=date, facts=facts, extra=_extra(fields), what=what if is_told else None)


def _taken(fields: dict[str, Any], *names: str) -> Any:
    """The first of these that says anything; the others stay."""
    found = next((name for name in names if fields.get(name) not in (None, "", [])), None)
    return None if found is None else fields.pop(found)


def _bodies(fields: dict[str, Any]) -> list[tuple[str, str]]:
    """Every body with its content type, or what tells it."""
    named = [
        (name.removeprefix("body_"), fields.pop(name)) for name in list(fields) if name.startswith("body_")
    ]
    listed = [(_body_type(body), body.get("value")) for body in _objects(fields.pop("bodies", None))]
    return [(kind, value) for kind, value in (*named, *listed) if isinstance(value, str)]


def _body_type(body: dict[str, Any]) -> str:
    """Its content type, else its role, else plain or HTML by how it begins."""
    told = next((body[key] for key in ("contenttype", "role") if isinstance(body.get(key), str)), "")
    if form_of(told) or "contenttype" in body:
        return told
    return "html" if str(body.get("value")).lstrip().startswith("<") else "plain"


def _headline(fields: dict[str, Any]) -> Any:
    """The one headline of version 1, the main one of later ones, else the title."""
    if found := _taken(fields, "headline"):
        return found
    listed = _objects(fields.pop("headlines", None))
    main = next((each for each in listed if each.get("role") == "main"), listed[0] if listed else {})
    value = main.get("value")
    if isinstance(value, str) and form_of(str(main.get("contenttype", ""))) == "html":
        value = html_text(value)
    rest = [each for each in listed if each is not main]
    if rest:
        fields["headlines"] = rest
    return value or _taken(fields, "title")


def _source(fields: dict[str, Any]) -> Any:
    """Who sent it: the first information source, else who holds the copyright."""
    if found := _taken(fields, "source"):
        return found
    names = _names(fields, "infosources", "infosource")
    return names[0] if names else _taken(fields, "copyrightholder")


def _kind(fields: dict[str, Any]) -> Any:
    """The state that publication status, signals or genres tell; else the genre, else the type."""
    genres = _names(fields, "genres", "genre")
    status = fields.get("pubstatus")
    fields["pubstatus"] = publication_status(status) if isinstance(status, str) else status
    words = [fields["pubstatus"], *_names(fields, "signals", "signal"), *genres]
    if state := state_of(word for word in words if isinstance(word, str)):
        return state
    if genres:
        return genres[0]
    return None if fields.get("type") == "text" else _taken(fields, "type")


def _names(fields: dict[str, Any], *keys: str) -> list[str]:
    """What the entries of a list are called, by the best name that each has."""
    value: Any = next((fields[key] for key in keys if fields.get(key)), [])
    if isinstance(value, str):
        return [value]
    names = (
        entry.get("name") or entry.get("literal") or entry.get("code") or entry.get("uri")
        for entry in _objects(value)
    )
    return [code(name) if ":" in name else name for name in names if isinstance(name, str)]


def _objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, their names without their case."""
    found = value if isinstance(value, list) else [value]
    return [{key.lower(): inner for key, inner in each.items()} for each in found if isinstance(each, dict)]


def _extra(fields: dict[str, Any]) -> dict[str, Any]:
    """What is left of the fields; of associations their guids, of an embargo its moment."""
    extra = {name: value for name, value in fields.items() if name not in _DROPPED}
    if extra.get("type") == "text":
        del extra["type"]
    linked = fields.get("associations")
    objects = _objects(list(linked.values()) if isinstance(linked, dict) else linked)
    return {**extra, "associations": [each["uri"] for each in objects if isinstance(each.get("uri"), str)]}
