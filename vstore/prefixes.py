"""Ids as they are shown: by their beginning, so that a reference with it finds the same version."""

from __future__ import annotations

from collections.abc import Sequence


def shorten(ids: Sequence[str], minimum: int = 7) -> dict[str, str]:
    """Each id's shown prefix: unique among these ids, at least `minimum` digits, and holding a letter."""
    ordered = sorted(set(ids))
    shared = [0, *map(_shared, ordered, ordered[1:]), 0]
    needed = {hex_id: max(shared[at : at + 2]) + 1 for at, hex_id in enumerate(ordered)}
    return {hex_id: _with_letter(hex_id, max(needed[hex_id], minimum)) for hex_id in ids}


def _shared(one: str, other: str) -> int:
    """How many digits two ids share at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _with_letter(hex_id: str, length: int) -> str:
    while length < len(hex_id) and hex_id[:length].isdecimal():
        length += 1
    return hex_id[:length]
