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
