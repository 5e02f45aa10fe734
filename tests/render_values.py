"""Made-up values for the tests of renderers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vstore.answers import Blame, Diff, Edit, Hunk, Op, Paragraph
from vstore.cli.look import Look
from vstore.model import Facts, Version

PLAIN = Look()

PLAIN_VERSION = Version(
    story="harbour-strike",
    number=2,
    id="d1e4f0a" + "0" * 57,
    text_id="a" * 64,
    facts_id="b" * 64,
    parent="c" * 64,
    dated="2019-01-15",
    at="2019-01-15T00:00:00Z",
    recorded="2024-03-01T09:30:00.000000Z",
    last_seen="2024-03-01T09:30:00.000000Z",
    late=False,
    previous=1,
    changed=("text", "headline"),
    added_words=12,
    removed_words=30,
    words=1351,
    facts=Facts(source="Northern Wire", headline="Dockers return to work"),
    capture={},
    base=1,
    stored_bytes=812,
    first_recorded="2019-01-15T00:00:00Z",
)


def version(**other: Any) -> Version:
    """The plain version, some of it otherwise."""
    return replace(PLAIN_VERSION, **other)


def edits(*pairs: tuple[Op, str]) -> tuple[Edit, ...]:
    """Edits from (op, text)."""
    return tuple(Edit(op, text) for op, text in pairs)


def diff(*pairs: tuple[Op, str], **other: Any) -> Diff:
    """A diff of these edits."""
    plain = Diff(
        story="harbour-strike", before=1, after=2, edits=edits(*pairs), added_words=1, removed_words=1
    )
    return replace(plain, **other)


def blame(
    *runs: tuple[int, str], paragraphs: tuple[Paragraph, ...], source: str | None = "Northern Wire"
) -> Blame:
    """A blame of (version number, text) in a row."""
    hunks = []
    start = 0
    for number, text in runs:
        hunks.append(
            Hunk(
                start=start,
                length=len(text),
                text=text,
                number=number,
                id=f"{number:064x}",
                dated=f"2019-01-{number:02}",
                at=f"2019-01-{number:02}T00:00:00Z",
                source=source,
            )
        )
        start += len(text)
    return Blame(
        story="harbour-strike",
        number=runs[-1][0],
        id="d" * 64,
        text_id="e" * 64,
        hunks=tuple(hunks),
        paragraphs=paragraphs,
    )
