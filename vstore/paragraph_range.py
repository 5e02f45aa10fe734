"""Paragraphs that are asked for by their numbers, counted from 1."""

from __future__ import annotations

from vstore.errors import BadReference, UnknownParagraph

Paragraphs = int | tuple[int, int] | None
"""A paragraph's number, the first and last of several, or None for the whole text."""


def chosen(paragraphs: Paragraphs, count: int, story: str, number: int) -> tuple[int, int]:
    """First and last of those asked for; UnknownParagraph says that the version has only `count`.

    BadReference says of anything else that it is neither a number nor two.
    """
    if paragraphs is None:
        return 1, count
    first, last = _ends(paragraphs)
    if not 1 <= first <= last <= count:
        wanted = f"paragraph {first}" if first == last else f"paragraphs {first} to {last}"
        raise UnknownParagraph(
            f"{story}@{number} has no {wanted}; it has {count}",
            story=story,
            number=number,
            paragraphs=count,
        )
    return first, last


def _ends(paragraphs: object) -> tuple[int, int]:
    match paragraphs:
        case bool():
            pass
        case int(only):
            return only, only
        case (int(first), int(last)):
            return first, last
    raise BadReference(f"{paragraphs!r} is no paragraph: give a number (3), or two (3, 5)")
