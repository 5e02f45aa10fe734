"""Edits ↔ diff-match-patch's delta format, and its application to a base.

A delta is text: `=N` keep, `-N` drop, `+TEXT` insert, separated by tabs; TEXT is percent-encoded as
JavaScript's encodeURI does, N counts UTF-16 code units. Source: diff-match-patch's wiki, "Unidiff",
and its Python library of 2024, whose `diff_fromDelta` reads every delta written here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import unquote_to_bytes

from vstore.answers import Edit
from vstore.errors import Corrupt

_OPS = {"-": -1, "=": 0, "+": 1}


def delta(edits: Iterable[Edit]) -> str:
    """The delta of these edits, as the official library writes it."""
    return str(_library().diff_toDelta([(_OPS[op], text) for op, text in edits]))


def apply(base: str, deltas: Iterable[str]) -> str:
    """The text that these deltas, one after the other, make of `base`; Corrupt where one does not fit."""
    text = base.encode("utf-16-le")
    for each in deltas:
        text = _applied(text, each)
    try:
        return text.decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise Corrupt("a patch cuts a character in two") from error


def _applied(base: bytes, delta: str) -> bytes:
    """Both texts as UTF-16, so that N is twice a byte offset."""
    parts: list[bytes] = []
    at = 0
    for step in delta.split("\t") if delta else ():
        op, value = step[:1], step[1:]
        if op == "+":
            parts.append(_inserted(value))
        elif op in {"=", "-"} and value.isascii() and value.isdigit() and len(value) < 20:
            end = at + 2 * int(value)
            if op == "=":
                parts.append(base[at:end])
            at = end
        else:
            raise Corrupt("a patch holds a step that is none", step=step[:40])
    if at != len(base):
        raise Corrupt("a patch does not fit its base", expected=at // 2, found=len(base) // 2)
    return b"".join(parts)


def _inserted(value: str) -> bytes:
    if "%" not in value:
        return value.encode("utf-16-le")
    try:
        return unquote_to_bytes(value).decode().encode("utf-16-le")
    except UnicodeDecodeError as error:
        raise Corrupt("a patch inserts what is not UTF-8") from error


@cache
def _library() -> Any:
    from diff_match_patch import diff_match_patch

    return diff_match_patch()
