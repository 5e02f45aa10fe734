"""JSON from strangers: one object, UTF-8, no key twice, only numbers and strings that can be kept."""

from __future__ import annotations

import collections
import json
import math
import re
from typing import Any

from vstore.errors import BadWire

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
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


_decode = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite
).decode


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
