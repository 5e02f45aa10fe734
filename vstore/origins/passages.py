"""A text cut for comparison: into blocks, and these into passages, each about a sentence long.

How a block is cut depends on nothing but the block itself, so that what did not change is cut as before, and
not on where its lines end, so that re-wrapping changes nothing. The cut is rougher than that of
`vstore.text`: nobody sees it, and it has to be quick. A passage never goes beyond a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vstore.text import pieces

LONG = 2_000
"""A block of more characters is cut into its passages, and these are blocks of their own."""

SHORTEST = 9
"""A single word with a full stop, and so few characters, is an abbreviation: no passage ends there."""

LONGEST = 1_000
"""A passage of more characters is cut at a white space or between two Han or Kana, wherever they are; in
twice as many, between any tokens: Thai, or a table, may go on for long without a space."""

KEYS = 20_000
"""So many passages are remembered with their tokens."""

GOES_ON = "\n\n"
"""Ends a part of a block that goes on; no block holds it."""

_BLANK = re.compile(r"\n\s*\n")
_END = re.compile(
    r"[.!?…؟۔।][\"'”’»)\]]*\s+"  # an end of a sentence and white space
    r"|[。！？｡][”’」』）]*(?=[\w\s「『（“])\s*"  # one that needs none; never before a combining mark
    r"|\n\s*(?=[*#=|•–—-])"  # a list, a heading, a table
    r"|[\r\x85\u2028\u2029](?!\n)\s*"
)
_SPACE = re.compile(r"\s+|(?<=[㐀-䶿一-鿿ぁ-ゖァ-ヺ])(?=[㐀-䶿一-鿿ぁ-ゖァ-ヺ])")


class Cutter:
    """Cuts text after text, and remembers what it cut lately: most of it comes again."""

    def __init__(self) -> None:
        self._parts: dict[str, list[str]] = {}
        self._keys: dict[str, str] = {}

    def blocks(self, text: str) -> list[str]:
        """What stands between blank lines, or lines where no blank one parts them; parts of what is long."""
        found = _blocks(text)
        if len(max(found, key=len)) <= LONG:
            return found
        known = self._parts
        self._parts = {block: known.get(block) or list(_parts(block)) for block in found if len(block) > LONG}
        return [part for block in found for part in self._parts.get(block, (block,))]

    def keys(self, block: str) -> list[str]:
        """The passages of a block, as their tokens with a space between: equal ones have the same tokens."""
        if len(self._keys) > KEYS:
            self._keys.clear()
        found = []
        for passage in passages(block):
            key = self._keys.get(passage)
            if key is None:
                key = self._keys[passage] = " ".join(map(str.rstrip, pieces(passage))).lstrip()
            found.append(key)
        return found


def _blocks(text: str) -> list[str]:
    found = _BLANK.split(text)
    if len(found) == 1 or not (text.strip() and _BLANK.search(text.strip())):
        found = text.split("\n")
    return found


def passages(block: str) -> list[str]:
    """What a block is cut into; a blank one into nothing."""
    found: list[str] = []
    start = 0
    for end in _ends(block):
        short = block[start:end].strip()
        if short and (end - start >= SHORTEST or _is_sentence(short)):
            found.append(block[start:end])
            start = end
    if block[start:].strip():
        found.append(block[start:])
    return found


def _parts(block: str) -> Iterator[str]:
    *inner, last = passages(block) or [block]
    for part in inner:
        yield part + GOES_ON
    yield last


def _is_sentence(short: str) -> bool:
    return " " in short or short[-1] not in ".…"


def _ends(block: str) -> Iterator[int]:
    start = 0
    for match in _END.finditer(block):
        yield from _spaces(block, start, match.end())
        start = match.end()
        yield start
    yield from _spaces(block, start, len(block))


def _spaces(block: str, start: int, end: int) -> Iterator[int]:
    """Where a passage that is too long may be cut."""
    while end - start > LONGEST:
        space = _SPACE.search(block, start + LONGEST, min(end, start + 2 * LONGEST))
        tokens = 0 if space else _tokens(block[start : min(end, start + 2 * LONGEST)])
        if not (space or tokens) and not (space := _SPACE.search(block, start + LONGEST, end)):
            break
        start = space.end() if space else start + tokens
        yield start


def _tokens(stretch: str) -> int:
    """How far its tokens reach; the last two may go on where it was cut off: "1," in "1,000"."""
    return sum(map(len, pieces(stretch)[:-2]))
