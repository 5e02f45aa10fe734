"""A row's checksum: CRC-32 over the story-id and the columns, each written so that none can be mistaken."""

from __future__ import annotations

from zlib import crc32

Column = int | str | bytes | None


def checksum(story: str, *columns: Column) -> int:
    """CRC-32 of `-` for null, `iN;` for a number, `LENGTH:BYTES;` for text (UTF-8) and bytes.

    As a signed number, of which SQLite stores four bytes.
    """
    found = crc32(b"".join([_written(column) for column in (story, *columns)]))
    return found - ((found >> 31) << 32)


def _written(column: Column) -> bytes:
    if type(column) is int:
        return b"i%d;" % column
    if column is None:
        return b"-"
    raw = column if type(column) is bytes else str(column).encode()
    return b"%d:%b;" % (len(raw), raw)
