"""Plain text: the whole file, exactly, with its BOM, NULs and line ends."""

from __future__ import annotations

from collections.abc import Iterator

from vstore.readers.reading import How, Reading, as_text
from vstore.readers.source import Source

NAME = "plain"
ABOUT = "any other text: the whole file, exactly"


def sniff(_beginning: bytes, source: Source) -> bool:
    """Every file is plain text, if nothing else."""
    return not source.is_folder


def items(source: Source, how: How) -> Iterator[Reading]:
    """The text as it is; plain text says nothing else."""
    yield as_text(source, how, NAME)
