"""Texts as the readers read them."""

from __future__ import annotations

from vstore import readers


def read(text: str, **options: str) -> readers.Reading:
    return readers.read(text.encode(), **options)
