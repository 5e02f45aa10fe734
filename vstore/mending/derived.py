"""What follows from a story's versions and texts: moments, order, words, and the head."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress

from vstore import dates
from vstore.align import edits
from vstore.changes import counted
from vstore.errors import VstoreError
from vstore.history import History, facts_of
from vstore.maintenance import figures
from vstore.mending.chain import Proved
from vstore.rows import Head, Row
from vstore.text import count_words

MOST = 1 << 62


def ordered(
    story: str, versions: Sequence[Proved], doubted: Container[int | None], heads: Sequence[Head]
) -> Iterator[Row]:
    """The rows; what is not as it was kept, or in doubt, gets its place and its moments anew."""
    tip = {head.versions: head.recorded for head in heads}
    history = History(story)
    recorded = 0
    for version, latest in zip(versions, _latest(versions, doubted, tip), strict=True):
        row = version.row
        if _is_doubtful(version, doubted):
            row = _placed(history, _sound(row))
            told = (tip.get(row.number), row.recorded, version.recorded)
            possible = (each for each in told if type(each) is int and recorded <= each <= latest)
            row = row._replace(recorded=next(possible, latest if latest < MOST else recorded))
        recorded = row.recorded
        history.append(row)
        yield row


def _is_doubtful(version: Proved, doubted: Container[int | None]) -> bool:
    return not version.is_as_kept or version.row.number in doubted


def _latest(versions: Sequence[Proved], doubted: Container[int | None], tip: Mapping[int, int]) -> list[int]:
    """Until when each was recorded at the latest: no later than those after it, and than the tip."""
    latest, found = min(tip.values(), default=MOST), list[int]()
    for version in reversed(versions):
        if not _is_doubtful(version, doubted):
            latest = min(latest, version.row.recorded)
        found.append(latest)
    return found[::-1]


def _sound(row: Row) -> Row:
    """A row of which damaged columns are at least numbers, and notes."""
    return row._replace(
        recorded=_number(row.recorded),
        added_words=_number(row.added_words),
        removed_words=_number(row.removed_words),
        words=_number(row.words),
        length=_number(row.length),
        depth=_number(row.depth),
        stored=_number(row.stored),
        pack=row.pack if type(row.pack) is int and 0 < row.pack <= row.number else None,
        base=row.base if row.base is not None and 0 < row.base < row.number else None,
        capture=_notes(row.capture),
        first_recorded=_number(row.first_recorded) or None,
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < MOST else 0


def _notes(capture: object) -> bytes:
    """Capture notes, if they are any."""
    with suppress(ValueError, RecursionError):
        if isinstance(capture, bytes) and isinstance(json.loads(capture), dict):
            return capture
    return b""


def _placed(history: History, row: Row) -> Row:
    """Where the version stands, and what it was compared with when it arrived."""
    date = dates.parse(row.dated) if row.dated is not None else None
    at = dates.effective(date, history.greatest)
    try:
        previous = history.previous((at, row.number), facts_of(row.facts).source)
    except VstoreError:  # facts that cannot be had
        previous = history.before((at, row.number))
    return row._replace(at=at, previous=previous.number if previous else None)


def with_words(row: Row, text: str, previous: tuple[Row, str] | None) -> Row:
    """A row with its words counted, against those of its previous version."""
    if previous is None:
        added, removed, before = count_words(text), 0, 0
    else:
        added, removed = counted(edits(previous[1], text))
        before = previous[0].words
    return row._replace(added_words=added, removed_words=removed, words=before + added - removed)


def head_of(story: str, rows: Sequence[Row], changed: tuple[int, int]) -> Head:
    """What moves of a story, from its versions, and how often it was repacked and rewritten."""
    kept = History(story, rows)
    clock = 0
    for row in rows:
        with suppress(VstoreError):
            clock = clock if row.dated is None else dates.clock(dates.parse(row.dated))
    counts = figures(kept)
    return Head(
        story=story,
        versions=len(kept),
        tip=rows[-1].id,
        clock=clock,
        current=kept.current.number,
        at=kept.current.at,
        late=len(kept.late),
        recorded=counts.recorded,
        text_bytes=counts.text_bytes,
        stored_bytes=counts.stored_bytes,
        keyframes=counts.keyframes,
        repacked=changed[0],
        rewritten=changed[1],
    )
