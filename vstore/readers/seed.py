"""The seeds' form: the first line opens with ` date YYYY-MM-DD `, and the text follows at once.

The header ends with the one space after the date; the text is everything behind it, exactly. A BOM
before the header belongs to the header.
"""

from __future__ import annotations

import re

from vstore.errors import BadWire
from vstore.readers.reading import Reading, check_date

NAME = "seed"

_HEADER = re.compile("\ufeff? date ([0-9]{4}-[0-9]{2}-[0-9]{2}) ")


def sniff(text: str) -> bool:
    """True if the text opens with the header; whether its date exists, `read` says."""
    return _HEADER.match(text) is not None


def read(text: str) -> Reading:
    """The date of the header and the text after it."""
    header = _HEADER.match(text)
    if header is None:
        raise BadWire(
            "the first line does not open with ' date YYYY-MM-DD ', so it is not in the seeds' form"
        )
    check_date(header[1])
    return Reading(text=text[header.end() :], reader=NAME, date=header[1])
