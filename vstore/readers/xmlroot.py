"""What the beginning of XML tells: its character set, and the name of the outermost element."""

from __future__ import annotations

import functools
import re

from vstore.errors import BadReference, BadWire
from vstore.readers.charsets import detected, marked, named

_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][\w.:-]{0,60})["']""")
_WIDE = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_NAME = re.compile(r"<(?:[^\W\d][\w.-]{0,200}:)?([^\W\d][\w.-]{0,200})(?=[\s/>])")
_PASSED = {"<?": "?>", "<!--": "-->"}


def xml_charset(beginning: bytes, encoding: str | None = None) -> str:
    """The character set as it is named, by a byte order mark, the declaration, or else as what it decodes.

    Raises BadWire for a declaration that cannot be true, BadReference for an encoding that there is not.
    """
    if encoding is not None:
        return named(encoding)
    if (found := marked(beginning) or _WIDE.get(beginning[:2])) is not None:
        return found
    declared = _DECLARED.match(beginning.removeprefix(b"\xef\xbb\xbf"))
    if declared is None:
        return detected(beginning)
    told = declared[1].decode()
    try:
        charset = named(told)
    except BadReference as error:
        raise BadWire(
            f"it declares the encoding {told!r}, which nobody knows; --encoding says another"
        ) from error
    if "-".encode(charset, "ignore") != b"-":
        raise BadWire(f"it declares the encoding {told!r}, and is not in it; --encoding says another")
    return charset


@functools.lru_cache(maxsize=4)
def root_of(beginning: bytes) -> str | None:
    """The name of the outermost element without its prefix; None for what does not begin like XML."""
    try:
        text = beginning.decode(xml_charset(beginning), "replace")
    except BadWire:
        text = beginning.decode("utf-8", "replace")
    at = 0
    text = text.removeprefix("\ufeff").lstrip()
    while text.startswith("<", at):
        if text.startswith("<!DOCTYPE", at):
            end = _doctype_end(text, at)
        elif mark := next((mark for mark in _PASSED if text.startswith(mark, at)), None):
            end = _after(text, _PASSED[mark], at)
        else:
            found = _NAME.match(text, at)
            return found[1] if found else None
        at = len(text) - len(text[end:].lstrip()) if end > 0 else len(text)
    return None


def _doctype_end(text: str, at: int) -> int:
    subset, close = text.find("[", at), text.find(">", at)
    return _after(text, ">", text.find("]", subset)) if 0 <= subset < close else close + 1


def _after(text: str, sought: str, at: int) -> int:
    """Where the first of these ends, from there on; 0 if there is none."""
    found = text.find(sought, at) if at >= 0 else -1
    return found + len(sought) if found >= 0 else 0
