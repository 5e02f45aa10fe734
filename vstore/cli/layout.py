"""`log --format`: a version in the words of `git log --format`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any

from vstore.cli.moments import shown
from vstore.errors import BadReference
from vstore.model import FACT_NAMES, Version

FORMS = "%H %h %an %ad %aI %s %N %(field) %n %%"
Part = Callable[[Version, str], str]
FIELDS = (
    *("story", "number", "id", "text_id", "facts_id", "parent", "dated", "at", "recorded", "last_seen"),
    *("late", "previous", "changed", "added_words", "removed_words", "words", "state", "lifts"),
    *("capture", "base", "stored_bytes", "first_recorded", "redacted"),
    *FACT_NAMES,
    "extra",
)
_PLACEHOLDER = r"(?s)%(?:\((?P<field>[^)]*)\)|(?P<name>a[nId]|.|$))"
_PLAIN: Mapping[str, Part] = {
    "H": lambda version, _: version.id,
    "h": lambda _, short: short,
    "an": lambda version, _: version.source or "",
    "aI": lambda version, _: version.at,
    "s": lambda version, _: version.headline or "",
    "N": lambda version, _: str(version.number),
    "n": lambda *_: "\n",
    "%": lambda *_: "%",
}


def layout(template: str, zone: tzinfo | None) -> Part:
    """What writes a version (with its short id) as `template` says; BadReference for what cannot be read."""
    parts: list[Part] = []
    done = 0
    for found in re.finditer(_PLACEHOLDER, template):
        parts.append(_literal(template[done : found.start()]))
        parts.append(_field(found["field"]) if found["field"] is not None else _named(found["name"], zone))
        done = found.end()
    parts.append(_literal(template[done:]))
    return lambda version, short: "".join(part(version, short) for part in parts)


def _literal(text: str) -> Part:
    return lambda *_: text


def _named(name: str, zone: tzinfo | None) -> Part:
    if name == "ad":
        return lambda version, _: shown(version.dated, zone) if version.dated is not None else ""
    if name not in _PLAIN:
        raise BadReference(f"--format knows no %{name}: there are {FORMS}")
    return _PLAIN[name]


def _field(name: str) -> Part:
    """A field of the JSON form, or one key of its `extra` or `capture`."""
    outer, _, inner = name.partition(".")
    if outer not in FIELDS or (inner and outer not in ("extra", "capture")):
        raise BadReference(f"--format knows no %({name}): the fields are {' '.join(FIELDS)}")

    def field(version: Version, _: str) -> str:
        value = version.to_dict()[outer]
        return _written(value.get(inner) if inner else value)

    return field


def _written(value: Any) -> str:
    if value is None or value == {}:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
