"""Files as the readers read them."""

from __future__ import annotations

from typing import Any

from vstore import readers
from vstore.errors import BadWire
from vstore.readers import Held, How, Reading


def read(text: str, **options: str) -> Reading:
    return readers.read(text.encode(), **options)


def items(data: bytes | str, reader: str | None = None, **how: Any) -> list[Reading | BadWire]:
    raw = data.encode() if isinstance(data, str) else data
    return list(readers.items(Held(raw), How(**how), reader))


def one(data: bytes | str, reader: str | None = None, **how: Any) -> Reading:
    (found,) = items(data, reader, **how)
    assert isinstance(found, Reading), found
    return found


def refused(data: bytes | str, reader: str | None = None, **how: Any) -> str:
    """Why the only item was refused."""
    (found,) = items(data, reader, **how)
    assert isinstance(found, BadWire), found
    return found.message


def outcomes(data: bytes | str, reader: str | None = None, **how: Any) -> list[str]:
    """The text of each item, or why it was refused."""
    found = items(data, reader, **how)
    return [each.message if isinstance(each, BadWire) else each.text for each in found]
