"""Capture notes, which say how a wire came in: what of them goes when words of a version are erased.

No id covers them, so that nothing has to be left in their place: a note that has the words goes as a whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from vstore.errors import BadReference
from vstore.phrases import Phrase

RUN = 20
"""So many characters in a row are a passage."""

BLACK = "█"
"""Takes the place of each character of an erased phrase, white space apart."""

_BLACKENED = re.compile(rf"{BLACK}(?:[\s{BLACK}]*{BLACK})?")

Holds = Callable[[str], bool]
"""Whether some words have to go."""


def written(notes: object) -> bytes:
    """Notes as they are kept; ValueError, TypeError or RecursionError for what is no JSON."""
    return json.dumps(notes, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def strings(told: bytes) -> list[str]:
    """All words in some JSON, keys too, without what JSON puts before quotation marks and line ends."""
    try:
        waiting: list[Any] = [json.loads(told)]
    except (ValueError, RecursionError):  # forged: whatever it is
        return [told.decode(errors="replace")]
    found: list[str] = []
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value.values(), *value]
        elif isinstance(value, list):
            waiting += value
        else:
            found.append(str(value))
    return found


def without(notes: bytes, holds: Holds) -> bytes:
    """The notes but for those that have what must go; empty where none is left."""
    if not notes or not any(map(holds, strings(notes))):
        return notes
    stays = {}
    with suppress(ValueError, RecursionError, AttributeError):  # forged: it goes as a whole
        for name, value in json.loads(notes).items():
            if not any(map(holds, strings(written({name: value})))):
                stays[name] = value
    return written(stays) if stays else b""


def sharing(gone: Iterable[str]) -> Holds:
    """Whether something has 20 characters in a row of these texts; of a shorter one, all its words."""
    texts = list(gone)
    says = saying(text for text in texts if len(text) < RUN)

    def holds(words: str) -> bool:
        return shares(words, (text for text in texts if len(text) >= RUN)) or says(words)

    return holds


def saying(phrases: Iterable[str]) -> Holds:
    """Whether something has one of these phrases, however it is pointed."""
    sought: list[Phrase] = []
    for phrase in phrases:
        with suppress(BadReference):  # without a word or a mark
            sought.append(Phrase(phrase))
    return lambda words: any(phrase.spans(words) for phrase in sought)


def any_of(several: Sequence[Holds]) -> Holds:
    """Whether something has any of what each of these looks for."""
    return lambda words: any(holds(words) for holds in several)


def shares(known: str, gone: Iterable[str]) -> bool:
    """Whether there are 20 characters in a row of what goes, or all of something shorter."""
    held = {known[at : at + RUN] for at in range(len(known) - RUN + 1)}
    return any(
        text in known
        if len(text) < RUN
        else bool(held) and any(text[at : at + RUN] in held for at in range(len(text) - RUN + 1))
        for text in gone
    )


def blackened(own: str, left: str) -> Iterator[str]:
    """The words of a text that are black in what is left of it, which is as long."""
    for found in _BLACKENED.finditer(left):
        yield from filter(str.strip, own[found.start() : found.end()].split(BLACK))
