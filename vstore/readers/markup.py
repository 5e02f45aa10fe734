"""Marked-up prose → plain text: blocks part paragraphs, inline tags join nothing and lose nothing.

White space counts as in HTML: any run of it is one space, none at the ends of a paragraph; `<br>` is a line
end, cells of a table are parted by a tab, and `<pre>` is exact. A no-break space is a character like others.

HTML is cut by a scanner of its own, in one pass over it: `html.parser` takes quadratic time for tags and
comments that do not end, minutes for a megabyte.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from vstore.readers.elements import Element


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


BLOCKS = _names(
    "abstract address article aside blockquote body body.content body.head body.end bq block caption center "
    "dd details dialog dir div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hl1 hl2 hr html "
    "legend li lead main menu nav note ol p pre section summary table tagline tbody tfoot thead tr ul"
)
"""Elements of HTML and NITF that a paragraph does not go beyond, in lower case."""

DROPPED = _names(
    "script style head title template noscript iframe object svg select textarea button figcaption media"
)
"""Elements of which nothing is text of the story: pictures with their captions are items of their own."""

_CELLS = frozenset({"td", "th"})
_SPACE = re.compile("[ \t\n\r\f]{2,}|[\t\n\r\f]")


class Paragraphs:
    """Gathers text as it comes."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._lines: list[list[list[str]]] = [[[]]]
        self._exact = 0

    def text(self, data: str) -> None:
        """Text within the paragraph at hand."""
        self._lines[-1][-1].append(data)

    def opens(self, name: str) -> None:
        """An element begins."""
        if name in BLOCKS:
            self.part()
            self._exact += name == "pre"
        elif name == "br":
            self._lines.append([[]])
        elif name in _CELLS:
            self._lines[-1].append([])

    def closes(self, name: str) -> None:
        """An element ends."""
        if name in BLOCKS:
            self.part()
            self._exact = max(0, self._exact - (name == "pre"))

    def part(self) -> None:
        """What comes is another paragraph."""
        if self._lines != [[[]]]:
            found = self._paragraph()
            if found and not found.isspace():
                self._done.append(found)
            self._lines = [[[]]]

    def _paragraph(self) -> str:
        if not self._exact and len(self._lines) == 1 and len(self._lines[0]) == 1:
            return _plain("".join(self._lines[0][0]))
        lines = [["".join(cell) for cell in line] for line in self._lines]
        if self._exact:
            return "\n".join("\t".join(filter(None, line)) for line in lines).strip("\n")
        told = ("\t".join(filter(None, map(_plain, line))) for line in lines)
        return "\n".join(told).strip("\n")

    def whole(self) -> str:
        """All paragraphs, a blank line between two."""
        self.part()
        return "\n\n".join(self._done)


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip(" ")


def element_text(element: Element, dropped: frozenset[str] = DROPPED) -> str:
    """The text of XML such as XHTML and NITF, without what is in `dropped`."""
    found = Paragraphs()
    _gather(element, dropped, found)
    return found.whole()


def _gather(element: Element, dropped: frozenset[str], found: Paragraphs) -> None:
    """All that is in an element, however deep: `strictxml` has a limit for that."""
    name = element.name.lower()
    if name in dropped:
        return
    found.opens(name)
    for part in element.parts:
        if isinstance(part, str):
            found.text(part)
        else:
            _gather(part, dropped, found)
    found.closes(name)


def html_text(source: str) -> str:
    """The text of HTML, whole or a piece of it, however broken; its entities decoded."""
    found = Paragraphs()
    inside = ""  # the dropped element at hand, and how often it was opened in itself
    depth = 0
    for kind, value in _Scanner(source).tokens():
        if inside:
            depth += (value == inside) * {"open": 1, "close": -1, "text": 0}[kind]
            if depth == 0 or (inside == "head" and (kind, value) == ("open", "body")):
                inside = ""
        elif kind == "text":
            found.text(value)
        elif kind == "close":
            found.closes(value)
        elif value in DROPPED:
            inside, depth = value, 1
        else:
            found.opens(value)
    return found.whole()


_TAG = re.compile(r"</?([a-zA-Z][^\s/>]*)")
_TAG_END = re.compile(r""">|=\s*(["'])""")
_RAW_ENDS = {name: re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE) for name in ("script", "style")}
_CDATA = "<![CDATA["
_LONG_NUMBER = re.compile("&(?=#[xX]?[0-9a-fA-F]{9})")
"""No character has so long a number, and `html.unescape` fails on very long ones."""


class _Token(NamedTuple):
    kind: Literal["open", "close", "text"]
    value: str


class _Scanner:
    """Tags by their names in lower case, and text with its entities decoded."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._absent: set[str] = set()
        self._heeds_quotes = True

    def tokens(self) -> Iterator[_Token]:
        """All of them, in order."""
        at, source = 0, self._source
        while (start := source.find("<", at)) >= 0:
            yield _text(source[at:start])
            tag = _TAG.match(source, start)
            if tag is None:
                passed, at = self._no_tag(start)
                yield passed
                continue
            end = self._tag_end(tag.end())
            if end < 0:
                at = start
                break
            name, at = tag[1].lower(), end + 1
            if source[start + 1] == "/":
                yield _Token("close", name)
                continue
            yield _Token("open", name)
            if source[end - 1] == "/":
                yield _Token("close", name)
            elif name in _RAW_ENDS:
                raw_end = _RAW_ENDS[name].search(source, at)
                at = raw_end.start() if raw_end else len(source)
        yield _text(source[at:])

    def _no_tag(self, start: int) -> tuple[_Token, int]:
        """What stands at a `<` that opens no tag, and where it ends: a comment, a declaration, or a `<`."""
        if self._source.startswith(_CDATA, start) and (end := self._find("]]>", start)) >= 0:
            return _Token("text", self._source[start + len(_CDATA) : end]), end + 3
        if self._source.startswith("<!--", start) and (end := self._find("-->", start + 2)) >= 0:
            return _Token("text", ""), end + 3
        is_declaration = self._source[start + 1 : start + 2] in ("!", "?", "/")
        if is_declaration and (end := self._find(">", start)) >= 0:
            return _Token("text", ""), end + 1
        return _Token("text", "<"), start + 1

    def _tag_end(self, at: int) -> int:
        """Where the `>` of a tag stands, which is none within quotation marks; -1 if it has none.

        After quotation marks that do not end, they are no longer heeded, so that all is one pass.
        """
        begin = at
        while self._heeds_quotes:
            found = _TAG_END.search(self._source, at)
            if found is not None and found[1] is None:
                return found.start()
            at = 0 if found is None else self._find(found[1], found.end()) + 1
            self._heeds_quotes = at > 0
        return self._find(">", begin)

    def _find(self, sought: str, at: int) -> int:
        """As `str.find`; what was not found once is not looked for again."""
        if sought in self._absent:
            return -1
        found = self._source.find(sought, at)
        if found < 0:
            self._absent.add(sought)
        return found


def _text(source: str) -> _Token:
    if "&" not in source:
        return _Token("text", source)
    return _Token("text", html.unescape(_LONG_NUMBER.sub("&amp;", source)))
