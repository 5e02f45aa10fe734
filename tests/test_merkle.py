"""The tree hash of RFC 6962: its well-known vectors, and a recursive twin written from the RFC's text."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstore.merkle import Tree, leaf_hash, node_hash, root_of, tree

LEAVES = [
    bytes.fromhex(each)
    for each in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]

ROOTS = """
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
"""
"""Of the first 0 to 8 of these leaves: the vectors of Certificate Transparency's own tests."""

PATHS = {
    (0, 1): "",
    (0, 8): """96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7
               5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e
               6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4""",
    (5, 8): """bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b
               ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0
               d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7""",
    (2, 3): "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    (1, 5): """6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
               5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e
               bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b""",
}
"""By leaf index and tree size."""


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_known_vectors(size: int) -> None:
    assert tree(LEAVES[:size]) == Tree(size, bytes.fromhex(ROOTS.split()[size]), None, ())


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_audit_paths_are_those_of_the_known_vectors(index: int, size: int) -> None:
    path = tuple(map(bytes.fromhex, PATHS[index, size].split()))
    root = bytes.fromhex(ROOTS.split()[size])
    assert tree(LEAVES[:size], LEAVES[index]) == Tree(size, root, index, path)
    assert root_of(LEAVES[index], index, size, path) == root


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH(D[n]), RFC 9162, section 2.1.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]), RFC 9162, section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def split(size: int) -> int:
    """The largest power of two below."""
    k = 1
    while 2 * k < size:
        k *= 2
    return k


def numbered(size: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(size)]


@pytest.mark.parametrize("size", [*range(1, 40), 63, 64, 65, 100])
def test_every_leaf_of_every_tree_has_the_path_that_the_rfc_says(size: int) -> None:
    leaves = numbered(size)
    root = naive_root(leaves)
    for index, leaf in enumerate(leaves):
        found = tree(iter(leaves), leaf)
        assert found == Tree(size, root, index, tuple(naive_path(index, leaves)))
        assert root_of(leaf, index, size, found.path) == root


@given(st.lists(st.binary(max_size=40), max_size=70), st.data())
def test_trees_of_any_leaves_are_those_of_the_rfc(leaves: list[bytes], data: st.DataObject) -> None:
    assert tree(leaves) == Tree(len(leaves), naive_root(leaves), None, ())
    if leaves:
        wanted = data.draw(st.sampled_from(leaves))
        index = leaves.index(wanted)
        assert tree(leaves, wanted)[2:] == (index, tuple(naive_path(index, leaves)))


def test_a_leaf_that_is_not_there_has_no_index_and_no_path() -> None:
    assert tree(LEAVES, b"other")[2:] == (None, ())
    assert tree([], b"other")[2:] == (None, ())


@pytest.mark.parametrize("size", range(1, 34))
def test_a_path_at_another_index_or_of_another_length_leads_elsewhere(size: int) -> None:
    leaves = numbered(size)
    root = naive_root(leaves)
    for index, leaf in enumerate(leaves):
        path = naive_path(index, leaves)
        others = [other for other in range(-1, size + 1) if other != index]
        assert all(root_of(leaf, other, size, path) != root for other in others)
        for wrong in ([*path, root], [*path, leaf_hash(leaf)], path[:-1], path[1:], path[::-1]):
            assert wrong == path or root_of(leaf, index, size, wrong) != root


def test_no_node_passes_for_a_leaf() -> None:
    left, right = map(leaf_hash, LEAVES[:2])
    assert root_of(left + right, 0, 1, []) != node_hash(left, right) == tree(LEAVES[:2]).root


def test_a_tree_of_no_leaf_has_no_path() -> None:
    assert root_of(b"", 0, 0, []) is None
    assert root_of(b"", -1, 1, []) is None
    assert root_of(b"", 2**70, 2**70 + 1, []) is None


def test_leaves_are_taken_one_by_one_and_let_go() -> None:
    half = 1 << 10
    whole = tree(b"%d" % number for number in range(2 * half)).root
    parts = [tree(b"%d" % number for number in range(start, start + half)).root for start in (0, half)]
    assert whole == node_hash(*parts)
