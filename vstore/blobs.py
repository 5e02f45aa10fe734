"""Ids as git gives them in its SHA-256 object format."""

from __future__ import annotations

import hashlib


def object_id(kind: str, data: bytes) -> bytes:
    """The id of a git object of this kind, as 32 raw bytes."""
    found = hashlib.sha256(f"{kind} {len(data)}\0".encode())
    found.update(data)
    return found.digest()


def blob_id(data: bytes) -> bytes:
    """The id that `git hash-object` gives, as 32 raw bytes."""
    return object_id("blob", data)


EMPTY = blob_id(b"")
"""The id of an empty text."""


def story_digest(story: str) -> bytes:
    """The first 16 bytes of a story-id's SHA-256, by which a store finds it."""
    # A name with half a character is no story's: to be looked for, and not found.
    return hashlib.sha256(story.encode(errors="surrogatepass")).digest()[:16]
