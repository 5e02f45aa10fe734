"""An HTML page in a file: its article, dated by what the page says exactly."""

from __future__ import annotations

from collections.abc import Iterator

from vstore.errors import BadWire
from vstore.readers.reading import How, Reading
from vstore.readers.source import Source
from vstore.readers.webpage import PAGE_LIMIT, Page, looks_like_html, read_page

NAME = "html"
ABOUT = "the article of an HTML page, as trafilatura extracts it (extra html)"


def sniff(beginning: bytes, _source: Source, /) -> bool:
    """True if it opens as an HTML page does."""
    return looks_like_html(beginning)


def items(source: Source, how: How) -> Iterator[Reading | BadWire]:
    """The one article."""
    yield read_page(Page(source.whole(PAGE_LIMIT), how.encoding), NAME)
