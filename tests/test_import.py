"""Many wires at once: batches, bad ones among them, progress, strictness. CONTRACT §5."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from arrivals import texts, wires

import vstore
from vstore.answers import Imported
from vstore.errors import BadWire
from vstore.importing import BATCH_WIRES, Progress
from vstore.model import Facts, Wire
from vstore.store import Store


def test_a_dry_import_counts_and_keeps_nothing(store: Store) -> None:
    run: list[Wire | BadWire] = [*wires("A", "B", "B"), BadWire("broken", line=4)]
    assert store.import_wires(run, dry_run=True) == Imported(new=1, changed=1, same=1, bad=1)
    assert list(store.stories()) == []
    assert store.import_wires(run) == Imported(new=1, changed=1, same=1, bad=1)


def test_a_bad_wire_in_the_middle_is_counted_and_the_rest_goes_in(store: Store) -> None:
    run: list[Wire | BadWire] = [
        *wires("A"),
        BadWire("broken", line=2),
        *wires("B", date="2019-02-30"),
        *wires("C"),
    ]
    assert store.import_wires(run) == Imported(new=1, changed=1, bad=2)
    assert texts(store) == ["A", "C"]


def test_a_strict_import_raises_the_first_bad_wire_and_keeps_nothing(store: Store) -> None:
    run: list[Wire | BadWire] = [*wires("A", "B"), BadWire("broken", line=3), BadWire("later", line=4)]
    with pytest.raises(BadWire, match="broken"):
        store.import_wires(run, strict=True)
    assert list(store.stories()) == []
    assert store.import_wires(run[:2], strict=True) == Imported(new=1, changed=1)


def test_a_strict_import_keeps_nothing_of_earlier_batches(store: Store) -> None:
    run = [Wire(story=f"s{n}", text="x") for n in range(BATCH_WIRES + 5)]
    with pytest.raises(BadWire):
        store.import_wires([*run, BadWire("broken")], strict=True)
    assert list(store.stories()) == []


def test_progress_tells_of_every_item_with_the_counts_so_far(store: Store) -> None:
    told: list[Progress] = []
    run: list[Wire | BadWire] = [*wires("A", "A"), BadWire("broken", line=3), *wires("B")]
    counts = store.import_wires(run, progress=told.append)
    assert [sum(each.counts.to_dict().values()) for each in told] == [1, 2, 3, 4]
    assert told[-1].counts == counts
    answers = [each.answer for each in told]
    assert [answer.message if isinstance(answer, BadWire) else answer.outcome for answer in answers] == [
        "new",
        "same",
        "broken",
        "changed",
    ]


def test_wires_are_taken_from_any_iterable_in_batches(store: Store) -> None:
    taken = count()
    run = (Wire(story=f"s{next(taken) % 7}", text=f"text {n}") for n in range(BATCH_WIRES + 10))
    safe: list[int] = []
    store.import_wires(run, progress=lambda _: safe.append(next(taken)))
    assert safe[0] == BATCH_WIRES, "the first batch was told of before the second one was read"
    assert sum(story.versions for story in store.stories()) == BATCH_WIRES + 10


def test_an_iterable_that_raises_leaves_the_batches_before_it(store: Store) -> None:
    def broken() -> Iterator[Wire]:
        yield from (Wire(story=f"s{n}", text="x") for n in range(BATCH_WIRES + 10))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.import_wires(broken())
    assert len(list(store.stories())) == BATCH_WIRES
    assert store.fsck().ok


def test_an_export_imported_into_an_empty_store_gives_equal_ids(store: Store) -> None:
    store.import_wires(wires("A", "B", "A"))
    store.add("s", "late", date="2018", source="x", extra={"k": [1, None]})
    store.add("t", "", date="2117-12")
    exported = list(store.export_jsonl())
    with vstore.open("memory:") as other:
        for row in exported:
            facts = {name: row[name] for name in (*Facts().to_dict(), "extra") if row[name] is not None}
            other.add(row["story"], row["text"], date=row["dated"], **facts)
        assert [version["id"] for version in other.export_jsonl()] == [row["id"] for row in exported]
