"""The official diff-match-patch, without its clock, and its recipe for words in the place of lines."""

from __future__ import annotations

import re
from typing import Any


def official() -> Any:
    """The library; `Diff_Timeout` 0, for with a clock the result depends on the machine's load."""
    from diff_match_patch import diff_match_patch

    library = diff_match_patch()
    library.Diff_Timeout = 0
    return library


def diff(a: str, b: str) -> Any:
    """Each word or mark becomes a character, characters are compared, and words come back."""
    numbers: dict[str, int] = {}
    coded = ["".join(_character(word, numbers) for word in re.findall(r"\w+|\s+|.", text)) for text in (a, b)]
    library = official()
    diffs = library.diff_main(*coded, False)
    library.diff_charsToLines(diffs, ["", *numbers])
    return diffs


def _character(word: str, numbers: dict[str, int]) -> str:
    return chr(numbers.setdefault(word, len(numbers) + 1))
