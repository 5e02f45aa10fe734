"""YAML front matter: a mapping between two `---` lines at the very beginning, then the text.

The text is everything after the closing line's end, exactly; a BOM before the first line belongs to
the header. What stands between such lines and is no mapping is text like any other. Aliases, anchors
and tags are refused as they are met, before anything is built of them.

A value is what is written: `no` and `14:30` are strings, and a number is one only if it would be
written just so again (`7`, not `007`; `1.5`, not `1.50`), so that no digit is ever lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from vstore.errors import BadWire
from vstore.facts import make_facts
from vstore.model import FACT_NAMES
from vstore.readers.charsets import glimpse
from vstore.readers.reading import How, Reading, as_text, check_date, either
from vstore.readers.source import Source

if TYPE_CHECKING:
    import yaml

NAME = "frontmatter"
ABOUT = "YAML front matter between two lines of ---, then the text"

LIMIT = 65_536
"""Both `---` lines and all between stand within this many bytes of UTF-8."""
DEPTH = 20
"""So many mappings and lists may lie in one another."""

_OPENING = re.compile("\ufeff?---[ \t]*(?:\r\n|\n|\r)")
_CLOSING = re.compile(r"(?<=[\n\r])---[ \t]*(?:\r\n|\n|\r|\Z)")
_STRINGS = frozenset({*FACT_NAMES, "story", "date", "dated", "title"})
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_INTEGER = re.compile("0|-?[1-9][0-9]{0,14}")
_DECIMAL = re.compile(r"-?[0-9]{1,17}\.[0-9]{1,17}")


class _Parts(NamedTuple):
    header: str
    text: str


def sniff(beginning: bytes, _source: Source) -> bool:
    """True if the text opens with front matter, or with a broken or hostile one."""
    parts = _parts(glimpse(beginning))
    return parts is not None and _opens_mapping(parts.header)


def items(source: Source, how: How) -> Iterator[Reading]:
    """What the front matter says, and the text after it."""
    written = as_text(source, how, NAME)
    parts = _parts(written.text)
    if parts is None or not _opens_mapping(parts.header):
        raise BadWire("there is no front matter: a mapping between a first line --- and another line ---")
    values = _values(parts.header)
    if "text" in values:
        raise BadWire("front matter cannot have the key 'text': the text is what follows it")
    story = _string("story", values.pop("story", None))
    date = _string("date", either(values, "dated", "date"))
    if date is not None:
        check_date(date)
    values["headline"] = either(values, "headline", "title")
    facts = make_facts(values).known()
    yield replace(written, text=parts.text, story=story, date=date, facts=facts)


def _parts(text: str) -> _Parts | None:
    opening = _OPENING.match(text)
    if opening is None:
        return None
    # One character more than allowed: a closing line that touches the cut is over the limit anyway.
    head = text[: LIMIT + 1]
    closing = _CLOSING.search(head, opening.end())
    if closing is None or len(head[: closing.end()].encode()) > LIMIT:
        return None
    return _Parts(text[opening.end() : closing.start()], text[closing.end() :])


def _opens_mapping(header: str) -> bool:
    import yaml

    try:
        nodes = (event for event in _events(header) if isinstance(event, yaml.NodeEvent))
        return isinstance(next(nodes, None), yaml.MappingStartEvent)
    except BadWire:
        return True


def _values(header: str) -> dict[str, Any]:
    """The mapping that the header writes, refused at the first thing that is no plain fact."""
    import yaml

    events = _checked(_events(header))
    while not isinstance(next(events), yaml.MappingStartEvent):
        pass
    values = _mapping(events, _STRINGS)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            raise _refused(event, "more than one YAML document")
    return values


def _events(header: str) -> Iterator[yaml.Event]:
    import yaml

    try:
        yield from yaml.parse(header, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _malformed(error.problem, error.problem_mark) from error
    # PyYAML lets the chr() of a "\U99999999" raise what it will.
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise _malformed(getattr(error, "reason", None), None) from error


def _checked(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    import yaml

    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _refused(event, "an anchor or alias (& or *)")
        if getattr(event, "tag", None) is not None:
            raise _refused(event, "a tag (!)")
        if _SURROGATE.search(getattr(event, "value", "")):
            raise _refused(event, "a lone surrogate: half a character")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH:
            raise _refused(event, f"more than {DEPTH} mappings and lists in one another")
        yield event


def _mapping(events: Iterator[yaml.Event], strings: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The mapping whose start was just read; keys are what is written, as are the values of `strings`."""
    import yaml

    found: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            raise _refused(event, "a key that is a list or a mapping")
        if event.value in found:
            raise _refused(event, f"the key {event.value[:60]!a} twice")
        found[event.value] = _value(next(events), events, event.value in strings)
    return found


def _value(event: yaml.Event, events: Iterator[yaml.Event], as_written: bool) -> Any:
    import yaml

    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event, as_written)
    found = []
    while not isinstance(item := next(events), yaml.SequenceEndEvent):
        found.append(_value(item, events, as_written))
    return found


def _scalar(event: yaml.ScalarEvent, as_written: bool) -> str | int | float | bool | None:
    written: str = event.value
    if event.style is not None:
        return written
    constant = _CONSTANTS.get(written, written)
    if constant is None or as_written:
        return written if constant is not None else None
    if _INTEGER.fullmatch(written):
        return int(written)
    if _DECIMAL.fullmatch(written) and repr(float(written)) == written:
        return float(written)
    return constant


def _string(name: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise BadWire(f"in the front matter, {name!r} must be a string, not a {type(value).__name__}", key=name)


def _refused(event: yaml.Event, what: str) -> BadWire:
    return _bad(f"front matter cannot have {what}", event.start_mark)


def _malformed(problem: str | None, mark: object) -> BadWire:
    return _bad(f"the front matter is not YAML{f' ({problem})' if problem else ''}", mark)


def _bad(sentence: str, mark: object) -> BadWire:
    """An error at a line of the file, where the mark's first line, 0, is the second."""
    way_out = "if it is part of the text, say --reader plain"
    line: int | None = getattr(mark, "line", None)
    if line is None:
        return BadWire(f"{sentence}; {way_out}")
    return BadWire(f"line {line + 2}: {sentence}; {way_out}", line=line + 2)
