"""JSON lines: one wire a line, read one at a time, plain or packed with gzip or zstd.

A line that is no wire becomes a BadWire that knows its number, and the next one is read.
"""

from __future__ import annotations

import datetime
import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO, TypeVar

from vstore.errors import BadReference, BadWire, VstoreError
from vstore.model import Wire
from vstore.readers.files import SIZE_LIMIT, open_file, standard_input
from vstore.readers.jsonwire import check_fields, read_line, read_wire
from vstore.readers.packed import unpacked, unpacked_beginning, unreadable
from vstore.readers.reading import How, Reading
from vstore.readers.source import Source
from vstore.readers.strictjson import read_object

NAME = "jsonlines"
ABOUT = "JSON lines as `import` takes them, also packed with gzip or zstd: text, story, facts"

_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 20
_TEXT = re.compile(rb'"text"\s*:\s*"')

Item = TypeVar("Item", Wire, Reading)


def sniff(beginning: bytes, _source: Source) -> bool:
    """True if the first line is an object with a `text`; of a long one only the beginning is looked at."""
    line = unpacked_beginning(beginning).removeprefix(_BOM).lstrip().partition(b"\n")[0]
    if not line.startswith(b"{") or not _TEXT.search(line):
        return False
    try:
        return "text" in read_object(line)
    except BadWire:
        return True


def items(source: Source, how: How) -> Iterator[Reading | BadWire]:
    """A line each; the story may be missing."""
    fields = check_fields(how.fields)
    with unpacked(source.stream()) as stream:
        yield from _each(numbered(stream, SIZE_LIMIT), lambda line: read_line(line, fields, how.tz))


def wires(
    stream: BinaryIO,
    *,
    fields: Mapping[str, str] | None = None,
    tz: datetime.tzinfo | None = None,
    size_limit: int = SIZE_LIMIT,
    find: bool = False,
) -> Iterator[Wire | BadWire]:
    """The wires of a stream as `open_lines` gives it, in its order; each BadWire has its `line` in its facts.

    `fields` tells the key under which each of vstore's names is found: {"story": "guid", "text": "body"}.
    A time without a zone is one of `tz`. `find`: the story may be missing where there is a guid or a URL.
    """
    checked = check_fields(fields or {})
    return _each(numbered(stream, size_limit), lambda line: read_wire(line, checked, tz, find=find))


def open_lines(path: str | os.PathLike[str]) -> BinaryIO:
    """The lines of a file, or of stdin for "-", unpacked if they are gzip or zstd by their first bytes.

    A file that is cut off or damaged gives all that can be read of it, and then raises BadWire.
    """
    return unpacked(standard_input() if path == "-" else open_file(path))


def _each(
    lines: Iterable[tuple[int, bytes | BadWire]], read: Callable[[bytes], Item]
) -> Iterator[Item | BadWire]:
    for number, line in lines:
        item: Item | VstoreError
        if isinstance(line, BadWire):
            item = line
        else:
            try:
                item = read(line)
            except (BadWire, BadReference) as error:
                item = error
        yield _at_line(number, item) if isinstance(item, VstoreError) else item


def _at_line(number: int, error: VstoreError) -> BadWire:
    """The error as one of this line, without the traceback, which would keep the line in memory."""
    return BadWire(f"line {number}: {error.message}", **{**error.facts, "line": number})


def numbered(stream: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | BadWire]]:
    """Each line that is not blank, with its number; the last may say why there is no more."""
    for number in itertools.count(1):
        try:
            line = _line(stream, limit)
        except BadWire as error:
            yield number, error
            return
        if number == 1 and isinstance(line, bytes):
            line = line.removeprefix(_BOM)
        if line == b"":
            return
        if isinstance(line, BadWire) or not line.isspace():
            yield number, line


def _line(stream: BinaryIO, limit: int) -> bytes | BadWire:
    """The next line, b"" at the end; a line over the limit is skipped and told."""
    try:
        line = stream.readline(limit + 1)
        if len(line) <= limit or line.endswith(b"\n"):
            return line
        del line
        while (chunk := stream.readline(_CHUNK)) and not chunk.endswith(b"\n"):
            pass
    except OSError as error:
        raise unreadable(error) from error
    return BadWire(f"the line is longer than {limit:,} bytes", limit=limit)
