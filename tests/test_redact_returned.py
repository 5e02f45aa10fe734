"""What was erased from some versions and stands in others of the same id, or comes back. Issue 6, point 4."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from backends import BACKENDS, Ticking, open_store

import vstore
from vstore.errors import Redacted
from vstore.store import Store

FIRST = "The museum was closed on Monday, said Ines Rook of 5 Elm Street. Nobody knows why. " * 2
SECOND = "The mayor opened a new bridge across the river, and nobody came to look at it. " * 2


@pytest.fixture(params=sorted(BACKENDS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_store(request.param, tmp_path, Ticking()) as opened:
        yield opened


@pytest.mark.parametrize("number", [1, 3])
def test_a_copy_may_have_a_text_in_one_version_and_not_in_another(store: Store, number: int) -> None:
    with vstore.open("memory:") as other:
        for text in (FIRST, SECOND, FIRST):
            other.add("museum", text)
        other.redact("museum", number, reason="an order", only=True)
        assert store.copy_from(other).copied == 3
        assert [bool(version.redacted) for version in store.log("museum")] == [
            bool(version.redacted) for version in other.log("museum")
        ]
        assert store.text("museum", 4 - number) == FIRST
        with pytest.raises(Redacted):
            store.text("museum", number)
    assert store.fsck(level="deep").problems == ()


def test_facts_that_came_back_stay_when_others_go(store: Store) -> None:
    store.add("museum", FIRST, headline="Secret")
    store.add("museum", SECOND, headline="Open")
    store.redact("museum", 1, reason="a minor", fact="headline")
    store.add("museum", f"{FIRST}More.", headline="Secret", allow_redacted=True)
    store.redact("museum", 2, reason="a minor", fact="headline")
    assert [version.headline for version in store.log("museum")] == ["Secret", None, None]
    assert store.fsck(level="deep").problems == ()
    with vstore.open("memory:") as other:
        other.copy_from(store)
        assert [version.headline for version in other.log("museum")] == ["Secret", None, None]
