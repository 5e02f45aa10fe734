"""Pieces of one list laid over another, the longest first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vstore.origins import tiles

lists = st.lists(st.integers(0, 6), max_size=40)


@given(xs=lists, data=st.data())
def test_a_list_in_another_order_is_laid_out_whole(xs: list[int], data: st.DataObject) -> None:
    ys = data.draw(st.permutations(xs))
    found = tiles.tiled(xs, ys)
    assert sorted(i + k for i, _, count in found for k in range(count)) == list(range(len(xs)))
    assert sorted(j + k for _, j, count in found for k in range(count)) == list(range(len(ys)))


@given(xs=lists, ys=lists)
def test_pieces_are_the_same_in_both_and_none_lies_on_another(xs: list[int], ys: list[int]) -> None:
    found = tiles.tiled(xs, ys)
    assert all(xs[i : i + count] == ys[j : j + count] for i, j, count in found)
    places = [(i + k, j + k) for i, j, count in found for k in range(count)]
    assert len({i for i, _ in places}) == len({j for _, j in places}) == len(places)


def test_the_longest_piece_comes_first() -> None:
    assert tiles.tiled([1, 2, 3, 9, 1, 2], [1, 2, 3, 1, 2, 9])[0] == (0, 0, 3)


def test_of_equal_pieces_the_one_that_moved_least_is_taken() -> None:
    assert sorted(tiles.tiled([1, 5, 1], [1, 1])) == [(0, 0, 1), (2, 1, 1)]


def test_too_many_pairs_are_not_laid_out_at_all() -> None:
    many = [1] * (int(tiles.MOST**0.5) + 1)
    assert tiles.tiled(many, many) == []
