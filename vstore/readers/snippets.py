"""Short pieces of HTML that stand in other formats, of which nobody knows whether they are HTML at all."""

from __future__ import annotations

import html
import re

from vstore.readers.markup import html_text

_MARKUP = re.compile(r"<[a-zA-Z/!]")


def snippet_text(value: str) -> str:
    """Paragraphs of marked-up text; text without any tag keeps its lines. Entities are decoded in both."""
    return html_text(value) if _MARKUP.search(value) else html.unescape(value).strip()
