"""How a version is stored: as a patch, a reference or whole, whichever is least, and bounded. CONTRACT §1."""

from __future__ import annotations

import pytest
from arrivals import DAY, wires
from backends import Clock, open_store
from hypothesis import given
from hypothesis import strategies as st

import vstore
from vstore import chain
from vstore.store import Store

LONG = "\n".join(
    f"Paragraph {n}: the harbour board met on day {n} and put its decision off." for n in range(40)
)


def test_a_revision_is_a_patch_and_costs_little(store: Store) -> None:
    store.add("s", LONG)
    version = store.add("s", LONG.replace("day 7 ", "day 8 ")).version
    assert version.base == 1
    assert version.stored_bytes < 40
    assert store.stats().patches == 1


def test_a_return_to_an_older_text_costs_a_reference(store: Store) -> None:
    other = LONG.upper()
    for text in (LONG, other, LONG, other, LONG):
        version = store.add("s", text).version
    assert version.base == 1
    assert version.stored_bytes < 10
    assert [store.text("s", number) for number in range(1, 6)] == [LONG, other, LONG, other, LONG]


def test_new_facts_alone_cost_a_reference(store: Store) -> None:
    store.add("s", LONG)
    assert store.add("s", LONG, headline="Harbour").version.stored_bytes < 10


def test_the_shorter_of_patch_and_whole_text_is_stored(store: Store) -> None:
    store.add("s", LONG)
    assert store.add("s", "Short.").version.base is None
    assert store.add("t", LONG).version.base is None
    assert store.add("t", LONG + " And more.").version.base == 1


@pytest.mark.parametrize("returns", [False, True], ids=["straight", "with returns"])
def test_a_chain_of_patches_has_a_bound(store: Store, returns: bool) -> None:
    words = [f"word{n}" for n in range(300)]
    for n in range(chain.MAX_DEPTH + 12):
        words[n] = f"new{n}"
        store.add("s", " ".join(words))
        if returns:
            store.add("s", "Killed.")
            store.add("s", " ".join(words))
    rows = store._storage.rows("s")
    assert max(row.depth for row in rows) <= chain.MAX_DEPTH
    assert all(row.depth == (rows[row.base - 1].depth + 1 if row.base else 0) for row in rows)
    assert store.text("s") == " ".join(words)
    assert store.fsck().ok


@given(
    st.lists(
        st.tuples(st.sampled_from(["a b", "a c b", "b", "", "x " * 60]), st.none() | st.just(DAY)), max_size=8
    )
)
def test_a_base_always_arrived_before(run: list[tuple[str, str | None]]) -> None:
    with vstore.open("memory:") as store:
        for text, date in run:
            store.add("s", text, date=date)
        for version in store.log("s") if run else ():
            assert version.base is None or version.base < version.number


def test_stores_of_both_kinds_give_equal_ids(store: Store, tmp_path_factory: pytest.TempPathFactory) -> None:
    run = [*wires("A", "B", "A"), *wires("C", date="2018")]
    store.import_wires(run)
    for backend in ("memory", "sqlite"):
        with open_store(backend, tmp_path_factory.mktemp("other"), Clock()) as other:
            other.import_wires(run)
            assert [version.to_dict() for version in other.log("s")] == [
                version.to_dict() for version in store.log("s")
            ]
