"""Facts as canonical JSON (RFC 8785) and back, and from loose values; BadWire for what JSON cannot hold."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from vstore.errors import BadWire, Corrupt
from vstore.model import FACT_NAMES, MAX_FACTS_BYTES, Facts

MAX_INTEGER = 2**53 - 1
"""Beyond this JSON numbers are no longer exact (RFC 8785, I-JSON)."""
MAX_NESTING = 100
"""How deep objects and lists in `extra` may lie in each other, `extra` itself counted."""

_DECIMAL = re.compile(r"0|-?[1-9][0-9]{0,15}")
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def canonical_facts(facts: Facts) -> bytes:
    """Canonical JSON (RFC 8785) of the facts that are known; BadWire where JSON cannot hold them."""
    _check_types(facts)
    known = facts.known()
    for fact, value in known.items():
        if not (isinstance(value, str) and value.isascii()):
            _check_value(fact, value)
    canonical = _canonical(known)
    if len(canonical) > MAX_FACTS_BYTES:
        raise _too_long(max(known, key=lambda fact: len(_canonical({fact: known[fact]}))))
    return canonical


def _canonical(known: dict[str, Any]) -> bytes:
    if all(
        key.isascii() and type(value) in {str, int, bool} for key, value in known.get("extra", {}).items()
    ):
        return _encode(known).encode()
    # Only here, since it takes 20 times as long: numbers as ECMAScript writes them, keys in UTF-16 order.
    import rfc8785

    return rfc8785.dumps(known)


def _check_types(facts: Facts) -> None:
    for fact in FACT_NAMES:
        value = getattr(facts, fact)
        if value is not None and not _is_of_type(fact, value):
            raise _wrong_type(fact, value)
    if not isinstance(facts.extra, Mapping):
        raise _wrong_type("extra", facts.extra)


def _is_of_type(fact: str, value: object) -> bool:
    if fact == "keywords":
        return isinstance(value, tuple) and all(isinstance(word, str) for word in value)
    return isinstance(value, str) or (fact == "urgency" and _is_integer(value))


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _wrong_type(fact: str, value: object) -> BadWire:
    wanted = {
        "urgency": "a whole number or text",
        "keywords": "a list of texts",
        "extra": "a JSON object",
    }.get(fact, "text")
    return BadWire(f"the fact {fact} must be {wanted}, not {_short(value)}", fact=fact)


def _too_long(fact: str) -> BadWire:
    return BadWire(
        f"the facts take more than {MAX_FACTS_BYTES:,} bytes as JSON, most of them for {fact}", fact=fact
    )


def _check_value(fact: str, value: object) -> None:
    """BadWire unless JSON can hold the value; in time bounded by MAX_FACTS_BYTES, whatever it shares."""
    left = MAX_FACTS_BYTES
    waiting = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        if fault := _fault(part):
            raise BadWire(f"the fact {fact} holds {fault}", fact=fact)
        if not isinstance(part, str | list | tuple | dict):
            continue
        left -= len(part)
        if left < 0:
            raise _too_long(fact)
        if isinstance(part, str):
            continue
        if depth > MAX_NESTING:
            raise BadWire(f"the fact {fact} is nested more than {MAX_NESTING} levels deep", fact=fact)
        inner = [*part, *part.values()] if isinstance(part, dict) else part
        waiting += [(item, depth + 1) for item in inner]


def _fault(value: object) -> str | None:
    """What keeps a value, those within it apart, out of JSON."""
    if isinstance(value, str):
        return None if _is_unicode(value) else f"a lone surrogate, in {_short(value)}"
    if isinstance(value, int):
        return (
            "a whole number beyond ±(2**53 - 1); write it as a string" if abs(value) > MAX_INTEGER else None
        )
    if isinstance(value, float):
        return None if math.isfinite(value) else "a number that is not finite (NaN or Infinity)"
    if isinstance(value, dict):
        odd = [key for key in value if not isinstance(key, str)]
        return f"a key that is no string but {_short(odd[0])}" if odd else None
    is_known = value is None or isinstance(value, list | tuple)
    return None if is_known else f"a value {_short(value)}, which JSON does not have"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_facts(canonical: bytes) -> Facts:
    """The facts that `canonical_facts` wrote; Corrupt if it cannot have written this."""
    try:
        found = json.loads(canonical, parse_int=_number)
        if "keywords" in found:
            found["keywords"] = tuple(found["keywords"])
        return Facts(**found)
    except (ValueError, TypeError, RecursionError) as error:
        raise Corrupt(f"stored facts cannot be read: {error}") from error


def _number(digits: str) -> int | float:
    """1e20 is canonically 100000000000000000000: only a float can have been so great."""
    number = int(digits)
    return number if abs(number) <= MAX_INTEGER else float(digits)


def make_facts(values: Mapping[str, Any]) -> Facts:
    """Facts from loose values, such as a JSON object's: None is absent, unknown names go into `extra`.

    Raises BadWire for a value of the wrong type and for a name given both by itself and in `extra`.
    """
    found: dict[str, Any] = {}
    extra = _extra(values.get("extra"))
    for fact, value in values.items():
        if value is None or fact == "extra":
            continue
        if fact in FACT_NAMES:
            found[fact] = _made(fact, value)
        elif fact in extra:
            raise BadWire(f"{_short(fact)} is given twice: by itself and in extra", fact="extra")
        else:
            extra[fact] = value
    return Facts(**found, extra=extra)


def _extra(value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _wrong_type("extra", value)
    return dict(value)


def _made(fact: str, value: object) -> Any:
    if fact == "keywords":
        return _keywords(value)
    if fact == "urgency":
        return _urgency(value)
    return _text(fact, value)


def _keywords(value: object) -> tuple[str, ...] | None:
    words = value if isinstance(value, list | tuple) else [value] if value != "" else []
    return tuple(_text("keywords", word) for word in words) or None


def _urgency(value: object) -> int | str:
    """A number however it was written, if that is how a number is written: "5" but not "05"."""
    if isinstance(value, str):
        is_number = _DECIMAL.fullmatch(value) and abs(int(value)) <= MAX_INTEGER
        return int(value) if is_number else value
    if _is_integer(value):
        return value
    raise _wrong_type("urgency", value)


def _text(fact: str, value: object) -> str:
    """Text as it is; a whole number, such as a guid that YAML took for one, as its digits."""
    if isinstance(value, str):
        return value
    if _is_integer(value) and value.bit_length() <= 4096:
        return str(int(value))
    raise _wrong_type(fact, value)


def _short(value: object) -> str:
    """A value as Python writes it, escaped, at most about 60 characters of it."""
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:60] + "…")
    return f"of type {type(value).__name__}"
