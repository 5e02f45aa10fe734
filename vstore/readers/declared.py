"""Bytes that say, or whose envelope says, in which character set they are: HTTP, HTML, XML, MIME.

Order: what the caller says, a byte order mark, what is declared, UTF-8, what is detected. A declaration is
read as browsers read it: `iso-8859-1` is Windows-1252, for that is what those mean who write it.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from vstore.errors import BadReference, BadWire
from vstore.readers.charsets import decode, detected, marked, named

_LOOKED_AT = 1 << 16
"""So many bytes are enough to detect a character set; more take long."""

_MEANT = {
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""WHATWG Encoding, 4.2: which character set is meant by the label of a narrower one, in Python's names."""

_IN_MARKUP = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})"""
    rb"""|<meta\s[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and Python's name of its character set; `fault` if U+FFFD stands for bytes that are no text."""

    text: str
    charset: str
    fault: BadWire | None = None


def in_header(content_type: str | None) -> str | None:
    """The character set of a `Content-Type`."""
    found = _IN_HEADER.search(content_type or "")
    return found[1] if found else None


def in_markup(beginning: bytes) -> str | None:
    """The character set that an XML declaration or a `<meta>` tells, within the first 4,096 bytes."""
    found = _IN_MARKUP.search(beginning[:4096])
    if not found:
        return None
    label = (found[1] or found[2]).decode("ascii")
    # Whoever could read this did not read UTF-16 (HTML, 13.2.3.2).
    return "utf-8" if label.lower().startswith("utf-16") else label


def decode_declared(data: bytes, encoding: str | None, declared: str | None) -> tuple[str, str]:
    """The text and Python's name of its character set; BadWire if there is none in which it is text."""
    found = decode_leniently(data, encoding, declared)
    if found.fault:
        raise found.fault
    return found.text, found.charset


def decode_leniently(data: bytes, encoding: str | None, declared: str | None) -> Decoded:
    """As `decode_declared`; where a declaration does not hold, U+FFFD stands for what is no text."""
    if encoding is not None or marked(data) or data.startswith(codecs.BOM_UTF8):
        text, charset = decode(data, encoding)
        return Decoded(text.removeprefix("\ufeff"), charset)
    meant = _meant(declared)
    fault: BadWire | None = None
    for charset in dict.fromkeys(filter(None, (meant, "utf-8"))):
        try:
            return Decoded(*decode(data, charset))
        except BadWire as error:
            fault = fault or error
    if meant is None:
        return Decoded(*decode(data, _detected(data)))
    return Decoded(data.decode(meant, "replace"), meant, fault)


def _meant(label: str | None) -> str | None:
    """Python's name of what a declaration means; None for one that means nothing."""
    try:
        charset = named(label) if label else None
    except BadReference:
        return None
    return _MEANT.get(charset, charset) if charset else None


def _detected(data: bytes) -> str:
    """The most likely character set of bytes that are not UTF-8.

    Scripts are told apart well by charset_normalizer, where it is installed; the many sets of Latin letters
    are not, so these are taken to be Windows 1252, the most frequent by far.
    """
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return detected(data)
    found = from_bytes(data[:_LOOKED_AT]).best()
    return found.encoding if found and _is_in_another_script(str(found)) else detected(data)


def _is_in_another_script(text: str) -> bool:
    """True if most letters beyond ASCII are not Latin ones."""
    letters = [letter for letter in text if letter > "\x7f" and letter.isalpha()]
    return 2 * sum(letter > "\u024f" for letter in letters) > len(letters)
