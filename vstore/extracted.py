"""Texts that an extractor made of pages: its next version makes another one, and that is no edit."""

from __future__ import annotations

import json

_EXTRACTOR = b'"extractor":'


def is_extracted_anew(old: bytes, new: bytes) -> bool:
    """True if two capture notes tell of the very same bytes, read alike, and of another extractor."""
    if _EXTRACTOR not in old or _EXTRACTOR not in new:
        return False
    before, now = json.loads(old), json.loads(new)
    is_one_page = all(before.get(note) == now.get(note) is not None for note in ("digest", "charset"))
    return is_one_page and before.get("extractor") != now.get("extractor")
