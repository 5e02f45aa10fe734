"""Headers of mail as text: folded lines joined, encoded words (RFC 2047) decoded."""

from __future__ import annotations

import binascii
import quopri
import re
from typing import TYPE_CHECKING

from vstore.errors import BadWire
from vstore.readers.declared import decode_declared

if TYPE_CHECKING:
    from email.message import Message

_LONGEST = 16_384
"""Of a header, so many characters are read."""

_ENCODED = re.compile(r"=\?([\w.:-]{1,40})(?:\*[\w-]{0,20})?\?([BbQq])\?([^?\s]{0,2000})\?=")
_BETWEEN = re.compile(r"(?<=\?=)\s+(?==\?)")
_FOLD = re.compile(r"\s*[\r\n]+\s*")
_HIGH = re.compile("[\ud800-\udfff]")

Headers = dict[str, str]
"""The first header of each name, in lower case."""


def headers(message: Message) -> Headers:
    """All headers of a message as text."""
    found: Headers = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), words(str(value)[:_LONGEST]))
    return {name: value for name, value in found.items() if value}


def words(written: str) -> str:
    """A header as text; what is in no character set that is known stays as it is written."""
    if _HIGH.search(written):
        written = _decoded(written.encode("ascii", "surrogateescape"), None) or ascii(written)
    joined = _BETWEEN.sub("", _FOLD.sub(" ", written)).strip()
    if "=?" not in joined:
        return joined
    parts: list[tuple[str, bytes, str]] = []  # charset, bytes, as written; adjacent ones may part a character
    out, at = [], 0
    for found in _ENCODED.finditer(joined):
        if found.start() > at or (parts and parts[-1][0] != found[1].lower()):
            out.append(_joined(parts))
            parts = []
        out.append(joined[at : found.start()])
        parts.append((found[1].lower(), _bytes(found[2], found[3]), found[0]))
        at = found.end()
    return "".join([*out, _joined(parts), joined[at:]])


def _joined(parts: list[tuple[str, bytes, str]]) -> str:
    if not parts:
        return ""
    found = _decoded(b"".join(data for _, data, _ in parts), parts[0][0])
    return found if found is not None else "".join(written for *_, written in parts)


def _bytes(coding: str, text: str) -> bytes:
    if coding in "Qq":
        return quopri.decodestring(text.encode("ascii", "replace"), header=True)
    try:
        return binascii.a2b_base64(text.encode("ascii", "replace") + b"==")
    except binascii.Error:
        return text.encode("ascii", "replace")


def _decoded(data: bytes, charset: str | None) -> str | None:
    try:
        return decode_declared(data, None, charset)[0]
    except BadWire:
        return None
