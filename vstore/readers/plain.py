"""Plain text: the whole file, exactly, with its BOM, NULs and line ends."""

from __future__ import annotations

import codecs

from vstore.errors import BadReference, BadWire
from vstore.readers.reading import Reading

NAME = "plain"

# Python counts these as encodings of text, but they are ways of writing it: no file is "in" them.
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})


def sniff(_text: str) -> bool:
    """Everything is plain text, if nothing else."""
    return True


def read(text: str) -> Reading:
    """The text as it is; plain text says nothing else."""
    return Reading(text=text, reader=NAME)


def decode(data: bytes, encoding: str | None) -> tuple[str, str]:
    """The text that the bytes are in this encoding, by default UTF-8, and Python's name of the encoding.

    Nothing is replaced: BadWire names the first byte that is no text, BadReference an encoding that is none.
    """
    charset = _charset("utf-8" if encoding is None else encoding)
    try:
        text = data.decode(charset)
        text.encode()
    except UnicodeDecodeError as error:
        raise _not_text(data, charset, error.start) from error
    except UnicodeEncodeError as error:
        raise BadWire(f"read as {charset}, the text holds a lone surrogate: half a character") from error
    return text, charset


def _charset(encoding: str) -> str:
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
