"""XML from strangers: the items of a file one by one, in bounded memory, and nothing that it declares.

A document type with declarations of its own is refused, so there are no entities that could grow or fetch.
One that only names itself (`<!DOCTYPE nitf SYSTEM "nitf.dtd">`) is fine, and nothing is fetched for it; the
entities of HTML are known, since wires use them. Nesting, elements, tags and items have limits.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from html.entities import entitydefs
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

from vstore.errors import BadWire
from vstore.readers.elements import Element
from vstore.readers.packed import unreadable
from vstore.readers.reading import How, at_item
from vstore.readers.slices import Slices
from vstore.readers.source import BEGINNING, Source
from vstore.readers.xmlroot import xml_charset

MAX_DEPTH = 100
"""So deep may elements lie in each other."""
MAX_ELEMENTS = 500_000
"""So many may be in an item."""
MAX_ITEM = 64 << 20
"""So long may an item be, in bytes of UTF-8, and so long a tag or comment: """
MAX_TAG = 1 << 20

_CHUNK = 1 << 16
_PREDEFINED = frozenset({"lt", "gt", "amp", "quot"})
_NAMED = re.compile(rb"&(?!(?:lt|gt|amp|quot|apos);)[A-Za-z]")
_ENTITIES = "".join(
    f'<!ENTITY {name} "&#{ord(value)};">' for name, value in entitydefs.items() if name not in _PREDEFINED
)


class Item(NamedTuple):
    """An element that was asked for, complete; the digest is of its own bytes, or of the file that it is."""

    element: Element
    digest: str
    charset: str
    number: int
    """Counted from 1; 0 for the whole file, and for what stands beside the items."""

    def located(self, error: BadWire) -> BadWire:
        """The error as one of this item."""
        return at_item(self.number, error) if self.number else error


def read_items(
    source: Source, how: How, names: frozenset[str], beside: frozenset[str] = frozenset()
) -> Iterator[Item | BadWire]:
    """Every element of one of these names that is in no other such one; a BadWire for one that is unfit.

    Elements called as in `beside` come too, and are not counted. XML that is broken or cut off ends with a
    BadWire, after what could be read.
    """
    beginning = source.beginning()
    charset = xml_charset(beginning, how.encoding)
    feed = _Feed((names, beside), charset)
    if _may_name_entities(beginning, charset):
        feed.know_entities()
    try:
        with source.stream() as stream:
            for data in _recoded(stream, charset, feed):
                feed.take(data)
                yield from feed.found()
        feed.end()
    except BadWire as error:
        yield from feed.found()
        yield feed.located(error)
        return
    yield from feed.found()


def _may_name_entities(beginning: bytes, charset: str) -> bool:
    """True unless all of the file was seen, and uses none but those of XML: to know the others takes time."""
    is_whole = len(beginning) < BEGINNING and "&".encode(charset, "ignore") == b"&"
    return not is_whole or _NAMED.search(beginning) is not None


def _recoded(stream: BinaryIO, charset: str, feed: _Feed) -> Iterator[bytes]:
    """The bytes in UTF-8, without what may stand before the first tag."""
    decoder = codecs.getincrementaldecoder(charset)()
    read, is_first = 0, True
    chunk = b"?"
    while chunk:
        try:
            chunk = stream.read(_CHUNK)
            read += len(chunk)
            text = decoder.decode(chunk, final=not chunk)
            if is_first and (text := text.lstrip("\ufeff \t\r\n")):
                is_first = False
            feed.digest.update(chunk)
            yield text.encode()
        except OSError as error:
            raise unreadable(error) from error
        except UnicodeDecodeError as error:
            raise _not_in(charset, read - len(error.object) + error.start, error) from error
        except UnicodeEncodeError as error:
            raise BadWire(f"read as {charset}, it holds a lone surrogate: half a character") from error
        except UnicodeError as error:  # UTF-16 or 32 that should begin with a mark, and does not
            raise BadWire(f"it is not {charset}, as it should be: {error}", charset=charset) from error


def _not_in(charset: str, offset: int, error: UnicodeDecodeError) -> BadWire:
    return BadWire(
        f"it is not {charset}, as it should be: the byte at offset {offset} is "
        f"0x{error.object[error.start]:02X}; say which encoding it is, such as --encoding cp1252",
        offset=offset,
        charset=charset,
    )


class _Feed:
    """Takes UTF-8 in pieces, keeps the item at hand as a tree, and hands out those that are complete."""

    def __init__(self, names: tuple[frozenset[str], frozenset[str]], charset: str) -> None:
        self.digest = hashlib.sha256()
        self._beside = names[1]
        self._names = names[0] | names[1]
        self._charset = charset
        self._parser = _parser(self)
        self._found: list[Item | BadWire] = []
        self._slices = Slices(charset)
        self._number = 0
        self._depth = 0
        self._at_depth = 0  # of the item at hand; 0: there is none
        self._elements = 0
        self._root: Element | None = None
        self._stack: list[Element] = []
        self._fault: BadWire | None = None

    def know_entities(self) -> None:
        """Whatever document type is named, the entities of HTML are its declarations; nothing is fetched."""
        parser = self._parser

        def give(context: str, *_names: str | None) -> int:
            parser.ExternalEntityParserCreate(context).Parse(_ENTITIES, True)
            return 1

        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)
        parser.UseForeignDTD(True)
        parser.ExternalEntityRefHandler = give

    def take(self, data: bytes) -> None:
        """The next piece; BadWire if it cannot go on."""
        self._slices.add(data)
        self._parse(data)
        at = self._parser.CurrentByteIndex
        if self._slices.end - at > MAX_TAG:
            raise BadWire(f"a tag or comment is longer than {MAX_TAG:,} bytes", limit=MAX_TAG)
        if self._at_depth and at - self._slices.start > MAX_ITEM:
            self._refuse(BadWire(f"it is longer than {MAX_ITEM:,} bytes", limit=MAX_ITEM))
        self._slices.forget(at, is_hashed=bool(self._at_depth))

    def end(self) -> None:
        """That was all; an item that is the whole file is complete only now."""
        self._parse(b"", is_final=True)
        if self._root is not None:
            self._found.append(Item(self._root, self.digest.hexdigest(), self._charset, 0))

    def found(self) -> Iterator[Item | BadWire]:
        """The items since it was last asked."""
        found, self._found = self._found, []
        return iter(found)

    def located(self, error: BadWire) -> BadWire:
        """The error as one of the item at hand."""
        is_slice = self._at_depth > 1
        return at_item(self._number + 1, error) if is_slice else error

    def _parse(self, data: bytes, *, is_final: bool = False) -> None:
        try:
            self._parser.Parse(data, is_final)
        except expat.ExpatError as error:
            raise _broken(error, is_final) from error

    def _refuse(self, fault: BadWire) -> None:
        """The item at hand is unfit: no more of it is kept, and the rest is passed over."""
        if self._fault is None:
            self._fault = fault
            self._stack[0].parts.clear()
            del self._stack[1:]

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """A start tag."""
        self._depth += 1
        if self._fault is not None:
            return
        if ":" in name or (attributes and ":" in "".join(attributes)):
            name, attributes = _local(name), {_local(key): value for key, value in attributes.items()}
        if not self._at_depth:
            self._open_item(name, attributes)
            return
        self._elements += 1
        if self._depth > MAX_DEPTH:
            self._refuse(_too_deep())
        elif self._elements > MAX_ELEMENTS:
            self._refuse(BadWire(f"it has more than {MAX_ELEMENTS:,} elements", limit=MAX_ELEMENTS))
        else:
            element = Element(name, attributes)
            self._stack[-1].parts.append(element)
            self._stack.append(element)

    def _open_item(self, name: str, attributes: dict[str, str]) -> None:
        if name in self._names:
            self._at_depth, self._elements = self._depth, 1
            self._stack = [Element(name, attributes)]
            self._slices.begin(self._parser.CurrentByteIndex)
        elif self._depth > MAX_DEPTH:
            raise _too_deep()

    def closed(self, _name: str) -> None:
        """An end tag."""
        self._depth -= 1
        if self._depth < self._at_depth:
            self._close_item()
        elif self._at_depth and self._fault is None:
            self._stack.pop()

    def _close_item(self) -> None:
        element, fault, is_root = self._stack[0], self._fault, self._at_depth == 1
        self._at_depth, self._fault, self._stack = 0, None, []
        digest = self._slices.close(self._parser.CurrentByteIndex)
        number = self._counted(element)
        if fault is not None:
            self._found.append(at_item(number, fault) if number and not is_root else fault)
        elif is_root:
            self._root = element
        else:
            self._found.append(Item(element, digest, self._charset, number))

    def _counted(self, element: Element) -> int:
        if element.name in self._beside:
            return 0
        self._number += 1
        return self._number

    def skipped(self, name: str, _is_parameter: bool) -> None:
        """An entity that nobody knows: what it stands for would be missing."""
        if self._at_depth:
            self._refuse(BadWire(f"it uses the entity &{name[:60]};, which is not declared"))

    def text(self, data: str) -> None:
        """Text between tags."""
        if self._at_depth and self._fault is None:
            self._stack[-1].parts.append(data)


def _parser(feed: _Feed) -> expat.XMLParserType:
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _heed_doctype
    parser.StartElementHandler = feed.opened
    parser.EndElementHandler = feed.closed
    parser.CharacterDataHandler = feed.text
    parser.SkippedEntityHandler = feed.skipped
    return parser


def _heed_doctype(_name: str, _system: str | None, _public: str | None, has_declarations: bool) -> None:
    if has_declarations:
        raise BadWire("it declares entities or elements of its own (<!DOCTYPE … [ … ]>), which is refused")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _too_deep() -> BadWire:
    return BadWire(f"it is nested more than {MAX_DEPTH} levels deep", limit=MAX_DEPTH)


def _broken(error: expat.ExpatError, is_final: bool) -> BadWire:
    place = f"line {error.lineno}, column {error.offset + 1}"
    if is_final:
        return BadWire(f"the XML is cut off: it ends at {place}", line=error.lineno)
    return BadWire(f"the XML is broken at {place}: {expat.ErrorString(error.code)}", line=error.lineno)
