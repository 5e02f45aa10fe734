"""Settings of a store: `.vstore/config.yaml`. Whatever is not set there has its default."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

from vstore import dates
from vstore.errors import BadReference, StorageRefused

MAX_BYTES = 64 * 1024
MAX_WAIT = 3600

TEMPLATE = """\
# Settings of this store. Every key stands here with its default or an example, commented out;
# remove the # before a key to set it. Options on the command line win.

# How many seconds to wait while another program writes to the store: 0 to 3600.
#wait: 30

# The zone in which dates are shown, and that a date without one is in: an IANA name, UTC,
# local, or an offset such as +02:00. Not set: dates are shown as the wire gave them, and a date
# without a zone is UTC.
#tz: Europe/Berlin

# full: what is kept survives a power cut.
# normal: it survives a crash of the program, but not always one of the machine; faster.
#durability: full

# Whether long answers on a terminal go through a pager: true or false. Which program that is,
# $VSTORE_PAGER or $PAGER says; a store from elsewhere must not choose what runs on your machine.
#pager: true

# After an import that kept this many versions or more, a light gc packs what is new: 0 is never.
# It trains no dictionaries and does not write the file anew; `vstore gc` does.
#gc_after: 0
"""


class Config(NamedTuple):
    """The settings: `wait` in seconds, `tz` a name that `dates.zone` reads, `gc_after` in versions."""

    wait: float = 30.0
    tz: str | None = None
    durability: Literal["full", "normal"] = "full"
    pager: bool = True
    gc_after: int = 0


DEFAULTS = Config()


class _Setting(NamedTuple):
    key: str
    value: str
    line: int


def read(file: str | os.PathLike[str]) -> Config:
    """The settings in a file, all defaults where there is none.

    Raises BadReference that names file, key and line; StorageRefused where the file cannot be read.
    """
    path = os.fspath(file)
    text = _text(path)
    if all(line.strip() == "---" or not line.strip() or line.strip()[0] == "#" for line in text.split("\n")):
        return DEFAULTS
    values: dict[str, Any] = {}
    for setting in _settings(path, text):
        if setting.key in values:
            raise _refusal(path, setting, "is set twice")
        values[setting.key] = _value(path, setting)
    return Config(**values)


def _text(path: str) -> str:
    try:
        # Looked at before it is opened: opening a FIFO would wait for ever.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise BadReference(f"{path} is not a regular file", file=path)
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise StorageRefused(f"cannot read {path}: {error.strerror}", file=path) from error
    if len(data) > MAX_BYTES:
        raise BadReference(f"{path} is longer than {MAX_BYTES:,} bytes", file=path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadReference(f"{path} is not UTF-8, at byte {error.start}", file=path) from error


def _settings(path: str, text: str) -> Iterator[_Setting]:
    scalars = _scalars(path, text)
    for key in scalars:
        value = next(scalars)
        yield _Setting(key.value, value.value, key.start_mark.line + 1)


def _scalars(path: str, text: str) -> Iterator[Any]:
    """Keys and values in turn; every value as it is written, so that YAML has no say in what it means."""
    import yaml  # only a store with settings of its own pays for it

    frame = {yaml.StreamStartEvent, yaml.DocumentStartEvent, yaml.MappingStartEvent}
    ends = {yaml.MappingEndEvent, yaml.DocumentEndEvent, yaml.StreamEndEvent}
    event: Any
    try:
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            is_plain = getattr(event, "anchor", None) is None and getattr(event, "tag", None) is None
            if is_plain and not frame and isinstance(event, yaml.ScalarEvent):
                yield event
            elif is_plain and type(event) in frame:
                frame.remove(type(event))
            elif type(event) not in ends:
                line = event.start_mark.line + 1
                reason = "settings are lines of KEY: VALUE, without lists, anchors or tags"
                raise BadReference(f"{path}, line {line}: {reason}", file=path, line=line)
    # PyYAML lets chr() and int() fail on numbers that are too large, as in "\UFFFFFFFF".
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        reason = " ".join(str(error).split())
        raise BadReference(f"{path} is not YAML: {reason}", file=path) from error


def _value(path: str, setting: _Setting) -> Any:
    meaning = _MEANINGS.get(setting.key)
    if meaning is None:
        raise _refusal(path, setting, f"is no setting; {_suggestion(setting.key)}")
    try:
        return meaning(setting.value)
    except (ValueError, BadReference) as error:
        raise _refusal(path, setting, f"cannot be {setting.value[:60]!r}: {error}") from error


def _refusal(path: str, setting: _Setting, reason: str) -> BadReference:
    key = setting.key[:60]
    message = f"{path}, line {setting.line}: {key if key.isidentifier() else repr(key)} {reason}"
    return BadReference(message, file=path, key=setting.key, line=setting.line)


def _suggestion(key: str) -> str:
    near = min(_MEANINGS, key=lambda known: (_distance(key[:20].casefold(), known), known))
    if _distance(key[:20].casefold(), near) <= 2:
        return f"did you mean {near}?"
    return f"there are {', '.join(_MEANINGS)}"


def _distance(one: str, other: str) -> int:
    """Levenshtein's: how many letters to change, put in or leave out."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        above, row = row, [at]
        for k, wanted in enumerate(other):
            row.append(min(above[k] + (letter != wanted), above[k + 1] + 1, row[k] + 1))
    return row[-1]


def _wait(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= MAX_WAIT:
        raise ValueError(f"it is a number of seconds from 0 to {MAX_WAIT}")
    return seconds


def _tz(value: str) -> str:
    dates.zone(value)
    return value


def _durability(value: str) -> str:
    if value not in {"full", "normal"}:
        raise ValueError("it is full or normal")
    return value


def _pager(value: str) -> bool:
    if value not in {"true", "false"}:
        raise ValueError("it is true or false; $VSTORE_PAGER or $PAGER names the program")
    return value == "true"


def _gc_after(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise ValueError("it is a number of versions, 0 for never")
    return int(value)


_MEANINGS: dict[str, Callable[[str], Any]] = {
    "wait": _wait,
    "tz": _tz,
    "durability": _durability,
    "pager": _pager,
    "gc_after": _gc_after,
}
