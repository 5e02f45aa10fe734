"""CSV with a header, a wire a row, streamed.

Columns go by vstore's names, however they are capitalised, or by those of `--map`; any other column goes into
`extra` under its own name. A row that is broken, or has another number of cells than the header, is told,
and the next line begins a row.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

from vstore.errors import BadWire
from vstore.facts import make_facts
from vstore.model import FACT_NAMES
from vstore.readers.charsets import decode, glimpse, marked, named, recoded
from vstore.readers.declared import decode_declared
from vstore.readers.files import read_all
from vstore.readers.jsonwire import check_fields
from vstore.readers.maildates import mail_date, real_date
from vstore.readers.packed import unreadable
from vstore.readers.reading import OTHER_NAMES, How, Reading
from vstore.readers.source import Source

NAME = "csv"
ABOUT = "CSV with a header, a wire a row; --map says which column has what"

ROW_LIMIT = 64 << 20
"""A row has at most so many bytes."""

_DELIMITERS = ",;\t|"
_NAMES = {"story", "text", "date", *FACT_NAMES}
_CHUNK = 1 << 16


def sniff(beginning: bytes, source: Source, /) -> bool:
    """True for a file that is called .csv or .tsv, or whose first line names a column `text` among others."""
    line = glimpse(beginning[:_CHUNK]).removeprefix("\ufeff").partition("\n")[0]
    names = [name.strip().strip('"').lower() for name in line.split(_delimiter(line))]
    is_header = len(names) > 1 and "text" in names and all(0 < len(name) <= 60 for name in names)
    return is_header or (bool(beginning) and source.name.lower().endswith((".csv", ".tsv")))


def items(source: Source, how: How) -> Iterator[Reading | BadWire]:
    """A row each; BadWire if the header has no column for the text."""
    import csv

    fields = check_fields(how.fields)
    beginning = source.beginning()
    charset = _charset(beginning, how.encoding)
    csv.field_size_limit(ROW_LIMIT)  # of the whole program: the default, 128 KiB, is too little for a text
    with source.stream() as stream:
        lines = _Lines(stream, charset)
        delimiter = _delimiter(recoded(beginning, charset).partition(b"\n")[0].decode("utf-8", "replace"))
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            columns = _columns(next(rows, []), fields)
        except csv.Error as error:
            raise BadWire(f"the header cannot be read: {error}") from error
        while True:
            try:
                row = lines.next_row(rows)
                if row is None:
                    return
                if any(row):
                    yield _reading(row, columns, lines)
            except (csv.Error, BadWire) as error:
                yield lines.located(error)


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _charset(beginning: bytes, encoding: str | None) -> str:
    if encoding is not None:
        return named(encoding)
    if wide := marked(beginning):
        return wide
    whole_lines = beginning[: beginning.rfind(b"\n") + 1] or beginning
    return decode_declared(whole_lines, None, None)[1]


class Column(NamedTuple):
    """What a column is: something that vstore has a name for, or an extra of its own name."""

    name: str
    is_known: bool


def _columns(header: list[str], fields: Mapping[str, str]) -> list[Column]:
    written = [column.strip() for column in header]
    if twice := next((column for column, times in Counter(written).items() if times > 1), None):
        raise BadWire(f"the header names the column {twice[:60]!a} twice")
    if missing := [key for key in fields.values() if key not in written]:
        raise BadWire(f"there is no column {missing[0][:60]!a}: there are {_listed(written)}")
    by_column = {key: name for name, key in fields.items()}
    taken = set(fields)
    columns = []
    for column in written:
        name = by_column.get(column) or _own_name(column, taken)
        name = name if name in _NAMES else None  # `extra` and `capture` are no single cells
        columns.append(Column(name or column, is_known=name is not None))
    if Column("text", is_known=True) not in columns:
        raise BadWire(f"no column is the text, say --map text=COLUMN; there are {_listed(written)}")
    return columns


def _own_name(column: str, taken: set[str]) -> str | None:
    """The name of vstore that the column has itself, unless another has it already."""
    name = OTHER_NAMES.get(column.lower(), column.lower())
    if name not in _NAMES or name in taken:
        return None
    taken.add(name)
    return name


def _listed(columns: list[str]) -> str:
    return ", ".join(ascii(column[:40]) for column in columns[:20]) or "none"


class _Lines:
    """The lines of a file as text, and where and from which bytes the row at hand was read."""

    def __init__(self, stream: BinaryIO, charset: str) -> None:
        self._stream = _narrow(stream, charset) if charset.startswith(("utf-16", "utf-32")) else stream
        self._line_charset = "utf-8" if self._stream is not stream else charset
        self.charset = charset
        self._number = 0
        self._begin()

    def _begin(self) -> None:
        self._begins = self._number + 1
        self._size = 0
        self._digest = hashlib.sha256()
        self._last = b""

    def next_row(self, rows: Iterator[list[str]]) -> list[str] | None:
        """The next row that csv makes of these lines; None at the end."""
        self._begin()
        return next(rows, None)

    @property
    def digest(self) -> str:
        """Of the bytes of the row, without its line end."""
        digest = self._digest.copy()
        digest.update(self._last.rstrip(b"\r\n"))
        return digest.hexdigest()

    def located(self, error: Exception) -> BadWire:
        """The error as one of the row at hand, without the traceback, which would keep it in memory."""
        facts = error.facts if isinstance(error, BadWire) else {}
        message = error.message if isinstance(error, BadWire) else f"it is not CSV: {error}"
        return BadWire(f"line {self._begins}: {message}", **{**facts, "line": self._begins})

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._read(ROW_LIMIT + 1)
        if not line:
            raise StopIteration
        self._number += 1
        self._digest.update(self._last)
        self._last = line
        self._size += len(line)
        if self._size > ROW_LIMIT:
            self._pass_rest(line)
            raise BadWire(f"the row is longer than {ROW_LIMIT:,} bytes", limit=ROW_LIMIT)
        text, _ = decode(line, self._line_charset)
        return text.removeprefix("\ufeff") if self._number == 1 else text

    def _pass_rest(self, line: bytes) -> None:
        self._last = b""
        while line and not line.endswith(b"\n"):
            line = self._read(_CHUNK)

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.readline(size)
        except OSError as error:
            raise unreadable(error) from error


def _narrow(stream: BinaryIO, charset: str) -> BinaryIO:
    """The same in UTF-8, whose line ends are single bytes."""
    return io.BytesIO(decode(read_all(stream, "it"), charset)[0].encode())


def _reading(row: list[str], columns: list[Column], lines: _Lines) -> Reading:
    if len(row) != len(columns):
        raise BadWire(f"it has {len(row):,} cells, and the header {len(columns):,}")
    cells = list(zip(columns, row, strict=True))
    known: dict[str, Any] = {column.name: cell for column, cell in cells if column.is_known and cell}
    text, story, date = known.pop("text", ""), known.pop("story", None), known.pop("date", "").strip()
    found = real_date(date) or mail_date(date)
    if date and found is None:
        raise BadWire(f"its date {date[:60]!a} is none; dates are YYYY-MM-DD, with a time or without")
    if "keywords" in known:
        words = known["keywords"].split(";" if ";" in known["keywords"] else ",")
        known["keywords"] = [word.strip() for word in words if word.strip()]
    known["extra"] = {column.name: cell for column, cell in cells if cell and not column.is_known}
    return Reading(
        text=text,
        reader=NAME,
        story=story,
        date=found,
        facts=make_facts(known).known(),
        charset=lines.charset,
        digest=lines.digest,
    )
