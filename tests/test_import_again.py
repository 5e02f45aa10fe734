"""A run that goes on after the storage refused something sends the same again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from backends import STORES, Ticking, open_store

import vstore
from vstore.errors import StorageRefused
from vstore.storage.contract import Writer


@pytest.mark.parametrize("backend", STORES)
def test_what_was_not_kept_does_not_count_as_matched(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wires = [vstore.Wire(story="a", text=text, date="2019-01-15") for text in ("One.", "Two.", "One.")]
    with open_store(backend, tmp_path, Ticking()) as store:
        store.import_wires(wires)
        store.import_wires(wires[:1], is_one_run=True)
        transaction = store._storage.transaction

        @contextmanager
        def full() -> Iterator[Writer]:
            with transaction() as writer:
                yield writer
                raise StorageRefused("the disk is full")

        with monkeypatch.context() as patched:
            patched.setattr(store._storage, "transaction", full)
            with pytest.raises(StorageRefused):
                store.import_wires(wires[1:], is_one_run=True)
        assert store.import_wires(wires[1:], is_one_run=True).same == 2
