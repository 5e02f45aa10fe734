"""Notes of how a wire came in: what of them goes with the words that are erased. Issue 6, point 4."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from backends import STORES, Ticking, open_store
from cli_program import Program
from left_behind import RUN, everything

import vstore
from vstore import captures
from vstore.accounts import Place
from vstore.errors import NotFound
from vstore.store import Store

TEXT = 'Agent Quillfeather lives behind the Zyxwvut warehouse,\ndoor "seventy-seven".'
NOTES = {"file": "in/one.txt", "line": {"body": [f"<p>{TEXT[5:45]}"]}, "sha256": "ab" * 32}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_store(request.param, tmp_path, Ticking()) as opened:
        yield opened


def test_notes_that_have_words_of_a_text_go_with_it(store: Store) -> None:
    store.add("museum", TEXT, capture=NOTES)
    store.add("museum", "Nothing of it.", capture={"file": "in/two.txt"})
    store.add("copy", TEXT, capture={TEXT[:RUN]: 1})
    told = store.redact("museum", 1, reason="an order", dry_run=True)
    found = store.redact("museum", 1, reason="an order")
    assert found.notes == told.notes == (Place("copy", 1), Place("museum", 1))
    assert found.erased == (Place("copy", 1), Place("museum", 1))
    assert found.passages == ()
    left = {name: NOTES[name] for name in ("file", "sha256")}
    captures_left = [dict(version.capture) for version in store.log("museum")]
    assert captures_left == [{"file": "in/two.txt"}, left]
    assert store.version("copy").capture == {}
    assert store.fsck(level="deep").problems == ()


def test_a_phrase_goes_from_notes_wherever_they_stand_in_the_story(store: Store) -> None:
    store.add("museum", "Nothing of it.", capture={"by": 'seen by "Ines\n Rook"', "file": "x"})
    store.add("museum", "Ines Rook was seen.", capture={"file": "Rook"})
    store.add("other", "Nothing of it.", capture={"by": "Ines Rook"})
    found = store.redact("museum", phrase="Ines Rook", reason="personal data")
    assert (found.erased, found.notes) == ((Place("museum", 2),), (Place("museum", 1),))
    assert [(each.story, each.text) for each in found.passages] == [("other", "Ines Rook")]
    assert [dict(version.capture) for version in store.log("museum")] == [{"file": "Rook"}, {"file": "x"}]
    with pytest.raises(NotFound):
        store.redact("museum", phrase="Ines Rook", reason="personal data")
    assert store.redact("other", phrase="Ines Rook", reason="personal data").erased == ()
    assert store.fsck(level="deep").problems == ()


def test_a_fact_goes_from_notes_of_the_versions_that_had_it(store: Store) -> None:
    store.add(
        "museum", "Nothing of it.", headline="Rook seen", capture={"slug": "rook", "title": "Rook seen"}
    )
    found = store.redact("museum", 1, fact="headline", reason="names a minor")
    assert (found.notes, found.passages) == ((Place("museum", 1),), ())
    assert store.version("museum").capture == {"slug": "rook"}


def test_copies_bundles_and_what_arrives_later_lose_their_notes_too(store: Store, tmp_path: Path) -> None:
    store.add("museum", TEXT, capture=NOTES)
    store.add("bridge", "Ines Rook was seen.", capture={"by": "Ines Rook", "file": "x"})
    with vstore.open("memory:") as had_all, vstore.open("memory:") as unaware:
        for each in (had_all, unaware):
            each.copy_from(store)
        unaware.add("late", TEXT, capture=NOTES)
        store.redact("museum", 1, reason="an order")
        store.redact("bridge", phrase="Ines Rook", reason="personal data")
        (tmp_path / "all.bundle").write_bytes(b"".join(store.bundle()))
        had_all.unbundle(tmp_path / "all.bundle")
        store.copy_from(unaware)
        unaware.copy_from(store)
        for each in (store, had_all, unaware):
            told = json.dumps([dict(version.capture) for version in each.log()])
            assert "Quillfeather" not in told
            assert "Ines" not in told
            assert "in/one.txt" in told
            assert each.fsck(level="deep").problems == ()
    assert store.version("late").capture == {name: NOTES[name] for name in ("file", "sha256")}


def test_nothing_of_them_is_left_in_the_file(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store:
        store.add("museum", TEXT, capture={"seen": "É " + TEXT.split("\n")[0]})
        store.redact("museum", 1, reason="an order")
    assert b"Quillfeather" not in everything(tmp_path)


@pytest.mark.parametrize(
    ("notes", "left"),
    [(b"{", b""), (b"[1]", b""), (b'{"a": "b"}', b'{"a": "b"}'), (b'{"a":"secret"}', b""), (b"", b"")],
)
def test_notes_that_somebody_forged_go_as_a_whole(notes: bytes, left: bytes) -> None:
    gone = captures.saying(["secret", "{", "1"])
    assert captures.without(notes, gone) == left


def test_the_command_tells_of_notes(tmp_path: Path) -> None:
    run = Program(tmp_path)
    line = json.dumps({"story": "museum", "text": TEXT, "capture": {"seen": TEXT}})
    assert run("init").code == 0
    assert run("import", "-", stdin=line.encode()).code == 0
    told = run("redact", "museum", "--reason", "an order", "--dry-run")
    assert told.lines == [
        "would be erased from museum@1",
        "would be erased from notes of how museum@1 came in",
    ]
    assert run("redact", "museum", "--reason", "x", "--json").json["notes"] == [
        {"story": "museum", "number": 1}
    ]


def test_what_a_story_is_known_by_goes_black_and_finds_it_all_the_same(store: Store) -> None:
    store.add("plain", "Nothing of it.")
    store.add_alias("plain", "the Rook file")
    store.add_alias("plain", "the other file")
    store.remove_alias("plain", "the other file")
    found = store.redact("plain", phrase="Rook file", reason="personal data")
    assert (found.erased, found.aliases) == ((), ("plain",))
    assert store.redact("plain", phrase="other file", reason="personal data", dry_run=True).aliases
    told = [(each.alias, each.by) for each in store.aliases("plain")]
    assert told == [("█", "given"), ("the other file", "taken away")]
    assert store.story_named("the Rook file") == "plain"
    assert "Rook" not in json.dumps([each.to_dict() for each in store.journal()])
    assert b"Rook" not in b"".join(store.bundle())
    assert store.fsck(level="deep").problems == ()
    with pytest.raises(NotFound):
        store.redact("plain", phrase="Rook file", reason="personal data")
    with vstore.open("memory:") as other:
        other.copy_from(store)
        assert other.story_named("the Rook file") == "plain"
        assert other.fsck(level="deep").problems == ()


def test_a_text_takes_with_it_what_its_story_is_known_by(store: Store) -> None:
    store.add("s", TEXT)
    store.add_alias("s", TEXT[:40].strip())
    with vstore.open("memory:") as other:
        other.copy_from(store)
        assert store.redact("s", 1, reason="an order").aliases == ("s",)
        other.copy_from(store)
        assert [each.alias for each in other.aliases("s")] == ["█"]


def test_a_story_that_was_named_by_what_must_go_is_renamed_first(tmp_path: Path) -> None:
    with vstore.open(tmp_path, create=True) as store:
        store.add("Quillfeather", TEXT, guid="urn:quillfeather:1")
        store.add("Quillfeather", "Agent Quillfeather again.")
        store.redact("Quillfeather", 1, reason="an order")
        store.add("wrong", "Agent Quillfeather, added to the wrong story.")
        store.undo()
        store.rename("Quillfeather", "plain")
        found = store.redact("plain", phrase="Quillfeather", reason="an order")
        assert (found.aliases, [each.number for each in found.erased]) == (("plain",), [2])
        assert store.story_named("Quillfeather") == "plain"
        undone = [each.detail for each in store.journal() if each.what == "undo"]
        assert undone[0]["versions"][0][1] == 1
        assert store.fsck(level="deep").problems == ()
    assert b"Quillfeather" not in everything(tmp_path)


def test_the_journal_names_stories_as_long_as_they_are_there(store: Store) -> None:
    store.add("s", TEXT)
    store.redact("s", 1, reason="an order")
    store.add("t", "Something.")
    store.undo()
    undone, _, redacted, _ = store.journal()
    assert redacted.detail["of"] == [["s", 1, 0]]
    assert len(undone.detail["versions"][0][0]) == 32
