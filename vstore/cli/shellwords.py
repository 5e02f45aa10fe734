"""A shell's command line as far as the cursor: its words, and where the shell thinks the last one begins."""

from __future__ import annotations

import re
from typing import NamedTuple

_SPECIAL = re.compile(r"(?![\w@%+=:,./-])[\x00-\x7f]", re.ASCII)
_SPECIAL_IN_DOUBLE = re.compile(r'["$`\\]')


class Line(NamedTuple):
    """Words without their quotes; `fixed` characters of the last one are not the shell's to replace.

    `quote`: the quotation mark that is still open at the cursor, or nothing.
    """

    words: list[str]
    fixed: int
    quote: str

    def reply(self, word: str) -> str:
        """The part of a completed last word that the shell puts in, quoted as is needed there."""
        rest = word[self.fixed :]
        if self.quote == "'":
            return rest.replace("'", "'\\''")
        special = _SPECIAL_IN_DOUBLE if self.quote else _SPECIAL
        return special.sub(lambda found: f"\\{found[0]}", rest)


def read(line: str, breaks: str) -> Line:
    """A line up to the cursor, as bash reads it; `breaks` are the characters at which it parts words."""
    return _Reader(breaks).read(line)


class _Reader:
    def __init__(self, breaks: str) -> None:
        self._breaks = breaks
        self._words: list[str] = []
        self._word = ""
        self._is_word = False
        self._fixed = 0
        self._quote = ""

    def read(self, line: str) -> Line:
        """Character by character; what a backslash precedes is itself."""
        characters = iter(line)
        for character in characters:
            if character == "\\" and self._quote != "'":
                self._take(next(characters, ""))
            elif self._quote:
                self._quoted(character)
            else:
                self._bare(character)
        return Line([*self._words, self._word], self._fixed, self._quote)

    def _quoted(self, character: str) -> None:
        if character == self._quote:
            self._quote = ""
            self._fixed = len(self._word)
        else:
            self._take(character)

    def _bare(self, character: str) -> None:
        if character in "'\"":
            self._quote = character
            self._is_word = True
            self._fixed = len(self._word)
        elif character.isspace():
            self._end()
        else:
            self._take(character)
            if character in self._breaks:
                # readline parts words before an @, since it may begin a host's name, else behind the break.
                self._fixed = len(self._word) - (character == "@")

    def _take(self, character: str) -> None:
        self._word += character
        self._is_word = True

    def _end(self) -> None:
        if self._is_word:
            self._words.append(self._word)
        self._word, self._is_word, self._fixed = "", False, 0
