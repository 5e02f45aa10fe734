"""Matches for reading: below the name of a story, a line for each place where the words stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from vstore.answers import Match
from vstore.cli.look import Look
from vstore.cli.margin import apart
from vstore.cli.moments import brief
from vstore.cli.width import ELLIPSIS, cut, flat, head, pad, width

COLUMNS = 80
"""Where stdout is no terminal."""
NARROWEST = 20
"""An excerpt keeps so many columns, however narrow the terminal."""
MOST = 3
"""Excerpts of one paragraph; what is left is counted."""
LONGEST_WORD = 20
"""An excerpt begins with a whole word, unless the first is longer."""

Parts = Sequence[str]
"""A passage cut where matches begin and end: every second part is one, the first and the last are none."""


def heading(story: str, look: Look) -> str:
    """The line above a story's matches."""
    name = flat(look.clean(story))
    return look.ink(name if look.columns is None else apart(cut(name, look.columns), look), "bold")


def lines(matches: Sequence[Match], zone: tzinfo | None, look: Look) -> Iterator[str]:
    """Number, date and paragraph of each match, and what stands around the words."""
    places = [f"¶{match.paragraph}" for match in matches]
    dates = [brief(match.dated, zone) for match in matches]
    number = max(len(str(match.number)) for match in matches)
    date, place = max(map(width, dates)), max(map(width, places))
    room = max(NARROWEST, (look.columns or COLUMNS) - number - date - place - 10)
    for match, dated, paragraph in zip(matches, dates, places, strict=True):
        version = look.ink(f"{f'@{match.number}':>{number + 1}}", "yellow")
        opening = f"  {version}  {pad(dated, date)}  {pad(paragraph, place)} │ "
        for line in excerpts(match, room, look):
            yield opening + line
            opening = " " * (number + date + place + 7) + " │ "


def excerpts(match: Match, room: int, look: Look) -> Iterator[str]:
    """The passage in one line, if there is room, else what stands around each place of the words."""
    parts = [flat(look.clean(part)) for part in _cut_at(match)]
    if sum(map(len, parts)) <= room and sum(map(width, parts)) <= room:
        yield _inked(parts, look)
        return
    place, lines = 1, 0
    while place < len(parts) and lines < MOST:
        line, place = _around(parts, place, room, look)
        lines += 1
        yield line
    if left := (len(parts) - place + 1) // 2:
        yield look.ink(f"… and {left:,} more", "dim")


def _cut_at(match: Match) -> Iterator[str]:
    end = 0
    for start, length in match.occurrences:
        yield match.text[end:start]
        yield match.text[start : start + length]
        end = start + length
    yield match.text[end:]


def _around(parts: Parts, place: int, room: int, look: Look) -> tuple[str, int]:
    """An excerpt that begins before the match at `place`, and the place of the next match not in it."""
    matched = cut(parts[place], room - 2)
    left = room - width(matched)
    after = min(_reach(parts[place + 1 :], left), left - left // 3)
    before = _last(parts[place - 1], left - after, opens=place == 1)
    shown, left = [before, matched], left - width(before)
    place += 1
    while place < len(parts) and _reach([parts[place]], left) < left + (place == len(parts) - 1):
        shown.append(parts[place])
        left -= width(parts[place])
        place += 1
    if place < len(parts):
        if place % 2:
            shown[-1] = shown[-1].rstrip() + ELLIPSIS
        else:
            shown.append(cut(parts[place], left))
    return _inked(shown, look), place + 1 - place % 2


def _reach(parts: Parts, columns: int) -> int:
    """Columns that they take; where it is more than `columns`, one more."""
    used = 0
    for part in parts:
        used += width(head(part, columns + 2))  # a wide character may not fit
        if used > columns:
            return columns + 1
    return used


def _last(text: str, columns: int, *, opens: bool) -> str:
    """As much of the end as fits; all of it, if it fits and the passage opens with it."""
    if opens and len(text) <= columns and width(text) <= columns:
        return text
    start, used = len(text), 1
    while start and (used := used + width(text[start - 1])) <= columns:
        start -= 1
    while start and start < len(text) and not width(text[start]):  # a mark without its letter
        start += 1
    kept = text[start:]
    word, space, rest = kept.partition(" ")
    return ELLIPSIS + (rest if start and space and len(word) < LONGEST_WORD else kept)


def _inked(parts: Parts, look: Look) -> str:
    return "".join(look.ink(part, "bold", "red") if place % 2 else part for place, part in enumerate(parts))
