"""Words of others that stand in a line of ours: in one line, and harmless to a terminal."""

from __future__ import annotations

import re

_HARMFUL = "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
"""Controls, ends of lines, what turns the direction of writing or is not seen; not the joiners of letters."""


def one_line(words: str) -> str:
    """The same with a sign in the place of each character that would do something."""
    return re.sub(_HARMFUL, "\ufffd", words)
