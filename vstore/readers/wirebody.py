"""The text of a wire of IPTC 7901 or ANPA 1312: lines of a teleprinter become paragraphs.

A line that is indented begins a paragraph, and so does one after a blank line or after a sign that ends one
(`=` or `<`). The lines of a paragraph are joined by a space, those of a table stay lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_BANDS = str.maketrans({"\x10": " ", "\x1f": " "})
_LABEL = re.compile("[A-Za-z]{1,20}:")
_TABULAR = re.compile(r"\S(?:\t|   )")
_BYLINE = re.compile(r"(?:by|von|par|por|di|af|av)\s", re.IGNORECASE)
_NOTE = re.compile(r"(?:eds?[:.]|editors?'s? note|update:)\s*", re.IGNORECASE)
_NOT_FOR_PRINT = re.compile(
    r"\W*(?:the following information is not (?:intended )?for publication"
    r"|die folgenden informationen sind nicht (?:zur|für die) veröffentlichung)",
    re.IGNORECASE,
)


class Body(NamedTuple):
    """Paragraphs, and what stood above them; `others` are header lines that are none of these."""

    text: str
    headline: str | None
    byline: str | None
    note: str | None
    others: tuple[str, ...] = ()


class _Paragraph(NamedTuple):
    text: str
    is_header: bool
    """It begins with ANPA's `^`."""
    ends: bool
    """It ends with a sign, as headlines do."""


def read_body(text: str) -> Body:
    """What stands between the control bytes."""
    paragraphs = list(_paragraphs(text))
    above = max((at for at, each in enumerate(paragraphs, 1) if each.is_header), default=0)
    texts = [each.text for each in paragraphs]
    return _under_headers(texts[:above], texts[above:]) if above else _under_headline(paragraphs)


def _under_headline(paragraphs: list[_Paragraph]) -> Body:
    """IPTC 7901: the first paragraphs that end with a sign are headline and byline."""
    headline = byline = None
    while len(paragraphs) > 1 and paragraphs[0].ends and (headline is None or byline is None):
        words = paragraphs[0].text
        if headline is None:
            headline = words
        elif _BYLINE.match(words):
            byline = words
        else:
            break
        paragraphs = paragraphs[1:]
    text, note = _parted([each.text for each in paragraphs])
    return Body(text, headline, byline, note)


def _under_headers(headers: list[str], rest: list[str]) -> Body:
    """ANPA 1312, down to the last line with `^`: a keyword line, then headline, byline and notes, if any."""
    notes = [line for line in headers[1:] if _NOTE.match(line)]
    bylines = [line for line in headers[1:] if _BYLINE.match(line)]
    told = {*notes, *bylines}
    others = [line for line in headers[1:] if line not in told]
    headline = next((line for line in others if line.upper().startswith("HL:")), None)
    headline = headline or next((line for line in others if not _LABEL.match(line)), None)
    others = [line for line in others if line != headline]
    text, note = _parted(rest or others)
    notes = [_NOTE.sub("", line, count=1) for line in notes] + ([note] if note else [])
    return Body(
        text,
        headline and re.sub("^HL: *", "", headline, flags=re.IGNORECASE),
        bylines[0] if bylines else None,
        "\n".join(notes) or None,
        (headers[0], *(others if rest else ())),
    )


def _parted(paragraphs: list[str]) -> tuple[str, str | None]:
    """Text and, from where it is said not to be for publication, note."""
    at = next((at for at, each in enumerate(paragraphs) if _NOT_FOR_PRINT.match(each)), len(paragraphs))
    return "\n\n".join(paragraphs[:at]), "\n\n".join(paragraphs[at:]) or None


def _paragraphs(text: str) -> Iterator[_Paragraph]:
    """Lines put together."""
    lines: list[str] = []
    plain = _CONTROL.sub("", text.translate(_BANDS).replace("\r\n", "\n").replace("\r", "\n"))
    for line in plain.split("\n"):
        is_blank = not line.strip()
        if lines and (is_blank or line.startswith(("  ", "\t", "^"))):
            yield _joined(lines)
            lines = []
        if not is_blank:
            lines.append(line)
            if _without_sign(line)[1]:
                yield _joined(lines)
                lines = []
    if lines:
        yield _joined(lines)


def _joined(lines: list[str]) -> _Paragraph:
    found = [_without_sign(line)[0] for line in lines]
    is_header = found[0].startswith("^")
    found[0] = found[0].removeprefix("^")
    is_table = any(map(_TABULAR.search, found))
    return _Paragraph(("\n" if is_table else " ").join(found).strip(), is_header, _without_sign(lines[-1])[1])


def _without_sign(line: str) -> tuple[str, bool]:
    """The line without the sign that ends a paragraph, and whether there was one."""
    words = line.strip()
    core = words.rstrip(" <=@")
    return (core, True) if {"<", "="} & set(words[len(core) :]) else (words, False)
