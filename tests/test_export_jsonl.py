"""An export as JSON lines, imported into an empty store, gives every version its id again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vstore.errors import UnknownStory
from vstore.interop.packing import packed
from vstore.opening import open_store
from vstore.readers import jsonlines
from vstore.store import Store

HOSTILE_STORIES = [
    "two  words",
    "..",
    "@{",
    "a@1..3",
    "🌊",
    "x" * 4096,
    "a",
    "a/b",
    "Case",
    "case",
    "-x",
    "{}",
    "null",
]
HOSTILE_TEXTS = [
    "",
    " ",
    "\r\n",
    "a\r\nb\rc",
    "nul\0nul",
    "\ufeffbom",
    "ls\u2028ps\u2029",
    "🌊" * 500,
    "e\u0301 é",
]
HOSTILE_FACTS: list[dict[str, Any]] = [
    {"source": "line\nend <a@b>  "},
    {"headline": "M" * 1_000_000},
    {"urgency": 5, "keywords": ("a", "b,c"), "provider_version": "007", "guid": "12"},
    {"urgency": "05", "keywords": ("one",), "first_created": "2019-01-15T10:00Z", "kind": ""},
    {
        "extra": {
            "number": 7,
            "id": "x",
            "text": "y",
            "story": "z",
            "date": "w",
            "recorded": [1, 2.5, 1e20, None],
        }
    },
    {"extra": {"": {"nested": [[], {}]}, "日本": "語\x7f\u2028", "title": "t", "body": "b"}},
    {},
]
DATES = [None, "0001", "1969-12", "9999-12-31", "2019-01-15T10:00", "2019-01-15T10:00:00.120+02:00", "2018"]


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store("memory:") as made:
        yield made


def ids(store: Store) -> dict[str, list[str]]:
    """Each story's version ids, in order of number."""
    return {
        each.story: [version.id for version in store.log(each.story, arrival=True)]
        for each in store.stories()
    }


def exported(store: Store, path: Path, *stories: str) -> Path:
    with path.open("wb") as stream, packed(stream, path.name) as write:
        for form in store.export_jsonl(stories):
            write(json.dumps(form).encode() + b"\n")
    return path


def imported(path: Path, *, again: bool = False) -> dict[str, list[str]]:
    """The ids that an empty store gives to the versions of a file."""
    with open_store("memory:") as empty, jsonlines.open_lines(path) as lines:
        counts = empty.import_wires(jsonlines.wires(lines), again=again)
        assert (counts.same, counts.bad) == (0, 0)
        return ids(empty)


@pytest.mark.parametrize("name", ["all.jsonl", "all.jsonl.gz", "all.jsonl.zst"])
def test_an_export_imported_into_an_empty_store_gives_equal_ids(
    store: Store, tmp_path: Path, name: str
) -> None:
    for day in range(1, 4):
        store.add("floods", f"The river rose {day} m.", date=f"2019-01-{day:02}", headline=f"Day {day}")
    assert imported(exported(store, tmp_path / name)) == ids(store)


def test_hostile_story_ids_keep_their_ids(store: Store, tmp_path: Path) -> None:
    for story in HOSTILE_STORIES:
        store.add(story, f"Text of {story[:9]}", date="2019-01-15")
        store.add(story, "Another", date="2019-01-16")
    assert imported(exported(store, tmp_path / "all.jsonl")) == ids(store)


def test_hostile_texts_keep_their_ids(store: Store, tmp_path: Path) -> None:
    for text in HOSTILE_TEXTS:
        store.add("hostile", text, date="2019-01-15")
    assert len(ids(store)["hostile"]) == len(HOSTILE_TEXTS)
    assert imported(exported(store, tmp_path / "all.jsonl")) == ids(store)


@pytest.mark.parametrize("facts", HOSTILE_FACTS, ids=lambda facts: "-".join(facts) or "none")
def test_hostile_facts_keep_their_ids(store: Store, tmp_path: Path, facts: dict[str, Any]) -> None:
    store.add("hostile", "Text", date="2019-01-15", **facts)
    assert imported(exported(store, tmp_path / "all.jsonl")) == ids(store)


def test_dates_keep_their_precision_and_late_wires_their_place(store: Store, tmp_path: Path) -> None:
    for number, date in enumerate(DATES):
        store.add("dates", f"Text {number}", date=date)
    assert any(version.late for version in store.log("dates"))
    assert imported(exported(store, tmp_path / "all.jsonl")) == ids(store)


def test_a_text_that_returns_is_a_version_again(store: Store, tmp_path: Path) -> None:
    for text in ("A", "B", "A", "B"):
        store.add("returns", text, date="2019-01-15")
    store.add("undated", "A")
    store.add("undated", "B")
    store.add("undated", "A")
    assert [len(each) for each in ids(store).values()] == [4, 3]
    assert imported(exported(store, tmp_path / "all.jsonl")) == ids(store)


def test_a_late_wire_equal_to_its_later_neighbour_keeps_its_id(store: Store, tmp_path: Path) -> None:
    store.add("late", "A", date="2019-01-15")
    store.add("late", "B", date="2019-01-17")
    store.add("late", "B", date="2019-01-16")
    store.add("late", "A", date="2019-01-14")
    assert imported(exported(store, tmp_path / "all.jsonl")) == ids(store)


def test_versions_that_were_kept_again_keep_their_ids_in_an_import_that_keeps_them_again(
    store: Store, tmp_path: Path
) -> None:
    for _ in range(3):
        store.add("again", "A", date="2019-01-15", again=True)
    assert len(ids(store)["again"]) == 3
    assert imported(exported(store, tmp_path / "all.jsonl"), again=True) == ids(store)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("ABC"), st.sampled_from(DATES)), max_size=12)
)
def test_whatever_order_wires_came_in_their_ids_stay(
    tmp_path_factory: pytest.TempPathFactory, wires: list[tuple[str, str, str | None]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    with open_store("memory:") as store:
        for story, text, date in wires:
            store.add(story, text, date=date)
        assert imported(exported(store, path)) == ids(store)


def test_a_line_is_a_version_with_its_text_and_knows_nothing_of_the_machine(store: Store) -> None:
    version = store.add("floods", "Text", date="2019-01-15", headline="One").version
    (form,) = store.export_jsonl()
    assert form == {**version.to_dict(), "text": "Text"}


def test_lines_come_by_story_and_then_oldest_number_first(store: Store) -> None:
    for story, date in [("b", "2019-01-15"), ("a", "2019-01-15"), ("b", "2018")]:
        store.add(story, f"{story} {date}", date=date)
    assert [(form["story"], form["number"]) for form in store.export_jsonl()] == [
        ("a", 1),
        ("b", 1),
        ("b", 2),
    ]


def test_only_the_stories_named_are_exported(store: Store, tmp_path: Path) -> None:
    store.add("a", "A")
    store.add("b", "B")
    assert imported(exported(store, tmp_path / "all.jsonl", "b")) == {"b": ids(store)["b"]}
    with pytest.raises(UnknownStory):
        list(store.export_jsonl(["c"]))
