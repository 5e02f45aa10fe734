"""Wire formats, one file each; a file is read by the first that knows its beginning."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from vstore.errors import BadReference
from vstore.readers import frontmatter, plain, seed
from vstore.readers.files import SIZE_LIMIT as SIZE_LIMIT
from vstore.readers.files import read_all as read_all
from vstore.readers.files import read_file as read_file
from vstore.readers.files import standard_input as standard_input
from vstore.readers.reading import Reader as Reader
from vstore.readers.reading import Reading as Reading
from vstore.readers.reading import to_wire as to_wire

READERS: tuple[Reader, ...] = (frontmatter, seed, plain)
"""In the order in which they are asked."""


def read(data: bytes, *, encoding: str | None = None, reader: str | None = None) -> Reading:
    """What a file says, read as `reader` or as what it looks like.

    Raises BadWire if the bytes cannot be read, BadReference for a reader or an encoding that there is not.
    """
    chosen = None if reader is None else _named(reader)
    text, charset = plain.decode(data, encoding)
    if chosen is None:
        chosen = next(known for known in READERS if known.sniff(text))
    return replace(chosen.read(text), charset=charset, digest=hashlib.sha256(data).hexdigest())


def _named(name: str) -> Reader:
    for known in READERS:
        if name == known.NAME:
            return known
    names = [known.NAME for known in READERS]
    raise BadReference(f"there is no reader {name!r}: there are {', '.join(names)}", readers=names)
