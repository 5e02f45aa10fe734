"""Stories put right: moved, merged, split, renamed. Issue 7, point 5."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from backends import STORES, Ticking, open_store
from cli_program import Program

from vstore.errors import BadReference, BadWire, Conflict, UnknownStory, UnknownVersion
from vstore.store import Store


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_store(request.param, tmp_path, Ticking()) as opened:
        for day in range(1, 5):
            opened.add(
                "a", f"The talks, day {day}.", date=f"2020-01-0{day}", source="A", headline=f"Day {day}"
            )
        opened.add("b", "Something else.", date="2020-01-02", source="B")
        yield opened


def texts(store: Store, story: str) -> list[str]:
    return [store.text_of(version) for version in store.log(story)][::-1]


def test_a_version_goes_to_another_story_and_the_others_move_up(store: Store) -> None:
    before = {version.number: version for version in store.log("a")}
    done = store.move("a", 2, "b")
    told = [(each.old.story, each.old.number, each.new.story, each.new.number) for each in done]
    assert told == [("a", 2, "b", 2), ("a", 3, "a", 2), ("a", 4, "a", 3)]
    assert texts(store, "a") == ["The talks, day 1.", "The talks, day 3.", "The talks, day 4."]
    assert texts(store, "b") == ["Something else.", "The talks, day 2."]
    assert store.version("a", 1).id == before[1].id
    assert store.version("b", 2).first_recorded == before[2].recorded
    assert store.version("b", 2).headline == "Day 2"
    assert store.fsck(level="deep").problems == ()
    for number, (story, now) in {2: ("b", 2), 3: ("a", 2), 4: ("a", 3)}.items():
        assert store.resolve(before[number].id[:20]).id == store.version(story, now).id


def test_stories_are_merged_and_dates_order_them(store: Store) -> None:
    store.merge("b", "a")
    assert [version.story for version in store.stories()] == ["b"]
    assert [version.dated for version in store.log("b")][::-1] == [
        "2020-01-01",
        "2020-01-02",
        "2020-01-02",
        "2020-01-03",
        "2020-01-04",
    ]
    assert store.fsck(level="deep").problems == ()


def test_a_story_is_split_and_renamed_and_old_ids_lead_on(store: Store) -> None:
    old = store.version("a", 3).id
    store.split("a", 3, "c")
    store.rename("c", "d")
    assert texts(store, "d") == ["The talks, day 3.", "The talks, day 4."]
    assert store.resolve(old[:16]).id == store.version("d", 1).id
    store.rename("a", "e")
    store.rename("e", "a")
    assert texts(store, "a") == ["The talks, day 1.", "The talks, day 2."]
    assert store.fsck(level="deep").problems == ()
    entries = list(store.journal())[:4]
    assert [entry.what for entry in entries] == ["story"] * 4
    assert [entry.detail["moved"] for entry in entries] == [
        [["e", 1, "a", 1, 2]],
        [["a", 1, "e", 1, 2]],
        [["c", 1, "d", 1, 2]],
        [["a", 3, "c", 1, 2]],
    ]
    assert [known.alias for known in store.aliases("a")] == ["e"]


def test_an_old_id_leads_on_behind_its_story_too(store: Store) -> None:
    old = {version.number: version.id for version in store.log("a")}
    store.move("a", 2, "b")
    assert store.resolve(f"a@{old[4][:12]}").number == 3
    assert store.version("a", old[4]).number == 3
    assert store.resolve(f"b@{old[2][:12]}~1").number == 1
    with pytest.raises(UnknownVersion):
        store.resolve(f"a@{old[2][:12]}")
    store.rename("a", "z")
    assert store.resolve(f"a@{old[4][:12]}") == store.version("z", 3)


def test_what_was_erased_moves_with_its_tombstone(store: Store) -> None:
    store.redact("a", 2, reason="an order")
    store.redact("a", 3, reason="an order", fact="headline")
    store.rename("a", "z")
    assert [len(version.redacted) for version in store.log("z")][::-1] == [0, 1, 1, 0]
    assert store.fsck(level="deep").problems == ()


def test_a_dry_run_and_what_is_refused_change_nothing(store: Store) -> None:
    before = list(store.log())
    assert store.move("a", 2, "b", dry_run=True)[0].dry_run
    with pytest.raises(Conflict, match="merge them"):
        store.rename("a", "b")
    with pytest.raises(BadReference):
        store.move("a", 1, "a")
    with pytest.raises(BadWire):
        store.rename("a", " ")
    with pytest.raises(UnknownStory):
        store.merge("a", "nobody")
    with pytest.raises(UnknownVersion):
        store.split("a", 9, "c")
    assert list(store.log()) == before
    store.rename("a", "c")
    with pytest.raises(Conflict, match="only an add or an import"):
        store.undo()


def test_the_command_tells_where_each_version_is_now(tmp_path: Path) -> None:
    run = Program(tmp_path)
    run("init")
    for text in (b"One.", b"Two."):
        run("add", "--story", "s", "-", stdin=text)
    old = run("show", "s@2", "--json").json["id"]
    told = run("story", "move", "s@2", "--to", "t")
    assert told.lines[0].startswith("s@2  ->  t@1  ")
    assert run("show", old[:12]).out == b"Two."
    assert run("journal").lines[0].endswith("  story  t  1 version  s@2 -> t@1")
    assert run("story", "rename", "s", "--to", "t").code == 4
    assert run("story", "merge", "t", "s", "--json").json["to"] == {"story": "t", "number": 2}
    for wrong in (("move", "t"), ("merge", "t"), ("merge", "t", "s", "--to", "u"), ("turn", "t")):
        assert run("story", *wrong).code == 2
