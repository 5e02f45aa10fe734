"""A story-id as a file name: legible, safe on every system, and never that of another story.

A name is the id itself only where no file system could take it for another one's: all lower case,
in the form NFC, nothing replaced or cut. Any other name ends in `-` and eight hex digits of the id's
SHA-256; so does an id that itself ends so.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

MOST_BYTES = 120
_HASH = 8
_LOOKS_HASHED = re.compile(rf"-[0-9a-f]{{{_HASH}}}\Z")
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|\Z)", re.IGNORECASE
)


def file_name(story: str) -> str:
    """The name, without an ending; at most 120 bytes of UTF-8."""
    composed = unicodedata.normalize("NFC", story)
    name = _kept(composed)
    if _RESERVED.match(name):
        name = f"_{name}"
    is_plain = name == story == composed.casefold() and len(name.encode()) <= MOST_BYTES
    if is_plain and not _LOOKS_HASHED.search(name):
        return name
    digits = hashlib.sha256(story.encode()).hexdigest()[:_HASH]
    return f"{_cut(name, MOST_BYTES - _HASH - 1) or 'story'}-{digits}"


def _kept(text: str) -> str:
    """Letters, digits and their marks of any script, and `._-`; a run of anything else is one `-`."""
    kept = "".join(char if char in "._-" or unicodedata.category(char)[0] in "LMN" else "\0" for char in text)
    # Windows drops a dot at the end; one at the start hides the file, a dash there looks like an option.
    return re.sub("\0+", "-", kept).lstrip(".-").rstrip(".")


def _cut(text: str, most: int) -> str:
    """At a character, leaving no dot or dash at the end."""
    return text.encode()[:most].decode(errors="ignore").rstrip(".-")
