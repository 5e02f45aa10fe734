"""The Merkle tree hash of RFC 6962 and RFC 9162, with SHA-256: one hash over many leaves, and proofs of one.

Terminology, which is the RFC's
    leaf         bytes; its hash is SHA-256(00 leaf)
    node         SHA-256(01 left right); of n > 1 leaves the left one has the largest power of two below n
    root         the hash over all leaves; over none, SHA-256 of nothing
    tree size    how many leaves there are
    leaf index   the place of one of them, from 0
    audit path   the hashes that lead from a leaf to the root, the lowest first
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple


class Tree(NamedTuple):
    """What is known of a tree once its leaves have passed; of the wanted leaf, if it was among them."""

    size: int
    root: bytes
    leaf_index: int | None
    path: tuple[bytes, ...]


class _Part(NamedTuple):
    """A tree of a power of two of leaves, which stand next to each other."""

    size: int
    root: bytes
    has_wanted: bool


def tree(leaves: Iterable[bytes], wanted: bytes | None = None) -> Tree:
    """The tree of these leaves, and the audit path of the first one that is `wanted`.

    Leaves are taken one by one, and of n of them log n hashes are held.
    """
    parts: list[_Part] = []
    path: list[bytes] = []
    size, index = 0, None
    for leaf in leaves:
        is_wanted = leaf == wanted and index is None
        if is_wanted:
            index = size
        size += 1
        part = _Part(1, leaf_hash(leaf), is_wanted)
        while parts and parts[-1].size == part.size:
            part = _joined(parts.pop(), part, path)
        parts.append(part)
    if not parts:
        return Tree(0, sha256().digest(), None, ())
    whole = parts.pop()
    while parts:
        whole = _joined(parts.pop(), whole, path)
    return Tree(size, whole.root, index, tuple(path))


def _joined(left: _Part, right: _Part, path: list[bytes]) -> _Part:
    """Two neighbours as one; where one has the wanted leaf, the other is the next step of its path."""
    if left.has_wanted or right.has_wanted:
        path.append(right.root if left.has_wanted else left.root)
    has_wanted = left.has_wanted or right.has_wanted
    return _Part(left.size + right.size, node_hash(left.root, right.root), has_wanted)


def root_of(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which a path leads from a leaf; None where no tree of this size has such a path there.

    RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    at, last = index, size - 1
    found = leaf_hash(leaf)
    for step in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def leaf_hash(leaf: bytes) -> bytes:
    """Of a leaf."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Of a node above two others."""
    return sha256(b"\1" + left + right).digest()
