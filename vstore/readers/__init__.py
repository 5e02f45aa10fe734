"""Wire formats, one file each; a file is read by the first that knows its beginning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import cast

from vstore.errors import BadReference, BadWire
from vstore.readers.charsets import glimpse, recoded
from vstore.readers.reading import How as How
from vstore.readers.reading import Reader as Reader
from vstore.readers.reading import Reading as Reading
from vstore.readers.reading import to_wire as to_wire
from vstore.readers.source import Held as Held
from vstore.readers.source import Source as Source
from vstore.readers.source import named as named

READERS: Mapping[str, str] = {
    "frontmatter": "vstore.readers.frontmatter",
    "seed": "vstore.readers.seed",
    "jsonlines": "vstore.readers.jsonlines",
    "ninjs": "vstore.readers.ninjs",
    "newsml-g2": "vstore.readers.newsmlg2",
    "newsml1": "vstore.readers.newsml1",
    "nitf": "vstore.readers.nitf",
    "iptc7901": "vstore.readers.iptc7901",
    "git": "vstore.readers.gitrepo",
    "diffengine": "vstore.readers.diffengine",
    "warc": "vstore.readers.warc",
    "feed": "vstore.readers.feeds",
    "html": "vstore.readers.htmlpage",
    "mail": "vstore.readers.mail",
    "csv": "vstore.readers.csvrows",
    "plain": "vstore.readers.plain",
}
"""Their modules, which are loaded when they are asked, in the order in which they are."""

FIRST: Mapping[str, str] = {
    "frontmatter": "-",
    "seed": "d",
    "jsonlines": "{\x1f(PQRSTUVWXYZ[\\]^_",  # an object, gzip, zstd, and what zstd passes over
    "ninjs": "{[",
    **dict.fromkeys(("newsml-g2", "newsml1", "nitf"), "<"),
    "iptc7901": "\0\x01\x16\x7f",
    "git": "",  # a folder
    "diffengine": "S",
    "warc": "W\x1ffh",  # what it is, gzip, and how an ARC file begins
    **dict.fromkeys(("feed", "html"), "<"),
}
"""With which signs, white space apart, a file of theirs begins: for any other they need not be loaded."""

EXTRAS: Mapping[str, tuple[str, str]] = {
    "feed": ("feeds", "feedparser"),
    "html": ("html", "trafilatura"),
    "warc": ("warc", "warcio"),
}
"""Readers that need a library: the extra that brings it (`pip install 'vstore[EXTRA]'`), and its name."""

_PLAINLY = How()


def reader(name: str) -> Reader:
    """The reader of this name; BadReference if there is none."""
    if name not in READERS:
        names = list(READERS)
        raise BadReference(f"there is no reader {name!r}: there are {', '.join(names)}", readers=names)
    return cast("Reader", import_module(READERS[name]))


def missing(name: str) -> str | None:
    """The extra that a reader lacks; None if it can be used as it is."""
    extra, library = EXTRAS.get(name, (None, ""))
    return extra if extra and find_spec(library) is None else None


def choose(source: Source, how: How, name: str | None = None) -> Reader | None:
    """The reader of this name, or the first that knows the source; None for a folder that none knows."""
    if name is not None and not source.is_folder:
        return reader(name)
    beginning = recoded(source.beginning(), how.encoding)
    first = glimpse(beginning).lstrip("\ufeff \t\r\n")[:1]
    asked = (each for each in READERS if first in FIRST.get(each, first)) if name is None else (name,)
    return next((known for known in map(reader, asked) if known.sniff(beginning, source)), None)


def items(source: Source, how: How = _PLAINLY, name: str | None = None) -> Iterator[Reading | BadWire]:
    """What is in a source, read as `name` or as what it looks like; a BadWire for what cannot be read.

    Raises BadReference for a reader or an encoding that there is not.
    """
    try:
        known = choose(source, how, name)
        if known is None:
            raise _unknown(source)
        if extra := missing(known.NAME):
            raise BadWire(
                f"to read {known.NAME} there must be more: pip install 'vstore[{extra}]'", extra=extra
            )
        yield from known.items(source, how)
    except BadWire as error:
        yield error


def _unknown(source: Source) -> BadWire:
    if source.is_folder:
        return BadWire(f"{source.name} is a directory, not a file", file=source.name)
    from vstore.readers.xmlroot import root_of

    root = root_of(source.beginning())
    what = f"no reader knows what it is: markup that begins with <{root or '!'}>"
    return BadWire(f"{what}; --format plain keeps it as it is", file=source.name)


def read_one(source: Source, how: How = _PLAINLY, name: str | None = None) -> Reading:
    """The only item in a source; BadWire if there is none, or several, or it cannot be read."""
    found = items(source, how, name)
    first, second = next(found, None), next(found, None)
    if isinstance(first, BadWire):
        raise first
    if first is None or second is not None:
        number = "no item" if first is None else "several items"
        raise BadWire(f"there is {number} in {source.name}, where one is wanted", file=source.name)
    return first


def read(data: bytes, *, encoding: str | None = None, reader: str | None = None) -> Reading:
    """The only item in these bytes, as `read_one` reads it."""
    return read_one(Held(data), How(encoding), reader)
