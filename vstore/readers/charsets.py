"""Bytes become text in the character set that is named, or that they say themselves; nothing is replaced."""

from __future__ import annotations

import codecs

from vstore.errors import BadReference, BadWire

# Python counts these as encodings of text, but they are ways of writing it: no file is "in" them.
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks that cannot begin UTF-8; that of UTF-32 LE begins with that of UTF-16 LE."""


def marked(beginning: bytes) -> str | None:
    """The character set that a byte order mark of UTF-16 or UTF-32 tells."""
    return next((charset for mark, charset in _MARKS if beginning.startswith(mark)), None)


def detected(data: bytes) -> str:
    """UTF-8 if these first bytes are, else Windows 1252, else Latin 1, in which anything can be read."""
    if _decodes(data, "utf-8"):
        return "utf-8"
    return "cp1252" if _decodes(data, "cp1252") else "iso8859-1"


def _decodes(data: bytes, charset: str) -> bool:
    """True if they are of this character set, but for a character that may be cut at their end."""
    try:
        codecs.getincrementaldecoder(charset)().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def glimpse(beginning: bytes) -> str:
    """The text of a beginning, to find out what it is: what cannot be read of it is U+FFFD."""
    return beginning.decode(marked(beginning) or "utf-8", "replace")


def recoded(beginning: bytes, encoding: str | None) -> bytes:
    """A beginning in UTF-8, if it is in an encoding that is named and writes ASCII otherwise."""
    charset = named(encoding or "utf-8")
    if "-".encode(charset, "ignore") == b"-":
        return beginning
    return beginning.decode(charset, "replace").encode("utf-8", "replace")


def decode(data: bytes, encoding: str | None) -> tuple[str, str]:
    """The text that the bytes are in this encoding, and Python's name of it; None: as a BOM says, or UTF-8.

    Nothing is replaced: BadWire names the first byte that is no text, BadReference an encoding that is none.
    """
    charset = named((marked(data) or "utf-8") if encoding is None else encoding)
    try:
        text = data.decode(charset)
        text.encode()
    except UnicodeDecodeError as error:
        raise _not_text(data, charset, error.start) from error
    except UnicodeEncodeError as error:
        raise BadWire(f"read as {charset}, the text holds a lone surrogate: half a character") from error
    return text, charset


def named(encoding: str) -> str:
    """Python's name of an encoding of text; BadReference for what is none."""
    try:
        charset = codecs.lookup(encoding).name
        b"-".decode(charset, "ignore")
    except (LookupError, ValueError) as error:
        raise _no_encoding(encoding) from error
    if charset in _NO_CHARSETS:
        raise _no_encoding(encoding)
    return charset


def _no_encoding(encoding: str) -> BadReference:
    shown = ascii(encoding[:60])
    return BadReference(
        f"{shown} is no encoding of text; --encoding takes names such as utf-8, latin-1, cp1252 or gb18030",
        encoding=shown[1:-1],
    )


def _not_text(data: bytes, charset: str, offset: int) -> BadWire:
    return BadWire(
        f"the text is not {charset}: the byte at offset {offset} is 0x{data[offset]:02X}; "
        "say which encoding it is, such as --encoding cp1252",
        offset=offset,
        charset=charset,
    )
