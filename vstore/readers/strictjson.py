"""JSON from strangers: one object, UTF-8, no key twice, only numbers and strings that can be kept."""

from __future__ import annotations

import collections
import json
import math
import re
from collections.abc import Iterator
from typing import Any

from vstore.errors import BadWire

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_HALF_WRITTEN = re.compile(_HALF.pattern.decode())
"""The escape of half a character, which is a fault where the other half does not follow."""


def read_object(line: bytes) -> dict[str, Any]:
    """The object that the bytes write; BadWire for anything else."""
    try:
        values = _decode(line.decode())
        if isinstance(values, dict):
            if _HALF.search(line):
                _refuse_surrogates(values)
            return values
    except UnicodeDecodeError as error:
        raise BadWire(
            f"the line is not UTF-8: byte {error.start + 1} is 0x{line[error.start]:02X}"
        ) from error
    except json.JSONDecodeError as error:
        raise BadWire(f"the line is not JSON: {error.msg} (character {error.pos + 1})") from error
    except RecursionError as error:
        raise BadWire("the line is nested too deep") from error
    except ValueError as error:
        raise BadWire("the line holds a number of too many digits") from error
    raise BadWire(f"the line is {kind(values)}, not an object")


def read_objects(text: str) -> Iterator[tuple[str, dict[str, Any] | BadWire]]:
    """Each object of a list, or of objects one after another, as it is written; BadWire for what is none.

    What cannot be read at all is the last.
    """
    at = _skip(text, 0, " \t\r\n[")
    while at < len(text) and text[at] != "]":
        found, end = _object_at(text, at)
        yield text[at:end], found
        at = _skip(text, end, " \t\r\n,")


def _object_at(text: str, at: int) -> tuple[dict[str, Any] | BadWire, int]:
    """What begins there, and where it ends."""
    try:
        values, end = _decoder.raw_decode(text, at)
        if isinstance(values, dict):
            return _fit(values, text[at:end]), end
        return BadWire(f"it is {kind(values)}, not an object"), end
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        return BadWire(f"the JSON is broken at {place}: {error.msg}", line=error.lineno), len(text)
    except RecursionError:
        return BadWire("it is nested too deep"), len(text)
    except BadWire as error:
        return error, _end_of(text, at)
    except ValueError:
        return BadWire("it holds a number of too many digits"), len(text)


def _fit(values: dict[str, Any], written: str) -> dict[str, Any] | BadWire:
    if _HALF_WRITTEN.search(written):
        try:
            _refuse_surrogates(values)
        except BadWire as error:
            return error
    return values


def _end_of(text: str, at: int) -> int:
    """Where an object ends that is refused for what it says, not for how it is written."""
    try:
        return json.JSONDecoder().raw_decode(text, at)[1]
    except (ValueError, RecursionError):
        return len(text)


def _skip(text: str, at: int, signs: str) -> int:
    while at < len(text) and text[at] in signs:
        at += 1
    return at


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    counts = collections.Counter(name for name, _ in pairs)
    twice = next(name for name, count in counts.items() if count > 1)
    raise BadWire(f"the key {twice[:60]!a} is given twice")


def _refuse_constant(name: str) -> None:
    raise BadWire(f"{name} is not a number that JSON has")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise BadWire(f"the number {digits[:60]} is too great")
    return number


_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite)
_decode = _decoder.decode


def _refuse_surrogates(values: dict[str, Any]) -> None:
    """UTF-8 holds none, but an escape may; to encode is the quickest way to find it."""
    for name, value in values.items():
        try:
            name.encode()
            if isinstance(value, str):
                value.encode()
            elif isinstance(value, dict | list):
                json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise BadWire(f"{name[:60]!a} holds a lone surrogate: half a character") from error


def kind(value: Any) -> str:
    """What a JSON value is, in words, such as "a list"."""
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
