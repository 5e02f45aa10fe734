"""Edits ↔ diff-match-patch's delta format, and its application to a base.

A delta is text: `=N` keep, `-N` drop, `+TEXT` insert, separated by tabs; TEXT is percent-encoded as
JavaScript's encodeURI does, N counts UTF-16 code units. Source: diff-match-patch's wiki, "Unidiff",
and its Python library of 2024, which writes the deltas; they are applied here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, AnyStr
from urllib.parse import unquote_to_bytes

from vstore.answers import Edit
from vstore.errors import Corrupt

_OPS = {"-": -1, "=": 0, "+": 1}


def delta(edits: Iterable[Edit]) -> str:
    """The delta of these edits, as the official library writes it."""
    return str(_library().diff_toDelta([(_OPS[op], text) for op, text in edits]))


def _units(text: str) -> int:
    """How many UTF-16 code units a text takes."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def apply(base: str, deltas: Iterable[str]) -> str:
    """The text that these deltas, one after the other, make of `base`; Corrupt where one does not fit."""
    deltas = list(deltas)
    if _units(base) == len(base) and not any(map(_may_hold_pairs, deltas)):
        for each in deltas:
            base = _applied(base, each, 1, _inserted)
        return base
    text = base.encode("utf-16-le")
    for each in deltas:
        text = _applied(text, each, 2, lambda value: _inserted(value).encode("utf-16-le"))
    try:
        return text.decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise Corrupt("a patch cuts a character in two") from error


def _may_hold_pairs(delta: str) -> bool:
    """False where all that a delta inserts takes one code unit a character: no UTF-8 of it begins with F."""
    return not delta.isascii() or "%F" in delta or "%f" in delta


def _applied(base: AnyStr, delta: str, width: int, inserted: Callable[[str], AnyStr]) -> AnyStr:
    """`width`: how long a UTF-16 code unit is in `base`, be it characters or their bytes."""
    parts: list[AnyStr] = []
    at = 0
    for step in delta.split("\t") if delta else ():
        op, value = step[:1], step[1:]
        if op == "+":
            parts.append(inserted(value))
        elif op in {"=", "-"} and value.isascii() and value.isdigit() and len(value) < 20:
            end = at + width * int(value)
            if op == "=":
                parts.append(base[at:end])
            at = end
        else:
            raise Corrupt("a patch holds a step that is none", step=step[:40])
    if at != len(base):
        raise Corrupt("a patch does not fit its base", expected=at // width, found=len(base) // width)
    return base[:0].join(parts)


def _inserted(value: str) -> str:
    value = value.replace("%0A", "\n")  # the commonest by far
    if "%" not in value:
        return value
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeDecodeError as error:
        raise Corrupt("a patch inserts what is not UTF-8") from error


@cache
def _library() -> Any:
    from diff_match_patch import diff_match_patch

    return diff_match_patch()
