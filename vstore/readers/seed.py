"""The seeds' form: the first line opens with ` date YYYY-MM-DD `, and the text follows at once.

The header ends with the one space after the date; the text is everything behind it, exactly. A BOM
before the header belongs to the header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from vstore.errors import BadWire
from vstore.readers.charsets import glimpse
from vstore.readers.reading import How, Reading, as_text, check_date
from vstore.readers.source import Source

NAME = "seed"
ABOUT = "a first line that opens with ' date YYYY-MM-DD ', then the text"

_HEADER = re.compile("\ufeff? date ([0-9]{4}-[0-9]{2}-[0-9]{2}) ")


def sniff(beginning: bytes, _source: Source) -> bool:
    """True if the text opens with the header; whether its date exists, `items` says."""
    return _HEADER.match(glimpse(beginning)) is not None


def items(source: Source, how: How) -> Iterator[Reading]:
    """The date of the header and the text after it."""
    written = as_text(source, how, NAME)
    header = _HEADER.match(written.text)
    if header is None:
        raise BadWire(
            "the first line does not open with ' date YYYY-MM-DD ', so it is not in the seeds' form"
        )
    check_date(header[1])
    yield replace(written, text=written.text[header.end() :], date=header[1])
