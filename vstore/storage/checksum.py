"""A row's checksum: CRC-32 over the story-id and the columns, each written so that none can be mistaken."""

from __future__ import annotations

from zlib import crc32

Column = int | str | bytes | None


def checksum(story: str, *columns: Column) -> int:
    """CRC-32 of netstrings: `-` for null, `iN;` for a number, `LENGTH:BYTES;` for text and bytes."""
    parts = [_written(story)]
    parts.extend(map(_written, columns))
    return crc32(b"".join(parts))


def _written(column: Column) -> bytes:
    if column is None:
        return b"-"
    if isinstance(column, int):
        return b"i%d;" % column
    raw = column.encode() if isinstance(column, str) else column
    return b"%d:%b;" % (len(raw), raw)
