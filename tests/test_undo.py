"""The journal, and the newest add or import taken back. Issue 6, point 6."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from backends import NEW_YEAR, STORES, Ticking, open_store
from cli_program import Program

import vstore
from vstore.errors import Conflict, NotFound
from vstore.model import Wire
from vstore.store import Store


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_store(request.param, tmp_path, Ticking()) as opened:
        yield opened


def wires(number: int = 3) -> list[Wire]:
    return [
        Wire(story=f"s{story}", text=f"Text {version} of {story}.")
        for version in range(number)
        for story in range(4)
    ]


def state(store: Store) -> list[object]:
    stories = [each.story for each in store.stories()]
    texts = [store.text_of(version) for story in stories for version in store.log(story)]
    heads = [(head.story, head.versions, head.tip, head.clock, head.late) for head in store._storage.tips()]
    return [[replace(version, base=None, stored_bytes=0) for version in store.log()], texts, heads]


def test_the_journal_tells_who_did_what_to_which_story(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSTORE_WHO", "night desk")
    store.add("s0", "Alone.")
    store.add("s0", "Alone.")  # same: nothing was kept
    store.import_wires(wires())
    store.gc()
    store.redact("s0", 1, reason="an order")
    told = [(entry.what, entry.who, entry.story, entry.versions) for entry in store.journal()]
    assert told == [
        ("redact", "night desk", None, 0),
        ("gc", "night desk", None, 0),
        ("import", "night desk", None, 12),
        ("add", "night desk", "s0", 1),
    ]
    assert next(store.journal()).detail["reason"] == "an order"
    assert "Alone" not in str([entry.to_dict() for entry in store.journal()])


def test_moments_of_the_journal_are_never_equal_and_fall(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True, clock=lambda: NEW_YEAR) as store:
        for number in range(5):
            store.add("s", f"{number}")
        moments = [entry.at for entry in store.journal()]
        assert moments == sorted(set(moments), reverse=True)


def test_an_add_is_taken_back(store: Store) -> None:
    store.add("s", "One.")
    before = state(store)
    store.add("s", "Two.", headline="New")
    done = store.undo()
    assert (done.what, [(each.story, each.number) for each in done.versions]) == ("add", [("s", 2)])
    assert state(store) == before
    assert store.fsck(level="deep").problems == ()
    store.undo()
    assert list(store.stories()) == []
    assert store.fsck(level="deep").problems == ()
    with pytest.raises(NotFound, match="nothing to take back"):
        store.undo()
    assert [entry.what for entry in store.journal()] == ["undo", "undo", "add", "add"]
    assert store.add("s", "Another.").outcome == "new"
    assert store.text("s") == "Another."


def test_an_import_goes_whole_and_leaves_what_was_before(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vstore.importing.BATCH_WIRES", 5)
    store.add("s1", "Before.", date="2030")
    store.blame("s1")
    before = state(store)
    store.import_wires(wires(), again=True)
    store.gc()
    assert len({entry.run for entry in store.journal() if entry.what == "import"}) == 1
    assert store.undo(dry_run=True).versions == store.undo().versions
    assert state(store) == before
    assert store.fsck(level="deep").problems == ()
    assert len(list(store.log())) == 1


def test_a_late_wire_is_taken_back_with_its_place_in_the_order(store: Store) -> None:
    for day in (1, 3, 5):
        store.add("s", f"Day {day}.\n\nMore.", date=f"2020-01-0{day}", source="A")
    before = state(store)
    store.blame("s")
    assert store.add("s", "Day 2.\n\nMore.", date="2020-01-02", source="A").version.late
    store.blame("s")
    store.undo()
    assert state(store) == before
    assert {hunk.number for hunk in store.blame("s").hunks} == {1, 3}
    assert store.add("s", "Day 4.\n\nMore.", date="2020-01-04", source="A").version.late
    assert {hunk.number for hunk in store.blame("s").hunks} == {1, 3}
    assert store.fsck(level="deep").problems == ()


def test_what_others_built_on_stays(store: Store) -> None:
    store.import_wires(wires(1))
    store.add("s2", "On top.")
    store.undo()
    store.add("s2", "On top.")
    with vstore.open("memory:") as other:
        other.copy_from(store)
        with pytest.raises(Conflict, match="sent elsewhere"):
            store.undo()
        store.add("s2", "Further on.")
        assert store.undo().versions[0].number == 3


def test_a_version_that_was_seen_again_stays(store: Store) -> None:
    store.add("s", "One.")
    store.add("t", "One.")
    store.undo()
    assert store.add("s", "One.").outcome == "same"
    with pytest.raises(Conflict, match="seen again"):
        store.undo()


def test_a_version_of_which_something_was_erased_stays(store: Store) -> None:
    store.add("s", "Something that must go.")
    store.redact("s", reason="x")
    with pytest.raises(Conflict, match="erased"):
        store.undo()


@pytest.mark.parametrize("how", ["bundle", "export", "attest", "push"])
def test_what_was_sent_elsewhere_stays(tmp_path: Path, how: str) -> None:
    run = Program(tmp_path)
    run("init")
    run("add", "--story", "s", "-", stdin=b"One.")
    ways = {
        "bundle": ("bundle", "out.bundle"),
        "export": ("export", "--jsonl", "out.jsonl"),
        "attest": ("attest",),
        "push": ("push", "there"),
    }
    run("init", "there")
    assert run(*ways[how]).code == 0
    refused = run("undo", "--json")
    assert (refused.code, refused.error["error"]) == (4, "Conflict")
    run("add", "--story", "s", "-", stdin=b"Two.")
    assert run("undo").code == 0
    assert run("show", "s").out == b"One."


def test_the_commands_say_what_they_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Program(tmp_path)
    run("init")
    assert run("undo").code == 3
    run("add", "--story", "s", "-", stdin=b"One secret.")
    assert run("undo", "--dry-run").lines[0].startswith("1 version would be taken back: add of 20")
    assert run("undo").lines[1] == "s@1"
    run("add", "--story", "s", "-", stdin=b"Ines Rook lives at 5 Elm Street, it was said.")
    assert run("redact", "s", "--reason", "x", "--only", "--fact", "headline").code == 2
    assert run("redact", "s").code == 2
    assert run("redact", "s", "--phrase", "5 Elm Street", "--reason", "an order").lines == ["erased from s@1"]
    assert run("show", "s").out.decode() == "Ines Rook lives at █ ███ ██████, it was said."
    assert run("log", "s", "--oneline").lines[0].endswith("(redacted)")
    assert run("redact", "s", "--reason", "an order").code == 0
    gone = run("show", "s", "--json")
    assert (gone.code, gone.error["error"], gone.error["reason"]) == (3, "Redacted", "an order")
    assert "an order" in run("log", "s", "-p").out.decode()
    told = run("add", "--story", "t", "-", stdin=b"Ines Rook lives at 5 Elm Street, it was said.")
    assert (told.code, "an order" in told.err) == (4, True)
    allowed = ("add", "--story", "t", "--allow-redacted", "-")
    assert run(*allowed, stdin=b"Ines Rook lives at 5 Elm Street, it was said.").code == 0
    assert [line.split("  ")[2] for line in run("journal").lines] == [
        "add",
        "redact",
        "redact",
        "add",
        "undo",
        "add",
    ]
    assert run("journal", "-n", "1", "--json").json["what"] == "add"
    assert run("checkout", "--all", "--into", "texts").code == 7


def beside(store: Store) -> Store:
    """Another program that has the same store open."""
    return Store(store._storage, "beside", clock=Ticking())


def blamed(store: Store, story: str, number: int) -> list[tuple[int, str]]:
    return [(hunk.number, hunk.text) for hunk in store.blame(story, number).hunks]


@pytest.mark.parametrize("way", ["undo", "move"])
def test_who_knew_a_story_that_is_gone_knows_another_of_its_name_for_what_it_is(
    store: Store, way: str
) -> None:
    def read(program: Store) -> list[object]:
        return [state(program), *(blamed(program, "s", number) for number in (1, 2, 3))]

    other = beside(store)
    for text in ("One was seen.", "One was seen at sea.", "One was seen at sea on Monday."):
        store.add("s", text, date="2031-05-02")
        assert blamed(other, "s", 1)  # so that it has the story at hand
    for _ in range(3):
        if way == "undo":
            store.undo()
        else:
            store.move("s", 1, "t")
    store.add("s", "Two were heard.", date="2031-05-02")
    store.add("s", "Two were heard at noon.", date="2031-05-02")
    store.add("s", "One was seen at sea on Monday.", date="2031-05-02")
    assert read(other) == read(store) == read(beside(store))
    added = other.add("s", "Two were heard at noon, and one.", date="2031-05-02")
    assert added.version.previous == 3
    assert other.fsck(level="deep").problems == ()


def test_a_late_wire_taken_back_is_not_what_comes_in_its_place(store: Store) -> None:
    other = beside(store)
    store.add("s", "The ferry sails.", date="2031-05-01")
    store.add("s", "The ferry sails at noon.", date="2031-05-03")
    store.add("s", "The ferry is late at noon.", date="2031-05-02")
    assert blamed(other, "s", 2)[-1][1]
    store.undo()
    assert (
        blamed(other, "s", 2)
        == blamed(beside(store), "s", 2)
        == [(1, "The ferry sails "), (2, "at noon"), (1, ".")]
    )
