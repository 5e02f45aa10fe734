"""WikiWho (Flöck and Acosta 2014), the word-level blame of Wikipedia, as its authors' package runs it.

The package is optional; only its two pure modules are loaded, not what reads dumps of Wikipedia.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

NAME = "WikiWho"


def absent() -> str | None:
    """Why it cannot be measured, as a sentence; None if it is installed."""
    if find_spec("WikiWho"):
        return None
    return "Skipped: WikiWho is not installed; bench/README.md says how."


def new() -> Any:
    """A reader of one story's versions."""
    return import_module("WikiWho.wikiwho").Wikiwho("story")


def read(reader: Any, rank: int, text: str) -> None:
    """The next version; marked as minor and with a comment, so that no guard against blanking comes in."""
    revision = {"revid": rank, "*": text, "timestamp": "", "user": "", "comment": "x", "minor": ""}
    reader.analyse_article([revision])


def origins(texts: Sequence[str]) -> Iterator[list[int] | None]:
    """Of each text, the origin of each character that is no white space; None for what it takes for spam."""
    reader = new()
    for rank, text in enumerate(texts):
        read(reader, rank, text)
        yield _of_characters(reader, rank, text)


def origin_of_words(reader: Any, rank: int) -> list[tuple[str, int]]:
    """The words of a version, in lower case as it keeps them, and their origins."""
    words = import_module("WikiWho.utils").iter_rev_tokens(reader.revisions[rank])
    return [(word.value, word.origin_rev_id) for word in words]


def _of_characters(reader: Any, rank: int, text: str) -> list[int] | None:
    if rank not in reader.revisions:
        return None
    words = origin_of_words(reader, rank)
    is_same = "".join(value for value, _ in words) == "".join(text.lower().split())
    return [origin for value, origin in words for _ in value] if is_same else None
