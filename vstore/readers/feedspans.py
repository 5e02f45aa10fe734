"""Where the items of a feed stand in it: for the digest of each, and to know whether its end is there."""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

from vstore.readers.declared import Decoded

_PART = re.compile(r"<!\[CDATA\[|<!--|<(?P<end>/?)(?:(?:atom|rss)[\w.-]*:)?(?:item|entry)(?=[\s/>])")
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->"}


class Span(NamedTuple):
    """The digest of an item's own bytes, or of the feed where they cannot be told, and if it has an end."""

    digest: str
    is_whole: bool


def spans(decoded: Decoded, count: int) -> list[Span]:
    """A span for each of `count` items; of a broken feed only the last is known not to be whole."""
    found = _found(decoded.text)
    if len(found) != count:
        is_cut = bool(found) and found[-1][1] < 0
        whole = _digest(decoded.text, decoded.charset)
        return [Span(whole, not (is_cut and number == count - 1)) for number in range(count)]
    return [Span(_digest(decoded.text[start:end], decoded.charset), end >= 0) for start, end in found]


def _digest(text: str, charset: str) -> str:
    return hashlib.sha256(text.encode(charset, "replace")).hexdigest()


def _found(text: str) -> list[tuple[int, int]]:
    """Where each item begins and ends; -1 for an end that is missing."""
    found: list[tuple[int, int]] = []
    at = 0
    while part := _PART.search(text, at):
        close = _ENDS.get(part[0], ">")
        at = text.find(close, part.end()) + len(close)
        if at < len(close):
            break
        if close != ">":
            continue
        if part["end"] and found and found[-1][1] < 0:
            found[-1] = (found[-1][0], at)
        elif not part["end"]:
            found.append((part.start(), at if text[at - 2] == "/" else -1))
    return found
