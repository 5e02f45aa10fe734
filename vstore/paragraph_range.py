"""Paragraphs that are asked for by their numbers, counted from 1."""

from __future__ import annotations

from vstore.errors import UnknownParagraph

Paragraphs = int | tuple[int, int] | None
"""A paragraph's number, the first and last of several, or None for the whole text."""


def chosen(paragraphs: Paragraphs, count: int, story: str, number: int) -> tuple[int, int]:
    """First and last of those asked for; UnknownParagraph says that the version has only `count`."""
    if paragraphs is None:
        return 1, count
    first, last = (paragraphs, paragraphs) if isinstance(paragraphs, int) else paragraphs
    if not 1 <= first <= last <= count:
        wanted = f"paragraph {first}" if first == last else f"paragraphs {first} to {last}"
        raise UnknownParagraph(
            f"{story}@{number} has no {wanted}; it has {count}",
            story=story,
            number=number,
            paragraphs=count,
        )
    return first, last
