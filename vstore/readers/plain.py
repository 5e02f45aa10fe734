"""Plain text: the whole file, exactly, with its BOM, NULs and line ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vstore.readers.charsets import glimpse
from vstore.readers.reading import How, Reading, as_text
from vstore.readers.source import Source

NAME = "plain"
ABOUT = "any other text: the whole file, exactly"


_MARKUP = re.compile(
    r"\ufeff?\s*<(?:\?xml\s|!DOCTYPE\s|[A-Za-z][\w.:-]*(?:\s+[\w.:-]+\s*=|\s*/?>))", re.IGNORECASE
)


def sniff(beginning: bytes, source: Source) -> bool:
    """Every file is plain text, if nothing else; markup that no reader knows is taken only if it is named."""
    return not source.is_folder and _MARKUP.match(glimpse(beginning)) is None


def items(source: Source, how: How) -> Iterator[Reading]:
    """The text as it is; plain text says nothing else."""
    yield as_text(source, how, NAME)
