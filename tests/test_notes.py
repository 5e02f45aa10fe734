"""Store-wide notes that are damaged: told by `fsck`, and no hindrance to what does not need them."""

from __future__ import annotations

from pathlib import Path

import pytest
from backends import BACKENDS, Clock

from vstore.errors import Corrupt
from vstore.store import Store

STRANGE = ["", "soon", "-1", "1e9", "٣", "9" * 5_000]


def noted(backend: str, folder: Path, name: str, value: str) -> Store:
    storage = BACKENDS[backend](folder)
    with storage.transaction() as writer:
        writer.note(name, value)
    return Store(storage, backend, clock=Clock())


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_moment_that_is_none_is_told_as_none(backend: str, value: str, tmp_path: Path) -> None:
    with noted(backend, tmp_path, "last_gc", value) as store:
        assert store.stats().last_gc is None
        (problem,) = store.fsck().problems
        assert (problem.problem, problem.detail[:10]) == ("note", "last_gc is")


@pytest.mark.parametrize("value", ["many", "9" * 5_000])
@pytest.mark.parametrize("backend", BACKENDS)
def test_gc_goes_on_where_it_is_not_known_when_a_dictionary_was_trained(
    backend: str, value: str, tmp_path: Path
) -> None:
    with noted(backend, tmp_path, "trained", value) as store:
        store.add("s", "The river rose.")
        assert store.gc().stories == 1
        assert not store.fsck().ok


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_format_that_is_no_number_is_damage(backend: str, tmp_path: Path) -> None:
    with noted(backend, tmp_path, "format", "two") as store:
        with pytest.raises(Corrupt, match="format"):
            store.stats()
        assert not store.fsck().ok
